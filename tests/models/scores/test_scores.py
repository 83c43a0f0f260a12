"""What the points tables make of a strip; missing channels; the end of the strip."""

import json
from dataclasses import replace

import numpy as np
import pytest

from models.scores import TABLES, scores
from models.scores.measures import last
from models.trace import FS_HZ
from tests.models.scores.part import fall, one, part, rises, squeezes

MOVING = {"movements_s": (1500.0, 1620.0, 1740.0)}
SQUEEZES = squeezes(18, 3600)


@pytest.mark.parametrize(
    ("name", "points", "word"),
    [
        ("fischer_f76", 9, "normal"),
        ("fischer_cn_a", 8, "normal"),  # three accelerations and four cycles: 1 each
        ("fischer_cn_b", 8, "normal"),
        ("fischer_modified", 9, "normal"),  # frequency 4: 1
        ("krebs", 9, "normal"),
        ("nst10_standard", 10, "reactive"),
        ("nst10_l", 10, "reactive"),
        ("cst10", 9, "no bands in the source"),
    ],
)
def test_points_of_a_normal_strip(name, points, word):
    found = one(name, part(**MOVING))
    assert (found.points, found.band) == (points, word)
    for hit in found.hits:
        assert hit.cell and not hit.why
        if hit.item.scale.id in ("frequency", "zero_crossings"):
            assert (hit.result, hit.value) == (1, pytest.approx(4))


def test_a_missing_channel_is_not_computable_and_never_0():
    found = scores(part())
    for name in ("krebs", "nst10_standard", "nst10_l"):
        assert found[name].points is None and found[name].band is None
        assert "movements: no record of fetal movements" in found[name].why
    data = found["krebs"].to_json()
    assert data["not_computable"] and "points" not in data
    assert data["items"]["movements"]["result"] is None
    assert data["items"]["baseline"]["result"] == 2
    no_toco = scores(part(contractions=None))
    assert no_toco["fischer_f76"].why == "accelerations: no toco"
    assert no_toco["fischer_cn_a"].points == 8
    assert no_toco["nice_ng229"].why == "contractions: no toco"
    assert "no toco" in no_toco["cst"].why


@pytest.mark.parametrize("contractions", [None, ()])
def test_the_kind_of_a_gradual_deceleration_needs_contractions(contractions):
    found = scores(part(falls=(fall(600, 80, "unclassified"),), contractions=contractions))
    for name in ("fischer_f76", "fischer_cn_b", "krebs", "cst10", "nst_three_level", "nichd"):
        assert found[name].points is None
        assert "the kind of a gradual deceleration" in found[name].why or name == "nichd"
    assert found["nichd"].band in (None, "II")


def test_a_kind_that_the_table_does_not_know_has_no_points():
    found = one("fischer_cn_b", part(falls=(fall(600, 150, "prolonged"),)))
    assert found.why == "decelerations: the table has no cell for prolonged"


@pytest.mark.parametrize(
    ("falls", "points"),
    [
        ((), {"f76": 2, "cn_a": 2, "cn_b": 2, "modified": 2}),
        ((fall(600, 20, "variable"),), {"f76": 2, "cn_a": 1, "cn_b": 1, "modified": 2}),
        ((fall(600, 40, "variable"),), {"f76": 1, "cn_a": 1, "cn_b": 1, "modified": 2}),
        ((fall(600, 61, "variable"),), {"f76": 0, "cn_a": 1, "cn_b": 1, "modified": 2}),
        (
            (fall(600, 80, "variable", under_70_s=60.0),),
            {"f76": 0, "cn_a": 1, "cn_b": 1, "modified": 0},
        ),
        ((fall(600, 50, "early"),), {"f76": 1, "cn_a": 2, "cn_b": 2, "modified": 2}),
        ((fall(600, 50, "early"),) * 3, {"f76": 1, "cn_a": 2, "cn_b": 2, "modified": 1}),
        ((fall(600, 50, "early"),) * 4, {"f76": 1, "cn_a": 1, "cn_b": 2, "modified": 1}),
        ((fall(600, 20, "variable"),) * 8, {"f76": 2, "cn_a": 0, "cn_b": 1, "modified": 1}),
        ((fall(600, 50, "late"),), {"f76": 0, "cn_a": 0, "cn_b": 0, "modified": 0}),
    ],
)
def test_fischer_counts_decelerations_by_kind(falls, points):
    found = scores(part(falls=falls, contractions=squeezes(4, 1800)))
    for variant, expected in points.items():
        assert found[f"fischer_{variant}"].hits[-1].result == expected, variant


