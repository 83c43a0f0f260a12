"""Whether the service lives, whether all its parts work, what it counts. See docs/operations.md."""

import hmac
from ipaddress import ip_address
from typing import Annotated, Any

from fastapi import APIRouter, Header, HTTPException, Request
from fastapi.responses import JSONResponse, Response

from cloud.deps import Now, ServicesDep, Who
from cloud.health.parts import Part
from cloud.render import page

router = APIRouter(tags=["health"])
TEXT = "text/plain; version=1.0.0; charset=utf-8"
FORWARDED = ("forwarded", "x-forwarded-for", "x-real-ip")


@router.get("/healthz")
def healthz() -> dict[str, bool]:
    """The process answers. Nothing else: see /readyz."""
    return {"ok": True}


@router.get("/readyz")
def readyz(parts: ServicesDep, now_ms: Now) -> JSONResponse:
    """503 while a part does not work, with its name. `beats` grows as long as strips are looked
    at: an answer with the same number is an old one, or of a service that stands still."""
    found = parts.health.parts.look(now_ms)
    ready = all(part.ok for part in found)
    shown = {part.name: {"ok": part.ok, **part.facts} for part in found}
    for part in parts.health.parts.others(now_ms):  # for the centre's page; gateways have names
        shown[part.name] = {"ok": part.ok}
    body = {"ready": ready, "beats": parts.health.parts.beats(), "parts": shown}
    return JSONResponse(body, 200 if ready else 503)


@router.get("/metrics")
def metrics(
    request: Request, parts: ServicesDep, authorization: Annotated[str, Header()] = ""
) -> Response:
    """For Prometheus: with `Authorization: Bearer` and the token of LUCINA_METRICS_TOKEN, or
    where none is set, from this machine only and through no proxy."""
    token = parts.settings.metrics_token.get_secret_value()
    given = authorization.removeprefix("Bearer ")
    if not (hmac.compare_digest(given.encode(), token.encode()) if token else _is_local(request)):
        raise HTTPException(404)
    return Response(parts.metrics.text(), media_type=TEXT)


@router.get("/api/health")
def get_health(parts: ServicesDep, now_ms: Now) -> list[dict[str, Any]]:
    """All parts, with what is wrong as a text to translate, and since when."""
    since = {one.part.name: one.since_ms for one in parts.health.troubles}
    found = [*parts.health.parts.look(now_ms), *parts.health.parts.others(now_ms)]
    return [_view(part, since.get(part.name)) for part in found]


@router.get("/health", summary="The page of the health of all parts")
def show(request: Request, who: Who, parts: ServicesDep, now_ms: Now) -> Response:
    pace = parts.metrics.pace(now_ms)
    unset = [name for name, url in parts.settings.channel_urls.items() if not url]
    return page(request, "health.html", who, rows=get_health(parts, now_ms), pace=pace, unset=unset)


def _view(part: Part, since_ms: int | None) -> dict[str, Any]:
    facts = {"name": part.name, "ok": part.ok, "facts": dict(part.facts)}
    return facts | {"why": None if part.ok else part.words, "since_ms": since_ms}


def _is_local(request: Request) -> bool:
    host = request.client.host if request.client else ""
    try:
        local = ip_address(host).is_loopback
    except ValueError:
        return False
    return local and not any(name in request.headers for name in FORWARDED)
