"""The thread of the gateway's own watch: what is committed goes in, commands to probes come out."""

import logging
import random
import threading
import time
from collections import deque
from collections.abc import Callable, Iterable

from device import payloads, wire
from device.wire import Frame, WireError
from gateway.edge import Edge
from gateway.outbox import Entry

log = logging.getLogger(__name__)
LOOK_EVERY_S = 0.2
LARGEST_QUEUE = 20_000  # frames; older ones are left out, the rules take them for lost seconds
COMMAND_QOS = 1


class Keeper:
    """committed() and passes() may be called from any thread.

    silent_s() says how long the cloud owes an answer, publish(topic, data, qos) sends to a device.
    """

    def __init__(
        self, silent_s: Callable[[], float], publish: Callable[[str, bytes, int], bool]
    ) -> None:
        self._silent_s = silent_s
        self._publish = publish
        self._edge = Edge(random.randrange(payloads.WARNING_COUNTS))  # noqa: S311 - no secret
        self._frames: deque[tuple[str, bytes]] = deque(maxlen=LARGEST_QUEUE)
        self._said: deque[tuple[str, str]] = deque()
        self._quiet: set[str] = set()
        self._alone = False
        self._warning = 0
        self._ending = threading.Event()
        self._thread = threading.Thread(target=self._run, name="keeper", daemon=True)

    def begin(self, waiting: Iterable[Entry]) -> None:
        """What waited for the cloud before the start: it holds what was seen, and told, then."""
        now_s = time.monotonic()
        for entry in waiting:
            self._edge.take(entry.device, wire.decode(entry.data), now_s)
        self._edge.begin(now_s)
        self._thread.start()

    def stop(self) -> None:
        self._ending.set()
        self._thread.join(5.0)

    def committed(self, entries: list[Entry]) -> None:
        self._frames.extend((entry.device, entry.data) for entry in entries)

    def passes(self, device: str, frame: Frame) -> None:
        """A command of the cloud goes to the device."""
        try:
            command = payloads.unpack_command(frame.payload)
        except WireError:
            return
        if command.code == payloads.COMMAND_ALERT:
            self._said.append((device, command.text))

    def status(self) -> dict[str, object]:
        return {
            "alone": self._alone,
            "warnings": self._edge.told,
            "warning": self._warning,
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
            device, data = self._frames.popleft()
            self._edge.take(device, wire.decode(data), now_s)
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
        self._warning = self._edge.warning
