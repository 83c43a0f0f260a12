"""The green channel: a hospital makes ready for one mother, as a table that a clinician can check.

    reserve      a bed is taken out of the free ones, and a team is told
    arrive       she is at the hospital; with or without a bed reserved before
    admit        she is taken in; takes a bed if none was reserved
    send home    she was seen and may go: the bed is free again
    cancel       she does not come, and why: the bed is free again
    close        the end of the way in: she is a patient of the ward, in the bed

A bed is taken once at most. After "close" it is hers until the hospital says that it is free.
Ticks of the checklist and changes of the expected time are steps that change no phase.
"""

from dataclasses import dataclass
from enum import Enum

from models import journeys


class Phase(Enum):
    EXPECTED = "expected"  # the hospital knows that she comes, and when
    RESERVED = "reserved"  # a bed and a team wait for her
    ARRIVED = "arrived"
    ADMITTED = "admitted"
    CLOSED = "closed"
    CANCELLED = "cancelled"


TRANSITIONS = {
    (Phase.EXPECTED, "reserve"): Phase.RESERVED,
    (Phase.EXPECTED, "arrive"): Phase.ARRIVED,
    (Phase.EXPECTED, "cancel"): Phase.CANCELLED,
    (Phase.RESERVED, "arrive"): Phase.ARRIVED,
    (Phase.RESERVED, "cancel"): Phase.CANCELLED,
    (Phase.ARRIVED, "admit"): Phase.ADMITTED,
    (Phase.ARRIVED, "send home"): Phase.CLOSED,
    (Phase.ADMITTED, "close"): Phase.CLOSED,
}
EVENTS = tuple(dict.fromkeys(event for _, event in TRANSITIONS))
OVER = journeys.ends(TRANSITIONS)
COMING = frozenset((Phase.EXPECTED, Phase.RESERVED))  # the countdown runs, ticks make sense
WANTS_REASON = frozenset(("cancel",))
TAKES_BED = frozenset(("reserve", "admit"))  # unless the channel has one
GIVES_BED = frozenset(("send home", "cancel"))  # if the channel has one


@dataclass(frozen=True)
class Item:
    """One line of the checklist."""

    id: str
    text: str  # msgid


CHECKLIST = (  # ours, from what an emergency in labour needs (ALSO, PROMPT: call, theatre, blood)
    Item("obstetrician", "Obstetrician told"),
    Item("midwife", "Midwife told"),
    Item("theatre", "Theatre and anaesthetist told"),
    Item("neonatologist", "Neonatologist told"),
    Item("blood", "Blood group known, blood at hand"),
    Item("record", "Strip and pregnancy record read"),
    Item("reception", "Entrance and lift kept free"),
    Item("access", "IV access set ready"),
)
ITEMS = {item.id: item for item in CHECKLIST}


def after(phase: Phase, event: str) -> Phase:
    """The phase that follows. NotAllowed when the table has no such row."""
    return journeys.after(TRANSITIONS, phase, event)


def mermaid() -> str:
    return journeys.mermaid(TRANSITIONS)
