"""Each channel against a server that checks what the real one checks."""

import asyncio
import json
import ssl
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx2
import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult, Envelope, Session

from cloud import channels
from cloud.channels import mail, sms, wechat
from cloud.channels.base import Channel, Failed, Gone, Letter, Receipt
from tests.cloud.channels.conftest import NO_TLS, With
from tests.cloud.channels.providers import Provider
from tests.cloud.channels.pushed import subscription
from tests.cloud.channels.urls import letter, urls_of
from tests.process import free_port

PHONE = "+86 138 0013 8000"


def sent(with_channels: With, name: str, one: Letter) -> str:
    async def send(opened: dict[str, Channel]) -> str:
        return await opened[name].send(one)

    found: str = with_channels(send)
    return found


def asked(with_channels: With, name: str, provider_id: str) -> Receipt | None:
    async def ask(opened: dict[str, Channel]) -> Receipt | None:
        poll = opened[name].poll
        assert poll is not None
        return await poll(provider_id, PHONE, 1_795_000_000_000)

    found: Receipt | None = with_channels(ask)
    return found


def test_sms_by_alibaba(with_channels: With, provider: Provider) -> None:
    assert sent(with_channels, "sms", letter(PHONE)) == "biz-1"
    (taken,) = provider.taken
    assert (taken["PhoneNumbers"], taken["SignName"], taken["OutId"]) == ("13800138000", "卢", "m7")
    assert taken["TemplateCode"] == "T1"
    assert json.loads(taken["TemplateParam"]) == {
        "title": "Alert 3, priority h…",
        "text": "胎心过缓。请立即左侧卧。请拨打本页的电话。",
    }


@pytest.mark.parametrize(
    ("status", "receipt"),
    [(1, None), (2, Receipt("failed", "UNDELIV")), (3, Receipt("delivered"))],
)
def test_alibaba_is_asked_what_became_of_an_sms(
    with_channels: With, provider: Provider, status: int, receipt: Receipt | None
) -> None:
    assert asked(with_channels, "sms", "biz-1") is None  # nothing known yet
    detail = {"SendStatus": status, "ErrCode": "UNDELIV", "OutId": "m7"}
    known = {"TotalCount": 1, "SmsSendDetailDTOs": {"SmsSendDetailDTO": [detail]}}
    provider.reports["QuerySendDetails"] = known
    assert asked(with_channels, "sms", "biz-1") == receipt


def test_sms_by_tencent(provider: Provider, tmp_path: Path) -> None:
    async def send() -> str:
        async with httpx2.AsyncClient(verify=NO_TLS) as http:
            opened = channels.open_all(urls_of(provider.host, "tencent"), http, tmp_path)
            return await opened["sms"].send(letter("13800138000", audience="mother"))

    assert asyncio.run(send()) == "serial-1"
    (taken,) = provider.taken
    assert taken["PhoneNumberSet"] == ["+8613800138000"]
    assert (taken["SmsSdkAppId"], taken["SessionContext"]) == ("1400", "m7")
    assert taken["TemplateId"] == "T2" and len(taken["TemplateParamSet"]) == 2


def test_a_wrong_key_is_refused_by_both(provider: Provider) -> None:
    async def send(scheme: str) -> None:
        url = urls_of(provider.host, scheme)["sms"].replace("secret", "guess")
        async with httpx2.AsyncClient(verify=NO_TLS) as http:
            await sms.open_channel(sms.read(url), http).send(letter(PHONE))

    for scheme, code in (("alibaba", "SignatureDoesNotMatch"), ("tencent", "AuthFailure")):
        with pytest.raises(Failed, match=code) as caught:
            asyncio.run(send(scheme))
        assert not caught.value.final
    assert provider.taken == []


def test_voice(with_channels: With, provider: Provider) -> None:
    assert sent(with_channels, "voice", letter("021-5550-0001")) == "biz-1"
    (taken,) = provider.taken
    assert taken["CalledNumber"] == "02155500001" and taken["CalledShowNumber"] == "02155500000"
    assert taken["TtsCode"] == "T1" and "胎心过缓" in taken["TtsParam"] and taken["OutId"] == "m7"


