"""Green channels and referrals as JSON: the same for all who see them, but for the analysis and
the doctors' notes, which the mother's page does not get."""

from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any, Protocol

from sqlalchemy import Connection

from cloud import views
from cloud.hub import Viewer
from cloud.journeys.green_moves import ticked
from cloud.journeys.referral_moves import sides
from cloud.journeys.sending import before_home
from cloud.pregnancy.essentials import essentials
from cloud.store import alerts, green, people, readings, referrals
from cloud.store.green import Green
from cloud.store.people import Organisation
from cloud.store.referrals import Assessed, Referral
from models import green as green_rules
from models import referrals as referral_rules
from models.journeys import timeline
from models.referrals import DOWN, UP


class _Asker(Protocol):
    @property
    def role(self) -> str: ...
    @property
    def person_id(self) -> int | None: ...
    @property
    def organisation_id(self) -> int | None: ...
    @property
    def viewer(self) -> Viewer: ...


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

    def __init__(self, conn: Connection, now_ms: int) -> None:
        self._now_ms = now_ms
        self._conn = conn
        self.organisation = cache(lambda i: people.get_organisation(conn, i))
        self._person = cache(lambda i: people.get_person(conn, i))
        self.mother = cache(self._mother)

    def person_name(self, person_id: int | None) -> str | None:
        person = self._person(person_id) if person_id else None
        return person.name if person else None

    def place(self, organisation_id: int) -> dict[str, Any]:
        organisation = self.organisation(organisation_id)
        assert organisation is not None  # a row refers to it
        return _place(organisation)

    def _mother(self, mother_id: int) -> dict[str, Any]:
        mother = people.get_mother(self._conn, mother_id)
        assert mother is not None  # a row refers to her
        return {**views.mother_view(self._conn, mother, self._now_ms), "phone": mother.phone}

    def step(self, step: _Step) -> dict[str, Any]:
        organisation = self.organisation(step.organisation_id) if step.organisation_id else None
        return {
            "at_ms": step.at_ms,
            "event": step.event,
            "organisation": organisation.name if organisation else None,
            "organisation_zh": organisation.name_zh if organisation else None,
            "person": self.person_name(step.person_id),
            "text": step.text if isinstance(step.text, str) else dict(step.text),
        }


def green_views(
    conn: Connection, shown: Sequence[Green], who: _Asker, now_ms: int
) -> list[dict[str, Any]]:
    """Fields: docs/consortium.md."""
    steps = green.steps_of(conn, [one.id for one in shown])
    known = _Known(conn, now_ms)
    found = _assessed(conn, [one.recording_id for one in shown], who)
    return [_green(conn, one, steps[one.id], who, known, found) for one in shown]


def referral_views(
    conn: Connection, shown: Sequence[Referral], who: _Asker, now_ms: int
) -> list[dict[str, Any]]:
    """Fields: docs/consortium.md."""
    ids = [one.id for one in shown]
    steps, answered = referrals.steps_of(conn, ids), referrals.answered(conn, ids)
    known = _Known(conn, now_ms)
    blind = readings.held_unread(conn, who.person_id)
    sent = {
        one.assessment_id
        for one in shown
        if one.assessment_id and who.role != "mother" and one.recording_id not in blind
    }
    found = referrals.assessed(conn, sent)
    return [_referral(conn, one, steps[one.id], who, known, found, answered) for one in shown]


def _green(
    conn: Connection, one: Green, steps: list[green.Step], who: _Asker, known: _Known,
    found: Mapping[int, Assessed],
) -> dict[str, Any]:  # fmt: skip
    hers = who.role == "mother"
    mine = who.role == "centre" or who.organisation_id == one.organisation_id
    over = one.phase in green_rules.OVER
    return {
        "id": one.id,
        "phase": one.phase.value,
        "mother": known.mother(one.mother_id),
        "organisation": known.place(one.organisation_id),
        "alert_id": one.alert_id,
        "referral_id": one.referral_id,
        "recording_id": one.recording_id,
        "assessment": _assessment(found.get(one.recording_id or 0)),
        "essentials": [] if over else essentials(conn, one.mother_id, who.viewer),
        "why": _why(conn, one),
        "opened_ms": one.opened_ms,
        "expected_ms": one.expected_ms,
        "expected_how": one.expected_how,
        "travel_min": next((how.get("travel_min") for how in one.expected_how), None),
        "bed": one.bed,
        "team": one.team,
        "checklist": [] if hers else _checklist(steps, known),
        "timeline": [span._asdict() for span in _spans(steps, over)],
        "steps": [] if hers else [known.step(step) for step in steps],
        "may": [e for p, e in green_rules.TRANSITIONS if p is one.phase and mine and not hers],
        "back": _back(conn, one, known) if mine and not hers else None,
        "unhandled": before_home(conn, one) if mine and not hers else [],
    }


