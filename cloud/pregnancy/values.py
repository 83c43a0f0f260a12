"""Home values: kept, taken back, and the advice that is found for them. Alarms: alarms.py."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import Connection

from cloud.alerts.answers import Actor, ReasonMissing, Refused
from cloud.pregnancy.record import note
from cloud.store import home_values
from cloud.store.home_values import HomeValue
from cloud.store.people import Mother
from models import advice as rules
from models.movements import Compared, Count, compare
from models.pressure import RAISED
from models.rules import BY_ID as CATALOGUE

SPANS = {  # what can be measured; else it is a slip of the finger
    "pressure": (50.0, 260.0),
    "glucose": (1.0, 40.0),
    "weight": (30.0, 250.0),
    "spo2": (50.0, 100.0),
    "pulse": (30.0, 220.0),
    "temperature": (33.0, 43.0),
    "movements": (0.0, 500.0),
}
DIASTOLIC = (30.0, 180.0)
DAY_MS = 24 * 3600 * 1000
LATEST_MIN = 24 * 60  # how long ago it may have been measured
BEFORE_MS = 21 * 24 * 3600 * 1000  # earlier values that advice looks at
NOT_THAT_VALUE = "%(value)s cannot be: from %(least)s to %(most)s"
NOT_THAT_PRESSURE = "the upper pressure is higher than the lower one"
NOT_YOURS = "only the person who entered it, or her team, takes it back"
TAKEN_BACK = "this value was taken back already"
BY_DEVICE = "a device measured this: it cannot be taken back"


@dataclass(frozen=True)
class NewValue:
    """As it is entered; `other` is the diastolic pressure, or the minutes of a count."""

    measure: str
    value: float
    other: float | None = None
    context: str = ""
    minutes_ago: int = 0


def keep(conn: Connection, mother: Mother, new: NewValue, actor: Actor, now_ms: int) -> HomeValue:
    least, most = SPANS[new.measure]
    _check(new.value, least, most)
    if new.measure == "pressure":
        _check(new.other, *DIASTOLIC)
        if new.other is None or new.other >= new.value:
            raise ReasonMissing(NOT_THAT_PRESSURE)
    added = home_values.add(
        conn, mother_id=mother.id, measure=new.measure, value=new.value, other=new.other,
        context=new.context, at_ms=now_ms - 60_000 * new.minutes_ago, person_id=actor.person_id,
        made_ms=now_ms,
    )  # fmt: skip
    note(conn, mother, "home value", None, said(added), actor, now_ms)
    return added


def take_back(
    conn: Connection, mother: Mother, value_id: int, actor: Actor, now_ms: int
) -> HomeValue:
    """It counts no more; advice on it that nobody has decided about goes with it."""
    value = home_values.get(conn, value_id)
    if value is None or value.mother_id != mother.id:
        raise LookupError("no such value")
    if value.recording_id is not None:
        raise Refused(BY_DEVICE)
    if actor.role == "mother" and value.person_id != actor.person_id:
        raise Refused(NOT_YOURS)
    undone = home_values.undo(conn, value_id, now_ms)
    if undone is None:
        raise Refused(TAKEN_BACK)
    for one in home_values.advice_on(conn, value_id):
        if one.phase is rules.Phase.PROPOSED:
            phase = rules.after(one.phase, "take back")
            home_values.change_advice(conn, one, {"phase": phase, "decided_ms": now_ms})
    note(conn, mother, "home value", said(value), None, actor, now_ms)
    return undone


def propose(conn: Connection, value: HomeValue, now_ms: int) -> bool:
    """Find the advice on it, once; whether there is one for the team to decide about."""
    now = home_values.get(conn, value.id)
    if not home_values.set_judged(conn, value.id) or now is None or now.undone_ms is not None:
        return False
    since_ms = value.at_ms - BEFORE_MS
    before = [
        one
        for one in home_values.of_mother(conn, value.mother_id, since_ms)
        if (one.at_ms, one.id) < (value.at_ms, value.id)
    ]
    found = rules.advise([_measured(one) for one in before], _measured(value))
    if found is None:
        return False
    home_values.propose(
        conn, value, rule=found.rule.id, version=rules.ADVICE_VERSION, args=found.args,
        made_ms=now_ms,
    )  # fmt: skip
    return True


def counts(values: Sequence[HomeValue]) -> list[Count]:
    """The counts of movements among them."""
    return [
        Count(one.at_ms / 1000, round(one.value), one.other or 0)
        for one in values
        if one.measure == "movements"
    ]


def compared(values: Sequence[HomeValue]) -> Compared | None:
    """Her newest count with those before it; None: she has never counted."""
    all_counts = counts(values)
    return compare(all_counts[:-1], all_counts[-1]) if all_counts else None


def high_pressure(values: Sequence[HomeValue], now_ms: int) -> dict[str, object] | None:
    """What she reads at once of a newest pressure that reaches the limit, before her team has
    decided about advice: the words of the alarm catalogue. None: it is lower, or a day old."""
    newest = next((one for one in reversed(values) if one.measure == "pressure"), None)
    if newest is None or newest.other is None or now_ms - newest.at_ms > DAY_MS:
        return None
    if newest.value < RAISED[0] and newest.other < RAISED[1]:
        return None
    return {
        "systolic": round(newest.value),
        "diastolic": round(newest.other),
        "limit": f"{RAISED[0]}/{RAISED[1]}",
        "said": CATALOGUE["pressure_repeat"].mother_text,
    }


def said(value: HomeValue) -> dict[str, object]:
    """As the audit has it."""
    kept = ("measure", "value", "other", "context", "at_ms")
    return {name: getattr(value, name) for name in kept}


def _measured(one: HomeValue) -> rules.Value:
    return rules.Value(one.at_ms / 1000, one.measure, one.value, one.other, one.context)


def _check(value: float | None, least: float, most: float) -> None:
    if value is None or not least <= value <= most:
        raise ReasonMissing(NOT_THAT_VALUE, value=value, least=least, most=most)
