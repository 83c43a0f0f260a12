"""Reads the tables of what happens (tables.py) as lines: minute, who, does, what.

A line that is not understood is refused before anything begins.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from random import Random
from typing import Any

from cloud.scenario.people import MOTHERS, account
from cloud.scenario.tables import DAY, HOUR

ROUTINE_MIN, ROUTINE_FROM, ROUTINE_TO = 30, 480, 1260  # length of a recording; minutes of the day


class ScriptError(ValueError):
    """A line that cannot be played; the text says which and why."""


@dataclass(frozen=True)
class Line:
    minute: float
    who: str
    does: str
    what: str


Made = Callable[[int], list[Line]]  # of a seed


def read(table: str) -> list[Line]:
    """Its lines by minute, those of one minute in the order of the table."""
    found = []
    for number, text in enumerate(table.strip().splitlines(), start=1):
        words = text.split(maxsplit=3)
        if len(words) < 4:
            raise ScriptError(f"line {number}: {text.strip()!r}: minute, who, does, what")
        try:
            found.append(Line(float(words[0]), words[1], words[2], words[3].strip()))
        except ValueError:
            raise ScriptError(f"line {number}: {words[0]!r} is no minute") from None
    return sorted(found, key=lambda line: line.minute)


def matched(pattern: re.Pattern[str], line: Line) -> dict[str, Any]:
    """The parts of what a line says; ScriptError when it says something else."""
    found = pattern.fullmatch(line.what)
    if found is None:
        raise ScriptError(f"minute {line.minute:g}, {line.who} {line.does}: not {line.what!r}")
    return found.groupdict()


def pairs(text: str) -> dict[str, str]:
    """Of "name=value name=value"."""
    return dict(pair.split("=", 1) for pair in text.split())


def hour(_seed: int) -> list[Line]:
    return read(HOUR)


def day(seed: int) -> list[Line]:
    """The table, and a routine recording of every mother who has none in it."""
    lines, rng = read(DAY), Random(f"{seed} routine")  # noqa: S311 - a play, not a secret
    busy = {line.who for line in lines if line.does == "records"}
    for number in range(1, MOTHERS + 1):
        minute = rng.uniform(ROUTINE_FROM, ROUTINE_TO)
        if account(number) not in busy:
            lines.append(Line(minute, account(number), "records", f"lively {ROUTINE_MIN}"))
    return sorted(lines, key=lambda line: line.minute)
