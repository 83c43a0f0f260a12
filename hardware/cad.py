"""Builds the pucks as solids: STEP and STL for makers, volumes and masses, an isometric picture.

pip install -e ".[hardware]"        (build123d and OpenCASCADE, about 1 GB)
python -m hardware.cad              writes hardware/build/, enclosure.json, drawings/enclosure.svg
"""

import json
from dataclasses import asdict
from typing import Any

from build123d import (
    Align,
    Axis,
    Box,
    Color,
    Compound,
    Cylinder,
    ExportSVG,
    Location,
    Part,
    PolarLocations,
    Pos,
    Rot,
    Vector,
    export_step,
    export_stl,
    fillet,
)

from hardware.acoustics import CRYSTALS, RING_RADIUS_MM
from hardware.enclosure import (
    DENSITY_G_CM3,
    FACE_MM,
    FILLET_MM,
    MAIN,
    PLAY_MM,
    PUCKS,
    Puck,
    face_diameter,
    lid_diameter,
    port_centre_mm,
)
from hardware.parts import FOLDER

BUILD, PICTURE = FOLDER / "build", FOLDER / "drawings" / "enclosure.svg"
CAMERA, STATION_MM, PICTURE_WIDTH_MM = (-1600.0, -2200.0, 2000.0), 88.0, 250.0
SCREW_HOLE_MM, SCREW_CLEARANCE_MM = 1.7, 2.3
LIGHT_HOLE_MM, BUTTON_HOLE_MM = 2.5, 10.0
INK = Color(0.11, 0.14, 0.19)
UP = (Align.CENTER, Align.CENTER, Align.MIN)


def rod(diameter: float, height: float) -> Part:
    return Cylinder(diameter / 2, height, align=UP)


def tube(outer: float, inner: float, height: float) -> Part:
    return rod(outer, height) - rod(inner, height)


def screw_places(puck: Puck) -> PolarLocations:
    radius = (puck.diameter - 2 * puck.wall) / 2 - puck.rim_width + puck.wall - 1.4
    return PolarLocations(radius, puck.screws, start_angle=45)


def cup(puck: Puck) -> Part:
    """Open towards +z; the skin is at z = 0."""
    inner, top = puck.diameter - 2 * puck.wall, puck.cup_height
    body = rod(puck.diameter, top)
    body = fillet(body.edges().sort_by(Axis.Z)[0], FILLET_MM)
    body -= Pos(0, 0, puck.floor) * rod(inner, top)
    rim = tube(inner + 0.2, puck.diameter - 2 * puck.rim_width, puck.rim_height)
    body += Pos(0, 0, top - puck.rim_height) * rim
    bosses = screw_places(puck) * rod(SCREW_HOLE_MM + 2.6, top - puck.floor)
    body += [Pos(0, 0, puck.floor) * boss for boss in bosses]
    body -= [
        Pos(0, 0, puck.floor + 4) * hole for hole in screw_places(puck) * rod(SCREW_HOLE_MM, top)
    ]
    middle = puck.diameter - puck.rim_width
    groove = tube(middle + puck.groove_width, middle - puck.groove_width, puck.groove_depth)
    body -= Pos(0, 0, top - puck.groove_depth) * groove
    return body - floor_openings(puck) - side_openings(puck)


def floor_openings(puck: Puck) -> list[Part]:
    hole = rod(puck.openings[0], puck.floor)
    if puck is not MAIN:
        return [hole]
    ring = list(PolarLocations(RING_RADIUS_MM, CRYSTALS - 1) * hole)
    return [rod(face_diameter(), FACE_MM), hole, *ring]


def side_openings(puck: Puck) -> list[Part]:
    """Cable glands on one side, the USB port on the other, all below the drip edge."""
    level = puck.cup_height - puck.skirt_overlap - puck.cable_diameter
    gland = Rot(90, 0, 0) * rod(puck.cable_diameter, puck.diameter)
    found = [Pos(12 * index, 0, level) * gland for index in range(puck.cable_holes)]
    width, height = puck.port
    if width:
        found.append(
            Pos(0, puck.diameter / 2, port_centre_mm(puck)) * Box(width, 6 * puck.wall, height)
        )
    return found


def lid(puck: Puck) -> Part:
    """Stands on the cup: z = 0 is the joint, the skirt hangs below."""
    outer = lid_diameter(puck)
    body = rod(outer, puck.lid)
    body = fillet(body.edges().sort_by(Axis.Z)[-1], puck.lid * 0.6)
    skirt = tube(outer, puck.diameter + 2 * PLAY_MM, puck.skirt_overlap)
    body += Pos(0, 0, -puck.skirt_overlap) * skirt
    post, post_height, head, head_height = puck.stud
    body += Pos(0, 0, puck.lid) * rod(post, post_height)
    body += Pos(0, 0, puck.lid + post_height) * rod(head, head_height)
    body -= screw_places(puck) * rod(SCREW_CLEARANCE_MM, puck.lid)
    if puck is MAIN:
        body -= Pos(0, -puck.diameter / 3.2, 0) * rod(BUTTON_HOLE_MM, puck.lid)
        body -= [Pos(x, puck.diameter / 3, 0) * rod(LIGHT_HOLE_MM, puck.lid) for x in (-4, 4)]
    return body


def measured(puck: Puck, solids: list[Part]) -> dict[str, Any]:
    """What enclosure.json keeps of a puck."""
    volume_mm3 = sum(solid.volume for solid in solids)
    return {
        "parameters": asdict(puck),
        "volume_mm3": round(volume_mm3, 1),
        "mass_g": round(volume_mm3 / 1000 * DENSITY_G_CM3, 2),
    }


def picture(placed: list[Part]) -> None:
    """Outline from above and beside, hidden lines left out."""
    visible, _ = Compound(children=placed).project_to_viewport(CAMERA, (0, 0, 1))
    width = Compound(children=visible).bounding_box().size.X
    export = ExportSVG(scale=PICTURE_WIDTH_MM / width, margin=4)
    export.add_layer("lines", line_color=INK, line_weight=0.35)
    export.add_shape(visible, layer="lines")
    export.write(str(PICTURE))


def main() -> None:
    BUILD.mkdir(exist_ok=True)
    pucks, scene = {}, []
    right = Vector(-CAMERA[1], CAMERA[0], 0).normalized()
    for puck in PUCKS:
        solids = [cup(puck), lid(puck)]
        for name, solid in zip(("cup", "lid"), solids, strict=True):
            export_step(solid, str(BUILD / f"{puck.name}-{name}.step"))
            export_stl(solid, str(BUILD / f"{puck.name}-{name}.stl"))
        pucks[puck.name] = measured(puck, solids)
        place = Location(right * STATION_MM * (2 * len(pucks) - 2))
        aside = Location(right * STATION_MM * (2 * len(pucks) - 1)) * Pos(0, 0, puck.cup_height)
        scene += [
            place * solids[0],
            place * Pos(0, 0, 46) * solids[1],
            aside * Rot(180, 0, 0) * solids[0],
        ]
    found = {"density_g_cm3": DENSITY_G_CM3, "pucks": pucks}
    (FOLDER / "enclosure.json").write_text(json.dumps(found, indent=1) + "\n")
    picture(scene)


if __name__ == "__main__":
    main()
