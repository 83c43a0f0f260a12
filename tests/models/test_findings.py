"""Conditions on the analysis: what holds, since when, and when it is over."""

from dataclasses import replace
from math import nan

import numpy as np
import pytest

from models.activity import Activity
from models.analysis import Analysis, analyse
from models.conditions import Change
from models.contractions import Contraction
from models.events import Deceleration
from models.findings import MEASURES, Findings, found, holds
from models.rules import BY_ID, JUDGED
from models.sinusoidal import Sinusoidal
from models.suppressed import suppressed
from models.synth import synthetic
from models.trace import FS_HZ, Trace

QUIET = analyse(synthetic(1, 60, "normal")[0])
END_S = QUIET.trace.end_s
SQUEEZES = tuple(Contraction(t, t + 30, t + 60, 40.0) for t in range(1800, 3500, 240))
TRUSTED = replace(QUIET.activity, lost=0.0, flat=0.0)


def late(kind: str = "late", nadir_bpm: float = 100.0, every: int = 1) -> tuple[Deceleration, ...]:
    falls = (
        Deceleration(c.start_s + 30, c.start_s + 100, c.start_s + 70, 30.0, nadir_bpm, kind, c)
        for c in SQUEEZES[::every]
    )
    return tuple(falls)


def judged(end_s: float = END_S, activity: Activity = TRUSTED, **known: object) -> Analysis:
    """The quiet strip with these events, moved so that it ends at `end_s`."""
    trace = replace(QUIET.trace, start_s=end_s - QUIET.trace.duration_s)
    empty = {"decelerations": (), "contractions": SQUEEZES, "sinusoidal": ()}
    assessment = replace(QUIET.assessment, **{**empty, **known})  # type: ignore[arg-type]
    return replace(
        QUIET,
        trace=trace,
        assessment=assessment,
        activity=activity,
        sinusoidal=assessment.sinusoidal,
    )


def raised(analysis: Analysis) -> list[str]:
    return [change.rule.id for change in Findings().look(analysis)]


def test_every_rule_on_analyses_has_a_measure() -> None:
    assert MEASURES.keys() == {rule.id for rule in JUDGED}
    assert raised(QUIET) == []


def test_recurrent_late_decelerations_need_half_of_the_contractions() -> None:
    (change,) = Findings().look(judged(decelerations=late()))
    assert (change.rule.id, change.what, change.at_s) == ("recurrent_late", "raised", END_S)
    assert change.onset_s == 1830
    assert change.reason.text % change.reason.args == (
        "Late decelerations with 100 % of the contractions of the last 20 min: 8"
    )
    assert raised(judged(decelerations=late(every=3))) == []
    assert raised(judged(decelerations=late()[:2])) == []


def test_severe_variable_decelerations_are_deep_and_long() -> None:
    assert raised(judged(decelerations=late("variable", 69.0))) == ["recurrent_severe_variable"]
    assert raised(judged(decelerations=late("variable", 70.0))) == []


def test_without_contractions_it_is_not_known_and_the_log_says_so() -> None:
    unknown = judged(activity=replace(TRUSTED, lost=0.9), decelerations=late())
    assert holds(BY_ID["recurrent_late"], found(unknown)["recurrent_late"]) is None
    assert raised(unknown) == []
    (kept,) = suppressed(unknown, np.zeros(len(unknown.trace.fhr_bpm), bool))
    assert kept.rule.id == "recurrent_late"
    assert kept.reason.text % kept.reason.args == (
        "suppressed because contractions are not known: 8 decelerations"
    )


@pytest.mark.parametrize(
    ("minutes", "bpm", "told"),
    [
        (60, 4.9, ["low_variability_50"]),
        (40, 4.9, ["low_variability_40"]),
        (39, 4.9, []),
        (60, 5.0, []),
    ],
)
def test_low_variability(minutes: int, bpm: float, told: list[str]) -> None:
    swings = np.concatenate((np.full(60 - minutes, 12.0), np.full(minutes, bpm)))
    swings[-minutes::5] = np.nan  # lost minutes are left out
    if minutes == 39:
        swings[:] = np.where(np.arange(60) % 4 == 0, 12.0, bpm)  # a quarter is normal
    assert raised(replace(judged(), swings_bpm=swings)) == told


def test_the_stronger_rule_follows_the_weaker_one() -> None:
    watch = Findings()
    swings = np.concatenate((np.full(20, 12.0), np.full(40, 3.0)))
    assert [c.rule.id for c in watch.look(replace(judged(), swings_bpm=swings))] == [
        "low_variability_40"
    ]
    later = replace(judged(END_S + 600), swings_bpm=np.full(60, 3.0))
    assert [c.rule.id for c in watch.look(later)] == ["low_variability_50"]


