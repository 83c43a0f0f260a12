"""A row of a table of what was asked and what was measured, and the interval of a share."""

from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import Executor
from dataclasses import asdict, dataclass, field
from math import sqrt
from pathlib import Path
from typing import TypeVar

T = TypeVar("T")
UPDATES_PER_WINDOW = 12  # rates of one 3 s window are no independent trials
Z = 1.96


@dataclass(frozen=True)
class Plan:
    """What is measured: `data` is the folder of published recordings, None where it is not.

    `thorough`: recordings whole and the soak for its three days, which takes many minutes.
    """

    seed: int
    data: Path | None
    thorough: bool = False


@dataclass(frozen=True)
class Row:
    """`measured`, `must` and `aim` in the same unit; a share is 0..1 and shown in per cent."""

    task: str
    measured: float
    must: float
    aim: float
    at_most: bool  # else at least
    recordings: int
    interval: tuple[float, float] | None = None
    percent: bool = True
    note: str = ""

    @property
    def reached(self) -> str:
        """ "aim", "must" or "short"."""
        for name, value in (("aim", self.aim), ("must", self.must)):
            if self.measured <= value if self.at_most else self.measured >= value:
                return name
        return "short"

    def fields(self) -> dict[str, object]:
        return asdict(self) | {"reached": self.reached}


Pool = Executor  # of processes that have called bench.fast.use()
Measured = Callable[[], list[Row]]  # waits for what was begun


def later(
    pool: Pool,
    measure: Callable[..., T],
    arguments: Iterable[tuple[object, ...]],
    rows: Callable[[list[T]], list[Row]],
) -> Measured:
    """Begin measure(*one) of each of the arguments; rows(results) when it is asked for."""
    found = pool.map(measure, *zip(*arguments, strict=True), chunksize=2)
    return lambda: rows(list(found))


@dataclass(frozen=True)
class Tally:
    """Of one recording: updates that count, and those of them that are as wanted."""

    updates: int
    wanted: int


@dataclass(frozen=True)
class Share:
    """Pooled over recordings, with a 95 % interval (Wilson) that knows they are not alike.

    The number of trials is that of windows of 3 s, or fewer where the recordings differ more
    than chance would let them: as many as give the variance between recordings.
    """

    tallies: Sequence[Tally]
    value: float = field(init=False)
    interval: tuple[float, float] = field(init=False)

    def __post_init__(self) -> None:
        updates = sum(tally.updates for tally in self.tallies)
        value = sum(tally.wanted for tally in self.tallies) / updates if updates else float("nan")
        object.__setattr__(self, "value", value)
        trials = updates / UPDATES_PER_WINDOW
        spread = sum((tally.wanted - value * tally.updates) ** 2 for tally in self.tallies)
        if spread:
            trials = min(trials, value * (1 - value) * updates**2 / spread)
        object.__setattr__(self, "interval", wilson(value, trials))


def wilson(share: float, trials: float) -> tuple[float, float]:
    if not trials > 0:
        return 0.0, 1.0
    middle = (share + Z**2 / (2 * trials)) / (1 + Z**2 / trials)
    half = Z / (1 + Z**2 / trials) * sqrt(share * (1 - share) / trials + Z**2 / (4 * trials**2))
    return max(0.0, middle - half), min(1.0, middle + half)


def table(rows: Sequence[Row]) -> str:
    """As Markdown."""
    lines = [
        "| task | measured | 95 % interval | must | aim | of | |",
        "|---|---|---|---|---|---|---|",
    ]
    for row in rows:
        sign = "<=" if row.at_most else ">="
        interval = "" if row.interval is None else " - ".join(_say(v, row) for v in row.interval)
        lines.append(
            f"| {row.task} | {_say(row.measured, row)} | {interval} "
            f"| {sign} {_say(row.must, row)} | {sign} {_say(row.aim, row)} "
            f"| {row.recordings} | {row.reached}{'; ' if row.note else ''}{row.note} |"
        )
    return "\n".join(lines)


def _say(value: float, row: Row) -> str:
    return f"{100 * value:.2f} %" if row.percent else f"{value:,.2f}".removesuffix(".00")
