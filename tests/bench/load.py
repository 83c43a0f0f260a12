"""Load generator, a process of its own: mothers that send frames and count their receipts.

    python -m tests.bench.load  < JSON of Plan      > one JSON line per step

hop "gateway": each mother is a gateway of her own on the way to the cloud (STAMP and frames).
hop "device": each mother is a device at one gateway (frames only).
Paced, each sends one TRACE a second, spread over the second; flooding, each keeps `window` frames
without a receipt. The latency of a frame runs from its publish to the receipt that frees it.
"""

import asyncio
import json
import sys
import time
from dataclasses import dataclass, field

import numpy as np

from device import payloads, wire
from tests.bench.mqtt import Client

SESSION = 7
FALLEN_BPM = 66
NEVER_S = 1 << 30
RAMP_S, SETTLE_S, SETTLE_MOST_S = 4.0, 4.0, 40.0
LATE_S = 2.0  # a receipt that takes longer counts against the system


@dataclass(frozen=True)
class Plan:
    port: int
    hop: str
    names: list[str]  # of gateways or devices, user names at the broker
    tokens: list[str]
    devices: list[str]
    steps: list[int]  # mothers at each step
    step_s: float = 15.0
    first_seq: int = 0  # frames that the store holds already
    lived_in: int = 0  # of so many mothers
    window: int = 0  # 0: paced at one frame a second
    per_message: int = 1
    frames: int = 0  # flooding: frames of each mother
    falls_s: list[int] = field(default_factory=list)  # mothers whose rate falls then, to FALLEN_BPM
    report: bool = False  # at the end, tell when each frame was published


@dataclass
class Mother:
    """One sender and what it knows about its frames."""

    plan: Plan
    number: int
    next_seq: int = 0
    freed: int = 0  # all below have a receipt
    sent_s: dict[int, float] = field(default_factory=dict)
    published_ms: list[int] = field(default_factory=list)  # wall clock, by frame
    latencies_s: list[tuple[float, float]] = field(default_factory=list)  # (when, how long)
    client: Client | None = None

    def __post_init__(self) -> None:
        lived_in = self.number < self.plan.lived_in
        self.next_seq = self.freed = self.plan.first_seq if lived_in else 0
        device = self.plan.devices[self.number]
        if self.plan.hop == "gateway":
            gateway = self.plan.names[self.number]
            self.up, down = wire.gateway_up(gateway, device), wire.gateway_down(gateway, "+")
        else:
            self.up, down = wire.device_up(device), wire.device_down(device)
        self._down = down
        falls = self.plan.falls_s
        self._falls_s = falls[self.number] if self.number < len(falls) else NEVER_S
        self._start_ms = int(time.time() * 1000)

    async def open(self) -> None:
        name, token = self.plan.names[self.number], self.plan.tokens[self.number]
        self.client = Client(name, token, self._down, self.on_message)
        await self.client.open(self.plan.port)
        self._start_ms = int(time.time() * 1000) - 1000 * self.next_seq

    def send(self, count: int = 1) -> None:
        """The next `count` frames in one message."""
        assert self.client is not None
        now_s = time.perf_counter()
        message = b""
        if self.plan.hop == "gateway":
            stamp = payloads.Stamp(int(time.time() * 1000), self._start_ms, 0)
            message = wire.encode(wire.Frame(wire.STAMP, SESSION, 0, 0, payloads.pack_stamp(stamp)))
        for _ in range(count):
            self.sent_s[self.next_seq] = now_s
            message += make_frame(self.next_seq, self.number, self._falls_s)
            self.next_seq += 1
            if self.plan.report:
                self.published_ms.append(int(time.time() * 1000))
        self.client.publish(self.up, message)

    def on_message(self, message: bytes) -> None:
        for frame in wire.Reader().feed(message):
            if frame.kind == wire.RECEIPT and frame.session == SESSION:
                self._free(payloads.unpack_receipt(frame))

    def _free(self, receipt: payloads.Receipt) -> None:
        now_s = time.perf_counter()
        while self.freed < receipt.stored:
            sent_s = self.sent_s.pop(self.freed, None)
            if sent_s is not None:
                self.latencies_s.append((now_s, now_s - sent_s))
            self.freed += 1


