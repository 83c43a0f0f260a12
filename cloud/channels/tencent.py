"""Calls of Tencent Cloud's services, signed as its signature version 3 (TC3-HMAC-SHA256).

https://www.tencentcloud.com/document/api/1005/34678
"""

import hashlib
import hmac
import json
import time
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

import httpx2

from cloud.channels.base import body_of, refused, request
from cloud.channels.settings import Account

ALGORITHM = "TC3-HMAC-SHA256"
CONTENT_TYPE = "application/json; charset=utf-8"
SIGNED = "content-type;host;x-tc-action"


def authorization(
    key_id: str, key: str, service: str, host: str, action: str, body: bytes, at_s: int
) -> str:
    lines = f"content-type:{CONTENT_TYPE}\nhost:{host}\nx-tc-action:{action.lower()}\n"
    canonical = f"POST\n/\n\n{lines}\n{SIGNED}\n{hashlib.sha256(body).hexdigest()}"
    day = datetime.fromtimestamp(at_s, UTC).strftime("%Y-%m-%d")
    scope = f"{day}/{service}/tc3_request"
    to_sign = f"{ALGORITHM}\n{at_s}\n{scope}\n{hashlib.sha256(canonical.encode()).hexdigest()}"
    signing = f"TC3{key}".encode()
    for part in (day, service, "tc3_request"):
        signing = hmac.new(signing, part.encode(), hashlib.sha256).digest()
    signature = hmac.new(signing, to_sign.encode(), hashlib.sha256).hexdigest()
    credential = f"{key_id}/{scope}"
    return f"{ALGORITHM} Credential={credential}, SignedHeaders={SIGNED}, Signature={signature}"


async def call(
    http: httpx2.AsyncClient,
    account: Account,
    service: str,
    action: str,
    version: str,
    params: Mapping[str, Any],
) -> dict[str, Any]:
    """What is inside "Response"; Failed when that is an error."""
    body = json.dumps(params, ensure_ascii=False).encode()
    at_s = int(time.time())
    headers = {
        "content-type": CONTENT_TYPE,
        "x-tc-action": action,
        "x-tc-version": version,
        "x-tc-timestamp": str(at_s),
        "x-tc-region": account.options.get("region", "ap-guangzhou"),
        "authorization": authorization(
            account.user, account.secret, service, account.host, action, body, at_s
        ),
    }
    answer = body_of(await request(http, "POST", account.origin, content=body, headers=headers))
    found = answer.get("Response")
    if not isinstance(found, dict):
        raise refused("no Response", "")
    if error := found.get("Error"):
        raise refused(error.get("Code"), error.get("Message"))
    return found
