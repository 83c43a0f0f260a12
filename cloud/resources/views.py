"""Offers, requests and leases as JSON, with what their viewer may do now."""

from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any, Protocol

from sqlalchemy import Connection

from cloud.resources import lease_moves, moves
from cloud.store import leases, people, resources
from cloud.store.leases import Lease
from cloud.store.resources import Offer, Request
from cloud.views import organisation_view
from models import resources as rules
from models.resources import Match, Need, Phase


class _Step(Protocol):
    @property
    def at_ms(self) -> int: ...
    @property
    def event(self) -> str: ...
    @property
    def organisation_id(self) -> int | None: ...
    @property
    def person_id(self) -> int | None: ...
    @property
    def text(self) -> Mapping[str, Any] | str: ...


class _Known:
    """Organisations, people and mothers, each read once for a list of views."""

    def __init__(self, conn: Connection) -> None:
        self._conn = conn
        self.place = cache(self._place)
        self.person = cache(self._person)

    def _place(self, organisation_id: int | None) -> dict[str, Any] | None:
        found = people.get_organisation(self._conn, organisation_id or 0)
        return organisation_view(found) if found else None

    def _person(self, person_id: int | None) -> str | None:
        found = people.get_person(self._conn, person_id) if person_id else None
        return found.name if found else None

    def step(self, step: _Step) -> dict[str, Any]:
        return {
            "at_ms": step.at_ms,
            "event": step.event,
            "organisation": self.place(step.organisation_id),
            "person": self.person(step.person_id),
            "text": step.text if isinstance(step.text, str) else dict(step.text),
        }


def offer_views(conn: Connection, offers: Sequence[Offer], who: Any) -> list[dict[str, Any]]:
    """With how far each is from who asks; their own come without."""
    known = _Known(conn)
    km = {one.id: one.km for one in moves.idle_for(conn, who.organisation_id, list(offers))}
    return [_offer(known, one, who) | {"km": _round(km.get(one.id))} for one in offers]


def found_views(
    conn: Connection, need: Need, offers: Sequence[Offer], who: Any
) -> list[dict[str, Any]]:
    """What a search finds: the nearest fitting first, each with the reason."""
    known = _Known(conn)
    by_id = {one.id: one for one in offers}
    idle = moves.idle_for(conn, who.organisation_id, list(offers))
    return [_match(known, one, by_id, who) for one in rules.matches(need, idle)]


def request_views(
    conn: Connection, requests: Sequence[Request], who: Any, now_ms: int
) -> list[dict[str, Any]]:
    """Those that wait come with the offers that fit, and why."""
    known = _Known(conn)
    steps = resources.steps_of(conn, [one.id for one in requests])
    offers = resources.offered(conn, now_ms)
    by_id = {one.id: one for one in offers}
    idle = cache(lambda asker_id: moves.idle_for(conn, asker_id, offers))
    found = []
    for one in requests:
        matches = []
        if one.phase is Phase.WANTED:
            matches = rules.matches(moves.need_of(one), idle(one.organisation_id))
        row = {name: value for name, value in vars(one).items() if not name.endswith("_id")}
        row |= {
            "phase": one.phase.value,
            "offer_id": one.offer_id,
            "organisation": known.place(one.organisation_id),
            "lender": known.place(one.lender_id),
            "overdue": rules.is_overdue(one.phase is Phase.OUT, one.to_ms, now_ms),
            "may": _may(one, who),
            "matches": [_match(known, match, by_id, who) for match in matches],
            "steps": [known.step(step) for step in steps[one.id]],
        }
        found.append(row)
    return found


def lease_views(
    conn: Connection, rows: Sequence[Lease], who: Any, now_ms: int
) -> list[dict[str, Any]]:
    """A mother gets her own without what members wrote to each other."""
    known = _Known(conn)
    steps = leases.steps_of(conn, [one.id for one in rows])
    found = []
    for one in rows:
        mother = people.get_mother(conn, one.mother_id or 0)
        row = {name: value for name, value in vars(one).items() if not name.endswith("er_id")}
        row |= {
            "phase": one.phase.value,
            "lender": known.place(one.lender_id),
            "holder": known.place(one.holder_id),
            "mother": {"id": mother.id, "name": mother.name} if mother else None,
            "overdue": rules.is_overdue(one.phase is rules.Lease.OUT, one.due_ms, now_ms),
            "may": _may_lease(one, who),
            "steps": [] if who.role == "mother" else [known.step(s) for s in steps[one.id]],
        }
        found.append(row)
    return found


def _may(request: Request, who: Any) -> list[str]:
    """What this person can do now; whose offer they may promise say the matches."""
    mine = moves.sides(who, request.organisation_id, request.lender_id)
    return [
        event
        for phase, event in rules.TRANSITIONS
        if phase is request.phase and mine & rules.BY[event] and event != "promise"
    ]


def _may_lease(lease: Lease, who: Any) -> list[str]:
    mine = lease_moves.sides(who, lease)
    return [e for phase, e in rules.LEASE if phase is lease.phase and mine & rules.LEASE_BY[e]]


def _match(known: _Known, match: Match, by_id: Mapping[int, Offer], who: Any) -> dict[str, Any]:
    offer = by_id[match.idle.id]
    return _offer(known, offer, who) | {
        "km": _round(match.idle.km),
        "fits": match.fits,
        "why": [{"text": text, "args": args} for text, args in match.why],
        "may": match.fits
        and bool(moves.sides(who, 0, offer.organisation_id) & rules.BY["promise"]),
    }


def _offer(known: _Known, offer: Offer, who: Any) -> dict[str, Any]:
    row = {name: value for name, value in vars(offer).items() if name != "organisation_id"}
    mine = bool(moves.sides(who, 0, offer.organisation_id) & {"lender", "centre"})
    place = known.place(offer.organisation_id)
    return row | {"organisation": place, "left": offer.left, "mine": mine}


def _round(km: float | None) -> float | None:
    return None if km is None else round(km, 1)
