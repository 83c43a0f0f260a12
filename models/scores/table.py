"""A score table: its items, how they make a result, where it was printed, and its evaluation."""

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial

from models.quality import LOSS, MATERNAL_SHARE, RECENT_LOSS
from models.scores.measures import Measures
from models.scores.scale import Result, Scale, Unknown, Value
from models.scores.words import LABELS, TITLES

CHECK = "check before clinical use"
NO_CELL = "the table has no cell for %(value)s"
END_S = 5.0  # a strip may be so much shorter than a table asks for


@dataclass(frozen=True)
class Item:
    """One row of the table and how its value is measured. Items of a group count as one."""

    scale: Scale
    value: Callable[[Measures], Value | Unknown]
    group: str = ""
    note: str = ""


@dataclass(frozen=True)
class Hit:
    """An item with the value measured and the cell that it hits, or why there is none."""

    item: Item
    value: Value | None
    result: Result | None = None
    cell: str | None = None
    lack: Unknown | None = None

    @property
    def why(self) -> str:
        return self.lack.why if self.lack else ""

    def to_json(self) -> dict[str, object]:
        value = round(self.value, 2) if isinstance(self.value, float) else self.value
        data: dict[str, object] = {
            "label": LABELS[self.item.scale.id],
            "value": value,
            "unit": self.item.scale.unit or None,
            "cell": self.cell,
            "result": self.result,
        }
        if self.lack:
            data["not_computable"] = self.why
            data["because"] = {"text": self.lack.text, "args": dict(self.lack.args)}
        if self.item.note:
            data["note"] = self.item.note
        return data


Hits = tuple[Hit, ...]


@dataclass(frozen=True)
class Lack:
    """What stands against a result, and with which items."""

    unknown: Unknown
    items: tuple[str, ...] = ()

    @property
    def words(self) -> str:
        return f"{', '.join(self.items)}: {self.unknown.why}" if self.items else self.unknown.why

    def to_json(self) -> dict[str, object]:
        return {
            "text": self.unknown.text,
            "args": dict(self.unknown.args),
            "items": [LABELS[item] for item in self.items],
        }


Outcome = tuple[int | None, str] | Unknown | list[Lack]  # points, band


@dataclass(frozen=True)
class Table:
    """`outcome` makes points and band of the items' hits.

    window_s: the end of the strip that it is about; least_s: so much of it is needed.
    """

    id: str
    variant: str
    source: str
    window_s: float
    items: tuple[Item, ...]
    outcome: Callable[[Hits], Outcome]
    first_hand: bool = False  # the source itself was read, not a copy or from memory
    least_s: float | None = None
    most: int | None = None  # points
    bands: dict[str, tuple[int, int]] = field(default_factory=dict)

    @property
    def needs_s(self) -> float:
        return self.window_s if self.least_s is None else self.least_s


@dataclass(frozen=True)
class Score:
    """Of the strip from start_s to end_s."""

    table: Table
    start_s: float
    end_s: float
    hits: Hits
    points: int | None = None
    band: str | None = None
    lacks: tuple[Lack, ...] = ()  # not computable

    @property
    def why(self) -> str:
        return "; ".join(lack.words for lack in self.lacks)

    def to_json(self) -> dict[str, object]:
        """`text`s of "because", title, label, note and band are gettext message ids."""
        data: dict[str, object] = {"title": TITLES[self.table.id]}
        if self.lacks:
            data["not_computable"] = self.why
            data["because"] = [lack.to_json() for lack in self.lacks]
        else:
            data |= {"points": self.points, "max": self.table.most, "band": self.band}
        data |= {"start_s": self.start_s, "end_s": self.end_s}
        data |= {"variant": self.table.variant, "source": self.table.source}
        if not self.table.first_hand:
            data["check"] = CHECK
        data["items"] = {hit.item.scale.id: hit.to_json() for hit in self.hits}
        return data


def score(table: Table, part: Measures) -> Score:
    """The table on the last `table.window_s` of a strip."""
    made = partial(Score, table, part.start_s, part.end_s)
    if short := why_not(table, part):
        return made((), lacks=(Lack(short),))
    hits = tuple(look_up(item, item.value(part)) for item in table.items)
    outcome = table.outcome(hits)
    if isinstance(outcome, Unknown):
        return made(hits, lacks=(Lack(outcome),))
    if isinstance(outcome, list):
        return made(hits, lacks=tuple(outcome))
    return made(hits, *outcome)


def why_not(table: Table, part: Measures) -> Unknown | None:
    """Why there is too little signal for this table; None when there is enough."""
    if part.lasts_s < table.needs_s - END_S:
        minutes = {"needed": table.needs_s / 60, "recorded": part.lasts_s // 60}
        return Unknown("%(needed).0f min are needed, %(recorded).0f min are recorded", minutes)
    if (loss := part.worst_loss) > RECENT_LOSS:
        return _too_much(
            "%(value).1f %% of 10 min has no signal, at most %(limit).0f %% may", loss, RECENT_LOSS
        )
    if part.loss > LOSS:
        return _too_much(
            "%(value).1f %% of the strip has no signal, at most %(limit).0f %% may", part.loss, LOSS
        )
    if part.maternal >= MATERNAL_SHARE:
        text = (
            "%(value).0f %% of the signal may be the mother's pulse, from %(limit).0f %% on there "
            "is no score"
        )
        return _too_much(text, part.maternal, MATERNAL_SHARE)
    return None


def _too_much(text: str, share: float, limit: float) -> Unknown:
    return Unknown(text, {"value": 100 * share, "limit": 100 * limit})


def look_up(item: Item, value: Value | Unknown) -> Hit:
    if isinstance(value, Unknown):
        return Hit(item, None, lack=value)
    cell = item.scale.cell(value)
    if cell is None:
        return Hit(item, value, lack=Unknown(NO_CELL, {"value": _printed(value)}))
    return Hit(item, value, cell.result, cell.text)


def _printed(value: Value) -> str:
    return value if isinstance(value, str) else f"{value:.1f}"


def missing(hits: Hits) -> list[Lack]:
    """What stands against a result that needs every item; empty: nothing."""
    found: dict[str, tuple[Unknown, list[str]]] = {}
    for hit in hits:
        if hit.result is None and hit.lack:
            found.setdefault(hit.why, (hit.lack, []))[1].append(hit.item.scale.id)
    return [Lack(unknown, tuple(items)) for unknown, items in found.values()]


def summed(bands: dict[str, tuple[int, int]]) -> Callable[[Hits], Outcome]:
    """Points of all items, and the band they lie in."""

    def outcome(hits: Hits) -> Outcome:
        points = sum(hit.result for hit in hits if isinstance(hit.result, int))
        names = [name for name, (low, high) in bands.items() if low <= points <= high]
        return missing(hits) or (points, names[0] if names else "no bands in the source")

    return outcome


def worst(columns: tuple[str, ...]) -> Callable[[Hits], Outcome]:
    """The worst column that any item hits; `columns` from the best to the worst.

    Items without a value matter unless another item is in the last column anyway.
    """

    def outcome(hits: Hits) -> Outcome:
        known = [columns.index(str(hit.result)) for hit in hits if hit.result is not None]
        column = max(known, default=0)
        if column < len(columns) - 1 and (lacks := missing(hits)):
            return lacks
        return None, columns[column]

    return outcome
