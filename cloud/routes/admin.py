"""The pages of an administrator: organisations, accounts, boxes, the audit.

Plain forms, answered by a page: a password or token is in the answer to its form and nowhere else.
"""

import json
from typing import Annotated, Any
from urllib.parse import urlsplit
from zoneinfo import available_timezones

from fastapi import APIRouter, Form, HTTPException, Path, Query, Request
from fastapi.responses import RedirectResponse, Response

from cloud import i18n
from cloud.admin import accounts, boxes, first_run
from cloud.admin.qr import code
from cloud.audit.showing import Showing
from cloud.audit.words import SOURCES
from cloud.deps import MAX_ID, Id, Now, Principal, Services, ServicesDep, ShownOrganisation, Who
from cloud.render import language_of, page
from cloud.routes.admin_forms import Account, Binding, NewDevice, NewGateway, Place, Step
from cloud.store import accounts as rows
from cloud.store import audit, people
from cloud.store.db import reading, writing
from cloud.store.people import token_sha256

router = APIRouter(tags=["administration"])
ENTRIES = 100  # of the audit on one page


BoxId = Annotated[str, Path(max_length=60)]


@router.get("/admin", summary="The first steps, and all organisations")
def organisations(request: Request, who: Who, parts: ServicesDep) -> Response:
    return _organisations(request, who, parts)


@router.post("/admin/organisations", summary="Add an organisation")
def add_organisation(
    request: Request, wanted: Annotated[Place, Form()], who: Who, parts: ServicesDep, now_ms: Now
) -> Response:
    try:
        with writing(parts.engine) as conn:
            _check(wanted)
            accounts.add_organisation(conn, who.person_id, now_ms, **wanted.model_dump())
    except accounts.Refused as refused:
        return _organisations(request, who, parts, refused, wanted)
    return RedirectResponse("/admin", 303)


@router.get("/admin/organisations/{organisation_id}", summary="One organisation, to be changed")
def one_organisation(request: Request, found: ShownOrganisation, who: Who) -> Response:
    return page(request, "admin_organisation.html", who, one=found, problem="")


@router.post("/admin/organisations/{organisation_id}", summary="Change an organisation")
def change_organisation(
    request: Request, found: ShownOrganisation, wanted: Annotated[Place, Form()], who: Who,
    parts: ServicesDep, now_ms: Now,
) -> Response:  # fmt: skip
    row = wanted.model_dump()
    try:
        with writing(parts.engine) as conn:
            _check(wanted)
            accounts.change_organisation(conn, found.id, who.person_id, now_ms, **row)
    except accounts.Refused as refused:
        problem = _words(request, refused)
        one = row | {"id": found.id}
        return page(request, "admin_organisation.html", who, 409, one=one, problem=problem)
    return RedirectResponse("/admin", 303)


@router.get("/admin/people", summary="All accounts")
def accounts_page(request: Request, who: Who, parts: ServicesDep) -> Response:
    return _people(request, who, parts)


@router.post("/admin/people", summary="Add an account; its password is shown once")
def invite(
    request: Request, wanted: Annotated[Account, Form()], who: Who, parts: ServicesDep, now_ms: Now
) -> Response:
    try:
        with writing(parts.engine) as conn:
            made, password = accounts.invite(
                conn, **wanted.model_dump(), by=who.person_id, now_ms=now_ms
            )
    except accounts.Refused as refused:
        return _people(request, who, parts, refused, wanted)
    return _once(request, who, "account", name=made.name, username=made.username, secret=password)


@router.post("/admin/people/{person_id}", summary="Disable, enable, or give a new password")
def change_account(
    request: Request, person_id: Id, wanted: Annotated[Step, Form()], who: Who, parts: ServicesDep,
    now_ms: Now,
) -> Response:  # fmt: skip
    try:
        with writing(parts.engine) as conn:
            found, password = accounts.step(
                conn, person_id, wanted.event, who.person_id or 0, now_ms
            )
    except LookupError as error:
        raise HTTPException(404, str(error)) from None
    except accounts.Refused as refused:
        return _people(request, who, parts, refused)
    if not password:
        return RedirectResponse("/admin/people", 303)
    return _once(request, who, "account", name=found.name, username=found.username, secret=password)


@router.get("/admin/boxes", summary="All gateways and devices, and whose they are")
def boxes_page(request: Request, who: Who, parts: ServicesDep) -> Response:
    return _boxes(request, who, parts)


@router.post("/admin/gateways", summary="Add a gateway; its token is shown once")
def add_gateway(
    request: Request, wanted: Annotated[NewGateway, Form()], who: Who, parts: ServicesDep,
    now_ms: Now,
) -> Response:  # fmt: skip
    try:
        with writing(parts.engine) as conn:
            token = boxes.add_gateway(
                conn, wanted.id, wanted.organisation_id, who.person_id or 0, now_ms
            )
    except accounts.Refused as refused:
        return _boxes(request, who, parts, refused)
    return _once(
        request, who, "gateway", name=wanted.id, secret=token, sha256=token_sha256(token),
        broker=_broker(parts) % (wanted.id, token),
    )  # fmt: skip


