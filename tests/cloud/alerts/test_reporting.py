"""Vitals, contact and battery become alerts, each once, through restarts."""

from typing import Any

import pytest
from sqlalchemy import Engine

from cloud.alerts.reporting import reports_in
from cloud.store import frames
from cloud.store.db import writing
from device import payloads, wire
from models.reports import Report
from tests.cloud.alerts import world
from tests.cloud.alerts.test_monitor import TRACE, Cloud

SYSTOLIC, DIASTOLIC, SPO2, TEMPERATURE = 1, 2, 3, 7


def vitals(at_s: int, **counts: int) -> wire.Frame:
    codes = {"systolic": SYSTOLIC, "diastolic": DIASTOLIC, "spo2": SPO2, "temperature": TEMPERATURE}
    body = payloads.pack_vitals({codes[name]: count for name, count in counts.items()})
    return wire.Frame(wire.VITALS, 7, 5000 + at_s, 1000 * at_s, body)


def status(at_s: int, battery: int = 90, contact: int = 3) -> wire.Frame:
    body = payloads.pack_status(
        payloads.Status(battery, contact, 0, 0, 0, payloads.GAP_16, 0, 0, 0)
    )
    return wire.Frame(wire.STATUS, 7, 6000 + at_s, 1000 * at_s, body)


def report(cloud: Cloud, frame: wire.Frame) -> None:
    with writing(cloud.engine) as conn:
        frames.add_frames(conn, 1, [(frame.seq, wire.encode(frame))], cloud.now_ms)
    cloud.live.add(1, frame, cloud.now_ms)


@pytest.mark.parametrize(
    ("frame", "found"),
    [
        (vitals(9, systolic=165, diastolic=101), [Report(9, "pressure", 165, 101)]),
        (vitals(9, systolic=165), []),
        (vitals(9, spo2=885, temperature=3810), None),
        (vitals(9, spo2=payloads.GAP_16), []),
        (status(9, payloads.GAP_8, payloads.GAP_8), []),
        (wire.Frame(wire.VITALS, 7, 1, 9000, b"x"), []),
        (wire.Frame(wire.STATUS, 7, 1, 9000, b""), []),
    ],
)
def test_frames_become_reports(frame: wire.Frame, found: Any) -> None:
    expected = [Report(9, "spo2", 88.5), Report(9, "temperature", 38.1)] if found is None else found
    assert reports_in(frame) == expected


def test_a_severe_pressure_and_an_empty_battery_are_told_once(engine: Engine) -> None:
    cloud = Cloud(engine, world.record(engine))
    cloud.come(TRACE, range(100))
    cloud.tick(1)
    report(cloud, vitals(20, systolic=166, diastolic=100))
    report(cloud, status(30, battery=6))
    cloud.tick(1)
    assert [alert.rule for alert in cloud.alerts()] == ["pressure_repeat", "battery_empty"]
    cloud.start()
    for _ in range(3):
        cloud.tick(1)
    report(cloud, vitals(90, systolic=170, diastolic=100))
    cloud.tick(1)
    told = [alert.rule for alert in cloud.alerts()]
    assert told == ["pressure_repeat", "battery_empty", "pressure_severe"]


def test_a_normal_reading_clears_but_ends_nothing(engine: Engine) -> None:
    cloud = Cloud(engine, world.record(engine))
    cloud.come(TRACE, range(100))
    cloud.tick(1)
    report(cloud, vitals(20, temperature=3900))
    cloud.tick(1)
    report(cloud, vitals(60, temperature=3700))
    cloud.tick(1)
    (alert,) = cloud.alerts()
    assert (alert.rule, alert.cleared_s, alert.phase.value) == ("fever", 60.0, "told")
