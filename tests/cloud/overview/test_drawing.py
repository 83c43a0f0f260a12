"""The drawing of places: true directions and distances, names that do not hide each other."""

import itertools

import pytest

from cloud.overview.plan_of_places import EDGE, HEIGHT, LABEL, WIDTH, Place, drawing

SHANGHAI, SUZHOU = (31.23, 121.47), (31.30, 120.62)  # 81 km to the west, 8 km to the north


def test_nothing_to_draw() -> None:
    assert drawing([]) is None


def test_directions_and_the_scale_are_true() -> None:
    found = drawing([Place("hospital", "A", *SHANGHAI), Place("mother", "B", *SUZHOU, to=0)])
    assert found is not None
    here, there = found.dots
    assert there.x < here.x and there.y < here.y  # west is left, north is up
    km = ((here.x - there.x) ** 2 + (here.y - there.y) ** 2) ** 0.5
    assert km / found.scale_px * found.scale_km == pytest.approx(81.2, abs=0.5)
    (line,) = found.lines
    assert line == pytest.approx((there.x, there.y, here.x, here.y), abs=0.1)


def test_a_single_place_stands_in_the_middle() -> None:
    found = drawing([Place("centre", "A", *SHANGHAI)])
    assert found is not None and (found.dots[0].x, found.dots[0].y) == (WIDTH / 2, HEIGHT / 2)


def test_names_of_neighbours_do_not_hide_each_other() -> None:
    found = drawing([Place("mother", str(n), 31.2 + n / 1e4, 121.4) for n in range(5)])
    assert found is not None
    lines = sorted(dot.label_y or 0 for dot in found.dots)
    assert all(b - a >= LABEL for a, b in itertools.pairwise(lines))


def test_many_places_name_only_the_large_ones() -> None:
    level = {0: 3}
    many = [Place("hospital", str(n), 30 + n / 10, 120, level=level.get(n, 2)) for n in range(40)]
    found = drawing(many)
    assert found is not None
    assert [dot.label_y is not None for dot in found.dots] == [True] + [False] * 39
    assert all(EDGE - 1 <= dot.y <= HEIGHT - EDGE + 1 for dot in found.dots)
