"""Who is asked, in which order, and with which words."""

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cloud.hospitals.routing_words import with_lacks
from cloud.i18n import say
from cloud.routing.distance import distance_km
from cloud.routing.expecting import ARRIVED, EXPECTED, LOOKS_AFTER, Expecting
from cloud.routing.plan import Limits, Roads
from cloud.store.consents import Consent, Decision
from cloud.store.hospitals import UNKNOWN
from tests.cloud.routing.parts import (
    EVERYBODY,
    MOTHER,
    NOW_MS,
    NOWHERE,
    OWN,
    POSITION,
    columns,
    hospital,
    made,
    order,
    words,
)


def test_the_quickest_fit_one_comes_first_with_its_numbers() -> None:
    found = made(hospital(1, 30), hospital(2, 14), hospital(3, 2.04))
    assert order(found.choices) == [3, 2, 1]
    assert [words(choice.why) for choice in found.choices] == [
        "by travel time: 5 min (2.0 km), level 2, obstetrician on call, free beds: 3",
        "by travel time: 28 min (14 km), level 2, obstetrician on call, free beds: 3",
        "by travel time: 60 min (30 km), level 2, obstetrician on call, free beds: 3",
    ]
    assert found.choices[1].km == pytest.approx(14, abs=0.01)
    assert found.choices[1].minutes == pytest.approx(14 * 1.33 / 40 * 60, abs=0.1)
    assert [words(note) for note in found.notes] == [
        "measured from her phone's position, 3 min old, within 12 m",
        "travel times are estimated from the distance",
    ]


@pytest.mark.parametrize(
    ("has", "risk", "weeks", "lacks"),
    [
        ({"nicu": 0}, "green", 36, "; no NICU"),
        ({"nicu": UNKNOWN}, "green", 36, "; it is not known whether there is a NICU"),
        ({"nicu": 0}, "red", 39, "; no NICU"),
        ({"nicu": 0}, "yellow", 37, ""),
        ({}, "red", 36, ""),
    ],
)
def test_who_is_asked_is_told_what_it_lacks_for_her(
    has: dict[str, int], risk: str, weeks: int, lacks: str
) -> None:
    found = made(hospital(1, 5, **has), mother=replace(MOTHER, risk=risk), weeks=weeks)
    (first,) = found.choices
    assert say("en", with_lacks(found, first)) == words(first.why) + lacks


def test_no_blood_bank_is_said_to_who_has_her_already() -> None:
    rows = [hospital(1, 5, nicu=0, blood_bank=0)]
    found = made(*rows, mother=replace(MOTHER, risk="red"), expecting=Expecting(1, ARRIVED))
    said = say("en", with_lacks(found, found.choices[0]))
    assert said == f"{ARRIVED}; no NICU; no blood bank"


@pytest.mark.parametrize(
    ("values", "risk", "purple", "weeks", "reason"),
    [
        ({"staffed": False}, "green", False, 39, "nobody there has an account and could answer"),
        ({"on_call": False}, "green", False, 39, "no obstetrician on call"),
        (
            {"on_call": False, "by_roster": True}, "green", False, 39,
            "its roster has no obstetrician on duty now",
        ),
        ({"by_roster": True}, "green", False, 39, None),
        ({"free_beds": 0}, "green", False, 39, "no free bed"),
        ({"level": 1}, "yellow", False, 39, "level 1, but her risk colour asks for level 2"),
        ({"level": 1}, "red", False, 39, "level 1, but her risk colour asks for level 2"),
        ({"level": 1}, "green", True, 39, "level 1, but her risk colour asks for level 2"),
        ({"level": 1}, "green", False, 39, None),
        ({"nicu": 0}, "green", False, 33, "no NICU, but the pregnancy is early"),
        (
            {"nicu": -1}, "green", False, 33,
            "it is not known whether there is a NICU, and the pregnancy is early",
        ),
        ({"nicu": 0}, "green", False, 34, None),
        ({"nicu": 0}, "green", False, None, None),
        ({"blood_bank": 0}, "orange", False, 39, "no blood bank, but her risk colour asks for one"),
        (
            {"blood_bank": -1}, "red", False, 39,
            "it is not known whether there is a blood bank, and her risk colour asks for one",
        ),
        ({"blood_bank": 0}, "yellow", False, 39, None),
        ({"latitude": np.nan}, "green", False, 39, "the hospital's position is not known"),
        ({}, "red", False, 20, None),
    ],
)  # fmt: skip
def test_one_that_is_not_fit_is_refused_in_words(
    values: dict[str, Any], risk: str, purple: bool, weeks: int | None, reason: str | None
) -> None:
    mother = replace(MOTHER, risk=risk, purple=purple)
    found = made(hospital(1, 5, **values), hospital(2, 50), mother=mother, weeks=weeks)
    if reason is None:
        assert order(found.choices) == [1, 2]
        assert found.refused == ()
    else:
        assert order(found.choices) == [2]
        assert [words(choice.why) for choice in found.refused] == [reason]


