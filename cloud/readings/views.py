"""A reading as JSON, for one viewer.

While a blind reading waits for a reader or has one who has not said yet what the strip is, those
who may read it see neither the machine's result nor what others said of it. A mother sees signed
readings only, in the doctor's words, and no class.
"""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection

from cloud.alerts.answers import Actor
from cloud.store import assessments, opinions, people, readings
from cloud.store.opinions import Opinion
from cloud.store.readings import Reading, Step
from cloud.views import mother_view, organisation_view
from models import readings as rules
from models.readings import OF_MACHINE, SENTENCES, Class


def staff_views(
    conn: Connection, shown: Sequence[Reading], viewer: Actor, now_ms: int
) -> list[dict[str, Any]]:
    """One view for each reading, in their order. Fields: docs/reading.md."""
    ids = [reading.id for reading in shown]
    said, steps = opinions.of_readings(conn, ids), readings.steps_of(conn, ids)
    machine = assessments.verdicts(conn, {reading.recording_id for reading in shown})
    names, found = Names(conn), []
    for one in shown:
        view = _view(conn, one, said[one.id], viewer, now_ms, names)
        if not view["hidden"] and one.recording_id in machine:
            verdict, at_s = machine[one.recording_id]
            view["machine"] = {"verdict": verdict, "at_s": at_s}
        view["raised"] = _raised(steps[one.id])
        view["steps"] = [_step(step, names) for step in steps[one.id]]
        found.append(view)
    return found


def mother_views(conn: Connection, shown: Sequence[Reading]) -> list[dict[str, Any]]:
    """The signed ones, newest first, as a mother reads them."""
    names = Names(conn)
    done = [reading for reading in shown if reading.phase in rules.DONE]
    return [
        {
            "id": reading.id,
            "recording_id": reading.recording_id,
            "signed_ms": reading.signed_ms,
            **names.who(reading.person_id, reading.holder_id),
            **_her_words(reading),
        }
        for reading in sorted(done, key=lambda one: one.signed_ms or 0, reverse=True)
    ]


def is_hidden(reading: Reading, viewer: Actor) -> bool:
    """Whether this viewer may still be, or is, a blind reader of it."""
    if not reading.blind or reading.phase not in rules.QUEUED | rules.UNREAD:
        return False
    first = reading.phase not in rules.OF_EXPERTS
    return viewer.role == "centre" or (viewer.role == "hospital" and first)


_WORDS = [  # that a signer may choose for the mother
    {
        "id": name,
        "text": one.text,
        "classes": sorted(said.value for said in one.classes),
        "usual": sorted(said.value for said in one.usual),
    }
    for name, one in SENTENCES.items()
]


class Names:
    """People and organisations by id, each read once."""

    def __init__(self, conn: Connection) -> None:
        self._conn = conn
        self._people: dict[int, str] = {}
        self._places: dict[int, dict[str, Any] | None] = {}

    def place(self, organisation_id: int | None) -> dict[str, Any] | None:
        if organisation_id is None:
            return None
        if organisation_id not in self._places:
            found = people.get_organisation(self._conn, organisation_id)
            self._places[organisation_id] = organisation_view(found) if found else None
        return self._places[organisation_id]

    def who(self, person_id: int | None, organisation_id: int | None) -> dict[str, Any]:
        place = self.place(organisation_id)
        if person_id is not None and person_id not in self._people:
            person = people.get_person(self._conn, person_id)
            self._people[person_id] = person.name if person else ""
        return {
            "person": None if person_id is None else self._people[person_id],
            "organisation": place["name"] if place else None,
            "organisation_zh": place["name_zh"] if place else None,
        }


