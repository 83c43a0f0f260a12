"""The start page of the demo: who to be, and the story. There is none of it elsewhere (404)."""

from typing import Annotated, Any, Literal

from fastapi import APIRouter, Form, HTTPException, Request
from fastapi.responses import RedirectResponse, Response

from cloud import demo, story
from cloud.deps import Now, Services, ServicesDep, Who
from cloud.render import page
from cloud.routes.login import Username, let_in
from cloud.store import people
from cloud.store.db import reading

router = APIRouter(tags=["demonstration"])
Chapter = Literal["poor_signal", "normal", "flat", "late_decelerations", "bradycardia"]
AGAIN_S = 2  # a wish that is being carried out
MOTHERS = [
    {"username": f"mother{n}", "name": row["name"], "role": "mother"}
    for n, row in enumerate(demo.MOTHERS, start=1)
]


@router.get("/demo", summary="The start page of the demo")
def show(request: Request, who: Who, parts: ServicesDep, now_ms: Now) -> Response:
    _only_in_demo(parts)
    home = parts.settings.home
    wish = story.read(home)
    done = wish is not None and story.is_done(home, wish)
    roles: list[dict[str, Any]] = [*demo.STAFF, *MOTHERS, demo.ADMIN]
    scenarios = [one.scenario for one in story.CHAPTERS]
    response = page(
        request, "demo.html", who, roles=roles, wish=wish, done=done,
        names={one["username"]: one["name"] for one in roles}, chapters=story.CHAPTERS,
        doing=story.DOING,
        playing=scenarios.index(wish.chapter) + 1 if wish and wish.chapter else None,
        speeds=sorted({*story.SPEEDS, wish.speed}) if wish else [],
    )  # fmt: skip
    if wish and not done:
        # without a script; to its own address with a fragment a browser would only scroll
        response.headers["Refresh"] = f"{AGAIN_S}; url=/demo?{now_ms}#story"
    return response


@router.post("/demo/enter", summary="Log in as one of the demo's people, without a password")
def enter(request: Request, parts: ServicesDep, username: Username) -> Response:
    _only_in_demo(parts)
    with reading(parts.engine) as conn:
        person = people.get_person_by_username(conn, username)
    if person is None or not person.demo:
        raise HTTPException(404, "nobody of the demonstration")
    response = RedirectResponse("/", 303)
    let_in(request, response, parts, person)
    return response


@router.post("/demo/story", summary="Play a chapter, change the speed, cut or heal the link")
def tell(
    parts: ServicesDep, chapter: Annotated[Chapter | None, Form(examples=["flat"])] = None,
    speed: Annotated[int | None, Form(ge=1, le=600, examples=[10])] = None,
    link: Annotated[Literal["cut", "heal"] | None, Form(examples=["cut"])] = None,
) -> Response:  # fmt: skip
    _only_in_demo(parts)
    now = story.read(parts.settings.home)
    if now is None:
        raise HTTPException(409, "nobody tells the story: start it with lucina run")
    wish = story.Wish(
        now.number + 1, chapter or now.chapter, speed or now.speed,
        cut=now.cut if link is None else link == "cut",
        asked=link or ("speed" if speed else "chapter"),
    )  # fmt: skip
    story.write(parts.settings.home, wish)
    return RedirectResponse("/demo#story", 303)


def _only_in_demo(parts: Services) -> None:
    if not parts.settings.demo:
        raise HTTPException(404, "no demonstration")
