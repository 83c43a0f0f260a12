"""Figures of a small history that can be counted by hand; members and months add up."""

from collections.abc import Iterator
from typing import Any

import pytest
from sqlalchemy import Engine, insert

from cloud.routes.statistics import first_month
from cloud.statistics.figures import Counted, values
from cloud.statistics.report import charts, report, xlsx_of
from cloud.statistics.signal import Signals, measured_s
from cloud.store import frames, people, recordings, tables
from cloud.store.db import reading, writing
from cloud.store.figures import Alerts, Measured
from device import payloads, wire
from tests.cloud.alerts import world
from tests.cloud.alerts.world import CENTRE, FAR, MIDDLE, NEAR, T0_MS
from tests.cloud.contributions.test_files import sheets_in

HOUR_MS = 3_600_000
MONTH_MS = 30 * 24 * HOUR_MS  # T0 is 21 September: a month before it is 22 August


@pytest.fixture(scope="module")
def engine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    """Two recordings of the far clinic, one through the near hospital's gateway, a month apart."""
    engine = world.make(tmp_path_factory.mktemp("figures") / "lucina.sqlite")
    with writing(engine) as conn:
        people.add_gateway(conn, "g-near", "token", NEAR)
        first = _recorded(conn, 1, T0_MS, 3600, 2700)
        second = _recorded(conn, 2, T0_MS + HOUR_MS, 7200, 7200)
        _recorded(conn, 3, T0_MS - MONTH_MS, 1800, 900, gateway_id="g-near")
        _recorded(conn, 4, T0_MS, None, None)  # still runs
        _recorded(conn, 5, T0_MS, 9999, 9999, mother_id=None)
        _read(conn, first, 4, overdue=False)
        _read(conn, second, 90, overdue=True)
        _read(conn, second, None, overdue=False)
        _alert(conn, first, "bradycardia_80", "patient", 20, useful=True)
        _alert(conn, first, "bradycardia_80", "patient", 200, useful=False, escalations=2, onset=9)
        _alert(conn, second, "signal_lost", "technical", None, useful=None)
        _referral(conn, FAR, NEAR, "up", "closed")
        _referral(conn, NEAR, FAR, "down", "requested")
        _referral(conn, FAR, MIDDLE, "up", "declined")
    yield engine
    engine.dispose()


def test_of_a_member_and_month(engine: Engine) -> None:
    found = _report(engine)
    far = next(one for one in found["members"] if one["organisation"]["id"] == FAR)
    september = far["months"][0]
    assert september == {
        "month": "2026-09",
        "recordings": 3,
        "recorded_h": 3.0,
        "loss_pct": pytest.approx(100 * 900 / 10800),
        "wanted": 3,
        "signed": 2,
        "overdue": 1,
        "raised": 0,
        "turnaround_min": 4.0,
        "turnaround_p90_min": 90.0,
        "patient_alerts": 2,
        "technical_alerts": 1,
        "patient_per_h": pytest.approx(2 / 3),
        "technical_per_h": pytest.approx(1 / 3),
        "useful_pct": 50.0,
        "judged": 2,
        "accept_s": 20,
        "accept_p90_s": 200,
        "escalated": 2,
        "declined": 0,
        "to_centre": 0,
        "sent_up": 1,
        "sent_down": 0,
        "came_up": 0,
        "came_down": 1,
    }
    assert far["rules"][0] == {
        "rule": "bradycardia_80",
        "kind": "patient",
        "alerts": 2,
        "per_h": pytest.approx(2 / 3),
        "useful_pct": 50.0,
        "judged": 2,
    }


def test_what_came_through_a_gateway_is_its_members(engine: Engine) -> None:
    found = _report(engine)
    near = next(one for one in found["members"] if one["organisation"]["id"] == NEAR)
    assert [row["recordings"] for row in near["months"]] == [0, 1, 0]
    assert near["all"]["loss_pct"] == 50.0
    assert near["months"][0]["loss_pct"] is None


