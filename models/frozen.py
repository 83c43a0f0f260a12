"""What has been shown for long enough stays as it was shown, until it is judged otherwise.

Each refresh finds events and a baseline anew, and later data move what is near the end (ALGORITHMS
3.4). So the last PROVISIONAL_S are marked provisional, and what is older than FROZEN_S is frozen: a
mark does not move while a refresh finds the same there. Where it finds something else, that is
shown, because verdict and scores count what is found now, and a page may not say two things; what
was shown first is listed beside it, as `revised`. Nothing is hidden: an event that reaches into the
last FROZEN_S is always shown as found now. What lies before the strip of a refresh stays.

Events are JSON objects with start_s and end_s, so that a stored document is enough to go on from.
"""

from collections.abc import Iterable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from models.completeness import runs

PROVISIONAL_S, FROZEN_S = 120.0, 300.0  # ALGORITHMS 3.4
SAME_S = 5.0  # an end that moved so little is no revision [design]
BASELINE_BPM, BASELINE_S = 5.0, 60.0  # a baseline that moved so far for so long is one [design]
FAMILIES = ("accelerations", "decelerations", "contractions")
KINDS = (*FAMILIES, "minor_accelerations", "minor_decelerations")

Event = dict[str, Any]
Document = dict[str, Any]
Named = tuple[str, Event]  # a key of KINDS, and one of its events
Levels = NDArray[np.float32]  # baseline in bpm, one a second


class Frozen:
    """Of one recording: what was frozen first, and what was shown at the last refresh."""

    def __init__(self) -> None:
        self.to_s = 0.0  # recorded second up to which all is frozen
        self._first: list[Named] = []  # as frozen, of what a refresh still sees
        self._shown: list[Named] = []  # at the last refresh, up to to_s
        self._open: list[Named] = []
        self._levels: Levels = np.empty(0, np.float32)  # as frozen, the last hour before to_s

    def resume(self, document: Document) -> None:
        """Go on from what keep() returned in an earlier process."""
        self.to_s = document["frozen_to_s"]
        for name, event in _named(document):
            plain = {key: value for key, value in event.items() if key != "state"}
            where = self._shown if event["state"] == "frozen" else self._open
            where.append((name, plain))
        revised = [one for one in document["revised"] if one["what"] != "baseline"]
        now = [one["now"] for one in revised]
        self._first = [one for one in self._shown if one[1] not in now]
        before = [(one["what"], one["shown"]) for one in revised if one["shown"]]
        self._first += [one for one in before if one not in self._first]
        levels = document["baseline"]
        count = max(0, round(self.to_s - levels["start_s"]))
        self._levels = np.array(levels["bpm"][:count], np.float32)  # null becomes NaN
        for one in document["revised"]:
            if one["what"] == "baseline":
                span = slice(*(round(one[key] - levels["start_s"]) for key in ("start_s", "end_s")))
                self._levels[span] = one["shown"]

    def keep(self, found: Document, levels: Levels, start_s: float, ended: bool) -> Document:
        """`found` as it is to be shown: its events with a state, the baseline, what was revised.

        found   an analysis as JSON of the strip that begins at start_s
        levels  its baseline (n,), one a second
        """
        end_s = start_s + len(levels)
        since_s = start_s + FROZEN_S if start_s > 0 else 0.0  # events are cut off before
        past = self._leave(since_s)
        events = list(_named(found))
        fresh = [one for one in events if self._is_fresh(one)]
        stays = [old for old in self._first if any(_same(old, now) for now in events)]
        other = [
            one
            for one in events
            if one[1]["start_s"] >= since_s
            and not any(one is new for new in fresh)
            and not any(_same(one, old) for old in stays)
            and _meets(one, past) is None
        ]
        revised = [_revision(old, _meets(old, events)) for old in self._first if old not in stays]
        first = self._as_frozen(levels, start_s)
        shown, moved = _moved(first, levels, start_s, round(self.to_s - start_s))
        self.to_s = max(self.to_s, start_s, end_s if ended else end_s - FROZEN_S)
        done = [one for one in fresh if one[1]["end_s"] <= self.to_s]
        self._open = [one for one in fresh if one[1]["end_s"] > self.to_s]
        self._shown = past + stays + other + done
        self._first += done + [one for one in other if _meets(one, self._first) is None]
        self._levels = first[: round(self.to_s - start_s)]
        provisional_s = max(start_s, end_s if ended else end_s - PROVISIONAL_S)
        return {
            **found,
            **self._by_name(found, provisional_s),
            "at_s": end_s,
            "frozen_to_s": self.to_s,
            "provisional_from_s": provisional_s,
            "baseline": {"start_s": start_s, "bpm": _rounded(shown)},
            "revised": revised + moved,
        }

    def _by_name(self, found: Document, provisional_s: float) -> dict[str, list[Event]]:
        """Every event by its name, in order of time, with its state."""
        shown: dict[str, list[Event]] = {name: [] for name in KINDS if name in found}
        for name, event in sorted(self._shown + self._open, key=lambda one: one[1]["start_s"]):
            shown.setdefault(name, []).append(event | {"state": self._state(event, provisional_s)})
        return shown

    def _state(self, event: Event, provisional_s: float) -> str:
        if event["end_s"] > provisional_s:
            return "provisional"
        return "frozen" if event["end_s"] <= self.to_s else "open"

    def _is_fresh(self, one: Named) -> bool:
        """Not of the frozen past, or the successor of an event that reached out of it."""
        if one[1]["end_s"] > self.to_s:
            return True
        return _meets(one, self._open) is not None and _meets(one, self._shown) is None

    def _leave(self, since_s: float) -> list[Named]:
        """What begins before since_s: no refresh judges it any more, it stays as it was shown."""
        past = [one for one in self._shown if one[1]["start_s"] < since_s]
        self._first = [
            one for one in self._first if one[1]["start_s"] >= since_s and _meets(one, past) is None
        ]
        return past

    def _as_frozen(self, levels: Levels, start_s: float) -> Levels:
        """The frozen baseline from start_s on, continued by the new one."""
        count = round(max(0.0, self.to_s - start_s))
        old = self._levels[-count:] if count else self._levels[:0]
        first = levels.copy()
        first[count - len(old) : count] = old
        return first


