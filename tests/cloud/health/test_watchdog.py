"""When the watchdog tells, by its own clock; what the doctor finds. Processes: tests/e2e."""

from pathlib import Path

import pytest
from pydantic import SecretStr

from cloud.canary import kit as kits
from cloud.config import Settings
from cloud.health.doctor import NOTE, OK, WRONG, examine
from cloud.health.watchdog import Seen, Silence
from cloud.store import people
from cloud.store.db import open_engine, writing
from gateway.broker import BrokerThread
from gateway.config import TlsListener
from gateway.users import Users
from tests.cloud.stores import bring_up_to_date
from tests.process import free_port


def test_silence_is_told_once_and_again_and_its_end() -> None:
    silence = Silence(after_s=20, again_s=600, now_s=0)
    assert silence.note(Seen("", 1), 5) is None
    told = [(s, silence.note(Seen("no answer"), float(s))) for s in range(10, 1300, 5)]
    assert [one for one in told if one[1]] == [(25, "silent"), (625, "silent"), (1225, "silent")]
    assert silence.note(Seen("", 2), 1300) == "back"
    assert silence.note(Seen("", 3), 1305) is None


def test_an_answer_that_does_not_move_is_none() -> None:
    silence = Silence(after_s=20, again_s=600, now_s=0)
    assert [silence.note(Seen("", 7), float(s)) for s in (5, 10, 15, 20)] == [None] * 4
    assert silence.note(Seen("", 7), 25) == "silent"
    assert "nothing moves" in silence.why


def test_short_trouble_is_not_told() -> None:
    silence = Silence(after_s=20, again_s=600, now_s=0)
    seen = [Seen("", 1), Seen("no answer"), Seen("no answer"), Seen("", 2)]
    assert [silence.note(one, 5.0 * n) for n, one in enumerate(seen, 1)] == [None] * 4


def found(settings: Settings) -> dict[str, tuple[str, str]]:
    """{name: (state, words)}, of the worst finding of each name."""
    worst: dict[str, tuple[str, str]] = {}
    for one in examine(settings):
        order = (OK, NOTE, WRONG)
        if one.name not in worst or order.index(one.state) > order.index(worst[one.name][0]):
            worst[one.name] = one.state, one.words
    return worst


def test_the_doctor_explains_what_is_wrong(tmp_path: Path, certificate: tuple[Path, Path]) -> None:
    users = tmp_path / "users.json"
    users.write_text("{}")
    plain, secure = free_port(), free_port()
    tls = TlsListener(("127.0.0.1", secure), *certificate)
    settings = Settings(
        home=tmp_path / "home",
        broker_url=f"mqtts://cloud:pw@127.0.0.1:{secure}?ca={certificate[0]}",
        http_port=free_port(),
        channel_push="mailto:who@example.com",
        secret=SecretStr("a secret of the tests, nothing else"),
    )
    engine = open_engine(settings.database_url)
    bring_up_to_date(engine)
    (settings.home / "secret").write_text("x" * 40)
    (settings.home / "secret").chmod(0o644)
    broker = BrokerThread("127.0.0.1", plain, Users(users), tls=tls)
    broker.start()
    try:
        told = found(settings)
    finally:
        broker.stop()
    assert told["settings"] == (WRONG, f"{settings.home / 'secret'} can be read by others: "
                                f"chmod 600 {settings.home / 'secret'}")  # fmt: skip
    assert told["certificate"][0] == WRONG and "renew it" in told["certificate"][1]  # 2 days
    assert told["broker"][0] == WRONG and "refuses us" in told["broker"][1]
    assert told["service"][0] == WRONG and "does lucina cloud run" in told["service"][1]
    assert told["database"][0] == OK and told["outbox"][0] == OK and told["clock"][0] == NOTE
    assert told["channels"] == (OK, "set up: push")
    assert told["canary"][0] == NOTE and "lucina canary setup" in told["canary"][1]

    with writing(engine) as conn:
        people.add_gateway(conn, "gw-7", "token")
        kits.set_up(conn, "gw-7", "http://127.0.0.1:1", "mqtt://127.0.0.1:2", 1)
    told = found(settings)
    assert told["canary"] == (WRONG, "none has come for a day: does lucina canary watch run?")
    with writing(engine) as conn:
        conn.exec_driver_sql("UPDATE alembic_version SET version_num = '9999'")
    engine.dispose()
    told = found(settings)
    assert told["database"][0] == WRONG and "newer version" in told["database"][1]
    assert "cannot be reached" in told["broker"][1]
    file = Path(settings.database_url.removeprefix("sqlite:///"))
    file.write_bytes(b"This is a shopping list. " * 500)
    assert found(settings)["database"][0] == WRONG


@pytest.mark.parametrize("url", ["postgresql://me:hunter2@127.0.0.1:1/x"])
def test_no_password_is_said(tmp_path: Path, url: str) -> None:
    settings = Settings(
        home=tmp_path,
        database_url=url,
        broker_url="mqtt://cloud:hunter3@127.0.0.1:1",
        http_port=free_port(),
    )
    told = examine(settings)
    assert {one.name for one in told if one.state == WRONG} >= {"database", "broker", "service"}
    assert not any("hunter" in one.words for one in told)
