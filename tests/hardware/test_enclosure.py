"""The pucks fit, keep water out, and enclosure.json belongs to their parameters."""

import json
from dataclasses import asdict, replace

import pytest

from hardware import enclosure
from hardware.enclosure import MAIN, PUCKS, faults
from hardware.parts import FOLDER, read_parts

FOUND = json.loads((FOLDER / "enclosure.json").read_text())


@pytest.mark.parametrize("puck", PUCKS, ids=lambda puck: puck.name)
def test_a_puck_can_be_built(puck: enclosure.Puck) -> None:
    assert faults(puck) == []


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"skirt_overlap": 1.0}, "skirt covers the joint and the groove"),
        ({"groove_depth": 1.4}, "gasket is squeezed by 20-35 %"),
        ({"groove_width": 1.3}, "cord fits in its groove"),
        ({"rim_width": 3.0}, "groove stays inside the rim"),
        ({"port_below_skirt": 0.5}, "port lies under the drip edge"),
    ],
)
def test_a_puck_that_would_leak_is_told(change: dict[str, float], words: str) -> None:
    assert words in faults(replace(MAIN, **change))


def test_json_belongs_to_the_parameters() -> None:
    stored = {name: puck["parameters"] for name, puck in FOUND["pucks"].items()}
    now = json.loads(json.dumps({puck.name: asdict(puck) for puck in PUCKS}))
    assert stored == now, "run: python -m hardware.cad"


@pytest.mark.parametrize("puck", PUCKS, ids=lambda puck: puck.name)
def test_mass_is_volume_and_density_and_near_the_sum_by_hand(puck: enclosure.Puck) -> None:
    stored = FOUND["pucks"][puck.name]
    grams = stored["volume_mm3"] / 1000 * FOUND["density_g_cm3"]
    assert stored["mass_g"] == pytest.approx(grams, abs=0.01)
    assert FOUND["density_g_cm3"] == enclosure.DENSITY_G_CM3
    assert stored["volume_mm3"] == pytest.approx(enclosure.estimate_mm3(puck), rel=0.06)


def test_sizes_are_those_of_the_parts() -> None:
    parts = {name: part for part in read_parts() for name in part.references}
    assert f"{enclosure.BOARD_DIAMETER_MM:g} mm, {enclosure.BOARD_MM:g} mm" in parts["PCB1"].part
    assert "103040" in parts["BT1"].part
    assert enclosure.CELL_MM[1:] == (30.0, 40.0)
    assert f"x {enclosure.CRYSTAL_MM:.1f} mm" in parts["X1"].part
    assert f"{enclosure.FACE_MM:g} mm" in parts["M4"].part


@pytest.mark.parametrize("puck", PUCKS, ids=lambda puck: puck.name)
def test_solids_have_the_stored_volume(puck: enclosure.Puck) -> None:
    pytest.importorskip("build123d", reason="the extra `hardware` is not installed")
    from hardware import cad

    solids = [cad.cup(puck), cad.lid(puck)]
    assert all(len(solid.solids()) == 1 for solid in solids)
    stored = FOUND["pucks"][puck.name]["volume_mm3"]
    assert cad.measured(puck, solids)["volume_mm3"] == pytest.approx(stored, rel=1e-3)
