"""The schematic from wiring.csv: one box a part, one row a pin, nets joined by name.

A pin stands on the left where wires end and on the right where they start. Power is red, signals
are blue, ground is a symbol. The notes of the nets stand below the parts of their sheet.
"""

import re
from collections import defaultdict

from hardware.parts import Part, Wire, label
from hardware.svg import FAINT, INK, POWER, SIGNAL, Page, text_width

SHEETS: dict[str, list[list[str]]] = {
    "Controller and user": [["U1"], ["U9", "J1", "D5", "S1", "S2"], ["Q3", "LS1", "D1", "D2"]],
    "Ultrasound": [
        ["U17", "Q1", "R1", "C72", "U16", "U23"],
        ["U10", "X", "J4"],
        ["U11", "U12", "D3"],
        ["U13", "U15", "U14", "U3", "D4"],
    ],
    "Sensors": [["J2", "U4", "SG1"], ["J3", "U22", "U5"], ["U6", "U7", "U8"]],
    "Power and modem": [
        ["BT1", "J6", "U20", "U21"],
        ["U18", "C71", "U2"],
        ["U19", "Q2", "J5", "ANT1"],
    ],
}
BOX, REACH, ROW, GAP, TOP, MARGIN = 168, 124, 17, 30, 74, 24
NOTE_LINE, NOTE_CHARS = 15, 98


def is_power(net: str) -> bool:
    return bool(re.search(r"VBUS|VBAT|VSYS|\dV\d|_BAT$", net)) and not re.search(r"TX_1|RX_1", net)


def group(reference: str) -> str:
    """The crystals share a box, every other part has its own."""
    return "X" if re.fullmatch(r"X\d+", reference) else reference


def _natural(text: str) -> list[tuple[int, str]]:
    return [
        (int(part or 0), "") if part.isdigit() else (0, part) for part in re.split(r"(\d+)", text)
    ]


def pins(wires: list[Wire]) -> dict[str, dict[str, tuple[str, bool]]]:
    """Box -> pin -> (net, whether a wire starts there)."""
    found: dict[str, dict[str, tuple[str, bool]]] = defaultdict(dict)
    for wire in wires:
        for pin, starts in ((wire.end, False), (wire.start, True)):
            reference, name = pin.split(".", 1)
            box = group(reference)
            shown = pin if box != reference else name
            right = starts and not wire.net.endswith("GND")
            found[box][shown] = (wire.net, right or found[box].get(shown, ("", False))[1])
    return found


def _title(box: str, parts: list[Part]) -> tuple[str, str]:
    wanted = "X1" if box == "X" else box
    part = next(part for part in parts if wanted in part.references)
    return ("X1-X9" if box == "X" else box), part.part


def _pin(page: Page, x: float, y: float, name: str, net: str, right: bool) -> None:
    edge, out, anchor = (x + BOX, 1, "end") if right else (x, -1, "start")
    page.text(edge - 5 * out, y + 4, name, 10.5, INK, anchor)
    page.line([(edge, y), (edge + 14 * out, y)])
    end = edge + 14 * out
    if net.endswith("GND"):
        for step, half in ((0, 6), (3, 4), (6, 2)):
            page.line([(end + step * out, y - half), (end + step * out, y + half)])
        return
    color = POWER if is_power(net) else SIGNAL
    page.text(end + 3 * out, y + 4, net, 10.5, color, "start" if right else "end")


def _box(
    page: Page, x: float, y: float, title: tuple[str, str], rows: list[tuple[str, str, bool]]
) -> float:
    """Draws a part at (x, y) and returns its height."""
    left = [row for row in rows if not row[2]]
    right = [row for row in rows if row[2]]
    height = 34 + ROW * max(len(left), len(right))
    page.rect(x, y, BOX, height)
    page.text(x + 6, y + 14, title[0], 12, INK, bold=True)
    name = title[1] if text_width(title[1], 9) < BOX - 10 else title[1][:32]
    page.text(x + 6, y + 26, name, 9, FAINT)
    for side in (left, right):
        for index, (pin, net, on_right) in enumerate(side):
            _pin(page, x, y + 40 + ROW * index, pin, net, on_right)
    return height


def _wrap(text: str) -> list[str]:
    lines = [""]
    for word in text.split():
        if len(lines[-1]) + len(word) > NOTE_CHARS:
            lines.append("   ")
        lines[-1] += word + " "
    return lines


def _notes(wires: list[Wire], boxes: set[str]) -> list[str]:
    told: dict[str, list[str]] = defaultdict(list)
    for wire in wires:
        ends = {group(pin.split(".")[0]) for pin in (wire.start, wire.end)}
        if wire.note and ends & boxes and wire.net not in told[wire.note]:
            told[wire.note].append(wire.net)
    return [line for note, nets in told.items() for line in _wrap(f"{label(nets)}: {note}")]


def _rows(found: dict[str, tuple[str, bool]]) -> list[tuple[str, str, bool]]:
    ordered = sorted(
        found.items(), key=lambda item: (item[1][0].endswith("GND"), _natural(item[0]))
    )
    return [(name, net, starts) for name, (net, starts) in ordered]


def sheet(title: str, parts: list[Part], wires: list[Wire]) -> str:
    """One sheet as SVG text."""
    columns, found = SHEETS[title], pins(wires)
    pitch = BOX + 2 * REACH
    notes = _notes(wires, {box for column in columns for box in column})
    half = (len(notes) + 1) // 2
    drawn = Page(MARGIN * 2 + pitch * len(columns), 0)
    bottom = 0.0
    for index, column in enumerate(columns):
        y = float(TOP)
        for box in column:
            x = MARGIN + pitch * index + REACH
            y += _box(drawn, x, y, _title(box, parts), _rows(found[box])) + GAP
        bottom = max(bottom, y)
    for index, note in enumerate(notes):
        start = MARGIN if index < half else MARGIN + drawn.width / 2
        drawn.text(start, bottom + 16 + NOTE_LINE * (index % half), note, 10, INK)
    drawn.height = bottom + 30 + NOTE_LINE * half
    number = list(SHEETS).index(title) + 1
    drawn.text(MARGIN, 30, f"Lucina probe: {title}", 17, INK, bold=True)
    drawn.text(MARGIN, 48, f"Sheet {number} of {len(SHEETS)}. Nets of one name are joined.", 11)
    drawn.text(
        drawn.width - MARGIN,
        30,
        "from hardware/wiring.csv: python -m hardware.draw",
        11,
        FAINT,
        "end",
    )
    return drawn.svg(f"Schematic, {title}")
