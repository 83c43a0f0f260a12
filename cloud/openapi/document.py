"""The OpenAPI document of the whole service, from its routes; no running service is needed.

Each operation has beside FastAPI's own: a summary (the route's, else the first sentence of its
docstring), who may use it (`x-roles`, from cloud.access), and the login that it takes.
"""

from collections.abc import Iterator
from importlib.metadata import version
from typing import Any

from fastapi.openapi.utils import get_openapi
from fastapi.routing import APIRoute

from cloud.access import ACCESS, ANYBODY
from cloud.auth import COOKIE
from cloud.routes import ROUTERS

TITLE = "Lucina"
ABOUT = (
    "Remote maternal-fetal monitoring. Decision support: a doctor reads and decides. People log "
    "in at /login and send the cookie; boxes send `Authorization: Bearer ID:TOKEN`. What is not "
    "theirs answers 404. A refusal has words: `detail` is a text, or {text: a message, args: {}}."
)
_SCHEMES = {
    "cookie": {"type": "apiKey", "in": "cookie", "name": COOKIE},
    "box": {"type": "http", "scheme": "bearer", "bearerFormat": "ID:TOKEN"},
}
_BOXES = ("device", "gateway")


def routes() -> list[APIRoute]:
    """All that the service answers, but files."""
    return [one for router in ROUTERS for one in router.routes if isinstance(one, APIRoute)]


def methods_of(route: APIRoute) -> list[str]:
    return sorted(route.methods or ())


def document() -> dict[str, Any]:
    found = get_openapi(title=TITLE, version=version("lucina"), description=ABOUT, routes=routes())
    found["components"]["securitySchemes"] = _SCHEMES
    for route in routes():
        for method, operation in _operations(found, route):
            operation["summary"] = summary_of(route)
            roles = ACCESS[(method, route.path)]
            operation["x-roles"] = dict(roles)
            operation["security"] = _security(set(roles))
    return found


def summary_of(route: APIRoute) -> str:
    """In words; empty: nobody has written any."""
    if route.summary:
        return route.summary
    words = " ".join((route.endpoint.__doc__ or "").split())
    first, _, _ = words.partition(". ")
    return first.removesuffix(".")


def _operations(found: dict[str, Any], route: APIRoute) -> Iterator[tuple[str, dict[str, Any]]]:
    for method in methods_of(route):
        yield method, found["paths"][route.path_format][method.lower()]


def _security(roles: set[str]) -> list[dict[str, list[str]]]:
    if ANYBODY in roles:
        return []
    cookie: list[dict[str, list[str]]] = [{"cookie": []}]
    return cookie + ([{"box": []}] if roles & set(_BOXES) else [])
