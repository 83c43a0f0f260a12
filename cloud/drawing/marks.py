"""What is shown of a strip, as data: brackets with their words, and hatched stretches.

Nothing is drawn here. Words go from the longest to the shortest; the drawing takes what fits.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, tzinfo
from math import isfinite, nan

import numpy as np
from numpy.typing import NDArray

from cloud.drawing.found import Found
from cloud.research.said import duration, say
from cloud.traces import Gap
from models.completeness import runs
from models.events import Acceleration, Deceleration
from models.features import Floats, Span
from models.paper import GAP_S
from models.trace import FS_HZ, Samples, Trace

DOUBTFUL = 0.5  # an event less likely than that is drawn lighter
NO_SIGNAL, NOT_RECEIVED = "no signal", "not received"  # of cloud.traces.CAUSES
JOIN_S = 10.0  # stretches of one cause closer than that have one name


@dataclass(frozen=True)
class Bracket:
    """An event: where it is, what it is called, and how sure that is."""

    start_s: float
    end_s: float
    at_s: float  # peak or nadir
    kind: str  # acceleration, deceleration, sinusoidal, contraction
    words: tuple[str, ...]  # longest first
    faint: bool = False


@dataclass(frozen=True)
class Hatch:
    """A stretch whose fetal rate is not there or not used, and why."""

    start_s: float
    end_s: float
    cause: str  # no signal, probe off, not received, maternal, doubled, halved
    words: tuple[str, ...] = ()  # longest first


@dataclass(frozen=True)
class Press:
    """A button that the mother pressed."""

    kind: str  # movement, contraction: where she felt it begin
    at_s: float


@dataclass(frozen=True, eq=False)
class Marks:
    """All that is marked on one recording."""

    used_bpm: Floats  # (n,) the rate that the analysis looked at
    above: list[Bracket]
    below: list[Bracket]
    causes: list[Bracket]
    toco: list[Bracket]
    hatches: list[Hatch]
    toco_gaps: list[Hatch]
    reasons: list[Span]  # why it is not normal


@dataclass(frozen=True, eq=False)
class Strip:
    """What is drawn of a recording, on however many sheets."""

    trace: Trace
    baseline: Floats  # (n,) bpm
    marks: Marks
    language: str
    marked: bool  # with what the analysis found
    rules_version: str
    start_unix_s: int | None  # clock at recorded second 0
    zone: tzinfo = UTC  # of the times on the paper
    presses: Sequence[Press] = ()  # a file of samples has none


def marks_of(found: Found, language: str, causes: Sequence[Gap] = ()) -> Marks:
    """`causes`: of the gaps, where they are known."""
    above, below = _rate_brackets(found, language)
    trace, whole = found.trace, _of_all_channels(causes)
    left_out = [
        Hatch(span.start_s, span.end_s, cause)
        for cause, spans in found.left_out.items()
        for span in spans
    ]
    return Marks(
        used_bpm=found.used_bpm,
        above=above,
        below=below,
        causes=_cause_brackets(found, language),
        toco=_toco_brackets(found),
        hatches=_gaps(trace.fhr_bpm, trace.start_s, language, causes) + left_out,
        toco_gaps=_gaps(trace.toco, trace.start_s, language, whole),
        reasons=list(found.reasons),
    )


def only_gaps(trace: Trace, language: str, causes: Sequence[Gap] = ()) -> Marks:
    """Nothing of an analysis: for a reader who has not yet made up his mind."""
    whole = _of_all_channels(causes)
    return Marks(
        used_bpm=trace.fhr_bpm.astype(float),
        above=[],
        below=[],
        causes=[],
        toco=[],
        hatches=_gaps(trace.fhr_bpm, trace.start_s, language, causes),
        toco_gaps=_gaps(trace.toco, trace.start_s, language, whole),
        reasons=[],
    )


def _of_all_channels(causes: Sequence[Gap]) -> list[Gap]:
    """Those that toco shares: a probe that is off is the other sensor."""
    return [one for one in causes if one.cause == NOT_RECEIVED]


def _rate_brackets(found: Found, language: str) -> tuple[list[Bracket], list[Bracket]]:
    """Those above the fetal rate, and those below it."""
    above = [_acceleration(event, language) for event in found.accelerations]
    for wave in found.sinusoidal:
        words = (say(language, wave.kind), "S")
        middle = (wave.start_s + wave.end_s) / 2
        above.append(Bracket(wave.start_s, wave.end_s, middle, "sinusoidal", words))
    return above, [_deceleration(event, language) for event in found.decelerations]


def _toco_brackets(found: Found) -> list[Bracket]:
    return [
        Bracket(one.start_s, one.end_s, one.peak_s, "contraction", ()) for one in found.contractions
    ]


def _acceleration(event: Acceleration, language: str) -> Bracket:
    word, sure, faint = (
        say(language, "acceleration"),
        _percent(_sure(event)),
        _faint(event),
    )
    size = f"+{event.amplitude_bpm:.0f}"
    words = (f"{word} {size}{sure}", f"A {size}{sure}", f"A{sure}", "A")
    return Bracket(event.start_s, event.end_s, event.peak_s, "acceleration", words, faint)


def _deceleration(event: Deceleration, language: str) -> Bracket:
    letter = "D" if event.kind == "unclassified" else event.kind[0].upper()
    kind, sure = say(language, event.kind), _percent(_sure(event))
    of_kind = _percent(event.kind_probability)
    size = f" -{event.depth_bpm:.0f}"
    after, lag = "", ""
    if event.lag_s is not None:
        after = f"{event.lag_s:+.0f} s"
        lag = ", " + say(language, "lag", value=f"{event.lag_s:+.0f}")
    words = (
        f"{kind}{of_kind}{size}{sure}{lag}",
        f"{kind}{sure} {after}",
        f"{letter}{sure} {after}",
        f"{letter} {after}",
        letter,
    )
    return Bracket(event.start_s, event.end_s, event.nadir_s, "deceleration", words, _faint(event))


def _percent(probability: float) -> str:
    return f" {100 * probability:.0f}%" if isfinite(probability) else ""


def _faint(event: Acceleration | Deceleration) -> bool:
    return getattr(event, "minor", False) or _sure(event) < DOUBTFUL


def _gaps(
    values: Samples, start_s: float, language: str, causes: Sequence[Gap] = ()
) -> list[Hatch]:
    """Where nothing was measured for GAP_S and more, by the cause where one is known."""
    lost, found = np.isnan(values), []
    for cause in dict.fromkeys(one.cause for one in causes if one.cause != NO_SIGNAL):
        spans = [Span(one.from_s, one.to_s) for one in causes if one.cause == cause]
        here = _covered(spans, start_s, len(values))
        found += _hatches(lost & here, start_s, cause, language)
        lost &= ~here
    return found + _hatches(lost, start_s, NO_SIGNAL, language)


def _covered(spans: Iterable[Span], start_s: float, count: int) -> NDArray[np.bool_]:
    mask = np.zeros(count, bool)
    for span in spans:
        first, stop = (max(0, round((t - start_s) * FS_HZ)) for t in (span.start_s, span.end_s))
        mask[first:stop] = True
    return mask


def _hatches(mask: NDArray[np.bool_], start_s: float, cause: str, language: str) -> list[Hatch]:
    found = []
    for first, stop in runs(mask).tolist():
        if (lasts_s := (stop - first) / FS_HZ) >= GAP_S:
            time = duration(lasts_s)
            words = (say(language, f"{cause} for", time=time), time)
            place = start_s + first / FS_HZ
            found.append(Hatch(place, place + lasts_s, cause, words))
    return found


def _cause_brackets(found: Found, language: str) -> list[Bracket]:
    """Names of the stretches that were left out, one for neighbours."""
    letters = {"maternal": "M?", "doubled": "×2", "halved": "½"}
    brackets = []
    for cause, spans in found.left_out.items():
        for span in _joined(spans):
            middle = (span.start_s + span.end_s) / 2
            words = (say(language, cause), letters[cause])
            brackets.append(Bracket(span.start_s, span.end_s, middle, cause, words))
    return brackets


def _joined(spans: Iterable[Span]) -> list[Span]:
    done: list[Span] = []
    for span in spans:
        if done and span.start_s - done[-1].end_s < JOIN_S:
            done[-1] = Span(done[-1].start_s, span.end_s)
        else:
            done.append(span)
    return done


def _sure(event: Acceleration | Deceleration) -> float:
    """That it is one, 0..1; NaN: not known."""
    probability: float = getattr(event, "probability", nan)
    return probability
