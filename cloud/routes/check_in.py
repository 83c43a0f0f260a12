"""Before a recording: what a mother is asked, and what to do then."""

from typing import Annotated, Any, Literal

from fastapi import APIRouter, Query, Request
from fastapi.responses import Response
from pydantic import BaseModel, Field

from cloud.deps import MAX_ID, Now, ServicesDep, Who
from cloud.gestation import gestation_weeks
from cloud.mother.home import plan_of, wanted_minutes
from cloud.render import page
from cloud.routes.examples import example
from cloud.store import check_ins, people
from cloud.store.db import reading, writing
from models.check_in import Answers, next_step, reports

router = APIRouter(tags=["mothers"])
HOLDS_MS = 60 * 60 * 1000  # then she is asked again


class CheckIn(BaseModel):
    model_config = example(feels="well", moves="usual", signs=[])
    feels: Literal["well", "unwell"]
    moves: Literal["usual", "less", "not yet"]
    signs: list[Literal["bleeding", "fluid", "pain"]] = Field([], max_length=3)


@router.get("/mother/start", summary="The page on which a mother begins a recording")
def start(
    request: Request, who: Who, parts: ServicesDep, now_ms: Now,
    said: Annotated[int | None, Query(ge=1, le=MAX_ID)] = None,
) -> Response:  # fmt: skip
    """Three questions, each time; with `said`, her answers of a moment ago, what to do then."""
    with reading(parts.engine) as conn:
        mother = people.get_mother(conn, who.mother_id or 0)
        assert mother is not None  # the account of a mother belongs to one
        own = people.get_organisation(conn, mother.organisation_id or 0)
        newest = next(iter(check_ins.of_mother(conn, mother.id, limit=1)), None)
        minutes = wanted_minutes(plan_of(conn, mother, now_ms))
    fresh = newest is not None and newest.id == said and now_ms - newest.at_ms < HOLDS_MS
    given = newest if fresh else None
    return page(
        request, "start.html", who, said=given, own=own, minutes=minutes,
        next=next_step(given.answers).value if given else "",
        weeks=gestation_weeks(mother.due_date, now_ms, own),
    )  # fmt: skip


@router.post("/api/mother/check-in")
def check_in(given: CheckIn, who: Who, parts: ServicesDep, now_ms: Now) -> dict[str, Any]:
    """Bleeding, fluid, pain or fewer movements tell her hospital at once."""
    mother_id, person_id = who.mother_id or 0, who.person_id or 0
    answers = Answers(given.feels, given.moves, tuple(sorted(set(given.signs))))
    with writing(parts.engine) as conn:
        kept = check_ins.add(conn, mother_id, person_id, answers, now_ms)
    parts.pregnancies.said(mother_id, reports(answers), now_ms)
    return {"id": kept.id, "next": next_step(answers).value}
