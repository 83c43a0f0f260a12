"""The life of one alert, as a table that a clinician can check. No I/O and no clock.

    tell         the next hospital has been asked
    delivered    its page or phone has the alert        (from the hospital that was asked last)
    read         somebody there has looked at it        (from the hospital that was asked last)
    decline      it cannot take the mother, and why     (from the hospital that was asked last)
    accept       somebody takes the mother on: any hospital asked so far, or the centre
    withdrawn    the mother has withdrawn her consent for the hospital that was asked last
    time up      no answer ESCALATE_AFTER_S after "tell"; delivered and read do not move this
    nobody left  no other hospital is fit: the centre's call list
    acknowledge  of a technical alert: the centre or her hospital knows, and sees to it
    over         what was acknowledged has gone away; if it comes again it is a new alert
    worsened     a more urgent condition of its episode has become true: everybody may be asked
                 anew, whoever has accepted it first, and it has to be answered again
    follow       a hospital has accepted another alert of hers: it is asked about this one too
    handle       the one who accepted says what was done
    close        the end

Missing data, a condition that went away, and time end nothing: only an answer does. As
urgent as it is, there is one "accept" or "acknowledge" in any history, so an alert has at most one
owner, and the first wins.

Reminders ring again while nothing happens, by phase and priority. They move nothing.
"""

from enum import Enum

ESCALATE_AFTER_S = 60  # DESIGN §6, issue 2: the next hospital is told after 60 s of silence


class Phase(Enum):
    RAISED = "raised"  # a rule became true, nobody has been told
    TOLD = "told"  # a hospital has been asked
    DELIVERED = "delivered"  # the message is on its page
    READ = "read"  # somebody there has opened it
    DECLINED = "declined"  # it said no: ask the next
    ESCALATED = "escalated"  # it said nothing, or may not be asked any more: ask the next
    CENTRE = "centre"  # nobody is left to ask: the centre calls
    ACCEPTED = "accepted"  # somebody has taken it on
    ACKNOWLEDGED = "acknowledged"  # technical: somebody knows, it ends when the condition does
    HANDLED = "handled"  # what was done is written down
    CLOSED = "closed"


TRANSITIONS = {
    (Phase.RAISED, "tell"): Phase.TOLD,
    (Phase.RAISED, "nobody left"): Phase.CENTRE,
    (Phase.TOLD, "delivered"): Phase.DELIVERED,
    (Phase.TOLD, "read"): Phase.READ,
    (Phase.TOLD, "accept"): Phase.ACCEPTED,
    (Phase.TOLD, "decline"): Phase.DECLINED,
    (Phase.TOLD, "time up"): Phase.ESCALATED,
    (Phase.TOLD, "withdrawn"): Phase.ESCALATED,
    (Phase.DELIVERED, "read"): Phase.READ,
    (Phase.DELIVERED, "accept"): Phase.ACCEPTED,
    (Phase.DELIVERED, "decline"): Phase.DECLINED,
    (Phase.DELIVERED, "time up"): Phase.ESCALATED,
    (Phase.DELIVERED, "withdrawn"): Phase.ESCALATED,
    (Phase.READ, "accept"): Phase.ACCEPTED,
    (Phase.READ, "decline"): Phase.DECLINED,
    (Phase.READ, "time up"): Phase.ESCALATED,
    (Phase.READ, "withdrawn"): Phase.ESCALATED,
    (Phase.DECLINED, "tell"): Phase.TOLD,
    (Phase.DECLINED, "nobody left"): Phase.CENTRE,
    (Phase.DECLINED, "accept"): Phase.ACCEPTED,
    (Phase.ESCALATED, "tell"): Phase.TOLD,
    (Phase.ESCALATED, "nobody left"): Phase.CENTRE,
    (Phase.ESCALATED, "accept"): Phase.ACCEPTED,
    (Phase.CENTRE, "accept"): Phase.ACCEPTED,
    (Phase.CENTRE, "acknowledge"): Phase.ACKNOWLEDGED,
    (Phase.TOLD, "worsened"): Phase.RAISED,
    (Phase.DELIVERED, "worsened"): Phase.RAISED,
    (Phase.READ, "worsened"): Phase.RAISED,
    (Phase.CENTRE, "worsened"): Phase.RAISED,
    (Phase.ACCEPTED, "worsened"): Phase.RAISED,
    (Phase.TOLD, "follow"): Phase.RAISED,
    (Phase.DELIVERED, "follow"): Phase.RAISED,
    (Phase.READ, "follow"): Phase.RAISED,
    (Phase.CENTRE, "follow"): Phase.RAISED,
    (Phase.ACKNOWLEDGED, "over"): Phase.CLOSED,
    (Phase.ACKNOWLEDGED, "close"): Phase.CLOSED,
    (Phase.ACCEPTED, "handle"): Phase.HANDLED,
    (Phase.HANDLED, "close"): Phase.CLOSED,
}
EVENTS = tuple(dict.fromkeys(event for _, event in TRANSITIONS))
WAITING = frozenset(phase for phase, event in TRANSITIONS if event == "time up")
ANSWERED = frozenset((Phase.ACCEPTED, Phase.ACKNOWLEDGED, Phase.HANDLED, Phase.CLOSED))
REMIND_AFTER_S = {  # and again after so long; IEC 60601-1-8: an alarm reminds until it is answered
    (Phase.CENTRE, "high"): 120,
    (Phase.CENTRE, "medium"): 300,
    (Phase.CENTRE, "low"): 1800,
    (Phase.ACCEPTED, "high"): 600,  # taken on, but nobody has said what was done
    (Phase.ACCEPTED, "medium"): 1800,
}


class NotAllowed(ValueError):  # noqa: N818 - reads as what it says
    """This event cannot happen in this phase."""


def after(phase: Phase, event: str) -> Phase:
    """The phase that follows. NotAllowed when the table has no such row."""
    try:
        return TRANSITIONS[phase, event]
    except KeyError:
        raise NotAllowed(f"{event!r} is not possible: the alert is {phase.value}") from None


def mermaid() -> str:
    """The table as a Mermaid state diagram, for the documentation."""
    lines = ["stateDiagram-v2", f"    [*] --> {Phase.RAISED.value}"]
    lines += [f"    {a.value} --> {b.value}: {event}" for (a, event), b in TRANSITIONS.items()]
    return "\n".join([*lines, f"    {Phase.CLOSED.value} --> [*]"]) + "\n"
