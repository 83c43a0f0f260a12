"""The pregnancy record: what a mother enters at home and says before a recording, who looks after
her, and what they make of it.
"""

from typing import Any

from cloud.scenario.probe_verbs import LINGERS_S
from cloud.scenario.script import Line, pairs
from cloud.scenario.stage import Stage
from models.check_in import SIGNS

DISMISSED = 0.3  # of the advice that a rule proposes
OWN_WORDS = "Rest today, and measure again tomorrow morning and evening."
WHY_NOT = "she was seen this morning, it is being treated"
TASK = {"text": "Ask her how she measures, and at what time", "role": "family doctor"}
TAKEN = (409,)  # somebody of her team was faster


def cares_for(stage: Stage, line: Line) -> None:
    """MOTHER: a place makes up her team, assesses her risk, and says how often she records."""
    doctors, who = stage.cast.staff(line.who), stage.cast.people[line.what]
    account, path = doctors[0].account, f"/api/mothers/{who.mother_id}"
    stage.cared[who.mother_id or 0] = line.who
    manager = stage.cast.staff("centre")[0]
    team = {"specialist": doctors[0].id, "family_doctor": doctors[-1].id}
    stage.post(account, f"{path}/team", {**team, "health_manager": manager.id}, method="PUT")
    stage.post(account, f"{path}/risk", {"criteria": ["gestational_diabetes"]})
    stage.post(account, f"{path}/plan", {"per_week": 4, "minutes": 20})
    stage.post(account, f"{path}/tasks", TASK)
    stage.later(300, _finish_tasks, stage, doctors[-1].account, path)


def _finish_tasks(stage: Stage, account: str, path: str) -> None:
    for task in stage.get(account, path)["tasks"]:
        if task["done_ms"] is None:
            said = {"note": "sitting, on the left arm, before breakfast"}
            stage.post(account, f"{path}/tasks/{task['id']}", said)


def enters(stage: Stage, line: Line) -> None:
    """NAME=VALUE ...: at home, by hand; a pressure as 138/84."""
    given: dict[str, Any] = pairs(line.what)
    if "pressure" in given:
        given["systolic"], given["diastolic"] = given.pop("pressure").split("/")
    stage.post(line.who, f"{_own(stage, line)}/values", given)


def counts(stage: Stage, line: Line) -> None:
    """COUNT in MINUTES: movements of her baby."""
    count, _, minutes = line.what.partition(" in ")
    counted = {"count": int(count), "minutes": int(minutes)}
    stage.post(line.who, f"{_own(stage, line)}/movements", counted)


def says(stage: Stage, line: Line) -> None:
    """SIGN ...: her answers before a recording; a sign of danger tells her hospital at once."""
    stage.service.open_page(line.who)
    stage.later(LINGERS_S, stage.service.close_page, line.who)
    signs = [sign for sign in SIGNS if sign in line.what.split()]
    answers = {"feels": "unwell" if signs else "well", "moves": "usual", "signs": signs}
    stage.post(line.who, "/api/mother/check-in", answers)


def on_record(stage: Stage, account: str, mother_id: int) -> None:
    """Her record changed: who looks after her decides what she is told of her values."""
    if stage.cared.get(mother_id) != stage.cast.people[account].place:
        return
    path = f"/api/mothers/{mother_id}"
    for one in (stage.get(account, path) or {"advice": []})["advice"]:
        if one["phase"] == "proposed" and stage.once("advice", one["id"]):
            rng = stage.rng("advice", one["id"])
            decided: dict[str, Any] = {"event": "approve", "words": rng.choice((OWN_WORDS, None))}
            if rng.random() < DISMISSED:
                decided = {"event": "dismiss", "reason": WHY_NOT}
            advice = f"{path}/advice/{one['id']}"
            stage.later(rng.uniform(40, 150), stage.post, account, advice, decided, TAKEN)


def _own(stage: Stage, line: Line) -> str:
    return f"/api/mothers/{stage.cast.people[line.who].mother_id}"
