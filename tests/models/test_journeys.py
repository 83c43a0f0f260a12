"""The tables of green channels and referrals: whatever happens, in whatever order."""

from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models import green, journeys, referrals
from models.alerts import NotAllowed

TABLES: dict[str, Any] = {"green": green, "referrals": referrals}


@pytest.mark.parametrize("table", TABLES.values(), ids=TABLES)
@given(data=st.data())
def test_every_history_stays_in_the_table_and_can_end(table: Any, data: st.DataObject) -> None:
    phase = next(iter(table.Phase))
    for event in data.draw(st.lists(st.sampled_from(table.EVENTS), max_size=8)):
        try:
            phase = table.after(phase, event)
        except NotAllowed:
            assert (phase, event) not in table.TRANSITIONS
    reached = {phase}
    for _ in table.Phase:
        reached |= {to for (at, _), to in table.TRANSITIONS.items() if at in reached}
    assert reached & table.OVER


@given(events=st.lists(st.sampled_from(green.EVENTS), max_size=8))
def test_a_bed_is_taken_once_at_most_and_never_given_back_twice(events: list[str]) -> None:
    phase, beds, count = green.Phase.EXPECTED, 0, 0
    for event in events:
        if (phase, event) not in green.TRANSITIONS:
            continue
        phase = green.after(phase, event)
        if event in green.TAKES_BED and not beds:
            beds, count = 1, count + 1
        elif event in green.GIVES_BED and beds:
            beds = 0
        if phase is green.Phase.CANCELLED:
            assert beds == 0
    assert count <= 1


@pytest.mark.parametrize("table", TABLES.values(), ids=TABLES)
def test_every_phase_is_reached_and_every_event_has_somebody(table: Any) -> None:
    assert set(table.Phase) == {next(iter(table.Phase)), *table.TRANSITIONS.values()}
    assert table.EVENTS
    if table is referrals:
        assert set(referrals.BY) == set(referrals.EVENTS)
        assert all(referrals.BY.values())


def test_a_level_says_the_direction() -> None:
    assert referrals.direction_of(1, 3) == referrals.UP
    assert referrals.direction_of(3, 2) == referrals.DOWN
    assert referrals.direction_of(2, 2) is None


def test_ids_are_unique() -> None:
    assert len(referrals.BY_ID) == len(referrals.CRITERIA)
    assert len(green.ITEMS) == len(green.CHECKLIST)


@given(gaps=st.lists(st.tuples(st.sampled_from("abc"), st.integers(0, 9)), max_size=12))
def test_the_spans_cover_the_time_without_gap(gaps: list[tuple[str, int]]) -> None:
    steps, now = [], 0
    for phase, wait in gaps:
        now += wait
        steps.append((phase, now))
    spans = journeys.timeline(steps, over=False)
    assert [span.to_ms for span in spans[:-1]] == [span.from_ms for span in spans[1:]]
    assert all(a.phase != b.phase for a, b in pairwise(spans))
    if steps:
        assert (spans[0].from_ms, spans[-1].phase, spans[-1].to_ms) == (
            steps[0][1],
            steps[-1][0],
            None,
        )


def test_the_diagram_names_what_ends() -> None:
    assert "closed --> [*]" in referrals.mermaid()
    assert "accepted --> in_transit: transport" in referrals.mermaid()
