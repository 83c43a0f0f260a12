"""Logging in and out, and choosing a language."""

import time
from typing import Annotated, Literal

from fastapi import APIRouter, Form, Request
from fastapi.responses import RedirectResponse, Response
from starlette.concurrency import run_in_threadpool

from cloud import auth, i18n
from cloud.deps import Services, ServicesDep, Who, read_login
from cloud.render import language_of, page
from cloud.store import logins, people
from cloud.store.db import reading, writing
from cloud.store.people import Person

router = APIRouter(tags=["login"])
LANGUAGE_LASTS_S = 365 * 24 * 3600
WRONG = "The account or the password is wrong."
LATER = "Too many attempts. Please wait %(minutes)s minutes."
BUSY = "Too many people log in at once. Please try again in a few seconds."

Text = Annotated[str, Form(max_length=200)]
Username = Annotated[str, Form(max_length=200, examples=["centre"])]
Password = Annotated[str, Form(max_length=200, examples=["lucina-demo"])]
Language = Annotated[str, Form(max_length=200, examples=["zh"])]


@router.get("/login", summary="The page on which people log in")
def show_login(
    request: Request,
    who: Who,
    parts: ServicesDep,
    next: str = "/",  # noqa: A002
) -> Response:
    if parts.first_run.is_open():
        return RedirectResponse("/setup", 303)
    return _form(request, who, next)


@router.post("/login", summary="Log in; the answer sets the cookie")
async def log_in(
    request: Request,
    who: Who,
    parts: ServicesDep,
    username: Username,
    password: Password,
    next: Text = "/",  # noqa: A002 - the name browsers and people know
) -> Response:
    address = request.client.host if request.client else ""
    wait_s = parts.failures.wait_s(username, address, time.monotonic())
    if wait_s > 0:
        return _refuse(request, who, next, username, LATER, wait_s)
    person = await run_in_threadpool(_find, parts, username)
    try:
        kept = person.password_hash if person else None
        right = await parts.verifier.verify(kept, password)
    except auth.TooBusy:
        return _refuse(request, who, next, username, BUSY, 5, status=503)
    if not right or person is None or not _is_let_in(parts, person):
        parts.failures.add(username, address, time.monotonic())
        return _form(request, who, next, username, WRONG, status=401)
    parts.failures.forget(username, address)
    response = RedirectResponse(local_path(next), 303)
    await run_in_threadpool(let_in, request, response, parts, person)
    return response


@router.post("/logout", summary="Log out: the cookie holds no more, whoever has it")
def log_out(request: Request, parts: ServicesDep) -> Response:
    found = read_login(parts.settings, request)
    if found is not None:
        with writing(parts.engine) as conn:
            logins.end(conn, found[0])
    return _gone()


@router.post("/logout/everywhere", summary="End all logins of this account, this one too")
def log_out_everywhere(who: Who, parts: ServicesDep) -> Response:
    if who.person_id is not None:
        with writing(parts.engine) as conn:
            logins.end_all(conn, who.person_id)
    return _gone()


def _gone() -> Response:
    response = RedirectResponse("/login", 303)
    response.delete_cookie(auth.COOKIE)
    return response


@router.post("/language", summary="Choose the language of the pages")
def choose_language(language: Language, back: Text = "/") -> Response:
    response = RedirectResponse(local_path(back), 303)
    if language in i18n.LANGUAGES:
        response.set_cookie(i18n.COOKIE, language, max_age=LANGUAGE_LASTS_S, samesite="lax")
    return response


@router.get(
    "/words/{language}/{version}.js",
    summary="The words of the scripts in a language",
    response_class=Response,
)
def words(language: Literal["en", "zh"], version: str) -> Response:  # noqa: ARG001 - i18n.script_path
    kept = "public, max-age=31536000, immutable"
    script = i18n.script(language)
    return Response(script, media_type="text/javascript", headers={"Cache-Control": kept})


def local_path(path: str) -> str:
    """Where to go next, only within this site.

    >>> local_path("/mother"), local_path("//evil.example/"), local_path("/\\\\evil.example")
    ('/mother', '/', '/')
    """
    inside = path.startswith("/") and not path.startswith("//") and "\\" not in path
    return path if inside and path.isprintable() else "/"


def _find(parts: Services, username: str) -> Person | None:
    with reading(parts.engine) as conn:
        return people.get_person_by_username(conn, username)


def _is_let_in(parts: Services, person: Person) -> bool:
    return person.disabled_ms is None and (parts.settings.demo or not person.demo)


def let_in(request: Request, response: Response, parts: Services, person: Person) -> None:
    """A new login, and its cookie. It writes: not for the event loop."""
    with writing(parts.engine) as conn:
        login = logins.begin(conn, person.id, parts.clock())
    secret = parts.settings.secret.get_secret_value()
    response.set_cookie(
        auth.COOKIE,
        auth.write_cookie(secret, login, person.password_hash),
        max_age=auth.COOKIE_LASTS_S,
        httponly=True,
        samesite="lax",
        secure=request.url.scheme == "https",
    )


def _form(
    request: Request, who: Who, next_: str, username: str = "", problem: str = "", status: int = 200
) -> Response:
    words = i18n.translate(language_of(request), problem) if problem else ""
    return page(request, "login.html", who, status, next=next_, username=username, problem=words)


def _refuse(
    request: Request,
    who: Who,
    next_: str,
    username: str,
    problem: str,
    wait_s: float,
    status: int = 429,
) -> Response:
    words = i18n.translate(language_of(request), problem)
    response = page(
        request, "login.html", who, status,
        next=next_, username=username, problem=words % {"minutes": int(wait_s // 60) + 1},
    )  # fmt: skip
    response.headers["Retry-After"] = str(int(wait_s) + 1)
    return response