@router.post("/admin/devices", summary="Add a device; its token is shown once")
def add_device(
    request: Request, wanted: Annotated[NewDevice, Form()], who: Who, parts: ServicesDep,
    now_ms: Now,
) -> Response:  # fmt: skip
    try:
        with writing(parts.engine) as conn:
            token = boxes.add_device(
                conn, wanted.id, wanted.gateway_id, wanted.mother_id, who.person_id or 0, now_ms
            )
    except accounts.Refused as refused:
        return _boxes(request, who, parts, refused)
    return _once(
        request, who, "device", name=wanted.id, secret=token, sha256=token_sha256(token),
        gateway=wanted.gateway_id, qr=code(json.dumps({"device": wanted.id, "token": token})),
    )  # fmt: skip


@router.post("/admin/devices/{device_id}", summary="Bind a device to a mother, or to nobody")
def bind(
    request: Request, device_id: BoxId, wanted: Annotated[Binding, Form()], who: Who,
    parts: ServicesDep, now_ms: Now,
) -> Response:  # fmt: skip
    try:
        with writing(parts.engine) as conn:
            boxes.bind(conn, device_id, wanted.mother_id, who.person_id or 0, now_ms)
    except LookupError as error:
        raise HTTPException(404, str(error)) from None
    except accounts.Refused as refused:
        return _boxes(request, who, parts, refused)
    return RedirectResponse("/admin/boxes", 303)


@router.get("/admin/audit", summary="What people did, newest first")
def audit_page(
    request: Request, who: Who, parts: ServicesDep, source: str = "",
    before: Annotated[int | None, Query(ge=1, le=MAX_ID)] = None,
) -> Response:  # fmt: skip
    """Each row is a link of the chain that `lucina audit check` checks."""
    wanted = source if source in audit.SOURCES else ""
    with reading(parts.engine) as conn:
        found = Showing(conn).entries(rows.entries(conn, wanted, before, ENTRIES))
        count = rows.count_entries(conn, wanted)
    return page(
        request, "admin_audit.html", who, entries=found, count=count, source=wanted,
        sources=SOURCES, more=len(found) == ENTRIES,
    )  # fmt: skip


def _organisations(
    request: Request, who: Principal, parts: Services, refused: accounts.Refused | None = None,
    given: Place | None = None,
) -> Response:  # fmt: skip
    with reading(parts.engine) as conn:
        found, steps = people.all_organisations(conn), first_run.done(conn)
    return page(
        request, "admin.html", who, 409 if refused else 200, organisations=found, steps=steps,
        given=given or Place.model_construct(name="", name_zh="", kind="hospital", level=1),
        problem=_words(request, refused),
    )  # fmt: skip


def _people(
    request: Request, who: Principal, parts: Services, refused: accounts.Refused | None = None,
    given: Account | None = None,
) -> Response:  # fmt: skip
    with reading(parts.engine) as conn:
        found, places = rows.everybody(conn), people.all_organisations(conn)
        homes = {one.id: one.organisation_id for one in people.all_mothers(conn)}
        steps = first_run.done(conn)
    return page(
        request, "admin_people.html", who, 409 if refused else 200, people=found, places=places,
        by_id={one.id: one for one in places}, homes=homes, problem=_words(request, refused),
        steps=steps,
        given=given or Account.model_construct(name="", username="", role="hospital"),
    )  # fmt: skip


def _boxes(
    request: Request, who: Principal, parts: Services, refused: accounts.Refused | None = None
) -> Response:
    with reading(parts.engine) as conn:
        places, mothers = people.all_organisations(conn), people.all_mothers(conn)
        gateways, devices = rows.all_gateways(conn), rows.all_devices(conn)
        steps = first_run.done(conn)
    return page(
        request, "admin_boxes.html", who, 409 if refused else 200, problem=_words(request, refused),
        gateways=gateways, devices=devices, mothers=mothers, places=places,
        by_id={one.id: one for one in places}, steps=steps,
    )  # fmt: skip


def _once(request: Request, who: Principal, kind: str, **facts: Any) -> Response:
    return page(request, "admin_once.html", who, kind=kind, **facts)


def _check(wanted: Place) -> None:
    if wanted.zone not in available_timezones():
        raise accounts.Refused("this time zone is not known: write it like Asia/Shanghai")
    if (wanted.latitude is None) != (wanted.longitude is None):
        raise accounts.Refused("a position has a latitude and a longitude")


def _words(request: Request, refused: accounts.Refused | None) -> str:
    return i18n.translate(language_of(request), str(refused)) if refused else ""


def _broker(parts: Services) -> str:
    """Where gateways reach the broker, without the service's own credentials."""
    url = urlsplit(parts.settings.broker_url)
    port = url.port or (8883 if url.scheme == "mqtts" else 1883)
    return f"{url.scheme}://%s:%s@{url.hostname}:{port}"
