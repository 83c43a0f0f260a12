"""Drawings are made from the data and are current."""

from xml.etree import ElementTree

import pytest

from hardware.blocks import BLOCKS, ROUTES, block_diagram, joined
from hardware.draw import DRAWINGS, drawings
from hardware.parts import Wire, read_wires
from hardware.schematic import SHEETS, pins

MADE = drawings()


@pytest.mark.parametrize("name", MADE)
def test_committed_drawing_is_current(name: str) -> None:
    committed = (DRAWINGS / name).read_text(encoding="utf-8")
    assert committed == MADE[name], "run: python -m hardware.draw"
    ElementTree.fromstring(committed)


def test_every_wired_part_stands_on_one_sheet_with_all_its_pins() -> None:
    drawn = [box for columns in SHEETS.values() for column in columns for box in column]
    wired = pins(read_wires())
    assert sorted(drawn) == sorted(wired)
    sheets = "".join(text for name, text in MADE.items() if name.startswith("schematic"))
    for net in {wire.net for wire in read_wires()} - {"GND"}:
        assert f">{net}</text>" in sheets


def test_a_new_connection_between_blocks_must_be_drawn() -> None:
    stray = Wire("STRAY", "U9.CLK", "U4.SCL", 3.3, "")
    with pytest.raises(ValueError, match="Spool flash"):
        block_diagram([*read_wires(), stray])


def test_routes_start_and_end_at_their_blocks() -> None:
    assert joined(read_wires()).keys() == ROUTES.keys()
    for (start, end), (way, _) in ROUTES.items():
        for name, (x, y) in ((start, way[0]), (end, way[-1])):
            block = BLOCKS[name]
            across, down = x - block.x, y - block.y
            assert 0 <= across <= block.w and 0 <= down <= block.h, (start, end)
            assert across in (0, block.w) or down in (0, block.h), (start, end)
