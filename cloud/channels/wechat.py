"""Template messages of a WeChat official account.

The access token is kept until shortly before it ends. What became of a message comes back to
/receipts/wechat as the event TEMPLATESENDJOBFINISH, signed with the account's token.
https://developers.weixin.qq.com/doc/offiaccount/Message_Management/Template_Message_Interface.html
"""

import hashlib
import hmac
import re
import time
from dataclasses import dataclass, field

import httpx2

from cloud.channels import settings
from cloud.channels.base import Channel, Letter, Receipt, body_of, refused, request, short
from cloud.channels.settings import Account

LIMIT_S = 20.0
VALUE_CHARS = 20  # of a "thing" in a template
EARLY_S = 300  # before its end a token is replaced
OLD_TOKEN = (40001, 40014, 42001)  # errcodes that a fresh token cures
FINAL = (40003, 40037, 43004)  # no such user, no such template, does not follow the account


def read(url: str) -> Account:
    needs = ("token", "staff", "mother")
    return settings.read(url, ("wechat",), needs, ("title", "text"))


def open_channel(account: Account, http: httpx2.AsyncClient) -> Channel:
    return Channel(WeChat(account, http).send, LIMIT_S)


@dataclass
class WeChat:
    account: Account
    http: httpx2.AsyncClient
    token: str = field(default="", repr=False)
    token_ends_s: float = 0.0  # monotonic

    async def send(self, letter: Letter) -> str:
        answer = await self._send(letter)
        if answer.get("errcode") in OLD_TOKEN:
            self.token_ends_s = 0.0
            answer = await self._send(letter)
        if answer.get("errcode") != 0:
            code = answer.get("errcode")
            raise refused(code, answer.get("errmsg"), code in FINAL)
        return str(answer["msgid"])

    async def _send(self, letter: Letter) -> dict[str, object]:
        title, text = self.account.named("title", "thing1"), self.account.named("text", "thing2")
        message: dict[str, object] = {
            "touser": letter.address,
            "template_id": self.account.named(letter.audience),
            "client_msg_id": letter.id,
            "data": {
                title: {"value": short(letter.title, VALUE_CHARS)},
                text: {"value": short(letter.body, VALUE_CHARS)},
            },
        }
        if letter.link.startswith("http"):
            message["url"] = letter.link
        url = f"{self.account.origin}/cgi-bin/message/template/send"
        params = {"access_token": await self._fresh_token()}
        return body_of(await request(self.http, "POST", url, params=params, json=message))

    async def _fresh_token(self) -> str:
        now_s = time.monotonic()
        if now_s >= self.token_ends_s:
            asked = {
                "grant_type": "client_credential",
                "appid": self.account.user,
                "secret": self.account.secret,
            }
            url = f"{self.account.origin}/cgi-bin/stable_token"
            answer = body_of(await request(self.http, "POST", url, json=asked))
            if "access_token" not in answer:
                raise refused(answer.get("errcode"), answer.get("errmsg"))
            self.token = str(answer["access_token"])
            self.token_ends_s = now_s + float(answer["expires_in"]) - EARLY_S
        return self.token


def is_signed(token: str, signature: str, timestamp: str, nonce: str) -> bool:
    """Whether a callback comes from WeChat."""
    words = "".join(sorted((token, timestamp, nonce)))
    right = hashlib.sha1(words.encode()).hexdigest()  # noqa: S324 - WeChat's own rule
    return hmac.compare_digest(right.encode(), signature.encode())


def finished(xml: str) -> tuple[str, Receipt] | None:
    """The message and what became of it; None: this event is about something else."""
    if _field(xml, "Event") != "TEMPLATESENDJOBFINISH":
        return None
    status = _field(xml, "Status")
    if status == "success":
        return _field(xml, "MsgID"), Receipt("delivered")
    return _field(xml, "MsgID"), Receipt("failed", status)


def _field(xml: str, name: str) -> str:
    """One element of a flat document; no parser, so nothing in it is followed or expanded."""
    found = re.search(rf"<{name}>(?:<!\[CDATA\[)?([^<\]]*)", xml)
    return found[1].strip() if found else ""
