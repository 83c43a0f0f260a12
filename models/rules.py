"""When somebody is called: the alarm rules as data, with the exact words for both sides.

To change a limit, change its row. A rule of side "below", "above" or "under reference" is true
when, of the valid samples in the last `window_s`, a `share` of at least that much lies beyond
`limit`, and at least VALID_SHARE of the window is valid (the k-of-n family of ALGORITHMS 8.2: a
strict counter misses most true events because dips bounce). It is over when, for `rearm_s`,
no such share is beyond and the signal is good enough to tell. Rows stand strongest first.

Texts are gettext message ids; %(name)s fields come from the reason. Decision support: the limits
come from published definitions and are not a clinical validation.
"""

from dataclasses import dataclass

VALID_SHARE = 0.5  # of a window must be valid before its rule may speak: ALGORITHMS 8.2, k of n
LOWEST_BPM, HIGHEST_BPM = 30.0, 240.0  # what monitors display: ALGORITHMS 1.1
COVER_S = 300  # a weaker rule is a duplicate so long after the stronger one: ALGORITHMS 8.3


@dataclass(frozen=True)
class Rule:
    """One row. `limit` is beats/min, but for "under reference" and "coincident" a difference."""

    id: str
    kind: str  # "patient": a hospital is asked; "technical": the measurement needs a hand
    priority: str  # "high", "medium", "low": IEC 60601-1-8
    side: str  # "below", "above", "under reference", "missing", "coincident", "silent"
    limit: float
    window_s: int
    share: float  # k of n
    rearm_s: int
    reason: str
    mother_text: str
    doctor_text: str
    source: str
    covered_by: tuple[str, ...] = ()  # not raised while one of these tells the same


RULES = (
    Rule(
        id="bradycardia_80",
        kind="patient",
        priority="high",
        side="below",
        limit=80,
        window_s=60,
        share=0.8,
        rearm_s=30,
        reason="Fetal heart rate %(bpm)d bpm: below %(limit)d for %(seconds)d s of the last "
        "%(window)d s",
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
        reason="Fetal heart rate %(bpm)d bpm: below %(limit)d for %(seconds)d s of the last "
        "%(window)d s",
        mother_text="Your baby's heart has been slow for three minutes. "
        "Lie down on your left side now. Call the hospital on this page. "
        "If nobody answers, call an ambulance.",
        doctor_text="Bradycardia for three minutes. Speak to the mother now, check that it is not "
        "her own pulse, and prepare to receive her.",
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
        reason="Fetal heart rate %(bpm)d bpm: %(limit)d or more under its earlier level for "
        "%(seconds)d s of the last %(window)d s",
        mother_text="Your baby's heart rate has been lower than before for five minutes. "
        "Lie down on your left side now. Call the hospital on this page. "
        "If nobody answers, call an ambulance.",
        doctor_text="Deceleration of five minutes. Speak to the mother now and prepare to "
        "receive her.",
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
        rearm_s=30,
        reason="Fetal heart rate %(bpm)d bpm: above %(limit)d for %(seconds)d s of the last "
        "%(window)d s",
        mother_text="Your baby's heart is beating very fast. Lie down on your left side. "
        "Call the hospital on this page now. Say if you have a fever, pain or bleeding.",
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
        rearm_s=30,
        reason="Fetal heart rate %(bpm)d bpm: below %(limit)d for %(seconds)d s of the last "
        "%(window)d s",
        mother_text="Your baby's heart rate is a little low. Lie down on your left side and rest. "
        "The hospital on this page has been asked to look. "
        "Call and go there if your baby moves less, or if you have pain or bleeding.",
        doctor_text="Rate below 110 for three minutes. Read the strip; check that it is not the "
        "mother's pulse.",
        source="ALGORITHMS 8.2 A3",
        covered_by=("bradycardia_80", "bradycardia_100", "prolonged_deceleration_300"),
    ),
    Rule(
        id="prolonged_deceleration_180",
        kind="patient",
        priority="medium",
        side="under reference",
        limit=15,
        window_s=180,
        share=0.8,
        rearm_s=30,
        reason="Fetal heart rate %(bpm)d bpm: %(limit)d or more under its earlier level for "
        "%(seconds)d s of the last %(window)d s",
        mother_text="Your baby's heart rate is lower than before. "
        "Lie down on your left side and rest. The hospital on this page has been asked to look. "
        "Call and go there if your baby moves less, or if you have pain or bleeding.",
        doctor_text="Deceleration of three minutes. Read the strip and speak to the mother.",
        source="ALGORITHMS 8.2 A2; NICE NG229: single prolonged deceleration of 3 min or more",
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
        rearm_s=30,
        reason="Fetal heart rate %(bpm)d bpm: above %(limit)d for %(seconds)d s of the last "
        "%(window)d s",
        mother_text="Your baby's heart rate is a little fast. Lie down on your left side and rest. "
        "The hospital on this page has been asked to look. Take your temperature. "
        "Call and go there if you have a fever, pain or bleeding.",
        doctor_text="Tachycardia for ten minutes. Ask for fever, medicines and fetal movement.",
        source="ALGORITHMS 8.2 A4; NICHD 2008: tachycardia lasts 10 min",
        covered_by=("tachycardia_180",),
    ),
    Rule(
        id="signal_lost",
        kind="technical",
        priority="medium",
        side="missing",
        limit=0,
        window_s=120,
        share=1.0,
        rearm_s=30,
        reason="No fetal heart signal for %(seconds)d s",
        mother_text="We cannot hear your baby's heart. Most often the probe has moved. "
        "Add some gel and move the probe slowly until you hear the beat. "
        "If you cannot find it in ten minutes, lie on your left side and call the hospital.",
        doctor_text="No fetal heart signal for two minutes. Help the mother to place the probe.",
        source="ALGORITHMS 8.2 T1",
    ),
    Rule(
        id="maternal_rate",
        kind="technical",
        priority="medium",
        side="coincident",
        limit=5,
        window_s=30,
        share=0.5,
        rearm_s=15,
        reason="The fetal rate is within %(limit)d bpm of the mother's pulse for %(seconds)d s "
        "of the last %(window)d s",
        mother_text="The probe may be hearing your own heart, not your baby's. "
        "Lie on your left side and move the probe slowly until the number changes. "
        "If it does not change in ten minutes, call the hospital.",
        doctor_text="The trace may show the mother's pulse. Such samples are left out of the "
        "alarms for the fetal rate. Ask for the probe to be moved.",
        source="ALGORITHMS 1.8 and 8.2 T2",
    ),
    Rule(
        id="link_lost",
        kind="technical",
        priority="medium",
        side="silent",
        limit=0,
        window_s=30,
        share=1.0,
        rearm_s=0,
        reason="No data from the probe for %(seconds)d s",
        mother_text="Your probe is not connected now, so nobody can see your baby's heart. "
        "The recording is kept and will be sent later. Check the probe and your network. "
        "Lie on your left side and call the hospital if you feel unwell or your baby moves less.",
        doctor_text="No data arrive from this mother. Call her if it does not come back.",
        source="ALGORITHMS 8.2 T3",
    ),
)
BY_ID = {rule.id: rule for rule in RULES}