def _moved(
    first: Levels, now: Levels, start_s: float, count: int
) -> tuple[Levels, list[dict[str, object]]]:
    """The baseline as it is to be shown, and where that is not as its `count` seconds of `first`
    were frozen. Near the beginning of a strip that is cut off nothing is compared."""
    with np.errstate(invalid="ignore"):
        apart = np.abs(first - now)[: max(0, count)] >= BASELINE_BPM
    apart[: round(FROZEN_S) if start_s > 0 else 0] = False
    shown, found = first.copy(), list[dict[str, object]]()
    for a, b in runs(apart).tolist():
        if b - a >= BASELINE_S:
            shown[a:b] = now[a:b]
            levels = {
                name: round(float(np.median(line[a:b])))
                for name, line in (("shown", first), ("now", now))
            }
            place = {"start_s": start_s + a, "end_s": start_s + b}
            found.append({"what": "baseline", **place, **levels})
    return shown, found


def _named(document: Document) -> Iterable[Named]:
    return ((name, event) for name in KINDS for event in document.get(name, ()))


def _family(name: str) -> str:
    return name.removeprefix("minor_")


def _meets(one: Named, others: list[Named]) -> Named | None:
    """The first of the same family that overlaps."""
    name, event = one
    for other in others:
        apart = other[1]["start_s"] >= event["end_s"] or other[1]["end_s"] <= event["start_s"]
        if not apart and _family(other[0]) == _family(name):
            return other
    return None


def _same(one: Named, other: Named) -> bool:
    return (
        one[0] == other[0]
        and one[1].get("kind") == other[1].get("kind")
        and abs(one[1]["start_s"] - other[1]["start_s"]) <= SAME_S
        and abs(one[1]["end_s"] - other[1]["end_s"]) <= SAME_S
    )


def _revision(old: Named, now: Named | None) -> dict[str, object]:
    """`now` None: not found any more."""
    name, shown = old
    place = {"start_s": shown["start_s"], "end_s": shown["end_s"]}
    return {"what": name, **place, "shown": shown, "now": now[1] if now else None}


def _rounded(levels: Levels) -> list[float | None]:
    rounded: list[float] = np.round(levels.astype(float), 1).tolist()
    return [bpm if bpm == bpm else None for bpm in rounded]
