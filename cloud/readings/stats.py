"""How the reading service does, by organisation and month: volume, turnaround, agreement.

The month is that of the asking, in the organisation's own time zone. The organisation is the one
that reads first; None is the centre, for mothers without a hospital. Kappa with the machine counts
blind opinions only: who has seen the machine's result agrees with it more.
"""

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import asdict
from datetime import UTC, datetime
from math import isnan
from statistics import median
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Connection

from cloud.store import opinions, people, readings
from cloud.store.opinions import Opinion
from cloud.store.readings import Reading
from cloud.views import organisation_view
from models.kappa import Kappa, Pair, kappa
from models.readings import OF_MACHINE

Group = tuple[int | None, str]  # organisation, "2026-11"


def statistics(
    conn: Connection, from_ms: int, organisation_ids: Collection[int] | None = None
) -> list[dict[str, Any]]:
    """One row for each organisation and month, newest month first; None: of everybody."""
    rows = [
        row
        for row in readings.since(conn, from_ms)
        if organisation_ids is None or row.organisation_id in organisation_ids
    ]
    ids = [row.id for row in rows]
    steps, said = readings.steps_of(conn, ids), opinions.of_readings(conn, ids)
    late = {i for i in ids if any(step.event == "overdue" for step in steps[i])}
    groups: dict[Group, list[Reading]] = defaultdict(list)
    for row in rows:
        groups[row.organisation_id, _month(conn, row)].append(row)
    ordered = sorted(groups.items(), key=lambda item: (item[0][1], item[0][0] or 0), reverse=True)
    return [_row(conn, group, rows, late, said) for group, rows in ordered]


def with_machine(said: Sequence[Opinion]) -> list[Pair]:
    """(reader, machine) of each blind opinion, when the machine had said something."""
    return [(one.said, OF_MACHINE[one.machine]) for one in said if one.blind and one.machine]


def with_expert(said: Sequence[Opinion]) -> list[Pair]:
    """(first reader, expert) of one reading: the newest of each; empty when one is missing."""
    first = [one.said for one in said if one.rank == "first"]
    expert = [one.said for one in said if one.rank == "expert"]
    return [(first[-1], expert[-1])] if first and expert else []


def _row(
    conn: Connection, group: Group, rows: list[Reading], late: set[int],
    said: dict[int, list[Opinion]],
) -> dict[str, Any]:  # fmt: skip
    organisation = people.get_organisation(conn, group[0] or 0)
    minutes = [(row.signed_ms - row.wanted_ms) / 60_000 for row in rows if row.signed_ms]
    return {
        "organisation": organisation_view(organisation) if organisation else None,
        "month": group[1],
        "wanted": len(rows),
        "signed": len(minutes),
        "overdue": sum(row.id in late for row in rows),
        "raised": sum(row.raised_ms is not None for row in rows),
        "turnaround_min": round(median(minutes), 1) if minutes else None,
        "machine": _plain(kappa([p for row in rows for p in with_machine(said[row.id])])),
        "expert": _plain(kappa([p for row in rows for p in with_expert(said[row.id])])),
    }


def _plain(found: Kappa) -> dict[str, Any]:
    """For JSON: what is not known is None."""
    return {
        name: None if isinstance(value, float) and isnan(value) else round(value, 3)
        for name, value in asdict(found).items()
    }


def _month(conn: Connection, row: Reading) -> str:
    place = people.get_organisation(conn, row.organisation_id or 0)
    zone = ZoneInfo(place.zone) if place else UTC
    return datetime.fromtimestamp(row.wanted_ms / 1000, zone).strftime("%Y-%m")
