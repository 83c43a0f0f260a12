"""The tables of the script can be played, and what cannot is refused in words."""

import pytest

from cloud.scenario import script, verbs
from cloud.scenario.people import MOTHERS, PLACES, account
from cloud.scenario.script import Line, ScriptError

KNOWN = {account(number) for number in range(1, MOTHERS + 1)} | set(PLACES)


@pytest.mark.parametrize("made", [script.hour, script.day])
def test_the_tables_can_be_played(made: script.Made) -> None:
    lines = made(7)
    verbs.check(lines, KNOWN)
    assert [line.minute for line in lines] == sorted(line.minute for line in lines)


def test_in_a_day_every_mother_records() -> None:
    recording = {line.who for line in script.day(1) if line.does == "records"}
    assert KNOWN - set(PLACES) <= recording
    assert [line.does for line in script.day(1)].count("restarts") == 3


@pytest.mark.parametrize(
    ("table", "words"),
    [
        ("5 m01 records", "line 1"),
        ("soon m01 records flat 5", "'soon' is no minute"),
    ],
)
def test_a_line_that_is_none_is_named(table: str, words: str) -> None:
    with pytest.raises(ScriptError, match=words):
        script.read(table)


@pytest.mark.parametrize(
    ("line", "words"),
    [
        (Line(1, "m01", "sleeps", "well"), "no such verb"),
        (Line(1, "m41", "records", "flat 5"), "nobody is called m41"),
        (Line(1, "m01", "records", "fast 5"), "no such strip"),
        (Line(1, "m01", "records", "flat"), "not 'flat'"),
        (Line(1, "town1", "refers", "m05 to city"), "not 'm05 to city'"),
        (Line(1, "centre", "leases", "a box to m05"), "not 'a box to m05'"),
    ],
)
def test_what_cannot_be_played_is_named(line: Line, words: str) -> None:
    with pytest.raises(ScriptError, match=words):
        verbs.check([line], KNOWN)
