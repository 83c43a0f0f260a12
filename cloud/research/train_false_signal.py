"""Trains and measures the detector of false signal (models/learned/false_signal.py).

    python -m cloud.research.train_false_signal DATA

fits on the train recordings of FHRMA's false signals, chooses thresholds by cross-validation over
them, writes models/learned/weights/false_signal.npz and prints what the val recordings give. Each
recording is shown with its maternal channel or without it, at random.
"""

import sys
from collections.abc import Iterable
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from cloud.research.false_counts import Counts, interval, pooled
from cloud.research.false_labels import Labelled, labelled
from cloud.research.false_trees import fit_trees
from cloud.research.recurrent_training import Plan, Sequence, fit
from models.learned import false_signal as model
from models.learned.false_features import Rows, cut
from models.learned.forest import Forest
from models.learned.recurrent import Singles, joined, walk
from models.trace import FS_HZ, Trace

Floats = NDArray[np.float64]
WEIGHTS = Path(model.__file__).parent / "weights" / f"{model.NAME}.npz"
PLANS = {False: Plan(epochs=20), True: Plan(directions=1, epochs=8, steps=400)}
FOLDS = 2
POWER = 0.75  # of the samples of a row: its weight
SPECIFICITY = 0.987  # without a maternal channel, at least: 0.985 is wanted, and a margin
LIMITS = np.arange(0.05, 0.96, 0.025)


@dataclass(frozen=True, eq=False)
class Prepared:
    """Rows of one recording: features with and without the maternal channel, samples by label."""

    forms: tuple[Singles, ...]
    true: Floats  # (r,)
    false: Floats  # (r,)


def blanked(trace: Trace) -> Trace:
    return replace(trace, mhr_bpm=np.full_like(trace.mhr_bpm, np.nan))


def measure(data: Path) -> dict[str, list[Counts]]:
    """Of every val recording: whole and live, with the maternal channel and without it."""
    modes = {"whole": (False, False), "live": (True, False)}
    modes |= {"whole, blanked": (False, True), "live, blanked": (True, True)}
    found: dict[str, list[Counts]] = {name: [] for name in modes}
    for one in labelled(data, "val"):
        for name, (live, without) in modes.items():
            trace = blanked(one.trace) if without else one.trace
            found[name].append(_counted(one, model.false_mask(trace, live)))
    return found


def _counted(one: Labelled, mask: NDArray[np.bool_]) -> Counts:
    hit, flagged = int((one.false & mask).sum()), int((one.true & mask).sum())
    return Counts(hit, int(one.false.sum()) - hit, flagged, int(one.true.sum()) - flagged)


def prepared(one: Labelled, live: bool) -> Prepared | None:
    parts = cut(one.trace.fhr_bpm.astype(float))
    if not len(parts.at):
        return None
    rows: Rows = model.rows_of(parts, live)
    forms = (one.trace, blanked(one.trace))
    count = len(rows.first)
    return Prepared(
        tuple(model.table(trace, parts, rows, live) for trace in forms),
        *(
            np.bincount(rows.row, label[parts.at], count).astype(float)
            for label in (one.true, one.false)
        ),
    )


def trained(recordings: Iterable[Labelled], live: bool) -> dict[str, Any]:
    """The arrays of one mode: scale, networks, trees, thresholds."""
    known = [found for one in recordings if (found := prepared(one, live))]
    low, centre, high = np.nanpercentile(
        np.concatenate([one.forms[0][::2] for one in known]), [10, 50, 90], axis=0
    ).astype(np.float32)
    scale = np.maximum((high - low) / 2, 1e-3).astype(np.float32)
    sequences = [_sequence(one, centre, scale) for one in known]
    arrays = {"centre": centre, "scale": scale}
    arrays["thresholds"] = np.array(_thresholds(known, sequences, live))
    for nth in range(model.NETWORKS[live]):
        weights = fit(sequences, PLANS[live], seed=nth)
        arrays |= {f"{nth}_{name}": one.astype(np.float16) for name, one in weights.items()}
    arrays |= _trees(known).arrays("trees_")
    return {model.mode_name(live) + name: one for name, one in arrays.items()}


