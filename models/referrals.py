"""A referral between two hospitals, up or down, as tables that a clinician can check.

    accept       the hospital that was asked takes her
    decline      it does not, and why
    transport    how she travels is settled, and she is on her way
    arrive       she is there, with or without a transport arranged before
    withdraw     it is not wanted any more, and why; also while she travels: she turns back
    close        the hospital has done what it was asked for

Up goes to a higher level, down to a lower one and carries a plan of care. One that went up and is
closed offers the way back. Time ends nothing.
"""

from dataclasses import dataclass
from enum import Enum

from models import journeys

UP, DOWN = "up", "down"


class Phase(Enum):
    REQUESTED = "requested"
    ACCEPTED = "accepted"
    DECLINED = "declined"
    TRANSIT = "in transit"
    ARRIVED = "arrived"
    CLOSED = "closed"
    WITHDRAWN = "withdrawn"


TRANSITIONS = {
    (Phase.REQUESTED, "accept"): Phase.ACCEPTED,
    (Phase.REQUESTED, "decline"): Phase.DECLINED,
    (Phase.REQUESTED, "withdraw"): Phase.WITHDRAWN,
    (Phase.ACCEPTED, "transport"): Phase.TRANSIT,
    (Phase.ACCEPTED, "arrive"): Phase.ARRIVED,
    (Phase.ACCEPTED, "withdraw"): Phase.WITHDRAWN,
    (Phase.TRANSIT, "arrive"): Phase.ARRIVED,
    (Phase.TRANSIT, "withdraw"): Phase.WITHDRAWN,
    (Phase.ARRIVED, "close"): Phase.CLOSED,
}
EVENTS = tuple(dict.fromkeys(event for _, event in TRANSITIONS))
OVER = journeys.ends(TRANSITIONS)
VOID = frozenset((Phase.DECLINED, Phase.WITHDRAWN))  # came to nothing: not in the balance
TRAVELLING = frozenset((Phase.ACCEPTED, Phase.TRANSIT))
WANTS_REASON = frozenset(("decline", "withdraw"))
BY = {  # who may: the side that sends, the side that receives, the monitoring centre
    "accept": frozenset(("to",)),
    "decline": frozenset(("to",)),
    "transport": frozenset(("from", "to", "centre")),
    "arrive": frozenset(("to", "centre")),
    "withdraw": frozenset(("from", "centre")),
    "close": frozenset(("to",)),
}


@dataclass(frozen=True)
class Criterion:
    """One ground for a referral."""

    id: str
    direction: str
    text: str  # msgid


CRITERIA = (  # ours, after the Chinese risk rules of 2017 (国卫妇幼发〔2017〕35号); for local rules
    Criterion("ctg", UP, "Abnormal or unclear fetal heart trace"),
    Criterion("movements", UP, "Fewer fetal movements"),
    Criterion("risk", UP, "Risk colour orange or red"),
    Criterion("pressure", UP, "High blood pressure or suspected pre-eclampsia"),
    Criterion("bleeding", UP, "Bleeding, or placenta praevia"),
    Criterion("preterm", UP, "Threatened preterm labour"),
    Criterion("growth", UP, "Growth restriction, or too little or too much fluid"),
    Criterion("diabetes", UP, "Diabetes that is not under control"),
    Criterion("equipment", UP, "Examination or treatment that is not possible here"),
    Criterion("stable", DOWN, "The condition for which she came is treated or stable"),
    Criterion("plan", DOWN, "What remains can be done near her home"),
    Criterion("postpartum", DOWN, "Mother and child are well after the birth"),
    Criterion("wish", DOWN, "She wishes to be looked after near her home"),
)
BY_ID = {criterion.id: criterion for criterion in CRITERIA}


def after(phase: Phase, event: str) -> Phase:
    """The phase that follows. NotAllowed when the table has no such row."""
    return journeys.after(TRANSITIONS, phase, event)


def direction_of(from_level: int, to_level: int) -> str | None:
    """Up or down; None between hospitals of one level, which is neither."""
    if from_level == to_level:
        return None
    return UP if to_level > from_level else DOWN


def mermaid() -> str:
    return journeys.mermaid(TRANSITIONS)
