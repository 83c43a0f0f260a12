"""A consultation as a table: a mother asks doctors, or doctors ask each other about a case.

    ask         the side that asks writes: somebody has to answer
    answer      a doctor writes; the first who does has it, if nobody had it
    hand over   another doctor, of the same place or of another one, goes on, and why
    end         a doctor sums up what was said; what comes later is a new consultation

Time ends nothing and nothing is taken back: a correction is a new message. Pure.
"""

from enum import Enum

from models import journeys


class Phase(Enum):
    ASKED = "asked"  # somebody has to answer
    ANSWERED = "answered"
    ENDED = "ended"


TRANSITIONS = {
    (Phase.ASKED, "ask"): Phase.ASKED,
    (Phase.ASKED, "answer"): Phase.ANSWERED,
    (Phase.ASKED, "hand over"): Phase.ASKED,
    (Phase.ASKED, "end"): Phase.ENDED,
    (Phase.ANSWERED, "ask"): Phase.ASKED,
    (Phase.ANSWERED, "answer"): Phase.ANSWERED,
    (Phase.ANSWERED, "hand over"): Phase.ANSWERED,
    (Phase.ANSWERED, "end"): Phase.ENDED,
}
EVENTS = tuple(dict.fromkeys(event for _, event in TRANSITIONS))
OPEN = frozenset(phase for phase, _ in TRANSITIONS)

MAX_CHARS = 2000  # of one message
LATE_AFTER_MIN = 30  # then the centre is told, once for each question; ours, to be agreed on
LONGEST_SEGMENT_S = 3600.0  # of a strip in one message


def after(phase: Phase, event: str) -> Phase:
    """The phase that follows. NotAllowed when the table has no such row."""
    return journeys.after(TRANSITIONS, phase, event)


def segment(start_s: float | None, end_s: float | None, length_s: float) -> tuple[float, float]:
    """The part of a recording that is shown, from what was said of it; ValueError when it is none.

    >>> segment(None, None, 1500), segment(60, None, 9000), segment(1400, 1600, 1500)
    ((0.0, 1500), (60, 3660.0), (1400, 1500))
    """
    if start_s is None:
        start_s = 0.0 if end_s is None else max(0.0, end_s - LONGEST_SEGMENT_S)
    if end_s is None:
        end_s = start_s + LONGEST_SEGMENT_S
    end_s = min(end_s, length_s)
    if not 0 <= start_s < end_s <= start_s + LONGEST_SEGMENT_S:
        raise ValueError(f"no part of it: {start_s} to {end_s} s")
    return start_s, end_s


def mermaid() -> str:
    return journeys.mermaid(TRANSITIONS)
