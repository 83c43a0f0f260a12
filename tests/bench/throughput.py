"""Frames a second from the gateway's broker to the committed store, receipts back to the device.

Devices flood their gateway over MQTT; each keeps a window of frames without a receipt. The clock
stops when the last frame has its receipt from the gateway and lies in the cloud's store.
"""

import statistics
import time
from pathlib import Path

from tests.bench import meter
from tests.bench.load import Plan
from tests.e2e.rig import Rig
from tests.servers import wait_until

DEVICES, FRAMES, WINDOW = 20, 1000, 200
RUNS = 3


def measure(folder: Path) -> list[meter.Row]:
    rates, receipts, used = [], [], {}
    for run in range(RUNS):
        with Rig(folder / f"throughput-{run}", mothers=DEVICES) as rig:
            rate, receipt_rate, used = _once(rig)
        rates.append(rate)
        receipts.append(receipt_rate)
    spread = f"{min(rates):.0f} .. {max(rates):.0f}"
    return [
        meter.Row(
            "probe to committed store and receipts", f"{statistics.median(rates):.0f} frames/s",
            spread, note=f"{DEVICES} devices, {WINDOW} frames in flight each; {meter.cores(used)}",
        ),
        meter.Row(
            "probe to gateway's disk and receipt", f"{statistics.median(receipts):.0f} frames/s",
            f"{min(receipts):.0f} .. {max(receipts):.0f}", note="the first hop of the same runs",
        ),
    ]  # fmt: skip


def _once(rig: Rig) -> tuple[float, float, dict[str, float]]:
    """(frames/s until stored, frames/s until receipted by the gateway, cores used)."""
    plan = Plan(
        port=rig.local_port, hop="device", names=rig.devices, devices=rig.devices,
        tokens=list(rig.tokens.devices.values()), steps=[DEVICES], window=WINDOW, per_message=4,
        frames=FRAMES,
    )  # fmt: skip
    total = DEVICES * FRAMES
    with meter.load(plan, rig.folder) as (lines, load_pid):
        parts = {"gateway": rig.gateway, "cloud": rig.cloud, "broker": rig.broker}
        assert next(lines)["state"] == "measuring"
        usage, since_s = meter.Usage(meter.pids(parts, load_pid)), time.perf_counter()
        first_hop = next(lines)
        assert first_hop["frames"] == total

        def all_stored() -> bool:
            return rig.rows("SELECT count(*) FROM frames")[0][0] == total

        wait_until(all_stored, 120, f"{total} frames in the store")
        took_s = time.perf_counter() - since_s
        return total / took_s, total / first_hop["took_s"], usage.look()
