"""Trees of the detector of false signal: what is drawn, and that arrays give what was fitted."""

import numpy as np

from cloud.research.false_trees import fit_trees
from models.learned.forest import Forest


def test_what_tells_is_learned_with_values_missing_and_rows_without_weight_are_not_seen() -> None:
    random = np.random.default_rng(0)
    x = random.normal(size=(2000, 3)).astype(np.float32)
    false = x[:, 1] > 0.5
    x[::5, 0] = np.nan
    weight = np.where(np.arange(2000) < 1400, 1.0, 0.0)
    false[1400:] = ~false[1400:]
    forest = Forest.from_arrays(fit_trees(x, false, weight).arrays("a_"), "a_")
    found = forest.probability(x) > 0.5
    assert (found == false)[:1400].mean() > 0.98
    assert (found == false)[1400:].mean() < 0.02
