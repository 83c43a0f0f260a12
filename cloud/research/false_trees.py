"""Fits the boosted trees that stand beside the networks of models/learned/false_signal.py."""

import numpy as np
from numpy.typing import NDArray
from sklearn.ensemble import HistGradientBoostingClassifier

from models.learned.forest import Forest, from_sklearn
from models.learned.recurrent import Singles

TREES, RATE = 120, 0.1
DRAWN, MOST = 0.8, 450_000  # rows that are drawn, by weight


def fit_trees(
    x: Singles, false: NDArray[np.bool_], weight: NDArray[np.float64], seed: int = 0
) -> Forest:
    """On rows `x` (n, columns), NaN where not known; a row is drawn as often as its weight says."""
    random = np.random.default_rng(seed)
    count = min(int(DRAWN * len(x)), MOST)
    drawn = np.sort(random.choice(len(x), count, p=weight / weight.sum()))
    model = HistGradientBoostingClassifier(
        max_iter=TREES,
        learning_rate=RATE,
        max_leaf_nodes=31,
        min_samples_leaf=40,
        l2_regularization=5,
        max_features=0.3,
        early_stopping=False,
        random_state=seed,
    )
    return from_sklearn(model.fit(x[drawn], false[drawn]))