def test_what_she_needs_is_said() -> None:
    found = made(hospital(1, 5), mother=replace(MOTHER, risk="red"), weeks=30)
    assert [words(note) for note in found.notes[2:]] == [
        "her risk colour asks for level 2",
        "30 weeks: asks for a hospital with a NICU",
        "her risk colour asks for a blood bank",
    ]


@pytest.mark.parametrize(
    ("own_km", "near_km", "first"),
    [
        (15, 1, OWN),  # 29.9 min: within 30
        (16, 1, 1),  # 31.9 min: beyond both limits
        (30, 23, OWN),  # 59.9 min: not 15 min later than the nearest, 45.9 min
        (31, 23, 1),
    ],
)
def test_her_own_hospital_comes_first_within_its_limit(
    own_km: float, near_km: float, first: int
) -> None:
    found = made(hospital(1, near_km), hospital(OWN, own_km))
    assert order(found.choices)[0] == first
    if first == OWN:
        text = "her own hospital, which comes first within its limit: "
        assert words(found.choices[0].why).startswith(text)
    settings_of = Limits(own_first_min=0, own_extra_min=0)
    assert order(made(hospital(1, near_km), hospital(OWN, own_km), limits=settings_of).choices) == [
        1, OWN,
    ]  # fmt: skip


def test_her_own_hospital_has_to_be_fit_too() -> None:
    found = made(hospital(1, 5), hospital(OWN, 1, free_beds=0))
    assert order(found.choices) == [1]
    assert [words(choice.why) for choice in found.passed_over(3)] == ["no free bed"]


def test_the_nearer_ones_that_are_passed_over_are_named() -> None:
    rows = hospital(1, 5, free_beds=0), hospital(2, 7), hospital(3, 9, on_call=False)
    assert order(made(*rows).passed_over(3)) == [1]
    assert order(made(*rows).passed_over(0)) == []
    assert order(made(*rows, asked=(1,)).passed_over(3)) == []  # it was asked: that is known


def test_nobody_is_asked_twice_and_the_plan_says_why_nobody_is_left() -> None:
    found = made(hospital(1, 5), hospital(2, 7, free_beds=0), asked=(1,))
    assert order(found.choices) == []
    assert words(found.why_nobody) == "no hospital is fit: of 2, 1 asked already, 1 not fit"
    assert order(found.passed_over(3)) == []
    assert words(made().why_nobody) == "no hospital is registered"


ONLY_OWN = Consent(OWN, [])
NOT_2 = Consent(OWN, [Decision(1, None, True, 0), Decision(1, 2, False, 1)])
ONLY_2 = Consent(None, [Decision(1, 2, True, 0)])
NOT_OWN = Consent(OWN, [Decision(1, None, True, 0), Decision(1, OWN, False, 1)])
AGAIN = Consent(
    OWN, [Decision(1, 2, False, 0), Decision(1, None, True, 1), Decision(1, 2, True, 2)]
)


@pytest.mark.parametrize(
    ("consent", "asked"),
    [(ONLY_OWN, [OWN]), (NOT_2, [OWN, 1]), (ONLY_2, [2]), (NOT_OWN, [1, 2]), (AGAIN, [OWN, 1, 2]),
     (Consent(None, []), [])],
)  # fmt: skip
def test_only_those_with_her_consent_are_asked(consent: Consent, asked: list[int]) -> None:
    rows = hospital(1, 5), hospital(2, 7), hospital(OWN, 9)
    found = made(*rows, consent=consent, urgent=False)
    assert order(found.choices) == asked
    for choice in found.refused:
        assert words(choice.why) == "she has not agreed that this hospital is asked"
    urgent = made(*rows, consent=consent)
    assert order(urgent.choices)[: len(asked)] == asked
    assert sorted(order(urgent.choices)) == [1, 2, OWN]
    glass = [c for c in urgent.choices if c.break_glass]
    assert order(tuple(glass)) == order(urgent.choices)[len(asked) :]
    for choice in glass:
        text = "without her consent, because nobody else is left and the alert is urgent: "
        assert words(choice.why).startswith(text)


