"""What a gateway warned of while the cloud was away, and which alert it is: one, not two.

A probe says, in its recording, which warning of its gateway it has shown (docs/wire.md). The cloud
finds the same condition in the same seconds, raises its alert as ever, and writes to that alert
that she was warned, and when.
"""

from collections import deque
from dataclasses import dataclass
from math import inf

from sqlalchemy import Connection, Engine

from cloud.alerts.late import clock
from cloud.alerts.moves import note, words
from cloud.alerts.stretches import every_stretch
from cloud.completeness import at_ms
from cloud.store import alerts, recordings
from cloud.store.alerts import Alert
from cloud.store.db import reading, writing
from cloud.store.recordings import Recording
from device import payloads
from device.wire import EVENT, Frame, WireError

STEP = "warned"
WARNED = "while the service was away, her box warned her at %(time)s"
SLACK_S = 30.0  # by the wall clock: the condition may be over before the probe says so
AGAIN_MS = 2_000  # between two looks for the alert: its frames may come later than the warning
GIVE_UP_MS = 600_000  # a link that only the gateway missed is no alert here
RECENT = 50  # recordings of a mother: her instrument's is another one than her probe's


@dataclass(frozen=True)
class Shown:
    """A warning that a probe has shown, at a second of its own recording."""

    rule: str
    at_s: float
    session: int  # low bits of the one that it is about


def shown_in(frame: Frame) -> Shown | None:
    if frame.kind != EVENT:
        return None
    try:
        event = payloads.unpack_event(frame.payload)
    except WireError:
        return None
    told = payloads.unpack_warning_id(event.value)
    if event.code != payloads.COMMAND_DONE or told is None or not told.code:
        return None
    return Shown(payloads.WARNINGS[told.code], frame.t_ms / 1000, told.session)


class Warnings:
    """Those of one recording whose alert is not known yet."""

    def __init__(self) -> None:
        self._new: deque[Shown] = deque()
        self._open: list[tuple[Shown, int]] = []  # and since when
        self._again_ms = 0

    def note(self, frame: Frame) -> None:
        """A frame came; called on any thread."""
        shown = shown_in(frame)
        if shown is not None:
            self._new.append(shown)

    def agree(self, engine: Engine, recording: Recording, now_ms: int) -> list[int]:
        """Write to their alerts what can be; which alerts have changed."""
        while self._new:
            self._open.append((self._new.popleft(), now_ms))
        if not self._open or 0 < self._again_ms - now_ms <= AGAIN_MS:
            return []
        self._again_ms = now_ms + AGAIN_MS
        with reading(engine) as conn:
            found = [(alert_of(conn, recording, one[0]), *one) for one in self._open]
        changed = []
        for alert, shown, _ in found:
            if alert is not None and _write(engine, alert.id, recording, shown, now_ms):
                changed.append(alert.id)
        missing = ((shown, since_ms) for alert, shown, since_ms in found if alert is None)
        self._open = [one for one in missing if now_ms - one[1] < GIVE_UP_MS]
        return changed


def alert_of(conn: Connection, recording: Recording, shown: Shown) -> Alert | None:
    """The alert, or the one that its rule joined, whose seconds hold this warning."""
    about = _about(conn, recording, shown.session)
    if about is None:
        return None
    behind_ms = at_ms(recording, shown.at_s) - at_ms(about, 0)
    at_s, slack_s = behind_ms / 1000 * about.speed, SLACK_S * about.speed
    for alert in reversed(alerts.of_rule(conn, about.id, shown.rule)):
        cleared_s = inf if alert.cleared_s is None else alert.cleared_s
        if alert.onset_s - slack_s <= at_s <= cleared_s + slack_s:
            return alert
    every = alerts.of_recordings(conn, [about.id])
    steps = alerts.steps_of(conn, [one.id for one in every])
    for alert, told in reversed(every_stretch(every, steps)):
        if told.rule == shown.rule and told.onset_s - slack_s <= at_s:
            return alert
    return None


def _about(conn: Connection, recording: Recording, session: int) -> Recording | None:
    """The recording of this device whose session ends in these bits."""
    if recording.session & payloads.WARNING_SESSIONS == session:
        return recording
    if recording.mother_id is None:
        return None
    others = recordings.latest(conn, mother_ids=[recording.mother_id], limit=RECENT)
    same = (one for one in others if one.device_id == recording.device_id)
    return next((o for o in same if o.session & payloads.WARNING_SESSIONS == session), None)


def _write(engine: Engine, alert_id: int, recording: Recording, shown: Shown, now_ms: int) -> bool:
    """False: it is written there already."""
    with writing(engine) as conn:
        alert = alerts.get_locked(conn, alert_id)
        if alert is None:
            return False
        for step in alerts.steps_of(conn, [alert_id])[alert_id]:
            told = {} if isinstance(step.text, str) else step.text
            if (step.event, told.get("rule"), told.get("at_s")) == (STEP, shown.rule, shown.at_s):
                return False
        warned_ms = at_ms(recording, shown.at_s)
        said = words(WARNED, time=clock(conn, alert.mother_id, warned_ms, now_ms))
        facts = {"rule": shown.rule, "at_s": shown.at_s, "warned_ms": warned_ms}
        note(conn, alert, STEP, now_ms, {**said, **facts})
        return True
