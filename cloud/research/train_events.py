"""`python -m cloud.research.train_events DATA`: trains the judge of events and says how good it is.

Cross-validation is by recording, on another shuffle for each repeat. The thresholds and the
calibration of a fold come from the other folds' recordings, scored out of fold. The weights are
trained on all recordings.
"""

import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from cloud.research.bootstrap import Draws, Interval
from cloud.research.event_marks import Marked, recordings
from cloud.research.event_training import (
    FOLDS,
    SIGNS,
    Known,
    calibration,
    fitted,
    known,
    odds_and_hits,
    out_of_fold,
    tuned,
)
from models.agreement import Agreement, Spans
from models.learned.event_choice import Judge, picked

Floats = NDArray[np.float64]
SEED = 7
REPEATS = 2
WEIGHTS = Path(__file__).parents[2] / "models" / "learned" / "weights" / "events.npz"
BINS = (0.2, 0.4, 0.6, 0.8)  # of the calibration table


@dataclass(frozen=True, eq=False)
class OutOfFold:
    """What a judge that never saw this recording takes for events, as spans in seconds."""

    marked: Marked
    accelerations: Spans
    decelerations: Spans
    agreement: tuple[Agreement, Agreement]


def cross_validated(data: Path, seed: int = SEED) -> list[OutOfFold]:
    """Out-of-fold events of every recording of the data folder's `fhrma/`, by name."""
    return judged(list(map(known, recordings(data))), seed)[0]


def judged(
    all_known: Sequence[Known], seed: int
) -> tuple[list[OutOfFold], list[Floats], list[int]]:
    """Events of each recording, their candidates' scores, and the folds."""
    scores, fold = out_of_fold(all_known, seed)
    found: list[OutOfFold | None] = [None] * len(all_known)
    for out in range(FOLDS):
        others = [k for k, at in enumerate(fold) if at != out]
        least = tuned([all_known[k] for k in others], [scores[k] for k in others])
        judge = Judge((), (), least, np.ones(2), np.zeros(2))
        for k in (k for k, at in enumerate(fold) if at == out):
            one = all_known[k]
            main = one.told(picked(one.found, scores[k], one.certain, judge)[0])
            spans = [one.spans(main, sign) for sign in SIGNS]
            found[k] = OutOfFold(one.marked, spans[0], spans[1], one.agreement(main))
    return [one for one in found if one], scores, fold


def trained(all_known: Sequence[Known], scores: Sequence[Floats], seed: int) -> Judge:
    """On all recordings; thresholds and calibration from out-of-fold `scores`."""
    least, slopes = tuned(all_known, scores), calibration(all_known, scores)
    return Judge(*fitted(all_known, seed), least, *slopes)


def told(found: Sequence[OutOfFold]) -> list[str]:
    """Pooled and median F1 with their intervals."""
    lines = []
    draws = Draws.of(len(found))
    for kind, name in enumerate(("accelerations", "decelerations")):
        each = [one.agreement[kind] for one in found]
        counts = np.array([(a.match, a.only_expert, a.only_method) for a in each], float)
        total = sum(each, Agreement())
        figures = {
            "F1 pooled": draws.pooled(counts, _f1),
            "F1 median": draws.median(np.array([a.f1 for a in each])),
        }
        words = ", ".join(f"{what} {_interval(one)}" for what, one in figures.items())
        lines.append(f"{name}: {words}, sensitivity {total.sens:.3f}, PPV {total.ppv:.3f}")
    return lines


def reliability(all_known: Sequence[Known], scores: list[Floats], fold: list[int]) -> list[str]:
    """Stated chance against what was marked, calibrated on the other folds."""
    lines = []
    for kind, sign in enumerate(SIGNS):
        stated, hits = [], []
        for out in range(FOLDS):
            inside, others = (
                [k for k, at in enumerate(fold) if (at == out) == w] for w in (True, False)
            )
            slope, offset = calibration([all_known[k] for k in others], [scores[k] for k in others])
            odds, hit = odds_and_hits(
                [all_known[k] for k in inside], [scores[k] for k in inside], sign
            )
            stated.append(1 / (1 + np.exp(-(slope[kind] * odds + offset[kind]))))
            hits.append(hit)
        likely, hit = np.concatenate(stated), np.concatenate(hits)
        at = np.digitize(likely, BINS)
        cells = [
            f"{likely[at == k].mean():.2f} -> {hit[at == k].mean():.2f} (n {(at == k).sum()})"
            for k in range(len(BINS) + 1)
            if (at == k).any()
        ]
        lines.append(f"{('accelerations', 'decelerations')[kind]}: {', '.join(cells)}")
    return lines


def _f1(counts: Floats) -> Floats:
    match, only_expert, only_method = np.moveaxis(counts, -1, 0)
    figure: Floats = 2 * match / (2 * match + only_expert + only_method)
    return figure


def _interval(one: Interval) -> str:
    return f"{one.value:.3f} [{one.low:.3f}, {one.high:.3f}]"


def _say(*lines: str) -> None:
    sys.stdout.write("\n".join(lines) + "\n")
    sys.stdout.flush()


def main(data: Path) -> None:
    all_known = list(map(known, recordings(data)))
    _say(f"{len(all_known)} recordings, {sum(len(one.found.sign) for one in all_known)} candidates")
    found, scores, fold = judged(all_known, SEED)
    _say(*told(found), *reliability(all_known, scores, fold))
    judge = trained(all_known, scores, SEED)
    np.savez_compressed(WEIGHTS, **judge.arrays())
    _say(f"{WEIGHTS.name}: {WEIGHTS.stat().st_size} bytes, from {judge.least.round(2).tolist()}")
    for repeat in range(1, REPEATS):
        _say(f"seed {SEED + repeat}:", *told(judged(all_known, SEED + repeat)[0]))


if __name__ == "__main__":
    main(Path(sys.argv[1]))
