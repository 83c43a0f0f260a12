"""How the judge of event candidates is fitted to the expert consensus of `fhrma/`.

A candidate is a good one where it shares more than half of what it and a marked event cover. How
well chosen events agree is judged by FHRMA's rule (models/agreement.py), pooled over recordings.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from math import nan

import numpy as np
from numpy.typing import NDArray
from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.linear_model import LogisticRegression

from cloud.research.event_marks import Marked
from models.agreement import Agreement, Spans, compare, counted, matched
from models.baseline import baseline
from models.clean import clean, stuck
from models.learned.event_candidates import Candidates, candidates, seconds
from models.learned.event_choice import Judge, best_set, picked, settled, with_certain
from models.learned.event_features import SIGN, Singles, features
from models.learned.event_linear import BentLines, bent, knots
from models.learned.event_returns import rising
from models.learned.false_signal import false_mask
from models.learned.forest import Forest, from_sklearn

Floats = NDArray[np.float64]
FOLDS = 5
GOOD = 0.5  # shared share of a good candidate
EASY, EASY_KEPT = 0.15, 0.25  # of the candidates that share less so many are learned from
FORESTS = 2
LINES_C = 0.003  # the smaller, the flatter
TREES = dict(
    max_iter=100,
    learning_rate=0.1,
    max_leaf_nodes=10,
    min_samples_leaf=100,
    l2_regularization=10.0,
    max_features=0.3,
    max_bins=63,
    early_stopping=False,
)
LEAST = np.arange(0.24, 0.57, 0.04)  # thresholds that are tried
SMOOTH = np.array([1, 2, 3, 2, 1]) / 9  # over neighbouring thresholds: they are noisy
FIRST = (0.32, 0.36)  # half of the F1 to be expected: where a choice pays
LOW = 0.2  # of the scores that are calibrated
SIGNS = (1, -1)
NO_CALIBRATION = (np.ones(2), np.zeros(2))


@dataclass(frozen=True, eq=False)
class Known:
    """A marked recording and its candidates."""

    marked: Marked
    fhr: Floats  # (n,) cleaned, at FS_HZ
    line: Floats  # its baseline
    found: Candidates
    x: Singles
    overlap: Floats  # (m,) with the best marked event of the kind: shared / covered
    certain: NDArray[np.bool_]
    reliable: NDArray[np.bool_]  # (m,) those that would be counted

    def marks(self, sign: int) -> Spans:
        marks = self.marked.marks
        return marks.accelerations if sign > 0 else marks.decelerations

    def spans(self, chosen: Sequence[int], sign: int) -> list[tuple[float, float]]:
        mine = [k for k in chosen if self.found.sign[k] == sign]
        return [(float(self.found.first[k]), float(self.found.stop[k])) for k in mine]

    def told(self, chosen: list[int]) -> list[int]:
        """Those of the chosen that the analysis tells."""
        line = settled(self.fhr, self.found, chosen, self.line)
        return rising(self.fhr, line, self.found, chosen)

    def agreement(self, chosen: Sequence[int]) -> tuple[Agreement, Agreement]:
        """On accelerations and decelerations."""
        acc, dec = (
            compare(self.marks(sign), self.spans(chosen, sign), self.marked.valid) for sign in SIGNS
        )
        return acc, dec


def known(marked: Marked) -> Known:
    raw = marked.trace.fhr_bpm.astype(float)
    fhr = clean(np.where(false_mask(marked.trace) | stuck(raw), nan, raw))
    line = baseline(fhr)
    record = seconds(fhr, line)
    found, certain = with_certain(candidates(record), record)
    overlap = np.zeros(len(found.sign))
    for sign, spans in zip(
        SIGNS, (marked.marks.accelerations, marked.marks.decelerations), strict=True
    ):
        mine = found.sign == sign
        for start_s, end_s in spans:
            shared = np.minimum(found.stop, end_s) - np.maximum(found.first, start_s)
            covered = np.maximum(found.stop, end_s) - np.minimum(found.first, start_s)
            overlap = np.where(mine, np.maximum(overlap, shared / covered), overlap)
    kept = set(
        counted(
            [(a, b) for a, b in zip(*map(np.ndarray.tolist, found[1:]), strict=True)], marked.valid
        )
    )
    reliable = np.array(
        [(a, b) in kept for a, b in zip(*map(np.ndarray.tolist, found[1:]), strict=True)]
    )
    x, _ = features(record, marked.trace.toco.astype(float), found)
    return Known(marked, fhr, line, found, x, overlap, certain, reliable)


def fitted(learned: Sequence[Known], seed: int) -> tuple[tuple[Forest, ...], tuple[BentLines, ...]]:
    """Trees and lines that tell good candidates of these recordings."""
    x = np.concatenate([one.x[one.reliable] for one in learned])
    overlap = np.concatenate([one.overlap[one.reliable] for one in learned])
    lines = tuple(_lines(x[mine], overlap[mine], seed) for mine in (x[:, SIGN] > 0, x[:, SIGN] < 0))
    forests = []
    for number in range(FORESTS):
        kept, weight = _thinned(overlap, seed, number)
        model = HistGradientBoostingClassifier(random_state=seed * FORESTS + number, **TREES)
        model.fit(x[kept], overlap[kept] > GOOD, weight)
        forests.append(from_sklearn(model))
    return tuple(forests), lines


def _lines(x: Singles, overlap: Floats, seed: int) -> BentLines:
    kept, weight = _thinned(overlap, seed, FORESTS)
    usual, at = knots(x[kept])
    model = LogisticRegression(C=LINES_C, max_iter=150, tol=1e-3)
    model.fit(bent(x[kept], usual, at), overlap[kept] > GOOD, weight)
    return BentLines(usual, at, model.coef_[0], model.intercept_[0])


def _thinned(overlap: Floats, seed: int, number: int) -> tuple[NDArray[np.bool_], Floats]:
    """All hard candidates and some of the easy ones, which then weigh more."""
    hard = overlap > EASY
    kept = hard | (np.random.default_rng([seed, number]).random(len(overlap)) < EASY_KEPT)
    return kept, np.where(hard, 1.0, 1 / EASY_KEPT)[kept]


def out_of_fold(all_known: Sequence[Known], seed: int) -> tuple[list[Floats], list[int]]:
    """Scores of each recording's candidates by trees that never saw it, and its fold."""
    fold = np.random.default_rng(seed).permutation(len(all_known)) % FOLDS
    scores: list[Floats] = [np.empty(0)] * len(all_known)
    for out in range(FOLDS):
        forests, lines = fitted(
            [one for one, at in zip(all_known, fold, strict=True) if at != out], seed
        )
        judge = Judge(forests, lines, np.zeros(2), *NO_CALIBRATION)
        for k in np.flatnonzero(fold == out).tolist():
            scores[k] = judge.score(all_known[k].x)
    return scores, fold.tolist()


