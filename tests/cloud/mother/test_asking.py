"""What the service tells a mother of her alerts, and by which calendar her weeks are counted."""

from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import insert, update

from cloud.gestation import gestation_weeks, weeks_of
from cloud.hospitals.planner import Planner
from cloud.mother.asking import ENDS_WAY, last_view, told_view
from cloud.render import WEB
from cloud.school import views as school
from cloud.store import people, pregnancies, tables
from cloud.store.db import reading, writing
from tests.cloud.alerts import world
from tests.cloud.pregnancy.ward import HER, Ward

STAYS = "spoke with the mother, she stays at home"


@pytest.fixture
def ward(tmp_path: Path) -> Iterator[Ward]:
    engine = world.make(tmp_path / "lucina.sqlite")
    yield Ward(engine)
    engine.dispose()


def last(ward: Ward) -> dict[str, Any]:
    with reading(ward.engine) as conn:
        return last_view(conn, ward.mother, ward.now_ms)


def told(ward: Ward) -> dict[str, Any] | None:
    with reading(ward.engine) as conn:
        return told_view(conn, Planner(), ward.mother, ward.now_ms)


def handled(ward: Ward, outcome: str) -> int:
    """Her baby moves less, she is on her way, and somebody has said what was done; its id."""
    ward.pregnancies.said(1, ["reduced_movement"], ward.now_ms)
    (alert,) = [one for one in ward.alerts() if one.phase.value not in ("handled", "closed")]
    ward.alerting.mother_answer(alert.id, "on_my_way", HER, ward.now_ms)
    ward.wait(minutes=1)
    act(ward, alert.id, "accept")
    act(ward, alert.id, "handle", outcome)
    return alert.id


def act(ward: Ward, alert_id: int, event: str, reason: str = "") -> None:
    ward.alerting.act(alert_id, event, world.WHO[world.CENTRE, 1], reason, ward.now_ms)


def test_the_words_that_end_her_way_are_those_that_staff_choose() -> None:
    chosen = (WEB / "static" / "actions.js").read_text()
    assert [words for words in ENDS_WAY if f'msgid("{words}")' not in chosen] == []


def test_she_is_on_her_way_until_somebody_says_that_she_stays(ward: Ward) -> None:
    handled(ward, STAYS)
    found = last(ward)
    assert found["going"] == "" and found["over"]["outcome"] == STAYS
    assert found["over"]["person"].name == "Person 11"
    ward.wait(minutes=13 * 60)
    assert last(ward) == {"going": "", "place": None, "over": None}


def test_she_is_on_her_way_until_it_is_closed_or_she_records(ward: Ward) -> None:
    alert = handled(ward, "she is on her way to us")
    assert last(ward) == {"going": "on_my_way", "place": None, "over": None}
    act(ward, alert, "close")
    assert last(ward)["going"] == "" and last(ward)["over"] is not None
    handled(ward, "she is on her way to us")
    assert last(ward)["going"] == "on_my_way"
    ward.wait(minutes=1)
    world.record(ward.engine, now_ms=ward.now_ms)
    assert last(ward)["going"] == ""


def test_the_hospital_to_call_is_never_the_centre(ward: Ward) -> None:
    assert told(ward) is None
    ward.pregnancies.said(1, ["reduced_movement"], ward.now_ms)
    first = told(ward)
    assert first is not None and first["call"].id == first["asked"][0]["id"]
    act(ward, first["id"], "accept")
    taken = told(ward)
    assert taken is not None and taken["call"].kind == "hospital"
    assert taken["owner"]["organisation"] == "Centre"


def test_she_is_never_sent_to_a_hospital_that_has_declined(ward: Ward) -> None:
    ward.pregnancies.said(1, ["reduced_movement"], ward.now_ms)
    declined = []
    while (now := told(ward)) and now["phase"] != "centre":
        declined.append(now["organisation"]["id"])
        assert now["call"].id == declined[-1]
        doctor = world.WHO[declined[-1], 1]
        ward.alerting.act(now["id"], "decline", doctor, "no bed", ward.now_ms)
    assert len(declined) == 3
    only = told(ward)
    assert only is not None and only["call"].id in declined, "no other is known"
    with writing(ward.engine) as conn:
        own = people.get_organisation(conn, world.FAR)
        row = {**vars(own), "id": 5, "name": "New", "hidden": False}
        conn.execute(insert(tables.organisations).values(row))
        conn.execute(
            update(tables.people).where(tables.people.c.id == 42).values(organisation_id=5)
        )
    then = told(ward)
    assert then is not None and then["call"].id == 5


def test_one_hospital_is_named_for_all_her_alerts(ward: Ward) -> None:
    """That which has taken one of them, also while another one is asked about the next."""
    ward.pregnancies.said(1, ["reduced_movement"], ward.now_ms)
    now = told(ward)
    assert now is not None
    near, middle = (world.WHO[place, 1] for place in (world.NEAR, world.MIDDLE))
    ward.alerting.act(now["id"], "decline", near, "no bed", ward.now_ms)
    ward.alerting.act(now["id"], "accept", middle, "", ward.now_ms)
    recording_id = world.record(ward.engine, now_ms=ward.now_ms).id
    second = world.raised(ward.alerting, recording_id, now_ms=ward.now_ms) or 0
    ward.alerting.escalate_due(ward.now_ms + 60_000)
    then = told(ward)
    assert then is not None and then["id"] == second
    assert then["organisation"]["id"] == world.NEAR and then["call"].id == world.MIDDLE


def test_weeks_are_counted_by_the_calendar_of_her_hospital(ward: Ward) -> None:
    at_ms = round(datetime(2026, 11, 21, 20, 12, tzinfo=UTC).timestamp() * 1000)
    due = date(2026, 12, 20)
    with writing(ward.engine) as conn:
        pregnancies.set_mother(conn, 1, due_date=due)
        own = people.get_organisation(conn, world.FAR)
        mother = people.get_mother(conn, 1)
        assert own is not None and own.zone == "Asia/Shanghai" and mother is not None
        assert weeks_of(conn, mother, at_ms) == gestation_weeks(due, at_ms, own) == 36
        assert gestation_weeks(due, at_ms, None) == 35
        assert school.mother_view(conn, 1, at_ms)["weeks"] == 36
