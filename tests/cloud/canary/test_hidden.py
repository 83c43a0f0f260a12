"""The canary's mother in a store with others: a closed circle, and nothing of it stays."""

from pathlib import Path

import pytest
from sqlalchemy import Engine, func, insert, select
from sqlalchemy.exc import DBAPIError

from cloud.admin import accounts, boxes
from cloud.alerts.service import Alerting
from cloud.audit.checking import check
from cloud.canary import kit as kits
from cloud.hospitals.planner import Planner
from cloud.hub import Hub, Viewer
from cloud.store import alerts, hidden, people, recordings, tables
from cloud.store.db import reading, writing
from models.alerts import Phase
from tests.cloud.alerts import world
from tests.cloud.alerts.conftest import any_engine as any_engine
from tests.cloud.alerts.conftest import engine as engine
from tests.cloud.alerts.world import SIGNAL_LOST, T0_MS, raised

MINUTE_MS, DAY_MS = 60_000, 24 * 3600 * 1000
HER = (31.09, 121.0)  # where the mothers of this world are: no hospital is nearer


@pytest.fixture(autouse=True)
def near(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(kits, "HERE", HER)


def made(engine: Engine) -> kits.Kit:
    with writing(engine) as conn:
        if conn.dialect.name == "postgresql":  # this world chose its numbers itself
            for table in ("organisations", "mothers", "people"):
                next_id = f"pg_get_serial_sequence('{table}', 'id')"
                conn.exec_driver_sql(f"SELECT setval({next_id}, 1000)")
        return kits.set_up(conn, "g1", "http://127.0.0.1:1", "mqtt://127.0.0.1:2", 1)


def count(engine: Engine, table: str) -> int:
    with reading(engine) as conn:
        return conn.scalar(select(func.count()).select_from(tables.metadata.tables[table])) or 0


def test_her_alerts_go_to_nobody_else_and_others_never_to_her_hospital(engine: Engine) -> None:
    kit = made(engine)
    alerting = Alerting(engine, Hub())
    with reading(engine) as conn:
        (own,) = hidden.places(conn)
    hers = world.record(engine, kit.device)
    alert_id = raised(alerting, hers.id)
    technical_id = raised(alerting, hers.id, rule=SIGNAL_LOST)
    assert alert_id and technical_id
    view = alerting.view(alert_id)
    assert view and view["organisation"]["id"] == own and view["phase"] == "told"
    alerting.escalate_due(T0_MS + MINUTE_MS)
    view = alerting.view(alert_id)
    assert view and view["phase"] == "centre"
    assert [one["id"] for one in view["asked"]] == [own]
    assert count(engine, "messages") == 0, "nobody is told beside the page"

    canary = Viewer("hospital", own)
    assert {one["id"] for one in alerting.views(canary)} == {alert_id, technical_id}
    assert alerting.views(Viewer("centre")) == alerting.views(Viewer("admin")) == []
    with writing(engine) as conn:
        assert hidden.is_hidden(conn, hers.mother_id)
        hospital, mother = people.get_organisation(conn, own), people.get_mother(conn, 1)
        assert hospital and mother
        plan = Planner().plan(conn, mother, [], True, T0_MS)
        assert own not in [one.hospital_id for one in (*plan.choices, *plan.refused)]
        person = people.get_person_by_username(conn, kit.username)
    assert person
    actor = world.Actor("hospital", person.id, own)
    for event in ("accept", "handle", "close"):
        alerting.act(alert_id, event, actor, "", T0_MS + 2 * MINUTE_MS)
    with reading(engine) as conn:
        found = hidden.newest(conn, T0_MS + 3 * MINUTE_MS)
        assert found == (T0_MS + 2 * MINUTE_MS, 120.0 - 100 - world.BRADYCARDIA.window_s)


def test_a_day_later_nothing_of_it_is_left_and_the_audit_is_whole(any_engine: Engine) -> None:
    kit = made(any_engine)
    alerting = Alerting(any_engine, Hub())
    hers = world.record(any_engine, kit.device)
    other = world.record(any_engine, "probe-1")
    for recording in (hers, other):
        assert raised(alerting, recording.id)
        with writing(any_engine) as conn:
            row = {"recording_id": recording.id, "seq": 0, "data": b"x", "received_ms": T0_MS}
            conn.execute(insert(tables.frames).values(row))
    with writing(any_engine) as conn:
        recordings.close_silent(conn, T0_MS + DAY_MS + 1)
    with reading(any_engine) as conn:
        assert check(conn).broken is None
        entries = check(conn).entries
    with writing(any_engine) as conn:
        assert hidden.remove_old(conn, T0_MS + 2 * DAY_MS) == []
        assert hidden.remove_old(conn, T0_MS + 2 * DAY_MS + 2) == [hers.id]
    with reading(any_engine) as conn:
        assert recordings.get(conn, hers.id) is None and recordings.get(conn, other.id)
        report = check(conn)
        assert report.broken is None and report.entries == entries > 0
        (left,) = alerts.visible(conn)
        assert (left.recording_id, left.phase) == (other.id, Phase.TOLD)
    assert count(any_engine, "frames") == 1
    with pytest.raises(DBAPIError, match="only added"), writing(any_engine) as conn:
        conn.execute(tables.alert_steps.delete())


def test_setting_it_up_again_changes_its_secrets_only(engine: Engine, tmp_path: Path) -> None:
    kit = made(engine)
    before = count(engine, "organisations"), count(engine, "mothers")
    devices, file = tmp_path / "devices.json", tmp_path / "canary.json"
    devices.write_text('{"probe-1": "hash"}')
    with writing(engine) as conn:
        again = kits.set_up(conn, "g1", kit.service, kit.broker, 1)
        kits.admit(devices, again)
        kits.write(file, again)
        device = people.get_device(conn, kit.device)
        assert people.token_fits(device, again.device_token)
        assert not people.token_fits(device, kit.device_token)
        assert again.password != kit.password
        with pytest.raises(kits.KitError, match="no gateway 'nowhere'"):
            kits.set_up(conn, "nowhere", kit.service, kit.broker, 1)
    assert before == (count(engine, "organisations"), count(engine, "mothers"))
    assert kits.read(file) == again and file.stat().st_mode & 0o077 == 0
    assert people.token_sha256(again.device_token) in devices.read_text()
    assert '"probe-1": "hash"' in devices.read_text()
    file.write_text("{}")
    with pytest.raises(kits.KitError, match="not what"):
        kits.read(file)


HIDING = (
    "UPDATE organisations SET hidden = NOT hidden WHERE id = 2",
    "UPDATE organisations SET hidden = NOT hidden WHERE hidden",
    "UPDATE mothers SET organisation_id = (SELECT id FROM organisations WHERE hidden) WHERE id = 1",
    "UPDATE mothers SET organisation_id = 2 WHERE name = 'Lucina canary'",
)


def test_nothing_real_can_be_hidden_among_hers(any_engine: Engine) -> None:
    kit = made(any_engine)
    for change in HIDING:
        with pytest.raises(DBAPIError, match="hidden"), writing(any_engine) as conn:
            conn.exec_driver_sql(change)
    with reading(any_engine) as conn:
        (own,) = hidden.places(conn)
        device = people.get_device(conn, kit.device)
        person = people.get_person_by_username(conn, kit.username)
    assert device and person
    with writing(any_engine) as conn:  # nor by an administrator's pages
        with pytest.raises(accounts.Refused):
            accounts.invite(conn, "Ann", "ann", "mother", own, 1, T0_MS)
        with pytest.raises(accounts.Refused):
            boxes.bind(conn, "probe-1", device.mother_id, 1, T0_MS)
        with pytest.raises(LookupError):
            boxes.bind(conn, kit.device, 1, 1, T0_MS)
        with pytest.raises(LookupError):
            accounts.change_organisation(conn, own, 1, T0_MS, name="Mine")
        with pytest.raises(LookupError):
            accounts.step(conn, person.id, "password", 1, T0_MS)
    with reading(any_engine) as conn:
        assert hidden.strangers(conn) == [] and check(conn).broken is None


def test_the_check_of_the_audit_finds_what_is_hidden_and_not_hers(engine: Engine) -> None:
    kit = made(engine)
    with writing(engine) as conn:
        device = people.get_device(conn, kit.device)
        assert device
        people.bind_device(conn, "probe-1", device.mother_id)  # past the pages
    stranger = world.record(engine, "probe-1")
    with reading(engine) as conn:
        assert hidden.strangers(conn) == [("devices", "probe-1"), ("recordings", stranger.id)]
        broken = check(conn).broken
    assert broken and (broken.source, broken.row_id) == ("devices", "probe-1")
    with writing(engine) as conn:
        people.bind_device(conn, "probe-1", 1)
        place = people.add_organisation(
            conn, name="No canary", name_zh="-", kind="hospital", hidden=True
        )
    with reading(engine) as conn:
        found = hidden.strangers(conn)
    assert found == [("organisations", place.id), ("recordings", stranger.id)]