def test_krebs_does_not_count_early_ones():
    falls = (fall(300, 40, "early"), fall(600, 40, "early"), fall(900, 40, "variable"))
    hits = {hit.item.scale.id: hit for hit in one("krebs", part(falls=falls, **MOVING)).hits}
    assert (hits["decelerations"].value, hits["decelerations"].result) == (1, 1)


def test_the_rise_with_a_movement_is_the_highest_beside_one():
    small, large = rises(2, 1800)
    small, large = replace(small, amplitude_bpm=12.0), replace(large, amplitude_bpm=30.0)
    beside_small = part(accelerations=(small, large), movements_s=(small.start_s - 15,))
    hits = {hit.item.scale.id: hit for hit in one("nst10_l", beside_small).hits}
    assert (hits["fm_rise_amp"].value, hits["fm_rise_amp"].result) == (12.0, 1)
    assert (hits["fm_rise_time"].value, hits["fm_rise_time"].result) == (20.0, 2)
    apart = replace(beside_small, movements_s=(small.start_s - 16,))
    hits = {hit.item.scale.id: hit for hit in one("nst10_l", apart).hits}
    assert (hits["fm_rise_amp"].value, hits["fm_rise_amp"].result) == (0.0, 0)


def test_accelerations_with_contractions_are_periodic():
    tight = tuple(
        replace(r, start_s=c.start_s + 5)
        for r, c in zip(rises(3, 1800), squeezes(3, 1800), strict=True)
    )
    for rhythm, found in (("periodic", tight), ("sporadic", rises(2, 1000) + tight[:1])):
        measures = part(accelerations=found, contractions=squeezes(3, 1800))
        assert one("cst10", measures).hits[3].value == rhythm
    assert one("cst10", part(accelerations=(), contractions=None)).hits[3].value == "none"


def test_loss_and_the_mothers_pulse_stop_every_score():
    lost = part(60).fhr
    lost[-1300:] = np.nan  # more than half of 10 min
    assert all(found.why for found in scores(part(60, fhr=lost)).values())
    spread = part(80).fhr
    spread[np.arange(len(spread)) % 100 < 34] = np.nan
    assert all(
        "of the strip has no signal" in found.why for found in scores(part(80, fhr=spread)).values()
    )
    hers = scores(part(80, maternal=0.25))
    assert all("mother's pulse" in found.why for found in hers.values())


def test_a_score_is_about_the_end_of_the_strip():
    whole = part(60, falls=(fall(100, 60, "late"),), contractions=SQUEEZES)
    assert one("fischer_cn_b", whole).points == one("fischer_cn_b", part(60)).points
    end = last(whole, 1800)
    assert (end.start_s, len(end.fhr), len(end.swings_bpm)) == (1800, 1800 * FS_HZ, 30)
    assert end.falls == ()


def test_an_empty_strip_has_no_score():
    for measures in (part(0), part(0.5)):
        assert all(found.why for found in scores(measures).values())


def test_the_name_of_the_list_is_not_a_protected_one():
    text = json.dumps([found.to_json() for found in scores(part(80)).values()]).lower()
    assert "dawes" not in text and "redman" not in text


def test_json_names_variant_source_and_what_to_check():
    for name, found in scores(part(80)).items():
        data = json.loads(json.dumps(found.to_json(), allow_nan=False))
        assert data["variant"] and data["source"], name
        assert data["check"] == "check before clinical use"
        for item in data["items"].values():
            assert item["cell"] is not None or item["not_computable"]
    assert len(TABLES) == len(scores(part(80)))