def _referral(
    conn: Connection, one: Referral, steps: list[referrals.Step], who: _Asker, known: _Known,
    found: Mapping[int, Assessed], answered: frozenset[int],
) -> dict[str, Any]:  # fmt: skip
    hers, my_sides = who.role == "mother", sides(who, one)
    over = one.phase in referral_rules.OVER
    events = [e for p, e in referral_rules.TRANSITIONS if p is one.phase]
    channel = green.of_referral(conn, one.id) if one.urgent else None
    closed_up = (one.direction, one.phase) == (UP, referral_rules.Phase.CLOSED)
    return {
        "id": one.id,
        "direction": one.direction,
        "urgent": one.urgent,
        "phase": one.phase.value,
        "mother": known.mother(one.mother_id),
        "from": known.place(one.from_id),
        "to": known.place(one.to_id),
        "answers_id": one.answers_id,
        "green_id": channel.id if channel and channel.phase not in green_rules.OVER else None,
        "recording_id": one.recording_id,
        "assessment": None if hers else _assessment(found.get(one.assessment_id or 0)),
        "criteria": [{"id": i, "text": referral_rules.BY_ID[i].text} for i in one.criteria],
        "reason": one.reason,
        "notes": "" if hers else one.notes,
        "plan": one.plan,
        "transport": one.transport,
        "requested_ms": one.requested_ms,
        "expected_ms": one.expected_ms,
        "timeline": [span._asdict() for span in _spans(steps, over)],
        "steps": [] if hers else [known.step(step) for step in steps],
        "may": [e for e in events if referral_rules.BY[e] & my_sides],
        "back": known.place(one.from_id)
        if closed_up and "to" in my_sides and one.id not in answered
        else None,
    }


def _place(organisation: Organisation) -> dict[str, Any]:
    view = views.organisation_view(organisation)
    names = ("level", "latitude", "longitude")
    return {**view, **{name: getattr(organisation, name) for name in names}}


def _checklist(steps: list[green.Step], known: _Known) -> list[dict[str, Any]]:
    done = ticked(steps)
    return [
        {
            "id": item.id,
            "text": item.text,
            "done_ms": done[item.id].at_ms if item.id in done else None,
            "person": known.person_name(done[item.id].person_id) if item.id in done else None,
        }
        for item in green_rules.CHECKLIST
    ]


def _spans(steps: Sequence[green.Step | referrals.Step], over: bool) -> list[Any]:
    return timeline([(step.phase.value, step.at_ms) for step in steps], over)


def _why(conn: Connection, one: Green) -> Mapping[str, Any] | str:
    """What opened it: the alert's reason, or the referral's."""
    if one.alert_id is not None:
        alert = alerts.get(conn, one.alert_id)
        return dict(alert.reason) if alert else ""
    referral = referrals.get(conn, one.referral_id or 0)
    if referral is None:
        return ""
    first = next(iter(referral.criteria), None)
    return referral.reason or (referral_rules.BY_ID[first].text if first else "")


def _back(conn: Connection, one: Green, known: _Known) -> dict[str, Any] | None:
    """Where she may be referred back to: her own hospital, when an alert brought her here."""
    if one.phase is not green_rules.Phase.CLOSED or one.referral_id is not None:
        return None
    own, here = known.mother(one.mother_id)["organisation"], known.organisation(one.organisation_id)
    home = known.organisation(own["id"]) if own else None
    if home is None or here is None:
        return None
    if referral_rules.direction_of(here.level, home.level) != DOWN:
        return None
    if referrals.sent(conn, one.mother_id, here.id, one.opened_ms, DOWN):
        return None
    return _place(home)


def _assessed(
    conn: Connection, recording_ids: Sequence[int | None], who: _Asker
) -> dict[int, Assessed]:
    """The newest analysis of each of these recordings, but of those that the asker reads blind."""
    if who.role == "mother":
        return {}
    known = {i for i in recording_ids if i is not None} - readings.held_unread(conn, who.person_id)
    ids = {i: referrals.newest_assessment(conn, i) for i in known}
    found = referrals.assessed(conn, {a for a in ids.values() if a is not None})
    return {i: found[a] for i, a in ids.items() if a in found}


def _assessment(found: Assessed | None) -> dict[str, Any] | None:
    return None if found is None else found._asdict()
