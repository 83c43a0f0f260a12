"""What stands on a mother's first page beside the live data: who expects her, how her last
recording ended, what a doctor said, her plan."""

from typing import Any

from sqlalchemy import Connection

from cloud.deps import Principal
from cloud.gestation import zone_of
from cloud.journeys.sight import sees_green, sees_referral
from cloud.journeys.views import green_views, referral_views
from cloud.mother.asking import asks_now, last_view
from cloud.mother.history import history, needs_no_look
from cloud.pregnancy.progress import progress_of
from cloud.store import green, people, referrals
from cloud.store.people import Mother
from models import green as green_rules
from models import referrals as referral_rules
from models.endings import USUAL_MINUTES, Ending

ENDED_SHOWN_MS = 24 * 3600 * 1000
FRESH_MS = 12 * 3600 * 1000  # of a doctor's answer: what it asks for is for that day
EARLIER_SHOWN = 2
HERE = ("arrived", "admitted")  # at the hospital that expected her
VOID = (referral_rules.Phase.DECLINED, referral_rules.Phase.WITHDRAWN)


def home_view(conn: Connection, mother: Mother, who: Principal, now_ms: int) -> dict[str, Any]:
    progress = plan_of(conn, mother, now_ms)
    rows = history(conn, mother, wanted_minutes(progress), now_ms)
    newest = rows[0] if rows else None
    fresh = newest is not None and (newest["closed_ms"] or 0) > now_ms - ENDED_SHOWN_MS
    expects = _expects(conn, mother, who, now_ms)
    ended = newest if newest is not None and fresh and not needs_no_look(newest) else None
    read = [row for row in rows if row["report"]]
    new = fresh_report(conn, mother, rows, now_ms)
    return {
        "asks": asks_now(conn, mother) is not None,
        "expects": expects,
        "last": last_view(conn, mother, now_ms),
        "care": _care(conn, mother, who, now_ms),
        "ended": ended,
        "report": new[0] if new else None,
        "earlier": read[len(new) :][:EARLIER_SHOWN],
        "calm": not new and (ended is None or ended["ending"] == Ending.SENT.value),
        "progress": progress,
        "wanted_min": wanted_minutes(progress),
    }


def plan_of(conn: Connection, mother: Mother, now_ms: int) -> dict[str, Any]:
    place = people.get_organisation(conn, mother.organisation_id or 0)
    found = progress_of(conn, {mother.id: zone_of(place)}, now_ms)
    return found[mother.id].view()


def wanted_minutes(progress: dict[str, Any]) -> int:
    plan = progress["plan"]
    return int(plan["minutes"]) if plan else USUAL_MINUTES


def fresh_report(
    conn: Connection, mother: Mother, rows: list[dict[str, Any]], now_ms: int
) -> list[dict[str, Any]]:
    """Of these recordings the one whose report still says what to do; every other is an earlier
    answer."""
    read = [row for row in rows if row["report"]]
    return [row for row in read[:1] if _holds(conn, mother, row["report"]["signed_ms"], now_ms)]


def _holds(conn: Connection, mother: Mother, signed_ms: int, now_ms: int) -> bool:
    """A doctor's answer is new, and she has not come to a hospital since."""
    if signed_ms <= now_ms - FRESH_MS:
        return False
    ids = [row.id for row in green.visible(conn, mother_id=mother.id)]
    steps = [step for of_one in green.steps_of(conn, ids).values() for step in of_one]
    return not any(step.at_ms >= signed_ms and step.phase.value in HERE for step in steps)


def _expects(
    conn: Connection, mother: Mother, who: Principal, now_ms: int
) -> dict[str, Any] | None:
    """The hospital that makes ready for her, and whether she is there."""
    rows = green.visible(conn, mother_id=mother.id)
    open_ = [
        row
        for row in rows
        if row.phase not in green_rules.OVER and sees_green(conn, who.viewer, row)
    ]
    if not open_:
        return None
    view = green_views(conn, open_[:1], who, now_ms)[0]
    return {**view, "here": view["phase"] in HERE}


def _care(conn: Connection, mother: Mother, who: Principal, now_ms: int) -> dict[str, Any] | None:
    """The newest plan of care that a hospital sent her home with."""
    rows = referrals.visible(conn, mother_id=mother.id)
    sent = [
        row for row in rows if row.plan and row.phase not in VOID and sees_referral(who.viewer, row)
    ]
    return referral_views(conn, sent[:1], who, now_ms)[0] if sent else None
