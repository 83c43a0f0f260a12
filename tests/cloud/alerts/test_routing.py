"""Who is asked, in which order, and with which words."""

import time
from dataclasses import replace

import pytest

from cloud.routing import Choice, distance_km, plan
from cloud.store.people import Mother, Organisation

MOTHER = Mother(1, "M", None, 9, None, "green", False, None, 31.20, 121.44)
PLACE = Organisation(
    1, "H", "医", "hospital", 2, 31.20, 121.44, "5", True, 3, False, None, None, "Asia/Shanghai"
)


def hospital(number: int, north_km: float | None, **values: object) -> Organisation:
    latitude = None if north_km is None else 31.20 + north_km / 111.195
    return replace(PLACE, id=number, latitude=latitude, **values)  # type: ignore[arg-type]


def order(choices: tuple[Choice, ...]) -> list[int]:
    return [choice.hospital.id for choice in choices]


def said(choice: Choice) -> str:
    return str(choice.why["text"]) % choice.why["args"]  # type: ignore[operator]


def test_the_nearest_fit_one_comes_first_with_its_numbers() -> None:
    found = plan(MOTHER, [hospital(1, 30), hospital(2, 14), hospital(3, 2.04)], ())
    assert order(found.choices) == [3, 2, 1]
    assert said(found.choices[0]) == "2.0 km, level 2, obstetrician on call, free beds: 3"
    assert said(found.choices[1]) == "14 km, level 2, obstetrician on call, free beds: 3"
    assert found.choices[1].distance_km == pytest.approx(14, abs=0.01)


@pytest.mark.parametrize(
    ("values", "risk", "purple", "reason"),
    [
        ({"on_call": False}, "green", False, "no obstetrician on call"),
        ({"free_beds": 0}, "green", False, "no free bed"),
        ({"level": 1}, "yellow", False, "level 1, but her risk colour asks for level 2"),
        ({"level": 1}, "red", False, "level 1, but her risk colour asks for level 2"),
        ({"level": 1}, "green", True, "level 1, but her risk colour asks for level 2"),
        ({"level": 1}, "green", False, None),
        ({"longitude": None}, "green", False, "the hospital's position is not known"),
        ({"longitude": float("nan")}, "green", False, "the hospital's position is not known"),
        ({"longitude": 181.0}, "green", False, "the hospital's position is not known"),
        ({}, "red", False, None),
    ],
)
def test_one_that_is_not_fit_is_refused_in_words(
    values: dict[str, object], risk: str, purple: bool, reason: str | None
) -> None:
    mother = replace(MOTHER, risk=risk, purple=purple)
    found = plan(mother, [hospital(1, 5, **values), hospital(2, 50)], ())
    if reason is None:
        assert order(found.choices) == [1, 2]
        assert found.refused == ()
    else:
        assert order(found.choices) == [2]
        assert [said(choice) for choice in found.refused] == [reason]


def test_the_nearer_ones_that_are_passed_over_are_named() -> None:
    hospitals = [hospital(1, 5, free_beds=0), hospital(2, 7), hospital(3, 9, on_call=False)]
    assert order(plan(MOTHER, hospitals, ()).passed_over) == [1]
    assert order(plan(MOTHER, hospitals, {1}).passed_over) == []  # it was asked: that is known


def test_nobody_is_asked_twice_and_the_plan_says_why_nobody_is_left() -> None:
    hospitals = [hospital(1, 5), hospital(2, 7, free_beds=0)]
    assert order(plan(MOTHER, hospitals, {1}).choices) == []
    why = plan(MOTHER, hospitals, {1}).why_nobody
    text = "no hospital is fit: of 2, 1 asked already, 1 not fit"
    assert str(why["text"]) % why["args"] == text  # type: ignore[operator]
    assert plan(MOTHER, [], ()).why_nobody["text"] == "no hospital is registered"


def test_without_her_position_her_own_hospital_comes_first() -> None:
    mother = replace(MOTHER, latitude=None)
    own = hospital(9, 100)
    found = plan(mother, [hospital(1, 5), hospital(2, 99), own], ())
    assert order(found.choices) == [9, 2, 1]
    assert said(found.choices[0]).startswith("her position is not known, so her own hospital")
    assert found.choices[0].distance_km is None
    assert said(found.choices[1]).startswith("her position is not known; 1.0 km from her own")


def test_her_own_hospital_has_to_be_fit_too() -> None:
    mother = replace(MOTHER, latitude=None)
    found = plan(mother, [hospital(1, 5), hospital(9, 100, on_call=False)], ())
    assert order(found.choices) == [1]
    assert [said(choice) for choice in found.passed_over] == ["no obstetrician on call"]


def test_her_own_hospital_needs_no_position_when_she_has_none() -> None:
    mother = replace(MOTHER, latitude=None)
    hospitals = [hospital(1, 5), hospital(9, None), hospital(3, 4)]
    found = plan(mother, hospitals, ())
    assert order(found.choices) == [9, 1, 3]
    assert found.choices[1].distance_km is None
    assert order(plan(MOTHER, hospitals, ()).choices) == [3, 1]


def test_equal_distances_keep_the_order_of_their_ids() -> None:
    hospitals = [hospital(n, 10) for n in (5, 3, 8, 1)]
    assert order(plan(MOTHER, hospitals, ()).choices) == [1, 3, 5, 8]
    assert order(plan(MOTHER, hospitals[::-1], ()).choices) == [1, 3, 5, 8]


def test_distance_around_the_globe() -> None:
    assert distance_km((0, 179.5), (0, -179.5)) == pytest.approx(111.195, abs=0.01)
    assert distance_km((51.4778, 0.0), (48.8566, 2.3522)) == pytest.approx(336, abs=2)
    assert distance_km((90, 0), (-90, 0)) == pytest.approx(20015.1, abs=0.1)


def test_five_thousand_hospitals_are_quick() -> None:
    hospitals = [hospital(n, n * 37 % 501, free_beds=n % 5, level=n % 3) for n in range(5000)]
    mother = replace(MOTHER, risk="red")
    best_s = min(_time(mother, hospitals) for _ in range(15))
    assert best_s < 0.02  # 5 ms where nothing else runs: docs/alerts.md


def _time(mother: Mother, hospitals: list[Organisation]) -> float:
    began_s = time.process_time()
    plan(mother, hospitals, {1, 2, 3})
    return time.process_time() - began_s