def test_members_and_months_add_up(engine: Engine) -> None:
    found = _report(engine)
    total = found["total"]
    sums = (
        "recordings",
        "recorded_h",
        "signed",
        "patient_alerts",
        "escalated",
        "sent_up",
        "came_up",
    )
    for name in sums:
        assert sum(one["all"][name] for one in found["members"]) == pytest.approx(
            total["all"][name]
        )
        assert sum(row[name] for row in total["months"]) == pytest.approx(total["all"][name])
    assert (total["all"]["sent_up"], total["all"]["came_up"]) == (1, 1)
    assert total["all"]["recordings"] == 4  # not the one of nobody


def test_a_hospital_gets_itself_and_the_total(engine: Engine) -> None:
    found = _report(engine, NEAR)
    assert [one["organisation"]["id"] for one in found["members"]] == [NEAR]
    assert found["total"] == _report(engine)["total"]
    assert first_month(found) == found["months"][-2]  # tables begin where there is something


def test_nothing_is_not_zero_percent(engine: Engine) -> None:
    with reading(engine) as conn:
        found = report(conn, 2, T0_MS + 10 * MONTH_MS)
    for name in ("loss_pct", "turnaround_min", "patient_per_h", "useful_pct", "accept_s"):
        assert found["total"]["all"][name] is None
    assert found["total"]["all"]["recordings"] == 0
    assert found["total"]["rules"] == []
    assert first_month(found) == found["months"][-1]


def test_the_export_says_what_each_figure_is(engine: Engine) -> None:
    found = _report(engine)
    figures, rules, words = sheets_in(xlsx_of(found, "zh")).values()
    assert figures[0][:4] == ["成员单位", "月份", "时区", "监护次数"]
    assert figures[1][2] == "Asia/Shanghai"
    assert len(figures) == 1 + 5 * 4  # four members and all, three months and all
    assert [row[1] for row in rules[1:3]] == ["bradycardia_80", "signal_lost"]
    headings = figures[0][3:]
    assert set(headings) <= {row[1] for row in words if len(row) == 3}  # the others are notes


def test_charts_show_a_member_beside_all(engine: Engine) -> None:
    found = _report(engine)
    far = next(one for one in found["members"] if one["organisation"]["id"] == FAR)
    drawn = {one["id"]: one["svg"] for one in charts(found, far, "en")}
    assert drawn["recordings"].count('class="bar0"') == 3 + 1  # and the key
    assert "All members: 2026-07: 0, 2026-08: 1, 2026-09: 3; Far: 2026-07: 0" in drawn["recordings"]
    assert "2026-07: not known" in drawn["loss_pct"]
    chinese = {one["id"]: one["svg"] for one in charts(found, far, "zh")}
    units = (
        ("recordings", "数量"),
        ("turnaround_min", "分钟"),
        ("accept_s", "秒"),
        ("loss_pct", "%"),
    )
    assert all(f">{unit}</text>" in chinese[id_] for id_, unit in units)


def test_signal_is_measured_once_and_again_when_more_came(engine: Engine) -> None:
    signals = Signals(engine)
    recording = world.record(engine, session=77)
    _put(engine, recording.id, 0, [140, 0xFFFF, 141])  # 0xFFFF: a gap
    with writing(engine) as conn:
        recordings.save(conn, [_closed(recording, T0_MS + 1)])
    signals.tick(T0_MS + 10)
    assert _signal(engine, recording.id) == (3.0, 2.0)
    signals.tick(T0_MS + 20)  # nothing is due: from now on only what is new
    _put(engine, recording.id, 5, [142])  # two seconds never came
    with writing(engine) as conn:
        recordings.save(conn, [_closed(recording, T0_MS + 2)])
    signals.tick(T0_MS + 30)
    assert _signal(engine, recording.id) == (6.0, 3.0)
    assert measured_s([]) == (0.0, 0.0)


def _report(engine: Engine, own_id: int | None = None) -> Any:
    with reading(engine) as conn:
        return report(conn, 3, T0_MS, own_id)


