"""What people ask for, and what providers say: through the real application."""

import asyncio
import hashlib
import json
import time
from base64 import b64encode
from collections.abc import Iterator
from datetime import UTC, datetime
from hmac import new as hmac_of
from pathlib import Path
from typing import Any

import httpx2
import pytest
from sqlalchemy import Engine

from cloud import demo
from cloud.app import create_app
from cloud.auth import COOKIE, write_cookie
from cloud.config import Settings
from cloud.deps import Services
from cloud.outgoing.courier import Courier
from cloud.outgoing.letters import letter_id, token_of
from cloud.routes import messages as messages_page
from cloud.store import contacts, logins, messages, people, recordings
from cloud.store.db import open_engine, reading, writing
from models.rules import BY_ID
from tests.cloud.channels.providers import HOOK_SECRET, Provider
from tests.cloud.channels.pushed import subscription
from tests.cloud.channels.urls import urls_of
from tests.cloud.stores import bring_up_to_date
from tests.process import wait_until

SECRET = "a secret of the tests, nothing else"
WECHAT_TOKEN = "w"


class App:
    """The application without its threads, and who may ask it."""

    def __init__(self, folder: Path, urls: dict[str, str]) -> None:
        given = {f"channel_{name}": url for name, url in urls.items()}
        settings = Settings(home=folder, secret=SECRET, demo=True, **given)  # type: ignore[arg-type]
        engine = open_engine(settings.database_url)
        bring_up_to_date(engine)
        with writing(engine) as conn:
            demo.fill(conn, demo.make_tokens(), datetime.now(UTC).date())
        engine.dispose()
        self.app = create_app(settings)
        self.parts: Services = self.app.state.services
        self.engine: Engine = self.parts.engine
        self.recordings = 0

    def ask(self, method: str, path: str, account: str = "", **options: Any) -> httpx2.Response:
        cookies = {COOKIE: self.cookie(account)} if account else None

        async def send() -> httpx2.Response:
            transport = httpx2.ASGITransport(app=self.app)
            async with httpx2.AsyncClient(
                transport=transport, base_url="http://test", cookies=cookies
            ) as client:
                return await client.request(method, path, **options)

        return asyncio.run(send())

    def cookie(self, account: str) -> str:
        with writing(self.engine) as conn:
            person = people.get_person_by_username(conn, account)
            assert person is not None
            login = logins.begin(conn, person.id, 1)
        return write_cookie(SECRET, login, person.password_hash)

    def person_id(self, account: str) -> int:
        with reading(self.engine) as conn:
            person = people.get_person_by_username(conn, account)
        assert person is not None
        return person.id

    def alert(self) -> int:
        """Of the first mother; the county hospital is asked."""
        self.recordings += 1
        with writing(self.engine) as conn:
            recording = recordings.open_recording(
                conn,
                device_id="probe-1",
                session=self.recordings,
                gateway_id="g",
                start_ms=1,
                now_ms=1,
            )
        reason = {"text": "No fetal heart signal for %(seconds)d s", "args": {"seconds": 9}}
        rule, now_ms = BY_ID["bradycardia_80"], time.time_ns() // 1_000_000
        alert_id = self.parts.alerting.raise_alert(recording.id, rule, 1.0, 61.0, reason, now_ms)
        assert alert_id is not None
        return alert_id

    def taken(self, alert_id: int, step: str, channel: str, provider_id: str = "") -> int:
        """As if the courier had sent this step's message; its id."""
        with writing(self.engine) as conn:
            found = [m for m in messages.of_alert(conn, alert_id) if m.step == step]
            message = next(m for m in found if m.mother_id is None)
            row = {
                "message_id": message.id,
                "way": 0,
                "channel": channel,
                "at_ms": 1,
                "final": False,
            }
            messages.add_try(conn, **row, provider_id=provider_id or letter_id(message.id))
            messages.change(conn, message.id, {"sent_ms": 1})
        return message.id

    def sent(self) -> bool:
        """Whether something has been taken by a provider."""
        with reading(self.engine) as conn:
            return any(m.sent_ms for m in messages.of_recording(conn, self.recordings))

    def phase(self, alert_id: int) -> str:
        view = self.parts.alerting.view(alert_id)
        assert view is not None
        return str(view["phase"])


@pytest.fixture(scope="module")
def host() -> str:
    """Where nobody listens: these tests send nothing."""
    return "127.0.0.1:9"


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory, host: str) -> Iterator[App]:
    """One for all tests here: each makes an alert of its own."""
    made = App(tmp_path_factory.mktemp("app"), urls_of(host, "tencent"))
    yield made
    made.engine.dispose()


