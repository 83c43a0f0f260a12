"""What providers and phones say about messages. No account: each proves itself in its own way."""

import asyncio
import hmac
import json
import time
from typing import Annotated, Any, Literal

from fastapi import APIRouter, HTTPException, Query, Request
from fastapi.responses import PlainTextResponse, Response
from pydantic import BaseModel, Field
from starlette.concurrency import run_in_threadpool

from cloud.channels import sms, webhook, wechat
from cloud.channels.base import Receipt
from cloud.deps import Services, ServicesDep
from cloud.outgoing.letters import token_of
from cloud.routes.examples import example

router = APIRouter(tags=["receipts"])
EARLY_S = 2.0  # a receipt may come before the try itself is written down
LOOK_S = 0.2
NOT_SIGNED = "this is not signed by who should send it"
Text = Annotated[str, Query(max_length=200)]


class FromPhone(BaseModel):
    model_config = example(id="17", token="0f3a", event="delivered")  # noqa: S106
    id: str = Field(max_length=20)
    token: str = Field(max_length=64)
    event: Literal["delivered", "read"]


class FromWebhook(BaseModel):
    id: str = Field(max_length=20)
    event: Literal["delivered", "read"]


class FromTencent(BaseModel):
    model_config = example(sid="2019:-1:5", report_status="SUCCESS", errmsg="")
    sid: str = Field(max_length=120)
    report_status: str = Field(max_length=20)
    errmsg: str = Field("", max_length=200)


@router.post("/receipts/push")
async def from_phone(said: FromPhone, parts: ServicesDep) -> dict[str, bool]:
    """The service worker: the message arrived, or was opened."""
    right = token_of(parts.settings.secret.get_secret_value(), said.id)
    if not hmac.compare_digest(right.encode(), said.token.encode()):
        raise HTTPException(403, NOT_SIGNED)
    return {"known": await _note(parts, "push", said.id, Receipt(said.event))}


@router.post("/receipts/tencent/{secret}")
async def from_tencent(
    secret: str, reports: list[FromTencent], parts: ServicesDep
) -> dict[str, Any]:
    """Its reports are not signed: the address that it was given is the secret."""
    url = parts.settings.channel_sms
    right = sms.read(url).named("receipts") if url else ""
    if not right or not hmac.compare_digest(right.encode(), secret.encode()):
        raise HTTPException(403, NOT_SIGNED)
    for one in reports:
        good = one.report_status == "SUCCESS"
        receipt = Receipt("delivered") if good else Receipt("failed", one.errmsg)
        await _note(parts, "sms", one.sid, receipt)
    return {"result": 0, "errmsg": "OK"}


@router.get("/receipts/wechat")
def greet_wechat(
    parts: ServicesDep,
    signature: Text = "",
    timestamp: Text = "",
    nonce: Text = "",
    echostr: Text = "",
) -> Response:
    """How WeChat checks that this address is ours."""
    _check_wechat(parts, signature, timestamp, nonce)
    return PlainTextResponse(echostr)


@router.post("/receipts/wechat", summary="What happened to a WeChat message")
async def from_wechat(
    request: Request,
    parts: ServicesDep,
    signature: Text = "",
    timestamp: Text = "",
    nonce: Text = "",
) -> Response:
    _check_wechat(parts, signature, timestamp, nonce)
    found = wechat.finished((await request.body()).decode(errors="replace"))
    if found is not None:
        await _note(parts, "wechat", *found)
    return PlainTextResponse("success")


@router.post("/receipts/webhook")
async def from_webhook(request: Request, parts: ServicesDep) -> dict[str, bool]:
    """Whoever takes our webhooks: a person has got it, or read it."""
    url = parts.settings.channel_webhook
    body = await request.body()
    if not url or not webhook.is_signed(
        webhook.read(url).secret, request.headers, body, time.time()
    ):
        raise HTTPException(403, NOT_SIGNED)
    try:
        said = FromWebhook.model_validate(json.loads(body))
    except ValueError:
        raise HTTPException(422, "not understood") from None
    return {"known": await _note(parts, "webhook", said.id, Receipt(said.event))}


def _check_wechat(parts: Services, signature: str, timestamp: str, nonce: str) -> None:
    url = parts.settings.channel_wechat
    token = wechat.read(url).named("token") if url else ""
    if not token or not wechat.is_signed(token, signature, timestamp, nonce):
        raise HTTPException(403, NOT_SIGNED)


async def _note(parts: Services, channel: str, provider_id: str, receipt: Receipt) -> bool:
    """Whether such a message is known."""
    end_s = time.monotonic() + EARLY_S
    while True:
        note = parts.receipts.note
        if await run_in_threadpool(note, channel, provider_id, receipt, parts.clock()):
            return True
        if time.monotonic() >= end_s:
            return False
        await asyncio.sleep(LOOK_S)
