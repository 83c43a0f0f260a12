"""Mass and current: the sums, the targets of the product, and what the firmware believes."""

import json
import subprocess
import sys
from dataclasses import replace

import pytest

from device import power
from hardware.budget import (
    CONVERTER_EFFICIENCY,
    TARGET_G,
    TOLERANCE_G,
    budget,
    current_ma,
    hours,
    shells,
    table,
)
from hardware.parts import FOLDER, MODES, read_parts

FOUND = budget(read_parts(), shells())


def test_the_worn_probe_weighs_what_it_may() -> None:
    assert abs(FOUND.worn_g - TARGET_G) <= TOLERANCE_G
    assert FOUND.worn_g == pytest.approx(sum(FOUND.mass_g.values()))


def test_shells_and_pieces_are_counted() -> None:
    parts = read_parts()
    bare = budget(parts, {})
    assert FOUND.worn_g - bare.worn_g == pytest.approx(sum(shells().values()))
    crystals = next(part for part in parts if part.references[0] == "X1")
    without = budget([part for part in parts if part is not crystals], shells())
    assert FOUND.mass_g["main"] - without.mass_g["main"] == pytest.approx(9 * crystals.mass_g)


def test_current_of_the_rails_by_hand() -> None:
    part = next(part for part in read_parts() if part.references[0] == "U1")
    rail = replace(part, currents_ma=dict.fromkeys(MODES, 74.0))
    cell = replace(rail, rail="VBAT", currents_ma=dict.fromkeys(MODES, 5.0))
    expected = 74.0 * 3.3 / 3.7 / CONVERTER_EFFICIENCY + 5.0
    assert current_ma([rail, cell], "ready") == pytest.approx(expected)


def test_life_by_hand() -> None:
    assert hours(100.0, kept=0.8) == pytest.approx(1200 * 0.8 * 0.95 / 100)


def test_an_aged_cell_carries_a_day_of_recordings_and_months_on_the_shelf() -> None:
    assert FOUND.sessions_aged >= 6
    assert FOUND.hours_aged["record_wifi"] >= 10
    assert FOUND.hours_aged["ready"] >= 5 * 24
    assert FOUND.hours_aged["sleep"] >= 180 * 24


def test_no_mode_asks_more_than_the_cell_gives() -> None:
    assert max(FOUND.current_ma.values()) < 1200  # 1 C; the modem's pulses come from C71


def test_the_firmware_believes_no_less_than_the_budget() -> None:
    assert power.MODES.keys() == set(MODES)
    too_low = {m for m in MODES if power.MODES[m].current_ma < round(FOUND.current_ma[m], 2)}
    assert too_low == set()


def test_the_command_prints_the_table_and_json() -> None:
    command = [sys.executable, "-m", "hardware.budget"]
    table = subprocess.run(command, cwd=FOLDER.parent, capture_output=True, text=True, check=True)
    assert f"worn, all            {FOUND.worn_g:5.1f} g" in table.stdout
    assert all(mode in table.stdout for mode in MODES)
    text = subprocess.run([*command, "--json"], cwd=FOLDER.parent, capture_output=True, check=True)
    assert json.loads(text.stdout)["worn_g"] == pytest.approx(FOUND.worn_g)


def test_the_readme_shows_the_table_of_today() -> None:
    assert table(FOUND) in (FOLDER / "README.md").read_text(encoding="utf-8")