@pytest.fixture(scope="module")
def bare(tmp_path_factory: pytest.TempPathFactory) -> Iterator[App]:
    """Nothing is set up."""
    made = App(tmp_path_factory.mktemp("bare"), {})
    yield made
    made.engine.dispose()


def test_wishes_are_kept_and_shown(app: App, host: str) -> None:
    first = app.ask("GET", "/api/me/messages", "mother1").json()
    assert (first["steps"], first["quiet"], first["contacts"]) == ("important", None, [])
    assert first["channels"] == ["push", "sms", "wechat", "voice"] and len(first["push_key"]) == 87
    subscribed = app.ask("POST", "/api/push/subscribe", "mother1", json=subscription(host)).json()
    (browser,) = subscribed["contacts"]
    assert browser == {"id": browser["id"], "channel": "push", "address": "", "least": "low"}
    again = app.ask("POST", "/api/push/subscribe", "mother1", json=subscription(host))
    assert len(again.json()["contacts"]) == 1
    wanted = {
        "steps": "every",
        "language": "en",
        "quiet": {"from_min": 1320, "to_min": 420, "zone": "Asia/Shanghai"},
        "contacts": [
            {"channel": "sms", "address": "138 0013 8000", "least": "medium"},
            {"id": browser["id"], "channel": "push"},
        ],
    }
    kept = app.ask("PUT", "/api/me/messages", "mother1", json=wanted).json()
    assert [c["channel"] for c in kept["contacts"]] == ["sms", "push"]
    assert (kept["steps"], kept["quiet"]) == ("every", wanted["quiet"])
    assert app.ask("GET", "/api/me/messages", "mother1").json() == kept
    assert app.ask("GET", "/api/me/messages", "mother2").json()["contacts"] == []
    gone = {"language": "zh", "contacts": []}
    assert app.ask("PUT", "/api/me/messages", "mother1", json=gone).json()["contacts"] == []
    with reading(app.engine) as conn:
        assert contacts.of_person(conn, app.person_id("mother1")) == []


@pytest.mark.parametrize(
    "way",
    [
        {"channel": "sms", "address": "call me"},
        {"channel": "email", "address": "a@b\r\nBcc: c@d"},
        {"channel": "email", "address": "nobody"},
        {"channel": "webhook", "address": "x"},
        {"channel": "push", "address": "x"},
        {"channel": "push", "id": 1},  # somebody else's
        {"channel": "sms", "address": "13800138000", "least": "sometimes"},
        {"channel": "wechat", "address": "<script>"},
    ],
)
def test_an_address_that_is_none_is_refused(app: App, way: dict[str, Any]) -> None:
    with writing(app.engine) as conn:
        contacts.subscribe(conn, app.person_id("mother3"), {"endpoint": "e", "keys": {}})
    wanted = {"language": "en", "contacts": [way]}
    assert app.ask("PUT", "/api/me/messages", "mother1", json=wanted).status_code == 422
    with reading(app.engine) as conn:
        assert len(contacts.of_person(conn, app.person_id("mother3"))) == 1


def test_a_way_is_moved_up_and_quiet_hours_are_whole(app: App) -> None:
    ways = [{"channel": name, "address": "13800138000"} for name in ("sms", "voice")]
    quiet = {"from_min": None, "to_min": None, "zone": "Asia/Shanghai"}
    wanted: dict[str, Any] = {"language": "zh", "contacts": ways, "quiet": quiet}
    kept = app.ask("PUT", "/api/me/messages", "mother4", json=wanted).json()
    assert [one["least"] for one in kept["contacts"]] == ["low", "high"] and kept["quiet"] is None
    moved = wanted | {"contacts": kept["contacts"], "earlier": kept["contacts"][1]["id"]}
    kept = app.ask("PUT", "/api/me/messages", "mother4", json=moved).json()
    assert [one["channel"] for one in kept["contacts"]] == ["voice", "sms"]
    half = wanted | {"quiet": quiet | {"from_min": 60}}
    said = app.ask("PUT", "/api/me/messages", "mother4", json=half)
    assert (said.status_code, said.json()["detail"]["text"]) == (422, messages_page.HALF_QUIET)