@pytest.mark.parametrize(
    ("detail", "receipt"),
    [
        ({"startDate": "2026-11-22 10:00:00", "endDate": "", "state": "200"}, Receipt("delivered")),
        ({"startDate": "", "endDate": "", "state": "502", "stateDesc": "busy"},
         Receipt("failed", "502 busy")),
        ({"startDate": "", "endDate": ""}, None),
    ],
)  # fmt: skip
def test_a_call_is_delivered_when_it_is_answered(
    with_channels: With, provider: Provider, detail: dict[str, str], receipt: Receipt | None
) -> None:
    assert asked(with_channels, "voice", "call-1") is None
    provider.reports["QueryCallDetailByCallId"] = {"Data": json.dumps(detail)}
    assert asked(with_channels, "voice", "call-1") == receipt


def test_wechat_keeps_its_token_and_renews_it(provider: Provider) -> None:
    async def send() -> None:
        async with httpx2.AsyncClient(verify=NO_TLS) as http:
            channel = wechat.open_channel(wechat.read(urls_of(provider.host)["wechat"]), http)
            assert await channel.send(letter("openid-of-somebody")) == "200228333"
            assert await channel.send(letter("openid-of-somebody")) == "200228334"
            assert provider.tokens == 1
            provider.bad_tokens.add("token-1")
            assert await channel.send(letter("openid-of-somebody")) == "200228335"
            assert provider.tokens == 2

    asyncio.run(send())
    taken = provider.taken[0]
    assert taken["touser"] == "openid-of-somebody" and taken["client_msg_id"] == "m7"
    assert taken["data"]["thing2"]["value"] == "胎心过缓。请立即左侧卧。"  # whole sentences
    assert taken["url"] == "https://lucina.example/mother"


def test_wechat_with_a_wrong_secret(provider: Provider) -> None:
    async def send() -> None:
        url = urls_of(provider.host)["wechat"].replace("app-secret", "guess")
        async with httpx2.AsyncClient(verify=NO_TLS) as http:
            await wechat.open_channel(wechat.read(url), http).send(letter("openid-of-somebody"))

    with pytest.raises(Failed, match="40125"):
        asyncio.run(send())


def test_push_is_encrypted_and_signed(with_channels: With, provider: Provider) -> None:
    address = json.dumps(subscription(provider.host))
    assert sent(with_channels, "push", letter(address)) == "m7"
    (taken,) = provider.taken
    assert taken["title"] == "Alert 3, priority high" and taken["body"].startswith("胎心过缓")
    assert (taken["id"], taken["topic"], taken["token"]) == ("m7", "m7", "t")


def test_the_push_key_is_made_once_and_is_ours_alone(provider: Provider, tmp_path: Path) -> None:
    urls = urls_of(provider.host)
    key = channels.push_key(urls, tmp_path)
    assert key and len(key) == 87 and channels.push_key(urls, tmp_path) == key
    assert (tmp_path / "vapid.pem").stat().st_mode & 0o777 == 0o600
    assert channels.push_key({}, tmp_path) is None


def test_webhook(with_channels: With, provider: Provider) -> None:
    assert sent(with_channels, "webhook", letter("ward 3")) == "m7"
    (taken,) = provider.taken
    assert taken["type"] == "alert.staff" and taken["data"]["to"] == "ward 3"


ADDRESSES = {
    "sms": PHONE,
    "voice": PHONE,
    "wechat": "openid-of-somebody",
    "webhook": "ward 3",
    "push": "",
}


@pytest.mark.parametrize("name", ADDRESSES)
@pytest.mark.parametrize("behaviour", ["refuse", "broken"])
def test_what_is_refused_is_a_failure_with_a_reason(
    with_channels: With, provider: Provider, name: str, behaviour: str
) -> None:
    address = ADDRESSES[name] or json.dumps(subscription(provider.host))
    provider.behaviour = behaviour
    with pytest.raises(Failed) as caught:
        sent(with_channels, name, letter(address))
    assert caught.value.final == (behaviour == "refuse")
    assert isinstance(caught.value, Gone) == (behaviour == "refuse" and name == "push")
    assert provider.taken == []


