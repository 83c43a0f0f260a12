"""What one row of the alarm catalogue holds, and what all rows share."""

from dataclasses import dataclass
from math import nan

CATALOGUE_VERSION = "7"  # of limits, windows and words; kept with each alert
GO_THERE = "If nobody answers, go there."
VALID_SHARE = 0.5  # of a window must be valid before its rule may speak: ALGORITHMS 8.2, k of n
LOWEST_BPM, HIGHEST_BPM = 30.0, 240.0  # what monitors display: ALGORITHMS 1.1
COVER_S = 300  # a weaker rule is a duplicate so long after the stronger one: ALGORITHMS 8.3
JOIN_S = 1800  # what a strip is judged by (models/judged.py): one episode
RANK = {"low": 0, "medium": 1, "high": 2}


@dataclass(frozen=True)
class Rule:
    """One row. `side` is the condition:

    trace   "below", "above": bpm; "under reference", "coincident": a difference in bpm; "missing"
    strip   "at least", "below": of what models/findings.py measures under this id
    report  "at least", "above", "below": of the `measure` that a device or a person reports
    link    "silent"
    look    "failed": so many looks in a row gave no analysis
    """

    id: str
    kind: str  # "patient": a hospital is asked; "technical": the measurement needs a hand
    priority: str  # "high", "medium", "low": IEC 60601-1-8
    side: str
    limit: float
    window_s: int  # over which, or for how long, it must hold
    share: float  # k of n
    rearm_s: int  # it is over when it has not held for so long
    reason: str
    mother_text: str
    doctor_text: str
    source: str
    covered_by: tuple[str, ...] = ()  # not raised while one of these tells the same
    where: str = "trace"  # trace: each second; strip: each analysis; report: frames; link: silence
    measure: str = ""
    back: float = nan  # a report that reaches this value ends it
    times: int = 1  # so many reports in a row

    @property
    def joins(self) -> bool:
        """Whether it may become a step of an open alert of the same episode."""
        return self.kind == "patient" and self.where in ("trace", "strip")
