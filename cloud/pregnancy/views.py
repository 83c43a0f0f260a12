"""A mother's record as JSON: the same for her and for staff, but that she reads only advice that
her team has sent, and neither their tasks nor which alerts and referrals others have."""

from collections.abc import Sequence
from math import isnan
from typing import Any

from sqlalchemy import Connection

from cloud.alerts.answers import Actor
from cloud.gestation import zone_of
from cloud.pregnancy import listing
from cloud.pregnancy.names import WHAT, Names
from cloud.pregnancy.progress import progress_of
from cloud.pregnancy.record import today
from cloud.pregnancy.values import compared, high_pressure
from cloud.store import care, changes, consents, home_values, people, pregnancies
from cloud.store.home_values import UNITS, Advice, HomeValue
from cloud.store.people import Mother, Organisation
from cloud.store.pregnancies import RiskAssessment
from models.advice import BY_ID, Phase
from models.pregnancy_risk import BY_ID as CRITERIA_BY_ID
from models.pregnancy_risk import CHECK, CHOSEN, COLOURS

SHOWN_DAYS = 28
SHOWN_VALUES = 30
ASSESSING_LEVEL = 2  # of hospitals that assess: the five-colour rule
MOVED = {  # of models.movements; msgids: never that all is well
    "fewer": "Fewer than her usual number: reported to the hospital",
    "more": "More than her usual number: ask her what has changed",
    "as usual": "About her usual number: that alone does not settle anything",
    "unknown": "Her usual number is not known yet: it takes five counts within 14 days",
}
MOVED_HER = {
    "fewer": "That is fewer than usual for your baby. The hospital has been told. "
    "Call it now; do not wait.",
    "none": "You felt no movement. The hospital has been told. Call it now; do not wait.",
    "more": "That is more than usual for your baby. If it goes on or worries you, call.",
    "as usual": "About as many as usual. If something feels different, call all the same.",
    "unknown": "Thank you. After five counts in two weeks we know what is usual for your baby.",
}


def record_view(conn: Connection, mother: Mother, who: Actor, now_ms: int) -> dict[str, Any]:
    names = Names(conn)
    place = people.get_organisation(conn, mother.organisation_id or 0)
    values = home_values.of_mother(conn, mother.id, now_ms - SHOWN_DAYS * listing.DAY_MS)
    progress = progress_of(conn, {mother.id: zone_of(place)}, now_ms)[mother.id]
    view = {
        **listing.about(mother, place, now_ms),
        "known": _known(conn, mother),
        "contacts": [
            {"id": one.id, "name": one.name, "phone": one.phone, "relation": one.relation}
            for one in pregnancies.relatives_of(conn, mother.id)
        ],
        "risk_view": _risk(conn, mother, place, names, now_ms),
        "progress": progress.view(),
        "values": [_value(one, who, names) for one in values[::-1][:SHOWN_VALUES]],
        "movements": _movements(values, who),
        "high_pressure": high_pressure(values, now_ms),
        "advice": _advice(conn, mother, who, names),
        "advice_waits": any(
            one.phase is Phase.PROPOSED for one in home_values.advice_of(conn, mother.id)
        ),
        "team": _team(conn, mother, names),
        "sharing": _sharing(conn, mother, names),
        "changes": _changes(conn, mother, names),
    }
    if who.role != "mother":
        view["tasks"] = _tasks(conn, mother, names, now_ms)
    return view


def _known(conn: Connection, mother: Mother) -> dict[str, Any]:
    known = vars(pregnancies.get(conn, mother.id))
    plain = {name: value for name, value in known.items() if name != "mother_id"}
    for name in ("dated_on", "birth_date"):
        plain[name] = plain[name].isoformat() if plain[name] else None
    return plain


def _risk(
    conn: Connection, mother: Mother, place: Organisation | None, names: Names, now_ms: int
) -> dict[str, Any]:
    """The newest assessment, those before it, and what may be chosen in the next."""
    every = pregnancies.risks_of(conn, mother.id)
    return {
        **listing.assessed(every[0] if every else None, mother, place, now_ms),
        "newest": _assessment(every[0], names) if every else None,
        "earlier": [_assessment(one, names) for one in every[1:]],
        "choices": [{"id": c.id, "colour": c.colour, "text": c.text} for c in CHOSEN],
        "colours": COLOURS,
        "check": CHECK,
    }


def _assessment(one: RiskAssessment, names: Names) -> dict[str, Any]:
    level = names.level(one.organisation_id)
    return {
        "at_ms": one.at_ms,
        "colour": one.colour,
        "purple": one.purple,
        "computed": one.computed,
        "reason": one.reason,
        "age": one.age,
        "bmi": None if one.bmi is None else round(one.bmi, 1),
        "met": [_criterion(name) for name in one.met],
        "by": names.who(one.person_id),
        "to_confirm": level is not None and level < ASSESSING_LEVEL,
    }


