"""What messages from gateways do to the store: one batch of them, one transaction.

`store` writes and changes nothing in memory; `accept` does, after the commit. So a commit that
fails leaves nothing behind, and the batch can simply be stored again.
"""

import logging
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from sqlalchemy import Connection

from cloud.messages import Message, Received
from cloud.outgoing import outbox
from cloud.store import commands, frames, home_values, recordings
from cloud.store.recordings import Recording
from device import payloads, wire
from device.payloads import Stamp
from models.completeness import Tally

log = logging.getLogger(__name__)
MAX_COUNT = (1 << 31) - 1
SAVE_EVERY_MS = 10_000  # when nothing but the time of the last frame has changed
CLOCK_STEP_MS = 1000  # the start is moved by steps, or each second would be two points in the feed

Key = tuple[str, int]  # device, session


@dataclass
class Session:
    """An open session: what is stored of it."""

    recording: Recording
    tally: Tally


@dataclass
class Part:
    """One session's part of a batch."""

    gateway: str
    came_ms: int = 0
    frames: dict[int, Received] = field(default_factory=dict)
    came: int = 0  # frames, repeated ones counted each time
    damaged: int = 0
    start_ms: int | None = None
    offset_ms: int | None = None

    def add(self, one: Received) -> None:
        self.came += 1
        self.frames.setdefault(one[0].seq, one)

    def stamp(self, stamp: Stamp, came_ms: int) -> None:
        self.start_ms = least(self.start_ms, stamp.start_ms)
        self.offset_ms = least(self.offset_ms, came_ms - stamp.sent_ms)


@dataclass(frozen=True)
class Stored:
    """What became of one session's part."""

    session: Session  # its recording as it was before
    recording: Recording  # as it is now
    frames: list[wire.Frame]  # all that came, each once, in order of seq
    fresh: frozenset[int]  # the seqs among them that were new
    came_ms: int


def least(one: int | None, other: int | None) -> int | None:
    if one is None or other is None:
        return other if one is None else one
    return min(one, other)


def parts_of(messages: Sequence[Message]) -> dict[Key, Part]:
    parts: dict[Key, Part] = {}

    def part_of(message: Message, number: int) -> Part:
        part = parts.get((message.device, number))
        if part is None:
            part = parts[message.device, number] = Part(message.gateway)
        part.gateway, part.came_ms = message.gateway, message.came_ms
        return part

    for message in messages:
        part = None
        for one in message.frames:
            part = part_of(message, one[0].session)
            part.add(one)
        if message.stamped is not None:
            part = part_of(message, message.stamped)
            if message.stamp is not None:
                part.stamp(message.stamp, message.came_ms)
        if part is not None:
            part.damaged += message.damaged
        elif message.damaged:
            log.warning("gateway %s: nothing readable for %s", message.gateway, message.device)
    return parts


class Sessions:
    """The open sessions, loaded when they are first heard of."""

    def __init__(self) -> None:
        self._known: dict[Key, Session] = {}

    def store(self, conn: Connection, messages: Sequence[Message], now_ms: int) -> list[Stored]:
        """Write a batch. Nothing counts until its transaction is committed and accept()ed. now_ms:
        of this try; a message may have waited long for it."""
        stored = []
        new: list[frames.NewFrame] = []
        for key, part in parts_of(messages).items():
            session = self._known.get(key) or _load(conn, key, part)
            if session is None:
                continue
            fresh = [seq for seq in sorted(part.frames) if seq not in session.tally]
            number = session.recording.id
            new += [(number, seq, part.frames[seq][1], part.came_ms) for seq in fresh]
            stored.append(_stored(session, part, frozenset(fresh), now_ms))
        frames.add_all(conn, new)
        for one in stored:
            _commands_done(conn, one)
            fresh_vitals = [f for f in one.frames if f.kind == wire.VITALS and f.seq in one.fresh]
            if fresh_vitals:
                home_values.add_from_frames(conn, one.recording, fresh_vitals)
        changed = [one.recording for one in stored if one.recording is not one.session.recording]
        recordings.save(conn, changed)
        for one in stored:
            if one.recording.closed_ms is not None and one.session.recording.closed_ms is None:
                outbox.of_recording(conn, one.recording, "sent", one.came_ms)
        return stored

    def accept(self, stored: Sequence[Stored]) -> None:
        """The commit came back: from now on these count."""
        for one in stored:
            for seq in sorted(one.fresh):
                one.session.tally.add(seq)
            one.session.recording = one.recording
            key = (one.recording.device_id, one.recording.session)
            if one.recording.closed_ms is None:
                self._known[key] = one.session
            else:
                self._known.pop(key, None)

    def missing(self) -> int:
        """Frames of the open sessions that must exist and are not here. From any thread."""
        return sum(one.tally.seen - one.tally.count for one in list(self._known.values()))

    def forget(self, messages: Sequence[Message]) -> None:
        """A commit failed, and may have been done all the same: the store knows."""
        for key in parts_of(messages):
            self._known.pop(key, None)

    def forget_recordings(self, closed: Sequence[int]) -> None:
        """They were closed elsewhere."""
        gone = [key for key, session in self._known.items() if session.recording.id in closed]
        for key in gone:
            del self._known[key]


