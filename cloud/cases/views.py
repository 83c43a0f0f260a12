"""Teaching cases as pages and the API show them. No name, no date, no organisation.

Before a learner has answered, or has chosen to see the case without, it is a strip with the weeks
and nothing that says what it shows.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache, partial
from statistics import fmean
from typing import Any

from sqlalchemy import Connection

from cloud.deps import Principal, sees
from cloud.store import cases, readings, recordings
from cloud.store.cases import Case, Read
from cloud.store.readings import Reading
from models.kappa import kappa
from models.readings import DONE, Class


@dataclass(frozen=True)
class Search:
    """What is looked for; None or "": anything."""

    pattern: str | None = None
    from_week: int | None = None
    to_week: int | None = None
    text: str = ""

    def finds(self, case: Case) -> bool:
        """A case of an unknown week is found only when no weeks are asked for."""
        if self.pattern and self.pattern not in case.patterns:
            return False
        if self.from_week is not None and (case.weeks is None or case.weeks < self.from_week):
            return False
        if self.to_week is not None and (case.weeks is None or case.weeks > self.to_week):
            return False
        return self.text.casefold() in f"{case.title}\n{case.text}".casefold()


def ready(conn: Connection) -> list[Reading]:
    """The newest signed readings of which a case may be made and none has been, newest first."""
    used = {one.reading_id for one in cases.shown(conn)}
    agrees = cache(partial(cases.allows, conn))
    return [
        one
        for one in readings.visible(conn)
        if one.phase in DONE and one.id not in used and one.mother_id and agrees(one.mother_id)
    ]


def case_views(conn: Connection, shown: Sequence[Case], who: Principal) -> list[dict[str, Any]]:
    mine, used = cases.reads_of(conn, who.person_id or 0), cases.used(conn)
    return [_view(conn, one, who, mine.get(one.id), used.get(one.id, (0, 0))) for one in shown]


def _view(
    conn: Connection, case: Case, who: Principal, read: Read | None, used: tuple[int, int]
) -> dict[str, Any]:
    is_own = case.person_id == who.person_id
    done = is_own or (read is not None and read.done_ms is not None)
    view: dict[str, Any] = {
        "id": case.id,
        "withdrawn": case.withdrawn_ms is not None,
        "weeks": case.weeks,
        "age_years": case.age_years,
        "start_s": case.start_s,
        "end_s": case.end_s,
        "shown": used[0],
        "answered": used[1],
        "done": done,
        "mine": _mine(read),
    }
    if not done or case.withdrawn_ms is not None:
        return view
    recording = recordings.get(conn, case.recording_id)
    may = recording is not None and sees(conn, who, recording)
    return view | {
        "title": case.title,
        "text": case.text,
        "patterns": case.patterns,
        "said": case.said,
        "features": dict(case.features),
        "machine": case.machine,
        "recording_id": case.recording_id if may else None,
    }


def _mine(read: Read | None) -> dict[str, Any] | None:
    if read is None or read.said is None:
        return None
    return {"said": read.said.value, "patterns": read.patterns, "points": read.points}


def statistics(conn: Connection, person_id: int) -> dict[str, Any]:
    """Of one learner. Kappa as between readers; null: too few answers to know it."""
    known: Mapping[int, Case] = {case.id: case for case in cases.shown(conn)}
    answers = [
        (read, known[read.case_id])
        for read in cases.reads_of(conn, person_id).values()
        if read.said is not None and read.case_id in known
    ]
    pairs = [(Class(case.said), read.said) for read, case in answers if read.said is not None]
    agreement = kappa(pairs)
    return {
        "cases": len(known),
        "answered": len(answers),
        "points": round(fmean(read.points or 0 for read, _ in answers)) if answers else None,
        "same_class": sum(a is b for a, b in pairs),
        "kappa": None if agreement.kappa != agreement.kappa else round(agreement.kappa, 2),
    }
