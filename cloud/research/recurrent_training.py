"""Fits the network of models/learned/recurrent.py: the way back by hand, Adam, dropout."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from models.learned.recurrent import Singles, Weights

BETA = (0.9, 0.99)
CLIP = 1.0  # norm of a gradient


@dataclass(frozen=True)
class Plan:
    units: int = 32
    directions: int = 2
    epochs: int = 20
    batch: int = 24
    steps: int = 200  # longest piece of a sequence
    rate: float = 5e-3
    dropout: float = 0.3
    noise: float = 0.1
    decay: float = 1e-2


@dataclass(frozen=True, eq=False)
class Sequence:
    """Forms of the same features (n, columns), of which a random one is shown; target, weight."""

    forms: tuple[Singles, ...]
    target: Singles  # (n,) 0 or 1
    weight: Singles  # (n,) 0: not judged


def begin(columns: int, plan: Plan, random: np.random.Generator) -> Weights:
    def drawn(*shape: int) -> Singles:
        found: Singles = random.normal(0, 1, shape) / np.sqrt(shape[-2])
        return found.astype(np.float32)

    units, ways = plan.units, plan.directions
    found = {"in": drawn(columns, units), "in_bias": np.zeros(units, np.float32)}
    for name, inward in (("a", units), ("b", units * ways)):
        found[name + "_in"] = drawn(ways, inward, 3 * units)
        found[name + "_across"] = drawn(ways, units, 3 * units)
        found[name + "_bias"] = np.zeros((ways, 3 * units), np.float32)
    found["out"] = drawn(units * ways, 1)
    return found | {"out_bias": np.zeros(1, np.float32)}


def fit(sequences: list[Sequence], plan: Plan, seed: int) -> Weights:
    random = np.random.default_rng(seed)
    weights = begin(sequences[0].forms[0].shape[1], plan, random)
    moments = [{name: np.zeros_like(one) for name, one in weights.items()} for _ in BETA]
    turn = 0
    for epoch in range(plan.epochs):
        rate = plan.rate * 0.5 * (1 + np.cos(np.pi * epoch / plan.epochs))
        for x, target, weight in _batches(sequences, plan, random):
            turn += 1
            gradient = slope(weights, x, target, weight, plan, random)[1]
            _step(weights, gradient, moments, turn, rate, plan)
    return weights


def _step(
    weights: Weights,
    gradient: Weights,
    moments: list[Weights],
    turn: int,
    rate: float,
    plan: Plan,
) -> None:
    norm = np.sqrt(sum(float((one**2).sum()) for one in gradient.values()))
    for name, one in gradient.items():
        one = one * min(1, CLIP / (norm + 1e-9))
        for moment, beta, value in zip(moments, BETA, (one, one**2), strict=True):
            moment[name] = (beta * moment[name] + (1 - beta) * value).astype(np.float32)
        mean, square = (m[name] / (1 - b**turn) for m, b in zip(moments, BETA, strict=True))
        weights[name] -= rate * (mean / (np.sqrt(square) + 1e-8) + plan.decay * weights[name])


def _batches(
    sequences: list[Sequence], plan: Plan, random: np.random.Generator
) -> Iterator[tuple[Singles, Singles, Singles]]:
    """(steps, batch, columns), (steps, batch), (steps, batch): pieces of like length together."""
    cuts = []
    for one in sequences:
        form = one.forms[int(random.integers(len(one.forms)))]
        first = -int(random.integers(plan.steps)) if len(form) > plan.steps else 0
        for at in range(first, len(form), plan.steps):
            part = slice(max(at, 0), at + plan.steps)
            if one.weight[part].any():
                cuts.append((form[part], one.target[part], one.weight[part]))
    order = np.argsort([len(cut[1]) + random.normal(0, 15) for cut in cuts])
    groups = [order[at : at + plan.batch] for at in range(0, len(order), plan.batch)]
    for at in random.permutation(len(groups)):
        yield _padded([cuts[i] for i in groups[at]])


def _padded(cuts: list[tuple[Singles, Singles, Singles]]) -> tuple[Singles, Singles, Singles]:
    steps = max(len(cut[1]) for cut in cuts)
    x = np.zeros((steps, len(cuts), cuts[0][0].shape[1]), np.float32)
    target, weight = np.zeros((2, steps, len(cuts)), np.float32)
    weight[:] = np.nan
    for i, cut in enumerate(cuts):
        for into, values in zip((x, target, weight), cut, strict=True):
            into[: len(values), i] = values
    return x, target, weight


def slope(
    weights: Weights,
    x: Singles,
    target: Singles,
    weight: Singles,
    plan: Plan,
    random: np.random.Generator,
) -> tuple[float, Weights]:
    """Loss (cross entropy) and its gradient. A NaN weight marks a step beyond the end."""
    there = np.isfinite(weight)[..., None].astype(np.float32)
    weight = np.nan_to_num(weight)
    x = x + plan.noise * random.standard_normal(x.shape).astype(np.float32)
    keep = 1 - plan.dropout

    def dropped(shape: tuple[int, ...]) -> Singles:
        return (random.random(shape[1:]) < keep).astype(np.float32) / keep

    into = np.tanh(x @ weights["in"] + weights["in_bias"])
    drop_in = dropped(into.shape)
    first, back_a = layer(weights, "a", into * drop_in, there)
    drop_a = dropped(first.shape)
    second, back_b = layer(weights, "b", first * drop_a, there)
    drop_b = dropped(second.shape)
    total = (first + second) * drop_b
    odds = (total @ weights["out"] + weights["out_bias"])[..., 0]
    scale = weight / weight.sum()
    loss = float((scale * (np.logaddexp(0, odds) - target * odds)).sum())
    error = (scale * (1 / (1 + np.exp(-odds)) - target))[..., None]
    found = {"out": np.einsum("tbi,tbo->io", total, error), "out_bias": error.sum((0, 1))}
    to_total = error * weights["out"][:, 0] * drop_b
    to_first = _back(weights, "b", back_b, to_total, found) * drop_a + to_total
    to_in = _back(weights, "a", back_a, to_first, found) * drop_in * (1 - into**2)
    found["in"] = np.einsum("tbi,tbo->io", x, to_in, optimize=True)
    found["in_bias"] = to_in.sum((0, 1))
    return loss, {name: one.astype(np.float32) for name, one in found.items()}


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


def _back(
    weights: Weights, name: str, kept: dict[str, Any], error: Singles, found: dict[str, Any]
) -> Singles:
    """The gradient of a layer's input from that of its output; those of its weights in `found`."""
    across, inward = weights[name + "_across"], weights[name + "_in"]
    directions, units = across.shape[:2]
    parts = np.split(error, directions, axis=-1)
    given = np.stack([parts[0], *(part[::-1] for part in parts[1:])])
    states, gates, mask = kept["states"], kept["gates"], kept["mask"]
    steps = error.shape[0]
    to_gates = np.empty((directions, steps, error.shape[1], 3 * units), np.float32)
    to_product = np.empty_like(to_gates)
    turned = across.transpose(0, 2, 1)
    state: NDArray[Any] = np.zeros_like(states[0])
    for t in range(steps - 1, -1, -1):
        state = state + given[:, t]
        z, r, n, product = gates[t]
        change = state * mask[:, t]
        to_n = change * (1 - z) * (1 - n**2)
        to_z = change * (states[t] - n) * z * (1 - z)
        to_r = to_n * product * r * (1 - r)
        to_gates[:, t] = np.concatenate([to_z, to_r, to_n], -1)
        to_product[:, t] = np.concatenate([to_z, to_r, to_n * r], -1)
        state = state - change * (1 - z) + to_product[:, t] @ turned
    flat = to_gates.reshape(directions, -1, 3 * units)
    before = states[:-1].transpose(1, 0, 2, 3).reshape(directions, -1, units)
    both = kept["both"].reshape(directions, flat.shape[1], -1)
    found[name + "_across"] = before.transpose(0, 2, 1) @ to_product.reshape(flat.shape)
    found[name + "_in"] = both.transpose(0, 2, 1) @ flat
    found[name + "_bias"] = flat.sum(1)
    to_both = to_gates @ inward.transpose(0, 2, 1)[:, None]
    out: Singles = to_both[0] + sum(one[::-1] for one in to_both[1:])
    return out
