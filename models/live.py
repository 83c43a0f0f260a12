"""The analysis of a recording while it goes on: a second at a time, and again and again as a whole.

put() is the light path, for every second. refresh() is models.analysis.analyse() of what came so
far, at most the last hour: so it gives, after any second, what the whole-record analysis gives. It
also says what is provisional and holds on to what is frozen (models/frozen.py). Verdict, scores and
measures are always those of now. docs/decisions/0006 tells why nothing of it is updated in parts.
"""

from dataclasses import dataclass

import numpy as np

from models.analysis import Analysis, analyse, scores_with
from models.frozen import Document, Frozen
from models.trace import FS_HZ, Samples, Trace
from models.windows import Trailing

KEEP_S = 3600  # ALGORITHMS 3.4: the last hour is analysed
RECENT_S = 600  # of recent_loss: models.quality.RECENT_S
FIRST_S = 60  # room at first; it doubles until it is twice KEEP_S


@dataclass(frozen=True, eq=False)
class Shown:
    """One refresh.

    analysis  of the data so far, exactly as analyse() gives it
    document  the same as JSON with "at_s", "baseline" {"start_s", "bpm": one a second},
              "provisional_from_s", "frozen_to_s", each event's "state" (frozen, open, provisional)
              and "revised": where this analysis disagrees with what is frozen. Its scores count the
              decelerations that it shows
    """

    analysis: Analysis
    document: Document


class Live:
    """One recording. put() and refresh() by whoever gets its seconds; look() by whoever keeps them
    already (the cloud, where late seconds come)."""

    def __init__(
        self, gestation_weeks: float | None = None, start_s: float = 0.0, keep_s: int = KEEP_S
    ) -> None:
        self.gestation_weeks = gestation_weeks
        self.end_s = start_s  # recorded second after the last one
        self._keep = keep_s * FS_HZ
        self._samples = np.empty((5, FIRST_S * FS_HZ), np.float32)
        self._stop = 0
        self._lost = 0  # samples without a fetal rate
        self._seen = 0
        self._recent = Trailing(RECENT_S)
        self._frozen = Frozen()

    def put(self, second: Samples) -> None:
        """The next second: (5, FS_HZ), rows as Trace.channels(), NaN where nothing was measured."""
        if self._stop == self._samples.shape[1]:
            self._make_room()
        self._samples[:, self._stop : self._stop + FS_HZ] = second
        self._stop += FS_HZ
        self.end_s += 1
        lost = sum([bpm != bpm for bpm in second[0].tolist()])
        self._recent.add(lost)
        self._lost += lost
        self._seen += FS_HZ

    def _make_room(self) -> None:
        kept = self._samples[:, max(0, self._stop - self._keep) :]
        self._samples = np.concatenate((kept, np.empty_like(kept)), axis=1)
        self._stop = kept.shape[1]

    @property
    def loss(self) -> float:
        """Share of all samples that have no fetal rate at all; NaN before the first."""
        return self._lost / self._seen if self._seen else float("nan")

    @property
    def recent_loss(self) -> float:
        """The same of the last RECENT_S."""
        seen = min(self._seen, RECENT_S * FS_HZ)
        return self._recent.total / seen if seen else float("nan")

    def trace(self) -> Trace:
        """A copy of the last keep_s."""
        kept = self._samples[:, max(0, self._stop - self._keep) : self._stop].copy()
        start_s = self.end_s - kept.shape[1] / FS_HZ
        return Trace(kept[0], kept[1], kept[2], kept[3], kept[4], start_s)

    def resume(self, document: Document) -> None:
        """Hold on to what an earlier process showed: the last document that it made."""
        self._frozen.resume(document)

    def refresh(self, ended: bool = False) -> Shown:
        """All of it, from what put() has got. `ended`: no more will come, all becomes frozen."""
        return self.look(self.trace(), ended)

    def look(self, trace: Trace, ended: bool = False) -> Shown:
        """refresh() of a trace that somebody else keeps; its end never goes back."""
        analysis = analyse(trace, self.gestation_weeks)
        levels = analysis.assessment.baseline[::FS_HZ]
        document = self._frozen.keep(analysis.to_json(), levels, trace.start_s, ended)
        if trace.start_s > 0:
            document["scores"] = scores_with(analysis, document["decelerations"])
        return Shown(analysis, document)
