"""How far a pregnancy is, from its due date."""

from datetime import UTC, date, datetime

TERM_DAYS = 280  # Naegele: the due date is 40 weeks after the last period began


def gestation_weeks(due_date: date | None, at_ms: int) -> int | None:
    """Completed weeks at a Unix time; None when the due date is unknown.

    >>> gestation_weeks(date(2026, 12, 25), 1_795_000_000_000)  # 2026-11-18
    34
    """
    if due_date is None:
        return None
    today = datetime.fromtimestamp(at_ms / 1000, UTC).date()
    return (TERM_DAYS - (due_date - today).days) // 7
