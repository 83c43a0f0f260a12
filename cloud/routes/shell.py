"""What makes the pages an app: its manifest, its worker, the page for no network, large type."""

from typing import Annotated, Any, Literal

from fastapi import APIRouter, Form, Request
from fastapi.responses import FileResponse, JSONResponse, RedirectResponse, Response

from cloud import i18n
from cloud.access import ANYBODY
from cloud.deps import Principal
from cloud.render import LARGE, WEB, page
from cloud.routes.login import LANGUAGE_LASTS_S, local_path

router = APIRouter(tags=["app"])
NAME = "Lucina: monitoring at home"
PURPOSE = "Your baby's monitoring: record, see who watches, answer an alert."
SIZES = (192, 512)  # of the icons, px; `python -m tests.screens icons` draws them
Back = Annotated[str, Form(max_length=200, examples=["/mother"])]


@router.get("/app/{language}.webmanifest", summary="What installs the pages as an app")
def manifest(language: Literal["en", "zh"]) -> Response:
    icons: list[dict[str, Any]] = [
        {"src": f"/static/icon-{size}.png", "sizes": f"{size}x{size}", "type": "image/png",
         "purpose": purpose}
        for size in SIZES
        for purpose in ("any", "maskable")
    ]  # fmt: skip
    found = {
        "id": "/",
        "name": i18n.translate(language, NAME),
        "short_name": "Lucina",
        "description": i18n.translate(language, PURPOSE),
        "lang": language,
        "start_url": "/",
        "scope": "/",
        "display": "standalone",
        "background_color": "#eef0f2",
        "theme_color": "#27407a",
        "icons": icons,
    }
    return JSONResponse(found, media_type="application/manifest+json")


@router.get("/worker.js", summary="The worker of the app")
def worker() -> Response:
    """From the root, so that it may answer for every page when there is no network."""
    headers = {"Cache-Control": "no-cache"}
    return FileResponse(WEB / "static" / "worker.js", media_type="text/javascript", headers=headers)


@router.get("/offline", summary="The page that is shown without a network")
def offline(request: Request) -> Response:
    """The worker keeps it on the phone: it is the same for everybody, and about nobody."""
    return page(request, "offline.html", Principal(ANYBODY))


@router.post("/display", summary="Choose the size of the letters")
def display(
    large: Annotated[Literal["yes", "no"], Form(examples=["yes"])], back: Back = "/"
) -> Response:
    response = RedirectResponse(local_path(back), 303)
    response.set_cookie(LARGE, large, max_age=LANGUAGE_LASTS_S, samesite="lax")
    return response
