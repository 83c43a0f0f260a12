"""The list of mothers for staff: who needs a look first, and why."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import Connection

from cloud.gestation import gestation_weeks, zone_of
from cloud.pregnancy.progress import Progress, progress_of
from cloud.store import alerts, care, home_values, people, pregnancies
from cloud.store.alerts import Alert
from cloud.store.people import Mother, Organisation
from cloud.store.pregnancies import RiskAssessment
from models.pregnancy_risk import COLOURS, due_again_days
from models.rules import REPORTED

DAY_MS = 24 * 3600 * 1000
HOME_RULES = frozenset(rule.id for rule in REPORTED if rule.kind == "patient")
PRIORITIES = ("high", "medium", "low")
_RISKS = (COLOURS[0], people.NOT_ASSESSED, *COLOURS[1:])  # who was never assessed may be any
FILTERS = ("risk_due", "poor", "abnormal", "tasks_due")


def rows(conn: Connection, mothers: Sequence[Mother], now_ms: int) -> list[dict[str, Any]]:
    """One for each: alerts that nobody has handled first, the worst of each; then abnormal home
    values, the highest colour, and what is overdue."""
    ids = [mother.id for mother in mothers]
    places = {place.id: place for place in people.all_organisations(conn)}
    zones = {mother.id: zone_of(places.get(mother.organisation_id or 0)) for mother in mothers}
    risks = pregnancies.newest_risks(conn, ids)
    progress = progress_of(conn, zones, now_ms)
    advised = home_values.proposed(conn, ids)
    open_ = alerts.visible(conn, recent=0)
    called = _worst_alerts(open_)
    alarmed = {one.mother_id for one in open_ if one.rule in HOME_RULES}
    today = datetime.fromtimestamp(now_ms / 1000, UTC).date()
    late = care.overdue(conn, ids, today)
    found = [
        {
            **about(mother, place, now_ms),
            "assessed": assessed(risks.get(mother.id), mother, place, now_ms),
            "progress": _brief(progress[mother.id]),
            "called": called.get(mother.id),
            "alert": mother.id in alarmed,
            "advice": mother.id in advised,
            "tasks_due": late.get(mother.id, 0),
        }
        for mother in mothers
        for place in [places.get(mother.organisation_id or 0)]
    ]
    return sorted(found, key=_urgency)


def kept(
    every: Sequence[dict[str, Any]], colour: str | None, wanted: Sequence[str], text: str = ""
) -> list[dict[str, Any]]:
    """Of this colour (purple: infectious), for which all of `wanted` (of FILTERS) holds, with
    `text` in the name or the telephone number."""
    holds = {
        "risk_due": lambda row: row["assessed"]["overdue"],
        "poor": lambda row: row["progress"]["poor"],
        "abnormal": lambda row: row["alert"] or row["advice"],
        "tasks_due": lambda row: row["tasks_due"] > 0,
    }
    return [
        row
        for row in every
        if (colour is None or row["risk"] == colour or (colour == "purple" and row["purple"]))
        and all(holds[name](row) for name in wanted)
        and text.lower() in f"{row['name']} {row['phone'] or ''}".lower()
    ]


def about(mother: Mother, place: Organisation | None, now_ms: int) -> dict[str, Any]:
    """Who she is and how far along."""
    return {
        "id": mother.id,
        "name": mother.name,
        "phone": mother.phone,
        "address": mother.address,
        "risk": mother.risk,
        "purple": mother.purple,
        "due_date": mother.due_date.isoformat() if mother.due_date else None,
        "weeks": gestation_weeks(mother.due_date, now_ms, place),
        "organisation": place and {"id": place.id, "name": place.name, "name_zh": place.name_zh},
    }


def assessed(
    risk: RiskAssessment | None, mother: Mother, place: Organisation | None, now_ms: int
) -> dict[str, Any]:
    """When the colour was assessed last, and whether it is to be done again."""
    if risk is None:
        return {"at_ms": None, "weeks_ago": None, "due_ms": None, "overdue": True}
    weeks = gestation_weeks(mother.due_date, risk.at_ms, place)
    due_ms = risk.at_ms + due_again_days(weeks) * DAY_MS
    weeks_ago = timedelta(milliseconds=now_ms - risk.at_ms).days // 7
    overdue = now_ms >= due_ms
    return {"at_ms": risk.at_ms, "weeks_ago": weeks_ago, "due_ms": due_ms, "overdue": overdue}


def _worst_alerts(open_: Sequence[Alert]) -> dict[int | None, dict[str, Any]]:
    """By mother: the worst of hers that is about herself or her baby, of those not over."""
    hers = [one for one in open_ if one.kind == "patient"]
    hers.sort(key=lambda one: (PRIORITIES.index(one.priority), one.raised_ms), reverse=True)
    return {one.mother_id: {"priority": one.priority, "reason": dict(one.reason)} for one in hers}


def _brief(progress: Progress) -> dict[str, Any]:
    view = progress.view()
    return {name: view[name] for name in ("plan", "week", "streak_weeks", "poor")}


def _urgency(row: dict[str, Any]) -> tuple[Any, ...]:
    called = row["called"]
    return (
        PRIORITIES.index(called["priority"]) if called else len(PRIORITIES),
        not row["alert"],
        not row["advice"],
        -_RISKS.index(row["risk"]),
        not row["purple"],
        not row["assessed"]["overdue"],
        not row["progress"]["poor"],
        row["name"],
    )
