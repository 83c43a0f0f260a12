"""The thread of the gateway's own watch: what is committed goes in, commands to probes come out."""

import json
import logging
import random
import threading
import time
from collections import deque
from collections.abc import Callable, Iterable
from pathlib import Path

from device import payloads, wire
from device.wire import Frame, WireError
from gateway.edge import FORGET_S, Edge
from gateway.outbox import Entry

log = logging.getLogger(__name__)
LOOK_EVERY_S = 0.2
LARGEST_QUEUE = 20_000  # frames; older ones are left out, the rules take them for lost seconds
COMMAND_QOS = 1
SHOWN_FILE = "shown.json"  # what each probe was told last, for the next start and for people


class Keeper:
    """committed() and passes() may be called from any thread.

    silent_s() says how long the cloud owes an answer, publish(topic, data, qos) sends to a device.
    `home` is the gateway's folder.
    """

    def __init__(
        self,
        home: Path,
        silent_s: Callable[[], float],
        publish: Callable[[str, bytes, int], bool],
    ) -> None:
        self._file = home / SHOWN_FILE
        self._silent_s = silent_s
        self._publish = publish
        self._edge = Edge(random.randrange(payloads.WARNING_COUNTS))  # noqa: S311 - no secret
        self._frames: deque[Entry] = deque(maxlen=LARGEST_QUEUE)
        self._said: deque[tuple[str, int, str]] = deque()
        self._quiet: set[str] = set()
        self._alone = False
        self._shown: dict[str, dict[str, str]] = {}
        self._ending = threading.Event()
        self._thread = threading.Thread(target=self._run, name="keeper", daemon=True)

    def begin(self, waiting: Iterable[Entry], elapsed_ms: int) -> None:
        """What waited for the cloud before the start: it holds what was seen, and told, then."""
        now_s = time.monotonic()
        for entry in waiting:
            frame = wire.decode(entry.data)
            recorded_ms = entry.start_ms + frame.t_ms // max(1, entry.speed)
            age_s = (entry.base_ms + elapsed_ms - recorded_ms) / 1000
            if age_s <= FORGET_S:
                self._edge.take(entry.device, frame, entry.speed, now_s - max(0.0, age_s))
        for device, (cloud_text, text) in self._kept().items():
            self._edge.resume(device, cloud_text, text)
        self._edge.begin(now_s)
        self._thread.start()

    def stop(self) -> None:
        self._ending.set()
        self._thread.join(5.0)

    def committed(self, entries: list[Entry]) -> None:
        self._frames.extend(entries)

    def passes(self, device: str, frame: Frame) -> None:
        """A command of the cloud goes to the device."""
        try:
            command = payloads.unpack_command(frame.payload)
        except WireError:
            return
        if command.code == payloads.COMMAND_ALERT:
            self._said.append((device, frame.seq, command.text))

    def status(self) -> dict[str, object]:
        return {
            "alone": self._alone,
            "warnings": self._edge.told,
            "warning": sum(bool(one["gateway"]) for one in self._shown.values()),
            "quiet": len(self._quiet),
            "unwatched": self._edge.unwatched,
        }

    def _run(self) -> None:
        while not self._ending.wait(LOOK_EVERY_S):
            try:
                self._turn(time.monotonic())
            except Exception:  # the way of the frames does not depend on it
                log.exception("the gateway's own watch was not finished")

    def _turn(self, now_s: float) -> None:
        while self._said:
            self._edge.cloud_said(*self._said.popleft())
        for _ in range(len(self._frames)):
            entry = self._frames.popleft()
            self._edge.take(entry.device, wire.decode(entry.data), entry.speed, now_s)
        sendings = self._edge.look(now_s, self._silent_s())
        self._tell_changes(now_s)
        for device, sending in sendings:
            self._publish(wire.device_down(device), sending.data, COMMAND_QOS)
            if sending.is_news:
                rule_id = payloads.WARNINGS[sending.cause.code]
                said = "alone: %s is warned of %s, session %d"
                log.warning(said, device, rule_id, sending.cause.session)

    def _tell_changes(self, now_s: float) -> None:
        if self._edge.alone != self._alone:
            self._alone = self._edge.alone
            words = "does not answer: the gateway watches alone" if self._alone else "answers again"
            log.warning("the cloud %s", words)
        quiet = self._edge.quiet(now_s)
        for device in sorted(quiet - self._quiet):
            log.warning("%s has fallen silent in the middle of its recording", device)
        for device in sorted(self._quiet - quiet):
            log.warning("%s is heard again, or its recording is over", device)
        self._quiet = quiet
        self._keep(self._edge.shown())

    def _kept(self) -> dict[str, tuple[str, str]]:
        """What cloud and gateway had said to each device. A damaged file says nothing."""
        try:
            told = json.loads(self._file.read_text())
            return {name: (str(one["cloud"]), str(one["gateway"])) for name, one in told.items()}
        except FileNotFoundError:
            return {}
        except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
            log.warning("%s is not understood (%r): it begins anew", self._file, error)
            return {}

    def _keep(self, shown: dict[str, dict[str, str]]) -> None:
        if shown == self._shown:
            return
        self._shown = shown
        written = self._file.with_suffix(".new")
        try:
            written.write_text(json.dumps(shown))
            written.replace(self._file)
        except OSError as error:  # a full disk keeps nobody from being warned
            log.warning("%s could not be written: %s", self._file, error)
