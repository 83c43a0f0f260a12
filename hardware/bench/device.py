"""`lucina bench device`: what was asked of the firmware, and what it measures now."""

import json
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from typing import TextIO

from hardware.bench import doppler, fast, placing, soak, spool
from hardware.bench.row import Measured, Plan, Pool, table

CORES = 2
ROWS: tuple[Callable[[Plan, Pool], Measured], ...] = (
    doppler.tones,
    doppler.real,
    doppler.noise,
    doppler.vessel,
    placing.rows,
    doppler.cost,
    spool.cuts,
    spool.child,
    spool.day,
    soak.rows,
)


def run(plan: Plan, as_json: bool, out: TextIO) -> int:
    """Print the table; 1 where a `must` is missed."""
    with ProcessPoolExecutor(CORES, initializer=fast.use) as pool:
        # the last rows are single long tasks: begun first, they keep no core waiting at the end
        begun = [begin(plan, pool) for begin in reversed(ROWS)]
        rows = [row for measured in reversed(begun) for row in measured()]
    if as_json:
        print(json.dumps([row.fields() for row in rows]), file=out)
    else:
        print(table(rows), file=out)
    return int(any(row.reached == "short" for row in rows))
