from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.alerts import (
    ANSWERED,
    EVENTS,
    TRANSITIONS,
    WAITING,
    NotAllowed,
    Phase,
    after,
    mermaid,
)

HISTORIES = st.lists(st.sampled_from(EVENTS), max_size=60)


def live(events: list[str]) -> list[tuple[str, Phase]]:
    """What happens of these attempts: the allowed events and the phases they lead to."""
    phase, story = Phase.RAISED, []
    for event in events:
        try:
            phase = after(phase, event)
        except NotAllowed:
            assert (phase, event) not in TRANSITIONS
            continue
        story.append((event, phase))
    return story


@given(HISTORIES)
def test_only_an_answer_ends_an_alert(events):
    accepted = False
    for event, phase in live(events):
        accepted = accepted or event == "accept"
        assert (phase in ANSWERED) is accepted


@given(HISTORIES)
def test_an_alert_has_at_most_one_owner(events):
    assert [event for event, _ in live(events)].count("accept") <= 1


@given(HISTORIES)
def test_an_alert_without_an_answer_can_still_get_one(events):
    story = live(events)
    phase = story[-1][1] if story else Phase.RAISED
    if phase not in ANSWERED:
        if phase is Phase.RAISED:
            phase = after(phase, "tell")
        assert after(phase, "accept") is Phase.ACCEPTED


def test_every_phase_is_reached_and_every_silence_has_a_way_on():
    assert {Phase.RAISED, *TRANSITIONS.values()} == set(Phase)
    assert {Phase.TOLD, Phase.DELIVERED, Phase.READ} == WAITING
    for phase in WAITING:
        gone_on = after(phase, "time up")
        assert after(gone_on, "tell") is Phase.TOLD
        assert after(gone_on, "nobody left") is Phase.CENTRE


def test_looking_at_an_alert_is_no_answer():
    assert after(Phase.READ, "time up") is Phase.ESCALATED


def test_what_is_not_in_the_table_says_so():
    with pytest.raises(NotAllowed, match=r"'close' is not possible: the alert is told"):
        after(Phase.TOLD, "close")


def test_the_diagram_has_every_row():
    text = mermaid()
    assert text.startswith("stateDiagram-v2\n    [*] --> raised\n")
    assert text.count("-->") == len(TRANSITIONS) + 2
    assert "    read --> escalated: time up\n" in text


def test_the_diagram_in_the_documentation_is_the_table():
    text = (Path(__file__).parents[2] / "docs" / "analysis.md").read_text(encoding="utf-8")
    assert mermaid() in text
