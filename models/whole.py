"""All changes of a whole recording at once: the vectorised twin of models.watch.Watch."""

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from numpy.typing import NDArray

from models.completeness import runs
from models.conditions import (
    REFERENCE_LAG_S,
    REFERENCE_LEAST_S,
    REFERENCE_S,
    Change,
    is_rate,
    maternal,
    on_off,
    reason,
)
from models.rules import COVER_S, RULES, Rule
from models.trace import FS_HZ, Trace
from models.windows import Counts, Mask, by_second, latch, trailing

Floats = NDArray[np.float64]
CHUNK_S = 3600  # of the moving median: bounds its memory
OnOff = tuple[Mask, Mask]


def changes(trace: Trace, rules: tuple[Rule, ...] = RULES) -> list[Change]:
    """What a Watch would have told by the end of `trace`, in the same order."""
    trace = trace.window(trace.start_s, trace.start_s + int(trace.duration_s))
    watched = [rule for rule in rules if rule.side != "silent"]
    fhr, mhr = trace.fhr_bpm.astype(float), trace.mhr_bpm.astype(float)
    valid = is_rate(fhr)
    trusted = valid
    known: dict[str, tuple[Counts, OnOff]] = {}  # samples beyond the limit a second, and on, off
    for rule in watched:
        if rule.side == "coincident":
            alike, turns, hers = maternal(rule, fhr, mhr)
            known[rule.id] = alike, turns
            trusted = trusted & ~hers
    rates = second_means(fhr, trusted)
    levels = np.concatenate((np.full(REFERENCE_LAG_S, np.nan), moving_median(rates)))
    for rule in watched:
        if rule.side != "coincident":
            known[rule.id] = _known(rule, fhr, valid, trusted, levels[: len(rates)])
    return _changes(trace.start_s, watched, known, rates)


def second_means(bpm: Floats, mask: Mask) -> Floats:
    """The mean of the samples of each second of `bpm` (n,) that `mask` (n,) trusts, or NaN."""
    total = np.where(mask, bpm, 0).reshape(-1, FS_HZ).sum(axis=1)
    count = by_second(mask)
    return np.where(count > 0, total / np.maximum(count, 1), np.nan)


def moving_median(rates: Floats) -> Floats:
    """Median of the last REFERENCE_S of `rates` (n,); NaN with less than REFERENCE_LEAST_S."""
    if not len(rates):
        return rates
    padded = np.concatenate((np.full(REFERENCE_S - 1, np.nan), rates))
    windows = sliding_window_view(padded, REFERENCE_S)
    parts = [_medians(windows[at : at + CHUNK_S]) for at in range(0, len(rates), CHUNK_S)]
    return np.concatenate(parts)


def _medians(windows: Floats) -> Floats:
    count = np.isfinite(windows).sum(axis=1)
    order = np.sort(windows, axis=1)  # NaN last
    rows = np.arange(len(order))
    middle = (order[rows, np.maximum(count - 1, 0) // 2] + order[rows, count // 2]) / 2
    return np.where(count >= REFERENCE_LEAST_S, middle, np.nan)


def _known(
    rule: Rule, fhr: Floats, valid: Mask, trusted: Mask, levels: Floats
) -> tuple[Counts, OnOff]:
    if rule.side == "below":
        counted, beyond = trusted, trusted & (fhr < rule.limit)
    elif rule.side == "above":
        counted, beyond = trusted, trusted & (fhr > rule.limit)
    elif rule.side == "under reference":
        level = np.repeat(levels, FS_HZ)
        counted = trusted & np.isfinite(level)
        beyond = counted & (level - fhr >= rule.limit)
    else:
        counted, beyond = valid, ~valid
    count, over = by_second(counted), by_second(beyond)
    window = trailing(count, rule.window_s), trailing(over, rule.window_s)
    recent = trailing(count, rule.rearm_s), trailing(over, rule.rearm_s)
    return over, on_off(rule, np.arange(len(count)) + 1, window, recent)


def _changes(
    start_s: float, rules: list[Rule], known: dict[str, tuple[Counts, OnOff]], rates: Floats
) -> list[Change]:
    raised: dict[str, Mask] = {}
    found: list[tuple[float, int, Change]] = []
    for order, rule in enumerate(rules):
        beyond, (on, off) = known[rule.id]
        covers = [raised[name] for name in rule.covered_by if name in raised]
        state = latch(on, off)
        first = _first_seconds(rule, state)
        raised[rule.id] = _told(beyond, state, first, covers)
        for change in _edges(rule, start_s, beyond, rates, first, raised[rule.id]):
            found.append((change.at_s, order, change))  # noqa: PERF401 - reads better
    return [change for _, _, change in sorted(found, key=lambda entry: entry[:2])]


def _first_seconds(rule: Rule, state: Mask) -> Counts:
    """For each second the first one that counts: in the window, since the rule was last over."""
    seconds = np.arange(len(state))
    over = np.concatenate(([False], state[:-1])) & ~state
    return np.maximum(
        seconds + 1 - rule.window_s, np.maximum.accumulate(np.where(over, seconds + 1, 0))
    )


def _told(beyond: Counts, state: Mask, first: Counts, covers: list[Mask]) -> Mask:
    """The seconds in which the rule is raised: true, seen since it was last over, not covered."""
    total = np.concatenate(([0], np.cumsum(beyond)))
    ready = state & (total[1:] > total[first])
    for cover in covers:
        ready &= trailing(cover, COVER_S + 1) == 0
    return latch(ready, ~state)


def _edges(
    rule: Rule, start_s: float, beyond: Counts, rates: Floats, first: Counts, told: Mask
) -> list[Change]:
    found: list[Change] = []
    for at, stop in runs(told):
        hits = first[at] + np.flatnonzero(beyond[first[at] : at + 1])
        measured = rates[hits][np.isfinite(rates[hits])]
        bpm = float(np.median(measured)) if len(measured) else float("nan")
        onset_s, at_s = start_s + int(hits[0]), start_s + int(at) + 1
        why = reason(rule, bpm, int(beyond[first[at] : at + 1].sum()), onset_s, at_s)
        found.append(Change(rule, "raised", onset_s, at_s, why))
        if stop < len(told):
            found.append(Change(rule, "cleared", onset_s, start_s + int(stop) + 1, why))
    return found
