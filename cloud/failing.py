"""A recording whose assessment fails again and again: what is said, and when it is tried again.

It may be that its own samples end the process that assesses it. So it waits longer each time, and
the others go on; and it is never silent: its verdict is unknown, with the reason.
"""

import json
from typing import Any

from models.conditions import Change
from models.frozen import KINDS
from models.live import Live
from models.rules import BY_ID
from models.trace import Trace
from models.verdict import Reason, Verdict

VERDICT = Verdict.UNKNOWN.value
NOT_ASSESSED = BY_ID["not_assessed"]
GIVEN_UP = round(NOT_ASSESSED.limit)  # failures in a row, from which on it is left out for a while
FIRST_PAUSE_MS, LONGEST_PAUSE_MS = 60_000, 30 * 60_000
MEMORY = ("frozen_to_s", "baseline", "revised")  # beside the frozen events: models.frozen


def pause_ms(failures: int) -> int:
    """From one try to the next after so many failures in a row.

    >>> [pause_ms(failures) // 60_000 for failures in (2, 3, 4, 7, 99)]
    [1, 2, 4, 30, 30]
    """
    return min(LONGEST_PAUSE_MS, FIRST_PAUSE_MS << min(failures - GIVEN_UP, 16))


def change(failures: int, at_s: float) -> Change:
    """For the alarms."""
    return Change(NOT_ASSESSED, "raised", at_s, at_s, _reason(failures, at_s))


def unknown(before: dict[str, Any] | None, failures: int, at_s: float) -> str:
    """JSON of an assessment up to `at_s` that knows nothing but why. Of the one before it stays
    what was frozen, so that the next one goes on from there."""
    reason = _reason(failures, at_s)
    why = {"text": reason.text, "args": reason.args, "items": []}
    blank = Live().look(Trace.empty(0)).document
    said = {"not_computable": reason.text % reason.args, "because": [why]}
    document = blank | {
        "verdict": VERDICT,
        "reasons": [reason.to_json() | {"text": reason.text % reason.args, "message": reason.text}],
        "scores": {name: score | said for name, score in blank["scores"].items()},
        "at_s": at_s,
        "provisional_from_s": at_s,
    }
    if before is not None and "frozen_to_s" in before:
        document |= {name: before[name] for name in MEMORY}
        document |= {name: _frozen(before[name]) for name in KINDS if name in before}
    return json.dumps(document, allow_nan=False)


def _reason(failures: int, at_s: float) -> Reason:
    return Reason(NOT_ASSESSED.reason, {"count": failures}, at_s, at_s, NOT_ASSESSED.id)


def _frozen(events: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [event for event in events if event["state"] == "frozen"]
