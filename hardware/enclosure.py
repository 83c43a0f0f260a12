"""The two pucks as parameters in mm, and what must hold between them. hardware/cad.py builds them.

Both are a cup (towards the skin) and a lid whose skirt hangs over the joint as a drip edge. Nothing
here needs the CAD package; enclosure.json keeps the volumes that it computed.
"""

import math
from dataclasses import dataclass

from hardware.acoustics import CRYSTAL_DIAMETER_MM, CRYSTALS, RING_RADIUS_MM

DENSITY_G_CM3 = 1.05  # ABS, medical grade, natural
FACE_MM, CRYSTAL_MM, WIRES_MM, BOARD_MM, COMPONENTS_MM = 0.9, 2.0, 1.6, 1.2, 3.5
CELL_MM = (10.3, 30.0, 40.0)
BOARD_DIAMETER_MM = 62.0
RECEPTACLE_MM = 3.2  # height of J1 on the board
SLACK_MM = 0.6
CORD_MM = 1.5  # gasket cord
PLAY_MM = 0.3  # between cup and skirt
POCKET_PLAY_MM = 0.4
FILLET_MM = 1.5  # no edge towards the skin


@dataclass(frozen=True)
class Puck:
    """Outer sizes in mm. `openings` are (diameter, count) through the floor."""

    name: str
    diameter: float
    wall: float
    floor: float
    cup_height: float
    lid: float
    rim_width: float
    rim_height: float
    groove_width: float
    groove_depth: float
    skirt_wall: float
    skirt_overlap: float
    screws: int
    cable_holes: int
    cable_diameter: float
    port: tuple[float, float]  # width, height; 0, 0 where there is none
    port_below_skirt: float
    openings: tuple[float, int]
    stud: tuple[float, float, float, float]  # post diameter, post height, head diameter and height


MAIN = Puck(
    name="main",
    diameter=74.0,
    wall=1.8,
    floor=1.5,
    cup_height=21.0,
    lid=2.0,
    rim_width=4.8,
    rim_height=3.0,
    groove_width=1.9,
    groove_depth=1.1,
    skirt_wall=1.5,
    skirt_overlap=4.0,
    screws=4,
    cable_holes=2,
    cable_diameter=3.8,
    port=(9.4, 3.6),
    port_below_skirt=7.8,
    openings=(CRYSTAL_DIAMETER_MM + POCKET_PLAY_MM, CRYSTALS),
    stud=(10.0, 4.0, 18.0, 2.0),
)
TOCO = Puck(
    name="toco",
    diameter=58.0,
    wall=1.6,
    floor=1.6,
    cup_height=13.0,
    lid=1.8,
    rim_width=4.6,
    rim_height=2.6,
    groove_width=1.9,
    groove_depth=1.1,
    skirt_wall=1.4,
    skirt_overlap=3.5,
    screws=3,
    cable_holes=1,
    cable_diameter=3.8,
    port=(0.0, 0.0),
    port_below_skirt=0.0,
    openings=(22.0, 1),
    stud=(10.0, 4.0, 18.0, 2.0),
)
PUCKS = (MAIN, TOCO)


def stack_mm() -> float:
    """Face, crystals, wires, board, parts, cell: from the skin to the lid of the main puck."""
    return board_top_mm() + COMPONENTS_MM + CELL_MM[0] + SLACK_MM


def board_top_mm() -> float:
    return FACE_MM + CRYSTAL_MM + WIRES_MM + BOARD_MM


def port_centre_mm(puck: Puck) -> float:
    return puck.cup_height - puck.skirt_overlap - puck.port_below_skirt - puck.port[1] / 2


def lid_diameter(puck: Puck) -> float:
    return puck.diameter + 2 * (PLAY_MM + puck.skirt_wall)


def squeeze(puck: Puck) -> float:
    """Share of the cord's height that the closed lid takes away."""
    return 1 - puck.groove_depth / CORD_MM


def groove_fill(puck: Puck) -> float:
    """Share of the groove's section that the cord fills; rubber cannot be compressed."""
    return math.pi * CORD_MM**2 / 4 / (puck.groove_width * puck.groove_depth)


def faults(puck: Puck) -> list[str]:
    """What would leak, not fit or hurt; empty for a puck that can be built."""
    inside = puck.diameter - 2 * puck.rim_width
    checks = {
        "skirt covers the joint and the groove": puck.skirt_overlap >= puck.groove_depth + 1.5,
        "gasket is squeezed by 20-35 %": 0.20 <= squeeze(puck) <= 0.35,
        "cord fits in its groove": 0.70 <= groove_fill(puck) <= 0.95,
        "groove stays inside the rim": puck.rim_width >= puck.groove_width + 2 * 1.2,
        "port lies under the drip edge": not puck.port[0] or puck.port_below_skirt >= 2.0,
    }
    if puck.name == MAIN.name:
        ring = 2 * RING_RADIUS_MM * math.sin(math.pi / (CRYSTALS - 1))
        bottom = port_centre_mm(puck) - puck.port[1] / 2
        receptacle = board_top_mm() + RECEPTACLE_MM / 2
        checks |= {
            "board fits inside the rim": inside >= BOARD_DIAMETER_MM + 1.0,
            "cell fits on the board": math.hypot(*CELL_MM[1:]) <= BOARD_DIAMETER_MM,
            "everything fits in height": stack_mm() <= puck.cup_height,
            "crystals stand apart": ring >= puck.openings[0] + 1.2,
            "crystals fit on the floor": 2 * RING_RADIUS_MM + puck.openings[0] <= inside,
            "port meets its receptacle": abs(port_centre_mm(puck) - receptacle) <= 0.2,
            "port stays above the floor": bottom >= puck.floor + 2.0,
        }
    return [words for words, holds in checks.items() if not holds]


def estimate_mm3(puck: Puck) -> float:
    """Volume by hand: tubes and discs, without screw holes and cable holes."""

    def tube(outer: float, inner: float, height: float) -> float:
        return math.pi / 4 * (outer**2 - inner**2) * height

    inner, rim = puck.diameter - 2 * puck.wall, puck.diameter - 2 * puck.rim_width
    middle = puck.diameter - puck.rim_width
    cup = tube(puck.diameter, inner, puck.cup_height) + tube(inner, 0, puck.floor)
    cup += tube(inner, rim, puck.rim_height) - puck.openings[1] * tube(
        puck.openings[0], 0, puck.floor
    )
    groove = middle + puck.groove_width, middle - puck.groove_width
    cup -= tube(*groove, puck.groove_depth)
    if puck is MAIN:
        cup -= tube(face_diameter(), 0, FACE_MM) - CRYSTALS * tube(puck.openings[0], 0, FACE_MM)
    cover = tube(lid_diameter(puck), 0, puck.lid)
    cover += tube(lid_diameter(puck), puck.diameter + 2 * PLAY_MM, puck.skirt_overlap)
    post, post_height, head, head_height = puck.stud
    return cup + cover + tube(post, 0, post_height) + tube(head, 0, head_height)


def face_diameter() -> float:
    """Recess of the coupling face: one millimetre outside the ring of crystals."""
    return 2 * RING_RADIUS_MM + MAIN.openings[0] + 2.0
