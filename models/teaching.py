"""Teaching cases: which patterns a strip shows, how well a learner's reading agrees with the
expert's, and what in a text would name a person. Pure.

The score is ours, for learning only: 60 points for the class, 30 for the neighbouring one (normal,
suspicious, pathological, in this order), and 40 for the patterns: shared ones by all that either
named (Jaccard 1912). Nothing named by both is agreement.
"""

import re
from collections.abc import Collection, Iterable, Mapping
from typing import Any

from models.readings import Class

PATTERNS: Mapping[str, str] = {  # id: gettext message id
    "tachycardia": "tachycardia",
    "bradycardia": "bradycardia",
    "reduced_variability": "reduced variability",
    "marked_variability": "marked variability",
    "sinusoidal": "sinusoidal pattern",
    "no_accelerations": "no accelerations",
    "early": "early decelerations",
    "late": "late decelerations",
    "variable": "variable decelerations",
    "prolonged": "prolonged deceleration",
    "unclear": "unclear signal",
}
NORMAL_BPM = (110.0, 160.0)  # NICHD 2008
CLASS_POINTS, NEAR_POINTS, PATTERN_POINTS = 60, 30, 40
YEARS = 5  # an age is rounded to this
_ORDER = (Class.NORMAL, Class.SUSPICIOUS, Class.PATHOLOGICAL)
_VARIABILITY = {
    "absent": "reduced_variability",
    "minimal": "reduced_variability",
    "marked": "marked_variability",
}
_DIGITS = r"\d(?:[ -]?\d){6,}"  # a telephone or record number
_DATES = r"\d{4}\s*[-/.年]\s*\d{1,2}(?:\s*[-/.月]\s*\d{1,2})?|\d{1,2}\s*[-/.月]\s*\d{1,2}\s*[-/.日]"
_CLOCK = r"\b[0-2]?\d[:：][0-5]\d\b"


def patterns(
    said: Class, features: Mapping[str, Any], events: Iterable[str] = (), sinusoidal: bool = False
) -> list[str]:
    """Ids of PATTERNS: of an expert's class and features (models.readings.FEATURES, baseline_bpm)
    and, where they are known, of the kinds of decelerations that the analysis found."""
    found = {_VARIABILITY.get(str(features.get("variability")), "")}
    bpm = features.get("baseline_bpm")
    if bpm is not None:
        low, high = NORMAL_BPM
        found.add("bradycardia" if bpm < low else "tachycardia" if bpm > high else "")
    if features.get("accelerations") == "absent":
        found.add("no_accelerations")
    found |= set(features.get("decelerations", ())) | set(events)
    if sinusoidal:
        found.add("sinusoidal")
    if said is Class.UNREADABLE:
        found.add("unclear")
    return [name for name in PATTERNS if name in found]


def score(
    expert: Class, expert_patterns: Collection[str], said: Class, patterns_said: Collection[str]
) -> int:
    """0 to 100.

    >>> good = Class.NORMAL
    >>> score(good, [], good, []), score(good, [], Class.SUSPICIOUS, ["late"])
    (100, 30)
    """
    points = float(CLASS_POINTS if said is expert else 0)
    if said is not expert and said in _ORDER and expert in _ORDER:
        points = NEAR_POINTS if abs(_ORDER.index(said) - _ORDER.index(expert)) == 1 else 0
    one, other = set(expert_patterns), set(patterns_said)
    shared = len(one & other) / len(one | other) if one | other else 1.0
    return round(points + PATTERN_POINTS * shared)


def rounded_age(years: int | None) -> int | None:
    """
    >>> rounded_age(33), rounded_age(32), rounded_age(None)
    (35, 30, None)
    """
    return None if years is None else YEARS * round(years / YEARS)


def naming(text: str, person: str, places: Iterable[str]) -> str | None:
    """The first thing in this text that says who, where or when: a word of her name, the name of
    one of these places, a date, a time of day, a long number. None: there is none.

    >>> naming("Ms Lin came at 14:20", "Lin Xiaoyu", []), naming("late after 12 min", "Lin", [])
    ('Lin', None)
    """
    for name in (*re.split(r"[\s,()]+", person), *places):
        edge = r"\b" if name.isascii() else ""
        if len(name) > 1 and re.search(f"{edge}{re.escape(name)}{edge}", text, re.IGNORECASE):
            return name
    found = re.search(f"{_DATES}|{_CLOCK}|{_DIGITS}", text)
    return found[0] if found else None
