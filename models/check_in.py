"""What a mother is asked before she records, and what her answers ask for. Pure.

Source: FIELD 8.3: bleeding, fluid or pain come before any recording; fewer movements are never
settled by a normal one.
"""

from collections.abc import Collection
from dataclasses import dataclass
from enum import Enum


class Next(Enum):
    CALL = "call"  # her hospital, now: no recording is asked for
    RECORD = "record"


FEELS = ("well", "unwell")
MOVES = ("usual", "less", "not yet")  # not yet: early in the pregnancy nothing is felt
SIGNS = ("bleeding", "fluid", "pain")


@dataclass(frozen=True)
class Answers:
    feels: str  # of FEELS
    moves: str  # of MOVES
    signs: Collection[str] = ()  # of SIGNS


def next_step(answers: Answers) -> Next:
    """Feeling unwell alone is written down for her team; she may record."""
    return Next.CALL if answers.signs or answers.moves == "less" else Next.RECORD


def reports(answers: Answers) -> list[str]:
    """The measures of the alarm catalogue that these answers report, most urgent first."""
    said = [("danger_signs", bool(answers.signs)), ("reduced_movement", answers.moves == "less")]
    return [measure for measure, holds in said if holds]
