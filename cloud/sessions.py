"""What messages from gateways do to the store: one batch of them, one transaction.

`store` writes and changes nothing in memory; `accept` does, after the commit. So a commit that
fails leaves nothing behind, and the batch can simply be stored again.
"""

import logging
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from sqlalchemy import Connection

from cloud.messages import Message
from cloud.store import commands, frames, recordings
from cloud.store.frames import NewFrame
from cloud.store.recordings import Recording
from device import payloads, wire
from device.payloads import Stamp
from models.completeness import Tally

log = logging.getLogger(__name__)
MAX_COUNT = (1 << 31) - 1
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
    frames: dict[int, wire.Frame] = field(default_factory=dict)
    came: int = 0  # frames, repeated ones counted each time
    damaged: int = 0
    start_ms: int | None = None
    offset_ms: int | None = None

    def add(self, message: Message, chosen: Sequence[wire.Frame]) -> None:
        self.gateway, self.came_ms = message.gateway, message.came_ms
        self.came += len(chosen)
        for frame in chosen:
            self.frames.setdefault(frame.seq, frame)

    def stamp(self, stamp: Stamp, came_ms: int) -> None:
        self.start_ms = least(self.start_ms, stamp.start_ms)
        self.offset_ms = least(self.offset_ms, came_ms - stamp.sent_ms)


@dataclass(frozen=True)
class Stored:
    """What became of one session's part."""

    session: Session  # its recording as it was before
    recording: Recording  # as it is now
    frames: tuple[wire.Frame, ...]  # all that came, each once, in order of seq
    fresh: frozenset[int]  # the seqs among them that were new


def least(one: int | None, other: int | None) -> int | None:
    there = [value for value in (one, other) if value is not None]
    return min(there, default=None)


def parts_of(messages: Sequence[Message]) -> dict[Key, Part]:
    parts: dict[Key, Part] = {}
    for message in messages:
        sessions = {frame.session for frame in message.frames}
        if message.stamped is not None:
            sessions.add(message.stamped)
        for number in sessions:
            part = parts.setdefault((message.device, number), Part(message.gateway))
            part.add(message, [frame for frame in message.frames if frame.session == number])
            if message.stamp is not None and number == message.stamped:
                part.stamp(message.stamp, message.came_ms)
        if sessions:
            part.damaged += message.damaged
        elif message.damaged:
            log.warning("gateway %s: nothing readable for %s", message.gateway, message.device)
    return parts


class Sessions:
    """The open sessions, loaded when they are first heard of."""

    def __init__(self) -> None:
        self._known: dict[Key, Session] = {}

    def store(self, conn: Connection, messages: Sequence[Message]) -> list[Stored]:
        """Write a batch. Nothing counts until its transaction is committed and accept()ed."""
        found = []
        for key, part in parts_of(messages).items():
            session = self._known.get(key) or _load(conn, key, part)
            if session is not None:
                found.append((session, part))
        new = [
            NewFrame(session.recording.id, seq, wire.encode(frame), part.came_ms)
            for session, part in found
            for seq, frame in sorted(part.frames.items())
        ]
        fresh = frames.add_all(conn, new)
        stored = [_stored(session, part, fresh) for session, part in found]
        for one in stored:
            _commands_done(conn, one)
        recordings.save(conn, [one.recording for one in stored])
        return stored

    def accept(self, stored: Sequence[Stored]) -> None:
        """The commit came back: from now on these count."""
        for one in stored:
            for frame in one.frames:
                one.session.tally.add(frame.seq)
            one.session.recording = one.recording
            key = (one.recording.device_id, one.recording.session)
            if one.recording.closed_ms is None:
                self._known[key] = one.session
            else:
                self._known.pop(key, None)

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
        start_ms = part.came_ms - max(frame.t_ms for frame in part.frames.values())
    recording = recordings.open_recording(
        conn,
        device_id=device,
        session=number,
        gateway_id=part.gateway,
        start_ms=start_ms,
        now_ms=part.came_ms,
    )
    return Session(recording, frames.tally_of(conn, recording.id))


def _stored(session: Session, part: Part, new: set[tuple[int, int]]) -> Stored:
    before = session.recording
    came = tuple(frame for _, frame in sorted(part.frames.items()))
    fresh = frozenset(seq for seq in part.frames if (before.id, seq) in new)
    after = replace(
        before,
        gateway_id=part.gateway,
        resent=before.resent + part.came - len(fresh),
        damaged=before.damaged + part.damaged,
        clock_offset_ms=least(before.clock_offset_ms, part.offset_ms),
        last_frame_ms=max(before.last_frame_ms, part.came_ms if part.frames else 0),
    )
    if part.start_ms is not None and part.start_ms <= before.start_ms - CLOCK_STEP_MS:
        after = replace(after, start_ms=part.start_ms)
    for frame in came:
        if frame.seq in fresh and frame.kind == wire.EVENT:
            after = _told(after, frame)
    complete = session.tally.count + len(fresh) == after.frames_made
    if complete:
        after = replace(after, closed_ms=before.closed_ms or part.came_ms)
    elif fresh:
        after = replace(after, closed_ms=None)
    return Stored(session, after, came, fresh)


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
        return replace(recording, frames_made=event.value)
    return recording


def _commands_done(conn: Connection, stored: Stored) -> None:
    for frame in stored.frames:
        if frame.seq not in stored.fresh or frame.kind != wire.EVENT:
            continue
        if frame.payload[:1] == bytes((payloads.COMMAND_DONE,)) and len(frame.payload) >= 5:
            number = payloads.unpack_event(frame.payload).value
            if number <= MAX_COUNT:
                now_ms = stored.recording.last_frame_ms
                commands.done(conn, stored.recording.device_id, number, now_ms)
