"""A mother's decision reaches her alerts, the pages and the audit at once."""

import asyncio
from typing import Any

import pytest
from sqlalchemy import Engine

from cloud import i18n
from cloud.alerts.service import Alerting
from cloud.hospitals.consenting import Consenting
from cloud.hub import Hub, Viewer
from cloud.store import changes, consents, messages, people, sight
from cloud.store.db import reading, writing
from models.rules import BY_ID
from tests.cloud.alerts.world import FAR, MIDDLE, MOTHER, NEAR, T0_MS, WHO, raised, record

LOW_RATE = BY_ID["low_rate"]  # of medium priority


class World:
    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        self.hub = Hub()
        self.alerting = Alerting(engine, self.hub)
        self.consenting = Consenting(engine, self.hub, self.alerting)
        self.recording_id = record(engine).id

    def decide(self, place: int | None, allowed: bool, now_ms: int) -> None:
        self.consenting.decide(1, place, allowed, MOTHER, now_ms)

    def view(self, alert_id: int | None) -> dict[str, Any]:
        view = self.alerting.view(alert_id or 0)
        assert view is not None
        return view

    def sees(self, place: int) -> bool:
        with reading(self.engine) as conn:
            found = place in sight.organisations_of(conn, self.recording_id)
        listed = bool(self.alerting.views(Viewer("hospital", place)))
        assert found == listed
        return found

    def told_her(self, alert_id: int | None) -> list[str]:
        with reading(self.engine) as conn:
            found = messages.of_alert(conn, alert_id or 0)
        return [i18n.say("en", m.text["body"]) for m in found if m.mother_id is not None]


@pytest.fixture
def world(engine: Engine) -> World:
    return World(engine)


def test_withdrawn_while_asked_the_next_is_asked_and_the_first_loses_sight(world: World) -> None:
    alert_id = raised(world.alerting, world.recording_id)
    assert world.view(alert_id)["organisation"]["id"] == NEAR and world.sees(NEAR)
    world.decide(NEAR, False, T0_MS + 10_000)
    view = world.view(alert_id)
    assert (view["phase"], view["organisation"]["id"]) == ("told", MIDDLE)
    assert view["deadline_ms"] == T0_MS + 70_000
    assert [s["event"] for s in view["steps"]] == ["raised", "tell", "withdrawn", "tell"]
    assert not world.sees(NEAR) and world.sees(MIDDLE) and world.sees(FAR)
    world.decide(NEAR, True, T0_MS + 20_000)
    assert world.sees(NEAR)
    assert world.view(alert_id)["organisation"]["id"] == MIDDLE


def test_withdrawn_after_the_accept_the_owner_stays_and_she_is_told(world: World) -> None:
    alert_id = raised(world.alerting, world.recording_id) or 0
    world.alerting.act(alert_id, "accept", WHO[NEAR, 1], "", T0_MS + 1)
    world.decide(None, False, T0_MS + 2)
    view = world.view(alert_id)
    assert (view["phase"], view["organisation"]["id"]) == ("accepted", NEAR)
    assert view["steps"][-1]["event"] == "consent_kept"
    assert world.sees(NEAR)
    assert world.told_her(alert_id)[-1].startswith("You do not agree any more that Near sees")
    world.decide(NEAR, False, T0_MS + 3)
    steps = [s["event"] for s in world.view(alert_id)["steps"]]
    assert steps.count("consent_kept") == 1
    world.alerting.act(alert_id, "handle", WHO[NEAR, 1], "", T0_MS + 4)
    assert not world.sees(NEAR)


def test_her_own_hospital_can_be_refused(world: World) -> None:
    assert raised(world.alerting, world.recording_id)
    assert world.sees(FAR)
    world.decide(FAR, False, T0_MS + 1)
    assert not world.sees(FAR)


def test_without_consent_a_medium_alert_goes_to_the_centre(world: World) -> None:
    world.decide(None, False, T0_MS)
    world.decide(FAR, False, T0_MS)
    view = world.view(raised(world.alerting, world.recording_id, rule=LOW_RATE))
    assert (view["phase"], view["organisation"]) == ("centre", None)
    assert view["steps"][-1]["text"]["args"] == {
        "count": 3, "asked": 0, "refused": 0, "without": 3,
    }  # fmt: skip
    assert [one["text"] for one in view["steps"][-1]["text"]["passed_over"]] == [
        "she has not agreed that this hospital is asked"
    ] * 3