def test_quiet_hours_need_a_time_zone_that_exists(app: App) -> None:
    for zone in ("Mars/Olympus", "../../etc/passwd", ""):
        quiet = {"from_min": 0, "to_min": 60, "zone": zone}
        wanted = {"language": "en", "quiet": quiet, "contacts": []}
        assert app.ask("PUT", "/api/me/messages", "mother1", json=wanted).status_code == 422


@pytest.mark.parametrize(
    "wrong",
    [
        {"endpoint": "https://evil.example/x"},
        {"endpoint": "http://169.254.169.254/latest/meta-data"},
        {"keys": {"p256dh": "AAAA", "auth": "AAAA"}},
        {"keys": {"p256dh": "not base64 !", "auth": "é"}},
    ],
)
def test_a_subscription_that_is_none_is_refused(app: App, host: str, wrong: dict[str, Any]) -> None:
    given = {**subscription(host), **wrong}
    assert app.ask("POST", "/api/push/subscribe", "mother1", json=given).status_code == 422


def test_a_browser_takes_messages_for_few_people_only(app: App, host: str) -> None:
    codes = [
        app.ask("POST", "/api/push/subscribe", "clinic", json=subscription(host, str(n)))
        for n in range(13)
    ]
    assert [code.status_code for code in codes] == [200] * 12 + [409]


def test_without_channels(bare: App, host: str) -> None:
    shown = bare.ask("GET", "/api/me/messages", "mother1").json()
    assert (shown["channels"], shown["push_key"]) == ([], None)
    given = subscription(host)
    assert bare.ask("POST", "/api/push/subscribe", "mother1", json=given).status_code == 409
    for path in ("/receipts/tencent/", "/receipts/tencent/x"):
        assert bare.ask("POST", path, json=[]).status_code in (403, 404)
    assert bare.ask("GET", "/receipts/wechat?signature=&timestamp=1&nonce=2").status_code == 403
    assert bare.ask("POST", "/receipts/webhook", json={}).status_code == 403


def test_staff_see_what_became_of_each_message(app: App) -> None:
    alert_id = app.alert()
    number = app.taken(alert_id, "tell", "sms", "serial-3")
    path = f"/api/alerts/{alert_id}/messages"
    found = app.ask("GET", path, "county").json()
    (told,) = [m for m in found if m["id"] == number]
    assert told["to"]["role"] == "organisation" and told["to"]["organisation"].startswith("East")
    assert [(t["channel"], t["delivered_ms"]) for t in told["tries"]] == [("sms", None)]
    assert "555" not in json.dumps(found)  # no telephone number
    (hers,) = [m for m in found if m["step"] == "raised"]
    assert hers["to"] == {"role": "mother", "name": "Lin Xiaoyu (demo)"}
    assert app.ask("GET", path, "mother1").status_code == 403
    assert app.ask("GET", path, "hospital").status_code == 404


def test_a_phone_reports(app: App) -> None:
    alert_id = app.alert()
    number = app.taken(alert_id, "tell", "push")
    said = {"id": letter_id(number), "token": token_of(SECRET, letter_id(number))}

    def report(**more: str) -> httpx2.Response:
        return app.ask("POST", "/receipts/push", json={**said, **more})

    assert report(event="delivered", token="guess").status_code == 403
    assert report(event="exploded").status_code == 422
    assert app.phase(alert_id) == "told"
    assert report(event="delivered").json() == {"known": True}
    assert app.phase(alert_id) == "delivered"
    assert report(event="read").json() == {"known": True}
    assert app.phase(alert_id) == "read"


def test_tencent_reports(app: App) -> None:
    alert_id = app.alert()
    number = app.taken(alert_id, "tell", "sms", "serial-1")
    one = {
        "user_receive_time": "2026-11-22 10:03:04",
        "nationcode": "86",
        "mobile": "13800138000",
        "report_status": "SUCCESS",
        "errmsg": "DELIVRD",
        "description": "用户短信送达成功",
        "sid": "serial-1",
    }
    assert app.ask("POST", "/receipts/tencent/guess", json=[one]).status_code == 403
    answer = app.ask("POST", "/receipts/tencent/report-secret", json=[one])
    assert answer.json() == {"result": 0, "errmsg": "OK"}
    assert app.phase(alert_id) == "delivered"
    with reading(app.engine) as conn:
        assert messages.get(conn, number).delivered_ms is not None


