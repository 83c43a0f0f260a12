"""Calls of Alibaba Cloud's RPC services, signed as its signature version 3 (ACS3-HMAC-SHA256).

https://www.alibabacloud.com/help/en/sdk/product-overview/v3-request-structure-and-signature
"""

import hashlib
import hmac
import secrets
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any
from urllib.parse import quote

import httpx2

from cloud.channels.base import body_of, request
from cloud.channels.settings import Account

ALGORITHM = "ACS3-HMAC-SHA256"
EMPTY = hashlib.sha256(b"").hexdigest()
DAYS_ARE = 8 * 3600  # seconds east of UTC: dates in its parameters are those of China


def canonical_query(params: Mapping[str, str]) -> str:
    return "&".join(f"{_quote(key)}={_quote(params[key])}" for key in sorted(params))


def authorization(key_id: str, key: str, query: str, headers: Mapping[str, str]) -> str:
    """Of a POST of / without a body; `headers` are all that are signed, in lower case."""
    names = ";".join(sorted(headers))
    lines = "".join(f"{name}:{headers[name]}\n" for name in sorted(headers))
    canonical = f"POST\n/\n{query}\n{lines}\n{names}\n{EMPTY}"
    to_sign = f"{ALGORITHM}\n{hashlib.sha256(canonical.encode()).hexdigest()}"
    signature = hmac.new(key.encode(), to_sign.encode(), hashlib.sha256).hexdigest()
    return f"{ALGORITHM} Credential={key_id},SignedHeaders={names},Signature={signature}"


async def call(
    http: httpx2.AsyncClient, account: Account, action: str, version: str, params: Mapping[str, str]
) -> dict[str, Any]:
    """The answer, whether it worked ("Code" is "OK") or not."""
    headers = {
        "host": account.host,
        "x-acs-action": action,
        "x-acs-content-sha256": EMPTY,
        "x-acs-date": datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
        "x-acs-signature-nonce": secrets.token_hex(16),
        "x-acs-version": version,
    }
    query = canonical_query(params)
    headers["authorization"] = authorization(account.user, account.secret, query, headers)
    answer = await request(http, "POST", f"{account.origin}/?{query}", headers=headers)
    return body_of(answer)


def china_day(at_ms: int) -> str:
    """The date there, as QuerySendDetails wants it."""
    return datetime.fromtimestamp(at_ms / 1000 + DAYS_ARE, UTC).strftime("%Y%m%d")


def _quote(text: str) -> str:
    return quote(text, safe="-_.~")
