"""Patient rules on the fetal heart rate, looked at each second."""

from models.rules.rule import GO_THERE, Rule

FETAL = (
    Rule(
        id="bradycardia_80",
        kind="patient",
        priority="high",
        side="below",
        limit=80,
        window_s=60,
        share=0.8,
        rearm_s=30,
        reason="Fetal heart rate %(bpm)d bpm: below %(limit)d in %(seconds)d of the "
        "%(valid)d s with a signal, of the last %(window)d s",
        mother_text="Your baby's heart is beating slowly. Lie down on your left side now. "
        "Call the hospital on this page. If nobody answers, call an ambulance.",
        doctor_text="Acute bradycardia. Speak to the mother now, check that it is not her own "
        "pulse, and prepare to receive her.",
        source="ALGORITHMS 8.2 A1",
    ),
    Rule(
        id="bradycardia_100",
        kind="patient",
        priority="high",
        side="below",
        limit=100,
        window_s=180,
        share=0.8,
        rearm_s=30,
        reason="Fetal heart rate %(bpm)d bpm: below %(limit)d in %(seconds)d of the "
        "%(valid)d s with a signal, of the last %(window)d s",
        mother_text="Your baby's heart has been slow for three minutes. "
        "Lie down on your left side now. Call the hospital on this page. "
        "If nobody answers, call an ambulance.",
        doctor_text="Bradycardia in most of the signal of the last three minutes. Speak to the "
        "mother now, check that it is not her own pulse, and prepare to receive her.",
        source="ALGORITHMS 8.2 A1; NICE NG229: 3 min",
        covered_by=("bradycardia_80",),
    ),
    Rule(
        id="prolonged_deceleration_300",
        kind="patient",
        priority="high",
        side="under reference",
        limit=15,
        window_s=300,
        share=0.8,
        rearm_s=30,
        reason="Fetal heart rate %(bpm)d bpm: %(limit)d or more under its earlier level in "
        "%(seconds)d of the %(valid)d s with a signal, of the last %(window)d s",
        mother_text="Your baby's heart rate has been lower than before for five minutes. "
        "Lie down on your left side now. Call the hospital on this page. "
        "If nobody answers, call an ambulance.",
        doctor_text="Deceleration in most of the signal of the last five minutes. Speak to the "
        "mother now and prepare to receive her.",
        source="ALGORITHMS 8.2 A2; FIGO 2015: one deceleration over 5 min is pathological",
        covered_by=("bradycardia_80", "bradycardia_100"),
    ),
    Rule(
        id="tachycardia_180",
        kind="patient",
        priority="high",
        side="above",
        limit=180,
        window_s=180,
        share=0.8,
        rearm_s=120,
        reason="Fetal heart rate %(bpm)d bpm: above %(limit)d in %(seconds)d of the "
        "%(valid)d s with a signal, of the last %(window)d s",
        mother_text="Your baby's heart is beating very fast. Lie down on your left side. "
        f"Call the hospital on this page now. {GO_THERE} "
        "Say if you have a fever, pain or bleeding.",
        doctor_text="Marked tachycardia. Ask for fever, pain, bleeding and medicines; review now.",
        source="ALGORITHMS 8.2 A4",
    ),
    Rule(
        id="low_rate",
        kind="patient",
        priority="medium",
        side="below",
        limit=110,
        window_s=180,
        share=0.8,
        rearm_s=60,
        reason="Fetal heart rate %(bpm)d bpm: below %(limit)d in %(seconds)d of the "
        "%(valid)d s with a signal, of the last %(window)d s",
        mother_text="Your baby's heart rate is a little low. Lie down on your left side and rest. "
        "The hospital on this page has been asked to look. "
        "Call and go there if your baby moves less, or if you have pain or bleeding.",
        doctor_text="Rate below 110 in most of the signal of the last three minutes. Read the "
        "strip; check that it is not the mother's pulse.",
        source="ALGORITHMS 8.2 A3",
        covered_by=("bradycardia_80", "bradycardia_100", "prolonged_deceleration_300"),
    ),
    Rule(
        id="prolonged_deceleration_180",
        kind="patient",
        priority="medium",
        side="under reference",
        limit=20,
        window_s=180,
        share=0.8,
        rearm_s=120,
        reason="Fetal heart rate %(bpm)d bpm: %(limit)d or more under its earlier level in "
        "%(seconds)d of the %(valid)d s with a signal, of the last %(window)d s",
        mother_text="Your baby's heart rate is lower than before. "
        "Lie down on your left side and rest. The hospital on this page has been asked to look. "
        "Call and go there if your baby moves less, or if you have pain or bleeding.",
        doctor_text="Deceleration in most of the signal of the last three minutes. Read the strip "
        "and speak to the mother.",
        source="ALGORITHMS 8.2 A2; NICE NG229: single prolonged deceleration of 3 min or more; 20 "
        "and not 15 bpm: a shallow one is told after 5 min",
        covered_by=(
            "bradycardia_80",
            "bradycardia_100",
            "prolonged_deceleration_300",
            "low_rate",
        ),
    ),
    Rule(
        id="tachycardia_160",
        kind="patient",
        priority="medium",
        side="above",
        limit=160,
        window_s=600,
        share=0.8,
        rearm_s=300,
        reason="Fetal heart rate %(bpm)d bpm: above %(limit)d in %(seconds)d of the "
        "%(valid)d s with a signal, of the last %(window)d s",
        mother_text="Your baby's heart rate is a little fast. Lie down on your left side and rest. "
        "The hospital on this page has been asked to look. Take your temperature. "
        "Call and go there if you have a fever, pain or bleeding.",
        doctor_text="Tachycardia in most of the signal of the last ten minutes. Ask for fever, "
        "medicines and fetal movement.",
        source="ALGORITHMS 8.2 A4; NICHD 2008: tachycardia lasts 10 min",
        covered_by=("tachycardia_180",),
    ),
)
