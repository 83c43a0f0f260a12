"""A score table: its items, how they make a result, where it was printed, and its evaluation."""

from collections.abc import Callable
from dataclasses import dataclass, field

from models.quality import LOSS, MATERNAL_SHARE, RECENT_LOSS
from models.scores.measures import Measures, last
from models.scores.scale import Result, Scale, Unknown, Value

CHECK = "check before clinical use"
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
    why: str = ""

    def to_json(self) -> dict[str, object]:
        value = round(self.value, 2) if isinstance(self.value, float) else self.value
        data: dict[str, object] = {
            "value": value,
            "unit": self.item.scale.unit or None,
            "cell": self.cell,
            "result": self.result,
        }
        if self.why:
            data["not_computable"] = self.why
        if self.item.note:
            data["note"] = self.item.note
        return data


Hits = tuple[Hit, ...]
Outcome = tuple[int | None, str] | Unknown  # points, band


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
    table: Table
    hits: Hits
    points: int | None = None
    band: str | None = None
    why: str = ""  # not computable

    def to_json(self) -> dict[str, object]:
        data: dict[str, object] = {"not_computable": self.why} if self.why else {}
        if not self.why:
            data |= {"points": self.points, "max": self.table.most, "band": self.band}
        data |= {"variant": self.table.variant, "source": self.table.source}
        if not self.table.first_hand:
            data["check"] = CHECK
        data["items"] = {hit.item.scale.id: hit.to_json() for hit in self.hits}
        return data


def score(table: Table, whole: Measures) -> Score:
    """The table on the last part of a strip."""
    part = last(whole, table.window_s)
    why = why_not(table, part)
    if why:
        return Score(table, (), why=why)
    hits = tuple(look_up(item, item.value(part)) for item in table.items)
    outcome = table.outcome(hits)
    if isinstance(outcome, Unknown):
        return Score(table, hits, why=outcome.why)
    return Score(table, hits, *outcome)


def why_not(table: Table, part: Measures) -> str:
    """Why there is too little signal for this table; empty when there is enough."""
    if part.lasts_s < table.needs_s - END_S:
        return f"{table.needs_s / 60:.0f} min are needed, {part.lasts_s / 60:.0f} min are recorded"
    if part.worst_loss() > RECENT_LOSS:
        return f"{part.worst_loss():.1%} of 10 min has no signal, at most {RECENT_LOSS:.0%} may"
    if part.loss > LOSS:
        return f"{part.loss:.1%} of the strip has no signal, at most {LOSS:.0%} may"
    if part.maternal >= MATERNAL_SHARE:
        return f"{part.maternal:.0%} of the signal may be the mother's pulse"
    return ""


def look_up(item: Item, value: Value | Unknown) -> Hit:
    if isinstance(value, Unknown):
        return Hit(item, None, why=value.why)
    cell = item.scale.cell(value)
    if cell is None:
        return Hit(item, value, why=f"the table has no cell for {value!r}")
    return Hit(item, value, cell.result, cell.text)


def missing(hits: Hits) -> Unknown | None:
    """What stands against a result that needs every item."""
    lacks: dict[str, list[str]] = {}
    for hit in hits:
        if hit.result is None:
            lacks.setdefault(hit.why, []).append(hit.item.scale.id)
    words = [f"{', '.join(items)}: {why}" for why, items in lacks.items()]
    return Unknown("; ".join(words)) if words else None


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
