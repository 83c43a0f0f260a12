"""Every cell of every table: its limits, and that no value has two cells or none."""

import json
import operator
import re
from itertools import pairwise

import pytest

from models.scores import TABLES
from models.scores.scale import Scale, limits
from models.scores.table import Table

NUMBERS = [
    pytest.param(item.scale, id=f"{table.id}-{item.scale.id}")
    for table in TABLES
    for item in table.items
    if item.scale.unit
]
SIGNS = {"<": operator.lt, "<=": operator.le, ">": operator.gt, ">=": operator.ge}


def by_hand(scale: Scale, value: float) -> list[object]:
    """Every result whose printed span holds `value`: the table read a second way."""
    hits: list[object] = []
    for result, text in scale.cells.items():
        for span in text.split(", "):
            sign, number = re.fullmatch(r"([<>]=?)?([\d.-]+)", span).groups()
            low, _, high = number.partition("-")
            if sign:
                inside = SIGNS[sign](value, float(low))
            else:
                inside = float(low) <= value <= float(high or low)
            hits += [result] * inside
    return hits


def result(scale: Scale, value: float) -> object:
    cell = scale.cell(value)
    return cell.result if cell else None


def edges(scale: Scale) -> list[float]:
    """t-1, t and t+1 in steps of the scale, of every limit printed in it."""
    places = len(str(scale.step).partition(".")[2]) if scale.step < 1 else 0
    numbers = re.findall(r"\d+(?:\.\d+)?", " ".join(scale.cells.values()))
    around = {round(float(t) + k * scale.step, places) for t in numbers for k in (-1, 0, 1)}
    return sorted(value for value in around if value >= 0)


@pytest.mark.parametrize("scale", NUMBERS)
def test_each_side_of_each_limit_is_in_its_cell(scale):
    for value in edges(scale):
        assert by_hand(scale, value) == [result(scale, value)], value


@pytest.mark.parametrize("scale", NUMBERS)
def test_every_whole_number_is_in_exactly_one_cell(scale):
    for value in range(301):
        assert by_hand(scale, value) == [result(scale, value)], value


def table(name: str) -> Table:
    return next(table for table in TABLES if table.id == name)


def scale(name: str, item: str) -> Scale:
    return next(item_.scale for item_ in table(name).items if item_.scale.id == item)


@pytest.mark.parametrize(
    ("name", "item", "expected"),
    [
        (
            "fischer_f76",
            "baseline",
            {99: 0, 100: 1, 109: 1, 110: 2, 160: 2, 161: 1, 180: 1, 181: 0},
        ),
        ("fischer_cn_a", "baseline", {99: 0, 100: 1, 119: 1, 120: 2, 160: 2, 161: 1, 181: 0}),
        ("fischer_cn_b", "amplitude", {4: 0, 5: 1, 9: 1, 10: 2, 30: 2, 31: 1}),
        ("fischer_modified", "amplitude", {2: 0, 3: 1, 5: 1, 6: 2, 25: 2, 26: 1}),
        ("fischer_modified", "frequency", {1: 0, 2: 1, 5: 1, 6: 2}),
        ("fischer_modified", "accelerations", {0: 0, 1: 1, 2: 1, 3: 2}),
        ("krebs", "frequency", {2: 0, 3: 1, 6: 1, 7: 2}),
        ("krebs", "decelerations", {0: 2, 1: 1, 2: 0}),
        ("krebs", "movements", {0: 0, 1: 1, 4: 1, 5: 2}),
        ("nst10_standard", "baseline", {99: 0, 100: 1, 119: 1, 120: 2, 160: 2, 161: 1, 250: 1}),
        ("nst10_l", "baseline", {99: 0, 100: 1, 109: 1, 110: 2, 160: 2, 161: 1}),
        ("nst10_l", "fm_rise_time", {9: 0, 10: 1, 14: 1, 15: 2}),
        ("cst10", "amplitude", {4: 0, 5: 1, 25: 2, 26: 1}),
        (
            "nst_three_level",
            "low_variability",
            {39: "reactive", 40: "suspicious", 79: "suspicious"},
        ),
        (
            "nst_three_level",
            "variable_deceleration",
            {29: "reactive", 30: "suspicious", 61: "non-reactive"},
        ),
        ("figo_2015", "reduced", {50: "normal", 51: "pathological"}),
        ("figo_2015", "longest_deceleration", {300: "normal", 301: "pathological"}),
        (
            "nice_ng229",
            "baseline",
            {99: "red", 100: "amber", 110: "white", 160: "white", 161: "red"},
        ),
        ("nice_ng229", "prolonged", {179: "white", 180: "red"}),
        (
            "nichd",
            "variability",
            {1.9: "absent", 2: "minimal", 5: "minimal", 5.1: "moderate", 25.1: "marked"},
        ),
        ("cst", "late", {0: "negative", 1: "suspicious", 49: "suspicious", 50: "positive"}),
        ("stv_limit", "from_week_26", {2.59: "below", 2.6: "not below"}),
        ("stv_limit", "from_week_34", {4.49: "below", 4.5: "not below"}),
        (
            "antepartum_criteria",
            "basal_rate",
            {115: "not met", 116: "met", 160: "met", 161: "not met"},
        ),
    ],
)
def test_cells_as_the_sources_print_them(name, item, expected):
    assert {value: result(scale(name, item), value) for value in expected} == expected


