"""Half section of the main puck, to scale, from its parameters: what is where, what stops water."""

from hardware.acoustics import CRYSTAL_DIAMETER_MM, RING_RADIUS_MM
from hardware.enclosure import (
    BOARD_DIAMETER_MM,
    BOARD_MM,
    CELL_MM,
    COMPONENTS_MM,
    CORD_MM,
    CRYSTAL_MM,
    FACE_MM,
    MAIN,
    PLAY_MM,
    board_top_mm,
    face_diameter,
    lid_diameter,
    port_centre_mm,
    stack_mm,
)
from hardware.svg import FAINT, INK, Page

SCALE, LEFT, BASE = 17.0, 60.0, 560.0  # px a mm; axis of the puck; height of the skin
PLASTIC, FACE, CRYSTAL = "#cfd6df", "#f2d9a0", "#9db8e0"
BOARD, PARTS, CELL, CORD = "#a9d3a6", "#e4efe2", "#e9c6d6", "#e08a4f"
LABEL_X = LEFT + 42 * SCALE + 40


def _x(mm: float) -> float:
    return LEFT + SCALE * mm


def _y(mm: float) -> float:
    return BASE - SCALE * mm


def _slab(page: Page, x0: float, x1: float, z0: float, z1: float, fill: str) -> None:
    page.rect(_x(x0), _y(z1), SCALE * (x1 - x0), SCALE * (z1 - z0), fill)


def _plastic(page: Page) -> None:
    cup, radius = MAIN, MAIN.diameter / 2
    inner, rim, top = radius - cup.wall, radius - cup.rim_width, cup.cup_height
    _slab(page, 0, radius, 0, cup.floor, PLASTIC)
    _slab(page, inner, radius, 0, top, PLASTIC)
    _slab(page, rim, radius, top - cup.rim_height, top, PLASTIC)
    middle = radius - cup.rim_width / 2
    half = cup.groove_width / 2
    _slab(page, middle - half, middle + half, top - cup.groove_depth, top, CORD)
    edge = lid_diameter(cup) / 2
    _slab(page, 0, edge, top, top + cup.lid, PLASTIC)
    _slab(page, radius + PLAY_MM, edge, top - cup.skirt_overlap, top, PLASTIC)
    post, post_height, head, head_height = cup.stud
    level = top + cup.lid
    _slab(page, 0, post / 2, level, level + post_height, PLASTIC)
    _slab(page, 0, head / 2, level + post_height, level + post_height + head_height, PLASTIC)
    low = port_centre_mm(cup) - cup.port[1] / 2
    _slab(page, inner, radius, low, low + cup.port[1], "#ffffff")


def _inside(page: Page) -> None:
    pocket = CRYSTAL_DIAMETER_MM / 2
    _slab(page, 0, face_diameter() / 2, 0, FACE_MM, FACE)
    back = FACE_MM + CRYSTAL_MM
    _slab(page, 0, pocket, FACE_MM, back, CRYSTAL)
    _slab(page, RING_RADIUS_MM - pocket, RING_RADIUS_MM + pocket, FACE_MM, back, CRYSTAL)
    level = board_top_mm()
    _slab(page, 0, BOARD_DIAMETER_MM / 2, level - BOARD_MM, level, BOARD)
    _slab(page, 0, BOARD_DIAMETER_MM / 2 - 1, level, level + COMPONENTS_MM, PARTS)
    level += COMPONENTS_MM
    _slab(page, 0, CELL_MM[2] / 2, level, level + CELL_MM[0], CELL)


def _labels(page: Page) -> None:
    cup, radius = MAIN, MAIN.diameter / 2
    top, overlap = cup.cup_height, cup.skirt_overlap
    board = board_top_mm()
    groove = f"{cup.groove_width:g} x {cup.groove_depth:g}"
    cell = " x ".join(f"{size:g}" for size in CELL_MM)
    crystals = f"crystals {CRYSTAL_DIAMETER_MM:g} x {CRYSTAL_MM:g}, ring {RING_RADIUS_MM:g}"
    told = [
        (4.0, top + cup.lid + 2.0, "belt stud"),
        (
            30.0,
            top + cup.lid / 2,
            f"lid {cup.lid:g}, {cup.screws} screws with O-rings under their heads",
        ),
        (radius - cup.rim_width / 2, top - 0.6, f"silicone cord {CORD_MM:g}, groove {groove}"),
        (
            lid_diameter(cup) / 2 - 0.7,
            top - overlap + 0.7,
            f"drip edge, {overlap:g} below the joint",
        ),
        (CELL_MM[2] / 2 - 2, 14.0, f"cell {cell}"),
        (
            radius - 0.9,
            port_centre_mm(cup),
            f"USB-C with plug, {cup.port_below_skirt:g} under the drip edge",
        ),
        (28.0, board + 1.5, f"parts, {COMPONENTS_MM:g}"),
        (29.0, board - BOARD_MM / 2, f"board {BOARD_DIAMETER_MM:g}, {BOARD_MM:g} thick"),
        (RING_RADIUS_MM + 3, FACE_MM + 1.0, crystals),
        (
            face_diameter() / 2 - 1,
            FACE_MM / 2,
            f"coupling face {FACE_MM:g}, flush with the skin side",
        ),
    ]
    for index, (x, z, words) in enumerate(told):
        y = 96 + 48 * index
        page.line([(_x(x), _y(z)), (LABEL_X - 26, y - 4), (LABEL_X - 6, y - 4)], FAINT, 1)
        page.text(LABEL_X, y, words, 12)


def section() -> str:
    """SVG text."""
    page = Page(LABEL_X + 350, BASE + 64)
    page.text(24, 34, "Main puck: half section, mm", 17, INK, bold=True)
    page.text(24, 52, "from hardware/enclosure.py: python -m hardware.draw", 11, FAINT)
    _plastic(page)
    _inside(page)
    page.line([(LEFT, 70), (LEFT, BASE + 14)], FAINT, 1)
    _labels(page)
    height = MAIN.cup_height + MAIN.lid
    words = (
        f"Outside {lid_diameter(MAIN):g} x {height:g} without the stud; "
        f"inside {stack_mm():g} of {MAIN.cup_height:g} used. Water falls from above (IPX1)."
    )
    page.text(24, BASE + 44, words, 12)
    return page.svg("Half section of the main puck")
