"""Where nine crystals hear a heart, and how loud: the geometry of a probe on a belly. Pure.

One beam in the middle and eight on a ring, each a bell around its axis that widens with depth. The
crystals' places are those of hardware/; the beams' width, spread and tilt are ASSUMED: figures made
with them compare one beam with nine, and are none of a real probe's reach.
"""

from dataclasses import dataclass, replace
from math import cos, exp, hypot, pi, radians, sin, tan

from models.doppler import Audio, Beats, Scene, sound

RING_MM = 19.0  # eight crystals around the middle one, as in hardware/acoustics.py
TILT_DEG = 0.0  # of an outer beam, outwards
WIDTH_MM = 6.0  # standard deviation of a beam at the skin: half a crystal
WIDENING = 0.03  # mm more for each mm of depth
BEAMS = 9
FAINTEST = 1e-3  # a gain below this is none


@dataclass(frozen=True)
class Place:
    """Of the heart below the middle of the probe, mm: to the right, towards the head, deep."""

    right_mm: float
    up_mm: float
    depth_mm: float = 80.0


def axes(depth_mm: float) -> list[tuple[float, float]]:
    """(right, up) in mm of each beam so deep; the middle one first."""
    radius_mm = RING_MM + depth_mm * tan(radians(TILT_DEG))
    angles = [2 * pi * n / (BEAMS - 1) for n in range(BEAMS - 1)]
    return [(0.0, 0.0), *((radius_mm * cos(angle), radius_mm * sin(angle)) for angle in angles)]


def gains(place: Place, beams: int = BEAMS) -> list[float]:
    """Amplitude of the heart in each of the first `beams`: 1 on its axis."""
    width_mm = WIDTH_MM + WIDENING * place.depth_mm
    bells = (
        exp(-0.5 * (hypot(place.right_mm - right_mm, place.up_mm - up_mm) / width_mm) ** 2)
        for right_mm, up_mm in axes(place.depth_mm)[:beams]
    )
    return [bell if bell >= FAINTEST else 0.0 for bell in bells]


def beam_sounds(
    beats: Beats, seconds: float, scene: Scene, seed: int, loud: list[float]
) -> list[Audio]:
    """What each receiver gives, `loud` as of gains(); noise and vessel are the same for all."""
    faded = [replace(scene, fades=((0.0, gain), (seconds, gain))) for gain in loud]
    return [sound(beats, seconds, one, seed + n) for n, one in enumerate(faded)]
