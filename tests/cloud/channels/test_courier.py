"""The way of a message: tried, tried elsewhere, repeated, stopped; and what the alert learns."""

import json
import logging
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx2
import pytest
from sqlalchemy import Connection, Engine

from cloud import channels
from cloud.alerts.reminding import Reminder
from cloud.alerts.service import Alerting
from cloud.channels import base
from cloud.channels.base import Letter, Receipt
from cloud.outgoing import attempts, courier, letters
from cloud.outgoing.courier import AT_ONCE, LEASE_MS, POLL_EVERY_MS, Courier
from cloud.outgoing.letters import token_of
from cloud.outgoing.receipts import Receipts
from cloud.store import contacts, messages, people
from cloud.store.db import reading, writing
from cloud.store.messages import Message, Try
from tests.cloud.alerts.world import CENTRE, FAR, MIDDLE, NEAR, T0_MS, WHO, raised, record
from tests.cloud.channels.conftest import NO_TLS
from tests.cloud.channels.providers import Provider
from tests.cloud.channels.pushed import subscription
from tests.cloud.channels.urls import urls_of
from tests.cloud.data.parts import python
from tests.process import wait_until

DOCTOR = 10 * NEAR + 1
SECRET = "a secret of the tests, nothing else"
PHONE = "+8613800138000"


class Post:
    """A courier whose clock stands still until it is moved."""

    def __init__(self, engine: Engine, alerting: Alerting, urls: dict[str, str], home: Path):
        self.now_ms = T0_MS
        self.engine = engine
        self.receipts = Receipts(engine, alerting)
        self._new = lambda: self._courier(urls, home)
        self.courier = self._new()

    def _courier(self, urls: dict[str, str], home: Path) -> Courier:
        http = httpx2.AsyncClient(timeout=base.TIMEOUT_S, verify=NO_TLS)
        opened = channels.open_all(urls, http, home)
        made = Courier(
            self.engine, http, opened, self.receipts, "https://l.example", SECRET, self.clock
        )
        made.start()
        return made

    def clock(self) -> int:
        return self.now_ms

    def restart(self) -> None:
        self.courier.stop()
        self.courier = self._new()

    def at(self, after_s: float) -> None:
        """Move the clock, and do what is due, to the end."""
        self.now_ms = T0_MS + round(after_s * 1000)
        self.courier.tick(self.now_ms)
        self.courier.finish(20)

    def settle(self, after_s: float) -> None:
        """The same until nothing more is due now."""
        for _ in range(8):
            self.at(after_s)


Posts = Callable[..., Post]


@pytest.fixture
def post(engine: Engine, alerting: Alerting, provider: Provider, tmp_path: Path) -> Iterator[Posts]:
    made: list[Post] = []

    def make(**more: str) -> Post:
        made.append(Post(engine, alerting, {**urls_of(provider.host), **more}, tmp_path))
        return made[-1]

    yield make
    provider.released.set()
    for one in made:
        one.courier.stop()


def reach(engine: Engine, *ways: tuple[str, str], person_id: int = DOCTOR) -> None:
    """This person can be reached so; the telephones of the hospitals are taken away."""
    with writing(engine) as conn:
        for place in (NEAR, MIDDLE, FAR):
            people.set_organisation(conn, place, phone=None)
        for number, (channel, address) in enumerate(ways):
            contacts.add(
                conn,
                person_id=person_id,
                channel=channel,
                address=address,
                place=number,
                least="low",
            )


def told(
    engine: Engine, alert_id: int | None, person_id: int = DOCTOR
) -> tuple[Message, list[Try]]:
    with reading(engine) as conn:
        found = [m for m in messages.of_alert(conn, alert_id or 0) if m.person_id == person_id]
        assert len(found) == 1
        return found[0], messages.tries_of(conn, [found[0].id])[found[0].id]


def said(one: Try) -> str:
    """What became of a try, in a word."""
    if one.failed_why is not None:
        return str(one.failed_why["text"] % one.failed_why["args"])
    return "delivered" if one.delivered_ms else "sent"


def phase_of(alerting: Alerting, alert_id: int | None) -> str:
    view = alerting.view(alert_id or 0)
    assert view is not None
    return str(view["phase"])


