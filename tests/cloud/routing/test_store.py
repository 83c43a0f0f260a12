"""Rosters, consents and positions over the real store; what routing reads of them."""

from contextlib import suppress
from datetime import date, datetime
from zoneinfo import ZoneInfo

import numpy as np
import pytest
from sqlalchemy import Engine

from cloud.hospitals.planner import Planner
from cloud.store import consents, contacts, duties, hospitals, people, positions
from cloud.store.db import writing
from cloud.store.duties import Duty
from cloud.store.positions import Position
from tests.cloud.alerts.world import CENTRE, FAR, MIDDLE, NEAR, T0_MS, WHO

DOCTOR, OTHER = (WHO[NEAR, n].person_id for n in (1, 2))
WEEKS = [Duty("obstetrician", DOCTOR, day, None, 480, 1200) for day in range(5)]
NIGHTS = [Duty("obstetrician", OTHER, day, None, 1200, 480) for day in range(5)]


def at(day: str, clock: str, zone: str = "Asia/Shanghai") -> int:
    moment = datetime.fromisoformat(f"{day}T{clock}").replace(tzinfo=ZoneInfo(zone))
    return round(moment.timestamp() * 1000)


@pytest.mark.parametrize(
    ("day", "clock", "who"),
    [
        ("2026-11-23", "08:00", DOCTOR),  # a Monday
        ("2026-11-23", "19:59", DOCTOR),
        ("2026-11-23", "20:00", OTHER),
        ("2026-11-24", "07:59", OTHER),  # Monday's night
        ("2026-11-28", "07:59", OTHER),  # Saturday morning: Friday's night
        ("2026-11-28", "08:00", None),  # nobody on Saturdays
        ("2026-11-25", "12:00", None),  # a holiday, a Wednesday
        ("2026-11-25", "07:00", OTHER),  # Tuesday's night ends in it
        ("2026-11-26", "07:00", None),  # its own night has nobody
        ("2026-11-29", "12:00", OTHER),  # a Sunday with an exception
    ],
)
def test_who_is_on_duty(engine: Engine, day: str, clock: str, who: int | None) -> None:
    roster = [
        *WEEKS,
        *NIGHTS,
        Duty("obstetrician", None, None, date(2026, 11, 25), 0, 0, nobody=True),
        Duty("obstetrician", OTHER, None, date(2026, 11, 29), 600, 900),
    ]
    now_ms = at(day, clock)
    with writing(engine) as conn:
        duties.replace(conn, NEAR, roster)
        assert duties.of_organisation(conn, NEAR) == roster
        found = duties.on_duty(conn, [NEAR, FAR], "obstetrician", now_ms)
        assert [one.person_id for one in found] == ([] if who is None else [who])
        covered = duties.covered(conn, "obstetrician", now_ms, ["Asia/Shanghai"])
        assert covered == (frozenset() if who is None else {NEAR})
        assert not duties.covered(conn, "operator", now_ms, ["Asia/Shanghai"])


def test_a_roster_is_read_in_the_zone_of_its_organisation(engine: Engine) -> None:
    with writing(engine) as conn:
        people.set_organisation(conn, NEAR, zone="Asia/Urumqi", by_roster=True)
        duties.replace(conn, NEAR, WEEKS)
        for clock, zone, there in (
            ("08:00", "Asia/Urumqi", True),
            ("08:00", "Asia/Shanghai", False),
            ("21:59", "Asia/Shanghai", True),  # two hours later than there
        ):
            every = hospitals.read(conn, at("2026-11-23", clock, zone))
            assert dict(zip(every.ids.tolist(), every.on_call.tolist(), strict=True)) == {
                NEAR: there, MIDDLE: True, FAR: True,
            }  # fmt: skip


def test_on_duty_comes_with_a_phone_in_the_order_of_the_roster(engine: Engine) -> None:
    with writing(engine) as conn:
        for channel, address in (("email", "a@b"), ("sms", "5-2"), ("voice", "5-1")):
            contacts.add(
                conn, person_id=DOCTOR, channel=channel, address=address, place=0, least="low"
            )
        both = [Duty("operator", who, 0, None, 0, 0) for who in (OTHER, None, DOCTOR, DOCTOR)]
        duties.replace(conn, NEAR, both)
        found = duties.on_duty(conn, [NEAR], "operator", at("2026-11-23", "03:00"))
    assert [(one.person_id, one.phone) for one in found] == [
        (OTHER, None), (None, None), (DOCTOR, "5-1"),
    ]  # fmt: skip


class UndoneError(Exception):
    """What was written is not kept."""


def test_the_newest_decision_holds(engine: Engine) -> None:
    def may(*decided: tuple[int | None, bool]) -> list[int]:
        with suppress(UndoneError), writing(engine) as conn:
            for n, (place, allowed) in enumerate(decided):
                consents.decide(conn, 1, place, allowed, T0_MS + n)
            consent = consents.of_mother(conn, 1, FAR)
            raise UndoneError
        return [place for place in (NEAR, MIDDLE, FAR) if consent.holds_for(place)]

    assert may() == [NEAR, MIDDLE, FAR]  # the world's mothers agreed to all
    assert may((None, False)) == [FAR]
    assert may((FAR, False)) == [NEAR, MIDDLE]
    assert may((NEAR, False), (None, True)) == [MIDDLE, FAR]  # what was said of one stays
    assert may((NEAR, False), (NEAR, True), (None, False)) == [NEAR, FAR]


def test_only_the_newest_position_is_kept(engine: Engine) -> None:
    with writing(engine) as conn:
        for number in (1, 2):
            positions.keep(conn, Position(1, 31.0 + number, 121.0, None, number, 0, False))
        found = positions.of_mother(conn, 1)
        assert found is not None and (found.latitude, found.at_ms) == (33.0, 2)
        positions.forget(conn, 1)
        assert positions.of_mother(conn, 1) is None


def test_a_place_that_is_none_and_one_without_staff(engine: Engine) -> None:
    with writing(engine) as conn:
        people.set_organisation(conn, NEAR, longitude=181.0)
        people.add_organisation(conn, name="New", name_zh="新", kind="hospital", on_call=True)
        every = hospitals.read(conn, T0_MS)
        few = hospitals.read(conn, T0_MS, [FAR, CENTRE])
    assert np.isnan(every.latitude[0]) and np.isnan(every.longitude[0])
    assert every.staffed.tolist() == [True, True, True, False]
    assert few.ids.tolist() == [FAR]
    assert every.holds(few)


def test_a_plan_knows_what_has_changed_since_the_hospitals_were_read(engine: Engine) -> None:
    planner = Planner()
    planner.refresh(engine, T0_MS)

    def first() -> int | None:
        mother = people.get_mother(conn, 1)
        assert mother is not None
        found = planner.plan(conn, mother, (), True, T0_MS).first(1)
        return found[0].hospital_id if found else None

    with writing(engine) as conn:
        assert first() == NEAR
        people.set_organisation(conn, NEAR, free_beds=0)
        assert first() == MIDDLE
        people.set_organisation(conn, NEAR, free_beds=1)
        assert first() == NEAR
        new = people.add_organisation(
            conn, name="New", name_zh="新", kind="hospital", level=2, latitude=31.09,
            longitude=121.0, on_call=True, free_beds=1,
        )  # fmt: skip
        people.add_person(
            conn, username="n", password_hash="-", name="N", role="hospital",
            organisation_id=new.id,
        )  # fmt: skip
        assert first() == new.id
        for place in (new.id, NEAR, MIDDLE, FAR):
            people.set_organisation(conn, place, free_beds=0)
        assert first() is None
