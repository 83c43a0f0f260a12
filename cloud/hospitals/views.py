"""The hospitals as the centre sees them: in what state, how far from a mother, whom to call."""

from typing import Any

from sqlalchemy import Connection

from cloud.hospitals.organising import on_duty_view
from cloud.hospitals.planner import Planner
from cloud.routing.plan import Plan, Roads
from cloud.store import alerts, duties, people
from cloud.store import hospitals as columns
from cloud.store.alerts import Alert
from cloud.store.people import Mother, Organisation

CALLED = 6  # hospitals on a call list
NO_WAY = {"minutes": None, "km": None, "why": None, "fit": None}


def hospitals(
    conn: Connection, planner: Planner, alert: Alert | None, roads: Roads | None, now_ms: int
) -> list[dict[str, Any]]:
    """In the order of asking for this alert; without one by their ids."""
    rows = {hospital.id: hospital for hospital in people.hospitals(conn)}
    answered = alerts.last_answers(conn)
    now = columns.read(conn, now_ms)
    on_call = dict(zip(now.ids.tolist(), now.on_call.tolist(), strict=True))
    plan = _plan(conn, planner, alert, roads, now_ms)
    ways = _ways(plan, len(rows))
    return [
        {
            **_row(rows[hospital_id]),
            "on_call_now": on_call[hospital_id],
            "answered_ms": answered.get(hospital_id),
            **ways.get(hospital_id, NO_WAY),
        }
        for hospital_id in ways or rows
    ]


def calls(
    conn: Connection, planner: Planner, alert: Alert | None, roads: Roads | None, now_ms: int
) -> dict[str, Any]:
    """The mother, the operators on duty, and the hospitals that are left or nearest, with who is
    on duty there."""
    mother = _mother(conn, alert)
    plan = _plan(conn, planner, alert, roads, now_ms)
    ways = _ways(plan, CALLED)
    centres = [o.id for o in people.all_organisations(conn) if o.kind == "centre"]
    there = duties.on_duty(conn, list(ways), "obstetrician", now_ms)
    found = []
    for hospital_id, way in ways.items():
        hospital = people.get_organisation(conn, hospital_id)
        assert hospital is not None  # the plan was made in this transaction
        on_duty = [on_duty_view(o) for o in there if o.organisation_id == hospital.id]
        found.append({**_row(hospital), **way, "on_duty": on_duty})
    return {
        "mother": {"name": mother.name, "phone": mother.phone} if mother else None,
        "operators": [
            on_duty_view(one) for one in duties.on_duty(conn, centres, "operator", now_ms)
        ],
        "hospitals": found,
    }


def _plan(
    conn: Connection, planner: Planner, alert: Alert | None, roads: Roads | None, now_ms: int
) -> Plan | None:
    mother = _mother(conn, alert)
    if alert is None or mother is None or alert.kind == "technical":
        return None
    asked, urgent = alerts.asked(conn, alert.id), alert.priority == "high"
    return planner.plan(conn, mother, asked, urgent, now_ms, roads)


def _mother(conn: Connection, alert: Alert | None) -> Mother | None:
    if alert is None or alert.mother_id is None:
        return None
    return people.get_mother(conn, alert.mother_id)


def _ways(plan: Plan | None, count: int) -> dict[int, dict[str, Any]]:
    """The way to the first ones in the order of asking, and why each would be asked or not."""
    if plan is None:
        return {}
    fit = [(choice, True) for choice in plan.first(count)]
    unfit = [(choice, False) for choice in plan.unfit(count - len(fit))]
    return {
        choice.hospital_id: {
            "minutes": choice.minutes,
            "km": choice.km,
            "why": choice.why,
            "fit": is_fit,
        }
        for choice, is_fit in (*fit, *unfit)
    }


def _row(hospital: Organisation) -> dict[str, Any]:
    return {
        "id": hospital.id,
        "name": hospital.name,
        "name_zh": hospital.name_zh,
        "level": hospital.level,
        "phone": hospital.phone,
        "by_roster": hospital.by_roster,
        "free_beds": hospital.free_beds,
        "nicu": hospital.nicu,
        "blood_bank": hospital.blood_bank,
    }
