"""The probes of the scripted day and their gateways: frames as a board packs them, kept until the
cloud's receipt. The packer is given from outside: the cloud imports no device.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any, Protocol

from device import payloads, wire
from models.counts import seconds_of
from models.trace import Trace

IN_ONE_MESSAGE = 60  # frames; a message of a gateway stays small
GAPS = [gap for _, _, gap in payloads.CHANNELS]
SIGNS = {name: (code, per_unit) for code, (name, per_unit, _) in payloads.VITAL_SIGNS.items()}


class Packer(Protocol):
    """device.packer.Packer"""

    made: int

    def start(self, start: payloads.Start) -> wire.Frame: ...
    def trace(self, payload: bytes) -> wire.Frame: ...
    def event(self, code: int, value: int = 0) -> wire.Frame: ...
    def vitals(self, values: dict[int, int]) -> wire.Frame: ...
    def status(self, status: payloads.Status) -> wire.Frame: ...
    def stop(self) -> wire.Frame: ...


OpenPacker = Callable[[int], Packer]
Up = Callable[[str, bytes], None]


@dataclass
class Probe:
    """One recording of one device: a second of it a second, and what its gateway still holds."""

    device: str
    gateway: str
    packer: Packer
    start_ms: int
    name: str
    flags: int
    seconds: Iterator[Any]
    skew_ms: int = 0  # by which the gateway's clock is ahead
    hidden: tuple[int, int, int] = (0, 0, 0)  # from, to: seconds that get lost, until this one
    held: dict[int, bytes] = field(default_factory=dict)  # without a receipt, by seq
    unsent: list[int] = field(default_factory=list)
    elapsed_s: int = 0
    ended: bool = False

    @property
    def session(self) -> int:
        return self.start_ms // 1000

    @property
    def done(self) -> bool:
        return self.ended and not self.held

    def go_on(self, now_ms: int) -> None:
        """Make the frames of the seconds that have passed."""
        if not self.packer.made:
            self._keep(self.packer.start(payloads.Start(1, 1, self.flags, self.name)))
        while not self.ended and self.start_ms + 1000 * (self.elapsed_s + 1) <= now_ms:
            second = next(self.seconds, None)
            if second is None:
                self.stop()
                return
            self.elapsed_s += 1
            self._keep(self.packer.trace(payloads.pack_trace(payloads.Trace(*second))))

    def stop(self) -> None:
        if not self.ended:
            self._keep(self.packer.stop())
            self.ended = True

    def measure(self, values: dict[str, float]) -> None:
        counts = {SIGNS[name][0]: round(value * SIGNS[name][1]) for name, value in values.items()}
        self._keep(self.packer.vitals(counts))

    def tell_battery(self, percent: int) -> None:
        unknown = payloads.Status(*payloads.STATUS_TOP)
        counts = {"spooled": len(self.held), "resent": 0, "reconnects": 0, "dropped": 0}
        self._keep(self.packer.status(unknown._replace(battery_percent=percent, **counts)))

    def tell(self, code: int, value: int = 0) -> None:
        if not self.ended:
            self._keep(self.packer.event(code, value))

    def send(self, up: Up, now_ms: int) -> None:
        """What was not sent yet, but for what the network swallows just now."""
        from_s, to_s, until_s = self.hidden
        swallowed = self.elapsed_s < until_s and not self.ended
        later = [seq for seq in self.unsent if swallowed and from_s <= seq <= to_s]
        now = [seq for seq in self.unsent if seq not in later and seq in self.held]
        self.unsent = later
        for first in range(0, len(now), IN_ONE_MESSAGE):
            part = now[first : first + IN_ONE_MESSAGE]
            stamp = payloads.Stamp(
                now_ms + self.skew_ms, self.start_ms + self.skew_ms, len(self.held)
            )
            head = wire.Frame(wire.STAMP, self.session, 0, 0, payloads.pack_stamp(stamp))
            whole = wire.encode(head) + b"".join(self.held[seq] for seq in part)
            up(wire.gateway_up(self.gateway, self.device), whole)

    def receipted(self, receipt: payloads.Receipt) -> None:
        missing = {seq for first, last in receipt.missing for seq in range(first, last + 1)}
        for seq in [seq for seq in self.held if seq < receipt.seen and seq not in missing]:
            del self.held[seq]

    def send_again(self) -> None:
        """All that has no receipt: the connection was lost."""
        self.unsent = list(self.held)

    def _keep(self, frame: wire.Frame) -> None:
        self.held[frame.seq] = wire.encode(frame)
        self.unsent.append(frame.seq)


class Probes:
    """All of them, and the broker between their gateways and the service: cloud.link.Broker."""

    def __init__(self, open_packer: OpenPacker) -> None:
        self.connected = True
        self.all: list[Probe] = []
        self.off: set[str] = set()  # devices without a connection
        self.commands = 0  # that devices have carried out
        self._open_packer = open_packer

    def begin(
        self, device: str, gateway: str, name: str, flags: int, trace: Trace, now_ms: int
    ) -> Probe:
        seconds = seconds_of(trace, GAPS)
        packer = self._open_packer(now_ms // 1000)
        self.all.append(Probe(device, gateway, packer, now_ms, name, flags, seconds))
        return self.all[-1]

    @property
    def running(self) -> list[Probe]:
        return [probe for probe in self.all if not probe.done]

    def of(self, device: str) -> Probe | None:
        """Its newest recording."""
        return next((probe for probe in reversed(self.all) if probe.device == device), None)

    def go_on(self, up: Up, now_ms: int) -> None:
        for probe in self.running:
            probe.go_on(now_ms)
            if probe.device not in self.off:
                probe.send(up, now_ms)

    def reconnect(self) -> None:
        for probe in self.running:
            probe.send_again()

    def start(self) -> None:
        """Of cloud.link.Broker: there is nothing to connect to."""

    def stop(self) -> None:
        """Of cloud.link.Broker."""

    def publish(self, topic: str, data: bytes, qos: int) -> bool:  # noqa: ARG002
        """A message of the service, for one device."""
        _, device = wire.names_in(topic)
        if device in self.off:
            return False
        frame = wire.decode(data)
        for probe in self.running:
            if probe.device != device:
                continue
            if frame.kind == wire.COMMAND:
                probe.tell(payloads.COMMAND_DONE, frame.seq)
                self.commands += 1
            elif frame.session == probe.session:
                probe.receipted(payloads.unpack_receipt(frame))
        return True
