"""A routing plan as the steps of an alert keep it: msgids, numbers, and the hospitals' names."""

from collections.abc import Iterable
from typing import Any

from sqlalchemy import Connection

from cloud.routing import needs
from cloud.routing.plan import Choice, Plan
from cloud.store import people
from cloud.store.hospitals import UNKNOWN

SHOWN_NEXT = 3  # that would be asked after this one
SHOWN_PASSED_OVER = 3  # nearer ones that are not fit
SHOWN_UNFIT = 5  # nearest ones, when nobody is fit

LACKING = "%(why)s; %(lack)s"
NO_NICU, NICU_UNKNOWN = "no NICU", "it is not known whether there is a NICU"
NO_BLOOD, BLOOD_UNKNOWN = "no blood bank", "it is not known whether there is a blood bank"
# what is missing is said to whom it matters: a child before term, a mother at high risk
NICU_MATTERS = {needs.NEEDS_NICU, needs.BEFORE_TERM, needs.NEEDS_BLOOD}
BLOOD_MATTERS = {needs.NEEDS_BLOOD}


def why_first(conn: Connection, plan: Plan) -> dict[str, Any]:
    """Why this hospital and what it lacks, why not the nearer ones, and who is next."""
    first = plan.first(1)[0]
    return {
        **with_lacks(plan, first),
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


def with_lacks(plan: Plan, first: Choice) -> dict[str, Any]:
    """Why it is asked, and what she may need that it has not."""
    said = dict(first.why)
    her_needs = {note["text"] for note in plan.notes}
    row = plan.rows[0]
    for has, matters, none, unknown in (
        (plan.hospitals.nicu[row], NICU_MATTERS, NO_NICU, NICU_UNKNOWN),
        (plan.hospitals.blood_bank[row], BLOOD_MATTERS, NO_BLOOD, BLOOD_UNKNOWN),
    ):
        lack = none if has == 0 else unknown if has == UNKNOWN else None
        if lack and her_needs & matters:
            said = {"text": LACKING, "args": {"why": said, "lack": lack}}
    return said
