"""Text messages through a provider: alibaba (dysmsapi SendSms) or tencent (sms SendSms).

Both send a template that the provider has approved, with two variables: the title and the text.
Alibaba is asked what became of a message; Tencent says it to /receipts/tencent/SECRET.
https://help.aliyun.com/document_detail/419273.html, https://www.tencentcloud.com/document/api/382/34859
"""

import json
import re
from functools import partial

import httpx2

from cloud.channels import alibaba, settings, tencent
from cloud.channels.base import Channel, Failed, Letter, Receipt, refused, short
from cloud.channels.settings import Account

LIMIT_S = 20.0  # operators report within seconds
TITLE_CHARS, TEXT_CHARS = 20, 35  # what providers let a variable hold
NOT_A_NUMBER = "this is no telephone number"
FINAL = ("isv.MOBILE_NUMBER_ILLEGAL", "isv.BLACK_KEY_CONTROL_LIMIT", "isv.SMS_TEMPLATE_ILLEGAL")
SENT, LOST = 3, 2  # SendStatus of QuerySendDetails; 1: no report yet


def read(url: str) -> Account:
    account = settings.read(
        url, ("alibaba", "tencent"), ("sign", "staff", "mother"), ("app", "region", "receipts")
    )
    if account.scheme == "tencent" and not (account.named("app") and account.named("receipts")):
        raise ValueError("tencent needs app and receipts")
    return account


def open_channel(account: Account, http: httpx2.AsyncClient) -> Channel:
    if account.scheme == "tencent":
        return Channel(partial(send_tencent, account, http), LIMIT_S)
    return Channel(
        partial(send_alibaba, account, http), LIMIT_S, partial(poll_alibaba, account, http)
    )


async def send_alibaba(account: Account, http: httpx2.AsyncClient, letter: Letter) -> str:
    title, text = variables(letter)
    params = {
        "PhoneNumbers": number(letter.address).removeprefix("+86").removeprefix("+"),
        "SignName": account.named("sign"),
        "TemplateCode": account.named(letter.audience),
        "TemplateParam": json.dumps({"title": title, "text": text}, ensure_ascii=False),
        "OutId": letter.id,
    }
    answer = await alibaba.call(http, account, "SendSms", "2017-05-25", params)
    code = answer.get("Code")
    if code != "OK":
        raise refused(code, answer.get("Message"), code in FINAL)
    return str(answer["BizId"])


async def poll_alibaba(
    account: Account, http: httpx2.AsyncClient, provider_id: str, address: str, sent_ms: int
) -> Receipt | None:
    params = {
        "PhoneNumber": number(address).removeprefix("+86").removeprefix("+"),
        "BizId": provider_id,
        "SendDate": alibaba.china_day(sent_ms),
        "PageSize": "10",
        "CurrentPage": "1",
    }
    answer = await alibaba.call(http, account, "QuerySendDetails", "2017-05-25", params)
    found = (answer.get("SmsSendDetailDTOs") or {}).get("SmsSendDetailDTO") or []
    for one in found[:1]:
        if one.get("SendStatus") == SENT:
            return Receipt("delivered")
        if one.get("SendStatus") == LOST:
            return Receipt("failed", str(one.get("ErrCode", "")))
    return None


async def send_tencent(account: Account, http: httpx2.AsyncClient, letter: Letter) -> str:
    to = number(letter.address)
    params = {
        "PhoneNumberSet": [to if to.startswith("+") else "+86" + to],
        "SmsSdkAppId": account.named("app"),
        "SignName": account.named("sign"),
        "TemplateId": account.named(letter.audience),
        "TemplateParamSet": list(variables(letter)),
        "SessionContext": letter.id,
    }
    answer = await tencent.call(http, account, "sms", "SendSms", "2021-01-11", params)
    status = (answer.get("SendStatusSet") or [{}])[0]
    if status.get("Code") != "Ok":
        final = str(status.get("Code", "")).startswith("InvalidParameterValue")
        raise refused(status.get("Code"), status.get("Message"), final)
    return str(status["SerialNo"])


def variables(letter: Letter) -> tuple[str, str]:
    return short(letter.title, TITLE_CHARS), short(letter.body, TEXT_CHARS)


def number(address: str) -> str:
    """Digits, with a leading + when it had one."""
    found = re.sub(r"[\s()-]", "", address)
    if not re.fullmatch(r"\+?\d{5,15}", found):
        raise Failed(NOT_A_NUMBER, final=True)
    return found
