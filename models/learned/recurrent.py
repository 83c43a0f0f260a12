"""A small gated recurrent network in plain numpy: walked here, fitted in cloud/research.

One dense layer, two recurrent ones (both directions, or forwards only), one output: log odds at
every step. Gates are those of Cho 2014 with the reset after the product: z, r, n in this order.
"""

from typing import Any

import numpy as np
from numpy.typing import NDArray

Singles = NDArray[np.float32]
Weights = dict[str, Singles]
LAYERS = ("a", "b")


def walk(weights: Weights, x: Singles) -> Singles:
    """Log odds (n,) for one sequence of features `x` (n, columns)."""
    if not len(x):
        return np.empty(0, np.float32)
    there = np.ones((len(x), 1, 1), np.float32)
    into: Singles = np.tanh(x[:, None] @ weights["in"] + weights["in_bias"])
    first = layer(weights, "a", into, there)[0]
    second = layer(weights, "b", first, there)[0]
    odds = (first + second) @ weights["out"] + weights["out_bias"]
    return odds[:, 0, 0].astype(np.float32)


def layer(
    weights: Weights, name: str, x: Singles, there: Singles
) -> tuple[Singles, dict[str, Any]]:
    """One recurrent layer over x (steps, batch, in); a step that is not `there` keeps the state.

    returns  (steps, batch, directions * units), and what the way back needs
    """
    inward, across = weights[name + "_in"], weights[name + "_across"]  # (directions, ., 3 units)
    directions, units = across.shape[:2]
    both = np.stack([x, x[::-1]][:directions])
    mask = np.stack([there, there[::-1]][:directions])
    given = both @ inward[:, None] + weights[name + "_bias"][:, None, None]
    steps, batch = x.shape[:2]
    states = np.zeros((steps + 1, directions, batch, units), np.float32)
    gates = np.zeros((steps, 4, directions, batch, units), np.float32)
    for t in range(steps):
        before = states[t]
        product = before @ across
        zr = 1 / (1 + np.exp(-(given[:, t, :, : 2 * units] + product[..., : 2 * units])))
        z, r = zr[..., :units], zr[..., units:]
        n = np.tanh(given[:, t, :, 2 * units :] + r * product[..., 2 * units :])
        states[t + 1] = before + mask[:, t] * (1 - z) * (n - before)
        gates[t] = z, r, n, product[..., 2 * units :]
    found = states[1:].transpose(1, 0, 2, 3)
    out = np.concatenate([found[0], *(one[::-1] for one in found[1:])], axis=-1)
    return out, {"both": both, "mask": mask, "states": states, "gates": gates}