def _load(conn: Connection, key: Key, part: Part) -> Session | None:
    """From the store. A session that is not there begins with its first readable frame."""
    device, number = key
    if not part.frames:
        known = recordings.find(conn, device, number)
        return None if known is None else Session(known, frames.tally_of(conn, known.id))
    start_ms = part.start_ms
    if start_ms is None:
        start_ms = part.came_ms - max(frame.t_ms for frame, _ in part.frames.values())
    recording = recordings.open_recording(
        conn,
        device_id=device,
        session=number,
        gateway_id=part.gateway,
        start_ms=start_ms,
        now_ms=part.came_ms,
    )
    if recording.opened_ms == part.came_ms:
        outbox.of_recording(conn, recording, "started", part.came_ms)
    return Session(recording, frames.tally_of(conn, recording.id))


def _stored(session: Session, part: Part, fresh: frozenset[int], now_ms: int) -> Stored:
    before = session.recording
    came = [frame for _, (frame, _) in sorted(part.frames.items())]
    changed = _changed(before, part, part.came - len(fresh))
    after = replace(before, **changed) if changed else before
    for frame in came:
        if frame.kind == wire.EVENT and frame.seq in fresh:
            after = _told(after, frame)
    complete = session.tally.count + len(fresh) == after.frames_made
    if complete and (fresh or before.closed_ms is None):
        after = replace(after, closed_ms=max(part.came_ms, now_ms))  # no look knows of it before
    elif fresh and not complete and before.closed_ms is not None:
        after = replace(after, closed_ms=None)
    return Stored(session, after, came, fresh, part.came_ms)


def _changed(before: Recording, part: Part, resent: int) -> dict[str, Any]:
    """What this part changes of its recording, as far as it is worth keeping now."""
    found: dict[str, Any] = {}
    if part.gateway != before.gateway_id:
        found["gateway_id"] = part.gateway
    if resent:
        found["resent"] = before.resent + resent
    if part.damaged:
        found["damaged"] = before.damaged + part.damaged
    if (offset_ms := least(before.clock_offset_ms, part.offset_ms)) != before.clock_offset_ms:
        found["clock_offset_ms"] = offset_ms
    if part.start_ms is not None and part.start_ms <= before.start_ms - CLOCK_STEP_MS:
        found["start_ms"] = part.start_ms
    if part.frames and (found or part.came_ms - before.last_frame_ms >= SAVE_EVERY_MS):
        found["last_frame_ms"] = max(before.last_frame_ms, part.came_ms)
    return found


def _told(recording: Recording, frame: wire.Frame) -> Recording:
    """With what an event says about the recording; one that is not understood says nothing."""
    try:
        event = payloads.unpack_event(frame.payload)
        if event.code == payloads.START:
            return recordings.started(recording, payloads.unpack_start(event))
    except wire.WireError as error:
        log.warning("recording %d: frame %d: %s", recording.id, frame.seq, error)
        return recording
    if event.code == payloads.STOP and event.value <= MAX_COUNT:
        return replace(recording, frames_made=max(event.value, recording.frames_made or 0))
    return recording


def _commands_done(conn: Connection, stored: Stored) -> None:
    for frame in stored.frames:
        if frame.kind != wire.EVENT or frame.seq not in stored.fresh:
            continue
        if frame.payload[:1] == bytes((payloads.COMMAND_DONE,)) and len(frame.payload) >= 5:
            number = payloads.unpack_event(frame.payload).value
            if number <= MAX_COUNT:
                commands.done(conn, stored.recording.device_id, number, stored.came_ms)
