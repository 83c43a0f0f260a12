"""An alert as JSON: one shared state, the same for the mother, the hospitals and the centre."""

from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy import Connection

from cloud.alerts.asking import asking
from cloud.alerts.holding import states
from cloud.alerts.stretches import facts, since_anew
from cloud.gestation import gestation_weeks
from cloud.store import alerts, people
from cloud.store.alerts import WORSENED, Alert, Step
from cloud.store.people import Organisation, Person
from cloud.views import organisation_view
from models.alerts import ANSWERED
from models.rules import BY_ID

CENTRE_HAS_IT = "the monitoring centre has taken it"
ALSO = ("joined", "warned")  # what else belongs to the episode
SEEN = ("read", "accept", "decline")  # each shows that somebody has looked


def views(conn: Connection, shown: Sequence[Alert]) -> list[dict[str, Any]]:
    """One view for each alert, in their order. Fields: docs/alerts.md."""
    steps = alerts.steps_of(conn, [alert.id for alert in shown])
    every = [step for of_one in steps.values() for step in of_one]
    known = _Names(conn, shown, every)
    now = states(conn, shown, steps)
    return [_view(alert, steps[alert.id], known) | {"now": now[alert.id]} for alert in shown]


class _Names:
    """The mothers, organisations and people that some alerts speak of, each read once."""

    def __init__(self, conn: Connection, shown: Sequence[Alert], steps: Iterable[Step]) -> None:
        rows: list[Alert | Step] = [*shown, *steps]
        self.mothers = people.mothers_by_id(conn, {row.mother_id for row in shown} - {None})
        places = {row.organisation_id for row in [*rows, *self.mothers.values()]}
        self.organisations = {i: people.get_organisation(conn, i) for i in places if i is not None}
        self.names = {
            i: {"en": one.name, "zh": one.name_zh or one.name}
            for i, one in self.organisations.items()
            if one is not None
        }
        self._people = {
            i: people.get_person(conn, i) for i in {row.person_id for row in rows} if i is not None
        }

    def organisation(self, row: Alert | Step) -> Organisation | None:
        return None if row.organisation_id is None else self.organisations[row.organisation_id]

    def person(self, row: Alert | Step) -> Person | None:
        return None if row.person_id is None else self._people[row.person_id]


def _view(alert: Alert, steps: list[Step], known: _Names) -> dict[str, Any]:
    rule = BY_ID.get(alert.rule)  # None: raised by an older version
    return {
        "id": alert.id,
        "recording_id": alert.recording_id,
        "mother": _mother(alert, known),
        "rule": alert.rule,
        "kind": alert.kind,
        "priority": alert.priority,
        "phase": alert.phase.value,
        "reason": dict(alert.reason),
        "onset_s": alert.onset_s,
        "at_s": alert.at_s,
        "cleared_s": alert.cleared_s,
        "raised_ms": alert.raised_ms,
        "told_ms": alert.told_ms,
        "deadline_ms": alert.deadline_ms,
        "organisation": _organisation(steps, known.organisation(alert)),
        "asked": _asked(steps, known),
        "owner": _owner(alert, known),
        "mother_text": rule.mother_text if rule else "",
        "doctor_text": rule.doctor_text if rule else "",
        "mother_answer": alert.mother_answer,
        "mother_answer_ms": alert.mother_answer_ms,
        "seen_ms": _seen_ms(alert, steps),
        "also": _also(steps),
        "useful": alert.useful,
        "catalogue": alert.catalogue,
        "steps": [_step(step, known) for step in steps],
    }


def _mother(alert: Alert, known: _Names) -> dict[str, Any] | None:
    mother = known.mothers.get(alert.mother_id or 0)
    if mother is None:
        return None
    own = known.organisations.get(mother.organisation_id or 0)
    return {
        "id": mother.id,
        "name": mother.name,
        "gestation_weeks": gestation_weeks(mother.due_date, alert.raised_ms, own),
        "risk": mother.risk,
        "purple": mother.purple,
        "phone": mother.phone,
        "organisation": organisation_view(own) if own else None,
    }


def _organisation(steps: list[Step], organisation: Organisation | None) -> dict[str, Any] | None:
    """Who is asked now, or has it, and why it was chosen."""
    if organisation is None:
        return None
    why: dict[str, Any] = {"text": CENTRE_HAS_IT, "args": {}}
    asked = {step.organisation_id for step in steps if step.event in ("tell", "accept")}
    for step in steps:
        if step.event == "tell" and step.organisation_id == organisation.id:
            why = dict(step.text) if not isinstance(step.text, str) else why
    return {
        "id": organisation.id,
        "name": organisation.name,
        "name_zh": organisation.name_zh,
        "phone": organisation.phone,
        "distance_km": why.get("distance_km"),
        "minutes": why.get("minutes"),
        "break_glass": why.get("break_glass", False),
        "notes": why.get("notes", []),
        "next": why.get("next", []),
        "why": {"text": why["text"], "args": why["args"]},
        "passed_over": [one for one in why.get("passed_over", []) if one["id"] not in asked],
    }


def _asked(steps: list[Step], known: _Names) -> list[dict[str, Any]]:
    """Who was asked, in order, and what came of it."""
    return [
        {**vars(one), "name": place.name, "name_zh": place.name_zh}
        for one in asking(steps, known.names)
        if (place := known.organisations[one.id]) is not None
    ]


def _owner(alert: Alert, known: _Names) -> dict[str, Any] | None:
    if alert.phase not in ANSWERED:
        return None
    organisation, person = known.organisation(alert), known.person(alert)
    return {
        "organisation": organisation.name if organisation else None,
        "organisation_zh": organisation.name_zh if organisation else None,
        "person": person.name if person else None,
    }


def _also(steps: list[Step]) -> list[Any]:
    """The reasons of what else belongs to the episode; of what has worsened, of what it was."""
    told = (step for step in steps if step.event in (*ALSO, WORSENED))
    return [facts(step)["was"]["said"] if step.event == WORSENED else facts(step) for step in told]


def _seen_ms(alert: Alert, steps: list[Step]) -> int | None:
    """When somebody at the organisation that is asked now, or has it, first looked."""
    seen = (
        step.at_ms
        for step in since_anew(steps)
        if step.event in SEEN and step.organisation_id == alert.organisation_id
    )
    return next(seen, None) if alert.organisation_id is not None else None


def _step(step: Step, known: _Names) -> dict[str, Any]:
    organisation, person = known.organisation(step), known.person(step)
    return {
        "at_ms": step.at_ms,
        "event": step.event,
        "phase": step.phase.value,
        "organisation": organisation.name if organisation else None,
        "organisation_zh": organisation.name_zh if organisation else None,
        "person": person.name if person else None,
        "text": step.text if isinstance(step.text, str) else dict(step.text),
    }
