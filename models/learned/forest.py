"""Boosted trees as plain arrays: fitted with scikit-learn, kept as data, evaluated with numpy.

A pickle would bind the weights to one version of scikit-learn and could run anything when read.

No tree is walked. Every node asks its question at once, and each "no" strikes out the leaves that
it makes unreachable; the first leaf that is left is where a walk ends (QuickScorer, Lucchese et al.
2015). In numpy that takes a quarter of the time of a walk, and gives the same to the last bit.
"""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from functools import cache, cached_property
from importlib.resources import as_file, files
from itertools import zip_longest
from typing import Any, NamedTuple, Self

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Singles = NDArray[np.float32]
BLOCK = 128  # rows evaluated together: what is computed of them stays in the cache


class Questions(NamedTuple):
    """The trees' first questions, their second ones and so on: q of each tree.

    A tree with fewer has some that strike nothing.
    """

    feature: NDArray[np.intp]  # (q * trees,): as of Forest
    threshold: Singles  # (q * trees, 1): a value above it means no
    strikes: NDArray[Any]  # (q * trees, 1) unsigned: leaves that no leaves out, the first in bit 0
    value: Singles  # (trees, most leaves)


@dataclass(frozen=True, eq=False)
class Forest:
    """Binary trees over all nodes of all trees (m,); a leaf's children are the leaf itself.

    `feature` counts columns; a node whose missing values go left has the number of columns added.
    """

    feature: NDArray[np.int32]  # (m,)
    threshold: Singles  # (m,): a value not above it goes left
    children: NDArray[np.int32]  # (2 m,): left and right of each node
    value: Singles  # (m,): of leaves, log odds
    roots: NDArray[np.int32]  # (trees,)
    columns: int
    depth: int
    offset: float  # log odds before the first tree

    def log_odds(self, x: Singles) -> Floats:
        """(n,) for features `x` (n, columns), NaN where one is not known."""
        if x.shape[1] != self.columns:
            raise ValueError(f"{x.shape[1]} features, the forest was fitted on {self.columns}")
        blocks = [self._evaluate(x[at : at + BLOCK]) for at in range(0, len(x), BLOCK)]
        return np.concatenate(blocks) if blocks else np.empty(0)

    def probability(self, x: Singles) -> Floats:
        """(n,), 0 to 1: as the trees give it."""
        return 1 / (1 + np.exp(-self.log_odds(x)))

    @cached_property
    def _questions(self) -> Questions:
        trees = [self._asked(root) for root in self.roots.tolist()]
        asked = zip_longest(*(questions for questions, _ in trees), fillvalue=(0, 0.0, 0))
        rows = [question for nth in asked for question in nth]
        value = np.array(list(zip_longest(*(values for _, values in trees), fillvalue=0.0)))
        strikes = np.array([struck for _, _, struck in rows], np.min_scalar_type(1 << len(value)))
        return Questions(
            np.array([feature for feature, _, _ in rows], np.intp),
            np.array([threshold for _, threshold, _ in rows], np.float32)[:, None],
            strikes[:, None],
            value.T.astype(np.float32),
        )

    def _asked(self, root: int) -> tuple[list[tuple[int, float, int]], list[float]]:
        """Of one tree: (feature, threshold, strikes) of its questions, values of its leaves."""
        asked: list[tuple[int, float, int]] = []
        values: list[float] = []

        def visit(node: int) -> None:
            left, right = self.children[2 * node : 2 * node + 2].tolist()
            if left == node:
                values.append(float(self.value[node]))
                return
            first = len(values)
            visit(left)
            struck = (1 << len(values)) - (1 << first)
            asked.append((int(self.feature[node]), float(self.threshold[node]), struck))
            visit(right)

        visit(root)
        return asked, values

    def _evaluate(self, x: Singles) -> Floats:
        ask = self._questions
        missing = np.isnan(x)
        both = np.hstack([np.where(missing, np.inf, x), np.where(missing, -np.inf, x)])
        columns = np.ascontiguousarray(both.astype(np.float32).T)
        no = columns.take(ask.feature, axis=0) > ask.threshold
        each = (ask.strikes * no).reshape(-1, len(ask.value), len(x))
        struck = np.bitwise_or.reduce(each, axis=0)
        leaf = np.bitwise_count((~struck & (struck + 1)) - 1)
        value = np.take_along_axis(ask.value, leaf.astype(np.intp), axis=1)
        total: Floats = np.ascontiguousarray(value.T).sum(axis=1, dtype=np.float64)
        return total + self.offset

    def arrays(self, prefix: str = "") -> dict[str, Any]:
        """For numpy.savez; `from_arrays` reads it back."""
        return {prefix + one.name: np.asarray(getattr(self, one.name)) for one in fields(self)}

    @classmethod
    def from_arrays(cls, arrays: Mapping[str, NDArray[Any]], prefix: str = "") -> Self:
        found = {one.name: arrays[prefix + one.name] for one in fields(cls)}
        numbers = {name: found[name].item() for name in ("columns", "depth", "offset")}
        return cls(**(found | numbers))


def from_sklearn(model: Any) -> Forest:
    """The trees of a fitted binary HistGradientBoostingClassifier without categories.

    Fit it on float32 features: thresholds are rounded down to float32, which changes no decision.
    """
    trees = [stage[0].nodes for stage in model._predictors]
    starts = np.cumsum([0, *map(len, trees)])
    columns = int(model.n_features_in_)
    nodes = np.concatenate(trees)
    at = np.arange(len(nodes))
    base = np.repeat(starts[:-1], list(map(len, trees)))
    leaf = nodes["is_leaf"].astype(bool)
    left = np.where(leaf, at, nodes["left"] + base)
    right = np.where(leaf, at, nodes["right"] + base)
    feature = nodes["feature_idx"] + columns * nodes["missing_go_to_left"].astype(np.int64)
    return Forest(
        feature=np.where(leaf, 0, feature).astype(np.int32),
        threshold=_rounded_down(nodes["num_threshold"]),
        children=np.stack([left, right], axis=1).ravel().astype(np.int32),
        value=np.where(leaf, nodes["value"], 0).astype(np.float32),
        roots=starts[:-1].astype(np.int32),
        columns=columns,
        depth=int(nodes["depth"].max()),
        offset=float(np.ravel(model._baseline_prediction)[0]),
    )


def _rounded_down(values: Floats) -> Singles:
    single = values.astype(np.float32)
    above = single > values
    single[above] = np.nextafter(single[above], np.float32(-np.inf))
    return single


@cache
def weights(name: str) -> dict[str, NDArray[Any]]:
    """The arrays of models/learned/weights/NAME.npz."""
    with (
        as_file(files("models.learned") / "weights" / f"{name}.npz") as path,
        np.load(path, allow_pickle=False) as found,
    ):
        return dict(found)
