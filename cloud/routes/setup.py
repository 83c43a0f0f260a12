"""The first run, while no account exists; and choosing one's own password, at any time."""

import time
from typing import Annotated

from fastapi import APIRouter, Form, HTTPException, Request
from fastapi.responses import RedirectResponse, Response
from starlette.concurrency import run_in_threadpool

from cloud import auth, i18n
from cloud.admin import accounts, first_run
from cloud.deps import Now, Services, ServicesDep, Who
from cloud.render import language_of, page
from cloud.routes.login import LATER, Password, Username, let_in
from cloud.store import accounts as rows
from cloud.store import people
from cloud.store.db import reading, writing
from cloud.store.people import Person

router = APIRouter(tags=["login"])
WRONG_CODE = "This is not the code that the service wrote when it started."
WRONG_NOW = "The password that you have now is another one."
Code = Annotated[str, Form(max_length=40, examples=["7K2M-Q9XA-44TD"])]
Name = Annotated[str, Form(min_length=1, max_length=120, examples=["Zhang"])]


@router.get("/setup", summary="The page of the first run, while no account exists")
def show_setup(request: Request, who: Who, parts: ServicesDep) -> Response:
    if not parts.first_run.is_open():
        return RedirectResponse("/login", 303)
    return page(request, "setup.html", who, problem="", name="", username="")


@router.post("/setup", summary="Create the first administrator, with the code of the terminal")
async def set_up(
    request: Request, who: Who, parts: ServicesDep, now_ms: Now, code: Code, name: Name,
    username: Username, password: Password, again: Password,
) -> Response:  # fmt: skip
    address = request.client.host if request.client else ""
    if parts.failures.wait_s("", address, time.monotonic()) > 0:
        problem, status = i18n.translate(language_of(request), LATER) % {"minutes": 15}, 429
        return page(
            request, "setup.html", who, status, problem=problem, name=name, username=username
        )
    try:
        if not parts.first_run.fits(code):
            parts.failures.add("", address, time.monotonic())
            raise accounts.Refused(WRONG_CODE)
        made = await run_in_threadpool(_create, parts, name, username, (password, again), now_ms)
    except accounts.Refused as refused:
        problem = i18n.translate(language_of(request), str(refused))
        return page(request, "setup.html", who, 422, problem=problem, name=name, username=username)
    response = RedirectResponse("/admin", 303)
    await run_in_threadpool(let_in, request, response, parts, made)
    return response


@router.get("/password", summary="The page on which people choose their own password")
def show_password(request: Request, who: Who) -> Response:
    return page(request, "password.html", who, problem="")


@router.post("/password", summary="Choose another password; it ends the other sessions")
async def set_password(
    request: Request, who: Who, parts: ServicesDep, now_ms: Now, current: Password,
    password: Password, again: Password,
) -> Response:  # fmt: skip
    with reading(parts.engine) as conn:
        person = people.get_person(conn, who.person_id or 0)
    if person is None or person.demo:
        raise HTTPException(403, "the accounts of the demonstration keep their password")
    try:
        accounts.check_password(password, again)
        if not await parts.verifier.verify(person.password_hash, current):
            raise accounts.Refused(WRONG_NOW)
    except auth.TooBusy:
        return page(request, "password.html", who, 503, problem="")
    except accounts.Refused as refused:
        problem = i18n.translate(language_of(request), str(refused))
        return page(request, "password.html", who, 422, problem=problem)
    changed = await run_in_threadpool(_change, parts, person, password, now_ms)
    response = RedirectResponse("/", 303)
    await run_in_threadpool(let_in, request, response, parts, changed)
    return response


def _create(
    parts: Services, name: str, username: str, passwords: tuple[str, str], now_ms: int
) -> Person:
    accounts.check_password(*passwords)
    password_hash = auth.hash_password(passwords[0])
    with writing(parts.engine) as conn:
        accounts.check_username(conn, username)
        return first_run.create(conn, name.strip(), username, password_hash, now_ms)


def _change(parts: Services, person: Person, password: str, now_ms: int) -> Person:
    password_hash = auth.hash_password(password)
    with writing(parts.engine) as conn:
        rows.set_person(conn, person.id, password_hash=password_hash, one_time=False)
        accounts.note(conn, "password", None, None, now_ms, person.id, person.organisation_id)
        changed = people.get_person(conn, person.id)
    assert changed is not None  # it was changed a moment ago
    return changed