def test_tencent_reports_a_failure(app: App) -> None:
    alert_id = app.alert()
    number = app.taken(alert_id, "tell", "sms", "serial-2")
    one = {"report_status": "FAIL", "errmsg": "MI:0001", "sid": "serial-2"}
    app.ask("POST", "/receipts/tencent/report-secret", json=[one])
    assert app.phase(alert_id) == "told"
    with reading(app.engine) as conn:
        (tried,) = messages.tries_of(conn, [number])[number]
    assert tried.failed_why and tried.failed_why["args"]["why"] == "MI:0001"


def signed_by_wechat(nonce: str = "n1") -> dict[str, str]:
    timestamp = str(int(time.time()))
    words = "".join(sorted((WECHAT_TOKEN, timestamp, nonce)))
    signature = hashlib.sha1(words.encode()).hexdigest()
    return {"signature": signature, "timestamp": timestamp, "nonce": nonce}


def test_wechat_greets_and_reports(app: App) -> None:
    greeting = {**signed_by_wechat(), "echostr": "hello-42"}
    assert app.ask("GET", "/receipts/wechat", params=greeting).text == "hello-42"
    alert_id = app.alert()
    app.taken(alert_id, "tell", "wechat", "200228333")
    body = (
        "<xml><ToUserName><![CDATA[gh_1]]></ToUserName><FromUserName><![CDATA[o1]]></FromUserName>"
        "<CreateTime>1395658920</CreateTime><MsgType><![CDATA[event]]></MsgType>"
        "<Event><![CDATA[TEMPLATESENDJOBFINISH]]></Event><MsgID>200228333</MsgID>"
        "<Status><![CDATA[success]]></Status></xml>"
    )
    wrong = {**signed_by_wechat(), "nonce": "other"}
    assert app.ask("POST", "/receipts/wechat", params=wrong, content=body).status_code == 403
    assert app.phase(alert_id) == "told"
    answer = app.ask("POST", "/receipts/wechat", params=signed_by_wechat(), content=body)
    assert (answer.status_code, answer.text) == (200, "success")
    assert app.phase(alert_id) == "delivered"


def test_a_webhook_reports(app: App) -> None:
    alert_id = app.alert()
    number = app.taken(alert_id, "tell", "webhook")
    body = json.dumps({"id": letter_id(number), "event": "read"}).encode()

    def report(at_s: float, secret: str = HOOK_SECRET) -> int:
        stamp = str(int(at_s))
        signed = f"r1.{stamp}.".encode() + body
        right = b64encode(hmac_of(secret.encode(), signed, hashlib.sha256).digest()).decode()
        headers = {
            "webhook-id": "r1",
            "webhook-timestamp": stamp,
            "webhook-signature": f"v1,{right}",
        }
        return app.ask("POST", "/receipts/webhook", content=body, headers=headers).status_code

    assert report(time.time(), "guess" * 8) == 403
    assert report(time.time() - 3600) == 403  # an old one, sent again by somebody
    assert app.phase(alert_id) == "told"
    assert report(time.time()) == 200
    assert app.phase(alert_id) == "read"


def test_a_receipt_may_come_before_the_try_is_written(app: App) -> None:
    alert_id = app.alert()
    report = [{"report_status": "SUCCESS", "errmsg": "", "sid": "serial-9"}]

    async def both() -> None:
        transport = httpx2.ASGITransport(app=app.app)
        async with httpx2.AsyncClient(transport=transport, base_url="http://test") as client:
            answer = asyncio.create_task(
                client.post("/receipts/tencent/report-secret", json=report)
            )
            await asyncio.sleep(0.3)
            await asyncio.to_thread(app.taken, alert_id, "tell", "sms", "serial-9")
            assert (await answer).status_code == 200

    asyncio.run(both())
    assert app.phase(alert_id) == "delivered"


def test_the_running_service_sends_by_itself(provider: Provider, tmp_path: Path) -> None:
    """The parts as create_app puts them together: outbox, courier, its ticker, the alert."""
    app = App(tmp_path, urls_of(provider.host))
    with writing(app.engine) as conn:
        address = {"channel": "webhook", "address": "ward 3", "place": 0, "least": "low"}
        contacts.add(conn, person_id=app.person_id("county"), **address)
    parts = [
        part
        for part in app.app.state.running
        if isinstance(part, Courier) or getattr(part, "name", "") == "courier-tick"
    ]
    for part in parts:
        part.start()
    try:
        app.alert()
        wait_until(
            lambda: any(one.get("type") == "alert.staff" for one in provider.taken),
            60,
            "a message at the provider",
        )
        wait_until(app.sent, 60, "a message that is written down as sent")
    finally:
        for part in parts:  # in the order in which the service stops them
            part.stop()
        app.engine.dispose()
