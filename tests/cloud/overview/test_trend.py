"""The last hours as blocks: the worst verdict of each, missing stays missing."""

from cloud.overview.trend import BLOCKS, block_ms, minutes_of, trends


def test_the_worst_of_a_block_counts_and_the_worst_last_stands_first() -> None:
    rows = [
        (1, 0, "normal"), (1, 0, "pathological"), (1, 47, "normal"),
        (2, 47, "suspicious"), (2, 47, "unknown"), (3, 46, "unknown"),
    ]  # fmt: skip
    found = trends(rows)
    assert [one.mother_id for one in found] == [2, 1, 3]
    first = found[1].blocks
    assert first[0] == "pathological" and first[1:47] == (None,) * 46 and first[47] == "normal"
    assert found[0].newest == "suspicious"


def test_what_lies_outside_is_left_out() -> None:
    (one,) = trends([(1, -1, "normal"), (1, BLOCKS, "normal")])
    assert one.newest is None and minutes_of(one.blocks, 4) == []


def test_minutes_in_words() -> None:
    (one,) = trends([(1, n, "normal") for n in range(10)] + [(1, 20, "suspicious")])
    assert minutes_of(one.blocks, 4) == [("suspicious", 5), ("normal", 50)]
    assert block_ms(12) == 15 * 60_000
