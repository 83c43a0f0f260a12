import numpy as np
import pytest

from models.events import Acceleration
from models.features import Span
from models.sinusoidal import sinusoidal
from models.trace import FS_HZ
from models.variability import swings_bpm

MINUTE = 60 * FS_HZ


def rate(*parts: tuple[int, float, float]) -> np.ndarray:
    """(minutes, cycles a minute, swing in bpm) one after the other; 0 cycles is noise."""
    rng, pieces = np.random.default_rng(5), []
    for minutes, cycles, swing in parts:
        turns = 2 * np.pi * cycles * np.arange(minutes * MINUTE) / MINUTE
        smooth = np.convolve(rng.normal(0, 1, len(turns)), np.ones(12) / 12, "same")
        noise = swing / 4 * smooth / smooth.std()
        pieces.append(swing / 2 * np.sin(turns) if cycles else noise)
    return 140 + np.concatenate(pieces)


def found(fhr: np.ndarray, accelerations: tuple[Acceleration, ...] = ()):
    swings = swings_bpm(fhr, np.ones(len(fhr), bool))
    base = np.full(len(fhr), 140.0)
    return sinusoidal(fhr, base, accelerations, swings, start_s=30.0)


@pytest.mark.parametrize("cycles", [3.2, 4, 4.9])
@pytest.mark.parametrize("swing", [6, 10, 20])
def test_a_long_smooth_wave_is_sinusoidal(cycles, swing):
    (one,) = found(rate((25, cycles, swing)))
    assert (one.kind, one.start_s, one.end_s) == ("sinusoidal", 30.0, 30.0 + 25 * 60)
    assert one.swing_bpm == pytest.approx(swing, rel=0.02)


@pytest.mark.parametrize(
    ("parts", "kinds"),
    [
        (((9, 4, 10),), []),
        (((12, 4, 10),), ["suspect"]),
        (((19, 4, 10),), ["suspect"]),
        (((20, 4, 10),), ["sinusoidal"]),
        (((20, 4, 10), (15, 0, 14)), ["pseudo"]),
        (((45, 4, 10), (15, 0, 14)), ["sinusoidal"]),
        (((20, 4, 10), (15, 0, 2)), ["sinusoidal"]),
        (((25, 2, 10),), []),
        (((25, 8, 10),), []),
        (((25, 4, 4),), []),
        (((25, 4, 30),), []),
        (((40, 0, 14),), []),
        (((40, 0, 0.4),), []),
    ],
    ids=str,
)
def test_length_period_size_and_what_follows_decide(parts, kinds):
    assert [one.kind for one in found(rate(*parts))] == kinds


def test_no_sinusoidal_stretch_holds_an_acceleration():
    fhr = rate((30, 4, 10))
    assert found(fhr, (Acceleration(900.0, 930.0, 910.0, 20.0),)) != found(fhr)
    assert all(
        one.end_s <= 900 or one.start_s >= 930
        for one in found(fhr, (Acceleration(900.0, 930.0, 910.0, 20.0),))
    )


def test_a_stretch_that_is_lost_is_not_called_anything():
    fhr = rate((25, 4, 10))
    fhr[np.arange(len(fhr)) % MINUTE < 90] = np.nan  # 3 of 8 samples
    assert found(fhr) == ()
    assert found(np.full(len(fhr), np.nan)) == ()


def test_a_stretch_is_a_span():
    assert isinstance(found(rate((12, 4, 10)))[0], Span)
