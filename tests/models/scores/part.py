"""A strip as the score tables see it, of which a test changes one thing."""

from dataclasses import replace
from typing import Any

import numpy as np

from models.contractions import Contraction
from models.events import Acceleration
from models.scores import TABLES
from models.scores.fall import Fall
from models.scores.measures import Measures, last
from models.scores.table import Score, score
from models.trace import FS_HZ


def part(minutes: float = 30, level: float = 140, swing: float = 12, **changes: Any) -> Measures:
    """A normal part: 140 bpm, 12 bpm of variability in four cycles, term, toco, three rises."""
    count = round(minutes * 60 * FS_HZ)
    wave = np.sin(2 * np.pi * np.arange(count) / (15 * FS_HZ))
    usual = Measures(
        start_s=0.0,
        end_s=minutes * 60,
        gestation_weeks=38.0,
        fhr=level + swing / 2 * wave,
        baseline=np.full(count, float(level)),
        in_fall=np.zeros(count, bool),
        quiet=np.ones(count, bool),
        maternal=0.0,
        swings_bpm=np.full(int(minutes), float(swing)),
        accelerations=rises(3, minutes * 60),
        falls=(),
        contractions=(),
        sinusoidal=(),
        episodes=(),
    )
    return replace(usual, **changes)


def rises(count: int, end_s: float, every_s: float = 120.0) -> tuple[Acceleration, ...]:
    """The last ones of 20 s and 20 bpm before the end."""
    starts = [end_s - every_s * (n + 0.5) for n in range(count)][::-1]
    return tuple(Acceleration(at_s, at_s + 20, at_s + 10, 20.0) for at_s in starts)


def squeezes(count: int, end_s: float, every_s: float = 180.0) -> tuple[Contraction, ...]:
    starts = [end_s - every_s * (n + 0.9) for n in range(count)][::-1]
    return tuple(Contraction(at_s, at_s + 60, at_s + 30, 40.0) for at_s in starts)


def fall(at_s: float, lasts_s: float, kind: str, **more: Any) -> Fall:
    usual = {"under_70_s": 0.0, "lost_beats": 5.0, "swing_bpm": float("nan")}
    return Fall(at_s, at_s + lasts_s, kind, **(usual | more))


def falls_with(
    contractions: tuple[Contraction, ...], kind: str, lasts_s: float = 45.0, **more: Any
) -> tuple[Fall, ...]:
    return tuple(fall(c.start_s + 25, lasts_s, kind, contraction=c, **more) for c in contractions)


def one(name: str, measures: Measures) -> Score:
    """One table's score of a strip."""
    table = next(table for table in TABLES if table.id == name)
    return score(table, last(measures, table.window_s))