def test_a_value_is_rounded_before_it_is_looked_up():
    amplitude = scale("krebs", "amplitude")
    assert [result(amplitude, bpm) for bpm in (4.49, 4.5, 25.49, 25.5)] == [0, 1, 2, 1]


def test_a_word_without_a_cell_has_none():
    assert scale("fischer_f76", "decelerations").cell("prolonged") is None
    assert scale("fischer_f76", "decelerations").cell("late").result == 0


def test_a_span_that_is_none_is_an_error():
    with pytest.raises(ValueError, match="about 5"):
        limits("about 5", 1.0)


def test_tables_have_names_variants_and_sources():
    assert len({table.id for table in TABLES}) == len(TABLES) == 16
    assert all(table.variant and table.source for table in TABLES)
    for table_ in TABLES:
        spans = sorted(table_.bands.values())
        if spans:
            assert spans[0][0] == 0 and spans[-1][1] == table_.most
            assert all(b[0] == a[1] + 1 for a, b in pairwise(spans))


PUBLISHED = {
    "fischer_f76": "fischer_F76",
    "fischer_cn_a": "fischer_CN_A",
    "fischer_cn_b": "fischer_CN_B",
    "fischer_modified": "fischer_modified",
    "krebs": "krebs",
    "nst10_standard": "nst10",
    "nst10_l": "nst10",
    "cst10": "cst10",
}


@pytest.mark.real
@pytest.mark.parametrize(("ours", "theirs"), PUBLISHED.items())
def test_points_are_those_of_the_published_tables(ours, theirs, data_dir):
    published = json.loads((data_dir / "scores.json").read_text())[theirs]
    mine = table(ours)
    assert (mine.most, mine.window_s) == (published["max"], 60 * published["window_min"])
    names = {"nonreactive": "non-reactive"}
    bands = {names.get(k, k): tuple(v) for k, v in (published["bands"] or {}).items()}
    assert mine.bands == bands
    assert [item.scale.id for item in mine.items] == [item["id"] for item in published["items"]]
    for item, theirs_ in zip(mine.items, published["items"], strict=True):
        points = theirs_["points"] | (theirs_.get("variant_L", {}) if ours.endswith("_l") else {})
        spans = [(int(p), span) for p, cells in points.items() for span in cells]
        if not item.scale.unit:
            continue
        for value in range(301):
            hit = [
                p
                for p, (low, high) in spans
                if (low or 0) <= value <= (999 if high is None else high)
            ]
            assert [result(item.scale, value)] == hit, (item.scale.id, value)
