"""What has been shown for long enough stays as it was shown: ALGORITHMS 3.4.

Each refresh finds events and a baseline anew, and later data move what is near the end. So the last
PROVISIONAL_S are marked provisional, and what is older than FROZEN_S is frozen: it is shown
unchanged, and where a later refresh disagrees that is said beside it, as `revised`. Nothing is
hidden: an event that reaches into the last FROZEN_S is always shown as found now.

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
    """Of one recording: what is frozen, and what was shown besides at the last refresh."""

    def __init__(self) -> None:
        self.to_s = 0.0  # recorded second up to which all is frozen
        self._events: list[Named] = []
        self._open: list[Named] = []
        self._levels: Levels = np.empty(0, np.float32)  # those before to_s, the last hour of them

    def resume(self, document: Document) -> None:
        """Go on from what keep() returned in an earlier process."""
        self.to_s = document["frozen_to_s"]
        for name, event in _named(document):
            plain = {key: value for key, value in event.items() if key != "state"}
            where = self._events if event["state"] == "frozen" else self._open
            where.append((name, plain))
        levels = document["baseline"]
        count = max(0, round(self.to_s - levels["start_s"]))
        self._levels = np.array(levels["bpm"][:count], np.float32)  # null becomes NaN

    def keep(self, found: Document, levels: Levels, start_s: float, ended: bool) -> Document:
        """`found` as it is to be shown: its events with a state, the baseline, what was revised.

        found   an analysis as JSON of the strip that begins at start_s
        levels  its baseline (n,), one a second
        """
        end_s = start_s + len(levels)
        known_s = self.to_s
        events = list(_named(found))
        fresh = [one for one in events if self._is_fresh(one)]
        revised = self._revised(events, fresh, start_s) + self._moved(levels, start_s)
        self.to_s = max(known_s, start_s, end_s if ended else end_s - FROZEN_S)
        self._events += [one for one in fresh if one[1]["end_s"] <= self.to_s]
        self._open = [one for one in fresh if one[1]["end_s"] > self.to_s]
        bpm = _rounded(self._freeze_levels(levels, start_s, known_s))
        provisional_s = max(start_s, end_s if ended else end_s - PROVISIONAL_S)
        return {
            **found,
            **self._shown(found, provisional_s),
            "at_s": end_s,
            "frozen_to_s": self.to_s,
            "provisional_from_s": provisional_s,
            "baseline": {"start_s": start_s, "bpm": bpm},
            "revised": revised,
        }

    def _shown(self, found: Document, provisional_s: float) -> dict[str, list[Event]]:
        """Every event by its name, in order of time, with its state."""
        shown: dict[str, list[Event]] = {name: [] for name in KINDS if name in found}
        for name, event in sorted(self._events + self._open, key=lambda one: one[1]["start_s"]):
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
        return _meets(one, self._open) is not None and _meets(one, self._events) is None

    def _revised(
        self, events: list[Named], fresh: list[Named], start_s: float
    ) -> list[dict[str, object]]:
        """Frozen events that would be found otherwise now, and such as were not found then.

        Near the beginning of a strip that is not the beginning of the recording events are cut
        off; there nothing is compared.
        """
        since_s = start_s + FROZEN_S if start_s > 0 else 0.0
        past = [one for one in events if one not in fresh and one[1]["start_s"] >= since_s]
        found: list[dict[str, object]] = []
        for old in self._events:
            if old[1]["start_s"] >= since_s and not any(_same(old, now) for now in events):
                now = _meets(old, events)
                found.append(_revision(old[0], old[1], now[1] if now else None))
        return found + [
            _revision(name, None, event)
            for name, event in past
            if _meets((name, event), self._events) is None
        ]

    def _moved(self, levels: Levels, start_s: float) -> list[dict[str, object]]:
        """Where the frozen baseline would be another one now."""
        since_s = start_s + FROZEN_S if start_s > 0 else start_s
        count = max(0, round(self.to_s - since_s))
        if not count or len(self._levels) < count:
            return []
        first = round(since_s - start_s)
        old, now = self._levels[-count:], levels[first : first + count]
        with np.errstate(invalid="ignore"):
            apart = np.abs(old - now) >= BASELINE_BPM
        return [
            {
                "what": "baseline",
                "start_s": since_s + a,
                "end_s": since_s + b,
                "shown": round(float(np.median(old[a:b]))),
                "now": round(float(np.median(now[a:b]))),
            }
            for a, b in runs(apart).tolist()
            if b - a >= BASELINE_S
        ]

    def _freeze_levels(self, levels: Levels, start_s: float, known_s: float) -> Levels:
        """The frozen baseline from start_s on, continued by the new one."""
        count = round(max(0.0, known_s - start_s))
        old = self._levels[-count:] if count else self._levels[:0]
        shown = levels.copy()
        shown[count - len(old) : count] = old
        self._levels = shown[: round(self.to_s - start_s)]
        return shown


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


def _revision(name: str, shown: Event | None, now: Event | None) -> dict[str, object]:
    """`shown` None: not found then; `now` None: not found any more."""
    event = shown or now
    assert event is not None
    place = {"start_s": event["start_s"], "end_s": event["end_s"]}
    return {"what": name, **place, "shown": shown, "now": now}


def _rounded(levels: Levels) -> list[float | None]:
    rounded: list[float] = np.round(levels.astype(float), 1).tolist()
    return [bpm if bpm == bpm else None for bpm in rounded]
