"""Prints the golden file: a synthetic strip as counts, and what is made of it now.

Run it again only when a difference is wanted, and say in the commit why.
"""

import json

import numpy as np

from models.assess import assess
from models.synth import synthetic
from models.trace import PER_BPM, PER_TOCO, Trace
from models.watch import changes

COMMAND = "python -m tests.models.make_golden > tests/models/golden/bradycardia.json"
PER_UNIT = {"fhr_bpm": PER_BPM, "mhr_bpm": PER_BPM, "toco": PER_TOCO}


def result(trace: Trace) -> dict[str, object]:
    """All that the analysis says about a strip, for JSON."""
    told = [
        [change.rule.id, change.what, change.onset_s, change.at_s, change.reason.args]
        for change in changes(trace)
    ]
    return {"assessment": assess(trace, gestation_weeks=39.0).to_json(), "changes": told}


def golden() -> dict[str, object]:
    trace, _ = synthetic(seed=20, minutes=13, scenario="bradycardia")
    counts = {
        name: np.nan_to_num(trace.channels()[name] * per_unit).astype(int).tolist()
        for name, per_unit in PER_UNIT.items()
    }
    return {"made by": COMMAND, "counts, 0 is lost": counts, **result(trace)}


if __name__ == "__main__":
    print(json.dumps(golden()))
