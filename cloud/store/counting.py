"""Counting by calendar month and member: pieces of the queries of figures and ledger.

Databases know no months of a time zone that SQLite and PostgreSQL share, so months come as spans
of ms, and a CASE over them numbers each row: one pass, and the index on the time limits it.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Any, Protocol

from sqlalchemy import Case, ColumnElement, and_, case, func


class Span(Protocol):
    @property
    def from_ms(self) -> int: ...
    @property
    def to_ms(self) -> int: ...


TENTH_MS = 6_000  # of a minute: fine enough for hours, and few enough values to hand over
Key = tuple[int | None, int]  # organisation (None: of no member), number of the month
Histograms = dict[Key, Counter[int]]


def within(at_ms: ColumnElement[Any], spans: Sequence[Span]) -> ColumnElement[bool]:
    """Of spans that follow each other."""
    return and_(at_ms >= spans[0].from_ms, at_ms < spans[-1].to_ms)


def number_of(at_ms: ColumnElement[Any], spans: Sequence[Span]) -> Case[Any]:
    """The place in `spans` of a time that is within them."""
    return case(*((at_ms < span.to_ms, n) for n, span in enumerate(spans)))


def how_many(condition: ColumnElement[bool]) -> ColumnElement[int]:
    return func.count(case((condition, 1)))


def histograms(rows: Iterable[Any]) -> Histograms:
    """Of rows (organisation, month, value, how often)."""
    found: Histograms = {}
    for organisation_id, month, value, count in rows:
        found.setdefault((organisation_id, month), Counter())[value] += count
    return found
