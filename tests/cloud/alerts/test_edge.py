"""A gateway has warned while the cloud was away: afterwards it is one alert, late, and says so."""

import pytest
from sqlalchemy import Engine

from cloud.alerts.edge import GIVE_UP_MS, Shown, Warnings, shown_in
from cloud.i18n import say
from cloud.store import alerts, frames
from cloud.store.alerts import Step
from cloud.store.db import reading, writing
from device import payloads, wire
from tests.cloud.alerts.test_monitor import RAISED, TRACE, Cloud
from tests.cloud.alerts.test_reporting import report, vitals
from tests.cloud.alerts.world import T0_MS, record

AWAY_MS = 20 * 60_000
CODES = {name: code for code, name in payloads.WARNINGS.items()}


def shown(at_s: float, rule: str, session: int = 7, count: int = 1, seq: int = 9000) -> wire.Frame:
    """The probe says that it has shown this warning of its gateway."""
    number = payloads.pack_warning_id(payloads.WarningId(CODES[rule], count, session))
    body = payloads.pack_event(payloads.Event(payloads.COMMAND_DONE, number, b""))
    return wire.Frame(wire.EVENT, 7, seq, round(1000 * at_s), body)


def steps(cloud: Cloud, alert_id: int) -> list[Step]:
    with reading(cloud.engine) as conn:
        return alerts.steps_of(conn, [alert_id])[alert_id]


@pytest.mark.parametrize("warning_first", [True, False])
def test_both_sides_agree_on_one_alert(engine: Engine, warning_first: bool) -> None:
    cloud = Cloud(engine, record(engine), T0_MS + AWAY_MS)
    warned = shown(RAISED.at_s + 1, "bradycardia_80")
    if warning_first:
        report(cloud, warned)
        cloud.tick(1)
    cloud.come(TRACE, range(int(RAISED.at_s) + 10))
    cloud.tick(1)
    if not warning_first:
        report(cloud, warned)
    cloud.tick(3)
    cloud.start()
    cloud.tick(1)
    cloud.tick(3)
    (alert,) = cloud.alerts()
    assert (alert.rule, alert.onset_s, alert.at_s) == (RAISED.rule.id, RAISED.onset_s, RAISED.at_s)
    events = [step.event for step in steps(cloud, alert.id)]
    assert events == ["raised", "tell", "warned"]
    view = cloud.alerting.view(alert.id)
    assert view is not None
    (note,) = view["also"]
    assert note["warned_ms"] == T0_MS + 1000 * (RAISED.at_s + 1)
    assert say("en", note) == "while the service was away, her box warned her at 22:18"


def test_a_late_alert_says_so_and_since_when(engine: Engine) -> None:
    cloud = Cloud(engine, record(engine), T0_MS + AWAY_MS)
    cloud.come(TRACE, range(int(RAISED.at_s) + 10))
    cloud.tick(1)
    (alert,) = cloud.alerts()
    assert alert.reason["late_s"] == AWAY_MS // 1000 + 1 - RAISED.at_s
    assert alert.reason["began_ms"] == T0_MS + 1000 * RAISED.onset_s
    words = say("en", alert.reason)
    assert words.startswith("Fetal heart rate ")
    assert words.endswith(" Told 15 min late: it began at 22:17")
    assert "迟报 15 分钟" in say("zh", alert.reason)
    with reading(engine) as conn:
        told = conn.exec_driver_sql("SELECT text FROM messages").scalars().all()
    assert told and all("22:17" in text for text in told), "hospital and mother are told when"


def test_what_is_told_in_time_is_not_late_nor_is_a_silence(engine: Engine) -> None:
    cloud = Cloud(engine, record(engine))
    seconds = int(RAISED.at_s) + 5
    cloud.come(TRACE, range(seconds), stored=False)
    cloud.tick(seconds + 30)
    cloud.tick(3600)
    assert [alert.rule for alert in cloud.alerts()] == ["bradycardia_80", "link_lost"]
    assert all("late_s" not in alert.reason for alert in cloud.alerts())


def test_a_pressure_of_her_instrument_is_another_recording(engine: Engine) -> None:
    cloud = Cloud(engine, record(engine))
    probes = record(engine, session=8)
    cloud.live.open(probes)
    for at_s in (100, 400):
        report(cloud, vitals(at_s, systolic=170, diastolic=112))
    warned = shown(401, "pressure_severe", session=7)._replace(session=8, seq=1)
    with writing(engine) as conn:
        frames.add_frames(conn, probes.id, [(1, wire.encode(warned))], cloud.now_ms)
    cloud.live.add(probes.id, warned, cloud.now_ms)
    cloud.tick(1)
    cloud.tick(3)
    severe = cloud.alerts("pressure_severe")
    assert [step.event for step in steps(cloud, severe[0].id)][-1] == "warned"
    assert severe[0].recording_id == cloud.recording.id


def test_a_warning_that_is_nothing_here_is_given_up(engine: Engine) -> None:
    recording = record(engine)
    warnings = Warnings()
    warnings.note(shown(30, "link_lost"))
    assert warnings.agree(engine, recording, T0_MS) == []
    assert warnings._open
    assert warnings.agree(engine, recording, T0_MS + GIVE_UP_MS) == []
    assert not warnings._open


def test_only_a_gateways_warnings_count() -> None:
    assert shown_in(shown(30, "signal_lost")) == Shown("signal_lost", 30.0, 7)
    assert shown_in(shown(30, "")) is None  # taken back
    done = payloads.pack_event(payloads.Event(payloads.COMMAND_DONE, 7, b""))
    stop = payloads.pack_event(payloads.Event(payloads.STOP, 0x88014001, b""))
    for body in (done, stop, b""):
        assert shown_in(wire.Frame(wire.EVENT, 7, 1, 0, body)) is None
