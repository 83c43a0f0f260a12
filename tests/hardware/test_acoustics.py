"""Bounds of the ultrasound output follow from parts that the bill of materials holds."""

import numpy as np
import pytest

from hardware import acoustics
from hardware.parts import FOLDER, read_parts

BY_REFERENCE = {name: part for part in read_parts() for name in part.references}


def test_no_program_can_leave_the_limits() -> None:
    worst = acoustics.worst_case()
    assert worst.isata_mw_cm2 <= acoustics.ISATA_LIMIT_MW_CM2
    assert worst.ispta_mw_cm2 <= acoustics.ISPTA3_LIMIT_MW_CM2
    assert worst.mechanical_index <= acoustics.MI_LIMIT
    assert worst.soft_tissue_index <= acoustics.TI_LIMIT
    assert worst.bone_index <= acoustics.TI_LIMIT


def test_power_is_what_a_resistor_lets_through() -> None:
    loads_ohm = np.geomspace(1, 1e5, 500)
    into_load_mw = 1e3 * loads_ohm * (3.3 / (acoustics.R1_OHM + loads_ohm)) ** 2
    assert into_load_mw.max() == pytest.approx(acoustics.power_limit_mw(), rel=1e-3)


def test_a_single_disc_peaks_at_four_times_its_surface() -> None:
    """Closed form of the flat piston: |p| = 2 |sin(k (sqrt(z2 + a2) - z) / 2)| on the axis."""
    alone = acoustics.peak_to_surface_intensity(np.zeros((1, 2)))
    assert alone == pytest.approx(4.0, rel=0.03)


def test_nine_in_phase_reach_more_than_one() -> None:
    assert acoustics.worst_case().peak_ratio > 4.0


def test_parts_are_those_of_the_calculation() -> None:
    assert BY_REFERENCE["R1"].part.startswith(f"{acoustics.R1_OHM:g} Ohm")
    assert BY_REFERENCE["X1"].quantity == acoustics.CRYSTALS == len(acoustics.crystal_centres_mm())
    assert f"disc {acoustics.CRYSTAL_DIAMETER_MM:g} x" in BY_REFERENCE["X1"].part
    mean_ma = 1e3 * (acoustics.SUPPLY_V - acoustics.supply_v()) / acoustics.R1_OHM
    assert BY_REFERENCE["U10"].currents_ma["record_wifi"] == pytest.approx(mean_ma, rel=0.1)
    assert 1e-3 * acoustics.power_limit_mw() * 4 < 0.25  # R1's rating, even into a short


def test_the_readme_shows_the_bounds_of_today() -> None:
    text = (FOLDER / "README.md").read_text(encoding="utf-8")
    worst = acoustics.worst_case()
    assert f"| acoustic power | {worst.power_mw:.0f} mW |" in text
    assert f"| I_SATA at the face | {worst.isata_mw_cm2:.1f} mW/cm² |" in text
    assert f"| I_SPTA, not derated | {worst.ispta_mw_cm2:.0f} mW/cm² |" in text
    assert f"| MI | {worst.mechanical_index:.2f} |" in text
    assert f"| TIS / TIB | {worst.soft_tissue_index:.1f} / {worst.bone_index:.1f} |" in text