def test_the_first_way_that_works_is_the_only_one(
    engine: Engine, alerting: Alerting, provider: Provider, post: Posts
) -> None:
    reach(engine, ("webhook", "ward 3"), ("sms", PHONE))
    alert_id = raised(alerting, record(engine).id)
    one = post()
    one.settle(1)
    message, tries = told(engine, alert_id)
    assert [said(t) for t in tries] == ["sent"]
    assert one.receipts.note("webhook", f"m{message.id}", Receipt("delivered"), one.now_ms)
    one.settle(100)
    message, tries = told(engine, alert_id)
    assert [(t.channel, said(t)) for t in tries] == [("webhook", "delivered")]
    assert (message.sent_ms, message.delivered_ms) == (T0_MS + 1000, T0_MS + 1000)
    data = provider.taken[0]["data"]
    assert data["title"] == "警报 1，优先级：高" and data["link"] == "https://l.example/"
    assert "Mother" not in json.dumps(data)  # no name goes through other people's servers


def test_a_way_that_fails_is_followed_by_the_next_at_once(
    engine: Engine, alerting: Alerting, provider: Provider, post: Posts
) -> None:
    reach(engine, ("email", "d@h.example"), ("wechat", "short"), ("sms", "x"), ("webhook", "w"))
    alert_id = raised(alerting, record(engine).id)
    provider.behaviour = "good"
    one = post(wechat="")
    one.settle(0)
    _, tries = told(engine, alert_id)
    assert [(t.channel, said(t)) for t in tries] == [
        ("sms", "this is no telephone number"),
        ("webhook", "sent"),
    ]  # the others are not set up: not tried


