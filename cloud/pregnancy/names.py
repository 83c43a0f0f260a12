"""The people and organisations that a record speaks of, each read once."""

from typing import Any

from sqlalchemy import Connection

from cloud.store import people
from cloud.store.people import Organisation, Person

WHAT = {  # what changes of a record are called; msgids
    "due date": "Due date",
    "phone": "Phone",
    "address": "Address",
    "birth_date": "Date of birth",
    "height_cm": "Height",
    "weight_kg": "Weight before the pregnancy",
    "gravida": "Pregnancies",
    "para": "Births",
    "history": "Earlier pregnancies and illnesses",
    "allergies": "Allergies",
    "contact": "Contact",
    "risk": "Risk",
    "plan": "Monitoring plan",
    "missed day": "Missed day",
    "home value": "Home value",
    "advice": "Advice",
    "team": "Team",
    "task": "Task",
    "consent": "Consent",
    "break_glass": "Asked without consent",
    "teaching use": "Teaching",
    "teaching case": "Teaching case",
}


class Names:
    def __init__(self, conn: Connection) -> None:
        self._conn = conn
        self._people: dict[int, Person | None] = {}
        self._places: dict[int, Organisation | None] = {}

    def who(self, person_id: int | None) -> dict[str, Any] | None:
        """{"name", "organisation"}; None: the service itself, or nobody."""
        if person_id is None:
            return None
        if person_id not in self._people:
            self._people[person_id] = people.get_person(self._conn, person_id)
        person = self._people[person_id]
        if person is None:
            return None
        return {"name": person.name, "organisation": self.place(person.organisation_id)}

    def place(self, organisation_id: int | None) -> dict[str, Any] | None:
        place = self._place(organisation_id)
        if place is None:
            return None
        return {"id": place.id, "name": place.name, "name_zh": place.name_zh}

    def level(self, organisation_id: int | None) -> int | None:
        place = self._place(organisation_id)
        return None if place is None else place.level

    def _place(self, organisation_id: int | None) -> Organisation | None:
        if organisation_id is None:
            return None
        if organisation_id not in self._places:
            self._places[organisation_id] = people.get_organisation(self._conn, organisation_id)
        return self._places[organisation_id]
