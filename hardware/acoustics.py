"""Upper bounds of the ultrasound output, from the circuit alone; whatever the firmware does.

    python -m hardware.acoustics

All crystals get their power through one resistor (R1), so a resistor, not a program, limits what
can leave the face: all of that power is counted as sound, none as heat. The peak of the field is
the Rayleigh integral of nine flat crystals in phase in water, without attenuation, continuous wave.
These are bounds for a design review. A hydrophone tank (IEC 62127-1, IEC 62359) gives the numbers
that may be declared. Limits and formulas marked check were not read at first hand.
"""

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

SUPPLY_V = 3.3
R1_OHM = 68.0
BUFFER_OHM = 26.0  # inside SN74LVCH162244A
BURST_HZ, DUTY = 2000, 0.20
CARRIER_HZ = 1.0e6
SPEED_M_S, DENSITY_KG_M3 = 1500.0, 1000.0
CRYSTAL_DIAMETER_MM = 12.0
CRYSTALS = 9
RING_RADIUS_MM = 19.0
DEEPEST_MM = 400.0
NEAREST_MM = 5.0  # closer than a third of a crystal's own near field nothing peaks higher

ISPTA3_LIMIT_MW_CM2 = 94.0  # FDA pre-amendment limit, "fetal imaging and other": check
ISATA_LIMIT_MW_CM2 = 20.0  # hand-held fetal detectors, IEC 61266 (read in a summary): check
MI_LIMIT, TI_LIMIT = (
    1.9,
    1.0,
)  # FDA global MI; TI 1.0 is our own: display and time limits start above


def crystal_centres_mm() -> NDArray[np.float64]:
    """One crystal in the middle, eight on a ring: shape (9, 2)."""
    angle = 2 * math.pi * np.arange(CRYSTALS - 1) / (CRYSTALS - 1)
    ring = RING_RADIUS_MM * np.column_stack([np.cos(angle), np.sin(angle)])
    return np.vstack([[0.0, 0.0], ring])


def power_limit_mw() -> float:
    """The most that a source of SUPPLY_V behind R1 can deliver into any load, at any duty."""
    return 1e3 * SUPPLY_V**2 / (4 * R1_OHM)


def burst_power_limit_mw() -> float:
    """The same for one crystal during a burst: fundamental of the square wave behind the buffer."""
    rms_v = SUPPLY_V / 2 * 4 / math.pi / math.sqrt(2)
    return 1e3 * rms_v**2 / (4 * BUFFER_OHM)


def crystal_area_cm2() -> float:
    return math.pi * (CRYSTAL_DIAMETER_MM / 20) ** 2


def _sources_mm(centres_mm: NDArray[np.float64]) -> NDArray[np.float64]:
    """Points that stand for the radiating surfaces."""
    step_mm = 0.5
    grid = np.arange(-CRYSTAL_DIAMETER_MM / 2, CRYSTAL_DIAMETER_MM / 2, step_mm) + step_mm / 2
    x, y = (axis.ravel() for axis in np.meshgrid(grid, grid))
    disc = np.column_stack([x, y])[x**2 + y**2 < (CRYSTAL_DIAMETER_MM / 2) ** 2]
    return (centres_mm[:, None, :] + disc[None, :, :]).reshape(-1, 2)


def peak_to_surface_intensity(centres_mm: NDArray[np.float64]) -> float:
    """Highest intensity in water over the mean intensity at the surface (a ratio).

    Crystals at these places (n, 2), all in phase. Looked for from NEAREST_MM to DEEPEST_MM on the
    axes through the middle, through a place on the ring, and between two of them.
    """
    sources = _sources_mm(centres_mm)
    area_mm2 = len(centres_mm) * crystal_area_cm2() * 100 / len(sources)
    wave_mm = SPEED_M_S / CARRIER_HZ * 1e3
    depths = np.geomspace(NEAREST_MM, DEEPEST_MM, 240)
    half = math.pi / (CRYSTALS - 1)
    points = [(0.0, 0.0), (RING_RADIUS_MM, 0.0)]
    points += [(r * math.cos(half), r * math.sin(half)) for r in (5.0, 10.0, 15.0, RING_RADIUS_MM)]
    best = 0.0
    for x, y in points:
        flat2 = (sources[:, 0] - x) ** 2 + (sources[:, 1] - y) ** 2
        distance = np.sqrt(flat2[None, :] + depths[:, None] ** 2)
        wave = np.exp(2j * math.pi * distance / wave_mm) / distance
        pressure = np.abs(wave.sum(axis=1)) * area_mm2 / wave_mm
        best = max(best, float((pressure**2).max()))
    return best


@dataclass(frozen=True)
class Output:
    """Upper bounds: mW, mW/cm2, kPa and the indices of IEC 62359 (dimensionless)."""

    power_mw: float
    isata_mw_cm2: float
    peak_ratio: float
    ispta_mw_cm2: float
    pressure_kpa: float
    mechanical_index: float
    soft_tissue_index: float
    bone_index: float


def worst_case() -> Output:
    """Nothing is derated for tissue: what a firmware fault could reach at the very most."""
    power = power_limit_mw()
    isata = power / (CRYSTALS * crystal_area_cm2())
    ratio = peak_to_surface_intensity(crystal_centres_mm())
    burst_w_m2 = burst_power_limit_mw() / crystal_area_cm2() * 10
    pressure_kpa = math.sqrt(2 * DENSITY_KG_M3 * SPEED_M_S * burst_w_m2 * ratio) / 1e3
    return Output(
        power,
        isata,
        ratio,
        isata * ratio,
        pressure_kpa,
        pressure_kpa / 1e3 / math.sqrt(CARRIER_HZ / 1e6),
        power * CARRIER_HZ / 1e6 / 210,  # check: TIS, unscanned, aperture above 1 cm2
        min(math.sqrt(power * isata * ratio) / 50, power / 4.4),  # check: TIB at the focus
    )


def supply_v() -> float:
    """Transmit supply at the nominal duty: R1 in series with the mean conductance of the load."""
    rms_v = SUPPLY_V / 2 * 4 / math.pi / math.sqrt(2)
    crystal_ohm = 75.0  # in resonance, loaded: measure
    full_w = CRYSTALS * DUTY * rms_v**2 / (BUFFER_OHM + crystal_ohm)
    return SUPPLY_V / (1 + R1_OHM * full_w / SUPPLY_V**2)


def main() -> None:
    found = worst_case()
    rows = [
        ("acoustic power, mW", found.power_mw, math.inf),
        ("ISATA, mW/cm2", found.isata_mw_cm2, ISATA_LIMIT_MW_CM2),
        ("ISPTA, mW/cm2", found.ispta_mw_cm2, ISPTA3_LIMIT_MW_CM2),
        ("MI", found.mechanical_index, MI_LIMIT),
        ("TIS", found.soft_tissue_index, TI_LIMIT),
        ("TIB", found.bone_index, TI_LIMIT),
    ]
    for name, value, limit in rows:
        print(f"{name:<22}{value:8.2f}   limit {limit:g}")  # noqa: T201
    print(f"peak over surface intensity {found.peak_ratio:.1f}")  # noqa: T201
    print(f"transmit supply at nominal duty {supply_v():.2f} V")  # noqa: T201


if __name__ == "__main__":
    main()
