"""The walked trees give what scikit-learn gives."""

from pathlib import Path

import numpy as np
import pytest
from sklearn.ensemble import HistGradientBoostingClassifier

from models.learned.forest import Forest, from_sklearn


@pytest.fixture(scope="module")
def fitted() -> tuple[HistGradientBoostingClassifier, np.ndarray]:
    rng = np.random.default_rng(5)
    x = rng.normal(size=(3000, 6)).astype(np.float32)
    x[:, 4] = np.round(x[:, 4])
    y = (x[:, 0] * x[:, 1] + x[:, 4] > 0.3) ^ (rng.random(3000) < 0.1)
    x[rng.random(x.shape) < 0.15] = np.nan
    return HistGradientBoostingClassifier(max_iter=40, random_state=0).fit(x, y), x


def test_log_odds_are_those_of_scikit_learn(
    fitted: tuple[HistGradientBoostingClassifier, np.ndarray],
) -> None:
    model, x = fitted
    forest = from_sklearn(model)
    assert np.allclose(forest.log_odds(x), model.decision_function(x), atol=1e-5)
    assert np.allclose(forest.probability(x), model.predict_proba(x)[:, 1], atol=1e-6)


def test_arrays_keep_everything(
    fitted: tuple[HistGradientBoostingClassifier, np.ndarray], tmp_path: Path
) -> None:
    model, x = fitted
    forest = from_sklearn(model)
    np.savez_compressed(tmp_path / "f.npz", **forest.arrays("a_"))
    with np.load(tmp_path / "f.npz", allow_pickle=False) as arrays:
        again = Forest.from_arrays(arrays, "a_")
    assert np.array_equal(again.log_odds(x), forest.log_odds(x))


def test_no_rows_and_wrong_columns(
    fitted: tuple[HistGradientBoostingClassifier, np.ndarray],
) -> None:
    forest = from_sklearn(fitted[0])
    assert len(forest.log_odds(np.empty((0, 6), np.float32))) == 0
    with pytest.raises(ValueError, match="5 features, the forest was fitted on 6"):
        forest.log_odds(np.empty((2, 5), np.float32))
