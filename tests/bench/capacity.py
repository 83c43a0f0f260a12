"""Mothers at one frame a second that one cloud process on SQLite serves, and what limits it.

Each mother is a home with a gateway of its own: one connection at the broker, one message and
one receipt a second. More and more join while those before go on; a step is carried when 99 % of
the receipts come within two seconds, no backlog grows and nobody is disconnected.
"""

from pathlib import Path
from typing import Any

from tests.bench import meter
from tests.bench.load import LATE_S, Plan
from tests.e2e.population import home_device
from tests.e2e.rig import Rig

STEPS = {"lucina": [250, 500, 750, 1000], "mosquitto": [500, 1000, 1500, 2000]}
MUST = 1000  # on two cores, on the embedded broker or on Mosquitto


def measure(folder: Path) -> list[meter.Row]:
    return [_limit(folder, broker, steps) for broker, steps in STEPS.items()]


def _limit(folder: Path, broker: str, steps: list[int]) -> meter.Row:
    with Rig(folder / f"capacity-{broker}", broker=broker, homes=steps[-1]) as rig:
        rig.gateway.stop()  # the load generator plays the gateways
        results = _climb(rig, steps)
    carried = [step for step, _ in results if _carries(step)]
    best = carried[-1] if carried else {"step": 0, "p50_s": float("nan"), "p99_s": float("nan")}
    notes = [_describe(step, used) for step, used in results]
    more = " or more" if len(carried) == len(steps) else ""
    return meter.Row(
        f"mothers at 1 frame/s, {'embedded broker' if broker == 'lucina' else 'Mosquitto'}",
        f"{best['step']}{more}",
        f"receipt p50 {best['p50_s']:.2f} s, p99 {best['p99_s']:.2f} s",
        goal=f">= {MUST} on either broker",
        met=best["step"] >= MUST,
        note="; ".join(notes[-2:]),
    )


def _climb(rig: Rig, steps: list[int]) -> list[tuple[dict[str, Any], dict[str, float]]]:
    plan = Plan(
        port=rig.broker_port, hop="gateway", names=list(rig.homes),
        tokens=list(rig.homes.values()), devices=[home_device(name) for name in rig.homes],
        steps=steps,
    )  # fmt: skip
    results = []
    with meter.load(plan, rig.folder) as (lines, load_pid):
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
