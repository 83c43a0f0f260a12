"""Consultations as JSON. Who reads them: their names stand with the time at each message."""

from collections.abc import Sequence
from functools import cache
from typing import Any

from sqlalchemy import Connection

from cloud import views
from cloud.consultations.sight import audience, consent_of
from cloud.consultations.steps import Writer, has_it
from cloud.hospitals.planner import Planner
from cloud.journeys.choices import choices
from cloud.store import consultations, people, recordings, sight
from cloud.store.consultations import Consultation, Message
from cloud.store.people import Person
from models.consultations import OPEN
from models.referrals import UP

NEAREST = 20  # hospitals of a higher level, in the form


class _Known:
    """People, organisations and mothers, each read once; and who asks."""

    def __init__(self, conn: Connection, who: Writer, now_ms: int) -> None:
        self.who = who
        self.now_ms = now_ms
        self.person = cache(lambda i: people.get_person(conn, i) if i else None)
        self.mother = cache(lambda i: _mother(conn, i, now_ms) if i else None)
        self.place = cache(lambda i: _place(conn, i) if i else None)

    def name(self, person_id: int | None) -> str | None:
        person: Person | None = self.person(person_id)
        return person.name if person else None


def consultation_views(
    conn: Connection, shown: Sequence[Consultation], who: Writer, now_ms: int
) -> list[dict[str, Any]]:
    """Fields: docs/consortium.md."""
    written = consultations.messages_of(conn, [one.id for one in shown])
    ids = [message.id for of_one in written.values() for message in of_one]
    reads = consultations.reads_of(conn, ids)
    known = _Known(conn, who, now_ms)
    return [_view(one, written[one.id], reads, known) for one in shown]


def who_may_go_on(conn: Connection, one: Consultation) -> list[dict[str, Any]]:
    """The doctors to whom it can be handed: of the centre, of her own hospital, and of those that
    see it or one of her strips, where she agrees."""
    places = set(audience(conn, one, consultations.messages_of(conn, [one.id])[one.id]))
    if one.mother_id is not None:
        consent = consent_of(conn, one.mother_id)
        maybe = _seeing(conn, one.mother_id) | {consent.own_id or 0}
        places |= {place for place in maybe if consent.holds_for(place)}
    places |= {place.id for place in people.all_organisations(conn) if place.kind == "centre"}
    return [
        {"id": person.id, "name": person.name, "organisation": _place(conn, place)}
        for place in sorted(places - {0})
        for person in people.staff_of(conn, place)
        if person.id != one.person_id
    ]


def places_to_ask(
    conn: Connection, planner: Planner, mother_id: int | None, who: Writer, now_ms: int
) -> list[dict[str, Any]]:
    """Whom doctors may ask about her: the centre, their colleagues, and hospitals she lets see
    her: her own, those that see one of her strips, and the near ones of a higher level."""
    own_id = who.organisation_id or 0
    found = {place.id for place in people.all_organisations(conn) if place.kind == "centre"}
    if mother_id is not None:
        is_hospital = who.role == "hospital"
        higher = choices(conn, planner, own_id, UP, now_ms)["hospitals"] if is_hospital else []
        consent = consent_of(conn, mother_id)
        maybe = (
            _seeing(conn, mother_id)
            | {consent.own_id or 0}
            | {one["id"] for one in higher[:NEAREST]}
        )
        found |= {place for place in maybe if place and consent.holds_for(place)}
    shown = [_place(conn, place) for place in sorted(found | {own_id})]
    return [place for place in shown if place is not None]


def _seeing(conn: Connection, mother_id: int) -> set[int]:
    hers = [row.id for row in recordings.latest(conn, mother_ids=[mother_id])]
    return set().union(*sight.organisations_of_all(conn, hers).values())


def _view(
    one: Consultation, written: list[Message], reads: dict[int, list[tuple[int, int]]],
    known: _Known,
) -> dict[str, Any]:  # fmt: skip
    shown = [_message(message, reads.get(message.id, []), known) for message in written]
    who, is_open = known.who, one.phase in OPEN
    ends = is_open and who.role != "mother"
    opener = one.kind == "case" and who.person_id == one.opener_id
    may = ["write"] * is_open
    may += ["hand-over"] * (ends and has_it(one, who))
    may += ["end"] * (ends and (has_it(one, who) or opener))
    return {
        "id": one.id,
        "kind": one.kind,
        "subject": one.subject,
        "phase": one.phase.value,
        "mother": known.mother(one.mother_id),
        "organisation": known.place(one.organisation_id),
        "person": known.name(one.person_id),
        "opened_ms": one.opened_ms,
        "asked_ms": one.asked_ms,
        "waiting_min": None if one.asked_ms is None else (known.now_ms - one.asked_ms) // 60_000,
        "late": one.late_ms is not None,
        "former_id": one.former_id,
        "alert_id": one.alert_id,
        "referral_id": one.referral_id,
        "messages": shown,
        "unread": sum(not m["mine"] and not m["seen"] for m in shown),
        "may": may,
    }


def _message(message: Message, reads: list[tuple[int, int]], known: _Known) -> dict[str, Any]:
    strip = None
    if message.recording_id is not None:
        strip = {"recording_id": message.recording_id, "start_s": message.start_s}
        strip["end_s"] = message.end_s
    author = known.person(message.person_id)
    me = known.who.person_id
    return {
        "id": message.id,
        "at_ms": message.at_ms,
        "event": message.event,
        "person": author.name if author else None,
        "by_mother": author is not None and author.role == "mother",
        "organisation": known.place(message.organisation_id),
        "text": message.text if isinstance(message.text, str) else dict(message.text),
        "to": known.place(message.to_id),
        "to_person": known.name(message.to_person_id),
        "strip": strip,
        "read": [
            {"person": known.name(person_id), "at_ms": at_ms}
            for person_id, at_ms in reads
            if person_id != message.person_id
        ],
        "mine": me is not None and message.person_id == me,
        "seen": any(person_id == me for person_id, _ in reads),
    }


def _mother(conn: Connection, mother_id: int, now_ms: int) -> dict[str, Any] | None:
    mother = people.get_mother(conn, mother_id)
    return None if mother is None else views.mother_view(conn, mother, now_ms)


def _place(conn: Connection, organisation_id: int) -> dict[str, Any] | None:
    place = people.get_organisation(conn, organisation_id)
    return None if place is None else views.organisation_view(place)