def _view(
    conn: Connection, reading: Reading, said: list[Opinion], viewer: Actor,
    now_ms: int, names: Names,
) -> dict[str, Any]:  # fmt: skip
    hidden = is_hidden(reading, viewer)
    visible = [one for one in said if not hidden or one.person_id == viewer.person_id]
    mother = people.get_mother(conn, reading.mother_id) if reading.mother_id else None
    held = reading.phase in rules.HELD
    return {
        "id": reading.id,
        "recording_id": reading.recording_id,
        "mother": mother_view(conn, mother, reading.wanted_ms) if mother else None,
        "organisation": names.place(reading.organisation_id),
        "priority": reading.priority,
        "blind": reading.blind,
        "phase": reading.phase.value,
        "wanted_ms": reading.wanted_ms,
        "deadline_ms": reading.deadline_ms,
        "overdue": rules.is_overdue(reading.phase, reading.deadline_ms, now_ms),
        "reason": reading.reason,
        "holder": names.who(reading.person_id, reading.holder_id) if held else None,
        "mine": held and reading.person_id == viewer.person_id,
        "may": may(reading, viewer, now_ms),
        "hidden": hidden,
        "machine": None,
        "opinions": [_opinion(one, names) for one in visible],
        "differ": None if hidden else differ(said),
        "signed": _signed(reading, names),
        "words": _WORDS if "sign" in may(reading, viewer, now_ms) else [],
    }


def may(reading: Reading, viewer: Actor, now_ms: int) -> list[str]:
    """What this viewer may do with it now; the service checks again when it is done."""
    mine = reading.phase in rules.HELD and reading.person_id == viewer.person_id
    first = reading.phase not in rules.OF_EXPERTS
    own = first and viewer.organisation_id == reading.organisation_id
    reader = viewer.role == "centre" or (viewer.role == "hospital" and own)
    found = [event for phase, event in rules.TRANSITIONS if phase is reading.phase]
    late = rules.is_overdue(reading.phase, reading.deadline_ms, now_ms)
    allowed = {
        "take": reader,
        "take over": reader and late and not mine,
        "raise": reader and (mine or reading.phase not in rules.HELD),
    }
    return [event for event in found if allowed.get(event, mine) and event != "tell"]


def differ(said: Sequence[Opinion]) -> dict[str, bool | None]:
    """Whether the newest reader and the machine, and first reader and expert, said other classes.
    None: not both have said something; a machine that does not know has said nothing."""
    first = next((one for one in reversed(said) if one.rank == "first"), None)
    expert = next((one for one in reversed(said) if one.rank == "expert"), None)
    newest = expert or first
    machine = OF_MACHINE.get(newest.machine or "") if newest else None
    known = newest is not None and machine not in (None, Class.UNREADABLE)
    return {
        "machine": newest.said is not machine if newest and known else None,
        "expert": first.said is not expert.said if first and expert else None,
    }


def _opinion(one: Opinion, names: Names) -> dict[str, Any]:
    return {
        "rank": one.rank,
        "at_ms": one.at_ms,
        **names.who(one.person_id, one.organisation_id),
        "class": one.said.value,
        "features": dict(one.features),
        "findings": one.findings,
        "advice": one.advice,
        "blind": one.blind,
        "machine": one.machine,
        "through_s": one.through_s,
    }


def _signed(reading: Reading, names: Names) -> dict[str, Any] | None:
    if reading.signed_class is None:
        return None
    return {
        "at_ms": reading.signed_ms,
        **names.who(reading.person_id, reading.holder_id),
        "class": reading.signed_class.value,
        "confirmed": reading.confirmed,
        **_her_words(reading),
    }


def _her_words(reading: Reading) -> dict[str, Any]:
    sentences = [SENTENCES[one].text for one in reading.sentences if one in SENTENCES]
    return {"sentences": sentences, "to_mother": reading.to_mother}


def _raised(steps: list[Step]) -> dict[str, Any] | None:
    last = next((step for step in reversed(steps) if step.event == "raise"), None)
    return {"at_ms": last.at_ms, "reason": last.text} if last else None


def _step(step: Step, names: Names) -> dict[str, Any]:
    return {
        "at_ms": step.at_ms,
        "event": step.event,
        "phase": step.phase.value,
        **names.who(step.person_id, step.organisation_id),
        "text": step.text if isinstance(step.text, str) else dict(step.text),
    }