@pytest.mark.parametrize("name", ADDRESSES)
def test_a_server_that_is_away(provider: Provider, tmp_path: Path, name: str) -> None:
    address = ADDRESSES[name] or json.dumps(subscription(provider.host))
    provider.__exit__(None, None, None)

    async def send() -> None:
        async with httpx2.AsyncClient(timeout=1, verify=NO_TLS) as http:
            opened = channels.open_all(urls_of(provider.host), http, tmp_path)
            await opened[name].send(letter(address))

    with pytest.raises(Failed, match="cannot be reached") as caught:
        asyncio.run(send())
    assert not caught.value.final and provider.host not in str(caught.value)


class Mailbox:
    """An SMTP server that takes mail only after STARTTLS and a login."""

    def __init__(self, certificate: tuple[Path, Path], refuse: str = "") -> None:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(*certificate)
        self.mails: list[tuple[str, str]] = []
        self._refuse = refuse
        self._lock = threading.Lock()
        self.controller = Controller(
            self,
            hostname="127.0.0.1",
            port=free_port(),
            tls_context=context,
            require_starttls=True,
            auth_required=True,
            authenticator=self._knows,
        )

    def _knows(self, *args: Any) -> AuthResult:
        data = args[-1]
        right = (data.login, data.password) == (b"lucina", b"pass word")
        return AuthResult(success=right, handled=False)

    async def handle_RCPT(  # noqa: N802 - aiosmtpd's names
        self, _server: Any, _session: Session, envelope: Envelope, address: str, _options: Any
    ) -> str:
        if self._refuse:
            return self._refuse
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(  # noqa: N802
        self, _server: Any, session: Session, envelope: Envelope
    ) -> str:
        assert session.ssl is not None
        with self._lock:
            content = envelope.content
            assert isinstance(content, bytes)
            self.mails.append((envelope.rcpt_tos[0], content.decode()))
        return "250 taken"


@pytest.fixture
def mailbox(certificate: tuple[Path, Path]) -> Iterator[Callable[..., tuple[Mailbox, str]]]:
    started: list[Mailbox] = []

    def start(refuse: str = "", password: str = "pass%20word") -> tuple[Mailbox, str]:
        box = Mailbox(certificate, refuse)
        box.controller.start()
        started.append(box)
        where = f"lucina:{password}@127.0.0.1:{box.controller.port}"
        return box, f"smtp://{where}?from=alerts@lucina.example&ca={certificate[0]}"

    yield start
    for box in started:
        box.controller.stop()


def mailed(url: str, one: Letter) -> str:
    async def send() -> str:
        async with httpx2.AsyncClient(verify=NO_TLS) as http:
            return await mail.open_channel(mail.read(url), http).send(one)

    return asyncio.run(send())


def test_mail_goes_out_after_starttls(mailbox: Callable[..., tuple[Mailbox, str]]) -> None:
    box, url = mailbox()
    assert mailed(url, letter("doctor@hospital.example")) == "<m7@lucina.example>"
    ((to, text),) = box.mails
    assert to == "doctor@hospital.example"
    assert "Message-ID: <m7@lucina.example>" in text and "Importance: high" in text
    assert "Subject: Alert 3, priority high" in text


@pytest.mark.parametrize(
    ("refuse", "password", "final"),
    [("550 no such user", "pass%20word", True), ("451 later", "pass%20word", False),
     ("", "wrong", False)],
)  # fmt: skip
def test_mail_that_is_refused(
    mailbox: Callable[..., tuple[Mailbox, str]], refuse: str, password: str, final: bool
) -> None:
    box, url = mailbox(refuse, password)
    with pytest.raises(Failed) as caught:
        mailed(url, letter("doctor@hospital.example"))
    assert caught.value.final == final and box.mails == []
    assert "pass" not in str(caught.value) and "wrong" not in str(caught.value)


def test_mail_does_not_go_to_a_server_that_is_not_trusted(
    mailbox: Callable[..., tuple[Mailbox, str]],
) -> None:
    box, url = mailbox()
    with pytest.raises(Failed, match="cannot be reached"):
        mailed(url.partition("&ca=")[0], letter("doctor@hospital.example"))
    assert box.mails == []


@pytest.mark.parametrize("address", ["nobody", "a@b\r\nBcc: c@d", "a@b, c@d", ""])
def test_a_mail_address_that_is_none(address: str) -> None:
    with pytest.raises(Failed) as caught:
        mail.compose("alerts@lucina.example", letter(address))
    assert caught.value.final