def _sequence(one: Prepared, centre: Singles, scale: Singles) -> Sequence:
    weight = ((one.true + one.false) / (30 * FS_HZ)) ** POWER
    return Sequence(
        tuple(model.scaled(form, centre, scale) for form in one.forms),
        (one.false > one.true).astype(np.float32),
        weight.astype(np.float32),
    )


def _trees(known: list[Prepared]) -> Forest:
    judged = [one.true + one.false > 0 for one in known]
    pairs = list(zip(known, judged, strict=True))
    x = np.concatenate([one.forms[form][rows] for form in (0, 1) for one, rows in pairs])
    false = np.concatenate([(one.false > one.true)[rows] for one, rows in pairs])
    weight = np.concatenate([(one.true + one.false)[rows] ** POWER for one, rows in pairs])
    return fit_trees(x, np.tile(false, 2), np.tile(weight, 2))


def _thresholds(
    known: list[Prepared], sequences: list[Sequence], live: bool
) -> tuple[float, float]:
    """By what a network and trees say of recordings they were not fitted on."""
    fold = np.random.default_rng(0).permutation(len(known)) % FOLDS
    curves: list[list[list[Counts]]] = [[], []]
    for left_out in range(FOLDS):
        shown = [s for s, f in zip(sequences, fold, strict=True) if f != left_out]
        network = joined([fit(shown, PLANS[live], seed=0)])
        trees = _trees([k for k, f in zip(known, fold, strict=True) if f != left_out])
        for at in np.flatnonzero(fold == left_out):
            one, forms = known[at], sequences[at].forms
            for curve, form, raw in zip(curves, forms, one.forms, strict=True):
                both = walk(network, form)[0], trees.log_odds(raw)
                curve.append(_curve(model.together(*both, live), one))
    present, without = ([pooled(at) for at in zip(*curve, strict=True)] for curve in curves)
    best = int(np.argmax([one.f1 for one in present]))
    calm = next((i for i, one in enumerate(without) if one.specificity >= SPECIFICITY), -1)
    for title, totals in (("with", present), ("without", without)):
        for limit, total in zip(LIMITS, totals, strict=True):
            say(f"cross-validated, {title} a maternal channel, {limit:.3f}: {_words(total)}")
    return float(LIMITS[best]), float(LIMITS[calm])


def _curve(probability: Floats, one: Prepared) -> list[Counts]:
    """Of one recording at every limit."""
    found = []
    for limit in LIMITS:
        called = probability >= limit
        hit, flagged = one.false[called].sum(), one.true[called].sum()
        found.append(Counts(hit, one.false.sum() - hit, flagged, one.true.sum() - flagged))
    return found


def _words(counts: Counts) -> str:
    return (
        f"sensitivity {counts.sensitivity:.3f} PPV {counts.ppv:.3f} "
        f"specificity {counts.specificity:.4f} F1 {counts.f1:.3f}"
    )


def say(line: str) -> None:
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


def _mode(data: Path, live: bool) -> dict[str, Any]:
    return trained(labelled(data, "train"), live)


def main(data: Path) -> None:
    with ProcessPoolExecutor(len(PLANS)) as pool:
        modes = pool.map(_mode, [data] * len(PLANS), PLANS)
        arrays = {name: one for mode in modes for name, one in mode.items()}
    np.savez_compressed(WEIGHTS, **arrays)
    for name, counts in measure(data).items():
        bounds = [
            f"{what} {low:.3f}-{high:.3f}"
            for what in ("sensitivity", "ppv", "specificity")
            for low, high in [interval(counts, what)]
        ]
        say(f"val, {name}: {_words(pooled(counts))} (95 %: {', '.join(bounds)})")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
