"""Draws block diagram, schematic and section into hardware/drawings/.

python -m hardware.draw
"""

from hardware.blocks import block_diagram
from hardware.parts import FOLDER, read_parts, read_wires
from hardware.schematic import SHEETS, sheet
from hardware.section import section

DRAWINGS = FOLDER / "drawings"


def drawings() -> dict[str, str]:
    """File name -> SVG text."""
    parts, wires = read_parts(), read_wires()
    found = {"blocks.svg": block_diagram(wires), "section.svg": section()}
    for number, title in enumerate(SHEETS, 1):
        name = title.lower().replace(" ", "-")
        found[f"schematic-{number}-{name}.svg"] = sheet(title, parts, wires)
    return found


def main() -> None:
    DRAWINGS.mkdir(exist_ok=True)
    for name, text in drawings().items():
        (DRAWINGS / name).write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
