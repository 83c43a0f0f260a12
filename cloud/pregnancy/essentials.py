"""What whoever is asked about a mother has to know of her at once, from her pregnancy record."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection

from cloud.alerts.moves import words
from cloud.hub import SEE_ALL, Viewer, may_see
from cloud.store import mother_sight, pregnancies
from models.pregnancy_risk import BY_ID, COLOURS

PARITY = "gravida %(gravida)s, para %(para)s"
NO_PARITY = "gravida and para: not said"
ALLERGIES = "allergies: %(said)s"
NO_ALLERGIES = "allergies: not said"
HISTORY = "history: %(said)s"


def essentials(conn: Connection, mother_id: int, viewer: Viewer) -> list[dict[str, Any]]:
    """{text, args} in the order in which they are read: the criteria of her risk, the gravest
    first, parity, allergies, history. Empty for herself and for whom her record is not shown."""
    places = None if viewer.role in SEE_ALL else mother_sight.hospitals_of(conn, mother_id)
    if viewer.role == "mother" or not may_see(viewer, mother_id, places):
        return []
    known = pregnancies.get(conn, mother_id)
    risk = pregnancies.newest_risks(conn, [mother_id]).get(mother_id)
    said = _criteria(risk.met) if risk else []
    said.append(_parity(known.gravida, known.para))
    said.append(words(ALLERGIES, said=known.allergies) if known.allergies else words(NO_ALLERGIES))
    return [*said, words(HISTORY, said=known.history)] if known.history else said


def _criteria(met: Sequence[str]) -> list[dict[str, Any]]:
    """Purple ones, which say nothing of how grave it is, last."""
    known = [BY_ID[name] for name in met if name in BY_ID]
    graded = {colour: n for n, colour in enumerate(reversed(COLOURS))}
    return [words(one.text) for one in sorted(known, key=lambda one: graded.get(one.colour, 9))]


def _parity(gravida: int | None, para: int | None) -> dict[str, Any]:
    if gravida is None and para is None:
        return words(NO_PARITY)
    either = {"gravida": gravida, "para": para}
    return words(PARITY, **{name: "–" if n is None else n for name, n in either.items()})
