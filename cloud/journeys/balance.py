"""How many mothers were referred up and how many down, by hospital and month. Pure."""

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from cloud.store.referrals import Counted
from models.referrals import DOWN, UP

CELLS = ("sent_up", "sent_down", "came_up", "came_down")


def by_month(rows: Sequence[Counted], zones: Mapping[int, str]) -> list[dict[str, Any]]:
    """One row for each hospital and month (of its own time zone), newest month first.

    `zones`: the hospitals that are wanted and their IANA time zones.
    """
    cells: Counter[tuple[str, int, str]] = Counter()
    for row in rows:
        for how, organisation_id in (("sent", row.from_id), ("came", row.to_id)):
            if organisation_id in zones:
                month = month_of(row.requested_ms, zones[organisation_id])
                cells[month, organisation_id, f"{how}_{row.direction}"] += 1
    places = sorted({(month, place) for month, place, _ in cells}, key=lambda one: one[1])
    places.sort(key=lambda one: one[0], reverse=True)
    return [
        {"month": month, "organisation_id": place}
        | {cell: cells[month, place, cell] for cell in CELLS}
        for month, place in places
    ]


def total(rows: Sequence[Counted]) -> dict[str, int]:
    counts = Counter(row.direction for row in rows)
    return {UP: counts[UP], DOWN: counts[DOWN]}


def month_of(at_ms: int, zone: str) -> str:
    """
    >>> month_of(1_790_000_000_000, "Asia/Shanghai")
    '2026-09'
    """
    return f"{datetime.fromtimestamp(at_ms / 1000, ZoneInfo(zone)):%Y-%m}"
