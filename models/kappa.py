"""How well two readers of the same strips agree beyond chance: Cohen's kappa. Pure.

    kappa       over all four classes; "cannot be read" is a class of its own
    weighted    linear weights over normal < suspicious < pathological; pairs in which one could
                not read the strip are left out, for they have no place in that order
    agreed      share of pairs with the same class

Cohen 1960 and 1968, as scikit-learn computes them. NaN: fewer than two pairs, or both said one and
the same class throughout, where chance alone explains everything.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from math import nan

from sklearn.metrics import cohen_kappa_score

from models.readings import Class

ORDER = (Class.NORMAL, Class.SUSPICIOUS, Class.PATHOLOGICAL)
Pair = tuple[Class, Class]


@dataclass(frozen=True)
class Kappa:
    pairs: int
    agreed: float
    kappa: float
    weighted_pairs: int
    weighted: float


def kappa(pairs: Sequence[Pair]) -> Kappa:
    """
    >>> same = [(Class.NORMAL, Class.NORMAL)] * 3 + [(Class.SUSPICIOUS, Class.SUSPICIOUS)] * 2
    >>> kappa(same).kappa, kappa(same[:1]).kappa
    (1.0, nan)
    """
    ordered = [pair for pair in pairs if Class.UNREADABLE not in pair]
    return Kappa(
        pairs=len(pairs),
        agreed=sum(a is b for a, b in pairs) / len(pairs) if pairs else nan,
        kappa=_cohen(pairs, tuple(Class), None),
        weighted_pairs=len(ordered),
        weighted=_cohen(ordered, ORDER, "linear"),
    )


def _cohen(pairs: Sequence[Pair], classes: tuple[Class, ...], weights: str | None) -> float:
    if len(pairs) < 2 or len({one for pair in pairs for one in pair}) < 2:
        return nan
    rank = {one: n for n, one in enumerate(classes)}
    first, second = zip(*((rank[a], rank[b]) for a, b in pairs), strict=True)
    labels = list(range(len(classes)))
    return float(cohen_kappa_score(first, second, labels=labels, weights=weights))
