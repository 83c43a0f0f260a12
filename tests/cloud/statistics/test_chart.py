"""A chart is well-formed, has its axes and units, and never shows what is not known."""

from xml.etree import ElementTree

from hypothesis import given, settings
from hypothesis import strategies as st

from cloud.statistics.chart import BOTTOM, HEIGHT, TOP, Series, bars, scale
from models.spread import quantile

values = st.lists(st.none() | st.floats(0, 1e6), min_size=1, max_size=36)


def drawn(series: list[Series], count: int) -> ElementTree.Element:
    labels = [f"2026-{n}" for n in range(count)]
    return ElementTree.fromstring(bars("x", "Loss <&>", "all", "%", labels, series))


@settings(max_examples=30, deadline=None)
@given(values)
def test_a_bar_for_each_value_that_is_known_within_the_axes(found: list[float | None]) -> None:
    root = drawn([Series("All", found)], len(found))
    rects = list(root.iter("rect"))[:-1]  # the last is the key
    assert len(rects) == sum(one is not None for one in found)
    for rect in rects:
        y, height = float(rect.get("y", "")), float(rect.get("height", ""))
        assert TOP - 0.1 <= y <= y + height <= HEIGHT - BOTTOM + 0.1


def test_it_has_a_title_a_description_and_units() -> None:
    root = drawn([Series("All", [1.0, None, 3.0]), Series("Near", [0.0, 1.0, 2.0])], 3)
    assert root.get("role") == "img"
    ids = {one.get("id"): one.text for one in root if one.tag in ("title", "desc")}
    assert ids == {"x-title": "Loss <&>", "x-desc": "all"}
    assert root.get("aria-labelledby") == "x-title"
    assert root.get("aria-describedby") == "x-desc"
    texts = [one.text for one in root.iter("text")]
    assert {"%", "0", "3", "2026-0", "2026-2", "1", "All", "Near"} <= set(texts)
    assert [one.get("class") for one in root.iter("rect")].count("bar1") == 3 + 1


@settings(max_examples=30, deadline=None)
@given(st.floats(1e-6, 1e9))
def test_an_axis_holds_the_highest_value_in_few_round_steps(highest: float) -> None:
    step, top = scale(highest)
    assert top >= highest * 0.999999
    assert top / step <= 5
    assert top <= 3 * highest


@settings(max_examples=30, deadline=None)
@given(st.lists(st.integers(0, 50), min_size=1), st.floats(0.01, 1))
def test_a_quantile_is_the_nearest_rank(found: list[int], share: float) -> None:
    counts = {value: found.count(value) for value in found}
    value = quantile(counts, share)
    assert value in found
    assert sum(one <= value for one in found) >= share * len(found) - 1e-9
    assert sum(one < value for one in found) < share * len(found)
