"""A sum of bent lines, one for each feature: log odds that need few examples to be learned.

Each feature, held between two of its centiles, counts with one slope up to a first bend, another
up to a second, and a third beyond.
"""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
CENTILES = (5, 33, 67, 95)  # lower end, two bends, upper end


@dataclass(frozen=True, eq=False)
class BentLines:
    """For features of c columns."""

    usual: Floats  # (c,): taken where a feature is not known
    knots: Floats  # (4, c): at CENTILES
    slopes: Floats  # (3 c,) of `bent`
    offset: Floats  # ()

    def log_odds(self, x: NDArray[Any]) -> Floats:
        """(m,) for features `x` (m, c)."""
        odds: Floats = bent(x, self.usual, self.knots) @ self.slopes + self.offset
        return odds

    def arrays(self, prefix: str = "") -> dict[str, Any]:
        """For numpy.savez; `from_arrays` reads it back."""
        return {prefix + one.name: np.asarray(getattr(self, one.name)) for one in fields(self)}

    @classmethod
    def from_arrays(cls, arrays: Mapping[str, NDArray[Any]], prefix: str = "") -> Self:
        return cls(**{one.name: arrays[prefix + one.name] for one in fields(cls)})


def knots(x: NDArray[Any]) -> tuple[Floats, Floats]:
    """`usual` and `knots` of features `x` (m, c)."""
    usual = np.nan_to_num(np.nanmedian(x.astype(float), axis=0))
    known = np.where(np.isnan(x), usual, x)
    return usual, np.percentile(known, CENTILES, axis=0)


def bent(x: NDArray[Any], usual: Floats, at: Floats) -> Floats:
    """(m, 3 c): features held in range, and what lies beyond each bend; the whole range is 2."""
    low, first, second, high = at
    held = np.clip(np.where(np.isnan(x), usual, x), low, high)
    parts = [held - low, np.maximum(held - first, 0), np.maximum(held - second, 0)]
    scaled: Floats = 2 * np.hstack(parts) / np.tile(np.maximum(high - low, 1e-3), 3)
    return scaled