def _criterion(name: str) -> dict[str, Any]:
    """As the table has it now; one of an older version by its id."""
    row = CRITERIA_BY_ID.get(name)
    if row is None:
        return {"id": name, "text": name, "colour": "", "source": ""}
    return {"id": name, "text": row.text, "colour": row.colour, "source": row.source}


def _value(one: HomeValue, who: Actor, names: Names) -> dict[str, Any]:
    hers = who.role != "mother" or one.person_id == who.person_id
    return {
        "id": one.id,
        "measure": one.measure,
        "value": one.value,
        "other": one.other,
        "unit": UNITS[one.measure],
        "context": one.context,
        "at_ms": one.at_ms,
        "by_device": one.recording_id is not None,
        "by": names.who(one.person_id),
        "may_undo": one.recording_id is None and hers and who.role != "admin",
    }


def _movements(values: Sequence[HomeValue], who: Actor) -> dict[str, Any] | None:
    """Her newest count against her own usual; None: she has not counted of late."""
    found = compared(values)
    if found is None:
        return None
    usual = None if isnan(found.usual_per_hour) else round(found.usual_per_hour, 1)
    hers = "none" if found.per_hour == 0 else found.change
    said = MOVED_HER[hers] if who.role == "mother" else MOVED[found.change]
    return {
        "change": found.change,
        "per_hour": round(found.per_hour, 1),
        "usual_per_hour": usual,
        "counts": found.counts,
        "said": {"text": said, "args": {}},
    }


def _advice(conn: Connection, mother: Mother, who: Actor, names: Names) -> list[dict[str, Any]]:
    """What is to be decided first, then the newest."""
    every = home_values.advice_of(conn, mother.id)
    if who.role == "mother":
        every = [one for one in every if one.phase is Phase.SENT]
    every.sort(key=lambda one: one.phase is not Phase.PROPOSED)
    return [_one_advice(one, names) for one in every[:20]]


def _one_advice(one: Advice, names: Names) -> dict[str, Any]:
    rule = BY_ID.get(one.rule)
    return {
        "id": one.id,
        "rule": one.rule,
        "version": one.version,
        "said": {"text": rule.text if rule else one.rule, "args": dict(one.args)},
        "source": rule.source if rule else "",
        "words": one.words,
        "phase": one.phase.value,
        "reason": one.reason,
        "made_ms": one.made_ms,
        "decided_ms": one.decided_ms,
        "by": names.who(one.person_id),
    }


def _team(conn: Connection, mother: Mother, names: Names) -> list[dict[str, Any]]:
    team = care.team_of(conn, mother.id)
    return [
        {"role": role, "person_id": team.get(role), "person": names.who(team.get(role))}
        for role in care.ROLES
    ]


def _tasks(conn: Connection, mother: Mother, names: Names, now_ms: int) -> list[dict[str, Any]]:
    day = today(conn, mother, now_ms)
    return [
        {
            "id": one.id,
            "text": one.text,
            "role": one.role,
            "due": one.due.isoformat() if one.due else None,
            "overdue": one.done_ms is None and one.due is not None and one.due < day,
            "made_ms": one.made_ms,
            "by": names.who(one.person_id),
            "done_ms": one.done_ms,
            "done_by": names.who(one.done_by),
            "note": one.note,
        }
        for one in care.tasks_of(conn, mother.id)
    ]


def _sharing(conn: Connection, mother: Mother, names: Names) -> dict[str, Any]:
    """Which hospitals she lets see her; she changes it on her own page."""
    consent = consents.of_mother(conn, mother.id, mother.organisation_id)
    said_of = {mother.organisation_id} | {one.organisation_id for one in consent.decisions}
    return {
        "others": consent.for_all,
        "hospitals": [
            {"organisation": names.place(place), "allowed": consent.holds_for(place)}
            for place in sorted(one for one in said_of if one is not None)
        ],
    }


def _named(value: Any, names: Names) -> Any:
    """Criteria by their words and people by their names; a rule by nothing: its advice says it."""
    if not isinstance(value, dict):
        return value
    row = {name: one for name, one in value.items() if name != "rule"}
    for role in set(row) & set(care.ROLES):
        row[role] = (names.who(row[role]) or {}).get("name")
    if "met" in row:
        row["met"] = [_criterion(name)["text"] for name in row["met"]]
    return row


def _changes(conn: Connection, mother: Mother, names: Names) -> list[dict[str, Any]]:
    return [
        {
            "at_ms": one.at_ms,
            "by": names.who(one.person_id),
            "what": WHAT.get(one.what, one.what),
            "before": _named(one.before, names),
            "after": _named(one.after, names),
        }
        for one in changes.of_mother(conn, mother.id)
    ]
