"""Sets of numbers as ranges. Runs under pytest and on MicroPython."""

from device.ranges import Ranges


def made(numbers):
    ranges = Ranges()
    for n in numbers:
        ranges.add(n)
    return ranges


def test_neighbours_become_one_pair_in_any_order():
    for numbers in ((1, 2, 3), (3, 2, 1), (1, 3, 2), (2, 1, 3, 2, 1)):
        ranges = made(numbers)
        assert ranges.pairs == [[1, 3]]
        assert ranges.count == 3
    assert made((1, 3, 7, 5)).pairs == [[1, 1], [3, 3], [5, 5], [7, 7]]


def test_remove_tells_how_many_were_in():
    ranges = made(range(10))
    assert ranges.remove(3, 5) == 3
    assert ranges.pairs == [[0, 2], [6, 9]]
    assert ranges.remove(2, 6) == 2
    assert ranges.pairs == [[0, 1], [7, 9]]
    assert ranges.remove(20, 30) == 0
    assert ranges.remove(0, 100) == 5
    assert ranges.pairs == []
    assert ranges.count == 0


def test_membership():
    ranges = made((0, 1, 5))
    assert [n for n in range(8) if n in ranges] == [0, 1, 5]


def test_equals_a_set_over_many_random_changes():
    state = 12345  # a fixed pseudo-random sequence, the same on every interpreter
    ranges = Ranges()
    twin = set()
    for _ in range(600):
        state = (state * 75 + 74) % 65537
        low, width = state % 60, state // 60 % 7
        if state % 3:
            ranges.add(low)
            twin.add(low)
        else:
            gone = twin & set(range(low, low + width + 1))
            assert ranges.remove(low, low + width) == len(gone)
            twin -= gone
        assert ranges.count == len(twin)
        assert [n for n in range(70) if n in ranges] == sorted(twin)
        for n in range(1, len(ranges.pairs)):
            assert ranges.pairs[n - 1][1] + 1 < ranges.pairs[n][0]
