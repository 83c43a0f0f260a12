"""A recording of an unknown device: listed with the time left, bound by the centre, or removed."""

import logging
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine

from cloud import pending
from cloud.alerts.answers import Refused
from cloud.alerts.service import Alerting
from cloud.hub import Hub
from cloud.store import alerts, changes, frames, recordings, tasks
from cloud.store import pending as store
from cloud.store.db import reading, writing
from cloud.store.pending import KEPT_MS
from models.synth import synthetic
from tests.cloud.alerts import world
from tests.cloud.alerts.world import CENTRE, T0_MS, WHO
from tests.cloud.pages import opening
from tests.cloud.web.service import Service, trace_frames
from tests.process import wait_until

OPERATOR = WHO[CENTRE, 1]


@pytest.fixture
def engine(tmp_path: Path) -> Iterator[Engine]:
    engine = world.make(tmp_path / "lucina.sqlite")
    yield engine
    engine.dispose()


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    with Service(tmp_path_factory.mktemp("service")) as service:
        yield service


def unbound(engine: Engine, device: str = "stranger") -> int:
    recording = world.record(engine, device)
    with writing(engine) as conn:
        frames.add_all(conn, [(recording.id, seq, b"frame", T0_MS) for seq in range(3)])
    return recording.id


def listed(engine: Engine) -> list[int]:
    with reading(engine) as conn:
        return [one.id for one in store.listed(conn)]


def removed(engine: Engine, now_ms: int) -> list[int]:
    with writing(engine) as conn:
        return pending.remove_expired(conn, now_ms)


def test_it_is_listed_and_removed_after_a_day(
    engine: Engine, caplog: pytest.LogCaptureFixture
) -> None:
    """The row stays, so that its number never means anything else."""
    number, known = unbound(engine), unbound(engine, "probe-nobody")
    world.record(engine)  # hers: never listed, never removed
    with reading(engine) as conn:
        found = store.listed(conn)
    assert [(one.id, one.is_known) for one in found] == [(number, False), (known, True)]
    assert pending_view(engine, T0_MS + 60_000)["left_min"] == 24 * 60 - 1
    assert removed(engine, T0_MS + KEPT_MS - 1) == []
    with caplog.at_level(logging.WARNING):
        assert removed(engine, T0_MS + KEPT_MS) == [number, known]
    assert "device stranger: nobody bound it to a mother, 3 frames removed" in caplog.text
    assert removed(engine, T0_MS + KEPT_MS) == listed(engine) == []
    with reading(engine) as conn:
        row = recordings.get(conn, number)
        assert row is not None
        assert (row.removed_ms, row.closed_ms) == (T0_MS + KEPT_MS, T0_MS + KEPT_MS)
        assert frames.tally_of(conn, number).count == 0


def pending_view(engine: Engine, now_ms: int) -> dict[str, Any]:
    with reading(engine) as conn:
        return pending.view(conn, store.listed(conn)[0], now_ms)


def test_an_open_alert_keeps_it(engine: Engine) -> None:
    number = unbound(engine)
    alerting = Alerting(engine, Hub())
    alert_id = world.raised(alerting, number) or 0
    assert removed(engine, T0_MS + KEPT_MS) == []
    for event in ("accept", "handle", "close"):
        alerting.act(alert_id, event, OPERATOR, "spoke with her", T0_MS)
    assert removed(engine, T0_MS + KEPT_MS) == [number]
    assert alerting.view(alert_id) is not None


def test_frames_that_come_later_make_it_pending_again(engine: Engine) -> None:
    number = unbound(engine)
    later_ms = T0_MS + KEPT_MS
    removed(engine, later_ms)
    with writing(engine) as conn:
        row = recordings.get(conn, number)
        assert row is not None
        back = recordings.Recording(
            **{**vars(row), "last_frame_ms": later_ms + 1, "closed_ms": None}
        )
        recordings.save(conn, [back])
    assert listed(engine) == [number]
    assert removed(engine, later_ms + KEPT_MS) == []
    assert removed(engine, later_ms + 1 + KEPT_MS) == [number]


def test_bound_it_is_hers_with_its_alerts(engine: Engine) -> None:
    number = unbound(engine)
    alert_id = world.raised(Alerting(engine, Hub()), number) or 0
    with writing(engine) as conn:
        assert tasks.unanswered(conn, T0_MS) == []  # nobody knows whom to call
        assert pending.bind(conn, number, 1, OPERATOR, T0_MS).mother_id == 1
        alert = alerts.get(conn, alert_id)
        assert alert is not None
        assert alert.mother_id == 1
        assert tasks.unanswered(conn, T0_MS) == [alert_id]  # now she is called
        (change,) = changes.of_mother(conn, 1)
        assert (change.what, change.person_id) == ("recording_bound", OPERATOR.person_id)
        assert change.after == {"recording": number, "device": "stranger"}
    assert removed(engine, T0_MS + KEPT_MS) == []


def test_what_is_hers_is_not_given_to_another(engine: Engine) -> None:
    number = unbound(engine)
    with writing(engine) as conn:
        with pytest.raises(Refused, match="no such mother"):
            pending.bind(conn, number, 99, OPERATOR, T0_MS)
        pending.bind(conn, number, 1, OPERATOR, T0_MS)
        with pytest.raises(Refused, match="already"):
            pending.bind(conn, number, 2, OPERATOR, T0_MS)
        with pytest.raises(LookupError):
            pending.bind(conn, 99, 1, OPERATOR, T0_MS)


def test_by_hand_while_it_runs(service: Service, browser: Any) -> None:
    """The frames that come after it are hers too."""
    trace, _ = synthetic(3, 1, "normal")
    number = service.play("stranger", trace)
    clinic = service.client("clinic")
    assert clinic.get(f"/api/recordings/{number}").status_code == 404
    with opening(service, browser) as open_page:
        page = open_page("centre", "/pending", language="zh-CN")
        page.locator("article", has_text="设备 stranger").wait_for()
        page.locator("article b", has_text="23 小时 59 分钟后删除").wait_for()
        page.locator("select").select_option(label="Lin Xiaoyu (demo) · 555-0101")
        page.get_by_role("button", name="是她的").click()
        page.get_by_text("所有记录都已归属孕妇。").wait_for()
    assert clinic.get(f"/api/recordings/{number}").json()["mother"]["id"] == 1
    live = service.parts.live.get(number)
    assert live is not None
    more = [
        one._replace(seq=one.seq + 60, t_ms=one.t_ms + 60_000) for one in trace_frames(trace, 1)
    ]
    service.send("stranger", 1, more[:5], 65_000)
    wait_until(lambda: live.newest_s >= 65, 20, "more frames have come")
    assert live.recording.mother_id == 1
