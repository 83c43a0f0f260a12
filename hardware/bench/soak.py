"""The firmware for hours of simulated time, with a link that fails every minute.

The table has the first hours of the three days, begun where the packet id is about to start again;
`--thorough` has them all.
"""

import random
from functools import partial
from struct import pack

from device import payloads, wire
from device.board_sim import SimBoard
from device.firmware import build_on
from device.mqtt import MAX_PACKET_ID, Mqtt
from device.sim_flash import SimFlash
from device.sim_link import SimLink
from hardware.bench.row import Measured, Plan, Pool, Row, later

HOURS, THOROUGH_HOURS = 3, 72
FIRST_ID = MAX_PACKET_ID - 9000  # it wraps after two hours
FLAP_EVERY_S, FLAP_S = 60, 7  # longer than a frame may wait for its receipt in memory
STEADY = payloads.pack_trace(
    payloads.Trace((560, 560, 561, 561), None, (300,) * 4, (20,) * 4, (90,) * 4)
)


class Clock:
    ms = 0

    def now_ms(self) -> int:
        return self.ms


class Steady:
    """A source of seconds."""

    def next(self) -> bytes:
        return STEADY


def soak(seed: int, hours: float, first_id: int = 0) -> dict[str, int]:
    """What became of it: made, lost, dropped, wraps of the packet id, connections."""
    clock = Clock()
    flash = SimFlash(1 << 20, random.Random(seed).getrandbits)  # noqa: S311
    flash.program(flash.SIZE // 2, pack("<I", 1))
    board = SimBoard(Steady(), 1, clock, flash=flash)
    mqtt = Mqtt("p1", "p1", "t", [wire.device_down("p1")])
    mqtt.last_id = first_id
    link = SimLink(mqtt, clock, wire.device_down("p1"))
    app, uplink = build_on(board, "p1", link, clock, bytes(64), payloads.Start(1, 1, 0, "soak"))
    app.begin(1)
    wraps, last = 0, mqtt.last_id
    for second in range(1, round(hours * 3600) + 1):
        clock.ms = 1000 * second
        link.cut = second % FLAP_EVERY_S < FLAP_S
        app.turn(0)
        wraps += mqtt.last_id < last
        last = mqtt.last_id
    app.end()
    link.cut = False
    for _ in range(200):
        clock.ms += 500
        app.turn(0)
    return {
        "made": app.packer.made,
        "lost": app.packer.made - link.stored[1].count,
        "waiting": uplink.waiting,
        "dropped": uplink.dropped,
        "wraps": wraps,
        "connections": link.connections,
        "largest_id": link.largest_id,
        "erases": sum(flash.erased),
    }


def rows(plan: Plan, pool: Pool) -> Measured:
    hours = THOROUGH_HOURS if plan.thorough else HOURS
    return later(pool, soak, [(plan.seed, hours, FIRST_ID)], partial(_rows, hours))


def _rows(hours: int, found: list[dict[str, int]]) -> list[Row]:
    (done,) = found
    if done["wraps"] < 1 or done["largest_id"] > MAX_PACKET_ID:
        raise AssertionError(f"the packet id did not wrap: {done}")
    lost = done["lost"] + done["waiting"] + done["dropped"]
    note = f"{done['made']} frames, {done['connections']} connections, {done['wraps']} wraps"
    task = f"{hours} h of the soak, link fails every minute: frames lost"
    return [Row(task, lost, 0, 0, True, done["made"], percent=False, note=note)]
