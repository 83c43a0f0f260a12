"""The record of one invented mother, for `lucina run`."""

from collections.abc import Sequence
from datetime import UTC, date, datetime, time, timedelta
from typing import NamedTuple

from sqlalchemy import Connection

from cloud.pregnancy import care, record
from cloud.store import home_values
from cloud.store.people import Mother, Person

PRESSURES = ((9, 116, 72), (7, 121, 78), (5, 119, 76), (3, 124, 80), (1, 122, 79))  # days ago
WEIGHTS = ((9, 71.2), (2, 71.9))
COUNTS = ((6, 14), (5, 12), (4, 13), (3, 15), (2, 12))


class _Writer(NamedTuple):
    role: str
    person_id: int | None
    organisation_id: int | None


def fill_record(conn: Connection, mother: Mother, team: Sequence[Person], today: date) -> None:
    """`team`: specialist, family doctor, health manager."""
    at_ms = round(datetime.combine(today, time(), UTC).timestamp() * 1000) - 9 * 86_400_000
    doctor = _Writer("hospital", team[0].id, team[0].organisation_id)
    given = {
        "birth_date": date(today.year - 31, 3, 2), "height_cm": 160.0, "weight_kg": 62.0,
        "gravida": 2, "para": 1, "history": "A caesarean section four years ago. (invented)",
    }  # fmt: skip
    record.set_fields(conn, mother, given, doctor, at_ms)
    care.assess_risk(conn, mother, ["scar", "praevia"], None, "", doctor, at_ms)
    care.set_plan(conn, mother, 3, 20, 32, doctor, at_ms)
    roles = ("specialist", "family doctor", "health manager")
    wanted = {role: person.id for role, person in zip(roles, team, strict=True)}
    care.set_team(conn, mother, wanted, doctor, at_ms)
    due = today + timedelta(days=2)
    care.add_task(conn, mother, "Ultrasound of the placenta", roles[0], due, doctor, at_ms)
    rows: list[tuple[int, str, float, float | None]]
    rows = [(ago, "pressure", float(high), float(low)) for ago, high, low in PRESSURES]
    rows += [(ago, "weight", kg, None) for ago, kg in WEIGHTS]
    rows += [(ago, "movements", float(count), 60.0) for ago, count in COUNTS]
    for ago, measure, value, other in rows:
        when_ms = at_ms + (9 - ago) * 86_400_000
        kept = home_values.add(
            conn, mother_id=mother.id, measure=measure, value=value, other=other, context="",
            at_ms=when_ms, made_ms=when_ms, person_id=None,
        )  # fmt: skip
        home_values.set_judged(conn, kept.id)
