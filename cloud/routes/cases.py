"""The case library: its pages, the same as JSON, and a mother's consent. Rules: cloud.cases."""

from functools import partial
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Depends, HTTPException, Query, Request
from fastapi.responses import Response
from pydantic import BaseModel, BeforeValidator, Field, StringConstraints
from sqlalchemy import Connection

from cloud.cases import moves, views
from cloud.cases.moves import Wanted
from cloud.consultations.drawing import Picture, picture
from cloud.deps import MAX_ID, Id, Now, Principal, ServicesDep, Who
from cloud.render import page
from cloud.routes.consultations import RecordedS
from cloud.routes.examples import example
from cloud.routes.refusals import in_words
from cloud.routes.resources import empty
from cloud.store import cases, frames, opinions, readings
from cloud.store.cases import Case
from cloud.store.db import reading, writing
from models.readings import DONE, Class
from models.teaching import PATTERNS

router = APIRouter(tags=["cases"])
Said = Literal["normal", "suspicious", "pathological", "unreadable"]
Names = Annotated[list[Annotated[str, Field(max_length=40)]], Field(max_length=len(PATTERNS))]
Week = Annotated[int | None, Field(ge=20, le=45), BeforeValidator(empty)]


class NewCase(BaseModel):
    model_config = example(
        reading_id=7, title="Late decelerations with little variability",
        text="Look at the onset of each dip against the contraction.", start_s="10:00",
        end_s="30:00", patterns=["late", "reduced_variability"],
    )  # fmt: skip
    reading_id: Annotated[int, Field(ge=1, le=MAX_ID)]
    title: Annotated[str, StringConstraints(strip_whitespace=True, max_length=120)]
    text: Annotated[str | None, Field(max_length=4000)] = None
    start_s: RecordedS | None = None  # recorded seconds, or h:mm:ss
    end_s: RecordedS | None = None
    patterns: Names | None = None  # null: what reading and analysis give


class Answer(BaseModel):
    """One's own reading of the strip; `said` null: show the case without one."""

    model_config = example(said="pathological", patterns=["late"])
    said: Said | None = None
    patterns: Names = []


class TeachingUse(BaseModel):
    model_config = example(allowed=True)
    allowed: bool


class Looked(BaseModel):
    pattern: Annotated[str | None, Field(max_length=40), BeforeValidator(empty)] = None
    from_week: Week = None
    to_week: Week = None
    text: Annotated[str, Field(max_length=100)] = ""

    def search(self) -> views.Search:
        return views.Search(self.pattern, self.from_week, self.to_week, self.text.strip())


WantedRows = Annotated[Looked, Query()]


def known_case(case_id: Id, parts: ServicesDep) -> Case:
    """The case of the path; 404 when there is none, or it is withdrawn."""
    with reading(parts.engine) as conn:
        found = cases.get(conn, case_id)
    if found is None or found.withdrawn_ms is not None:
        raise HTTPException(404, "no such case")
    return found


KnownCase = Annotated[Case, Depends(known_case)]


@router.get("/cases", summary="The page of the case library")
def library_page(request: Request, who: Who, parts: ServicesDep, wanted: WantedRows) -> Response:
    with reading(parts.engine) as conn:
        rows = _rows(conn, wanted, who)
        mine = views.statistics(conn, who.person_id or 0)
        ready = views.ready(conn) if who.role == "centre" else []
    return page(
        request, "cases.html", who, rows=rows, wanted=wanted, mine=mine, patterns=PATTERNS,
        ready=ready,
    )  # fmt: skip


@router.get("/cases/new", summary="The form for a new case from a signed reading")
def case_form(
    request: Request, who: Who, parts: ServicesDep,
    reading_id: Annotated[int, Query(ge=1, le=MAX_ID)],
) -> Response:  # fmt: skip
    with reading(parts.engine) as conn:
        found = readings.get(conn, reading_id)
        if found is None or found.phase not in DONE:
            raise HTTPException(404, "no such signed reading")
        said = opinions.of_readings(conn, [found.id])[found.id]
        given = moves.patterns_of(conn, found)
        allowed = found.mother_id is not None and cases.allows(conn, found.mother_id)
    return page(
        request, "case_form.html", who, of=found, findings=said[-1].findings if said else "",
        given=given, allowed=allowed, patterns=PATTERNS,
    )  # fmt: skip


