"""Technical rules: the measurement needs a hand. The centre helps the mother."""

from models.rules.rule import Rule

TECHNICAL = (
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
        reason="The fetal rate is within %(limit)d bpm of the mother's pulse in %(seconds)d of "
        "the %(valid)d s with both rates, of the last %(window)d s",
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
        window_s=28,  # so that it is told within 30 s
        share=1.0,
        rearm_s=0,
        reason="No data from the probe for %(seconds)d s",
        mother_text="Your probe is not connected now, so nobody can see your baby's heart. "
        "The recording is kept and will be sent later. Check the probe and your network. "
        "Lie on your left side and call the hospital if you feel unwell or your baby moves less.",
        doctor_text="No data arrive from this mother. Call her if it does not come back.",
        source="ALGORITHMS 8.2 T3",
        where="link",
    ),
    Rule(
        id="not_assessed",
        kind="technical",
        priority="medium",
        side="failed",
        limit=2,  # one may be chance: a machine without memory ends whatever runs
        window_s=0,
        share=1.0,
        rearm_s=0,
        reason="The assessment of this recording has failed %(count)d times in a row: "
        "a person must look at the strip",
        mother_text="The computer cannot judge your recording now. The centre is told, "
        "and a person must look at it. "
        "Call the hospital if you feel unwell or your baby moves less.",
        doctor_text="The assessment of this recording fails: there is no verdict, and no alarm "
        "that is seen in the strip. Those of the heart rate go on. Read the strip yourself, and "
        "tell the people who run the service.",
        source="RELIABILITY 2.6 E24; limit by design",
        where="look",
    ),
    Rule(
        id="miscounted",
        kind="technical",
        priority="low",
        side="at least",
        limit=60,
        window_s=600,
        share=1.0,
        rearm_s=300,
        where="strip",
        reason="The fetal rate was counted twice or half for %(value)d s of the last "
        "%(minutes)d min",
        mother_text="The number for your baby's heart may be wrong. "
        "Move the probe slowly until the sound is clear.",
        doctor_text="The rate jumps to twice or half of its level. Such samples are left out. "
        "Ask for the probe to be moved.",
        source="ALGORITHMS 2; FIELD 3: DOUBLING, HALVING",
    ),
    Rule(
        id="twins_alike",
        kind="technical",
        priority="medium",
        side="at least",
        limit=0.8,
        window_s=120,
        share=1.0,
        rearm_s=60,
        where="strip",
        reason="Both fetal rates are the same in %(value)d %% of the last %(minutes)d min",
        mother_text="Both probes may be hearing the same baby. "
        "Move one of them slowly until you hear another beat. "
        "If you cannot find it in ten minutes, call the hospital.",
        doctor_text="One twin may be recorded twice, and the other not at all. "
        "Ask for one probe to be moved; do not read the second curve as the other twin.",
        source="ours: within 3 bpm; no recording of twins to measure it on",
    ),
    Rule(
        id="gap",
        kind="technical",
        priority="low",
        side="at least",
        limit=60,
        window_s=600,
        share=1.0,
        rearm_s=0,
        where="strip",
        reason="%(value)d s of the recording are empty: not measured, or not arrived yet",
        mother_text="A part of your recording is empty or has not arrived yet. "
        "Keep the probe and the box switched on.",
        doctor_text="Nothing is there in the middle of the strip: "
        "it was not measured, or may still come.",
        source="FIELD 3: DATA_GAP",
    ),
    Rule(
        id="probe_off",
        kind="technical",
        priority="low",
        side="below",
        limit=1,
        window_s=30,
        share=1.0,
        rearm_s=0,
        where="report",
        measure="contact",
        back=1,
        reason="The probe has no contact for %(seconds)d s",
        mother_text="The probe has left your skin. Add some gel. "
        "Put the probe back where you heard the beat.",
        doctor_text="The probe is not on the skin.",
        source="FIELD 3: PROBE_OFF",
    ),
    Rule(
        id="battery_empty",
        kind="technical",
        priority="medium",
        side="below",
        limit=8,
        window_s=0,
        share=1.0,
        rearm_s=0,
        where="report",
        measure="battery",
        back=12,
        reason="The battery of the probe holds %(value)d of 100",
        mother_text="The battery of your probe is almost empty. Connect the charger now.",
        doctor_text="The recording will stop soon: the battery is almost empty.",
        source="FIELD 3: BATTERY; limit by design",
    ),
    Rule(
        id="battery_low",
        kind="technical",
        priority="low",
        side="below",
        limit=20,
        window_s=0,
        share=1.0,
        rearm_s=0,
        where="report",
        measure="battery",
        back=25,
        reason="The battery of the probe holds %(value)d of 100",
        mother_text="The battery of your probe is low. Connect the charger soon.",
        doctor_text="The battery of the probe is low.",
        source="FIELD 3: BATTERY; limit by design",
        covered_by=("battery_empty",),
    ),
    Rule(
        id="clock",
        kind="technical",
        priority="low",
        side="at least",
        limit=10,
        window_s=0,
        share=1.0,
        rearm_s=0,
        where="report",
        measure="clock_offset_s",
        back=5,
        reason="The clock of the box is wrong by %(value)d s",
        mother_text="The clock of your box is wrong. We will set it right for you.",
        doctor_text="The gateway's clock is wrong: the times of day of this strip may be wrong.",
        source="FIELD 3: CLOCK_SKEW; limit by design",
    ),
)
