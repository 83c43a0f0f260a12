"""`lucina bench device`: what was asked of the firmware, and what it measures now."""

import json
from collections.abc import Callable
from typing import TextIO

from bench import doppler, soak, spool
from bench.row import Plan, Row, table

ROWS: tuple[Callable[[Plan], list[Row]], ...] = (
    doppler.tones,
    doppler.real,
    doppler.noise,
    doppler.vessel,
    doppler.cost,
    spool.rows,
    soak.rows,
)


def run(plan: Plan, as_json: bool, out: TextIO) -> int:
    """Print the table; 1 where a `must` is missed."""
    rows = [row for rows in ROWS for row in rows(plan)]
    if as_json:
        print(json.dumps([row.fields() for row in rows]), file=out)
    else:
        print(table(rows), file=out)
    return int(any(row.reached == "short" for row in rows))
