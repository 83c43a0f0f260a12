"""What people do with offers and requests, inside one transaction of the caller.

Each function returns what it changed and raises Refused when it is not possible: for this person,
or any more. Rows are locked in one order: request, offer.
"""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import Connection

from cloud.alerts.answers import Actor, ReasonMissing, Refused
from cloud.routing.distance import distance_km, point
from cloud.store import changes, people, resources
from cloud.store.resources import Offer, Request, Step
from models import resources as rules
from models.resources import Idle, Need, Phase

NO_TIME = "the end has to be after the beginning"
IS_PAST = "the end has passed already"
NOT_YOURS = "another member does this, or the centre"
NOT_NOW = "not possible now: the request is %(phase)s"
SAY_WHY = "say why"
SAY_CONDITION = "say in what condition it is"
OWN_OFFER = "this is the member's own: nothing has to be promised"
NO_SUCH_OFFER = "there is no such offer any more"
TAKEN = "somebody was faster: not so much is free any more"
OTHER_KIND = "this offer is of something else"
WITHDRAWN_ALREADY = "it is withdrawn already"
OVERDUE = "not back in time"


def publish(conn: Connection, wanted: dict[str, Any], actor: Actor, now_ms: int) -> Offer:
    """`wanted`: kind, amount, from_ms, to_ms, place, note."""
    _check_times(wanted, now_ms)
    organisation_id = _own(actor)
    offer = resources.add_offer(conn, organisation_id=organisation_id, made_ms=now_ms, **wanted)
    _audit(conn, "offer", None, {"id": offer.id, **wanted}, actor, now_ms)
    return offer


def withdraw_offer(conn: Connection, offer_id: int, actor: Actor, now_ms: int) -> Offer:
    """Nothing more is promised of it; what is promised stays so."""
    offer = resources.get_offer(conn, offer_id)
    if offer is None:
        raise LookupError("no such offer")
    if actor.role != "centre" and offer.organisation_id != actor.organisation_id:
        raise Refused(NOT_YOURS)
    if not resources.withdraw(conn, offer_id, now_ms):
        raise Refused(WITHDRAWN_ALREADY)
    before = {"id": offer.id, "left": offer.left}
    _audit(conn, "offer", before, None, actor, now_ms, offer.organisation_id)
    return offer


def ask(conn: Connection, wanted: dict[str, Any], actor: Actor, now_ms: int) -> Request:
    """`wanted`: kind, amount, from_ms, to_ms, within_km, note."""
    _check_times(wanted, now_ms)
    request = resources.add(conn, organisation_id=_own(actor), made_ms=now_ms, **wanted)
    _note(conn, request, "ask", actor, request.note, now_ms)
    return request


def act(
    conn: Connection, request_id: int, event: str, offer_id: int | None, said: str, actor: Actor,
    now_ms: int,
) -> Request:  # fmt: skip
    """An event of models.resources. `said`: the reason, or the condition of what is handed over;
    `offer_id`: of which offer it is promised."""
    request = resources.get_locked(conn, request_id)
    if request is None:
        raise LookupError("no such request")
    if (request.phase, event) not in rules.TRANSITIONS:
        raise Refused(NOT_NOW, phase=request.phase.value)
    offer = resources.get_offer(conn, offer_id or 0) if event == "promise" else None
    lender_id = offer.organisation_id if offer else request.lender_id
    if not sides(actor, request.organisation_id, lender_id) & rules.BY[event]:
        raise Refused(NOT_YOURS)
    _check_words(request, event, said)
    row: dict[str, Any] = {"phase": rules.TRANSITIONS[request.phase, event]}
    if event == "promise":
        row |= _promise(conn, request, offer, now_ms)
    elif event == "hand out":
        row["out_ms"] = now_ms
    else:
        row |= _release(conn, request, event, now_ms)
    moved = resources.change(conn, request, row)
    _note(conn, moved, event, actor, said, now_ms)
    return moved


def sides(actor: Actor, asker_id: int, lender_id: int | None) -> frozenset[str]:
    """Which of lender, asker and centre this person speaks for."""
    return sides_of(actor, {"asker": asker_id, "lender": lender_id})


def sides_of(actor: Actor, members: Mapping[str, int | None]) -> frozenset[str]:
    """The sides whose member is the person's own; and "centre" for its people."""
    if actor.role not in ("hospital", "centre"):
        return frozenset()
    own_id = actor.organisation_id
    found = {side for side, of in members.items() if of is not None and of == own_id}
    return frozenset(found | ({"centre"} if actor.role == "centre" else set()))


