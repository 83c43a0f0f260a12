"""Mass, current, battery life and price of a probe, from bom.csv and enclosure.json.

    python -m hardware.budget [--json]

Currents of the parts are means from data sheets (bom.csv says how sure); only a probe on a current
meter shows the real ones. Everything on the 3.3 V rail goes through the converter.
"""

import json
import sys
from dataclasses import asdict, dataclass
from pathlib import Path

from hardware.parts import FOLDER, MODES, RAILS, Part, read_parts

CELL_V = 3.7
RAIL_V = 3.3
CONVERTER_EFFICIENCY = 0.88  # TPS63802 above 10 mA, data sheet curve less 4 %: check
LIGHT_LOAD_EFFICIENCY = 0.75  # the same below 1 mA
LIGHT_LOAD_MA = 1.0
CAPACITY_MAH = 1200.0
AGEING = 0.80  # what a cell keeps at the end of its life (IEC 61960 counts cycles to 60-80 %)
RESERVE = 0.05  # firmware stops at 5 % of the charge
SESSION_H = 40 / 60  # a recording at home
TARGET_G, TOLERANCE_G = 150.0, 20.0
WORN = ("main", "toco", "clip")


@dataclass(frozen=True)
class Budget:
    """Masses by unit in g; currents by mode in mA at the cell; hours by mode, new and aged cell."""

    mass_g: dict[str, float]
    worn_g: float
    current_ma: dict[str, float]
    hours_new: dict[str, float]
    hours_aged: dict[str, float]
    sessions_aged: float
    price_cny: float


def masses(parts: list[Part], shells_g: dict[str, float]) -> dict[str, float]:
    """Mass of each worn unit; `shells_g` are the computed shells, which bom.csv counts as 0."""
    return {
        unit: shells_g.get(unit, 0.0)
        + sum(part.mass_g * part.quantity for part in parts if part.unit == unit)
        for unit in WORN
    }


def current_ma(parts: list[Part], mode: str) -> float:
    """Mean current at the cell in a mode."""
    rail = {name: sum(p.currents_ma[mode] for p in parts if p.rail == name) for name in RAILS}
    light = rail["3V3"] < LIGHT_LOAD_MA
    efficiency = LIGHT_LOAD_EFFICIENCY if light else CONVERTER_EFFICIENCY
    return rail["VBAT"] + rail["3V3"] * RAIL_V / CELL_V / efficiency


def hours(mean_ma: float, kept: float) -> float:
    """Until the firmware stops; `kept` is the share of the capacity that age has left."""
    return CAPACITY_MAH * kept * (1 - RESERVE) / mean_ma


def budget(parts: list[Part], shells_g: dict[str, float]) -> Budget:
    by_unit = masses(parts, shells_g)
    currents = {mode: current_ma(parts, mode) for mode in MODES}
    aged = {mode: hours(mean, AGEING) for mode, mean in currents.items()}
    worn = [part for part in parts if part.unit in WORN]
    return Budget(
        by_unit,
        sum(by_unit.values()),
        currents,
        {mode: hours(mean, 1.0) for mode, mean in currents.items()},
        aged,
        aged["record_cellular"] / SESSION_H,
        sum(part.price_cny * part.quantity for part in worn),
    )


def shells(path: Path = FOLDER / "enclosure.json") -> dict[str, float]:
    """Mass of the printed or moulded shells by unit, as hardware.enclosure computed them."""
    pucks = json.loads(path.read_text())["pucks"]
    return {name: puck["mass_g"] for name, puck in pucks.items()}


def table(found: Budget) -> str:
    lines = [f"{unit:<18}{mass:8.1f} g" for unit, mass in found.mass_g.items()]
    lines += [f"{'worn, all':<18}{found.worn_g:8.1f} g   (150 ± 20 g)", ""]
    lines += [f"{'mode':<18}{'mA at 3.7 V':>12}{'hours, new':>12}{'hours, aged':>12}"]
    lines += [
        f"{mode:<18}{mean:12.2f}{found.hours_new[mode]:12.1f}{found.hours_aged[mode]:12.1f}"
        for mode, mean in found.current_ma.items()
    ]
    lines += ["", f"recordings of 40 min over cellular, aged cell: {found.sessions_aged:.0f}"]
    return "\n".join([*lines, f"parts of one worn probe: {found.price_cny:.0f} CNY (estimate)"])


def main() -> None:
    found = budget(read_parts(), shells())
    as_json = sys.argv[1:] == ["--json"]
    print(json.dumps(asdict(found), indent=1) if as_json else table(found))  # noqa: T201


if __name__ == "__main__":
    main()