def test_break_glass_is_explained_audited_told_to_her_and_ends(world: World) -> None:
    world.decide(None, False, T0_MS)
    alert_id = raised(world.alerting, world.recording_id, now_ms=T0_MS + 1) or 0
    assert world.view(alert_id)["organisation"]["id"] == FAR  # her own, with consent
    assert not world.view(alert_id)["organisation"]["break_glass"]
    world.alerting.escalate_due(T0_MS + 60_001)
    view = world.view(alert_id)
    assert view["organisation"]["id"] == NEAR and view["organisation"]["break_glass"]
    assert view["organisation"]["why"]["args"]["how"].startswith("without her consent")
    assert view["steps"][-1]["event"] == "break_glass"
    assert world.told_her(alert_id)[-1].startswith("Your alert is urgent and no other hospital")
    with reading(world.engine) as conn:
        audited = changes.of_mother(conn, 1)[0]
        assert changes.of_organisation(conn, NEAR) == []  # it is about her
    assert (audited.what, audited.organisation_id, audited.person_id) == ("break_glass", NEAR, None)
    assert audited.after["alert"] == alert_id
    assert world.sees(NEAR)
    for event in ("accept", "handle", "close"):
        world.alerting.act(alert_id, event, WHO[NEAR, 1], "", T0_MS + 60_002)
    assert not world.sees(NEAR)


def test_a_refusal_after_break_glass_holds(world: World) -> None:
    world.decide(None, False, T0_MS)
    world.decide(FAR, False, T0_MS)
    alert_id = raised(world.alerting, world.recording_id, now_ms=T0_MS + 1) or 0
    assert world.view(alert_id)["organisation"]["id"] == NEAR
    world.decide(MIDDLE, True, T0_MS + 2)  # says nothing of NEAR
    assert world.view(alert_id)["organisation"]["id"] == NEAR and world.sees(NEAR)
    world.decide(NEAR, False, T0_MS + 3)
    assert world.view(alert_id)["organisation"]["id"] == MIDDLE and not world.sees(NEAR)


def test_every_decision_is_kept_with_who_and_from_what_to_what(world: World) -> None:
    world.decide(NEAR, False, T0_MS)
    world.decide(None, False, T0_MS + 1)
    with reading(world.engine) as conn:
        kept = changes.of_mother(conn, 1)
    assert [(c.organisation_id, c.before, c.after, c.person_id) for c in kept] == [
        (None, True, False, 91), (NEAR, True, False, 91),
    ]  # fmt: skip


def test_the_pages_of_a_hospital_that_lost_sight_are_told(world: World) -> None:
    async def run() -> list[str]:
        page = world.hub.subscribe(Viewer("hospital", NEAR))
        await asyncio.to_thread(world.decide, NEAR, False, T0_MS + 1)
        return [event.kind async for event in _until_silent(page)]

    alert_id = raised(world.alerting, world.recording_id)
    assert asyncio.run(run()) == ["sight"]
    assert world.view(alert_id)["organisation"]["id"] == MIDDLE


async def _until_silent(page: Any) -> Any:
    while True:
        try:
            async with asyncio.timeout(0.5):
                yield await anext(page)
        except TimeoutError:
            return


def test_everyone_declines_and_the_centre_gets_the_nearest_with_why(world: World) -> None:
    alert_id = raised(world.alerting, world.recording_id) or 0
    for n, place in enumerate((NEAR, MIDDLE, FAR)):
        world.alerting.act(alert_id, "decline", WHO[place, 1], "full", T0_MS + n)
    view = world.view(alert_id)
    assert view["phase"] == "centre"
    assert [one["name"] for one in view["steps"][-1]["text"]["passed_over"]] == [
        "Near", "Middle", "Far",
    ]  # fmt: skip


def test_a_mother_without_a_position_and_hospitals_without_staff_or_place(
    world: World, engine: Engine
) -> None:
    with writing(engine) as conn:
        people.set_organisation(conn, NEAR, latitude=None)
        lonely = people.add_organisation(
            conn, name="Lonely", name_zh="独", kind="hospital", level=2, latitude=31.09,
            longitude=121.0, on_call=True, free_beds=9,
        )  # fmt: skip
        her = people.add_mother(conn, name="New", organisation_id=lonely.id)
        consents.decide(conn, her.id, None, True, 0)
        people.bind_device(conn, "probe-nobody", her.id)
    alert_id = raised(world.alerting, record(engine, "probe-nobody").id)
    view = world.view(alert_id)
    assert view["organisation"]["id"] == MIDDLE
    said = {one["name"]: one["text"] for one in view["organisation"]["passed_over"]}
    assert said == {"Lonely": "nobody there has an account and could answer"}
    assert view["organisation"]["notes"][0]["text"] == (
        "her position is not known; measured from her own hospital"
    )
