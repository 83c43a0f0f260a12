"""New firmware for probes: brought by an administrator, offered to a box. Rules: cloud.firmware."""

from functools import partial
from typing import Annotated, Any

from fastapi import APIRouter, File, Form, Request
from fastapi.responses import RedirectResponse, Response
from pydantic import BaseModel, Field

from cloud.alerts.answers import Refused
from cloud.deps import MAX_ID, Now, Principal, Services, ServicesDep, Who
from cloud.firmware import images
from cloud.render import page
from cloud.routes.examples import example
from cloud.routes.refusals import in_words
from cloud.store import firmware as store
from cloud.store.db import reading, writing

router = APIRouter(tags=["firmware"])
MAX_BODY_BYTES = images.MAX_BYTES + 64 * 1024  # with the manifest and the form's own


class Offered(BaseModel):
    model_config = example(device_id="probe-7", image_id=1)
    device_id: str = Field(min_length=1, max_length=60)
    image_id: int = Field(ge=1, le=MAX_ID)


@router.get("/firmware", summary="The page of firmware: images, and what became of each offer")
def show(request: Request, who: Who, parts: ServicesDep) -> Response:
    return _page(request, who, parts)


@router.get("/api/firmware", summary="Images of firmware, and what became of each offer")
def list_firmware(parts: ServicesDep) -> dict[str, Any]:
    with reading(parts.engine) as conn:
        return {"images": store.images(conn), "offers": store.offers(conn)}


@router.post("/firmware", summary="Bring a signed image", max_body_size=MAX_BODY_BYTES)
def bring(
    request: Request,
    image: Annotated[bytes, File(examples=["LUFW..."])],
    manifest: Annotated[str, Form(max_length=400, examples=["TFVGVwIAAACIEwAA..."])],
    who: Who,
    parts: ServicesDep,
    now_ms: Now,
) -> Response:
    """`lucina firmware sign` writes the manifest. Refused: wrong key, wrong image, not newer."""
    assert who.person_id is not None  # a person, by the access table
    try:
        with writing(parts.engine) as conn:
            key = parts.settings.firmware_key
            told = images.checked(manifest, image, key, partial(store.newest, conn))
            store.add_image(
                conn, board=told.board, version=told.version, size=told.size,
                manifest=manifest.strip(), image=image, at_ms=now_ms, person_id=who.person_id,
            )  # fmt: skip
    except Refused as refused:
        return _page(request, who, parts, refused)
    parts.updating.tell()
    return RedirectResponse("/firmware", 303)


@router.post("/api/firmware/offers", summary="Offer an image to a box")
def offer(wanted: Offered, who: Who, parts: ServicesDep) -> dict[str, Any]:
    """The box takes it when it is for its board and newer than what runs there, else says why."""
    assert who.person_id is not None
    with in_words(), writing(parts.engine) as conn:
        parts.updating.offer(conn, wanted.device_id, wanted.image_id, who.person_id)
    parts.updating.tell()
    return {"device_id": wanted.device_id, "image_id": wanted.image_id}


def _page(
    request: Request, who: Principal, parts: Services, refused: Refused | None = None
) -> Response:
    with reading(parts.engine) as conn:
        return page(
            request, "firmware.html", who, 422 if refused else 200,
            images=store.images(conn), offers=store.offers(conn), boxes=store.device_ids(conn),
            problem=refused.words if refused else None,
        )  # fmt: skip
