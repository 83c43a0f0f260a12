"""What a run of the canary sends, and when it is missed: pure."""

from collections.abc import Sequence

import pytest

from cloud.canary.runs import (
    EVERY_S,
    IN_TIME_S,
    LATE_S,
    LEADS_S,
    LEAST_S,
    RULE,
    Runs,
    lead_s,
    recording,
)
from cloud.health.watchdog import Silence
from models.formats import parse
from models.watch import changes


@pytest.mark.parametrize("lead", LEADS_S)
def test_a_run_makes_the_real_rule_true_once_and_says_by_its_onset_which_it_is(lead: int) -> None:
    trace = parse("canary.csv", lambda _: recording(lead).encode()).trace
    told = [change for change in changes(trace) if change.what != "cleared"]
    assert [change.rule for change in told] == [RULE]
    assert round(told[0].onset_s) == lead
    assert told[0].at_s == pytest.approx(LEAST_S, abs=1)
    assert trace.duration_s < EVERY_S - 20  # a loaded machine is slow to begin it


def sung(delays_s: Sequence[float | None]) -> list[tuple[float, str]]:
    """What a watchdog tells, when, that looks each second; the delay of each run's alert."""
    runs, silence = Runs(), Silence(LATE_S, 600, 0)
    events: list[tuple[float, int, bool]] = []
    for number, delay_s in enumerate(delays_s):
        begun_s, lead = EVERY_S * number, lead_s(number)
        events.append((begun_s, lead, False))
        if delay_s is not None:
            events.append((begun_s + LEAST_S + delay_s, lead, True))
    events.sort()
    told: list[tuple[float, str]] = []
    for now_s in range(1, round(EVERY_S * len(delays_s))):
        while events and events[0][0] <= now_s:
            at_s, lead, is_alert = events.pop(0)
            if is_alert:
                assert runs.told(lead, LEAST_S, at_s) is not None
            else:
                runs.begun(lead, at_s)
        state = silence.note(runs.look(), float(now_s))
        if state is not None:
            told.append((now_s, f"{state}: {silence.why}"))
    return told


def test_a_canary_that_sings_is_not_missed() -> None:
    assert sung([0.5, 1.0, 2.5, IN_TIME_S, 0.4, 0.4]) == []


def test_one_that_is_silent_is_told_and_its_return_too() -> None:
    told = sung([0.5, 0.5, None, None, 0.5, 0.5])
    last_s, back_s = EVERY_S + LEAST_S + 0.5, 4 * EVERY_S + LEAST_S + 0.5
    assert [words for _, words in told] == ["silent: no alert has come", "back: "]
    assert [at_s for at_s, _ in told] == pytest.approx([last_s + LATE_S, back_s], abs=1)


def test_one_that_is_late_is_not_taken_for_the_next() -> None:
    told = sung([0.5, *([70.0] * 4)])
    assert [words for _, words in told] == ["silent: no alert has come"], "and it is not back"
    runs = Runs()
    runs.begun(5, 0)
    assert runs.told(5, 30, 100) == pytest.approx(70)
    assert runs.look().wrong == "the last alert came 70 s after its sample"


def test_an_alert_of_no_known_run_counts_for_nothing() -> None:
    runs = Runs()
    assert runs.told(5, 30, 100) is None
    runs.begun(5, 100)
    assert runs.told(5, 30, 120) is None, "before its sample: of an earlier life"
    assert runs.told(5, 30, 131) == pytest.approx(1)
    assert runs.told(5, 30, 132) is None, "once is enough"
    runs.note("page", "the door is shut")
    assert runs.look().wrong == ""
    assert runs.look().wrong == "no alert has come; page: the door is shut"
