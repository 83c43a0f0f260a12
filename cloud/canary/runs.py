"""The runs of the canary: what each one sends, and whether its alert came in time. No clock here.

A run is one recording: some seconds of a normal rate, then a bradycardia that makes
RULE true. How many seconds differs from run to run, so that an alert says by its onset which run
it is of: one that comes late is not taken for one of the next run.
"""

import logging

from cloud.health.watchdog import Seen
from models.rules import BY_ID
from models.trace import FS_HZ

log = logging.getLogger(__name__)
RULE = BY_ID["bradycardia_80"]
EVERY_S = 60.0
LATE_S = 90.0  # without an alert: one run was missed, and half of another one has gone by
IN_TIME_S = 30.0  # from its sample to its page; what takes longer counts as not come
LEADS_S = (4, 5, 6)  # seconds of a normal rate, in turn
LEAST_S = 0.5 * RULE.window_s  # so much of a window has to be there (models.watch)
NORMAL_BPM, LOW_BPM = 140, RULE.limit - 10
AFTER_S = 3  # recorded after the second that makes the rule true
NOTHING = "no alert has come"


def lead_s(number: int) -> int:
    return LEADS_S[number % len(LEADS_S)]


def recording(lead: int) -> str:
    """The run as a CSV of models.formats.

    >>> recording(5).splitlines()[:3]
    ['t_s,fhr_bpm,toco', '0.0,140,10', '0.25,140,10']
    """
    true_s = round(max(LEAST_S, lead / (1 - RULE.share)))  # enough of it lies below the limit
    rates = [NORMAL_BPM] * lead + [LOW_BPM] * (true_s + AFTER_S - lead)
    lines = (f"{n / FS_HZ},{rates[n // FS_HZ]:g},10" for n in range(len(rates) * FS_HZ))
    return "\n".join(["t_s,fhr_bpm,toco", *lines]) + "\n"


class Runs:
    """begun() and told() are called as it happens; look() gives what is new to a watchdog."""

    def __init__(self, in_time_s: float = IN_TIME_S) -> None:
        self.count = 0  # alerts that came in time
        self._trouble = {"probe": "", "page": ""}  # at either end, in words; "": none
        self._in_time_s = in_time_s
        self._begun_s: dict[int, float] = {}  # by lead
        self._slow = ""
        self._looked = 0

    def begun(self, lead: int, now_s: float) -> None:
        """The recorded second 0 of a run was now."""
        self._begun_s[lead] = now_s

    def told(self, onset_s: float, at_s: float, now_s: float) -> float | None:
        """An alert has come; the seconds since the sample at `at_s`. None: of no run that is
        known, or of one whose alert has come already."""
        begun_s = self._begun_s.get(round(onset_s))
        if begun_s is None or now_s < begun_s + at_s:
            return None
        del self._begun_s[round(onset_s)]
        seconds = now_s - begun_s - at_s
        if seconds <= self._in_time_s:
            self.count += 1
        else:
            self._slow = f"the last alert came {seconds:.0f} s after its sample"
        return seconds

    def note(self, end: str, trouble: str) -> None:
        """What is wrong at the "probe" or the "page" now, "" when nothing is."""
        if trouble and trouble != self._trouble[end]:
            log.warning("%s: %s", end, trouble)
        self._trouble[end] = trouble

    def look(self) -> Seen:
        """Well when an alert has come in time since the last look, else what is wrong."""
        if self.count > self._looked:
            self._looked, self._slow = self.count, ""
            return Seen("", self.count)
        wrong = [f"{end}: {words}" for end, words in self._trouble.items() if words]
        return Seen("; ".join([self._slow or NOTHING, *wrong]))
