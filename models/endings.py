"""What a mother is told when a recording is over: one of three, in words, and nothing else. Pure.

No class and no percentage: a doctor reads the strip and says what it shows (FIELD 8.3.5).
"""

from dataclasses import dataclass
from enum import Enum

from models.adherence import ENOUGH_SHARE

USUAL_MINUTES = 20  # where no plan says otherwise: FIELD 8.3.4
CLEAR_SHARE = 0.7  # of the wanted minutes; design: with 8 of 20 weak (FIELD 8.3.5) it is repeated


class Ending(Enum):
    CALL = "call"  # somebody is to speak with her now
    REPEAT = "repeat"  # too short, or the signal too weak
    SENT = "sent"  # a doctor answers


@dataclass(frozen=True)
class Recorded:
    wanted_min: int
    recorded_s: float
    clear_s: float | None  # with a fetal rate; None: not measured yet
    alert_open: bool  # about her or her baby, and nobody has handled it
    read: bool  # a doctor has read and signed it


def ending(one: Recorded) -> Ending:
    """A doctor's word is more than a short recording; an open alert is more than both."""
    if one.alert_open:
        return Ending.CALL
    if one.read:
        return Ending.SENT
    return Ending.REPEAT if is_short(one) or is_weak(one) else Ending.SENT


def is_short(one: Recorded) -> bool:
    return one.recorded_s < ENOUGH_SHARE * 60 * one.wanted_min


def is_weak(one: Recorded) -> bool:
    return one.clear_s is not None and one.clear_s < CLEAR_SHARE * 60 * one.wanted_min
