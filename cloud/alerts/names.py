"""What each rule of the catalogue looks for, in a few words for staff."""

from typing import Any

from cloud.alerts.moves import words
from models.rules import BY_ID

CONDITIONS = {
    "bradycardia_80": "Heart rate below 80 bpm",
    "bradycardia_100": "Heart rate below 100 bpm",
    "prolonged_deceleration_300": "Prolonged deceleration, 5 min",
    "tachycardia_180": "Heart rate above 180 bpm",
    "low_rate": "Heart rate below 110 bpm",
    "prolonged_deceleration_180": "Prolonged deceleration, 3 min",
    "tachycardia_160": "Heart rate above 160 bpm",
    "sinusoidal": "Sinusoidal pattern",
    "low_variability_50": "Reduced variability, over 50 min",
    "recurrent_late": "Recurrent late decelerations",
    "recurrent_severe_variable": "Recurrent severe variable decelerations",
    "low_variability_40": "Reduced variability, over 40 min",
    "tachysystole": "Too many contractions",
    "pressure_severe": "Severe high blood pressure",
    "oxygen_low": "Low oxygen",
    "glucose_low": "Low blood sugar",
    "danger_sign": "A danger sign that she reported",
    "pressure_repeat": "One severe blood pressure, to be repeated",
    "reduced_movement": "Fewer movements, as she reported",
    "fever": "High temperature",
    "glucose_high": "High blood sugar",
    "signal_lost": "No heart signal",
    "maternal_rate": "The mother's own pulse on the trace",
    "link_lost": "No data arrive",
    "not_assessed": "The strip cannot be assessed",
    "miscounted": "Rate counted twice or half",
    "twins_alike": "Both curves show one twin",
    "gap": "A part of the strip is missing",
    "probe_off": "Probe off the skin",
    "battery_empty": "Battery of the probe almost empty",
    "battery_low": "Battery of the probe low",
    "clock": "Clock of the box wrong",
}


WITHIN = "%(condition)s in %(share)d %% of the signal of the last %(seconds)d s"
EARLIER = (  # words of older catalogues, which alerts of theirs hold
    "Fetal heart rate %(bpm)d bpm: above %(limit)d for %(seconds)d s of the last %(window)d s",
    "Fetal heart rate %(bpm)d bpm: below %(limit)d for %(seconds)d s of the last %(window)d s",
    "Fetal heart rate %(bpm)d bpm: %(limit)d or more under its earlier level for %(seconds)d s of "
    "the last %(window)d s",
    "The fetal rate is within %(limit)d bpm of the mother's pulse for %(seconds)d s of the last "
    "%(window)d s",
    "%(condition)s in %(share)d %% of %(seconds)d s",
    "Prolonged deceleration, over 5 min",
    "Prolonged deceleration",
)


def condition(rule_id: str) -> str:
    """A rule of an older catalogue keeps its id."""
    return CONDITIONS.get(rule_id, rule_id)


def condition_in(rule_id: str) -> str | dict[str, Any]:
    """The same; of a limit of the heart rate with its window, which the number of now is not."""
    rule, name = BY_ID.get(rule_id), condition(rule_id)
    if rule is None or rule.where != "trace" or rule.side not in ("below", "above"):
        return name
    return words(WITHIN, condition=name, share=round(100 * rule.share), seconds=rule.window_s)
