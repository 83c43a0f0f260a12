"""Who has been asked to take an alert, in order, and what each said: pure, from its steps.

The words do not name whom they are about: the page puts the name before them, or "your hospital".
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from cloud.alerts.moves import words
from cloud.store.alerts import Step

WAITS = "no answer yet"
SHOWN = "on its screen, no answer yet"
SEEN = "seen, no answer yet"
SILENT = "no answer in time"
DECLINED = "declined: %(why)s"
TAKEN = "no longer asked: %(organisation)s has taken it"
WITHDRAWN = "not asked any more"
TOOK = "has taken it"
OPEN = (WAITS, SHOWN, SEEN)
_BECAME = {"delivered": SHOWN, "read": SEEN, "withdrawn": WITHDRAWN}


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
        if place is None:
            continue
        if step.event == "tell":
            found[place] = Asked(place, step.at_ms, words(WAITS))
        elif step.event == "accept":
            one = found.setdefault(place, Asked(place, step.at_ms, words(TOOK)))
            one.said, one.said_ms = words(TOOK), step.at_ms
            for other in found.values():
                if other.said["text"] in OPEN:
                    other.said = words(TAKEN, organisation=names[place])
                    other.said_ms = step.at_ms
        elif step.event == "decline" and place in found:
            why = step.text if isinstance(step.text, str) else dict(step.text)
            found[place].said, found[place].said_ms = words(DECLINED, why=why), step.at_ms
        elif step.event == "time up" and place in found:
            found[place].said, found[place].said_ms = words(SILENT), step.at_ms
        elif step.event in _BECAME and place in found:
            found[place].said, found[place].said_ms = words(_BECAME[step.event]), step.at_ms
    return list(found.values())
