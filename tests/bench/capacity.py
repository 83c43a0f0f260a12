"""Mothers at one frame a second that one cloud process on SQLite serves, and what limits it.

Each mother is a home with a gateway of its own: one connection at the broker, one message and
one receipt a second. More and more join while those before go on; a step is carried when 99 % of
the receipts come within two seconds, no backlog grows and nobody is disconnected.
"""

from pathlib import Path
from typing import Any

from tests.bench import history, meter
from tests.bench.load import LATE_S, Plan
from tests.e2e.population import home_device
from tests.e2e.rig import Rig

EMBEDDED, MOSQUITTO = [200, 300, 400, 500], [1000, 1500, 2000]
HISTORY_S = 1800  # a whole window of the cloud's assessments
MUST = 1000  # on two cores
Results = list[tuple[dict[str, Any], dict[str, float]]]  # (what the generator says, cores used)


class LivedIn(Rig):
    """A rig whose first homes have been recording for HISTORY_S."""

    lived_in = 0  # homes

    def set_up(self) -> None:
        super().set_up()
        history.write(self.database_url, list(self.homes)[: self.lived_in], HISTORY_S)


def measure(folder: Path) -> list[meter.Row]:
    """The embedded broker, and Mosquitto with mothers whose last half hour the cloud holds."""
    embedded = _climb(LivedIn(folder / "embedded", homes=EMBEDDED[-1]), EMBEDDED)
    rig = LivedIn(folder / "mosquitto", broker="mosquitto", homes=MOSQUITTO[-1])
    rig.lived_in = MOSQUITTO[0]
    mosquitto = _climb(rig, MOSQUITTO)
    goal = f">= {MUST}, on Mosquitto if the embedded broker is the limit"
    return [
        _row("mothers at 1 frame/s, SQLite, embedded broker", embedded, EMBEDDED),
        _row("mothers at 1 frame/s, SQLite, Mosquitto", mosquitto, MOSQUITTO, goal),
    ]


def _row(what: str, results: Results, steps: list[int], goal: str = "") -> meter.Row:
    carried = [step for step, _ in results if _carries(step)]
    best = carried[-1] if carried else {"step": 0, "p50_s": float("nan"), "p99_s": float("nan")}
    return meter.Row(
        what,
        f"{best['step']}{' or more' if len(carried) == len(steps) else ''}",
        f"receipt: median {best['p50_s']:.2f} s, p99 {best['p99_s']:.2f} s",
        goal=goal,
        met=best["step"] >= MUST if goal else None,
        note="; ".join(_describe(step, used) for step, used in results[-2:]),
    )


def _climb(rig: LivedIn, steps: list[int]) -> Results:
    plan = Plan(
        port=rig.broker_port, hop="gateway", names=list(rig.homes),
        tokens=list(rig.homes.values()), devices=[home_device(name) for name in rig.homes],
        steps=steps, lived_in=rig.lived_in, first_seq=HISTORY_S + 1,
    )  # fmt: skip
    results: Results = []
    with rig, meter.load(plan, rig.folder) as (lines, load_pid):
        rig.gateway.stop()  # the load generator plays the gateways
        usage = meter.Usage(meter.pids({"cloud": rig.cloud, "broker": rig.broker}, load_pid))
        for line in lines:
            used = usage.look()
            if line["state"] == "measured":
                results.append((line, used))
            if line["state"] == "failed" or (results and not _carries(results[-1][0])):
                break
    return results


def _carries(step: dict[str, Any]) -> bool:
    grows = step["waiting_after"] > max(2 * step["waiting_before"], 2 * step["step"])
    return step["p99_s"] <= LATE_S and not grows and not step["disconnected"]


def _describe(step: dict[str, Any], used: dict[str, float]) -> str:
    """What happened at one step; the process nearest to a whole core is the limit."""
    result = "carried" if _carries(step) else "not carried"
    return f"{step['step']} {result} (p99 {step['p99_s']:.2f} s; cores: {meter.cores(used)})"
