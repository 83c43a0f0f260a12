"""The block diagram: where blocks stand is chosen here, which are joined comes from wiring.csv."""

from dataclasses import dataclass

from hardware.parts import Wire, label
from hardware.schematic import group, is_power
from hardware.svg import FAINT, INK, POWER, SIGNAL, Page

Point = tuple[float, float]
WIDTH, HEIGHT = 1410, 900


@dataclass(frozen=True)
class Block:
    title: str
    words: tuple[str, ...]
    parts: frozenset[str]
    x: float
    y: float
    w: float
    h: float
    power: bool


def _block(
    title: str,
    words: str,
    parts: str,
    x: float,
    y: float,
    w: float = 150,
    h: float = 74,
    power: bool = False,
) -> Block:
    """`words` are lines divided by |, `parts` references divided by spaces."""
    return Block(title, tuple(words.split("|")), frozenset(parts.split()), x, y, w, h, power)


BLOCKS = {
    block.title: block
    for block in (
        _block(
            "Crystals",
            "nine PZT discs 12 mm|1 MHz, X1-X9|J4: second transducer",
            "X J4",
            24,
            90,
            146,
            220,
        ),
        _block(
            "Transmitter",
            "buffers U10 behind R1|burst limit U16, U23",
            "U10 R1 C72 U16 U23",
            440,
            90,
            190,
        ),
        _block(
            "Beam switches",
            "U11 left, U12 right|one of nine (ten) each",
            "U11 U12 D3 D4",
            240,
            236,
            140,
        ),
        _block("Receiver", "U13 1 MHz, U15 mixer,|U14 100-700 Hz", "U13 U14 U15", 440, 236, 136),
        _block("Ultrasound ADC", "U3, 2 channels|8 kHz, 16 bit", "U3", 640, 236, 130),
        _block("Toco puck", "strain gauge SG1|bridge ADC U4, cable W1", "SG1 U4 J2", 440, 374, 190),
        _block("Finger clip", "pulse, SpO2: U5|cable W2", "U5 U22 J3", 440, 474, 190),
        _block("Skin and motion", "temperature U8|accelerometer U7", "U7 U8", 440, 574, 190),
        _block(
            "Controller U1",
            "ESP32-S3, MicroPython|Wi-Fi and BLE inside||cuff, glucose: BLE|home gateway: Wi-Fi",
            "U1",
            930,
            90,
            150,
            560,
        ),
        _block(
            "Modem", "LTE Cat 1 bis U2, U19|SIM J5, antenna ANT1", "U2 U19 Q2 J5 ANT1 C71", 1220, 90
        ),
        _block("Spool flash", "16 MB, U9|24 h without a network", "U9", 1220, 236),
        _block(
            "Mother",
            "mark S1, zero S2|buzzer LS1|red D1, green D2",
            "S1 S2 Q3 LS1 D1 D2",
            1220,
            374,
        ),
        _block("USB-C", "flash, console, charge|J1, D5", "J1 D5", 1220, 514),
        _block("Modem switch", "U18", "U18", 1220, 656, power=True),
        _block("Charger", "U20, power path", "U20", 1220, 776, power=True),
        _block("Cell and gauge", "BT1 1200 mAh, J6|gauge U6", "BT1 J6 U6", 930, 776, power=True),
        _block("3.3 V", "U21, buck-boost", "U21", 690, 776, power=True),
        _block(
            "Front-end switch",
            "U17; off while USB|is plugged in: Q1",
            "U17 Q1",
            240,
            776,
            power=True,
        ),
    )
}
C, US = "Controller U1", "Ultrasound ADC"
ROUTES: dict[tuple[str, str], tuple[list[Point], Point]] = {  # way, middle of the words
    ("Transmitter", "Crystals"): ([(440, 127), (170, 127)], (305, 119)),
    ("Transmitter", "Beam switches"): (
        [(490, 164), (490, 200), (310, 200), (310, 236)],
        (400, 192),
    ),
    ("Crystals", "Beam switches"): ([(170, 273), (240, 273)], (205, 265)),
    (C, "Transmitter"): ([(930, 127), (630, 127)], (780, 119)),
    (C, "Receiver"): ([(930, 200), (560, 200), (560, 236)], (780, 192)),
    (C, "Beam switches"): ([(930, 344), (310, 344), (310, 310)], (560, 336)),
    ("Beam switches", "Receiver"): ([(380, 273), (440, 273)], (410, 265)),
    ("Receiver", US): ([(576, 273), (640, 273)], (608, 265)),
    (US, C): ([(770, 258), (930, 258)], (850, 250)),
    (C, US): ([(930, 290), (770, 290)], (850, 282)),
    (C, "Toco puck"): ([(930, 411), (630, 411)], (780, 403)),
    (C, "Finger clip"): ([(930, 511), (630, 511)], (780, 503)),
    (C, "Skin and motion"): ([(930, 596), (630, 596)], (780, 588)),
    ("Skin and motion", C): ([(630, 628), (930, 628)], (780, 620)),
    (C, "Cell and gauge"): ([(960, 650), (960, 776)], (960, 690)),
    (C, "Front-end switch"): ([(1005, 650), (1005, 750), (315, 750), (315, 776)], (560, 742)),
    (C, "Modem switch"): ([(1050, 650), (1050, 693), (1220, 693)], (1150, 685)),
    (C, "Modem"): ([(1080, 112), (1220, 112)], (1150, 104)),
    ("Modem", C): ([(1220, 146), (1080, 146)], (1150, 138)),
    (C, "Spool flash"): ([(1080, 258), (1220, 258)], (1150, 250)),
    ("Spool flash", C): ([(1220, 292), (1080, 292)], (1150, 284)),
    (C, "Mother"): ([(1080, 396), (1220, 396)], (1150, 388)),
    ("Mother", C): ([(1220, 430), (1080, 430)], (1150, 422)),
    ("USB-C", C): ([(1220, 551), (1080, 551)], (1150, 543)),
    ("USB-C", "Charger"): ([(1370, 540), (1384, 540), (1384, 800), (1370, 800)], (1384, 622)),
    ("USB-C", "Front-end switch"): (
        [(1370, 530), (1398, 530), (1398, 886), (300, 886), (300, 850)],
        (700, 882),
    ),
    ("Cell and gauge", "Charger"): ([(1080, 813), (1220, 813)], (1150, 805)),
    ("Charger", "3.3 V"): ([(1290, 850), (1290, 868), (765, 868), (765, 850)], (1010, 864)),
    ("Charger", "Modem switch"): ([(1295, 776), (1295, 730)], (1295, 757)),
    ("3.3 V", "Front-end switch"): ([(690, 813), (390, 813)], (540, 805)),
}


