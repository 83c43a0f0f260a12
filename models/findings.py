"""Alarm conditions that need the analysis of the last hour: its events, rhythm and contractions.

What holds is a pure function of one analysis; Findings turns one analysis after the other into
changes. The onset is a second of the recording, so it is the same after a restart, but for as much
as a newer analysis moves an event. What is not known neither raises nor clears.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from math import isnan, nan

import numpy as np

from models.analysis import Analysis
from models.completeness import runs
from models.conditions import Change
from models.decelerations import recurrence
from models.events import Deceleration
from models.rules import BY_ID, JUDGED, VALID_SHARE, Rule
from models.trace import FS_HZ
from models.verdict import Reason

LEAST_EVENTS = 3  # of a recurrent deceleration in JUDGED_S; two are chance [design]
EVENTS_S = 1800.0  # ALGORITHMS 8.2 A5
SEVERE_BPM, SEVERE_S = 70.0, 60.0  # ALGORITHMS 4.5
STILL_S = 600.0  # a sinusoidal pattern that ended longer ago is over [design]
LEAST_GAP_S = 5.0  # shorter ones are waited for: cloud.live
PERCENT = ("recurrent_late", "recurrent_severe_variable", "twins_alike")
ALIKE_BPM = 3.0  # of two rates that are counted apart [design]


@dataclass(frozen=True)
class Finding:
    """What one rule measures. NaN: not known."""

    value: float = nan
    onset_s: float = nan
    count: int = 0


Measure = Callable[[Analysis, Rule], Finding]


def found(analysis: Analysis) -> dict[str, Finding]:
    """Of each rule that looks at analyses."""
    return {rule.id: MEASURES[rule.id](analysis, rule) for rule in JUDGED}


def holds(rule: Rule, finding: Finding) -> bool | None:
    """None: not known."""
    if isnan(finding.value):
        return None
    if rule.side == "below":
        return finding.value < rule.limit
    return finding.value > rule.limit or (rule.side == "at least" and finding.value == rule.limit)


class Findings:
    """Of one recording. `open_since` is what an earlier process has told and is not over."""

    def __init__(self, open_since: Mapping[str, float] | None = None) -> None:
        self._on = dict(open_since or {})  # onset_s of what is on
        self._free_since: dict[str, float] = {}  # recorded second from which it does not hold

    def look(self, analysis: Analysis) -> list[Change]:
        """What changed since the last look; analyses come in the order of their ends."""
        return self.take(found(analysis), analysis.trace.end_s)

    def take(self, now: Mapping[str, Finding], at_s: float) -> list[Change]:
        """look(), of what was found() in an analysis that ends at `at_s`."""
        changes = [self._change(rule, now[rule.id], at_s) for rule in JUDGED]
        return [change for change in changes if change]

    def _change(self, rule: Rule, finding: Finding, at_s: float) -> Change | None:
        held = holds(rule, finding)
        onset_s = self._on.get(rule.id)
        if onset_s is None:
            if not held or any(name in self._on for name in rule.covered_by):
                return None
            self._on[rule.id] = finding.onset_s
            self._free_since.pop(rule.id, None)
            return Change(rule, "raised", finding.onset_s, at_s, _reason(rule, finding, at_s))
        if held is not False:
            self._free_since.pop(rule.id, None)
            return None
        since_s = self._free_since.setdefault(rule.id, at_s)
        if at_s - since_s < rule.rearm_s:
            return None
        del self._on[rule.id], self._free_since[rule.id]
        return Change(rule, "cleared", onset_s, at_s, _reason(rule, finding, at_s))


def _reason(rule: Rule, finding: Finding, at_s: float) -> Reason:
    percent = rule.id in PERCENT
    args: dict[str, int | float | str] = {
        "value": round(finding.value * 100) if percent else round(finding.value),
        "limit": round(rule.limit * 100) if percent else round(rule.limit),
        "minutes": rule.window_s // 60,
        "count": finding.count,
    }
    return Reason(rule.reason, args, finding.onset_s, at_s, rule.id)


def _seen(analysis: Analysis, over_s: float) -> bool:
    """Whether there is rate enough to say that something is not there."""
    last = analysis.trace.fhr_bpm[-round(over_s * FS_HZ) :]
    return bool(np.isfinite(last).mean() >= VALID_SHARE) if len(last) else False


def _recurrent(
    analysis: Analysis, rule: Rule, kind: str, alike: Callable[[Deceleration], bool]
) -> Finding:
    """Share of the contractions that have a deceleration of this kind that is `alike`. Without
    known contractions their number only: then it could have any kind."""
    known, end_s = analysis.assessment, analysis.trace.end_s
    falls = tuple(d for d in known.decelerations if d.end_s > end_s - EVENTS_S and alike(d))
    if not analysis.activity.trusted:
        return Finding(nan, min((dec.start_s for dec in falls), default=nan), len(falls))
    recent = tuple(dec for dec in falls if dec.kind == kind)
    if len(recent) < LEAST_EVENTS:
        return Finding(0.0 if _seen(analysis, rule.window_s) else nan)
    share = recurrence(recent, known.contractions, kind, end_s)
    return Finding(share, recent[0].start_s, len(recent))


def _late(analysis: Analysis, rule: Rule) -> Finding:
    return _recurrent(analysis, rule, "late", lambda dec: dec.kind in ("late", "unclassified"))


def _severe(analysis: Analysis, rule: Rule) -> Finding:
    return _recurrent(
        analysis,
        rule,
        "variable",
        lambda dec: dec.nadir_bpm < SEVERE_BPM and dec.lasts_s >= SEVERE_S,
    )


def _variability(analysis: Analysis, rule: Rule) -> Finding:
    """Median of the minutes of the window, where `share` of them are low; else of all the highest:
    one normal stretch is enough to say that it is not reduced."""
    minutes = rule.window_s // 60
    swings = analysis.swings_bpm[-minutes:]
    known = swings[np.isfinite(swings)]
    if len(swings) < minutes or len(known) < VALID_SHARE * minutes:
        return Finding()
    low = bool((known < rule.limit).mean() >= rule.share)
    value = float(np.median(known) if low else known.max())
    return Finding(value, analysis.trace.end_s - rule.window_s)


def _waves(analysis: Analysis, rule: Rule) -> Finding:
    since_s = analysis.trace.end_s - STILL_S
    waves = [w for w in analysis.sinusoidal if w.kind == "sinusoidal" and w.end_s >= since_s]
    longest = max(waves, key=lambda wave: wave.lasts_s, default=None)
    if longest is None:
        return Finding(0.0 if _seen(analysis, rule.window_s) else nan)
    return Finding(longest.lasts_s / 60, longest.start_s)


def _contractions(analysis: Analysis, rule: Rule) -> Finding:
    """Too many matter to the baby with decelerations: NICHD 2008 qualifies tachysystole by them."""
    uterus, end_s = analysis.activity, analysis.trace.end_s
    if uterus.tachysystole is None:
        return Finding()
    falls = sum(dec.end_s > end_s - EVENTS_S for dec in analysis.assessment.decelerations)
    if falls < LEAST_EVENTS:
        return Finding(0.0 if _seen(analysis, EVENTS_S) else nan)
    return Finding(uterus.per_10_min, end_s - rule.window_s, falls)


def _miscounted(analysis: Analysis, rule: Rule) -> Finding:
    since_s = analysis.trace.end_s - rule.window_s
    spans = [s for s in (*analysis.doubled, *analysis.halved) if s.end_s > since_s]
    total_s = sum(span.end_s - max(span.start_s, since_s) for span in spans)
    return Finding(total_s, min((s.start_s for s in spans), default=nan), len(spans))


def _twins(analysis: Analysis, rule: Rule) -> Finding:
    """Share of the samples with both fetal rates in which these are the same."""
    trace = analysis.trace.window(analysis.trace.end_s - rule.window_s, analysis.trace.end_s)
    apart = np.abs(trace.fhr_bpm - trace.fhr2_bpm)
    known = apart[np.isfinite(apart)]
    if len(known) < VALID_SHARE * rule.window_s * FS_HZ:
        return Finding()
    return Finding(float((known <= ALIKE_BPM).mean()), trace.start_s)


def _gap(analysis: Analysis, rule: Rule) -> Finding:
    """Seconds without any channel, with later ones that have some."""
    trace = analysis.trace.window(analysis.trace.end_s - rule.window_s, analysis.trace.end_s)
    channels = np.stack(list(trace.channels().values()))
    empty = np.asarray(np.isnan(channels).all(axis=0))
    spans = [
        (first / FS_HZ, stop / FS_HZ)
        for first, stop in runs(empty).tolist()
        if stop < len(empty) and stop - first >= LEAST_GAP_S * FS_HZ
    ]
    total_s = sum(stop_s - first_s for first_s, stop_s in spans)
    return Finding(total_s, trace.start_s + spans[0][0] if spans else nan, len(spans))


MEASURES: dict[str, Measure] = {
    "recurrent_late": _late,
    "recurrent_severe_variable": _severe,
    "low_variability_40": _variability,
    "low_variability_50": _variability,
    "sinusoidal": _waves,
    "tachysystole": _contractions,
    "miscounted": _miscounted,
    "twins_alike": _twins,
    "gap": _gap,
}
assert MEASURES.keys() == {rule.id for rule in JUDGED} <= BY_ID.keys()
