"""bom.csv and wiring.csv as values; a wrong cell is refused with its row and column."""

import csv
import re
from dataclasses import dataclass
from pathlib import Path

FOLDER = Path(__file__).parent
MODES = (
    "sleep",
    "ready",
    "record_wifi",
    "record_cellular",
    "record_offline",
    "drain",
    "update",
    "locate",
)
RAILS = ("3V3", "VBAT")
UNITS = ("main", "toco", "clip", "accessory")


@dataclass(frozen=True)
class Part:
    """One row of bom.csv; `currents_ma` by mode for all pieces of the row together, on `rail`."""

    references: tuple[str, ...]
    part: str
    maker: str
    description: str
    quantity: int
    unit: str
    mass_g: float
    rail: str
    currents_ma: dict[str, float]
    price_cny: float
    substitute: str
    source: str


@dataclass(frozen=True)
class Wire:
    """One row of wiring.csv: two pins, `REFERENCE.PIN`, joined by a net; voltage against ground."""

    net: str
    start: str
    end: str
    voltage: float
    note: str


def references(text: str) -> tuple[str, ...]:
    """`U11-U13` is U11, U12 and U13."""
    match = re.fullmatch(r"([A-Z]+)(\d+)(?:-\1(\d+))?", text)
    if match is None:
        raise ValueError(f"reference {text!r}: want U1 or U1-U4")
    letters, first, last = match[1], int(match[2]), int(match[3] or match[2])
    return tuple(f"{letters}{number}" for number in range(first, last + 1))


def _number(row: dict[str, str], column: str) -> float:
    try:
        value = float(row[column])
    except ValueError:
        value = -1.0
    if not 0 <= value < float("inf"):
        raise ValueError(f"{row.get('reference') or row['net']}, {column}: {row[column]!r}")
    return value


def _part(row: dict[str, str]) -> Part:
    rail, columns = row["rail"], [f"{mode}_ma" for mode in MODES]
    if row["unit"] not in UNITS or rail not in ("", *RAILS):
        raise ValueError(f"{row['reference']}: unit {row['unit']!r}, rail {rail!r}")
    if not rail and any(row[column] for column in columns):
        raise ValueError(f"{row['reference']}: a current without a rail")
    currents = [_number(row, column) for column in columns] if rail else []
    part = Part(
        references(row["reference"]),
        row["part"],
        row["maker"],
        row["description"],
        int(_number(row, "quantity")),
        row["unit"],
        _number(row, "mass_g"),
        rail,
        dict(zip(MODES, currents, strict=False)),
        _number(row, "price_cny"),
        row["substitute"],
        row["source"],
    )
    if len(part.references) not in (1, part.quantity):
        raise ValueError(f"{row['reference']}: quantity {part.quantity}")
    return part


def read_parts(path: Path = FOLDER / "bom.csv") -> list[Part]:
    with path.open(newline="", encoding="utf-8") as file:
        return [_part(row) for row in csv.DictReader(file)]


def read_wires(path: Path = FOLDER / "wiring.csv") -> list[Wire]:
    with path.open(newline="", encoding="utf-8") as file:
        return [
            Wire(row["net"], row["from"], row["to"], _number(row, "voltage"), row["note"])
            for row in csv.DictReader(file)
        ]


def board_pins(wires: list[Wire]) -> dict[str, int]:
    """Net -> GPIO for every net that ends at a pin of the microcontroller but USB."""
    pins = {}
    for wire in wires:
        for pin in (wire.start, wire.end):
            match = re.fullmatch(r"U1\.GPIO(\d+)", pin)
            if match and not wire.net.startswith("USB_"):
                pins[wire.net] = int(match[1])
    return pins


def label(nets: list[str]) -> str:
    """BEAM1, BEAM2, BEAM3 is BEAM1-3; I2C_SDA, I2C_SCL is I2C_SDA/SCL."""
    runs: dict[str, list[int]] = {}
    for net in nets:
        match = re.fullmatch(r"(.*?)(\d*)", net)
        assert match is not None
        runs.setdefault(match[1], []).append(int(match[2] or -1))
    names = [
        stem
        if numbers == [-1]
        else f"{stem}{numbers[0]}" + (f"-{numbers[-1]}" * (len(numbers) > 1))
        for stem, numbers in runs.items()
    ]
    tails: dict[str, list[str]] = {}
    for name in names:
        stem, _, tail = name.rpartition("_")
        tails.setdefault(stem, []).append(tail)
    return ", ".join(f"{stem}_{'/'.join(tail)}".lstrip("_") for stem, tail in tails.items())
