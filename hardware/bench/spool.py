"""The firmware's spool on a simulated flash: power cuts at random moments; what a day takes."""

import random
from collections.abc import Iterable
from functools import partial

from device import payloads, wire
from device.flashlog import FlashLog
from device.flashstore import FlashStore
from device.sim_flash import PowerCut, SimFlash
from device.spool import SPILL_EVERY_MS, Spool
from hardware.bench.row import Measured, Plan, Pool, Row, later
from hardware.bench.source import read
from models.counts import seconds_of
from models.synth import synthetic
from models.trace import Trace

CUTS = 300
FLASH_BYTES = 4 << 20  # of the board's 16 MiB, for the spool
DAY_S, DAY_FROM_MINUTES = 86_400, 60
CHILD_FROM, CHILD_S = (1001, 1005, 1450), 3600
RATE_AIM = 4.2  # asked of a day without a network
NEWEST_MS = 1000  # what a cut may cost
LONGEST_LIFE_BYTES = 6000  # of flash between two cuts, an erase counted as 512: 0 to 50 s
CHECKED_AGAIN = 10  # every tenth session is read once more after the last cut


def frames(session: int, minutes: int) -> list[bytes]:
    """Seconds of twins and their mother, a status every ten: the most a probe sends."""
    one, other = (list(_seconds(seed, minutes)) for seed in (1, 2))
    both = zip(one, other, strict=True)
    return _framed(
        session, [payloads.Trace(a.fhr, b.fhr, a.mhr or b.fhr, a.toco, a.quality) for a, b in both]
    )


def _framed(session: int, traces: Iterable[payloads.Trace]) -> list[bytes]:
    made: list[bytes] = []
    for second, trace in enumerate(traces):
        parts = [(wire.TRACE, payloads.pack_trace(trace))]
        if second % 10 == 9:
            status = payloads.Status(80, 2, second, 0, 0, 90, 0, 0, 60)
            parts.append((wire.STATUS, payloads.pack_status(status)))
        for kind, payload in parts:
            made.append(wire.encode(wire.Frame(kind, session, len(made), 1000 * second, payload)))
    return made


def _seconds(seed: int, minutes: int) -> list[payloads.Trace]:
    return _counted(synthetic(seed, minutes, "normal")[0])


def _counted(trace: Trace) -> list[payloads.Trace]:
    gaps = [gap for _, _, gap in payloads.CHANNELS]
    return [payloads.Trace._make(second) for second in seconds_of(trace, gaps)]


def cut_power(seed: int, cuts: int) -> tuple[int, float]:
    """(frames older than NEWEST_MS lost, age in s of the oldest frame lost) over so many cuts."""
    chance = random.Random(seed)  # noqa: S311
    flash = SimFlash(FLASH_BYTES, chance.getrandbits)
    store = FlashStore(FlashLog(flash))
    made = frames(1, 10)
    older = oldest_ms = 0
    kept_of: dict[int, int] = {}
    for _ in range(cuts):
        session = chance.randrange(1, 1 << 32)
        flash.left = chance.randrange(LONGEST_LIFE_BYTES)
        count, now_ms = _live_until_cut(store, session, made)
        flash.power()
        store = FlashStore(FlashLog(flash))
        kept = kept_of[session] = _kept(store, session, made)
        ages_ms = [now_ms - wire.decode(data).t_ms for data in made[kept:count]]
        older += sum(age_ms > NEWEST_MS for age_ms in ages_ms)
        oldest_ms = max([oldest_ms, *ages_ms])
    for session in list(kept_of)[::CHECKED_AGAIN]:
        older += kept_of[session] - _kept(store, session, made)
    return older, oldest_ms / 1000


def _kept(store: FlashStore, session: int, made: list[bytes]) -> int:
    """Frames from the first on that are there, byte for byte."""
    kept = 0
    if session in store.left_over():
        spool = Spool.reopen(store, session)
        while spool.get(kept) == _of(session, made[kept]):
            kept += 1
    return kept


def _live_until_cut(store: FlashStore, session: int, made: list[bytes]) -> tuple[int, int]:
    """(frames that were there, ms since the first) when the power failed."""
    spool = Spool(session, store)
    now_ms = 0
    try:
        for seq, data in enumerate(made):
            t_ms = wire.decode(data).t_ms
            if t_ms > now_ms:  # the frames of one second come together
                for now_ms in (t_ms - 1000, t_ms - SPILL_EVERY_MS):
                    spool.tick(now_ms)
            spool.add(seq, _of(session, data))
    except PowerCut:
        return spool.end, now_ms
    raise AssertionError("the cut did not come")


def _of(session: int, data: bytes) -> bytes:
    frame = wire.decode(data)
    return wire.encode(frame._replace(session=session))


def day_bytes(minutes: int) -> float:
    """Flash that a day takes, from so many minutes."""
    return _used_bytes(frames(1, minutes)) / (60 * minutes) * DAY_S


def child_rate(path: str) -> float:
    """Bytes a second on flash of one child and toco, with a status every ten seconds."""
    traces = _counted(read(path)[1])[:CHILD_S]
    return _used_bytes(_framed(1, traces)) / len(traces)


def _used_bytes(made: list[bytes]) -> float:
    flash = SimFlash(FLASH_BYTES, random.Random(1).getrandbits)  # noqa: S311
    log = FlashLog(flash)
    for data in made:
        log.append(wire.decode(data))
    log.flush()
    sectors = log.used_by(1)
    left = bytes(flash.memory[sectors[-1]]).rstrip(b"\xff")
    return (len(sectors) - 1) * flash.SECTOR + len(left)


def cuts(plan: Plan, pool: Pool) -> Measured:
    return later(pool, cut_power, [(plan.seed, CUTS)], _cut_rows)


def _cut_rows(found: list[tuple[int, float]]) -> list[Row]:
    ((older, newest_s),) = found
    task = f"{CUTS} power cuts, no network: "
    return [
        Row(task + "frames older than 1 s lost", older, 0, 0, True, CUTS, percent=False),
        Row(task + "age of the oldest frame lost, s", newest_s, 1, 1, True, CUTS, percent=False),
    ]


def child(plan: Plan, pool: Pool) -> Measured:
    """Of real recordings; without them of synthetic ones, which move more."""
    paths = [f"synthetic:normal:{seed}:60" for seed in CHILD_FROM]
    if plan.data:
        paths = [str(plan.data / "ctu-uhb" / f"{name}.hea") for name in CHILD_FROM]
    return later(
        pool, child_rate, [(path,) for path in paths], partial(_child_rows, bool(plan.data))
    )


def _child_rows(real: bool, found: list[float]) -> list[Row]:
    task = f"one child, toco and status ({'CTU-UHB' if real else 'synthetic'}), first hour: "
    return [
        Row(
            task + "bytes a second on flash",
            sum(found) / len(found),
            FLASH_BYTES / DAY_S / 2,
            RATE_AIM,
            at_most=True,
            recordings=len(found),
            percent=False,
            note=f"{min(found):.1f} to {max(found):.1f}",
        )
    ]


def day(_plan: Plan, pool: Pool) -> Measured:
    return later(pool, day_bytes, [(DAY_FROM_MINUTES,)], _day_rows)


def _day_rows(found: list[float]) -> list[Row]:
    return [
        Row(
            "24 h of twins on flash, MB",
            found[0] / 1e6,
            FLASH_BYTES / 1e6,
            FLASH_BYTES / 2e6,
            at_most=True,
            recordings=1,
            percent=False,
            note="squeezed; each second is durable by itself",
        ),
    ]
