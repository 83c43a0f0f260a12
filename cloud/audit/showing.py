"""Entries of the audit in words: tables, columns and events by name, ids as what they stand for."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from sqlalchemy import Connection

from cloud.alerts.names import CONDITIONS
from cloud.audit.words import (
    CHANGED,
    COLUMNS,
    EVENTS,
    RANKS,
    READING_STEPS,
    ROLES,
    SOURCES,
    STATES,
)
from cloud.pregnancy.names import WHAT, Names
from cloud.store import people
from cloud.store.accounts import Happened
from models import pregnancy_risk

_STEP = ("event", "phase")
_PLACES = ("organisation_id", "to_id", "from_id", "lender_id", "holder_id")
_PEOPLE = ("to_person_id", "specialist", "family doctor", "health manager")
_WORDS: Mapping[str, Mapping[str, str]] = {
    "event": EVENTS,
    "what": {**WHAT, **CHANGED},
    "rule": CONDITIONS,
    "rank": RANKS,
    "role": ROLES,
    "state": STATES,
    "met": {one.id: one.text for one in pregnancy_risk.CRITERIA},
}


class Showing:
    """Reads each organisation, person and mother once."""

    def __init__(self, conn: Connection) -> None:
        self._conn = conn
        self._names = Names(conn)
        self._mothers: dict[int, str | None] = {}

    def entries(self, found: Iterable[Happened]) -> list[dict[str, Any]]:
        """`cells`: {"label": msgid, "value"}; a value is one of what admin_audit.html shows."""
        return [
            {
                "id": one.id,
                "at_ms": one.at_ms,
                "person": one.person,
                "source": SOURCES.get(one.source, one.source),
                "cells": list(self._cells(_row(one))),
            }
            for one in found
        ]

    def _cells(self, row: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
        for key, value in row.items():
            if value is not None and value != "":
                label = COLUMNS.get(key) or WHAT.get(key) or CHANGED.get(key) or key
                yield {"label": label, "value": self._value(key, value)}

    def _value(self, key: str, value: Any) -> dict[str, Any]:
        known = self._known(key, value) if isinstance(value, int) else None
        if known is not None:
            return known
        if isinstance(value, bool):
            return {"yes": value}
        if isinstance(value, Mapping):
            if "text" in value and "args" in value:
                return {"said": value}
            return {"cells": list(self._cells(value))}
        if isinstance(value, list):
            return {"list": [self._value(key, one) for one in value]}
        if isinstance(value, int) and key.endswith("_ms"):
            return {"ms": value}
        return {"word": _WORDS.get(key, {}).get(value, value)}

    def _known(self, key: str, number: int) -> dict[str, Any] | None:
        """What an id stands for."""
        if isinstance(number, bool):
            return None
        if key in _PLACES:
            return {"place": self._names.place(number)}
        if key in _PEOPLE:
            who = self._names.who(number)
            return {"word": who["name"] if who else number}
        if key == "mother_id":
            return {"word": self._mother(number) or number}
        return {"recording": number} if key == "recording_id" else None

    def _mother(self, mother_id: int) -> str | None:
        if mother_id not in self._mothers:
            mother = people.get_mother(self._conn, mother_id)
            self._mothers[mother_id] = mother.name if mother else None
        return self._mothers[mother_id]


def _row(one: Happened) -> Mapping[str, Any]:
    if one.source == "looks":  # the key of a look names its recording and hour a second time
        return {key: value for key, value in one.row.items() if key not in ("about", "hour")}
    if one.source != "reading_steps":
        return one.row
    said = {key: READING_STEPS.get(one.row.get(key, ""), one.row.get(key)) for key in _STEP}
    return {**one.row, **said}
