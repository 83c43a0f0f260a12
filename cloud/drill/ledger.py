"""What was made, what is stored, what was told: compared as Jepsen does. Pure.

Every frame made is one of: stored with the same bytes, lost (its device was told that it is kept,
or its device lived on, and it is not there), unknown (nobody was told that it is kept, and the
device is gone), altered (stored with other bytes). A stored frame may besides be a duplicate.
"""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

Key = tuple[str, int, int]  # device, session, seq
SLACK_S = 60.0  # the longest window of a rule that is raised in the replays


@dataclass(frozen=True)
class Episode:
    """A rule is true from its second at_s to over_s."""

    rule: str
    at_s: float
    over_s: float


@dataclass(frozen=True)
class Told:
    """An alert, or a time that it says it recurred."""

    rule: str
    at_s: float


@dataclass
class Ledger:
    """Of one drill. It holds when nothing is in `wrong`."""

    name: str
    seed: int
    means: str = ""  # other means than the usual ones, where the machine lacks those
    not_run: str = ""  # why this machine cannot do it
    faults: int = 0  # kills, cuts, frames damaged on purpose
    frames: Counter[str] = field(default_factory=Counter)
    alerts: Counter[str] = field(default_factory=Counter)
    gaps: int = 0  # frames that the completeness report says are missing
    worst_delay_s: float = 0.0  # from being sent first to being stored
    took_s: float = 0.0
    facts: dict[str, Any] = field(default_factory=dict)  # of this drill alone
    wrong: list[str] = field(default_factory=list)

    @property
    def verdict(self) -> str:
        if self.not_run:
            return "not run"
        return "FAILS" if self.wrong else "holds"

    def must(self, holds: bool, words: str) -> None:
        """Note `words` as what is wrong, unless it holds."""
        if not holds:
            self.wrong.append(words)

    def as_json(self) -> dict[str, Any]:
        shown = {key: value for key, value in vars(self).items() if value not in ("", {}, [])}
        return {**shown, "verdict": self.verdict, "worst_delay_s": round(self.worst_delay_s, 2)}


def compare_frames(
    made: Mapping[Key, bytes],
    promised: Collection[Key],
    stored: Iterable[tuple[Key, bytes, int]],
    gone: Collection[tuple[str, int]],
) -> Counter[str]:
    """Counts of made, stored, lost, unknown, altered, duplicate and reordered frames.

    stored: (key, bytes, received_ms) in order of seq within a session. gone: sessions whose device
    was killed, so that what nobody had receipted may be missing.
    """
    counts = Counter[str](made=len(made))
    kept: dict[Key, bytes] = {}
    latest_ms: dict[tuple[str, int], int] = {}
    for key, data, received_ms in stored:
        session = key[:2]
        counts["stored"] += 1
        counts["duplicate"] += key in kept
        counts["foreign"] += key not in made
        counts["altered"] += key in made and made[key] != data
        counts["reordered"] += received_ms < latest_ms.get(session, 0)
        latest_ms[session] = max(received_ms, latest_ms.get(session, 0))
        kept[key] = data
    for key in made.keys() - kept.keys():
        excused = key[:2] in gone and key not in promised
        counts["unknown" if excused else "lost"] += 1
    return counts


def compare_alerts(expected: Sequence[Episode], told: Sequence[Told]) -> Counter[str]:
    """Counts of expected, told, lost, doubled and shifted ones.

    doubled: told twice, or without being there. A second that comes late was unknown when its rule
    was looked at: the alert is then told once the rule is true in what is known, which is another
    second of the same episode (shifted).
    """
    seconds = [
        [t.at_s for t in told if t.rule == e.rule and e.at_s - SLACK_S <= t.at_s <= e.over_s]
        for e in expected
    ]
    found = sum(bool(one) for one in seconds)
    shifted = sum(bool(s) and e.at_s not in s for e, s in zip(expected, seconds, strict=True))
    return Counter(
        expected=len(expected),
        told=len(told),
        lost=len(expected) - found,
        doubled=len(told) - found,
        shifted=shifted,
    )