def tuned(all_known: Sequence[Known], scores: Sequence[Floats]) -> Floats:
    """(2,) the thresholds with the best sum of both pooled F1, one kind after the other."""
    least = np.array(FIRST)
    for kind in range(2):
        sums = []
        for value in LEAST:
            tried = np.where(np.arange(2) == kind, value, least)
            sums.append(sum(one.f1 for one in pooled(all_known, scores, tried)))
        smooth = np.convolve(np.pad(sums, 2, mode="edge"), SMOOTH, "valid")
        least[kind] = LEAST[int(np.argmax(smooth))]
    return least


def pooled(
    all_known: Sequence[Known], scores: Sequence[Floats], least: Floats
) -> tuple[Agreement, Agreement]:
    total = Agreement(), Agreement()
    for one, score in zip(all_known, scores, strict=True):
        acc, dec = one.agreement(chosen(one, score, least))
        total = total[0] + acc, total[1] + dec
    return total


def chosen(one: Known, score: Floats, least: Floats) -> list[int]:
    return picked(one.found, score, one.certain, Judge((), (), least, *NO_CALIBRATION))[0]


def calibration(all_known: Sequence[Known], scores: Sequence[Floats]) -> tuple[Floats, Floats]:
    """Slope and offset, (2,) each, that turn log odds into the chance of a match when chosen."""
    slope, offset = np.ones(2), np.zeros(2)
    for kind, sign in enumerate(SIGNS):
        odds, hit = odds_and_hits(all_known, scores, sign)
        model = LogisticRegression(C=100.0).fit(odds[:, None], hit)
        slope[kind], offset[kind] = model.coef_[0, 0], model.intercept_[0]
    return slope, offset


def odds_and_hits(
    all_known: Sequence[Known], scores: Sequence[Floats], sign: int
) -> tuple[Floats, NDArray[np.bool_]]:
    """Log odds of generously chosen events, and which of them match a marked one."""
    odds, hit = [], []
    for one, score in zip(all_known, scores, strict=True):
        taken = [k for k in best_set(one.found, score - LOW) if one.found.sign[k] == sign]
        pairs = {at for _, at in matched(one.marks(sign), one.spans(taken, sign))}
        odds += [float(np.log(score[k] / (1 - score[k]))) for k in taken]
        hit += [at in pairs for at in range(len(taken))]
    return np.array(odds), np.array(hit)
