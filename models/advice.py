"""What is proposed to a mother about a value that she measured at home, as a table with sources.

A rule proposes; her team approves, edits or dismisses; only then she reads it. Values that the
alarm catalogue is about (models/rules/mother.py) get no advice: they are an alert at once. A value
that no rule is about gets none, and nothing is called normal. Words are gettext message ids,
versioned with the rows.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from enum import Enum

from models import journeys
from models.mother import TARGETS
from models.pressure import HOME, RAISED, Reading, pressure
from models.scores.table import CHECK as CHECK

ADVICE_VERSION = "1"  # of the rules and their words; kept with each advice
DAY_S = 24 * 3600.0
PRESSURES_S = 7 * DAY_S  # raised readings further apart do not make one finding
WEIGHTS_DAYS = (5, 21)  # a weight is compared with the newest one at least, at most so old
WEEKLY_GAIN_KG = 1.0
LOW_GLUCOSE = (3.3, 3.9)  # mmol/L: below the first is an alert
HIGH_GLUCOSE = 11.1  # mmol/L: from here on it is an alert
LOW_SPO2 = (90.0, 95.0)  # %: below the first is an alert when it is measured twice


class Phase(Enum):
    PROPOSED = "proposed"
    SENT = "sent"
    DISMISSED = "dismissed"
    WITHDRAWN = "withdrawn"


TRANSITIONS = {
    (Phase.PROPOSED, "approve"): Phase.SENT,  # as it is, or in the team's own words
    (Phase.PROPOSED, "dismiss"): Phase.DISMISSED,  # with a reason
    (Phase.PROPOSED, "take back"): Phase.WITHDRAWN,  # she took the value back
}


@dataclass(frozen=True)
class Value:
    """Of one measure: pressure in mmHg (`other`: diastolic), glucose in mmol/L, weight in kg,
    spo2 in %. `context` of a glucose is fasting, 1 h, 2 h (after a meal) or random."""

    at_s: float
    measure: str
    value: float
    other: float | None = None
    context: str = ""


@dataclass(frozen=True)
class AdviceRule:
    id: str
    measure: str
    text: str
    source: str


@dataclass(frozen=True)
class Advice:
    rule: AdviceRule
    args: Mapping[str, float]


RULES = (
    AdviceRule(
        "pressure_home",
        "pressure",
        "Your blood pressure was %(systolic)d/%(diastolic)d. At home it should be below"
        " 135/85. Rest, and measure tomorrow morning and evening. Call us at once if "
        "you have a headache, see badly or have pain below the ribs.",
        "ALGORITHMS 7.2, from memory: 135/85 at home",
    ),
    AdviceRule(
        "pressure_raised",
        "pressure",
        "Your blood pressure was %(systolic)d/%(diastolic)d. That is high. Sit down, "
        "rest, and measure again in four hours. Call us at once if you have a headache,"
        " see badly or have pain below the ribs.",
        "ALGORITHMS 7.2, from memory: 140/90, repeated 4 h apart",
    ),
    AdviceRule(
        "pressure_hypertension",
        "pressure",
        "Your blood pressure was %(systolic)d/%(diastolic)d. It has been high more than"
        " once. Come to us today: a doctor must see you. Call us at once if you have a "
        "headache, see badly or have pain below the ribs.",
        "ALGORITHMS 7.2, from memory: 140/90 twice, 4 h apart",
    ),
    AdviceRule(
        "glucose_low",
        "glucose",
        "Your blood sugar was %(value).1f mmol/L, which is low. Eat something now, and "
        "measure again in 15 minutes.",
        "ALGORITHMS 7.3, from memory: caution below 3.9",
    ),
    AdviceRule(
        "glucose_fasting",
        "glucose",
        "Your blood sugar was %(value).1f mmol/L before a meal; the goal is below 5.3. "
        "Write down what you ate, and go on measuring as planned. We will look at it "
        "together.",
        "ALGORITHMS 7.3, targets of treatment, read in a source",
    ),
    AdviceRule(
        "glucose_1 h",
        "glucose",
        "Your blood sugar was %(value).1f mmol/L one hour after a meal; the goal is "
        "below 7.8. Write down what you ate, and go on measuring as planned. We will "
        "look at it together.",
        "ALGORITHMS 7.3, targets of treatment, read in a source",
    ),
    AdviceRule(
        "glucose_2 h",
        "glucose",
        "Your blood sugar was %(value).1f mmol/L two hours after a meal; the goal is "
        "below 6.7. Write down what you ate, and go on measuring as planned. We will "
        "look at it together.",
        "ALGORITHMS 7.3, targets of treatment, read in a source",
    ),
    AdviceRule(
        "weight_gain",
        "weight",
        "You have gained %(gain).1f kg in %(days)d days. Look whether your face and "
        "hands are swollen, and measure your blood pressure today. Call us at once if "
        "you have a headache, see badly or have pain below the ribs.",
        "ALGORITHMS 7.2, from memory: more than 1 kg a week with swelling",
    ),
    AdviceRule(
        "spo2_low",
        "spo2",
        "Your oxygen was %(value)d. Sit up, warm your hand and measure again. Call us "
        "at once if you are short of breath.",
        "ALGORITHMS 7.1, from memory: MEOWS red below 95",
    ),
)
BY_ID = {rule.id: rule for rule in RULES}
CONTEXTS = (*(scale.id for scale in TARGETS), "random")
_LEVELS = {"home": "pressure_home", "raised": "pressure_raised"}
_LEVELS["hypertension"] = "pressure_hypertension"


def advise(before: Sequence[Value], now: Value) -> Advice | None:
    """`before`: her earlier values, in the order of time; None: no rule is about this value."""
    look = _LOOKS.get(now.measure)
    return look([one for one in before if one.measure == now.measure], now) if look else None


def after(phase: Phase, event: str) -> Phase:
    """The phase that follows. NotAllowed when the table has no such row."""
    return journeys.after(TRANSITIONS, phase, event)


def _pressure(before: Sequence[Value], now: Value) -> Advice | None:
    near = [one for one in (*before, now) if now.at_s - one.at_s <= PRESSURES_S]
    readings = tuple(
        Reading(one.at_s, round(one.value), round(one.other))
        for one in near
        if one.other is not None
    )
    if not readings or not readings[-1].reaches(HOME):
        return None
    level = pressure(readings, home=True).level
    if level == "hypertension" and not readings[-1].reaches(RAISED):
        level = "home"
    rule = _LEVELS.get(level)
    args = {"systolic": readings[-1].systolic, "diastolic": readings[-1].diastolic}
    return Advice(BY_ID[rule], args) if rule else None


def _glucose(_before: Sequence[Value], now: Value) -> Advice | None:
    args = {"value": now.value}
    if LOW_GLUCOSE[0] <= now.value < LOW_GLUCOSE[1]:
        return Advice(BY_ID["glucose_low"], args)
    scale = next((scale for scale in TARGETS if scale.id == now.context), None)
    cell = scale.cell(now.value) if scale else None
    if scale is None or cell is None or cell.result != "high" or now.value >= HIGH_GLUCOSE:
        return None
    return Advice(BY_ID[f"glucose_{scale.id}"], args)


def _weight(before: Sequence[Value], now: Value) -> Advice | None:
    least, most = (days * DAY_S for days in WEIGHTS_DAYS)
    old = [one for one in before if least <= now.at_s - one.at_s <= most]
    if not old:
        return None
    days = (now.at_s - old[-1].at_s) / DAY_S
    gain = now.value - old[-1].value
    if gain / days * 7 <= WEEKLY_GAIN_KG:
        return None
    return Advice(BY_ID["weight_gain"], {"gain": round(gain, 1), "days": round(days)})


def _spo2(_before: Sequence[Value], now: Value) -> Advice | None:
    if not LOW_SPO2[0] <= now.value < LOW_SPO2[1]:
        return None
    return Advice(BY_ID["spo2_low"], {"value": now.value})


_LOOKS: Mapping[str, Callable[[Sequence[Value], Value], Advice | None]] = {
    "pressure": _pressure,
    "glucose": _glucose,
    "weight": _weight,
    "spo2": _spo2,
}
