"""Home values, the advice on them, the team and its tasks as JSON. Rules: cloud.pregnancy."""

from datetime import date
from functools import partial
from typing import Annotated, Any, Literal

from fastapi import APIRouter, HTTPException
from pydantic import BaseModel, Field

from cloud.alerts.moves import words
from cloud.deps import MAX_ID, Id, Now, Principal, Services, ServicesDep, Who
from cloud.pregnancy import care
from cloud.pregnancy.values import LATEST_MIN, NewValue
from cloud.routes.examples import example
from cloud.routes.pregnancy import VisibleMother, changed, text, view
from cloud.routes.refusals import in_words
from cloud.store.people import Mother
from models.advice import CONTEXTS
from models.movements import LEAST_MINUTES

router = APIRouter(tags=["mothers"])
NOTHING = "give a value"
SOMEBODY = Annotated[int, Field(ge=1, le=MAX_ID)]
MinutesAgo = Annotated[int, Field(ge=0, le=LATEST_MIN)]


class Values(BaseModel):
    """What was measured at one time; at least one of them."""

    model_config = example(systolic=128, diastolic=82, glucose=5.1, context="fasting")
    systolic: float | None = None  # mmHg
    diastolic: float | None = None
    glucose: float | None = None  # mmol/L
    context: Literal["fasting", "1 h", "2 h", "random"] | None = None  # of the glucose
    weight: float | None = None  # kg
    spo2: float | None = None  # %
    pulse: float | None = None  # /min
    temperature: float | None = None  # °C
    minutes_ago: MinutesAgo | None = None  # null: now

    def each(self) -> list[NewValue]:
        ago = self.minutes_ago or 0
        found = [
            NewValue(name, value, minutes_ago=ago)
            for name in ("weight", "spo2", "pulse", "temperature")
            if (value := getattr(self, name)) is not None
        ]
        if self.systolic is not None or self.diastolic is not None:
            found.append(NewValue("pressure", self.systolic or 0, self.diastolic, minutes_ago=ago))
        if self.glucose is not None:
            context = self.context or CONTEXTS[-1]
            found.append(NewValue("glucose", self.glucose, context=context, minutes_ago=ago))
        return found


class Movements(BaseModel):
    """A count; or that the baby moves less, without one."""

    model_config = example(count=12, minutes=60)
    count: int | None = Field(None, ge=0, le=500)
    minutes: int = Field(60, ge=LEAST_MINUTES, le=720)
    less: bool = False


class Decided(BaseModel):
    model_config = example(event="approve", words="Please measure again tonight. Dr Zhou")
    event: Literal["approve", "dismiss"]
    words: Annotated[str, text(1000)] | None = None  # the team's own; null: those of the rule
    reason: Annotated[str, text(300)] | None = None  # why it is dismissed


class Team(BaseModel):
    """Ids of people; null: nobody."""

    model_config = example(specialist=3, family_doctor=5, health_manager=1)
    specialist: SOMEBODY | None = None
    family_doctor: SOMEBODY | None = None
    health_manager: SOMEBODY | None = None


class NewTask(BaseModel):
    model_config = example(text="Repeat the 24 h urine", role="family doctor", due="2026-11-30")
    text: Annotated[str, text(300, 1)]
    role: Literal["specialist", "family doctor", "health manager"]
    due: date | None = None


class Done(BaseModel):
    model_config = example(note="0.2 g in 24 h, told her")
    note: Annotated[str, text(300)] = ""


@router.post("/api/mothers/{mother_id}/values")
def enter(
    mother: VisibleMother, given: Values, who: Who, parts: ServicesDep, now_ms: Now
) -> dict[str, Any]:
    """Kept, and held against the alarm catalogue at once; advice waits for her team."""
    new = given.each()
    if not new:
        raise HTTPException(422, words(NOTHING))
    return _entered(parts, mother, new, who, now_ms)


@router.delete("/api/mothers/{mother_id}/values/{value_id}")
def take_back(
    mother: VisibleMother, value_id: Id, who: Who, parts: ServicesDep, now_ms: Now
) -> dict[str, Any]:
    """A slip of the finger. An alert that it has raised stays until somebody has answered."""
    with in_words():
        parts.pregnancies.take_back(mother, value_id, who, now_ms)
    return view(parts, mother.id, who, now_ms)


@router.post("/api/mothers/{mother_id}/movements")
def count(
    mother: VisibleMother, given: Movements, who: Who, parts: ServicesDep, now_ms: Now
) -> dict[str, Any]:
    """Fewer than her usual is reported to the hospital at once, as if she had said so."""
    if given.less:
        parts.pregnancies.said(mother.id, ["reduced_movement"], now_ms)
        return view(parts, mother.id, who, now_ms)
    if given.count is None:
        raise HTTPException(422, words(NOTHING))
    new = NewValue("movements", given.count, given.minutes)
    return _entered(parts, mother, [new], who, now_ms)


@router.post("/api/mothers/{mother_id}/advice/{advice_id}")
def decide(
    mother: VisibleMother, advice_id: Id, given: Decided, who: Who, parts: ServicesDep, now_ms: Now
) -> dict[str, Any]:
    """She reads an advice when her team has approved it, and not before."""
    do = partial(
        care.decide_advice, advice_id=advice_id, event=given.event, words=given.words or "",
        reason=given.reason or "",
    )  # fmt: skip
    return changed(parts, mother, who, now_ms, do)


@router.put("/api/mothers/{mother_id}/team", summary="Say who looks after her")
def put_team(
    mother: VisibleMother, given: Team, who: Who, parts: ServicesDep, now_ms: Now
) -> dict[str, Any]:
    wanted = {name.replace("_", " "): person for name, person in vars(given).items()}
    return changed(parts, mother, who, now_ms, partial(care.set_team, wanted=wanted))


@router.post("/api/mothers/{mother_id}/tasks", summary="Set a task for her team")
def add_task(
    mother: VisibleMother, given: NewTask, who: Who, parts: ServicesDep, now_ms: Now
) -> dict[str, Any]:
    return changed(parts, mother, who, now_ms, partial(care.add_task, **vars(given)))


@router.post("/api/mothers/{mother_id}/tasks/{care_task_id}")
def finish_task(
    mother: VisibleMother, care_task_id: Id, given: Done, who: Who, parts: ServicesDep, now_ms: Now
) -> dict[str, Any]:
    """It is done, and what came of it."""
    do = partial(care.finish_task, task_id=care_task_id, said=given.note)
    return changed(parts, mother, who, now_ms, do)


def _entered(
    parts: Services, mother: Mother, new: list[NewValue], who: Principal, now_ms: int
) -> dict[str, Any]:
    with in_words():
        parts.pregnancies.enter(mother, new, who, now_ms)
    return view(parts, mother.id, who, now_ms)
