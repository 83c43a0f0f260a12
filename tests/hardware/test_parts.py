"""Parts and wires agree with each other and with the firmware."""

import ast
import csv
import re
from collections import defaultdict
from pathlib import Path

import pytest

from hardware.parts import FOLDER, MODES, board_pins, label, read_parts, read_wires, references

DEVICE = FOLDER.parent / "device"
PARTS, WIRES = read_parts(), read_wires()
BY_REFERENCE = {name: part for part in PARTS for name in part.references}
ELECTRIC = {name for name in BY_REFERENCE if re.match(r"(U|Q|D|X|J|S|LS|BT|SG|ANT)\d", name)}
NOT_FOR_SIGNALS = {19, 20, 45, *range(22, 38)}  # USB, strapping, absent, flash and PSRAM


def assigned(path: Path, name: str) -> object:
    """A literal of a firmware module that only a board can import."""
    for node in ast.parse(path.read_text()).body:
        if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == name:
            return ast.literal_eval(node.value)
    raise AssertionError(f"{path.name} has no literal {name}")


def test_references_of_a_row() -> None:
    assert references("U11-U13") == ("U11", "U12", "U13")
    with pytest.raises(ValueError, match="U1 or U1-U4"):
        references("U1,U2")


@pytest.mark.parametrize(
    ("column", "cell", "words"),
    [
        ("mass_g", "", "X1-X9, mass_g"),
        ("mass_g", "-1", "X1-X9, mass_g"),
        ("price_cny", "nan", "X1-X9, price_cny"),
        ("quantity", "8", "X1-X9: quantity 8"),
        ("rail", "5V", "rail '5V'"),
        ("rail", "3V3", "sleep_ma"),
        ("sleep_ma", "1", "current without a rail"),
    ],
)
def test_a_wrong_cell_is_refused_by_name(
    tmp_path: Path, column: str, cell: str, words: str
) -> None:
    rows = list(csv.DictReader((FOLDER / "bom.csv").open(newline="")))
    row = next(row for row in rows if row["reference"] == "X1-X9")
    bad = tmp_path / "bom.csv"
    with bad.open("w", newline="") as file:
        writer = csv.DictWriter(file, list(row))
        writer.writeheader()
        writer.writerow(row | {column: cell})
    with pytest.raises(ValueError, match=re.escape(words)):
        read_parts(bad)


def test_a_reference_names_one_part() -> None:
    names = [name for part in PARTS for name in part.references]
    assert len(names) == len(set(names))


def test_every_part_can_be_bought_and_says_where_its_figures_are_from() -> None:
    assert [p.part for p in PARTS if not (p.maker and p.substitute and p.source)] == []


def test_a_pin_is_on_one_net_and_a_net_has_one_voltage() -> None:
    nets, voltages = defaultdict(set), defaultdict(set)
    for wire in WIRES:
        nets[wire.start].add(wire.net)
        nets[wire.end].add(wire.net)
        voltages[wire.net].add(wire.voltage)
    assert {pin for pin, found in nets.items() if len(found) > 1} == set()
    assert {net for net, found in voltages.items() if len(found) > 1} == set()


def test_a_net_hangs_together() -> None:
    for net in {wire.net for wire in WIRES}:
        links = [(w.start, w.end) for w in WIRES if w.net == net]
        reached, open_links = {links[0][0]}, list(links)
        while any(set(link) & reached for link in open_links):
            reached |= {pin for link in open_links if set(link) & reached for pin in link}
            open_links = [link for link in open_links if not set(link) <= reached]
        assert open_links == [], net


def test_every_electric_part_is_wired_and_every_wire_has_its_parts() -> None:
    wired = {pin.split(".")[0] for wire in WIRES for pin in (wire.start, wire.end)}
    assert ELECTRIC - wired == set()
    assert wired - BY_REFERENCE.keys() == set()


def test_every_chip_has_a_supply_and_a_ground() -> None:
    supplied, grounded = set(), set()
    for wire in WIRES:
        ends = {wire.start.split(".")[0], wire.end.split(".")[0]}
        if wire.net == "GND":
            grounded |= ends
        elif re.fullmatch(r"VBAT|VSYS|VBUS|MODEM_BAT|\w*\dV\d", wire.net):
            supplied |= ends
    chips = {name for name in ELECTRIC if name.startswith("U")}
    assert chips - supplied == set()
    assert chips - grounded == set()


def test_pins_of_the_controller_are_free_and_used_once() -> None:
    pins = board_pins(WIRES)
    assert len(set(pins.values())) == len(pins)
    assert NOT_FOR_SIGNALS & set(pins.values()) == set()


def test_wiring_and_board_file_name_the_same_pins() -> None:
    board = DEVICE / "board_esp32s3.py"
    assert assigned(board, "PINS") == board_pins(WIRES)


def test_every_driver_has_its_chip_at_its_address() -> None:
    for driver in DEVICE.glob("drivers/[a-z]*.py"):
        found = [part for part in PARTS if part.part.lower().startswith(driver.stem)]
        assert len(found) == 1, driver.stem
        pin = f"{found[0].references[0]}."
        strapped = {w.note for w in WIRES if w.end.startswith(pin) and "address" in w.note}
        if strapped:
            assert strapped == {f"address 0x{assigned(driver, 'ADDRESS'):02X}"}


def test_currents_are_given_for_every_mode() -> None:
    assert all(list(part.currents_ma) == list(MODES) for part in PARTS if part.rail)


def test_names_of_nets_are_shortened_for_people() -> None:
    assert label(["BEAM1", "BEAM2", "BEAM3", "I2C_SDA", "I2C_SCL"]) == "BEAM1-3, I2C_SDA/SCL"
    assert label(["US_GATE"]) == "US_GATE"
