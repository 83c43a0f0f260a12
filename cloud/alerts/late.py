"""When what is told was true some time ago, because its data came late: the words say so."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Connection

from cloud.alerts.moves import words
from cloud.completeness import at_ms
from cloud.months import centre_zone
from cloud.store import people
from cloud.store.recordings import Recording
from models.alerts import ESCALATE_AFTER_S
from models.rules import Rule

LATE_MS = 1000 * ESCALATE_AFTER_S  # told in time, the next hospital would have been asked by now
LATE = "%(reason)s. Told %(minutes)d min late: it began at %(time)s"


def marked(
    conn: Connection,
    recording: Recording,
    rule: Rule,
    reason: Mapping[str, Any],
    onset_s: float,
    at_s: float,
    now_ms: int,
) -> Mapping[str, Any]:
    """The reason as it is told; a late one also has late_s, and began_ms by the cloud's clock.

    A silence has no second of its own: it is never late.
    """
    late_ms = now_ms - at_ms(recording, at_s)
    if late_ms < LATE_MS or rule.where == "link":
        return reason
    began_ms = at_ms(recording, onset_s)
    time = clock(conn, recording.mother_id, began_ms, now_ms)
    said = words(LATE, reason=dict(reason), minutes=late_ms // 60_000, time=time)
    return {**said, "late_s": late_ms // 1000, "began_ms": began_ms}


def clock(conn: Connection, mother_id: int | None, then_ms: int, now_ms: int) -> str:
    """The time of day at her own hospital, else at the centre; of another day with its date."""
    mother = None if mother_id is None else people.get_mother(conn, mother_id)
    own = people.get_organisation(conn, mother.organisation_id or 0) if mother else None
    zone = ZoneInfo(own.zone if own else centre_zone(conn))
    then, now = (datetime.fromtimestamp(ms / 1000, zone) for ms in (then_ms, now_ms))
    return f"{then:%H:%M}" if then.date() == now.date() else f"{then:%Y-%m-%d %H:%M}"
