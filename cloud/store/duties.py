"""Duty rosters: a weekly pattern and the dates that replace it, in the organisation's own time.

A duty belongs to the day on which it begins; one that ends at or before its own beginning ends on
the next day. A date with any row of its own has no other: that is how a holiday is written.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import (
    ColumnElement,
    Connection,
    Date,
    Integer,
    and_,
    bindparam,
    delete,
    insert,
    or_,
    select,
)

from cloud.store.tables import contacts, duties, organisations, people

ROLES = ("obstetrician", "operator")


@dataclass(frozen=True)
class Duty:
    """One line of a roster; see cloud.store.routing_tables for each field."""

    role: str
    person_id: int | None
    weekday: int | None
    day: date | None
    from_min: int
    to_min: int
    nobody: bool = False


@dataclass(frozen=True)
class OnDuty:
    """Somebody who is on duty now, and by which telephone."""

    organisation_id: int
    person_id: int | None
    name: str | None  # None: the roster does not name a person
    phone: str | None  # their own; None: not known


def replace(conn: Connection, organisation_id: int, roster: Sequence[Duty]) -> None:
    """The whole roster of an organisation, in the order in which people are called."""
    conn.execute(delete(duties).where(duties.c.organisation_id == organisation_id))
    rows = [
        {**vars(duty), "organisation_id": organisation_id, "place": place}
        for place, duty in enumerate(roster)
    ]
    if rows:
        conn.execute(insert(duties), rows)


def of_organisation(conn: Connection, organisation_id: int) -> list[Duty]:
    query = select(duties).where(duties.c.organisation_id == organisation_id)
    fields = Duty.__dataclass_fields__
    return [
        Duty(**{name: row._mapping[name] for name in fields})
        for row in conn.execute(query.order_by(duties.c.place))
    ]


def covered(
    conn: Connection,
    role: str,
    now_ms: int,
    zones: Collection[str],
    organisation_ids: Collection[int] | None = None,
) -> frozenset[int]:
    """The organisations, of these or of all, whose roster has somebody on duty now. `zones` are
    those in which they lie."""
    found: set[int] = set()
    for zone in zones:
        now = _moment(role, zone, now_ms)
        if organisation_ids is None:
            found.update(conn.scalars(_COVERED, now))
        else:
            found.update(conn.scalars(_COVERED_OF, now | {"ids": list(organisation_ids)}))
    return frozenset(found)


def on_duty(
    conn: Connection, organisation_ids: Collection[int], role: str, now_ms: int
) -> list[OnDuty]:
    """Who is on duty in these organisations now, in the order of each roster."""
    zones = conn.scalars(select(organisations.c.zone).distinct())
    rows = []
    for zone in zones.all():
        now = _moment(role, zone, now_ms) | {"ids": list(organisation_ids)}
        rows += [(row.organisation_id, row.person_id, row.name) for row in conn.execute(_WHO, now)]
    rows = list(dict.fromkeys(rows))  # two lines may name one person
    phones = _phones(conn, {who for _, who, _ in rows} - {None})
    return [OnDuty(place, who, name, phones.get(who)) for place, who, name in rows]


def _phones(conn: Connection, person_ids: Collection[int]) -> dict[int, str]:
    """The first telephone that each of them has given."""
    query = select(contacts.c.person_id, contacts.c.address).where(
        contacts.c.person_id.in_(person_ids), contacts.c.channel.in_(("voice", "sms"))
    )
    found: dict[int, str] = {}
    for person_id, phone in conn.execute(
        query.order_by(contacts.c.channel.desc(), contacts.c.place)  # voice before sms
    ):
        found.setdefault(person_id, phone)
    return found


def _moment(role: str, zone: str, now_ms: int) -> dict[str, Any]:
    """What the statements below ask for: today and yesterday where the organisation is."""
    now = datetime.fromtimestamp(now_ms / 1000, ZoneInfo(zone))
    today, yesterday = now.date(), now.date() - timedelta(days=1)
    return {
        "role": role, "zone": zone, "minute": now.hour * 60 + now.minute,
        "today": today, "today_weekday": today.weekday(),
        "yesterday": yesterday, "yesterday_weekday": yesterday.weekday(),
    }  # fmt: skip


def _of_day(name: str) -> ColumnElement[bool]:
    """Lines of this date, or of its weekday where the date has none of its own."""
    day, other = bindparam(name, type_=Date), duties.alias()
    replaced = select(other.c.organisation_id).where(
        other.c.role == bindparam("role"), other.c.day == day
    )
    by_week = duties.c.weekday == bindparam(f"{name}_weekday", type_=Integer)
    return or_(duties.c.day == day, and_(by_week, duties.c.organisation_id.not_in(replaced)))


def _now() -> ColumnElement[bool]:
    """A line in force at this minute. Made once: making a statement takes longer than its run."""
    minute = bindparam("minute", type_=Integer)
    overnight = duties.c.to_min <= duties.c.from_min
    began_today = and_(
        _of_day("today"), duties.c.from_min <= minute, or_(minute < duties.c.to_min, overnight)
    )
    began_yesterday = and_(_of_day("yesterday"), overnight, minute < duties.c.to_min)
    return and_(
        duties.c.role == bindparam("role"),
        organisations.c.zone == bindparam("zone"),
        ~duties.c.nobody,
        or_(began_today, began_yesterday),
    )


_IDS = duties.c.organisation_id.in_(bindparam("ids", expanding=True))
_COVERED = select(duties.c.organisation_id).join(organisations).where(_now())
_COVERED_OF = _COVERED.where(_IDS)
_WHO = (
    select(duties.c.organisation_id, duties.c.person_id, people.c.name)
    .select_from(duties)
    .join(organisations, organisations.c.id == duties.c.organisation_id)
    .outerjoin(people, people.c.id == duties.c.person_id)
    .where(_now(), _IDS)
    .order_by(duties.c.organisation_id, duties.c.place)
)
