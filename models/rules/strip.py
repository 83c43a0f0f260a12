"""Patient rules on the analysis of the last hour, each time it is made anew."""

from models.rules.rule import GO_THERE, Rule

CALL_NOW = "Lie down on your left side. Call the hospital on this page now."

STRIP = (
    Rule(
        id="sinusoidal",
        kind="patient",
        priority="high",
        side="at least",
        limit=20,
        window_s=1200,
        share=1.0,
        rearm_s=300,
        where="strip",
        reason="A sinusoidal pattern for %(value)d min, %(limit)d min or more",
        mother_text="A doctor has to look at your baby's heart rate now. "
        "Lie down on your left side. Call the hospital on this page now. "
        "If nobody answers, call an ambulance.",
        doctor_text="Sinusoidal pattern. Read the strip now, speak to the mother, and prepare to "
        "receive her.",
        source="ALGORITHMS 8.2 A6; NICHD 2008: 20 min",
    ),
    Rule(
        id="low_variability_50",
        kind="patient",
        priority="high",
        side="below",
        limit=5,
        window_s=3000,
        share=0.9,
        rearm_s=300,
        where="strip",
        reason="Variability %(value)d bpm: below %(limit)d for %(minutes)d min",
        mother_text="Your baby's heart rate has changed very little for fifty minutes. "
        "Lie down on your left side. Call the hospital on this page now. "
        f"{GO_THERE}",
        doctor_text="Reduced variability for fifty minutes. Ask for medicines and fetal movement; "
        "review now.",
        source="ALGORITHMS 8.2 A6; NICE NG229: over 50 min",
    ),
    Rule(
        id="recurrent_late",
        kind="patient",
        priority="medium",
        side="at least",
        limit=0.5,
        window_s=1200,
        share=1.0,
        rearm_s=300,
        where="strip",
        reason="Late decelerations with %(value)d %% of the contractions of the last %(minutes)d "
        "min: %(count)d",
        mother_text=f"Your baby's heart slows after your tightenings. {CALL_NOW} {GO_THERE}",
        doctor_text="Recurrent late decelerations. Read the strip and speak to the mother.",
        source="ALGORITHMS 8.2 A5; NICHD 2008: half of the contractions in 20 min",
    ),
    Rule(
        id="recurrent_severe_variable",
        kind="patient",
        priority="medium",
        side="at least",
        limit=0.5,
        window_s=1200,
        share=1.0,
        rearm_s=300,
        where="strip",
        reason="Severe variable decelerations with %(value)d %% of the contractions of the last "
        "%(minutes)d min: %(count)d",
        mother_text=f"Your baby's heart slows again and again. {CALL_NOW} {GO_THERE}",
        doctor_text="Recurrent severe variable decelerations. Read the strip and speak to the "
        "mother.",
        source="ALGORITHMS 8.2 A5 and 4.5: under 70 bpm, 60 s",
    ),
    Rule(
        id="low_variability_40",
        kind="patient",
        priority="medium",
        side="below",
        limit=5,
        window_s=2400,
        share=0.9,
        rearm_s=300,
        where="strip",
        reason="Variability %(value)d bpm: below %(limit)d for %(minutes)d min",
        mother_text="Your baby's heart rate has changed very little for forty minutes. "
        "Turn on your left side. The hospital on this page has been asked to look. "
        "Call and go there if your baby moves less.",
        doctor_text="Reduced variability for forty minutes. Read the strip; ask for medicines and "
        "fetal movement.",
        source="ALGORITHMS 8.2 A6",
        covered_by=("low_variability_50",),
    ),
    Rule(
        id="tachysystole",
        kind="patient",
        priority="medium",
        side="above",
        limit=5,
        window_s=1800,
        share=1.0,
        rearm_s=600,
        where="strip",
        reason="%(value)s contractions in 10 min, more than %(limit)d, averaged over "
        "%(minutes)d min, with %(count)d decelerations",
        mother_text=f"Your tightenings come very often. {CALL_NOW} {GO_THERE}",
        doctor_text="Tachysystole. Read the strip; reduce or stop what drives the contractions.",
        source="ALGORITHMS 4.4; NICHD 2008: qualified by decelerations, three here",
    ),
)
