"""The due date, from the last period or a scan; how far a pregnancy is; her age."""

from datetime import UTC, date, datetime, timedelta, tzinfo
from zoneinfo import ZoneInfo

from sqlalchemy import Connection

from cloud.store import people
from cloud.store.people import Mother, Organisation

TERM_DAYS = 280  # Naegele: the due date is 40 weeks after the last period began


def zone_of(place: Organisation | None) -> tzinfo:
    return ZoneInfo(place.zone) if place else UTC


def weeks_of(conn: Connection, mother: Mother, at_ms: int) -> int | None:
    """Completed weeks at a Unix time, by the calendar of her own hospital."""
    own = people.get_organisation(conn, mother.organisation_id or 0)
    return gestation_weeks(mother.due_date, at_ms, own)


def gestation_weeks(due_date: date | None, at_ms: int, place: Organisation | None) -> int | None:
    """The same where her own hospital has been read already; None when the due date is unknown.

    >>> gestation_weeks(date(2026, 12, 25), 1_795_000_000_000, None)  # 2026-11-18
    34
    """
    if due_date is None:
        return None
    today = datetime.fromtimestamp(at_ms / 1000, zone_of(place)).date()
    return (TERM_DAYS - (due_date - today).days) // 7


def due_date_of(dated_on: date, days: int = 0) -> date:
    """From the first day of the last period, or from a scan that showed so many days that day.

    >>> due_date_of(date(2026, 3, 1)), due_date_of(date(2026, 5, 24), 12 * 7)
    (datetime.date(2026, 12, 6), datetime.date(2026, 12, 6))
    """
    return dated_on + timedelta(days=TERM_DAYS - days)


def age_on(birth_date: date | None, day: date) -> int | None:
    """Whole years; None when the date of birth is not known."""
    if birth_date is None:
        return None
    had_birthday = (day.month, day.day) >= (birth_date.month, birth_date.day)
    return day.year - birth_date.year - (not had_birthday)