def test_the_hospital_that_expects_her_comes_first_whatever_its_state() -> None:
    full = {"free_beds": 0, "on_call": False, "level": 1}
    rows = hospital(1, 30, **full), hospital(2, 7), hospital(OWN, 9)
    for said in (ARRIVED, EXPECTED, LOOKS_AFTER):
        found = made(*rows, consent=ONLY_OWN, urgent=False, expecting=Expecting(1, said))
        assert order(found.choices) == [1, OWN]
        assert words(found.choices[0].why) == said and not found.choices[0].break_glass
    expecting = Expecting(1, ARRIVED)
    assert order(made(*rows, asked=(1,), expecting=expecting).choices) == [OWN, 2]
    refused = Consent(OWN, [Decision(1, 1, False, 0)])
    assert order(made(*rows, consent=refused, urgent=False, expecting=expecting).choices) == [OWN]
    nobody = hospital(1, 30, staffed=False)
    assert order(made(nobody, rows[2], expecting=expecting).choices) == [OWN]


def test_a_plan_that_lacks_only_her_consent_says_so() -> None:
    found = made(hospital(1, 5), hospital(2, 7, free_beds=0), consent=ONLY_OWN, urgent=False)
    text = "no hospital is left: of 2, 0 asked already, 1 not fit, 1 without her consent"
    assert words(found.why_nobody) == text


def test_break_glass_asks_no_unfit_one() -> None:
    found = made(hospital(1, 5, free_beds=0), hospital(2, 7), consent=ONLY_OWN)
    assert order(found.choices) == [2]


@pytest.mark.parametrize(
    ("position", "mother", "said"),
    [
        (POSITION, MOTHER, "measured from her phone's position, 3 min old, within 12 m"),
        (
            replace(POSITION, accuracy_m=None), MOTHER,
            "measured from her phone's position, 3 min old",
        ),
        (
            replace(POSITION, at_ms=NOW_MS - 901_000), MOTHER,
            "measured from her home; her phone's position is 15 min old",
        ),
        (
            replace(POSITION, accuracy_m=20_000.0), MOTHER,
            "measured from her home; her phone's position is only within 20000 m",
        ),
        (None, MOTHER, "measured from her home; her phone has sent no position"),
        (None, NOWHERE, "her position is not known; measured from her own hospital"),
        (
            replace(POSITION, at_ms=NOW_MS - 901_000), NOWHERE,
            "her position is not known; measured from her own hospital",
        ),
    ],
)  # fmt: skip
def test_from_where_it_is_measured(position: Any, mother: Any, said: str) -> None:
    found = made(hospital(1, 5), hospital(OWN, 2), position=position, mother=mother)
    assert words(found.notes[0]) == said


def test_a_wrong_clock_of_the_phone_is_said() -> None:
    off = replace(POSITION, clock_ahead_ms=-120_000)
    assert words(made(hospital(1, 5), position=off).notes[1]) == (
        "her phone's clock is off by 120 s; the time here was used"
    )
    future = replace(POSITION, clock_wrong=True)
    assert words(made(hospital(1, 5), position=future).notes[1]) == (
        "her phone gave a position from the future; the time of its arrival was used"
    )


def test_without_her_position_her_own_hospital_comes_first() -> None:
    rows = hospital(1, 5), hospital(2, 99), hospital(OWN, 100)
    found = made(*rows, mother=NOWHERE, position=None)
    assert order(found.choices) == [OWN, 2, 1]
    assert words(found.choices[0].why) == (
        "her own hospital, which comes first within its limit: the way is not known, level 2, "
        "obstetrician on call, free beds: 3"
    )
    assert found.choices[0].minutes is None
    assert words(found.choices[1].why).startswith("by travel time: 2 min (1.0 km)")


def test_without_any_position_everybody_can_still_be_asked() -> None:
    rows = hospital(1, 5), hospital(OWN, None), hospital(3, 4)
    found = made(*rows, mother=NOWHERE, position=None)
    assert order(found.choices) == [OWN, 1, 3]
    assert words(found.notes[0]) == "her position is not known, and no distance either"
    assert order(made(*rows).choices) == [3, 1]


def test_the_road_server_decides_where_it_knows() -> None:
    rows = hospital(1, 5), hospital(2, 6), hospital(3, 7)
    at = (31.20, 121.44)
    found = made(*rows, roads=Roads(at, {1: 40.0, 2: 8.0, 77: 1.0}))
    assert order(found.choices) == [2, 3, 1]
    assert words(found.notes[1]) == "travel times by road for the nearest 3 hospitals"
    away = made(*rows, roads=Roads(at, None))
    assert order(away.choices) == [1, 2, 3]
    assert words(away.notes[1]) == (
        "the road server does not answer: travel times are estimated from the distance"
    )


