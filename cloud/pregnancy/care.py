"""What staff decide about a mother, inside one transaction of the caller; raises as record.py.

The colour of risk, the plan of monitoring, her team of three with its tasks, and whether an advice
is sent to her.
"""

from collections.abc import Mapping, Sequence
from datetime import date, timedelta

from sqlalchemy import Connection

from cloud.alerts.answers import Actor, ReasonMissing, Refused
from cloud.gestation import TERM_DAYS, age_on
from cloud.pregnancy.notices import tell_her
from cloud.pregnancy.record import note, today
from cloud.store import care, consents, home_values, people, pregnancies
from cloud.store.people import Mother
from models import advice as rules
from models.pregnancy_risk import COLOURS, RISK_VERSION, Risk, bmi_of, pregnancy_risk

NO_SUCH_CRITERION = "there is no such criterion"
SAY_WHY_COLOUR = "the criteria give %(colour)s: say why it is to be another colour"
DATE_FIRST = "give her due date first: the plan begins in a week of the pregnancy"
LATEST_WEEK = 42
NOT_STAFF = "this person cannot be in her team"
NOT_AGREED = "she has not agreed that %(organisation)s sees her record"
NOBODY = "nobody in her team does this yet"
SAY_WHAT = "say what came of it"
NOT_OPEN = "she has no such open task"
SAY_WHY = "say why you dismiss it"
DECIDED = "not possible now: the advice is %(phase)s"
DAY_MISSING = "only days that have gone by, of the last four weeks"
MISSED_DAYS = 28


def risk_now(
    conn: Connection, mother: Mother, chosen: Sequence[str], now_ms: int
) -> tuple[Risk, int | None, float | None]:
    """By the table, from what is known of her and the criteria that a person chose; age, BMI."""
    known = pregnancies.get(conn, mother.id)
    age = age_on(known.birth_date, today(conn, mother, now_ms))
    bmi = bmi_of(known.height_cm, known.weight_kg)
    try:
        return pregnancy_risk(age, bmi, chosen), age, bmi
    except ValueError:
        raise ReasonMissing(NO_SUCH_CRITERION) from None


def assess_risk(
    conn: Connection, mother: Mother, chosen: Sequence[str], colour: str | None, reason: str,
    actor: Actor, now_ms: int,
) -> None:  # fmt: skip
    """`colour` None: the one of the table. Another one needs a reason."""
    risk, age, bmi = risk_now(conn, mother, chosen, now_ms)
    holds = colour or risk.colour
    if holds not in COLOURS:
        raise ReasonMissing(NO_SUCH_CRITERION)
    if holds != risk.colour and not reason:
        raise ReasonMissing(SAY_WHY_COLOUR, colour=risk.colour)
    met = [one.id for one in risk.met]
    pregnancies.add_risk(
        conn, mother_id=mother.id, at_ms=now_ms, person_id=actor.person_id,
        organisation_id=actor.organisation_id, age=age, bmi=bmi, met=met, computed=risk.colour,
        colour=holds, purple=risk.purple, reason=reason if holds != risk.colour else "",
        version=RISK_VERSION,
    )  # fmt: skip
    pregnancies.set_mother(conn, mother.id, risk=holds, purple=risk.purple)
    before = {"colour": mother.risk, "purple": mother.purple}
    after = {"colour": holds, "purple": risk.purple, "met": met, "reason": reason}
    note(conn, mother, "risk", before, after, actor, now_ms)


def set_plan(
    conn: Connection, mother: Mother, per_week: int, minutes: int, from_week: int | None,
    actor: Actor, now_ms: int,
) -> None:  # fmt: skip
    from_day = today(conn, mother, now_ms)
    if from_week is not None:
        if mother.due_date is None:
            raise ReasonMissing(DATE_FIRST)
        from_day = max(from_day, mother.due_date - timedelta(days=TERM_DAYS - 7 * from_week))
    before = pregnancies.plans_of(conn, [mother.id])[mother.id][-1:]
    pregnancies.add_plan(
        conn, mother_id=mother.id, per_week=per_week, minutes=minutes, from_week=from_week,
        from_day=from_day, made_ms=now_ms, person_id=actor.person_id,
    )  # fmt: skip
    old = {"per_week": before[0].per_week, "minutes": before[0].minutes} if before else None
    new = {"per_week": per_week, "minutes": minutes, "from": from_day.isoformat()}
    note(conn, mother, "plan", old, new, actor, now_ms)


