"""Small gated recurrent networks in plain numpy, several side by side: fitted in cloud/research.

One dense layer, two recurrent ones (both directions, or forwards only), one output: log odds at
every step. Gates are those of Cho 2014 with the reset after the product: z, r, n in this order.

A step is so small that calling numpy costs more than computing: so all networks and directions take
it together, and signs are turned beforehand.
"""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

Singles = NDArray[np.float32]
Weights = dict[str, Singles]  # of one network: cloud/research/recurrent_training.py begin()
LAYERS = ("a", "b")
ONE = np.float32(1)


class Layer(NamedTuple):
    """A recurrent layer of k networks in d directions, z and r with their signs turned."""

    inward: Singles  # (k, d, in, 3 units)
    bias: Singles  # (k, d, 1, 3 units)
    across: Singles  # (3, k, d, units, units)


class Networks(NamedTuple):
    """Networks of the same form (k, ...)."""

    inward: Singles
    inward_bias: Singles
    layers: tuple[Layer, ...]
    out: Singles
    out_bias: Singles


def joined(networks: Sequence[Weights]) -> Networks:
    """These networks, to be walked at once."""
    whole = {name: np.stack([one[name] for one in networks]) for name in networks[0]}
    return Networks(
        whole["in"],
        whole["in_bias"][:, None],
        tuple(_layer(whole, name) for name in LAYERS),
        whole["out"],
        whole["out_bias"],
    )


def _layer(whole: Weights, name: str) -> Layer:
    inward, across, bias = (whole[f"{name}_{part}"] for part in ("in", "across", "bias"))
    units = across.shape[-2]
    turn = np.repeat(np.array([-1, -1, 1], np.float32), units)
    gates = (across * turn).reshape(*across.shape[:-1], 3, units)
    return Layer(
        inward * turn,
        (bias * turn)[..., None, :],
        np.ascontiguousarray(np.moveaxis(gates, -2, 0)),
    )


def walk(networks: Networks, x: Singles) -> Singles:
    """Log odds (k, n) for one sequence of features `x` (n, columns)."""
    into = np.tanh(_each(x[None], networks.inward) + networks.inward_bias)
    first = _through(networks.layers[0], into)
    second = _through(networks.layers[1], first)
    return _each(first + second, networks.out)[..., 0] + networks.out_bias


def _each(x: Singles, weights: Singles) -> Singles:
    """Steps (k, n, in) times weights (k, in, out), one by one: as they are when fitted."""
    product: Singles = (x[..., None, :] @ weights[..., None, :, :])[..., 0, :]
    return product


def _through(layer: Layer, x: Singles) -> Singles:
    """(k, n, d * units) for the steps x (k, n, in)."""
    directions, units = layer.across.shape[2:4]
    ways = [x, x[:, ::-1]][:directions]
    given = _each(np.stack(ways, axis=1), layer.inward) + layer.bias
    gates = given.reshape(*given.shape[:-1], 3, 1, units)  # k, d, n, gate, 1, unit
    steps = np.ascontiguousarray(gates.transpose(2, 3, 0, 1, 4, 5))
    states = np.zeros((len(steps) + 1, *steps.shape[2:]), np.float32)
    for step, before, after in zip(steps, states[:-1], states[1:], strict=True):
        product = before @ layer.across
        z, r = ONE / (ONE + np.exp(step[:2] + product[:2]))
        n = np.tanh(step[2] + r * product[2])
        np.add(before, (ONE - z) * (n - before), out=after)
    found = states[1:, ..., 0, :].transpose(1, 2, 0, 3)
    turned = [found[:, 0], *(found[:, way, ::-1] for way in range(1, directions))]
    return np.concatenate(turned, axis=-1)
