"""Which stretches of a recording the alerts of one rule have told already."""

import math
from collections.abc import Sequence

from sqlalchemy import Connection

from cloud.store import alerts
from cloud.store.alerts import Alert, Step


def is_known(conn: Connection, former: Sequence[Alert], onset_s: float, at_s: float) -> bool:
    """Whether this episode overlaps one that was told: looking again at a trace, after a restart
    or when late frames have come, may find its onset a little earlier or later."""
    steps = alerts.steps_of(conn, [alert.id for alert in former])
    for alert in former:
        cleared_s = math.inf if alert.cleared_s is None else alert.cleared_s
        if onset_s < cleared_s and at_s >= alert.onset_s:
            return True
        again = _recurrences(steps[alert.id])
        if any(onset_s <= last_s and at_s >= first_s for first_s, last_s in again):
            return True
    return False


def latest_s(conn: Connection, alert: Alert) -> float:
    """The recorded second that made the rule true for the last time."""
    again = _recurrences(alerts.steps_of(conn, [alert.id])[alert.id])
    return max([alert.at_s, *(at_s for _, at_s in again)])


def _recurrences(steps: Sequence[Step]) -> list[tuple[float, float]]:
    """(onset_s, at_s) of each time the same came again."""
    return [
        (step.text["onset_s"], step.text["at_s"])
        for step in steps
        if step.event == "recurred" and not isinstance(step.text, str)
    ]
