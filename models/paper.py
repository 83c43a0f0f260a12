"""The paper of a cardiotocogram in millimetres: where a second and a value lie on a sheet.

Pure geometry, with the conventions of the live strip (cloud/web/static/paper.js and strip.js, after
FIELD.md 8.2): a small square is 10 bpm and 20 s, every second line and every minute bold, the
normal band tinted, uterine activity 0-100 below. Millimetres count from the sheet's upper left
corner to the right and down.
"""

from dataclasses import dataclass
from math import ceil, floor

import numpy as np
from numpy.typing import NDArray

from models.completeness import runs

Values = NDArray[np.float64]
SPEEDS_CM_PER_MIN = (1, 2, 3)
AXES_BPM = {20: (50, 210), 30: (30, 240)}  # by bpm per cm: European and Chinese, American paper
NORMAL_BPM = (110, 160)  # FIGO 2015 and the Chinese consensus of 2022
SQUARE_BPM, BOLD_BPM = 10, 20
SQUARE_S, BOLD_S = 20, 60
TOCO = (0, 100)
SQUARE_TOCO, BOLD_TOCO = 10, 20
JUMP_BPM = 30.0  # between neighbouring samples: not one curve
GAP_S = 2.0  # shorter gaps stay plain paper

SHEET_MM = (297.0, 210.0)  # A4, landscape; a long strip is wider
MARGIN_MM = 8.0
AXIS_MM = 9.0  # room for the numbers of the axis
BESIDE_MM = 2 * (MARGIN_MM + AXIS_MM)  # of the sheet, without a strip
RATE_TOP_MM = 51.0  # above it: header, and the lane of accelerations
LANE_MM = 17.0  # between the rate and the uterine activity: the lane of decelerations
TOCO_MM = 40.0  # 25 units a cm
MINUTES_MM = 14.0  # between two times of the axis, at least
NUMBERS_MM = 150.0  # between two columns of axis numbers on a long strip, at least


@dataclass(frozen=True)
class Paper:
    """One sheet with the recorded seconds `from_s` to `to_s`."""

    speed_cm_per_min: int
    scale_bpm_per_cm: int
    from_s: float
    to_s: float

    @property
    def axis_bpm(self) -> tuple[int, int]:
        return AXES_BPM[self.scale_bpm_per_cm]

    @property
    def mm_per_s(self) -> float:
        return self.speed_cm_per_min * 10 / 60

    @property
    def left_mm(self) -> float:
        return MARGIN_MM + AXIS_MM

    @property
    def right_mm(self) -> float:
        return self.left_mm + (self.to_s - self.from_s) * self.mm_per_s

    @property
    def width_mm(self) -> float:
        """Of the sheet: A4, or as long as the strip needs."""
        return max(SHEET_MM[0], self.right_mm + AXIS_MM + MARGIN_MM)

    @property
    def rate_bottom_mm(self) -> float:
        low, high = self.axis_bpm
        return RATE_TOP_MM + (high - low) * 10 / self.scale_bpm_per_cm

    @property
    def toco_top_mm(self) -> float:
        return self.rate_bottom_mm + LANE_MM

    @property
    def toco_bottom_mm(self) -> float:
        return self.toco_top_mm + TOCO_MM

    def x_mm(self, second: Values | float) -> Values:
        return self.left_mm + (np.asarray(second, float) - self.from_s) * self.mm_per_s

    def rate_mm(self, bpm: Values | float) -> Values:
        """Down the sheet; beyond the axis it lies outside of the plot."""
        below_top_bpm = self.axis_bpm[1] - np.asarray(bpm, float)
        return RATE_TOP_MM + below_top_bpm * 10 / self.scale_bpm_per_cm

    def toco_mm(self, units: Values | float) -> Values:
        share = (np.asarray(units, float) - TOCO[0]) / (TOCO[1] - TOCO[0])
        return self.toco_bottom_mm - share * TOCO_MM

    def second_lines(self) -> list[tuple[int, bool]]:
        """(recorded second, is bold) of each upright line."""
        first, last = ceil(self.from_s / SQUARE_S), floor(self.to_s / SQUARE_S)
        return [(n * SQUARE_S, n * SQUARE_S % BOLD_S == 0) for n in range(first, last + 1)]

    def rate_lines(self) -> list[tuple[int, bool]]:
        """(bpm, is bold) of each level line."""
        low, high = self.axis_bpm
        return [(bpm, bpm % BOLD_BPM == 0) for bpm in range(low, high + 1, SQUARE_BPM)]

    def toco_lines(self) -> list[tuple[int, bool]]:
        """(units, is bold) of each level line."""
        return [(n, n % BOLD_TOCO == 0) for n in range(TOCO[0], TOCO[1] + 1, SQUARE_TOCO)]

    def labelled_minutes(self) -> list[int]:
        """Minutes since the start of the recording whose time is written, MINUTES_MM apart."""
        mm = self.speed_cm_per_min * 10
        every = next(n for n in (1, 2, 5, 10, 20) if n * mm >= MINUTES_MM)
        first, last = ceil(self.from_s / 60 / every), floor(self.to_s / 60 / every)
        return [n * every for n in range(first, last + 1)]

    def numbers_mm(self) -> list[float]:
        """Where the numbers of the axes stand again inside a long strip: on whole minutes."""
        every_min = ceil(NUMBERS_MM / (self.speed_cm_per_min * 10))
        seconds = range(0, floor(self.to_s) + 1, every_min * 60)
        places = [float(self.x_mm(second)) for second in seconds]
        low, high = self.left_mm + NUMBERS_MM, self.right_mm - NUMBERS_MM
        return [mm for mm in places if low <= mm <= high]


def page_seconds(speed_cm_per_min: int) -> float:
    """How much fits on a page of A4: whole minutes."""
    room_mm = SHEET_MM[0] - BESIDE_MM
    return 60.0 * floor(room_mm / (speed_cm_per_min * 10))


def pages(from_s: float, to_s: float, page_s: float) -> list[tuple[float, float]]:
    """(from, to) of each page: side by side, without overlap; at least one."""
    count = max(1, ceil((to_s - from_s) / page_s))
    return [(from_s + n * page_s, min(from_s + (n + 1) * page_s, to_s)) for n in range(count)]


def curves(values: Values, low: float, high: float, jump: float = JUMP_BPM) -> list[list[int]]:
    """(first, stop) of the samples that one line joins: within the axis, no gap, no jump."""
    with np.errstate(invalid="ignore"):
        inside = (values >= low) & (values <= high)
        broken = np.flatnonzero(np.abs(np.diff(values)) > jump) + 1
    found: list[list[int]] = []
    for first, stop in runs(inside).tolist():
        cuts = broken[(broken > first) & (broken < stop)].tolist()
        found += [list(pair) for pair in zip([first, *cuts], [*cuts, stop], strict=True)]
    return found
