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
NOTE_LINE, NOTE_CHARS, PINS_IN_NOTE = 15, 98, 3

Stroke = list[tuple[float, float]]
SYMBOLS: dict[str, list[Stroke]] = {  # IEC 60617 outlines, 0-36 across, 0-16 down
    "R": [[(0, 8), (8, 8)], [(8, 3), (28, 3), (28, 13), (8, 13), (8, 3)], [(28, 8), (36, 8)]],
    "C": [[(0, 8), (16, 8)], [(16, 1), (16, 15)], [(20, 1), (20, 15)], [(20, 8), (36, 8)]],
    "D": [
        [(0, 8), (12, 8)],
        [(12, 2), (12, 14), (23, 8), (12, 2)],
        [(23, 2), (23, 14)],
        [(23, 8), (36, 8)],
    ],
    "X": [
        [(0, 8), (11, 8)],
        [(11, 2), (11, 14)],
        [(14, 2), (22, 2), (22, 14), (14, 14), (14, 2)],
        [(25, 2), (25, 14)],
        [(25, 8), (36, 8)],
    ],
    "S": [[(0, 12), (10, 12)], [(10, 12), (26, 4)], [(26, 12), (36, 12)]],
    "BT": [
        [(0, 8), (12, 8)],
        [(12, 1), (12, 15)],
        [(16, 5), (16, 11)],
        [(20, 1), (20, 15)],
        [(24, 5), (24, 11)],
        [(24, 8), (36, 8)],
    ],
    "Q": [
        [(4, 8), (14, 8)],
        [(14, 2), (14, 14)],
        [(18, 2), (18, 14)],
        [(18, 3), (30, 3), (30, 0)],
        [(18, 13), (30, 13), (30, 16)],
    ],
    "ANT": [[(18, 16), (18, 2)], [(8, 0), (18, 9), (28, 0)]],
    "LS": [[(8, 5), (14, 5), (14, 11), (8, 11), (8, 5)], [(14, 5), (24, 0), (24, 16), (14, 11)]],
}


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
    name = title[1] if text_width(title[1], 9) < BOX - 10 else title[1][:30]
    page.text(x + 6, y + 26, name, 9, FAINT)
    for stroke in SYMBOLS.get(re.sub(r"[\d-].*", "", title[0]), []):
        page.line([(x + BOX - 42 + across, y + 4 + down) for across, down in stroke])
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
    """Notes of signals under their nets; of supplies and ground under the pins that they feed."""
    told: dict[str, tuple[list[str], list[str]]] = defaultdict(lambda: ([], []))
    for wire in wires:
        supply = wire.net == "GND" or is_power(wire.net)
        near = {group(pin.split(".")[0]) for pin in (wire.end, wire.end if supply else wire.start)}
        if wire.note and near & boxes:
            nets, ends = told[wire.note]
            nets += [wire.net] if wire.net not in nets else []
            ends += [wire.end] if supply else []
    lines = []
    for note, (nets, ends) in told.items():
        name = ", ".join(ends) if 0 < len(ends) <= PINS_IN_NOTE else label(nets)
        lines += _wrap(f"{name}: {note}")
    return lines


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
