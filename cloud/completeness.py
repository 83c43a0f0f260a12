"""The ledger of one recording: every frame accounted for, each gap with its time and cause."""

import math
from contextlib import suppress
from dataclasses import asdict
from typing import Any

import numpy as np
from sqlalchemy import Connection

from cloud.store import frames, recordings
from cloud.store.recordings import Recording
from cloud.traces import Gap, is_trace, signal_gaps, t_ms_of
from device import payloads, wire
from models.lateness import drift_ppm, late_runs


def ledger(conn: Connection, recording_id: int) -> dict[str, Any] | None:
    """As JSON; None: no such recording. Seconds are recorded ones.

    frames_made  told by the stop event; None: it goes on or was cut off
    stored       frames that are here
    missing      [[first, last], ...] of frames that must exist and are not here
    resent       frames that came more than once; damaged: places that were no valid frame
    unreadable   frames damaged in the store
    gaps         [{from_s, to_s, cause, at_ms}] without a fetal heart rate; causes:
                 cloud.traces.CAUSES, at_ms: by the clock of the cloud
    sent_later   [{from_s, to_s, waited_s}] that probe or gateway kept and sent when they could
    hops         {device: {id, kept_most, reconnects, given_up}, gateway: {id}, cloud: {stored}}:
                 what each says of itself; the device of frames, since it was switched on
    clock_offset_ms   clock of the cloud minus that of the gateway
    device_drift_ppm  by which the probe's clock is slower than the cloud's; None: too short to tell
    text         the same in one English line
    """
    recording = recordings.get(conn, recording_id)
    if recording is None:
        return None
    tally = frames.tally_of(conn, recording_id)
    read = frames.read_all(conn, recording_id)
    kept = [data for data, _ in read]
    missing = list(tally.missing())
    if recording.frames_made is not None and recording.frames_made > tally.seen:
        missing.append((tally.seen, recording.frames_made - 1))
    found = signal_gaps(kept)
    later, drift = _times(recording, read)
    facts: dict[str, Any] = {
        "frames_made": recording.frames_made,
        "stored": tally.count,
        "missing": [list(one) for one in missing],
        "resent": recording.resent,
        "damaged": recording.damaged,
        "unreadable": tally.count - len(kept),
        "clock_offset_ms": recording.clock_offset_ms,
        "device_drift_ppm": None if math.isnan(drift) else round(drift, 1),
        "gaps": [asdict(gap) | {"at_ms": at_ms(recording, gap.from_s)} for gap in found],
        "sent_later": later,
        "hops": {
            "device": {"id": recording.device_id, **_told_by_device(kept)},
            "gateway": {"id": recording.gateway_id},
            "cloud": {"stored": tally.count},
        },
    }
    return {**facts, "text": _in_words(facts, found)}


def _times(recording: Recording, read: list[frames.Read]) -> tuple[list[dict[str, float]], float]:
    """What came late, and the drift, of the seconds of the trace."""
    seconds = [(t_ms_of(data), came_ms) for data, came_ms in read if is_trace(data)]
    t_s = np.array([t_ms for t_ms, _ in seconds], np.float64) / 1000
    came_s = np.array([came_ms for _, came_ms in seconds], np.float64) / 1000
    order = np.argsort(t_s, kind="stable")
    t_s, came_s = t_s[order], came_s[order]
    later = [
        {"from_s": float(t_s[a]), "to_s": float(t_s[b]) + 1, "waited_s": round(waited_s, 1)}
        for a, b, waited_s in late_runs(t_s / recording.speed, came_s)
    ]
    return later, drift_ppm(t_s / recording.speed, came_s)


def _told_by_device(kept: list[bytes]) -> dict[str, int | None]:
    """The most that its status frames said; None: it sent none."""
    statuses = []
    for frame in (wire.decode(data) for data in kept if not is_trace(data)):
        with suppress(wire.WireError):
            if frame.kind == wire.STATUS:
                statuses.append(payloads.unpack_status(frame.payload))
    return {
        "kept_most": max((one.spooled for one in statuses), default=None),
        "reconnects": max((one.reconnects for one in statuses), default=None),
        "given_up": max((one.dropped for one in statuses), default=None),
    }


def at_ms(recording: Recording, at_s: float) -> int:
    begun_ms = recording.start_ms + (recording.clock_offset_ms or 0)
    return begun_ms + round(1000 * at_s / recording.speed)


def _in_words(facts: dict[str, Any], found: list[Gap]) -> str:
    """ "2,400 of 2,400 frames, 3 resent, gap 0:02:10-0:02:18: probe off"."""
    lost = sum(last - first + 1 for first, last in facts["missing"])
    made = facts["frames_made"] or facts["stored"] + lost
    parts = [f"{facts['stored']:,} of {made:,} frames"]
    if facts["frames_made"] is None:
        parts[0] += " so far"
    parts += [f"{facts[key]:,} {key}" for key in ("resent", "damaged", "unreadable") if facts[key]]
    parts += [f"gap {clock(gap.from_s)}-{clock(gap.to_s)}: {gap.cause}" for gap in found]
    return ", ".join(parts)


def clock(seconds: float) -> str:
    whole = int(seconds)
    return f"{whole // 3600}:{whole // 60 % 60:02}:{whole % 60:02}"
