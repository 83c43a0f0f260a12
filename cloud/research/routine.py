"""Which part of a CTU-UHB recording is routine labour, by its clinical labels alone.

Written before any alert was counted on it, and not from what the rules do: a routine recording is
one at term (37 weeks or more) of a baby that was born well (umbilical artery pH 7.20 or more, and
Apgar 7 or more after five minutes), and its first stage of labour. So the start of the second stage
must be known, which leaves out caesareans before it, and at least the 20 minutes of a routine strip
must come before it. The second stage is not routine: people stay with a mother who pushes.

A limit is chosen on recordings with an even number, and told on those with an odd one.
"""

import re
from pathlib import Path

from models.trace import FS_HZ

LEAST_PH = 7.20
LEAST_APGAR = 7  # after five minutes
TERM_WEEKS = 37
LEAST_S = 1200.0  # of the first stage
LABEL = re.compile(r"^#\s*(pH|Apgar5|Gest\. weeks|Pos\. II\.st\.)\s+(-?\d+(?:\.\d+)?)\s*$", re.M)


def first_stage_s(header: str) -> float | None:
    """Seconds of the recording with this `.hea` text that are routine; None: it is not one."""
    known = {name: float(value) for name, value in LABEL.findall(header)}
    born_well = known.get("pH", 0) >= LEAST_PH and known.get("Apgar5", 0) >= LEAST_APGAR
    at_term = known.get("Gest. weeks", 0) >= TERM_WEEKS
    lasts_s = known.get("Pos. II.st.", 0) / FS_HZ
    return lasts_s if born_well and at_term and lasts_s >= LEAST_S else None


def is_held_out(path: Path) -> bool:
    """Whether no limit was chosen on this recording, whose name is its number."""
    return int(path.stem) % 2 == 1
