"""What a rule would have told if the signal were good enough to trust it: kept, with the reason.

A rule keeps silent while less than VALID_SHARE of its window has a rate it trusts, while what it
sees is taken for false signal or a miscount, or while contractions are not known. None of that is
dropped: it is shown in the recording's log, and the technical rules call for a better signal.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from models.analysis import Analysis
from models.conditions import is_rate
from models.findings import LEAST_EVENTS, found
from models.rules import JUDGED, STREAMED, VALID_SHARE, Rule
from models.trace import FS_HZ, Trace
from models.verdict import Reason
from models.windows import Mask

LEAST_SHARE = 0.2  # of its window that must be beyond the limit; less says nothing [design]
LITTLE = "suppressed because only %(share)d %% of the last %(window)d s has a signal to judge by"
FALSE = "suppressed because %(share)d %% of what it saw is taken for the mother's pulse or noise"
UNKNOWN = "suppressed because contractions are not known: %(count)d decelerations"


@dataclass(frozen=True)
class Suppressed:
    rule: Rule
    reason: Reason


def suppressed(analysis: Analysis, false: Mask) -> tuple[Suppressed, ...]:
    """At the end of an analysis; `false` (n,) samples of its trace that are false signal."""
    end_s = analysis.trace.end_s
    silent = [
        Suppressed(rule, why)
        for rule in STREAMED
        if rule.side in BEYOND and (why := _little(rule, analysis.trace, false))
    ]
    now = found(analysis)
    for rule in JUDGED:
        finding = now[rule.id]
        if finding.value != finding.value and finding.count >= LEAST_EVENTS:
            why = Reason(UNKNOWN, {"count": finding.count}, finding.onset_s, end_s, rule.id)
            silent.append(Suppressed(rule, why))
    return tuple(silent)


BEYOND: dict[str, Callable[[NDArray[np.float64], float], Mask]] = {
    "below": lambda fhr, limit: fhr < limit,
    "above": lambda fhr, limit: fhr > limit,
}


def _little(rule: Rule, trace: Trace, false: Mask) -> Reason | None:
    """Why a rule of the heart rate is silent though it sees what it looks for."""
    last = slice(-rule.window_s * FS_HZ, None)
    fhr = trace.fhr_bpm[last].astype(float)
    valid, wrong = is_rate(fhr), false[last]
    beyond = valid & BEYOND[rule.side](fhr, rule.limit)
    whole = rule.window_s * FS_HZ
    count, trusted = int(beyond.sum()), int((valid & ~wrong).sum())
    if len(fhr) < whole or count < max(LEAST_SHARE * whole, rule.share * int(valid.sum())):
        return None
    args: dict[str, int | float | str] = {"window": rule.window_s}
    from_s, to_s = trace.end_s - rule.window_s, trace.end_s
    if wrong[beyond].mean() >= VALID_SHARE:
        args["share"] = round(100 * float(wrong[beyond].mean()))
        return Reason(FALSE, args, from_s, to_s, rule.id)
    if trusted < VALID_SHARE * whole:
        return Reason(
            LITTLE, {**args, "share": round(100 * trusted / whole)}, from_s, to_s, rule.id
        )
    return None
