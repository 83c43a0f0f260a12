"""How long a report takes to draw, beside `lucina plot`: python -m tests.cloud.reports.timing"""

import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from cloud.reports.pdf import Options, pdf_of
from cloud.research import plot
from cloud.store.db import writing
from models.analysis import analyse
from models.synth import synthetic
from tests.cloud.reports.paper import facts_of, recorded, store

ROUNDS = 5


def least_s(draw: Callable[[], object]) -> float:
    """The least of some CPU times, after one that reads the fonts."""
    draw()
    found = []
    for _ in range(ROUNDS):
        begun_s = time.process_time()
        draw()
        found.append(time.process_time() - begun_s)
    return min(found)


def main() -> None:
    trace, _ = synthetic(5, 20, "late_decelerations")
    analysis = analyse(trace, 36)
    with tempfile.TemporaryDirectory() as name, store(Path(name)) as engine:
        with writing(engine) as conn:
            number = recorded(conn, trace).id
        facts, out = facts_of(engine, number), Path(name) / "strip.pdf"
        report_s = least_s(lambda: pdf_of(facts, Options()))
        plot_s = least_s(lambda: plot.save(analysis, "strip", out, plot.Options()))
    print(f"20 min at 1 cm/min: report {report_s:.2f} s, lucina plot {plot_s:.2f} s of one core")


if __name__ == "__main__":
    main()
