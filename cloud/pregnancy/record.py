"""What is written into a mother's record, inside one transaction of the caller.

Each change is kept with who, when, from what to what. ReasonMissing: something lacks; Refused: not
possible for this person, or any more; LookupError: it is not hers.
"""

from collections.abc import Mapping
from datetime import UTC, date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Connection

from cloud.alerts.answers import Actor, ReasonMissing
from cloud.gestation import TERM_DAYS, due_date_of
from cloud.store import changes, people, pregnancies
from cloud.store.people import Mother

SCAN_DAYS = (5 * 7, 42 * 7)  # gestation that a scan can show
SAY_DAY = "give the first day of the last period, or the day of the scan and what it showed"
NOT_THAT_DAY = "this day cannot be: she would not be pregnant now"
NO_SUCH_SCAN = "a scan shows between 5 and 42 weeks"
OF_MOTHER = ("phone", "address")  # columns of `mothers`, the others are of `pregnancies`


def today(conn: Connection, mother: Mother, now_ms: int) -> date:
    """By the clock of her own hospital."""
    own = people.get_organisation(conn, mother.organisation_id or 0)
    zone = ZoneInfo(own.zone) if own else UTC
    return datetime.fromtimestamp(now_ms / 1000, zone).date()


def set_dating(
    conn: Connection, mother: Mother, by: str, on: date, days: int | None, actor: Actor,
    now_ms: int,
) -> None:  # fmt: skip
    """The due date follows: from the last period (`by` lmp), or from a scan that showed `days`."""
    if by == "scan" and days is None:
        raise ReasonMissing(SAY_DAY)
    shown = days or 0 if by == "scan" else 0
    if by == "scan" and not SCAN_DAYS[0] <= shown <= SCAN_DAYS[1]:
        raise ReasonMissing(NO_SUCH_SCAN)
    day = today(conn, mother, now_ms)
    due_date = due_date_of(on, shown)
    if on > day or (due_date - day).days not in range(-21, TERM_DAYS + 1):
        raise ReasonMissing(NOT_THAT_DAY)
    known = pregnancies.get(conn, mother.id)
    before = _dating(known.dated_by, known.dated_on, known.dated_days, mother.due_date)
    after = _dating(by, on, shown if by == "scan" else None, due_date)
    if before == after:
        return
    pregnancies.put(conn, mother.id, dated_by=by, dated_on=on, dated_days=after["days"])
    pregnancies.set_mother(conn, mother.id, due_date=due_date)
    note(conn, mother, "due date", before, after, actor, now_ms)


def set_fields(
    conn: Connection, mother: Mother, given: Mapping[str, Any], actor: Actor, now_ms: int
) -> None:
    """Write what differs; names are columns of `pregnancies`, or of OF_MOTHER."""
    known = vars(pregnancies.get(conn, mother.id)) | {n: getattr(mother, n) for n in OF_MOTHER}
    differs = {name: value for name, value in given.items() if value != known[name]}
    hers = {name: value for name, value in differs.items() if name in OF_MOTHER}
    if hers:
        pregnancies.set_mother(conn, mother.id, **hers)
    if len(differs) > len(hers):
        rest = {name: value for name, value in differs.items() if name not in hers}
        pregnancies.put(conn, mother.id, **rest)
    for name, value in differs.items():
        note(conn, mother, name, _plain(known[name]), _plain(value), actor, now_ms)


def add_relative(
    conn: Connection, mother: Mother, given: Mapping[str, str], actor: Actor, now_ms: int
) -> None:
    pregnancies.add_relative(conn, mother.id, **given)
    note(conn, mother, "contact", None, dict(given), actor, now_ms)


def remove_relative(
    conn: Connection, mother: Mother, relative_id: int, actor: Actor, now_ms: int
) -> None:
    """Nothing happens when it is gone already, or was never hers."""
    gone = pregnancies.remove_relative(conn, mother.id, relative_id)
    if gone is None:
        return
    before = {"name": gone.name, "phone": gone.phone, "relation": gone.relation}
    note(conn, mother, "contact", before, None, actor, now_ms)


def note(
    conn: Connection, mother: Mother, what: str, before: Any, after: Any, actor: Actor, now_ms: int
) -> None:
    """Who changed this of her record, from what to what."""
    changes.add(
        conn, what, before, after, now_ms, person_id=actor.person_id, mother_id=mother.id
    )  # fmt: skip


def _dating(by: str | None, on: date | None, days: int | None, due: date | None) -> dict[str, Any]:
    return {"by": by, "on": _plain(on), "days": days, "due": _plain(due)}


def _plain(value: Any) -> Any:
    return value.isoformat() if isinstance(value, date) else value
