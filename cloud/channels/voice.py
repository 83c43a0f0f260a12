"""A telephone call that reads the message out: alibaba (dyvmsapi SingleCallByTts).

Answered counts as delivered: who listened is not known.
https://help.aliyun.com/document_detail/393519.html, https://help.aliyun.com/document_detail/64286.html
"""

import json
from functools import partial

import httpx2

from cloud.channels import alibaba, settings
from cloud.channels.base import Channel, Letter, Receipt, refused, short
from cloud.channels.settings import Account
from cloud.channels.sms import TEXT_CHARS, TITLE_CHARS, number

LIMIT_S = 40.0  # it rings for a while
NOTICES = "11000000300006"  # the product "voice notice"
FINAL = ("isv.MOBILE_NUMBER_ILLEGAL", "isv.TTS_TEMPLATE_ILLEGAL")


def read(url: str) -> Account:
    return settings.read(url, ("alibaba",), ("staff", "mother"), ("caller",))


def open_channel(account: Account, http: httpx2.AsyncClient) -> Channel:
    return Channel(partial(send, account, http), LIMIT_S, partial(poll, account, http))


async def send(account: Account, http: httpx2.AsyncClient, letter: Letter) -> str:
    words = {"title": short(letter.title, TITLE_CHARS), "text": short(letter.body, TEXT_CHARS)}
    params = {
        "CalledNumber": number(letter.address).removeprefix("+86").removeprefix("+"),
        "TtsCode": account.named(letter.audience),
        "TtsParam": json.dumps(words, ensure_ascii=False),
        "PlayTimes": "2",
        "OutId": letter.id,
    }
    if caller := account.named("caller"):
        params["CalledShowNumber"] = caller
    answer = await alibaba.call(http, account, "SingleCallByTts", "2017-05-25", params)
    code = answer.get("Code")
    if code != "OK":
        raise refused(code, answer.get("Message"), code in FINAL)
    return str(answer["CallId"])


async def poll(
    account: Account, http: httpx2.AsyncClient, provider_id: str, _address: str, sent_ms: int
) -> Receipt | None:
    """A call without a start was not answered, once it has ended."""
    params = {"CallId": provider_id, "ProdId": NOTICES, "QueryDate": str(sent_ms)}
    answer = await alibaba.call(http, account, "QueryCallDetailByCallId", "2017-05-25", params)
    detail = json.loads(answer.get("Data") or "{}")
    if detail.get("startDate"):
        return Receipt("delivered")
    if detail.get("endDate") or detail.get("state"):
        return Receipt("failed", f"{detail.get('state', '')} {detail.get('stateDesc', '')}".strip())
    return None
