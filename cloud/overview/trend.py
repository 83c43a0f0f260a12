"""The last hours of each mother as a row of coloured blocks: the worst verdict of each. Pure."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from models.verdict import Verdict

HOURS = (4, 12)
BLOCKS = 48
HOUR_MS = 3_600_000
WORST = (Verdict.PATHOLOGICAL, Verdict.SUSPICIOUS, Verdict.NORMAL, Verdict.UNKNOWN)
_RANK = {verdict.value: n for n, verdict in enumerate(WORST)}


@dataclass(frozen=True)
class Trend:
    mother_id: int
    blocks: tuple[str | None, ...]  # verdicts, the oldest first; None: nothing was judged then

    @property
    def newest(self) -> str | None:
        return next((one for one in reversed(self.blocks) if one is not None), None)


def block_ms(hours: int) -> int:
    return hours * HOUR_MS // BLOCKS


def trends(rows: Iterable[tuple[int, int, str]]) -> list[Trend]:
    """`rows`: (mother, block, verdict), in any order. Whoever was worst last stands first."""
    found: dict[int, list[str | None]] = {}
    for mother_id, block, verdict in rows:
        blocks = found.setdefault(mother_id, [None] * BLOCKS)
        if 0 <= block < BLOCKS:
            blocks[block] = min(
                (one for one in (blocks[block], verdict) if one), key=_RANK.__getitem__
            )
    every = [Trend(mother_id, tuple(blocks)) for mother_id, blocks in found.items()]
    return sorted(every, key=lambda one: (_RANK.get(one.newest or "", len(WORST)), one.mother_id))


def minutes_of(blocks: Sequence[str | None], hours: int) -> list[tuple[str, int]]:
    """[(verdict, minutes)], the worst first, of what was judged: the row in words."""
    each = block_ms(hours) // 60_000
    counts = [(one.value, each * sum(block == one.value for block in blocks)) for one in WORST]
    return [(verdict, minutes) for verdict, minutes in counts if minutes]
