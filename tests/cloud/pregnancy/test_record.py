"""What is written into a record: who, when, from what to what; what is refused."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from cloud.alerts.answers import ReasonMissing, Refused
from cloud.hub import Viewer
from cloud.pregnancy import care, record
from cloud.pregnancy.essentials import essentials
from cloud.routing.needs import UNKNOWN_RISK, needs_of
from cloud.store import changes, consents, people
from cloud.store.db import reading, writing
from tests.cloud.alerts import world
from tests.cloud.pregnancy.ward import DOCTOR, HER, NURSE, OTHER_DOCTOR, Ward

TODAY = datetime.fromtimestamp(world.T0_MS / 1000, UTC).date()


def dated(ward: Ward, weeks: int = 34) -> None:
    ward.do(record.set_dating, by="lmp", on=TODAY - timedelta(weeks=weeks), days=None)


def changed(ward: Ward) -> list[tuple[str, Any, Any, int | None]]:
    with reading(ward.engine) as conn:
        found = changes.of_mother(conn, 1)
    return [(one.what, one.before, one.after, one.person_id) for one in found]


def test_the_due_date_has_its_source_and_its_past(ward: Ward) -> None:
    dated(ward, 20)
    assert ward.mother.due_date == TODAY + timedelta(weeks=20)
    scan = TODAY - timedelta(weeks=8)
    ward.do(record.set_dating, by="scan", on=scan, days=12 * 7 + 3)
    assert ward.mother.due_date == scan + timedelta(days=280 - 87)
    what, before, after, person = changed(ward)[0]
    assert (what, person) == ("due date", DOCTOR.person_id)
    assert (before["by"], before["due"]) == ("lmp", (TODAY + timedelta(weeks=20)).isoformat())
    assert (after["by"], after["days"], after["on"]) == ("scan", 87, scan.isoformat())
    ward.do(record.set_dating, by="scan", on=scan, days=87)
    assert len(changed(ward)) == 2  # the same again changes nothing


@pytest.mark.parametrize(
    ("by", "on", "days"),
    [
        ("scan", TODAY, None),
        ("scan", TODAY, 4 * 7),
        ("lmp", TODAY + timedelta(days=1), None),
        ("lmp", TODAY - timedelta(weeks=44), None),  # she has given birth
    ],
)
def test_a_due_date_that_cannot_be_is_refused(
    ward: Ward, by: str, on: date, days: int | None
) -> None:
    with pytest.raises(ReasonMissing):
        ward.do(record.set_dating, by=by, on=on, days=days)
    assert ward.mother.due_date is None
    assert changed(ward) == []


def test_only_what_differs_is_written_down(ward: Ward) -> None:
    ward.do(record.set_fields, given={"height_cm": 160.0, "history": "", "phone": None})
    assert changed(ward) == [("height_cm", None, 160.0, DOCTOR.person_id)]
    ward.do(record.set_fields, HER, given={"phone": "555", "allergies": "penicillin"})
    assert {what for what, *_ in changed(ward)} == {"height_cm", "phone", "allergies"}
    assert ward.view()["known"]["allergies"] == "penicillin"
    assert ward.mother.phone == "555"


def test_contacts_come_and_go(ward: Ward) -> None:
    ward.do(record.add_relative, HER, given={"name": "A", "phone": "1", "relation": "husband"})
    (one,) = ward.view()["contacts"]
    ward.do(record.remove_relative, HER, relative_id=one["id"])
    ward.do(record.remove_relative, HER, relative_id=one["id"])
    assert ward.view()["contacts"] == []
    assert [(before is None, after is None) for _, before, after, _ in changed(ward)] == [
        (False, True),
        (True, False),
    ]


def test_risk_comes_from_history_and_what_was_chosen(ward: Ward) -> None:
    born = TODAY.replace(year=TODAY.year - 36)
    ward.do(record.set_fields, given={"birth_date": born, "height_cm": 160.0, "weight_kg": 73.0})
    assess = {"chosen": ["scar", "syphilis"], "colour": None, "reason": ""}
    ward.do(care.assess_risk, **assess)
    newest = ward.view()["risk_view"]["newest"]
    assert (newest["colour"], newest["purple"], newest["age"], newest["bmi"]) == (
        "orange", True, 36, 28.5,
    )  # fmt: skip
    assert {one["id"] for one in newest["met"]} == {"age_35", "bmi_28", "scar", "syphilis"}
    assert (ward.mother.risk, ward.mother.purple) == ("orange", True)
    what, before, after, _ = changed(ward)[0]
    assert (what, before["colour"], after["colour"]) == ("risk", "yellow", "orange")


def test_another_colour_needs_a_reason(ward: Ward) -> None:
    with pytest.raises(ReasonMissing) as refused:
        ward.do(care.assess_risk, chosen=["scar"], colour="red", reason="")
    assert refused.value.words["args"] == {"colour": "yellow"}
    ward.do(care.assess_risk, chosen=["scar"], colour="red", reason="two ruptures")
    newest = ward.view()["risk_view"]["newest"]
    assert (newest["computed"], newest["colour"], newest["reason"]) == (
        "yellow", "red", "two ruptures",
    )  # fmt: skip
    with pytest.raises(ReasonMissing):
        ward.do(care.assess_risk, chosen=["age_40"], colour=None, reason="")


def test_an_assessment_is_due_again(ward: Ward) -> None:
    assert ward.view()["risk_view"]["overdue"]
    dated(ward, 30)
    ward.do(care.assess_risk, chosen=[], colour=None, reason="")
    ward.wait(days=13)
    state = ward.view()["risk_view"]
    assert (state["overdue"], state["weeks_ago"]) == (False, 1)
    ward.wait(days=1)
    assert ward.view()["risk_view"]["overdue"]


def test_a_clinic_of_the_first_level_does_not_confirm(ward: Ward) -> None:
    assess = {"chosen": ["scar"], "colour": None, "reason": ""}
    ward.do(care.assess_risk, **assess)
    assert not ward.view()["risk_view"]["newest"]["to_confirm"]  # level 2
    with writing(ward.engine) as conn:
        world.people.set_organisation(conn, world.FAR, level=1)
    assert ward.view()["risk_view"]["newest"]["to_confirm"]


def test_a_plan_begins_in_its_week(ward: Ward) -> None:
    plan = {"per_week": 4, "minutes": 20}
    with pytest.raises(ReasonMissing):
        ward.do(care.set_plan, from_week=34, **plan)
    dated(ward, 32)
    ward.do(care.set_plan, from_week=34, **plan)
    view = ward.view()["progress"]
    assert (view["plan"]["from_day"], view["week"]) == (
        (TODAY + timedelta(weeks=2)).isoformat(), None,
    )  # fmt: skip
    ward.wait(days=14)
    assert ward.view()["progress"]["week"]["planned"] > 0
    assert changed(ward)[0][0] == "plan"


def test_recordings_count_when_they_are_long_enough(ward: Ward) -> None:
    ward.do(care.set_plan, per_week=7, minutes=20, from_week=None)
    for device, seconds in (("probe-1", 16 * 60), ("probe-2", 20 * 60)):  # hers, somebody else's
        made = world.record(ward.engine, device, session=seconds, now_ms=ward.now_ms)
        with writing(ward.engine) as conn:
            ended = world.recordings.replace(made, frames_made=seconds)
            world.recordings.save(conn, [ended])
    assert ward.view()["progress"]["week"]["done"] == 1
    ward.wait(days=1)
    short = world.record(ward.engine, "probe-1", session=1, now_ms=ward.now_ms)
    with writing(ward.engine) as conn:
        world.recordings.save(conn, [world.recordings.replace(short, frames_made=15 * 60)])
    assert sum(week["done"] for week in ward.view()["progress"]["weeks"]) == 1


def test_a_day_that_was_not_possible(ward: Ward) -> None:
    ward.do(care.miss_day, HER, day=TODAY, reason="travelled")
    assert ward.view()["progress"]["reasons"] == {TODAY.isoformat(): "travelled"}
    for day in (TODAY + timedelta(days=2), TODAY - timedelta(days=29)):
        with pytest.raises(ReasonMissing):
            ward.do(care.miss_day, HER, day=day, reason="x")


def test_a_team_of_three_and_its_tasks(ward: Ward) -> None:
    team = {"specialist": OTHER_DOCTOR, "family doctor": DOCTOR, "health manager": NURSE}
    ward.do(care.set_team, wanted={role: who.person_id for role, who in team.items()})
    assert [one["role"] for one in ward.view()["team"]] == [*team]
    day = TODAY + timedelta(days=1)
    ward.do(care.add_task, text="urine", role="family doctor", due=day)
    (task,) = ward.view()["tasks"]
    assert not task["overdue"]
    ward.wait(days=3)
    assert ward.view()["tasks"][0]["overdue"]
    with pytest.raises(ReasonMissing):
        ward.do(care.finish_task, task_id=task["id"], said="")
    ward.do(care.finish_task, OTHER_DOCTOR, task_id=task["id"], said="0.2 g")
    (task,) = ward.view()["tasks"]
    assert (task["note"], task["overdue"]) == ("0.2 g", False)
    assert task["done_by"]["name"] == f"Person {OTHER_DOCTOR.person_id}"
    with pytest.raises(Refused):
        ward.do(care.finish_task, task_id=task["id"], said="again")
    assert "tasks" not in ward.view(HER)


def test_nobody_is_in_a_team_whom_she_does_not_agree_with(ward: Ward) -> None:
    with pytest.raises(ReasonMissing):
        ward.do(care.add_task, text="urine", role="specialist", due=None)
    with writing(ward.engine) as conn:
        consents.decide(conn, 1, world.NEAR, False, ward.now_ms)
    with pytest.raises(Refused):
        ward.do(care.set_team, wanted={"specialist": OTHER_DOCTOR.person_id})
    for wrong in (HER.person_id, 12345):
        with pytest.raises(ReasonMissing):
            ward.do(care.set_team, wanted={"specialist": wrong})
    assert changed(ward) == []


def test_who_was_never_assessed_has_no_colour_and_asks_for_no_level(ward: Ward) -> None:
    with writing(ward.engine) as conn:
        new = people.add_mother(conn, name="New (test)")
        told = people.add_mother(conn, name="Told elsewhere (test)", risk="yellow")
    assert (new.risk, told.risk) == (people.NOT_ASSESSED, "yellow")
    needs = needs_of(new, 38)
    assert (needs.level, needs.notes) == (1, ({"text": UNKNOWN_RISK, "args": {}},))
    ward.do(care.assess_risk, chosen=[], colour=None, reason="")
    assert ward.mother.risk == "green"


def test_what_has_to_be_known_at_once_is_for_staff_who_may_see_her_record(ward: Ward) -> None:
    def said(viewer: Viewer) -> list[str]:
        with reading(ward.engine) as conn:
            return [one["text"] % one["args"] for one in essentials(conn, 1, viewer)]

    centre = Viewer("centre", world.CENTRE)
    assert said(centre) == ["gravida and para: not said", "allergies: not said"]
    ward.do(care.assess_risk, chosen=["scar", "praevia"], colour=None, reason="")
    ward.do(record.set_fields, given={"gravida": 2, "history": "bled in week 20"})
    assert said(centre) == [
        "Placenta praevia",  # orange before yellow
        "Scarred uterus",
        "gravida 2, para –",
        "allergies: not said",
        "history: bled in week 20",
    ]
    assert said(Viewer("hospital", DOCTOR.organisation_id)) == said(centre)
    assert said(Viewer("hospital", OTHER_DOCTOR.organisation_id)) == []
    assert said(Viewer("mother", mother_id=1)) == []
