"""Messages for another computer: JSON by POST, signed as Standard Webhooks says.

Whoever takes it may say later that a person has got it, to /receipts/webhook, signed the same way.
https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md
"""

import hashlib
import hmac
import json
import time
from base64 import b64decode, b64encode
from collections.abc import Mapping
from functools import partial

import httpx2

from cloud.channels import settings
from cloud.channels.base import Channel, Letter, refused, request
from cloud.channels.settings import Account

LIMIT_S = 10.0
TOLERANCE_S = 300  # by which the two clocks may differ
LEAST_SECRET = 24  # bytes, the specification's least


def read(url: str) -> Account:
    account = settings.read(url, ("hook",), ())
    if len(_key(account.secret)) < LEAST_SECRET:
        raise ValueError("the secret is too short")
    return account


def open_channel(account: Account, http: httpx2.AsyncClient) -> Channel:
    return Channel(partial(send, account, http), LIMIT_S)


async def send(account: Account, http: httpx2.AsyncClient, letter: Letter) -> str:
    told = {
        "type": f"alert.{letter.audience}" if letter.urgent else f"step.{letter.audience}",
        "data": {
            "id": letter.id,
            "to": letter.address,
            "title": letter.title,
            "body": letter.body,
            "link": letter.link,
        },
    }
    body = json.dumps(told, ensure_ascii=False).encode()
    at_s = int(time.time())
    headers = {
        "content-type": "application/json",
        "webhook-id": letter.id,
        "webhook-timestamp": str(at_s),
        "webhook-signature": signature(account.secret, letter.id, str(at_s), body),
    }
    answer = await request(http, "POST", account.origin, content=body, headers=headers)
    if not answer.is_success:
        raise refused(f"HTTP {answer.status_code}", answer.text, answer.status_code == 410)
    return letter.id


def signature(secret: str, message_id: str, timestamp: str, body: bytes) -> str:
    signed = f"{message_id}.{timestamp}.".encode() + body
    return "v1," + b64encode(hmac.new(_key(secret), signed, hashlib.sha256).digest()).decode()


def is_signed(secret: str, headers: Mapping[str, str], body: bytes, now_s: float) -> bool:
    """Whether one of the signatures is right, and the time is about now."""
    message_id, timestamp = headers.get("webhook-id", ""), headers.get("webhook-timestamp", "")
    if not (timestamp.isascii() and timestamp.isdigit()):
        return False
    right = signature(secret, message_id, timestamp, body).encode()
    given = headers.get("webhook-signature", "").split(" ")
    fresh = abs(int(timestamp) - now_s) <= TOLERANCE_S
    return fresh and any(hmac.compare_digest(right, one.encode()) for one in given)


def _key(secret: str) -> bytes:
    """whsec_BASE64, or the words themselves."""
    if secret.startswith("whsec_"):
        return b64decode(secret.removeprefix("whsec_"))
    return secret.encode()
