"""Time of assess() on an hour, and memory of one open recording with its last hour."""

import gc
import time
import tracemalloc

from cloud.live import LiveTrace
from cloud.store.recordings import Recording
from device import payloads, wire
from models.assess import assess
from models.synth import SCENARIOS, synthetic
from models.watch import Watch
from tests.bench import meter
from tests.bench.load import make_frame

HOUR_S = 3600
RECORDINGS = 3
MEMORY_MUST_MIB = 1.0


def measure() -> list[meter.Row]:
    return [_assess_time(), _memory()]


def _assess_time() -> meter.Row:
    traces = [synthetic(seed, 60, name)[0] for seed, name in enumerate(SCENARIOS)]
    took_ms = []
    for trace in traces * 3:
        since_s = time.perf_counter()
        assess(trace, gestation_weeks=38)
        took_ms.append(1000 * (time.perf_counter() - since_s))
    median, _, most = meter.quantiles(took_ms)
    return meter.Row(
        "assess() of 60 min", f"{median:.1f} ms", f"at most {most:.1f} ms",
        note=f"{len(traces)} synthetic recordings, three times each",
    )  # fmt: skip


def _memory() -> meter.Row:
    """What LiveTrace and Watch keep after an hour of all five channels (tracemalloc)."""
    frames = [_all_channels(wire.decode(make_frame(second + 1, 0))) for second in range(HOUR_S)]
    gc.collect()
    tracemalloc.start()
    kept = [_open_recording(number, frames) for number in range(RECORDINGS)]
    gc.collect()
    size_mib = tracemalloc.get_traced_memory()[0] / RECORDINGS / 2**20
    tracemalloc.stop()
    assert len(kept) == RECORDINGS
    return meter.Row(
        "memory of one open recording, 60 min, all channels", f"{size_mib:.2f} MiB",
        goal=f"<= {MEMORY_MUST_MIB:.0f} MiB", met=size_mib <= MEMORY_MUST_MIB,
        note="LiveTrace and Watch",
    )  # fmt: skip


def _all_channels(frame: wire.Frame) -> wire.Frame:
    trace = payloads.unpack_trace(frame.payload)
    twins = payloads.Trace(trace.fhr, trace.fhr, trace.mhr, trace.toco, trace.quality)
    return wire.Frame(frame.kind, frame.session, frame.seq, frame.t_ms, payloads.pack_trace(twins))


def _open_recording(number: int, frames: list[wire.Frame]) -> tuple[LiveTrace, Watch]:
    row = Recording(
        id=number, device_id="d", session=1, gateway_id="g", mother_id=None, name="", boot_id=1,
        speed=1, replayed=False, synthetic=True, start_ms=0, clock_offset_ms=None,
        frames_made=None, resent=0, damaged=0, opened_ms=0, last_frame_ms=0, closed_ms=None,
    )  # fmt: skip
    live, watch = LiveTrace(row), Watch()
    for second, frame in enumerate(frames, start=1):
        live.add(frame, 1000 * second)
        if second % 60 == 0:
            watch.look(live.window(600), float(second))
    return live, watch