def test_equal_times_keep_the_order_of_their_ids() -> None:
    assert order(made(*(hospital(n, 10) for n in (5, 3, 8, 1))).choices) == [1, 3, 5, 8]


def test_distance_around_the_globe() -> None:
    assert distance_km((0, 179.5), (0, -179.5)) == pytest.approx(111.195, abs=0.01)
    assert distance_km((51.4778, 0.0), (48.8566, 2.3522)) == pytest.approx(336, abs=2)
    assert distance_km((90, 0), (-90, 0)) == pytest.approx(20015.1, abs=0.1)


STATES = st.fixed_dictionaries(
    {
        "north": st.one_of(st.none(), st.integers(0, 60)),
        "level": st.integers(1, 3),
        "free_beds": st.integers(0, 2),
        "on_call": st.booleans(),
        "by_roster": st.booleans(),
        "nicu": st.sampled_from([-1, 0, 1]),
        "blood_bank": st.sampled_from([-1, 0, 1]),
        "staffed": st.booleans(),
    }
)
DECISIONS = st.lists(
    st.builds(
        Decision,
        st.just(1),
        st.one_of(st.none(), st.integers(1, 8)),
        st.booleans(),
        st.integers(0, 9),
    ),
    max_size=4,
)


def is_fit(state: dict[str, Any], mother: Any, weeks: int | None) -> bool:
    """Written once more, one hospital at a time."""
    at_risk = mother.purple or mother.risk != "green"
    return (
        state["staffed"]
        and state["on_call"]
        and state["free_beds"] > 0
        and (not at_risk or state["level"] >= 2)
        and (weeks is None or weeks >= 34 or state["nicu"] == 1)
        and (mother.risk not in ("orange", "red") or state["blood_bank"] == 1)
    )


@settings(max_examples=150, deadline=None)
@given(
    states=st.lists(STATES, max_size=8),
    decisions=DECISIONS,
    own=st.one_of(st.none(), st.integers(1, 8)),
    risk=st.sampled_from(["green", "yellow", "orange", "red"]),
    weeks=st.one_of(st.none(), st.integers(20, 42)),
    asked=st.sets(st.integers(1, 8), max_size=3),
    urgent=st.booleans(),
    known=st.sampled_from(["phone", "home", "nowhere"]),
)
def test_a_plan_is_total_and_asks_no_unfit_one(
    states: list[dict[str, Any]], decisions: list[Decision], own: int | None, risk: str,
    weeks: int | None, asked: set[int], urgent: bool, known: str,
) -> None:  # fmt: skip
    rows = {
        n: hospital(n, state["north"], **{k: v for k, v in state.items() if k != "north"})
        for n, state in enumerate(states, start=1)
    }
    mother = replace(MOTHER if known != "nowhere" else NOWHERE, risk=risk, organisation_id=own)
    consent = Consent(own, decisions)
    found = made(
        *rows.values(), mother=mother, weeks=weeks, consent=consent, asked=tuple(asked),
        urgent=urgent, position=POSITION if known == "phone" else None,
    )  # fmt: skip
    everybody = [*found.choices, *found.refused]
    assert sorted(c.hospital_id for c in everybody) == sorted(rows)  # each once
    for choice in everybody:
        words(choice.why)
        assert choice.minutes is None or choice.minutes >= 0
    for choice in found.choices:
        assert is_fit(rows[choice.hospital_id], mother, weeks)
        assert choice.hospital_id not in asked
        assert choice.break_glass == (not consent.holds_for(choice.hospital_id))
        assert urgent or not choice.break_glass
    glass = [choice.break_glass for choice in found.choices]
    assert glass == sorted(glass)  # nobody without consent before one with it
    for choice in found.refused:
        place = rows[choice.hospital_id]
        could = is_fit(place, mother, weeks) and choice.hospital_id not in asked
        somewhere = not np.isnan(place["latitude"])
        agreed = consent.holds_for(choice.hospital_id)
        assert not (could and somewhere and (agreed or urgent))
    timed = [c.minutes for c in found.choices if c.hospital_id != own and not c.break_glass]
    measured = [minutes for minutes in timed if minutes is not None]
    assert measured == sorted(measured)
    if not found.choices:
        words(found.why_nobody)


def test_five_thousand_hospitals_have_one_plan() -> None:
    rows = [hospital(n, n * 37 % 501, free_beds=n % 5, level=n % 3) for n in range(1, 5001)]
    found = made(*rows, mother=replace(MOTHER, risk="red"), asked=(1, 2, 3))
    assert len(columns(*rows)) == 5000
    assert len(found.choices) + len(found.refused) == 5000
    assert EVERYBODY.for_all and found.first(2) == found.choices[:2]
