"""Web push: RFC 8030 requests, encrypted (RFC 8291) and signed (VAPID, RFC 8292).

An address is a browser's subscription as JSON. The page's service worker says when a message
arrived and when it was opened. Only known push services are spoken to, or a subscription could
make this service call any address.
"""

import json
import os
import time
from base64 import urlsafe_b64decode, urlsafe_b64encode
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from urllib.parse import parse_qsl, urlsplit

import http_ece
import httpx2
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from py_vapid import Vapid02

from cloud.channels.base import Channel, Failed, Gone, Letter, refused, request

LIMIT_S = 10.0
KEEP_S = {True: 600, False: 4 * 3600}  # how long a push service keeps it: urgent or not
TOKEN_LASTS_S = 12 * 3600  # RFC 8292 allows 24 h
SERVICES = (
    "fcm.googleapis.com",
    ".push.services.mozilla.com",
    ".push.apple.com",
    ".notify.windows.com",
)
UNSUBSCRIBED = "this browser does not take messages any more"
NOT_KNOWN = "no push service that is known here"


@dataclass(frozen=True)
class Account:
    subject: str  # mailto: of who runs this service
    key_file: Path | None
    origins: tuple[str, ...]  # more push services than SERVICES


def read(url: str) -> Account:
    """mailto:WHO@HOST[?key=FILE][&origin=https://HOST], the last for a push service of one's own"""
    parts = urlsplit(url)
    options = parse_qsl(parts.query)
    if (
        parts.scheme != "mailto"
        or "@" not in parts.path
        or {k for k, _ in options}
        - {
            "key",
            "origin",
        }
    ):
        raise ValueError("not such an address")
    key = dict(options).get("key")
    if key and not Path(key).is_file():
        raise ValueError("no such file")
    origins = tuple(value for name, value in options if name == "origin")
    return Account(f"mailto:{parts.path}", Path(key) if key else None, origins)


def open_channel(account: Account, http: httpx2.AsyncClient, home: Path) -> Channel:
    return Channel(partial(send, account, load_key(account, home), http), LIMIT_S)


def load_key(account: Account, home: Path) -> Vapid02:
    """This installation's key, made at the first start: browsers subscribe to it."""
    path = account.key_file or home / "vapid.pem"
    if not path.exists():
        vapid = Vapid02()
        vapid.generate_keys()
        with suppress(FileExistsError):  # another process was faster: its key is the one
            handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
            with os.fdopen(handle, "wb") as file:
                file.write(vapid.private_pem())
    return Vapid02.from_pem(path.read_bytes())


def public_key(vapid: Vapid02) -> str:
    """What a page gives to PushManager.subscribe()."""
    raw = vapid.public_key.public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
    return urlsafe_b64encode(raw).rstrip(b"=").decode()


def is_known(endpoint: str, origins: tuple[str, ...]) -> bool:
    """Whether this is the address of a push service."""
    parts = urlsplit(endpoint)
    host = parts.hostname or ""
    known = any(host.endswith(name) if name[0] == "." else host == name for name in SERVICES)
    if parts.scheme == "https" and parts.netloc == host and known:
        return True
    return f"{parts.scheme}://{parts.netloc}" in origins


async def send(account: Account, vapid: Vapid02, http: httpx2.AsyncClient, letter: Letter) -> str:
    subscription = json.loads(letter.address)
    endpoint = str(subscription["endpoint"])
    if not is_known(endpoint, account.origins):
        raise Failed(NOT_KNOWN, final=True)
    parts = urlsplit(endpoint)
    claims = {
        "aud": f"{parts.scheme}://{parts.netloc}",
        "sub": account.subject,
        "exp": int(time.time()) + TOKEN_LASTS_S,
    }
    headers = {
        **vapid.sign(claims),
        "content-encoding": "aes128gcm",
        "ttl": str(KEEP_S[letter.urgent]),
        "urgency": "high" if letter.urgent else "normal",
        "topic": letter.id,  # a repeated one takes the place of the first
    }
    answer = await request(
        http, "POST", endpoint, content=encrypt(subscription["keys"], letter), headers=headers
    )
    if answer.status_code in (404, 410):
        raise Gone(UNSUBSCRIBED, final=True)
    if not answer.is_success:
        raise refused(f"HTTP {answer.status_code}", answer.text, answer.status_code == 413)
    return letter.id


def encrypt(keys: dict[str, str], letter: Letter) -> bytes:
    shown = {
        "id": letter.id,
        "title": letter.title,
        "body": letter.body,
        "link": letter.link,
        "token": letter.token,
        "urgent": letter.urgent,
    }
    sealed: bytes = http_ece.encrypt(
        json.dumps(shown, ensure_ascii=False).encode(),
        private_key=ec.generate_private_key(ec.SECP256R1()),
        dh=_decoded(keys["p256dh"]),
        auth_secret=_decoded(keys["auth"]),
        version="aes128gcm",
    )
    return sealed


def _decoded(text: str) -> bytes:
    return urlsafe_b64decode(text + "=" * (-len(text) % 4))
