"""Mothers at one frame a second that one cloud process on SQLite serves, and what limits it.

Each mother is a home with a gateway of its own: one connection at the broker, one message and
one receipt a second. More and more join while those before go on; a step is carried when 99 % of
the receipts come within two seconds, no backlog grows and nobody is disconnected.
"""

import re
from pathlib import Path
from typing import Any

import httpx2

from tests.bench import meter
from tests.bench.history import HISTORY_S, LivedIn
from tests.bench.load import LATE_S, Plan
from tests.e2e.population import home_device

EMBEDDED, MOSQUITTO = [200, 300, 400, 500], [1000, 1500, 2000]
STEP_S = 60.0  # long enough to see how old assessments become
MUST = 1000  # on two cores
PACE = re.compile(r"^lucina_assessment_(age|oldest)_seconds (\S+)$", re.MULTILINE)
Results = list[
    tuple[dict[str, Any], dict[str, float]]
]  # (what generator and cloud say, cores used)


def measure(folder: Path) -> list[meter.Row]:
    """The embedded broker, and Mosquitto with mothers whose last hour the cloud holds."""
    embedded = _climb(LivedIn(folder / "embedded", homes=EMBEDDED[-1]), EMBEDDED)
    rig = LivedIn(folder / "mosquitto", broker="mosquitto", homes=MOSQUITTO[-1])
    rig.lived_in = MOSQUITTO[0]
    mosquitto = _climb(rig, MOSQUITTO)
    goal = f">= {MUST}, on Mosquitto if the embedded broker is the limit"
    return [
        _row("mothers at 1 frame/s, SQLite, embedded broker", embedded, EMBEDDED),
        _row("mothers at 1 frame/s, SQLite, Mosquitto", mosquitto, MOSQUITTO, goal),
    ]


def _row(what: str, climbed: tuple[Results, str], steps: list[int], goal: str = "") -> meter.Row:
    results, failed = climbed
    carried = [step for step, _ in results if _carries(step)]
    best = carried[-1] if carried else {"step": 0, "p50_s": float("nan"), "p99_s": float("nan")}
    return meter.Row(
        what,
        f"{best['step']}{' or more' if len(carried) == len(steps) else ''}",
        f"receipt: median {best['p50_s']:.2f} s, p99 {best['p99_s']:.2f} s",
        goal=goal,
        met=best["step"] >= MUST if goal else None,
        note="; ".join([*(_describe(*result) for result in results[-2:]), failed]).strip("; "),
    )


def _climb(rig: LivedIn, steps: list[int]) -> tuple[Results, str]:
    """What was measured, and why the load ended before its time."""
    plan = Plan(
        port=rig.broker_port, hop="gateway", names=list(rig.homes),
        tokens=list(rig.homes.values()), devices=[home_device(name) for name in rig.homes],
        steps=steps, lived_in=rig.lived_in, first_seq=HISTORY_S + 1, step_s=STEP_S,
    )  # fmt: skip
    results: Results = []
    with rig, meter.load(plan, rig.folder) as (lines, load_pid):
        rig.gateway.stop()  # the load generator plays the gateways
        parts = {"cloud": rig.cloud, "broker": rig.broker}
        usage = meter.Usage(meter.pids(parts, load_pid))
        try:
            for line in lines:
                used = usage.look()
                if line["state"] == "measured":
                    results.append((line | _assessed(rig), used))
                if results and not _carries(results[-1][0]):
                    break
        except meter.LoadError as error:
            return results, str(error)
    return results, ""


def _assessed(rig: LivedIn) -> dict[str, float]:
    """How old the newest assessments of all mothers are: median ("age") and most ("oldest")."""
    text = httpx2.get(f"{rig.url}/metrics", timeout=30).raise_for_status().text
    return {name: float(value) for name, value in PACE.findall(text)}


def _carries(step: dict[str, Any]) -> bool:
    grows = step["waiting_after"] > max(2 * step["waiting_before"], 2 * step["step"])
    return step["p99_s"] <= LATE_S and not grows and not step["disconnected"]


def _describe(step: dict[str, Any], used: dict[str, float]) -> str:
    """What happened at one step; the process nearest to a whole core is the limit."""
    result = "carried" if _carries(step) else "not carried"
    old = f"assessed {step['age']:.0f} s ago (median), at most {step['oldest']:.0f} s"
    cores = f"cores: {meter.cores(used)}"
    return f"{step['step']} {result} (p99 {step['p99_s']:.2f} s; {old}; {cores})"
