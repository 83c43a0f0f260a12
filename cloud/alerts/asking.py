"""Who has been asked to take an alert, in order, and what each said: pure, from its steps.

The words do not name whom they are about: the page puts the name before them, or "your hospital".
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from cloud.alerts.moves import words
from cloud.store.alerts import FOLLOW, WORSENED, Step

WAITS = "no answer yet"
SHOWN = "on its screen, no answer yet"
SEEN = "seen, no answer yet"
SILENT = "no answer in time"
DECLINED = "declined: %(why)s"
TAKEN = "no longer asked: %(organisation)s has taken it"
WITHDRAWN = "not asked any more"
TOOK = "has taken it"
TOOK_BEFORE = "had taken it before it became more urgent"
MORE_URGENT = "no longer asked: it became more urgent, and was asked anew"
LOOKS_AFTER = "no longer asked: %(organisation)s looks after her"
OPEN = (WAITS, SHOWN, SEEN)
_BECAME = {
    "delivered": SHOWN,
    "read": SEEN,
    "withdrawn": WITHDRAWN,
    "decline": DECLINED,
    "time up": SILENT,
}


@dataclass
class Asked:
    """One that was asked, or has taken it unasked."""

    id: int  # of the organisation
    at_ms: int  # asked
    said: dict[str, Any]
    said_ms: int | None = None  # when that became so; None: with the asking


def asking(steps: Sequence[Step], names: Mapping[int, Any]) -> list[Asked]:
    """In the order of asking; the words are of the last thing that each did. `names`: of
    organisations by id, as the arguments of words have them."""
    found: dict[int, Asked] = {}
    for step in steps:
        place = step.organisation_id
        if step.event == WORSENED:
            _end(found.values(), words(MORE_URGENT), step.at_ms)
        if place is None:
            continue
        if step.event == "tell":
            found[place] = Asked(place, step.at_ms, words(WAITS))
        elif step.event == FOLLOW:
            _end(found.values(), words(LOOKS_AFTER, organisation=names[place]), step.at_ms)
        elif step.event == "accept":
            _end(found.values(), words(TAKEN, organisation=names[place]), step.at_ms)
            one = found.setdefault(place, Asked(place, step.at_ms, words(TOOK)))
            one.said, one.said_ms = words(TOOK), step.at_ms
        elif step.event in _BECAME and place in found:
            why = step.text if isinstance(step.text, str) else dict(step.text)
            args = {"why": why} if step.event == "decline" else {}
            found[place].said, found[place].said_ms = words(_BECAME[step.event], **args), step.at_ms
    return list(found.values())


def _end(asked: Iterable[Asked], why: dict[str, Any], at_ms: int) -> None:
    """Whoever has not answered is not asked any more; who had taken it has to say so again."""
    for one in asked:
        if one.said["text"] in (*OPEN, TOOK):
            one.said = words(TOOK_BEFORE) if one.said["text"] == TOOK else why
            one.said_ms = at_ms
