"""What was done of the plan of monitoring, from the recordings of each mother."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, tzinfo
from typing import Any

from sqlalchemy import Connection

from cloud.store import pregnancies
from cloud.store.pregnancies import MonitoringPlan, Recorded
from models.adherence import ENOUGH_SHARE, Plan, Week, is_poor, streak, weeks

SHOWN_WEEKS = 6


@dataclass(frozen=True)
class Progress:
    plan: MonitoringPlan | None  # that holds, or will
    weeks: list[Week]
    reasons: dict[date, str]  # of days on which she could not

    @property
    def is_poor(self) -> bool:
        return is_poor(self.weeks)

    def view(self) -> dict[str, Any]:
        """As JSON; `week` is the running one, null before the plan begins."""
        shown = [_week(week) for week in self.weeks[-SHOWN_WEEKS:]]
        plan = self.plan
        return {
            "plan": plan
            and {
                "per_week": plan.per_week,
                "minutes": plan.minutes,
                "from_week": plan.from_week,
                "from_day": plan.from_day.isoformat(),
                "made_ms": plan.made_ms,
            },
            "week": shown[-1] if shown else None,
            "weeks": shown,
            "streak_weeks": streak(self.weeks),
            "poor": self.is_poor,
            "missed": [day for week in shown for day in week["missed"]],
            "reasons": {day.isoformat(): why for day, why in self.reasons.items()},
        }


def progress_of(conn: Connection, zones: dict[int, tzinfo], now_ms: int) -> dict[int, Progress]:
    """Of each of these mothers; {mother: the time zone of her days}."""
    ids = list(zones)
    plans = pregnancies.plans_of(conn, ids)
    missed = pregnancies.missed_of(conn, ids)
    first_ms = min((plan.made_ms for of in plans.values() for plan in of), default=now_ms)
    planned = [mother_id for mother_id in ids if plans[mother_id]]
    rows: dict[int, list[Recorded]] = {mother_id: [] for mother_id in planned}
    for one in pregnancies.recorded(conn, planned, first_ms - 24 * 3600 * 1000):
        rows[one.mother_id].append(one)
    return {
        mother_id: _progress(
            plans[mother_id], rows.get(mother_id, []), missed[mother_id], zone, now_ms
        )
        for mother_id, zone in zones.items()
    }


def _progress(
    plans: Sequence[MonitoringPlan], rows: Sequence[Recorded], missed: dict[date, str],
    zone: tzinfo, now_ms: int,
) -> Progress:  # fmt: skip
    rules = [Plan(one.from_day.toordinal(), one.per_week, one.minutes) for one in plans]
    done = {_day(row.start_ms, zone) for row in rows if _is_enough(row, rules, zone)}
    excused = {day.toordinal() for day in missed}
    found = weeks(rules, done, excused, _day(now_ms, zone))
    return Progress(plans[-1] if plans else None, found, missed)


def _is_enough(row: Recorded, plans: Sequence[Plan], zone: tzinfo) -> bool:
    """Long enough for the plan of that day; of two plans the later one."""
    day = _day(row.start_ms, zone)
    begun = [plan for plan in plans if plan.from_day <= day]
    return bool(begun) and row.seconds >= ENOUGH_SHARE * 60 * begun[-1].minutes


def _day(at_ms: int, zone: tzinfo) -> int:
    return datetime.fromtimestamp(at_ms / 1000, UTC).astimezone(zone).date().toordinal()


def _week(week: Week) -> dict[str, Any]:
    return {
        "monday": date.fromordinal(week.monday).isoformat(),
        "done": week.done,
        "planned": week.planned,
        "excused": week.excused,
        "held": week.held,
        "missed": [date.fromordinal(day).isoformat() for day in week.missed],
    }
