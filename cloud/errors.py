"""Errors in words: a page for people in their language, JSON for everything else."""

from urllib.parse import quote

from fastapi import FastAPI, HTTPException, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse, RedirectResponse, Response
from starlette.exceptions import HTTPException as StarletteHTTPException

from cloud import i18n
from cloud.access import ANYBODY
from cloud.deps import Principal
from cloud.render import LOGIN_PATH, language_of, page

WORDS = {
    403: (
        "This page is not for you",
        "Your account has no right to open it. Log in with another account.",
    ),
    404: (
        "There is no such page",
        "It may have been removed, or it belongs to somebody else.",
    ),
    500: (
        "Something went wrong here",
        "The error has been written down. Try again in a moment; in an emergency, use the phone.",
    ),
}
OTHER = ("This did not work", "Go back and try again.")


def add_handlers(app: FastAPI) -> None:
    app.add_exception_handler(StarletteHTTPException, _http)
    app.add_exception_handler(RequestValidationError, _invalid)
    app.add_exception_handler(Exception, _unexpected)


def wants_page(request: Request) -> bool:
    """A browser that opens an address, not a script."""
    return not request.url.path.startswith("/api/") and "text/html" in request.headers.get(
        "accept", ""
    )


async def _http(request: Request, error: Exception) -> Response:
    assert isinstance(error, StarletteHTTPException | HTTPException)
    if not wants_page(request):
        return JSONResponse({"detail": error.detail}, error.status_code, error.headers)
    if error.status_code == 403 and error.headers:
        return RedirectResponse(error.headers["Location"], 303)
    if error.status_code == 401:
        wanted = request.url.path + (f"?{request.url.query}" if request.url.query else "")
        return RedirectResponse(f"{LOGIN_PATH}?next={quote(wanted)}", 303)
    return _page(request, error.status_code)


async def _invalid(request: Request, error: Exception) -> Response:
    """Which value was wrong, without the value: it may be a password."""
    assert isinstance(error, RequestValidationError)
    if wants_page(request):
        return _page(request, 404 if request.method == "GET" else 422)
    wrong = ["{}: {}".format(".".join(map(str, one["loc"])), one["msg"]) for one in error.errors()]
    return JSONResponse({"detail": "; ".join(wrong)}, 422)


async def _unexpected(request: Request, _error: Exception) -> Response:
    """Logged by the server, which raises it again."""
    if wants_page(request):
        return _page(request, 500)
    return JSONResponse({"detail": "internal error"}, 500)


def _page(request: Request, status: int) -> Response:
    title, words = WORDS.get(status, OTHER)
    language = language_of(request)
    return page(
        request,
        "error.html",
        Principal(ANYBODY),
        status,
        title=i18n.translate(language, title),
        explanation=i18n.translate(language, words),
    )
