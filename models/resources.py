"""Sharing between members: probes, reader minutes and beds, as tables that people can check.

One member publishes what is idle (an offer), another asks for what it needs (a request):

    promise     an offer is set aside for the request, by who offers it or by the centre
    take back   the promise is not kept, and why: the request waits again
    hand out    it is there: the probe is given, the bed or the reader is at their disposal
    return      it is back, and in what condition; of reader minutes: they were read
    lose        it does not come back, and why
    withdraw    it is not needed any more, and why

A box that is handed out is leased (`LEASE`): to a member, to a mother, or to a mother by a member.
Time ends nothing: what is not back in time is overdue, which is shown and reminded of.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum
from math import inf

from models import journeys

PROBE, MINUTES, BED = "probe", "reader minutes", "bed"
KINDS = (PROBE, MINUTES, BED)
COMES_BACK = frozenset((PROBE, BED))  # into the offer; minutes that were read are gone
REMIND_EVERY_MS = 24 * 3600 * 1000  # of what is overdue; ours, to be agreed on in each consortium


class Phase(Enum):
    """Of a request."""

    WANTED = "asked for"
    PROMISED = "promised"
    OUT = "handed out"
    RETURNED = "returned"
    LOST = "lost"
    WITHDRAWN = "withdrawn"


TRANSITIONS = {
    (Phase.WANTED, "promise"): Phase.PROMISED,
    (Phase.WANTED, "withdraw"): Phase.WITHDRAWN,
    (Phase.PROMISED, "take back"): Phase.WANTED,
    (Phase.PROMISED, "hand out"): Phase.OUT,
    (Phase.PROMISED, "withdraw"): Phase.WITHDRAWN,
    (Phase.OUT, "return"): Phase.RETURNED,
    (Phase.OUT, "lose"): Phase.LOST,
}
EVENTS = tuple(dict.fromkeys(event for _, event in TRANSITIONS))
OVER = journeys.ends(TRANSITIONS)
WANTS_REASON = frozenset(("take back", "lose", "withdraw"))
WANTS_CONDITION = frozenset(("hand out", "return"))  # how it looks, of a probe
BY = {  # who may: the member that lends, the one that asks, the monitoring centre
    "promise": frozenset(("lender", "centre")),
    "take back": frozenset(("lender", "centre")),
    "hand out": frozenset(("lender", "centre")),
    "return": frozenset(("lender", "centre")),
    "lose": frozenset(("lender", "centre")),
    "withdraw": frozenset(("asker", "centre")),
}


class Lease(Enum):
    """Of a box."""

    OUT = "leased"
    RETURNED = "returned"
    LOST = "lost"


LEASE = {
    (Lease.OUT, "pass on"): Lease.OUT,  # to a mother, or back from her to the member that has it
    (Lease.OUT, "prolong"): Lease.OUT,
    (Lease.OUT, "return"): Lease.RETURNED,
    (Lease.OUT, "lose"): Lease.LOST,
}
LEASE_EVENTS = tuple(dict.fromkeys(event for _, event in LEASE))
LEASE_WANTS_WORDS = frozenset(("return", "lose", "pass on"))  # the condition, or why
LEASE_BY = {
    "pass on": frozenset(("lender", "holder", "centre")),
    "prolong": frozenset(("lender", "centre")),
    "return": frozenset(("lender", "centre")),
    "lose": frozenset(("lender", "centre")),
}

ONLY = "%(km)s km away, the only one that fits"
NEAREST = "%(km)s km away, the nearest of %(count)d that fit"
FITS = "%(km)s km away, %(left)d free for all of the time"
FAR_UNKNOWN = "free for all of the time; how far away is not known"
TOO_FEW = "%(left)d of %(amount)d are free"
TOO_LATE = "free only after the beginning: %(hours)d h too late"
TOO_SHORT = "free only until before the end: %(hours)d h too short"
TOO_FAR = "%(km)s km away, more than %(limit)d km"
NO_PLACE = "how far away is not known, and a distance was asked for"
_HOUR_MS = 3_600_000


@dataclass(frozen=True)
class Need:
    kind: str
    amount: int
    from_ms: int
    to_ms: int
    within_km: float | None = None  # None: from anywhere


@dataclass(frozen=True)
class Idle:
    """An offer, as far as matching is concerned."""

    id: int
    kind: str
    left: int  # of it nothing is promised yet
    from_ms: int
    to_ms: int
    km: float | None  # from who asks; None: not known


@dataclass(frozen=True)
class Match:
    idle: Idle
    fits: bool
    why: tuple[tuple[str, dict[str, object]], ...]  # msgid and arguments


def matches(need: Need, idle: Sequence[Idle]) -> list[Match]:
    """Offers of this kind with the reason of each: those that fit first, the nearest first; of
    equals the one that has least to spare, so that large offers stay whole."""
    found = [(one, _against(need, one)) for one in idle if one.kind == need.kind]
    found.sort(key=lambda pair: (bool(pair[1]), _km(pair[0]), pair[0].left, pair[0].id))
    count = sum(not against for _, against in found)
    return [
        Match(one, not against, tuple(against) or (_for(one, count, place == 0),))
        for place, (one, against) in enumerate(found)
    ]


def is_overdue(is_out: bool, due_ms: int, now_ms: int) -> bool:
    return is_out and now_ms >= due_ms


def to_remind(is_out: bool, due_ms: int, reminded_ms: int | None, now_ms: int) -> bool:
    """Overdue, and nobody has been reminded of it for REMIND_EVERY_MS."""
    lately = reminded_ms is not None and reminded_ms > now_ms - REMIND_EVERY_MS
    return is_overdue(is_out, due_ms, now_ms) and not lately


def kilometres(km: float) -> str:
    """As people say them.

    >>> kilometres(3.44), kilometres(14.2)
    ('3.4', '14')
    """
    return f"{km:.1f}" if km < 9.95 else f"{km:.0f}"


def mermaid() -> str:
    return journeys.mermaid(TRANSITIONS)


def lease_mermaid() -> str:
    return journeys.mermaid(LEASE)


def _km(one: Idle) -> float:
    return inf if one.km is None else one.km


def _for(one: Idle, count: int, is_first: bool) -> tuple[str, dict[str, object]]:
    if one.km is None:
        return FAR_UNKNOWN, {}
    km = kilometres(one.km)
    if count == 1:
        return ONLY, {"km": km}
    if is_first:
        return NEAREST, {"km": km, "count": count}
    return FITS, {"km": km, "left": one.left}


def _against(need: Need, one: Idle) -> list[tuple[str, dict[str, object]]]:
    """What speaks against it; empty: it fits."""
    found: list[tuple[str, dict[str, object]]] = []
    if one.left < need.amount:
        found.append((TOO_FEW, {"left": one.left, "amount": need.amount}))
    if one.from_ms > need.from_ms:
        found.append((TOO_LATE, {"hours": _hours(one.from_ms - need.from_ms)}))
    if one.to_ms < need.to_ms:
        found.append((TOO_SHORT, {"hours": _hours(need.to_ms - one.to_ms)}))
    if need.within_km is not None and one.km is None:
        found.append((NO_PLACE, {}))
    elif need.within_km is not None and _km(one) > need.within_km:
        found.append((TOO_FAR, {"km": kilometres(_km(one)), "limit": need.within_km}))
    return found


def _hours(ms: int) -> int:
    """Begun ones count."""
    return -(-ms // _HOUR_MS)
