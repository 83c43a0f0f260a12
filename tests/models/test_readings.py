"""The table of a reading's life, and the agreement of readers."""

from math import isnan

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models import readings
from models.alerts import NotAllowed
from models.kappa import ORDER, kappa
from models.readings import HELD, OF_EXPERTS, QUEUED, SENTENCES, TRANSITIONS, UNREAD, Class, Phase

PAIRS = st.lists(st.tuples(st.sampled_from(Class), st.sampled_from(Class)), max_size=40)


def walk(events: list[str]) -> list[tuple[Phase, str]]:
    """The (phase, event) steps that the table lets happen, in order."""
    phase, taken = Phase.WANTED, []
    for event in events:
        if (phase, event) in TRANSITIONS:
            taken.append((phase, event))
            phase = readings.after(phase, event)
    return taken


@given(st.lists(st.sampled_from(readings.EVENTS), max_size=60))
def test_nothing_is_signed_unread_and_nothing_told_unsigned(events: list[str]) -> None:
    read = signed = False
    for phase, event in walk(events):
        if event in ("take", "take over", "give back", "raise"):
            read = False
        if event == "read":
            assert phase in UNREAD
            read = True
        if event == "sign":
            assert read
            signed = True
        if event == "tell":
            assert signed


@given(st.lists(st.sampled_from(readings.EVENTS), max_size=60))
def test_what_was_raised_is_never_signed_by_a_first_reader(events: list[str]) -> None:
    raised = False
    for phase, event in walk(events):
        assert (phase in OF_EXPERTS) == raised or phase in readings.DONE
        raised = raised or event == "raise"


def test_every_open_phase_has_a_way_to_the_end() -> None:
    ends = {Phase.TOLD}
    for _ in Phase:
        ends |= {phase for (phase, _), after in TRANSITIONS.items() if after in ends}
    assert ends == set(Phase)


def test_the_sets_are_those_of_the_table() -> None:
    assert {Phase.WANTED, Phase.RAISED} == QUEUED
    assert {Phase.TAKEN, Phase.READ, Phase.EXPERT, Phase.EXPERT_READ} == HELD
    assert readings.OPEN == QUEUED | HELD
    with pytest.raises(NotAllowed):
        readings.after(Phase.WANTED, "sign")


@pytest.mark.parametrize(
    ("verdict", "high", "minutes"),
    [
        ("pathological", False, 15),
        ("normal", True, 15),
        ("suspicious", False, 60),
        ("normal", False, 240),
        ("unknown", False, 240),
        (None, False, 240),
    ],
)
def test_deadlines(verdict: str | None, high: bool, minutes: int) -> None:
    priority = readings.priority_of(verdict, high)
    assert readings.deadline_ms(priority, 1000) == 1000 + minutes * 60_000


def test_overdue_begins_with_the_deadline_and_ends_with_the_signature() -> None:
    assert not readings.is_overdue(Phase.TAKEN, 1000, 999)
    assert readings.is_overdue(Phase.TAKEN, 1000, 1000)
    assert not readings.is_overdue(Phase.SIGNED, 1000, 2000)


def test_no_comfort_with_a_bad_strip() -> None:
    for bad in (Class.PATHOLOGICAL, Class.SUSPICIOUS, Class.UNREADABLE):
        assert not readings.fits("good", bad)
        assert not readings.fits("as_planned", bad)
    assert not readings.fits("come_now", Class.NORMAL)
    assert not readings.fits("made up", Class.NORMAL)
    for said in Class:
        assert any(readings.fits(one, said) for one in SENTENCES)


def test_kappa_of_a_table_done_by_hand() -> None:
    """20 both normal, 5 and 10 apart, 15 both suspicious: (0.7 - 0.5) / 0.5, after Cohen 1960."""
    n, s = Class.NORMAL, Class.SUSPICIOUS
    found = kappa([(n, n)] * 20 + [(n, s)] * 5 + [(s, n)] * 10 + [(s, s)] * 15)
    assert found.pairs == 50
    assert found.agreed == pytest.approx(0.7)
    assert found.kappa == pytest.approx(0.4)
    assert found.weighted == pytest.approx(0.4)  # two classes: a step is a step


def test_weights_forgive_the_neighbour() -> None:
    n, s, p = ORDER
    same = [(n, n)] * 5 + [(s, s)] * 5 + [(p, p)] * 5
    near, far = kappa([*same, (n, s)]), kappa([*same, (n, p)])
    assert near.kappa == pytest.approx(far.kappa, abs=0.01)
    assert near.weighted > far.weighted


def test_what_could_not_be_read_has_no_place_in_the_order() -> None:
    pairs = [(Class.NORMAL, Class.NORMAL), (Class.SUSPICIOUS, Class.SUSPICIOUS)]
    with_one = kappa([*pairs, (Class.UNREADABLE, Class.NORMAL)])
    assert (with_one.pairs, with_one.weighted_pairs) == (3, 2)
    assert with_one.weighted == 1.0
    assert with_one.kappa < 1.0


@given(PAIRS)
def test_kappa_is_symmetric_and_bounded_or_not_known(pairs: list[tuple[Class, Class]]) -> None:
    found, turned = kappa(pairs), kappa([(b, a) for a, b in pairs])
    for value, other in ((found.kappa, turned.kappa), (found.weighted, turned.weighted)):
        assert isnan(value) == isnan(other)
        assert isnan(value) or value == pytest.approx(other)
        assert isnan(value) or -1.0 <= value <= 1.0
