"""A day of a thousand mothers in twenty minutes: does the memory of any process grow?

Each mother records three times: HOMES x 3 recordings begin, run and end, as many at once as on a
real day (three times half an hour of 24 h, but RECORDED_S long). One in FALLS_EVERY falls to a
bradycardia, whose alert hospitals take and close. Pages are opened and left all the time, each
with a login of its own.

What grows with time, recordings, alerts, pages or logins shows as a slope of the resident memory or
of the open descriptors after the first quarter, in which caches fill. Its interval (95 %) is that
of a line through the least value of each of BLOCKS parts: what is there for moments only (each
password that is checked takes 64 MiB) says nothing of what stays.
"""

import os
import threading
import time
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import psutil
from scipy import stats

from tests.bench import meter, soak_load
from tests.e2e.population import home_device
from tests.e2e.rig import Rig

HOMES, A_DAY = 1000, 3
WHOLE_S = 1200.0  # of this machine: 24 h
DAY_S = float(os.environ.get("LUCINA_SOAK_S", WHOLE_S))
LEAST_S = 120.0
SAMPLE_S = 2.0
BLOCKS = 8
WARM = 0.25  # of the run, left out
MOST_MIB_H, MOST_FDS_H = 1.0, 0.1  # in an hour of the day: RELIABILITY E32
ASSESS_EVERY_S = 300  # of recorded time: every 25 s here


@dataclass
class Sample:
    at_s: float
    mib: float
    fds: int
    threads: int


def measure(folder: Path) -> list[meter.Row]:
    if DAY_S < LEAST_S:
        raise ValueError(f"LUCINA_SOAK_S={DAY_S:g}: at least {LEAST_S:g}")
    settings = {"LUCINA_ASSESS_EVERY_S": str(ASSESS_EVERY_S)}
    rig = Rig(folder / "soak", broker="mosquitto", homes=HOMES, env=settings)
    samples: dict[str, list[Sample]] = {}
    with rig:
        rig.gateway.stop()  # the load plays the gateways
        homes = [
            soak_load.Home(name, token, home_device(name)) for name, token in rig.homes.items()
        ]
        count = round(HOMES * A_DAY * DAY_S / WHOLE_S)
        day = soak_load.Day(rig.broker_port, homes, count, DAY_S)
        visits = soak_load.Visits(rig)
        ended = threading.Event()
        watching = threading.Thread(target=_watch, args=(rig, samples, ended))
        watching.start()
        try:
            visits.start()
            day.run()
        finally:
            ended.set()
            visits.stop()
            watching.join()
        facts = _facts(rig, day, visits)
    rows = [row for name, found in samples.items() for row in _rows(name, found)]
    return [*rows, meter.Row("soak: what went on", facts)]


def _watch(rig: Rig, samples: dict[str, list[Sample]], ended: threading.Event) -> None:
    parts = {"cloud": rig.cloud, "broker": rig.broker}
    known = {name: psutil.Process(part.pid) for name, part in parts.items()}
    since_s = time.monotonic()
    while not ended.wait(SAMPLE_S) and (at_s := time.monotonic() - since_s) <= DAY_S:
        for name, process in known.items():
            samples.setdefault(name, []).append(_sample(at_s, [process]))
            if children := process.children(recursive=True):
                samples.setdefault(f"{name}'s workers", []).append(_sample(at_s, children))


def _sample(at_s: float, processes: list[psutil.Process]) -> Sample:
    mib = sum(one.memory_info().rss for one in processes) / 2**20
    fds = sum(one.num_fds() for one in processes)
    return Sample(at_s, mib, fds, sum(one.num_threads() for one in processes))


def _facts(rig: Rig, day: soak_load.Day, visits: soak_load.Visits) -> str:
    stored = rig.rows("SELECT count(*) AS n FROM recordings WHERE closed_ms IS NOT NULL")[0].n
    raised = rig.rows("SELECT count(*) AS n FROM alerts WHERE kind = 'patient'")[0].n
    over = rig.rows("SELECT count(*) AS n FROM alerts WHERE phase = 'closed'")[0].n
    logins = rig.rows("SELECT count(*) AS n FROM logins")[0].n
    return (
        f"{stored} recordings of {day.begun} begun have ended, {day.unreceipted} frames without a "
        f"receipt; {raised} patient alerts, {over} alerts closed; {visits.count} pages opened and "
        f"left ({visits.failed} failed), {logins} logins left; {DAY_S:.0f} s for "
        f"{24 * DAY_S / WHOLE_S:.1f} h"
    )


def _rows(name: str, found: list[Sample]) -> list[meter.Row]:
    mib, fds = [one.mib for one in found], [float(one.fds) for one in found]
    at_h = [one.at_s * 24 / WHOLE_S for one in found]
    note = f"threads {found[0].threads} to {found[-1].threads}"
    return [
        _row(f"soak: memory of {name}", at_h, mib, "MiB", MOST_MIB_H, note),
        _row(f"soak: descriptors of {name}", at_h, fds, "", MOST_FDS_H, ""),
    ]


def _row(
    what: str, at_h: list[float], values: list[float], unit: str, most: float, note: str
) -> meter.Row:
    low, slope, high = slope_of(at_h, values)
    first, last = values[round(WARM * len(values))], values[-1]
    return meter.Row(
        what, f"{slope:+.2f} {unit}/h".replace(" /", " /"),
        f"{low:+.2f} .. {high:+.2f} (95 %); {first:.0f} to {last:.0f} {unit}".strip(),
        goal=f"about 0: <= {most:g} {unit}/h".replace(" /", " /"),
        met=slope <= most or low <= 0, note=note,
    )  # fmt: skip


def slope_of(at_h: list[float], values: list[float]) -> tuple[float, float, float]:
    """(low, slope, high) of the line through the least of each of BLOCKS parts after the warm one.

    >>> [round(one, 6) for one in slope_of(list(range(128)), [5.0 + 2 * n for n in range(128)])]
    [2.0, 2.0, 2.0]
    """
    first = round(WARM * len(values))
    x = [float(part.mean()) for part in np.array_split(np.asarray(at_h[first:]), BLOCKS)]
    y = [float(part.min()) for part in np.array_split(np.asarray(values[first:]), BLOCKS)]
    if len(set(y)) == 1:
        return 0.0, 0.0, 0.0
    line = stats.linregress(x, y)
    wide = float(stats.t.ppf(0.975, BLOCKS - 2)) * float(line.stderr)
    return float(line.slope) - wide, float(line.slope), float(line.slope) + wide