def _home(pin: str) -> str:
    reference = group(pin.split(".")[0])
    return next(block.title for block in BLOCKS.values() if reference in block.parts)


def joined(wires: list[Wire]) -> dict[tuple[str, str], list[str]]:
    """(from, to) -> nets, without ground; power only between the blocks that make it."""
    found: dict[tuple[str, str], list[str]] = {}
    for wire in wires:
        ends = (_home(wire.start), _home(wire.end))
        supply = is_power(wire.net) and not (
            BLOCKS[ends[1]].power and (BLOCKS[ends[0]].power or wire.net == "VBUS")
        )
        if ends[0] == ends[1] or wire.net.endswith("GND") or supply:
            continue
        nets = found.setdefault(ends, [])
        if wire.net not in nets:
            nets.append(wire.net)
    return found


def _draw(page: Page, block: Block, feeds: list[str]) -> None:
    page.rect(block.x, block.y, block.w, block.h, "#fbf1ee" if block.power else "#f3f6fa")
    middle = block.x + block.w / 2
    page.text(middle, block.y + 19, block.title, 13, INK, "middle", bold=True)
    for index, words in enumerate(block.words):
        page.text(middle, block.y + 36 + 14 * index, words, 10.5, INK, "middle")
    if feeds and block.power:
        y = block.y + block.h - 6
        page.text(middle, y, f"makes {', '.join(feeds)}", 10, POWER, "middle")


def _rails(page: Page, wires: list[Wire]) -> None:
    """Who lives on which supply: lines that the diagram leaves out."""
    loads: dict[str, list[str]] = {}
    for wire in wires:
        reference = wire.end.split(".")[0]
        if is_power(wire.net) and reference not in loads.setdefault(wire.net, []):
            loads[wire.net].append(reference)
    page.text(24, 390, "Supplies and their loads", 12, POWER, bold=True)
    page.text(24, 406, "(ground is not drawn)", 10.5, FAINT)
    for index, (net, names) in enumerate(loads.items()):
        page.text(24, 428 + 24 * index, net, 10.5, POWER, bold=True)
        for line in range(0, len(names), 13):
            words = " ".join(names[line : line + 13])
            page.text(118, 428 + 24 * index + 13 * (line // 13), words, 10)


def block_diagram(wires: list[Wire]) -> str:
    """SVG text; an edge of wiring.csv without a route, or the other way round, is an error."""
    edges = joined(wires)
    if edges.keys() != ROUTES.keys():
        raise ValueError(f"blocks and wiring.csv differ: {sorted(edges.keys() ^ ROUTES.keys())}")
    page = Page(WIDTH, HEIGHT)
    page.text(24, 34, "Lucina probe: block diagram", 18, INK, bold=True)
    page.text(24, 54, "Arrows carry the net names of hardware/wiring.csv.", 11)
    page.text(WIDTH - 24, 34, "python -m hardware.draw", 11, FAINT, "end")
    for block in BLOCKS.values():
        starts = {w.net for w in wires if w.start.split(".")[0] in block.parts and is_power(w.net)}
        _draw(page, block, sorted(starts))
    _rails(page, wires)
    for ends, (way, _) in ROUTES.items():
        page.arrow(way, POWER if is_power(edges[ends][0]) else SIGNAL)
    for ends, (_, (x, y)) in ROUTES.items():
        color = POWER if is_power(edges[ends][0]) else SIGNAL
        page.text(x, y, label(edges[ends]), 10, color, "middle", halo=True)
    return page.svg("Block diagram of the Lucina probe")
