"""The tables of docs/sensors.md: python -m tests.device.measure_sensors [SEED]

Made-up light and tilt. The thresholds were set on seeds from 0; the tables are of other ones.
"""

import sys
from collections.abc import Iterator
from math import exp, pi, sin
from random import Random
from statistics import fmean, quantiles

from device.oximeter import CURVE, WINDOW, Oximeter
from device.payloads import GAP_16
from device.respiration import RATE_HZ, Respiration
from device.respiration import WINDOW as BREATHS

LIGHT = 120_000
FINGERS = (  # name, pulsation, noise in counts, breathing over the beat
    ("no noise", 0.02, 0, 0.3),
    ("60 counts", 0.02, 60, 0.3),
    ("150 counts", 0.02, 150, 0.3),
    ("pulsation 0.3 %, 20 counts", 0.003, 20, 0.3),
    ("breathing as the beat", 0.02, 60, 1.0),
)
TILTS = (("20 mg, 2", 20, 2, 0), ("10 mg, 4", 10, 4, 0), ("4 mg, 4", 4, 4, 0))
TILTS += (("strain, contraction", 300, 30, 6000),)


def turns(
    rng: Random, per_minute: float, jitter: float, rate_hz: int, count: int
) -> Iterator[float]:
    """The phase of something that comes about so often."""
    phase, now = rng.random(), per_minute
    for _ in range(count):
        phase += now / 60 / rate_hz
        if phase >= 1:
            phase, now = phase - 1, per_minute * (1 + rng.gauss(0, jitter))
        yield phase


def finger(seed: int, pulsation: float, noise: float, swell: float) -> list[tuple[float, float]]:
    """(error of the pulse, error of the saturation) of each second; nan: a GAP."""
    rng = Random(seed)
    bpm, ratio, red = rng.uniform(40, 190), rng.uniform(0.3, 1.4), LIGHT * rng.uniform(0.6, 1.2)
    saturation = min(100.0, CURVE[0] + CURVE[1] * ratio)
    made, found = Oximeter(), []
    for n, phase in enumerate(turns(rng, bpm, 0.02, 50, 700)):
        wave = exp(-(((phase - 0.2) / 0.1) ** 2)) + 0.4 * exp(-(((phase - 0.5) / 0.12) ** 2))
        part = pulsation * (wave + swell * sin(pi * n / 100)) / 2
        dark = rng.gauss(0, noise), rng.gauss(0, noise)
        made.add(int(red * (1 - ratio * part) + dark[0]), int(LIGHT * (1 - part) + dark[1]))
        if n % 50 == 49 and n >= WINDOW:
            made.measure(False)
            if n >= WINDOW + 50:
                pulse, spo2 = made.pulse, made.spo2
                found.append(
                    (
                        float("nan") if pulse == GAP_16 else abs(pulse / 4 - bpm),
                        float("nan") if spo2 == GAP_16 else abs(spo2 / 10 - saturation),
                    )
                )
    return found


def breaths(seed: int, tilt: float, noise: float, contraction: float) -> list[float]:
    rng = Random(seed)
    per_minute = rng.uniform(8, 36)
    made, found = Respiration(), []
    for n, phase in enumerate(turns(rng, per_minute, 0.08, RATE_HZ, 280)):
        value = tilt * sin(2 * pi * phase) + rng.gauss(0, noise)
        made.add(int(value + contraction * sin(pi * n / 240) ** 2), False)
        if n >= BREATHS and n % 20 == 0:
            told = made.measure()
            found.append(float("nan") if told == GAP_16 else abs(told / 10 - per_minute))
    return found


def line(name: str, errors: list[float]) -> None:
    told = [error for error in errors if error == error]
    row = f"{name:36} told {len(told) / len(errors):6.1%}"
    if len(told) > 1:
        row += f"  mean error {fmean(told):.2f}  95 % within {quantiles(told, n=20)[-1]:.2f}"
        row += f"  beyond 4: {sum(error > 4 for error in told) / len(told):.1%}"
    print(row)


def main(seed: int) -> None:
    for name, *kind in FINGERS:
        seconds = [each for n in range(40) for each in finger(seed + n, *kind)]
        line(f"pulse, {name}", [pulse for pulse, _ in seconds])
        line(f"saturation, {name}", [spo2 for _, spo2 in seconds])
    for name, *kind in TILTS:
        line(f"breaths, {name}", [each for n in range(60) for each in breaths(seed + n, *kind)])


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 20_000)