def miss_day(
    conn: Connection, mother: Mother, day: date, reason: str, actor: Actor, now_ms: int
) -> None:
    """Why she could not record on this day."""
    now = today(conn, mother, now_ms)
    if not timedelta(0) <= now - day <= timedelta(days=MISSED_DAYS):
        raise ReasonMissing(DAY_MISSING)
    before = pregnancies.missed_of(conn, [mother.id])[mother.id].get(day)
    pregnancies.put_missed(conn, mother.id, day, reason, actor.person_id)
    after = {"day": day.isoformat(), "reason": reason}
    note(conn, mother, "missed day", before, after, actor, now_ms)


def set_team(
    conn: Connection, mother: Mother, wanted: Mapping[str, int | None], actor: Actor, now_ms: int
) -> None:
    """{role of cloud.store.care.ROLES: person, None: nobody}."""
    team = {role: person_id for role, person_id in wanted.items() if person_id is not None}
    before = care.team_of(conn, mother.id)
    consent = consents.of_mother(conn, mother.id, mother.organisation_id)
    for person_id in team.values():
        person = people.get_person(conn, person_id)
        if person is None or person.role not in ("hospital", "centre"):
            raise ReasonMissing(NOT_STAFF)
        place = people.get_organisation(conn, person.organisation_id or 0)
        if place is None or (place.kind == "hospital" and not consent.holds_for(place.id)):
            names = {"en": place.name, "zh": place.name_zh} if place else None
            raise Refused(NOT_AGREED, organisation=names)
    if team != before:
        care.set_team(conn, mother.id, team)
        note(conn, mother, "team", before, team, actor, now_ms)


def add_task(
    conn: Connection, mother: Mother, text: str, role: str, due: date | None, actor: Actor,
    now_ms: int,
) -> None:  # fmt: skip
    if role not in care.team_of(conn, mother.id):
        raise ReasonMissing(NOBODY)
    care.add_task(
        conn, mother_id=mother.id, text=text, role=role, due=due, made_ms=now_ms,
        person_id=actor.person_id,
    )  # fmt: skip
    after = {"text": text, "role": role, "due": due.isoformat() if due else None}
    note(conn, mother, "task", None, after, actor, now_ms)


def finish_task(
    conn: Connection, mother: Mother, task_id: int, said: str, actor: Actor, now_ms: int
) -> None:
    """The first answer stays."""
    if not said:
        raise ReasonMissing(SAY_WHAT)
    task = care.finish_task(conn, mother.id, task_id, actor.person_id, said, now_ms)
    if task is None:
        raise Refused(NOT_OPEN)
    note(conn, mother, "task", {"text": task.text}, {"done": said}, actor, now_ms)


def decide_advice(
    conn: Connection, mother: Mother, advice_id: int, event: str, words: str, reason: str,
    actor: Actor, now_ms: int,
) -> None:  # fmt: skip
    """approve, in the team's own words or (empty) those of the rule, and she is told that there
    is one; or dismiss, with a reason."""
    one = home_values.get_advice(conn, advice_id)
    if one is None or one.mother_id != mother.id:
        raise LookupError("no such advice")
    if (one.phase, event) not in rules.TRANSITIONS:
        raise Refused(DECIDED, phase=one.phase.value)
    if event == "dismiss" and not reason:
        raise ReasonMissing(SAY_WHY)
    phase = rules.after(one.phase, event)
    own = words if event == "approve" else ""
    values = {"phase": phase, "words": own, "reason": reason, "decided_ms": now_ms}
    home_values.change_advice(conn, one, {**values, "person_id": actor.person_id})
    after = {"phase": phase.value, "words": own, "reason": reason, "rule": one.rule}
    note(conn, mother, "advice", {"phase": one.phase.value}, after, actor, now_ms)
    if event == "approve":
        tell_her(conn, one, now_ms)