def test_one_that_cannot_be_written_holds_up_no_other(
    engine: Engine,
    alerting: Alerting,
    provider: Provider,
    post: Posts,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    reach(engine, ("webhook", "ward 3"))
    first = raised(alerting, record(engine).id)
    second = raised(alerting, record(engine, "probe-2").id)
    bad, _ = told(engine, first)
    write = letters.letter_of

    def letter_of(conn: Connection, message: Message, *more: str) -> Letter:
        if message.id == bad.id:
            raise KeyError("reason")
        return write(conn, message, *more)

    monkeypatch.setattr(letters, "letter_of", letter_of)
    post().settle(1)
    assert [said(t) for t in told(engine, first)[1]] == ["the message could not be written"]
    assert [said(t) for t in told(engine, second)[1]] == ["sent"]


def test_who_has_no_way_that_is_set_up_is_not_tried(
    engine: Engine, alerting: Alerting, provider: Provider, post: Posts
) -> None:
    reach(engine, ("wechat", "short"))
    alert_id = raised(alerting, record(engine).id)
    post(wechat="").settle(0)
    message, tries = told(engine, alert_id)
    assert (tries, message.next_ms, message.sent_ms) == ([], None, None)
    assert message.ended_why is not None and "set up here" in message.ended_why["text"]


def test_a_server_that_hangs_is_given_up(
    engine: Engine,
    alerting: Alerting,
    provider: Provider,
    post: Posts,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(courier, "TIMEOUT_S", 0.3)
    reach(engine, ("sms", PHONE), ("webhook", "w"))
    alert_id = raised(alerting, record(engine).id)
    provider.behaviour = "hang"
    one = post()
    one.at(0)
    provider.behaviour = "good"
    one.at(0)
    _, tries = told(engine, alert_id)
    assert [(t.channel, said(t)) for t in tries] == [
        ("sms", "no answer within 0 s"),
        ("webhook", "sent"),
    ]


def test_a_server_that_hangs_delays_nothing_else(
    engine: Engine, alerting: Alerting, provider: Provider, post: Posts
) -> None:
    """tick() comes back at once, the alert escalates, and no more than AT_ONCE are waited for."""
    reach(engine, ("sms", PHONE))
    recording_id = record(engine).id
    alerts = [raised(alerting, recording_id, 100.0 + n, T0_MS + n) for n in range(AT_ONCE + 3)]
    assert alerts[0] is not None and alerts[1] is None  # the same again: one message
    for session in range(AT_ONCE + 3):
        raised(alerting, record(engine, session=100 + session).id)
    provider.behaviour = "hang"
    one = post()
    one.courier.tick(T0_MS + 1)
    one.courier.tick(T0_MS + 2)
    assert len(one.courier._running) == AT_ONCE
    assert alerts[0] in alerting.escalate_due(T0_MS + 60_000)


def test_one_that_accepts_and_never_delivers(
    engine: Engine, alerting: Alerting, provider: Provider, post: Posts
) -> None:
    reach(engine, ("sms", PHONE), ("voice", PHONE))
    alert_id = raised(alerting, record(engine).id)
    one = post()
    one.settle(0)
    one.settle(19)
    assert [t["action"] for t in provider.taken] == ["SendSms"]
    one.settle(20)
    assert [t["action"] for t in provider.taken] == ["SendSms", "SingleCallByTts"]
    one.settle(59)
    message, tries = told(engine, alert_id)
    assert [said(t) for t in tries] == ["sent", "sent"]
    assert message.next_ms is None and message.delivered_ms is None and message.ended_why is None


def test_the_provider_is_asked_and_the_alert_learns_that_it_arrived(
    engine: Engine, alerting: Alerting, provider: Provider, post: Posts
) -> None:
    reach(engine, ("sms", PHONE), ("voice", PHONE))
    alert_id = raised(alerting, record(engine).id)
    one = post()
    one.settle(0)
    deadline = (alerting.view(alert_id or 0) or {})["deadline_ms"]
    known = {"SmsSendDetailDTOs": {"SmsSendDetailDTO": [{"SendStatus": 3}]}}
    provider.reports["QuerySendDetails"] = known
    one.at(POLL_EVERY_MS / 1000 - 0.1)
    assert phase_of(alerting, alert_id) == "told"
    one.at(POLL_EVERY_MS / 1000)
    view = alerting.view(alert_id or 0) or {}
    assert view["phase"] == "delivered" and view["deadline_ms"] == deadline
    one.settle(59)
    assert [t["action"] for t in provider.taken] == ["SendSms"]


def test_the_provider_says_it_could_not_deliver(
    engine: Engine, alerting: Alerting, provider: Provider, post: Posts
) -> None:
    reach(engine, ("sms", PHONE), ("webhook", "w"))
    alert_id = raised(alerting, record(engine).id)
    one = post()
    one.settle(0)
    failed = {"SmsSendDetailDTOs": {"SmsSendDetailDTO": [{"SendStatus": 2, "ErrCode": "OFF"}]}}
    provider.reports["QuerySendDetails"] = failed
    one.settle(5)
    _, tries = told(engine, alert_id)
    assert [said(t) for t in tries] == ["it was refused:  OFF", "sent"]
    assert phase_of(alerting, alert_id) == "told"


def test_reading_counts_for_the_hospital_that_is_asked_only(
    engine: Engine, alerting: Alerting, provider: Provider, post: Posts
) -> None:
    reach(engine, ("webhook", "w"))
    reach(engine, ("webhook", "w"), person_id=10 * MIDDLE + 1)
    alert_id = raised(alerting, record(engine).id)
    one = post()
    one.settle(0)
    first, _ = told(engine, alert_id)
    alerting.escalate_due(T0_MS + 60_000)
    one.settle(60)
    second, _ = told(engine, alert_id, 10 * MIDDLE + 1)
    assert one.receipts.note("webhook", f"m{first.id}", Receipt("read"), one.now_ms)
    assert phase_of(alerting, alert_id) == "told"  # it was asked before, and now another is
    assert one.receipts.note("webhook", f"m{second.id}", Receipt("read"), one.now_ms)
    view = alerting.view(alert_id or 0) or {}
    assert view["phase"] == "read" and view["steps"][-1]["person"] == f"Person {10 * MIDDLE + 1}"
    assert one.receipts.note("webhook", f"m{second.id}", Receipt("read"), one.now_ms + 5)
    message, _ = told(engine, alert_id, 10 * MIDDLE + 1)
    assert message.read_ms == one.now_ms  # said twice, kept once
    assert not one.receipts.note("webhook", "m", Receipt("read"), one.now_ms)
    assert not one.receipts.note("sms", "biz-unknown", Receipt("read"), one.now_ms)


@contextmanager
def dying(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """The process ends after the provider took a message, before that is written down."""

    def die(*args: Any) -> None:
        raise SystemError("killed")

    with monkeypatch.context() as patch:
        patch.setattr(Courier, "_note_sent", die)
        yield


def test_killed_between_send_and_commit_it_is_sent_again_under_the_same_name(
    engine: Engine,
    alerting: Alerting,
    provider: Provider,
    post: Posts,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    reach(engine, ("sms", PHONE), ("voice", PHONE))
    alert_id = raised(alerting, record(engine).id)
    one = post()
    with dying(monkeypatch):
        one.at(0)
    one.restart()
    one.settle(LEASE_MS / 1000 - 0.1)
    assert len(provider.taken) == 1  # perhaps another process has it still
    one.settle(LEASE_MS / 1000)
    message, tries = told(engine, alert_id)
    same = ("SendSms", f"m{message.id}")
    assert [(t["action"], t["OutId"]) for t in provider.taken] == [same] * 2
    assert [said(t) for t in tries] == ["sent"]


def test_a_process_killed_while_the_provider_has_it_is_followed_by_another(
    engine: Engine, alerting: Alerting, provider: Provider, post: Posts, tmp_path: Path
) -> None:
    reach(engine, ("webhook", "w"))
    now_ms = time.time_ns() // 1_000_000
    alert_id = raised(alerting, record(engine, now_ms=now_ms).id, now_ms=now_ms)
    provider.behaviour = "slow"
    url = f"sqlite:///{tmp_path / 'lucina.sqlite'}"
    urls = json.dumps(urls_of(provider.host))
    args = ["-m", "tests.cloud.channels.run_courier", url, str(tmp_path), urls]
    process = python(tmp_path, args, "courier")
    process.start()
    try:
        wait_until(lambda: provider.taken, 30, "a message at the provider")
    finally:
        process.kill()
    provider.behaviour = "good"
    message, tries = told(engine, alert_id)
    assert tries == [] and message.next_ms is not None
    one = post()
    one.settle((message.next_ms - T0_MS) / 1000)
    assert [t["data"]["id"] for t in provider.taken] == [f"m{message.id}"] * 2
    assert [said(t) for t in told(engine, alert_id)[1]] == ["sent"]


def test_two_processes_send_once(
    engine: Engine, alerting: Alerting, provider: Provider, post: Posts
) -> None:
    reach(engine, ("webhook", "w"))
    raised(alerting, record(engine).id)
    one, other = post(), post()
    with reading(engine) as conn:
        (due,) = messages.due(conn, T0_MS, channels.NAMES, 10)
    one.at(0)
    with writing(engine) as conn:
        assert not messages.claim(conn, due, T0_MS + LEASE_MS)
    other.at(0)
    assert len(provider.taken) == 1


def test_all_ways_are_tried_again_a_few_times(
    engine: Engine, alerting: Alerting, provider: Provider, post: Posts
) -> None:
    reach(engine, ("sms", PHONE), ("voice", "no number"), ("webhook", "w"))
    alert_id = raised(alerting, record(engine).id)
    provider.behaviour = "broken"
    one = post()
    for after_s in (0, 14, 15, 74, 75, 374, 375, 5000):
        one.settle(after_s)
    message, tries = told(engine, alert_id)
    rounds = [("sms", 0), ("voice", 0), ("webhook", 0)]
    times = [(t.channel, (t.at_ms - T0_MS) // 1000) for t in tries]
    rounds += [(name, at) for at in (15, 75, 375) for name in ("sms", "webhook")]
    assert times == rounds  # what is no number is not tried again
    assert message.next_ms is None and message.ended_why == {"text": attempts.NO_WAY, "args": {}}


def test_an_answer_stops_what_has_not_gone_out(
    engine: Engine, alerting: Alerting, provider: Provider, post: Posts
) -> None:
    reach(engine, ("sms", PHONE), ("voice", PHONE))
    reach(engine, ("webhook", "w"), person_id=DOCTOR + 1)
    alert_id = raised(alerting, record(engine).id)
    alerting.act(alert_id or 0, "accept", WHO[NEAR, 1], "", T0_MS + 10)
    one = post()
    one.settle(1)
    message, tries = told(engine, alert_id)
    assert tries == [] and message.ended_why == {"text": attempts.OVERTAKEN, "args": {}}
    assert provider.taken == []


def test_the_next_hospital_is_told_and_the_first_one_not_again(
    engine: Engine, alerting: Alerting, provider: Provider, post: Posts
) -> None:
    reach(engine, ("sms", PHONE), ("voice", PHONE))
    reach(engine, ("webhook", "w"), person_id=10 * MIDDLE + 1)
    alert_id = raised(alerting, record(engine).id)
    one = post()
    one.settle(0)
    alerting.act(alert_id or 0, "decline", WHO[NEAR, 1], "no bed", T0_MS + 10_000)
    one.settle(21)
    assert [t.get("action", t.get("type")) for t in provider.taken] == ["SendSms", "alert.staff"]


def test_whoever_has_to_act_is_reminded_outside_the_page(
    engine: Engine, alerting: Alerting, provider: Provider, post: Posts
) -> None:
    """The centre while nobody has it, then who has taken it; not of what was done meanwhile."""
    operator = WHO[CENTRE, 1]
    reach(engine, ("webhook", "w"), person_id=operator.person_id or 0)
    alert_id = raised(alerting, record(engine, "probe-nobody").id) or 0
    reminder, one = Reminder(engine, alerting), post()
    one.settle(0)

    def taken(after_s: int) -> int:
        reminder.tick(T0_MS + 1000 * after_s)
        one.settle(after_s)
        return sum("data" in told for told in provider.taken)  # without its telephone

    assert [taken(after_s) for after_s in (0, 119, 120, 240)] == [1, 1, 2, 3]
    reminder.tick(T0_MS + 360_000)
    alerting.act(alert_id, "accept", operator, "", T0_MS + 360_001)
    assert [taken(after_s) for after_s in (361, 959, 961)] == [3, 3, 4]
    reminder.tick(T0_MS + 1_561_000)
    alerting.act(alert_id, "handle", operator, "called her", T0_MS + 1_561_001)
    assert taken(1_562) == 4


def test_a_browser_that_has_unsubscribed_is_forgotten(
    engine: Engine, alerting: Alerting, provider: Provider, post: Posts
) -> None:
    reach(engine, ("push", json.dumps(subscription(provider.host))), ("webhook", "w"))
    alert_id = raised(alerting, record(engine).id)
    provider.behaviour = "refuse"
    one = post()
    one.at(0)
    provider.behaviour = "good"
    one.at(0)
    _, tries = told(engine, alert_id)
    assert [(t.channel, said(t)) for t in tries] == [
        ("push", "this browser does not take messages any more"),
        ("webhook", "sent"),
    ]
    with reading(engine) as conn:
        assert [c.channel for c in contacts.of_person(conn, DOCTOR)] == ["webhook"]


def test_an_address_that_was_removed_in_the_meantime(
    engine: Engine, alerting: Alerting, provider: Provider, post: Posts
) -> None:
    reach(engine, ("sms", PHONE))
    alert_id = raised(alerting, record(engine).id)
    with writing(engine) as conn:
        for contact in contacts.of_person(conn, DOCTOR):
            contacts.remove(conn, contact.id)
    post().settle(0)
    message, tries = told(engine, alert_id)
    assert [said(t) for t in tries] == ["this address was removed"]
    assert message.ended_why == {"text": attempts.NO_WAY, "args": {}}


def test_a_phone_says_with_its_token_that_it_has_a_push_message(
    engine: Engine, alerting: Alerting, provider: Provider, post: Posts
) -> None:
    reach(engine, ("push", json.dumps(subscription(provider.host))))
    raised(alerting, record(engine).id)
    post().settle(0)
    (taken,) = provider.taken
    assert taken["token"] == token_of(SECRET, taken["id"]) and taken["urgent"]
    assert token_of(SECRET, "m999") != taken["token"]


def test_no_secret_and_no_address_gets_into_the_log(
    engine: Engine,
    alerting: Alerting,
    provider: Provider,
    post: Posts,
    caplog: pytest.LogCaptureFixture,
) -> None:
    subscribed = json.dumps(subscription(provider.host, "secret-endpoint"))
    ways = [("wechat", "openid-of-the-doctor"), ("sms", PHONE), ("push", subscribed)]
    reach(engine, *ways)
    raised(alerting, record(engine).id)
    with caplog.at_level(logging.INFO):
        one = post()
        for behaviour in ("broken", "refuse", "good"):
            provider.behaviour = behaviour
            one.settle({"broken": 0, "refuse": 15, "good": 75}[behaviour])
    assert "failed" in caplog.text
    for secret in (
        "app-secret",
        "token-1",
        "secret-endpoint",
        PHONE[3:],
        "openid",
        "test key",
        SECRET,
    ):
        assert secret not in caplog.text
