"""The ledger says what happened: sums over members are sums over events, for any history."""

from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cloud.contributions.columns import COLUMNS
from cloud.contributions.ledger import of_month
from cloud.months import last_months, month
from cloud.store.db import reading
from tests.cloud.alerts.world import CENTRE, FAR, MIDDLE, NEAR
from tests.cloud.contributions.events import HOUR_MS, NAME, SPAN, ZONE, Ground, expected, histories

HOURS = {"recorded_h": "recorded_s", "good_h": "good_s"}


def ledger_of(ground: Ground, events: list[Any], own: frozenset[int] | None = None) -> Any:
    """The month's ledger with only these events in the store; nothing stays there."""
    with ground.engine.connect().execution_options(writes=True) as conn:
        ground.keep(conn, events)
        found = of_month(conn, NAME, own)
        conn.rollback()
    return found


@settings(max_examples=30, deadline=None)
@given(events=histories)
def test_members_add_up_to_the_events(ground: Ground, events: list[Any]) -> None:
    found, wanted = ledger_of(ground, events), expected(events)
    for column in (one for one in COLUMNS if one.sums):
        name = HOURS.get(column.id, column.id)
        unit = 3600 if column.id in HOURS else 1
        for row in found["rows"]:
            place = row["organisation"]["id"] if row["organisation"] else None
            assert row[column.id] == pytest.approx(wanted[place, name] / unit), column.id
        events_in_all = sum(n for (_, one), n in wanted.items() if one == name) / unit
        assert sum(row[column.id] for row in found["rows"]) == pytest.approx(events_in_all)
        assert found["total"][column.id] == pytest.approx(events_in_all), column.id


def test_how_fast_each_answered(ground: Ground) -> None:
    at_ms, minute_ms = SPAN.from_ms, 60_000
    answers = [(NEAR, ("accept", 10_000)), (NEAR, ("decline", 30_000)), (NEAR, ("accept", 50_000))]
    asked = [("asked", at_ms, place, answer) for place, answer in [*answers, (NEAR, None)]]
    asked.append(("asked", at_ms, MIDDLE, ("accept", 999)))
    read = [("signature", at_ms + n * minute_ms, FAR, n * minute_ms) for n in (4, 6, 50)]
    found = ledger_of(ground, asked + read)
    rows = {row["organisation"]["id"]: row for row in found["rows"]}
    near = rows[NEAR]
    assert (near["asked"], near["answered"], near["accepted"]) == (4, 3, 2)
    assert (near["answer_s"], near["answer_p90_s"]) == (30, 50)
    assert (rows[MIDDLE]["answer_s"], rows[CENTRE]["answer_s"]) == (0, None)
    assert (rows[FAR]["turnaround_min"], found["total"]["turnaround_min"]) == (6, 6)
    assert found["total"]["answer_s"] == 10


def test_a_hospital_gets_its_own_row_and_the_total(ground: Ground) -> None:
    events = [("box", SPAN.from_ms, NEAR), ("box", SPAN.from_ms, FAR)]
    found = ledger_of(ground, events, frozenset((FAR,)))
    assert [row["organisation"]["id"] for row in found["rows"]] == [FAR]
    assert (found["rows"][0]["boxes"], found["total"]["boxes"]) == (1, 2)


def test_an_empty_month_has_a_row_for_each_member(ground: Ground) -> None:
    with reading(ground.engine) as conn:
        found = of_month(conn, "2030-01")
    assert len(found["rows"]) == 4
    assert not any(found["total"].values())


@pytest.mark.parametrize("zone", [ZONE, "Europe/Berlin", "America/New_York", "UTC"])
def test_months_of_a_zone_follow_each_other(zone: str) -> None:
    """Through both changes of the clock."""
    spans = last_months(14, SPAN.from_ms, zone)
    assert all(a.to_ms == b.from_ms for a, b in pairwise(spans))
    lengths = {(one.to_ms - one.from_ms) % (24 * HOUR_MS) // HOUR_MS for one in spans}
    assert lengths == ({0} if zone in (ZONE, "UTC") else {0, 1, 23})
    assert month(spans[3].name, zone) == spans[3]


@settings(max_examples=40)
@given(st.text(max_size=8) | st.from_regex(r"[0-9]{4}-[0-9]{2}", fullmatch=True))
def test_what_is_no_month_is_refused(name: str) -> None:
    try:
        assert month(name, ZONE).name == name
    except ValueError as error:
        assert "is no month" in str(error)


def test_a_month_is_of_the_centres_zone() -> None:
    """1 September in Shanghai begins at 16:00 of 31 August, UTC."""
    assert SPAN.from_ms == 1_788_192_000_000
