"""The outbox in both databases: made once, claimed by one, found by what the provider calls it."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Engine

from cloud.alerts.service import Alerting
from cloud.channels.base import Receipt
from cloud.hub import Hub
from cloud.outgoing.receipts import Receipts
from cloud.store import contacts, messages
from cloud.store.contacts import Wishes
from cloud.store.db import open_engine, reading, writing
from tests.cloud.alerts import world
from tests.cloud.alerts.world import NEAR, T0_MS, raised, record

DOCTOR = 10 * NEAR + 1


@pytest.fixture(params=["sqlite", "postgresql"])
def any_engine(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Engine]:
    url = f"sqlite:///{tmp_path / 'lucina.sqlite'}"
    if request.param == "postgresql":
        url = request.getfixturevalue("postgres_url")
    engine = world.fill(open_engine(url))
    yield engine
    engine.dispose()


def test_a_message_from_its_alert_to_its_receipt(any_engine: Engine) -> None:
    alerting = Alerting(any_engine, Hub())
    row = {"channel": "sms", "address": "13800138000", "place": 0, "least": "low"}
    with writing(any_engine) as conn:
        contacts.add(conn, person_id=DOCTOR, **row)
        contacts.wish(conn, DOCTOR, Wishes(language="en"))
        contacts.wish(conn, DOCTOR, Wishes(language="zh"))
    alert_id = raised(alerting, record(any_engine).id) or 0
    with reading(any_engine) as conn:
        due = messages.due(conn, T0_MS, ["sms"], 10)
        assert messages.due(conn, T0_MS, ["push"], 10) == []
        assert messages.due(conn, T0_MS - 1, ["sms"], 10) == []
    mine = next(m for m in due if m.person_id == DOCTOR)
    assert (mine.ways, mine.urgent, mine.language) == ([("sms", 1)], True, "zh")
    with writing(any_engine) as conn:
        assert messages.claim(conn, mine, T0_MS + 1000)
        assert not messages.claim(conn, mine, T0_MS + 1000)
        made = [{**vars(mine), "made_ms": 0}]
        messages.add(conn, [{k: v for k, v in one.items() if k != "id"} for one in made])
        assert len(messages.of_alert(conn, alert_id)) == len(due) + 1  # hers could not be sent
        messages.add_try(
            conn, message_id=mine.id, way=0, channel="sms", at_ms=T0_MS, provider_id="biz-1",
            final=False, poll_ms=T0_MS + 5,
        )  # fmt: skip
    with reading(any_engine) as conn:
        assert [t.provider_id for t in messages.to_poll(conn, T0_MS + 5, 10)] == ["biz-1"]
        assert messages.to_poll(conn, T0_MS + 4, 10) == []
    assert Receipts(any_engine, alerting).note("sms", "biz-1", Receipt("read"), T0_MS + 9)
    with reading(any_engine) as conn:
        kept = messages.get(conn, mine.id)
        assert (kept.delivered_ms, kept.read_ms, kept.next_ms) == (T0_MS + 9, T0_MS + 9, None)
        assert messages.to_poll(conn, T0_MS + 99, 10) == []
    view = alerting.view(alert_id)
    assert view is not None and view["phase"] == "read"