def make_frame(
    seq: int, number: int, falls_s: int = NEVER_S, session: int = SESSION, speed: int = 1
) -> bytes:
    """START, then seconds of a quiet heart rate that is not quite the same for any two.

    From recorded second `falls_s` on it is that of a bradycardia.
    """
    if seq == 0:
        start = payloads.Start(number + 1, speed, payloads.SYNTHETIC, f"load {number}")
        return wire.encode(wire.Frame(wire.EVENT, session, 0, 0, payloads.pack_start(start)))
    base = 4 * (125 + number % 30 if seq - 1 < falls_s else FALLEN_BPM)
    fhr = tuple(base + (seq * 7 + 5 * i + number) % 60 for i in range(4))
    toco = tuple(20 + (seq // 2 + number) % 30 for _ in range(4))
    mhr = (4 * 82,) * 4
    trace = payloads.Trace(fhr, None, mhr, toco, (90,) * 4)
    t_ms = 1000 * (seq - 1)
    return wire.encode(wire.Frame(wire.TRACE, session, seq, t_ms, payloads.pack_trace(trace)))


async def beat(mother: Mother, phase_s: float) -> None:
    """One frame a second until cancelled. Late ticks are sent at once, as a device would."""
    await asyncio.sleep(phase_s)
    next_s = time.perf_counter()
    while mother.client and not mother.client.lost:
        mother.send()
        next_s += 1.0
        await asyncio.sleep(max(0.0, next_s - time.perf_counter()))


async def paced(plan: Plan) -> None:
    mothers: list[Mother] = []
    tasks = []
    for count in plan.steps:
        new = [Mother(plan, number) for number in range(len(mothers), count)]
        pause_s = RAMP_S / max(1, len(new))
        for mother in new:
            await mother.open()
            tasks.append(asyncio.create_task(beat(mother, (mother.number * 0.37) % 1.0)))
            await asyncio.sleep(pause_s)
        mothers += new
        settled_s = await settle(mothers)
        say({"step": count, "state": "measuring", "settled_s": settled_s})
        since_s, before = time.perf_counter(), waiting(mothers)
        await asyncio.sleep(plan.step_s)
        say(summary(mothers, since_s, before))
    for task in tasks:
        task.cancel()
    if plan.report:
        say({"state": "published", "published_ms": [m.published_ms for m in mothers]})


async def settle(mothers: list[Mother]) -> float:
    """Wait until what came with the newcomers has been worked off; how long that took, in s."""
    since_s = time.perf_counter()
    await asyncio.sleep(SETTLE_S)
    while waiting(mothers) > len(mothers) and time.perf_counter() - since_s < SETTLE_MOST_S:
        await asyncio.sleep(0.2)
    return time.perf_counter() - since_s


def waiting(mothers: list[Mother]) -> int:
    return sum(mother.next_seq - mother.freed for mother in mothers)


def summary(mothers: list[Mother], since_s: float, before: int) -> dict[str, object]:
    took = [how for m in mothers for when, how in m.latencies_s if when >= since_s]
    now_s = time.perf_counter()
    ages_s = [now_s - sent_s for m in mothers for sent_s in m.sent_s.values()]
    took += [age_s for age_s in ages_s if age_s > LATE_S]  # no receipt yet: at least this long
    quantiles = np.quantile(took, (0.5, 0.99, 1.0)) if took else (np.nan,) * 3
    return {
        "step": len(mothers),
        "state": "measured",
        "receipts_per_s": len(took) / (time.perf_counter() - since_s),
        "p50_s": float(quantiles[0]),
        "p99_s": float(quantiles[1]),
        "max_s": float(quantiles[2]),
        "waiting_before": before,
        "waiting_after": waiting(mothers),
        "disconnected": sum(m.client is not None and m.client.lost for m in mothers),
    }


async def flood(plan: Plan) -> None:
    """All frames of all mothers as fast as the window lets them."""
    mothers = [Mother(plan, number) for number in range(plan.steps[0])]
    for mother in mothers:
        await mother.open()
    last = plan.frames
    say({"step": len(mothers), "state": "measuring"})
    since_s = time.perf_counter()
    while any(mother.freed < last for mother in mothers):
        for mother in mothers:
            while (
                mother.next_seq < last
                and mother.next_seq - mother.freed <= plan.window - plan.per_message
            ):
                mother.send(min(plan.per_message, last - mother.next_seq))
        assert not any(m.client and m.client.lost for m in mothers), "a connection was lost"
        await asyncio.sleep(0.002)
    took_s = time.perf_counter() - since_s
    say({**summary(mothers, since_s, 0), "took_s": took_s, "frames": plan.frames * len(mothers)})


def say(facts: dict[str, object]) -> None:
    print(json.dumps(facts), flush=True)


def main() -> None:
    plan = Plan(**json.load(sys.stdin))
    try:
        asyncio.run(flood(plan) if plan.window else paced(plan))
    except (OSError, TimeoutError) as error:  # the broker refuses or does not answer
        say({"state": "failed", "error": repr(error)})


if __name__ == "__main__":
    main()
