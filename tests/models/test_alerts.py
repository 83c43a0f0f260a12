from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from models.alerts import (
    ANSWERED,
    EVENTS,
    REMIND_AFTER_S,
    TRANSITIONS,
    WAITING,
    NotAllowed,
    Phase,
    after,
    mermaid,
)
from models.rules import RANK

TAKEN = ("accept", "acknowledge")  # somebody has it
ANEW = ("worsened", "follow")  # everybody may be asked again
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
        accepted = accepted and event not in ANEW
        accepted = accepted or event in TAKEN
        assert (phase in ANSWERED) is accepted


@given(HISTORIES)
def test_an_alert_has_at_most_one_owner(events):
    names = [event for event, _ in live(events)]
    parts = " ".join(names).replace("follow", "worsened").split("worsened")
    assert all(sum(part.count(one) for one in TAKEN) <= 1 for part in parts)


@given(HISTORIES)
def test_an_alert_without_an_answer_can_still_get_one(events):
    story = live(events)
    phase = story[-1][1] if story else Phase.RAISED
    if phase not in ANSWERED:
        if phase is Phase.RAISED:
            phase = after(phase, "tell")
        assert after(phase, "accept") is Phase.ACCEPTED


@settings(max_examples=100, deadline=None)
@given(st.integers(0, 2**32))
def test_ten_thousand_histories_forget_nothing(seed):
    for history in range(100):
        check_history(Random(seed + history))


def check_history(draw: Random) -> None:
    """No unanswered alert without a way on, no second owner, no state outside of the table."""
    phase, owners = Phase.RAISED, 0
    for _ in range(draw.randrange(60)):
        event = draw.choice(EVENTS)
        moves = (phase, event) in TRANSITIONS
        owners = 0 if moves and event in ANEW else owners + (moves and event in TAKEN)
        phase = TRANSITIONS.get((phase, event), phase)
        assert owners == (phase in ANSWERED)
        known = WAITING | ANSWERED | {Phase.CENTRE}
        assert phase in known or {(phase, "tell"), (phase, "nobody left")} <= TRANSITIONS.keys()
    assert phase is not Phase.CENTRE or all((phase, one) in REMIND_AFTER_S for one in RANK)


def test_every_reminder_is_of_a_phase_that_waits_for_a_person():
    for (phase, priority), after_s in REMIND_AFTER_S.items():
        assert phase in (Phase.CENTRE, Phase.ACCEPTED) and priority in RANK and after_s >= 120


def test_what_is_acknowledged_ends_with_its_condition():
    assert after(Phase.CENTRE, "acknowledge") is Phase.ACKNOWLEDGED
    assert after(Phase.ACKNOWLEDGED, "over") is Phase.CLOSED
    with pytest.raises(NotAllowed):
        after(Phase.CENTRE, "over")  # not without somebody who knows


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
