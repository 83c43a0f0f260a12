"""Blood pressure in pregnancy, with the rule of repeating. ALGORITHMS 7.2, from memory.

Hypertension needs two raised readings four hours apart. A severe reading is repeated within 15
minutes, and what stays severe is treated within 30 to 60.
"""

from dataclasses import dataclass
from itertools import combinations

from models.scores.table import CHECK as CHECK

SEVERE = (160, 110)  # mmHg, systolic or diastolic
RAISED = (140, 90)
HOME = (135, 85)  # screening level at home
APART_S = 4 * 3600.0
REPEAT_S = 15 * 60.0
WITH_RAISED = (  # red flags beside RAISED
    "headache",
    "visual disturbance",
    "epigastric pain",
    "dyspnoea",
    "oedema with weight gain",
)
NOW = "treat within 30 to 60 min"


@dataclass(frozen=True)
class Reading:
    at_s: float
    systolic: int
    diastolic: int

    def reaches(self, limit: tuple[int, int]) -> bool:
        return self.systolic >= limit[0] or self.diastolic >= limit[1]


@dataclass(frozen=True)
class Pressure:
    """level: none, normal, home, raised, hypertension, severe once, severe."""

    level: str
    do: str  # what comes next; empty when nothing
    due_s: float | None = None  # until when
    red_flags: tuple[str, ...] = ()
    check: str = CHECK


def pressure(
    readings: tuple[Reading, ...], symptoms: tuple[str, ...] = (), home: bool = False
) -> Pressure:
    """What readings in the order of time, and symptoms now, say about the last of them."""
    if not readings:
        return Pressure("none", "measure")
    level, do, due_s = _level(readings, home)
    flags = tuple(name for name in symptoms if name in WITH_RAISED)
    return Pressure(level, do, due_s, flags if readings[-1].reaches(RAISED) else ())


def _level(readings: tuple[Reading, ...], home: bool) -> tuple[str, str, float | None]:
    now = readings[-1]
    severe = [one for one in readings[:-1] if one.reaches(SEVERE)]
    if now.reaches(SEVERE):
        if any(now.at_s - one.at_s <= REPEAT_S for one in severe):
            return "severe", NOW, None
        return "severe once", "repeat within 15 min", now.at_s + REPEAT_S
    raised = [one for one in readings if one.reaches(RAISED)]
    if any(b.at_s - a.at_s >= APART_S for a, b in combinations(raised, 2)):
        return "hypertension", "see a doctor", None
    if now.reaches(RAISED):
        return "raised", "repeat after 4 h", raised[0].at_s + APART_S
    if home and now.reaches(HOME):
        return "home", "measure again at the clinic", None
    return "normal", "", None