@router.get("/cases/{case_id}", summary="The page of one case: read first, then see")
def case_page(
    request: Request, case: KnownCase, who: Who, parts: ServicesDep, now_ms: Now
) -> Response:
    if who.person_id is not None and who.person_id != case.person_id:
        with writing(parts.engine) as conn:
            cases.show(conn, case.id, who.person_id, now_ms)
    with reading(parts.engine) as conn:
        (one,) = views.case_views(conn, [case], who)
        drawn = _picture(conn, case)
    classes = [each.value for each in Class]
    return page(
        request, "teaching_case.html", who, one=one, drawn=drawn, patterns=PATTERNS,
        classes=classes,
    )  # fmt: skip


@router.get("/api/cases", summary="The cases that a search finds, newest first")
def list_cases(who: Who, parts: ServicesDep, wanted: WantedRows) -> list[dict[str, Any]]:
    with reading(parts.engine) as conn:
        return _rows(conn, wanted, who)


@router.get(
    "/api/cases/statistics", summary="How well the asker's readings agree with the experts'"
)
def get_statistics(who: Who, parts: ServicesDep) -> dict[str, Any]:
    with reading(parts.engine) as conn:
        return views.statistics(conn, who.person_id or 0)


@router.get("/api/cases/{case_id}", summary="One case; what it shows only after the own answer")
def get_case(case: KnownCase, who: Who, parts: ServicesDep) -> dict[str, Any]:
    return _view(parts, case.id, who)


@router.post("/api/cases", summary="Make a case from a signed reading, with the mother's consent")
def make(wanted: NewCase, who: Who, parts: ServicesDep, now_ms: Now) -> dict[str, Any]:
    given = Wanted(
        wanted.title, (wanted.text or "").strip(), wanted.start_s, wanted.end_s, wanted.patterns
    )
    do = partial(moves.make, reading_id=wanted.reading_id, actor=who, wanted=given, now_ms=now_ms)
    with in_words():
        return _view(parts, parts.library.change(do), who)


@router.post("/api/cases/{case_id}/answer", summary="Read a case; the first answer counts")
def answer(
    case: KnownCase, own: Answer, who: Who, parts: ServicesDep, now_ms: Now
) -> dict[str, Any]:
    do = partial(
        moves.answer, case=case, actor=who, said=Class(own.said) if own.said else None,
        patterns=own.patterns, now_ms=now_ms,
    )  # fmt: skip
    with in_words():
        return _view(parts, parts.library.change(do), who)


@router.post("/api/cases/{case_id}/withdraw", summary="Take a case out of the library")
def withdraw(case: KnownCase, who: Who, parts: ServicesDep, now_ms: Now) -> dict[str, int]:
    with in_words():
        do = partial(moves.withdraw, case=case, actor=who, now_ms=now_ms)
        return {"id": parts.library.change(do)}


@router.get("/api/mother/teaching", summary="Whether she agrees to teaching use")
def get_teaching_use(who: Who, parts: ServicesDep) -> dict[str, bool]:
    with reading(parts.engine) as conn:
        return {"allowed": cases.allows(conn, who.mother_id or 0)}


@router.put("/api/mother/teaching", summary="Agree to teaching use, or not any more")
def put_teaching_use(
    wanted: TeachingUse, who: Who, parts: ServicesDep, now_ms: Now
) -> dict[str, bool]:
    """Without it all her cases are taken out of the library at once."""
    parts.library.decide(who.mother_id or 0, wanted.allowed, who, now_ms)
    return {"allowed": wanted.allowed}


def _rows(conn: Connection, wanted: Looked, who: Principal) -> list[dict[str, Any]]:
    search = wanted.search()
    found = [case for case in cases.shown(conn) if search.finds(case)]
    return views.case_views(conn, found, who)


def _view(parts: ServicesDep, case_id: int, who: Principal) -> dict[str, Any]:
    with reading(parts.engine) as conn:
        found = cases.get(conn, case_id)
        assert found is not None  # it was there a moment ago, and none is ever removed
        return views.case_views(conn, [found], who)[0]


def _picture(conn: Connection, case: Case) -> Picture | None:
    trace = frames.trace_of(conn, case.recording_id, case.start_s, case.end_s)
    return picture(trace, case.start_s, case.end_s) if len(trace.fhr_bpm) else None
