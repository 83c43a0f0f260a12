"""What green channels and referrals share: tables of transitions, and the time spent in each phase.

Pure. A table is {(phase, event): next phase}; what it lacks cannot happen.
"""

from collections.abc import Mapping, Sequence
from enum import Enum
from itertools import pairwise
from typing import NamedTuple, TypeVar

from models.alerts import NotAllowed

P = TypeVar("P", bound=Enum)


class Span(NamedTuple):
    """The time spent in one phase; to_ms None: it is still the phase now."""

    phase: str
    from_ms: int
    to_ms: int | None


def after(table: Mapping[tuple[P, str], P], phase: P, event: str) -> P:
    """The phase that follows. NotAllowed when the table has no such row."""
    try:
        return table[phase, event]
    except KeyError:
        raise NotAllowed(f"{event!r} is not possible in {phase.value!r}") from None


def ends(table: Mapping[tuple[P, str], P]) -> frozenset[P]:
    """The phases that nothing leaves."""
    return frozenset(table.values()) - {phase for phase, _ in table}


def mermaid(table: Mapping[tuple[P, str], P]) -> str:
    """The table as a Mermaid state diagram; its first row begins."""
    first = next(iter(table))[0]
    lines = ["stateDiagram-v2", f"    [*] --> {_node(first)}"]
    lines += [f"    {_node(a)} --> {_node(b)}: {event}" for (a, event), b in table.items()]
    over = ends(table)
    lasts = [phase for phase in dict.fromkeys(table.values()) if phase in over]
    return "\n".join([*lines, *(f"    {_node(phase)} --> [*]" for phase in lasts)]) + "\n"


def timeline(steps: Sequence[tuple[str, int]], over: bool) -> list[Span]:
    """The phases in order, from (phase after the step, when) of each step.

    >>> timeline([("expected", 0), ("expected", 4), ("arrived", 9)], over=False)
    [Span(phase='expected', from_ms=0, to_ms=9), Span(phase='arrived', from_ms=9, to_ms=None)]
    """
    began = [step for n, step in enumerate(steps) if n == 0 or steps[n - 1][0] != step[0]]
    spans = [Span(phase, at_ms, next_ms) for (phase, at_ms), (_, next_ms) in pairwise(began)]
    if began:
        phase, at_ms = began[-1]
        spans.append(Span(phase, at_ms, at_ms if over else None))
    return spans


def _node(phase: Enum) -> str:
    return str(phase.value).replace(" ", "_")
