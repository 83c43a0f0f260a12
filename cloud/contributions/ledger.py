"""The ledger of one month: a row for each member, and the total counted apart from them."""

from collections import Counter
from collections.abc import Collection
from typing import Any

from sqlalchemy import Connection

from cloud.contributions.columns import COLUMNS
from cloud.months import Month, centre_zone, month
from cloud.store import ledger, people
from cloud.store.counting import Histograms
from cloud.views import organisation_view
from models.spread import MEDIAN, P90, quantile

HOUR_S = 3600
Values = dict[str, float | None]


def of_month(
    conn: Connection, name: str, organisation_ids: Collection[int] | None = None
) -> dict[str, Any]:
    """{month, zone, rows: [{organisation, <column>: ...}], total}; None: of every member.

    A member that did nothing has a row of zeros; what belongs to no member has organisation null.
    ValueError: no such month.
    """
    zone = centre_zone(conn)
    span = month(name, zone)
    cells = ledger.counted(conn, [span])
    read, answered = ledger.turnaround_tenths(conn, [span]), ledger.answer_s(conn, [span])
    places = {one.id: organisation_view(one) for one in people.all_organisations(conn)}
    rows = []
    for place_id in [*places, None]:
        key = (place_id, 0)
        if place_id is None and not any(key in found for found in (cells, read, answered)):
            continue
        if organisation_ids is None or place_id in organisation_ids:
            values = _values(cells.get(key, {}), _of(read, place_id), _of(answered, place_id))
            rows.append({"organisation": places.get(place_id or 0), **values})
    return {
        "month": span.name,
        "zone": zone,
        "rows": rows,
        "total": _total(conn, span, read, answered),
    }


def _total(conn: Connection, span: Month, read: Histograms, answered: Histograms) -> Values:
    raw = ledger.raw(conn, span)
    values = _values(raw, sum(read.values(), Counter()), sum(answered.values(), Counter()))
    return values | {"asked": raw["asked"]}


def _values(cells: dict[str, float], read: Counter[int], answered: "Counter[int]") -> Values:
    """Every column; hours from seconds, and how fast from what was counted by second."""
    fast = Counter({s: n for s, n in answered.items() if s is not None})
    turnaround = quantile(read, MEDIAN)
    found: Values = {one.id: cells.get(one.id, 0) for one in COLUMNS if one.sums}
    return found | {
        "recorded_h": cells.get("recorded_s", 0) / HOUR_S,
        "good_h": cells.get("good_s", 0) / HOUR_S,
        "turnaround_min": None if turnaround is None else turnaround / 10,
        "asked": answered.total(),
        "answered": fast.total(),
        "answer_s": quantile(fast, MEDIAN),
        "answer_p90_s": quantile(fast, P90),
    }


def _of(found: Histograms, organisation_id: int | None) -> Counter[int]:
    return found.get((organisation_id, 0), Counter())