def overdue(conn: Connection, request_id: int, now_ms: int) -> Request | None:
    """It is not back in time. None: it is, or somebody has just been reminded."""
    request = resources.get_locked(conn, request_id)
    if request is None:
        return None
    is_out = request.phase is Phase.OUT
    if not rules.to_remind(is_out, request.to_ms, request.reminded_ms, now_ms):
        return None
    moved = resources.change(conn, request, {"reminded_ms": now_ms})
    resources.add_step(
        conn, Step(request.id, now_ms, "overdue", moved.phase, None, None, _said(OVERDUE))
    )
    return moved


def need_of(request: Request) -> Need:
    return Need(
        request.kind, request.amount, request.from_ms, request.to_ms, request.within_km
    )  # fmt: skip


def idle_for(conn: Connection, asker_id: int | None, offers: list[Offer]) -> list[Idle]:
    """Offers of others than this member, with how far each is from it."""
    asker = people.get_organisation(conn, asker_id or 0)
    here = point(asker.latitude, asker.longitude) if asker else None
    places = {one.id: one for one in people.all_organisations(conn)}
    found = []
    for offer in offers:
        if offer.organisation_id != asker_id:
            lender = places[offer.organisation_id]
            there = point(lender.latitude, lender.longitude)
            km = distance_km(here, there) if here and there else None
            times = (offer.from_ms, offer.to_ms)
            found.append(Idle(offer.id, offer.kind, offer.left, *times, km))
    return found


def _promise(
    conn: Connection, request: Request, offer: Offer | None, now_ms: int
) -> dict[str, Any]:
    """From how far it comes was said when it was matched: who promises it may know better."""
    if offer is None or offer.withdrawn_ms is not None:
        raise Refused(NO_SUCH_OFFER)
    if offer.organisation_id == request.organisation_id:
        raise Refused(OWN_OFFER)
    if offer.kind != request.kind:
        raise Refused(OTHER_KIND)
    need = Need(request.kind, request.amount, request.from_ms, request.to_ms)
    (match,) = rules.matches(need, idle_for(conn, request.organisation_id, [offer]))
    if not match.fits:
        text, args = match.why[0]
        raise Refused(text, **args)
    if not resources.set_aside(conn, offer.id, request.amount, now_ms):
        raise Refused(TAKEN)
    return {"offer_id": offer.id, "lender_id": offer.organisation_id}


def _release(conn: Connection, request: Request, event: str, now_ms: int) -> dict[str, Any]:
    """What becomes of what was set aside."""
    was_out = request.phase is Phase.OUT
    back = event == "return" and request.kind in rules.COMES_BACK
    if request.offer_id is not None and (back or not was_out):
        resources.put_back(conn, request.offer_id, request.amount)
    if event == "take back":
        return {"offer_id": None, "lender_id": None}
    return {"ended_ms": now_ms}


def _check_times(wanted: dict[str, Any], now_ms: int) -> None:
    if wanted["to_ms"] <= wanted["from_ms"]:
        raise ReasonMissing(NO_TIME)
    if wanted["to_ms"] <= now_ms:
        raise ReasonMissing(IS_PAST)


def _check_words(request: Request, event: str, said: str) -> None:
    if event in rules.WANTS_REASON and not said:
        raise ReasonMissing(SAY_WHY)
    if event in rules.WANTS_CONDITION and request.kind == rules.PROBE and not said:
        raise ReasonMissing(SAY_CONDITION)


def _own(actor: Actor) -> int:
    if actor.organisation_id is None:
        raise Refused(NOT_YOURS)
    return actor.organisation_id


def _note(
    conn: Connection, request: Request, event: str, actor: Actor, text: str, now_ms: int
) -> None:
    who = (actor.organisation_id, actor.person_id)
    resources.add_step(conn, Step(request.id, now_ms, event, request.phase, *who, text))


def _audit(
    conn: Connection, what: str, before: Any, after: Any, actor: Actor, now_ms: int,
    organisation_id: int | None = None,
) -> None:  # fmt: skip
    about = organisation_id or actor.organisation_id
    changes.add(
        conn, what, before, after, now_ms, person_id=actor.person_id, organisation_id=about
    )  # fmt: skip


def _said(text: str) -> dict[str, Any]:
    return {"text": text, "args": {}}