def test_a_sinusoidal_pattern_and_tachysystole() -> None:
    wave = Sinusoidal(END_S - 1200, END_S, "sinusoidal", 12.0)
    assert raised(judged(sinusoidal=(wave,))) == ["sinusoidal"]
    assert raised(judged(sinusoidal=(replace(wave, kind="suspect"),))) == []
    often = replace(TRUSTED, per_10_min=5.1, tachysystole=True)
    falls = late("variable")
    assert raised(judged(activity=often, decelerations=falls)) == ["tachysystole"]
    assert raised(judged(activity=often)) == []
    unknown = replace(often, tachysystole=None)
    assert raised(judged(activity=unknown, decelerations=falls)) == []


def test_it_is_over_when_it_has_not_held_for_its_hysteresis() -> None:
    watch, rearm_s = Findings(), BY_ID["recurrent_late"].rearm_s
    told: list[tuple[str, float]] = []

    def look(analysis: Analysis) -> None:
        told.extend((change.what, change.at_s) for change in watch.look(analysis))

    look(judged(decelerations=late()))
    look(judged(END_S + 30))
    look(judged(END_S + 60, decelerations=late()))  # there again: the time begins anew
    look(judged(END_S + 90))
    look(judged(END_S + 89 + rearm_s))
    look(judged(END_S + 90 + rearm_s))
    assert told == [("raised", END_S), ("cleared", END_S + 90 + rearm_s)]


def test_what_is_not_known_clears_nothing() -> None:
    watch = Findings()
    watch.look(judged(decelerations=late()))
    unknown = replace(TRUSTED, lost=0.9)
    for later_s in range(30, 3000, 30):
        assert not watch.look(judged(END_S + later_s, unknown, decelerations=late()))


def test_a_restart_goes_on_from_what_was_told() -> None:
    watch = Findings({"recurrent_late": 1830.0})
    assert watch.look(judged(decelerations=late())) == []
    watch.look(judged(END_S + 30))
    (change,) = watch.look(judged(END_S + 400))
    assert (change.what, change.onset_s) == ("cleared", 1830.0)


def test_a_gap_is_told_and_over_when_its_seconds_come() -> None:
    trace = QUIET.trace
    at = slice(round((END_S - 300) * FS_HZ), round((END_S - 200) * FS_HZ))
    holed = {name: values.copy() for name, values in trace.channels().items()}
    for values in holed.values():
        values[at] = np.nan
    watch = Findings()
    (change,) = watch.look(replace(judged(), trace=Trace(**holed)))
    assert (change.rule.id, change.onset_s) == ("gap", END_S - 300)
    assert [c.what for c in watch.look(judged())] == ["cleared"]


def test_one_twin_recorded_twice() -> None:
    """Told while both rates are the same, not while one is lost, and over when they part."""
    trace = QUIET.trace
    watch = Findings()

    def look(fhr2: np.ndarray, later_s: float = 0) -> list[str]:
        moved = replace(trace, fhr2_bpm=fhr2.astype(np.float32), start_s=trace.start_s + later_s)
        return [f"{c.rule.id} {c.what}" for c in watch.look(replace(judged(), trace=moved))]

    other, lost = trace.fhr_bpm[::-1] + 12, np.full_like(trace.fhr_bpm, nan)
    assert look(other) == []
    assert look(trace.fhr_bpm + 2) == ["twins_alike raised"]
    assert look(lost, 300) == []
    assert look(other, 600) == []
    assert look(other, 660) == ["twins_alike cleared"]


def test_a_rule_that_sees_too_little_says_so_in_the_log() -> None:
    fhr = QUIET.trace.fhr_bpm.copy()
    last = np.arange(len(fhr)) >= len(fhr) - 180 * FS_HZ
    fhr[last] = np.where(np.arange(last.sum()) % 5 < 2, 90.0, nan)
    analysis = replace(judged(), trace=replace(QUIET.trace, fhr_bpm=fhr))
    none = np.zeros(len(fhr), bool)
    kept = {one.rule.id: one.reason for one in suppressed(analysis, none)}
    assert kept.keys() == {"bradycardia_100", "low_rate"}
    assert kept["low_rate"].args == {"window": 180, "share": 40}
    fhr[last] = 90.0
    assert suppressed(analysis, none) == ()  # enough to tell: the rule itself speaks
    assert {one.reason.args["share"] for one in suppressed(analysis, last)} == {100}


def test_changes_are_changes_of_the_catalogue() -> None:
    (change,) = Findings().look(judged(decelerations=late()))
    assert isinstance(change, Change) and BY_ID[change.rule.id] is change.rule


def test_recurrent_late_decelerations_are_told_within_twenty_minutes() -> None:
    trace = synthetic(1, 20, "late_decelerations")[0]
    assert "recurrent_late" in raised(analyse(trace))
