"""A routing plan as the steps of an alert keep it: msgids, numbers, and the hospitals' names."""

from collections.abc import Iterable
from typing import Any

from sqlalchemy import Connection

from cloud.routing.plan import Choice, Plan
from cloud.store import people

SHOWN_NEXT = 3  # that would be asked after this one
SHOWN_PASSED_OVER = 3  # nearer ones that are not fit
SHOWN_UNFIT = 5  # nearest ones, when nobody is fit


def why_first(conn: Connection, plan: Plan) -> dict[str, Any]:
    """Why this hospital, why not the nearer ones, and who is next."""
    first = plan.first(1)[0]
    return {
        **first.why,
        "distance_km": first.km,
        "minutes": first.minutes,
        "break_glass": first.break_glass,
        "notes": list(plan.notes),
        "passed_over": named(conn, plan.passed_over(SHOWN_PASSED_OVER)),
        "next": named(conn, plan.first(1 + SHOWN_NEXT)[1:]),
    }


def why_nobody(conn: Connection, plan: Plan) -> dict[str, Any]:
    """Why the centre has it now, and what the nearest hospitals lack."""
    return {
        **plan.why_nobody,
        "notes": list(plan.notes),
        "passed_over": named(conn, plan.unfit(SHOWN_UNFIT)),
    }


def named(conn: Connection, choices: Iterable[Choice]) -> list[dict[str, Any]]:
    """{id, name, name_zh, minutes, text, args} of each."""
    found = []
    for choice in choices:
        hospital = people.get_organisation(conn, choice.hospital_id)
        assert hospital is not None  # the plan was made in this transaction
        names = {"id": hospital.id, "name": hospital.name, "name_zh": hospital.name_zh}
        found.append({**names, "minutes": choice.minutes, **choice.why})
    return found