def _recorded(
    conn: Any, session: int, at_ms: int, recorded_s: float | None, good_s: float | None,
    gateway_id: str = "g1", mother_id: int | None = 1,
) -> int:  # fmt: skip
    query = insert(tables.recordings).values(
        device_id="probe-1", session=session, gateway_id=gateway_id, mother_id=mother_id, name="",
        speed=1, replayed=False, synthetic=False, start_ms=at_ms, resent=0, damaged=0,
        opened_ms=at_ms, last_frame_ms=at_ms,
    )  # fmt: skip
    recording_id = int(conn.execute(query.returning(tables.recordings.c.id)).scalar_one())
    if recorded_s is not None:
        conn.execute(insert(tables.recording_signal).values(
            recording_id=recording_id, recorded_s=recorded_s, good_s=good_s, frames_ms=at_ms
        ))  # fmt: skip
    return recording_id


def _read(conn: Any, recording_id: int, minutes: int | None, overdue: bool) -> None:
    conn.execute(insert(tables.readings).values(
        recording_id=recording_id, priority="soon", blind=True, phase="told", wanted_ms=T0_MS,
        deadline_ms=T0_MS, overdue_ms=T0_MS if overdue else None, reason='""', sentences="[]",
        to_mother="", signed_ms=None if minutes is None else T0_MS + minutes * 60_000,
    ))  # fmt: skip


def _alert(
    conn: Any, recording_id: int, rule: str, kind: str, accept_s: int | None, useful: bool | None,
    escalations: int = 0, onset: int = 0,
) -> None:  # fmt: skip
    query = insert(tables.alerts).values(
        recording_id=recording_id, rule=rule, kind=kind, priority="high", onset_s=onset, at_s=60,
        reason="{}", raised_ms=T0_MS, phase="handled", useful=useful,
    )  # fmt: skip
    alert_id = conn.execute(query.returning(tables.alerts.c.id)).scalar_one()
    steps = [("tell", 0), *[("time up", 60)] * escalations]
    steps += [] if accept_s is None else [("accept", accept_s)]
    for event, seconds in steps:
        conn.execute(insert(tables.alert_steps).values(
            alert_id=alert_id, at_ms=T0_MS + seconds * 1000, event=event, phase="told",
            organisation_id=CENTRE, text='""',
        ))  # fmt: skip


def _referral(conn: Any, from_id: int, to_id: int, direction: str, phase: str) -> None:
    conn.execute(insert(tables.referrals).values(
        direction=direction, urgent=False, mother_id=1, from_id=from_id, to_id=to_id,
        criteria="[]", reason="", notes="", phase=phase, requested_ms=T0_MS, transport="",
    ))  # fmt: skip


def _closed(recording: recordings.Recording, last_frame_ms: int) -> recordings.Recording:
    values = {**vars(recording), "last_frame_ms": last_frame_ms, "closed_ms": T0_MS + 5}
    return recordings.Recording(**values)


def _put(engine: Engine, recording_id: int, first_s: int, rates: list[int]) -> None:
    """A TRACE of each second with this rate, or a gap."""
    found = []
    for at, rate in enumerate(rates, start=first_s):
        second = payloads.Trace(
            tuple([rate if rate == 0xFFFF else rate * 4] * 4), None, None, None, None
        )
        frame = wire.Frame(wire.TRACE, 77, at, at * 1000, payloads.pack_trace(second))
        found.append((at, wire.encode(frame)))
    with writing(engine) as conn:
        frames.add_frames(conn, recording_id, found, T0_MS)


def _signal(engine: Engine, recording_id: int) -> tuple[float, float]:
    table = tables.recording_signal
    with reading(engine) as conn:
        row = conn.execute(table.select().where(table.c.recording_id == recording_id)).one()
    return row.recorded_s, row.good_s


def test_a_rate_is_not_zero_beside_alerts_of_what_goes_on() -> None:
    key = (NEAR, 0)
    measured = {key: Measured(2, 1, 1080.0, 1000.0)}
    for in_ended, rate in ((0, None), (1, pytest.approx(1 / 0.3))):
        raised = {(key, "bradycardia_80"): Alerts("patient", 1, in_ended, 0, 0)}
        found = values(Counted(measured, {}, {}, raised, {}, {}, {}), {key})
        assert (found["patient_alerts"], found["patient_per_h"]) == (1, rate)
        assert found["technical_per_h"] == 0
