"""The gateway keeps watch while the cloud is away: a few rules of the same catalogue look at the
same frames, and the mother is warned by her probe. No I/O and no clock.

What was true before the cloud fell silent, the cloud has told. What becomes true afterwards is told
here; when the cloud is back, it has a while to say its own word before the pattern is taken back.
"""

import logging
from collections.abc import Iterator
from dataclasses import dataclass, field

from device import payloads, wire
from device.wire import Frame, WireError
from gateway.warned import Cause, Sending, Warned, loudness
from gateway.watching import CODES, LINK_LOST, Watched

log = logging.getLogger(__name__)
AWAY_S = 10.0  # five sendings of 2 s without a receipt; the alarm has to be heard within 15 s
KNOWN_S = 5.0  # what was found so long before the cloud fell silent, it has told
HANDOVER_S = 60.0  # for the cloud to store what has waited, look at it and say its own word
QUIET_S = 10.0  # without a frame of a running recording: its probe is not there
MOMENT_S = 60.0  # a gateway that was away for longer begins anew
FORGET_S = 1800.0  # after the last frame; a blood pressure counts for 15 min
MOST_DEVICES = 2000  # of 30 kB a session
MOST_SESSIONS = 4  # of a device: its own, that of its instruments, and what comes late


@dataclass
class Home:
    """One device, its newest sessions, and what it was told."""

    warned: Warned
    sessions: dict[int, Watched] = field(default_factory=dict)


class Edge:
    """`first`: where the ids of commands begin, another number after each start."""

    def __init__(self, first: int) -> None:
        self.alone = False  # the cloud does not answer
        self.told = 0  # warnings that were sent to devices, without repeats
        self.unwatched = 0  # frames of devices that found no place
        self._first = first
        self._homes: dict[str, Home] = {}
        self._held_s = self._link_held_s = float("-inf")  # until when a pattern stays

    def begin(self, now_s: float) -> None:
        """After take() of what was stored before the start: what was so a moment ago goes on, and
        what the probes show stays a while."""
        for home in self._homes.values():
            for one in home.sessions.values():
                if now_s - one.heard_s <= MOMENT_S:
                    one.go_on(now_s)
        self._held_s = self._link_held_s = now_s + HANDOVER_S

    def take(self, device: str, frame: Frame, speed: int, now_s: float) -> None:
        """A frame that was stored; one that is not understood is nothing to the rules.

        speed: recorded seconds a second, 0: not known."""
        home = self._home(device)
        if home is None:
            self.unwatched += 1
            return
        try:
            _session(home, frame.session, now_s).put(frame, speed, now_s)
            if frame.kind == wire.EVENT:
                event = payloads.unpack_event(frame.payload)
                if event.code == payloads.COMMAND_DONE:
                    home.warned.done(event.value)
        except WireError:
            return

    def resume(self, device: str, cloud_text: str, text: str) -> None:
        """What it was told last, before this start."""
        home = self._home(device)
        if home is not None:
            home.warned.cloud_text, home.warned.text = cloud_text, text

    def cloud_said(self, device: str, number: int, text: str) -> None:
        """An ALERT command of the cloud passes."""
        home = self._home(device)
        if home is not None:
            home.warned.cloud_said(number, text)

    def look(self, now_s: float, silent_s: float) -> list[tuple[str, Sending]]:
        """(device, command) to send now. silent_s: how long the cloud owes an answer."""
        alone = silent_s > AWAY_S
        if self.alone and not alone:
            self._held_s, self._link_held_s = now_s + HANDOVER_S, now_s
        self.alone = alone
        self._forget(now_s)
        since_s = now_s - silent_s - KNOWN_S
        found = []
        for name, home in self._homes.items():
            try:
                for watched in home.sessions.values():
                    watched.look(now_s)
            except Exception:  # of one device: the others are watched on
                log.exception("%s could not be watched, its rules begin anew", name)
                home.sessions.clear()
            sending = self._send(home, now_s, since_s)
            if sending is not None:
                found.append((name, sending))
        return found

    def shown(self) -> dict[str, dict[str, str]]:
        """By device: what it was told last by cloud and gateway, as far as it is not over."""
        return {
            name: {"cloud": home.warned.cloud_text, "gateway": home.warned.text}
            for name, home in self._homes.items()
            if home.warned.cloud_text or home.warned.text
        }

    def quiet(self, now_s: float) -> set[str]:
        """The devices that have fallen silent while they recorded."""
        return {
            name
            for name, home in self._homes.items()
            for one in home.sessions.values()
            if one.running and now_s - one.heard_s > QUIET_S
        }

    def _send(self, home: Home, now_s: float, since_s: float) -> Sending | None:
        warned = home.warned
        true = dict(_true(home))
        new: list[Cause] = []
        if self.alone:
            new = [c for c, found_s in true.items() if found_s > since_s or warned.shows(c)]
            new.sort(key=lambda cause: (-loudness(cause.text), cause.code))
            running = [number for number, one in home.sessions.items() if one.running]
            if running and not new and not warned.cloud_sounds:
                new = [Cause(CODES[LINK_LOST.id], running[-1])]
        elif now_s < (self._link_held_s if warned.shows_link else self._held_s):
            return None
        sending = warned.send(new, true, now_s)
        if sending is not None and sending.is_news:
            self.told += 1
        return sending

    def _home(self, device: str) -> Home | None:
        home = self._homes.get(device)
        if home is None and len(self._homes) < MOST_DEVICES:
            home = self._homes[device] = Home(Warned(self._first))
        return home

    def _forget(self, now_s: float) -> None:
        for home in self._homes.values():
            old = [n for n, one in home.sessions.items() if now_s - one.heard_s > FORGET_S]
            for number in old:
                del home.sessions[number]
        gone = [n for n, one in self._homes.items() if not one.sessions and one.warned.is_over]
        for name in gone:
            del self._homes[name]


def _session(home: Home, number: int, now_s: float) -> Watched:
    """This one of the device, now its newest."""
    watched = home.sessions.pop(number, None) or Watched(now_s)
    home.sessions[number] = watched
    if len(home.sessions) > MOST_SESSIONS:
        del home.sessions[next(iter(home.sessions))]
    return watched


def _true(home: Home) -> Iterator[tuple[Cause, float]]:
    """What is true of this device, and when it was found."""
    for number, watched in home.sessions.items():
        for rule_id in watched.now:
            yield Cause(CODES[rule_id], number), watched.true[rule_id]
