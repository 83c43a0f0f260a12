"""Sends commands to devices, again and again until they are carried out or too old."""

import logging
import threading

from sqlalchemy import Engine

from cloud.clock import Clock, wall_ms
from cloud.link import Broker
from cloud.store import commands
from cloud.store.commands import Command
from cloud.store.db import StoreError, reading, writing
from device import payloads, wire

log = logging.getLogger(__name__)
AGAIN_MS = 5_000
LOOK_EVERY_S = 1.0


class CommandSender:
    """One thread. What is written by commands.add() in any transaction is found within a second,
    at once after wake()."""

    def __init__(self, engine: Engine, link: Broker, clock: Clock = wall_ms) -> None:
        self._engine = engine
        self._link = link
        self._clock = clock
        self._sent_ms: dict[int, int] = {}
        self._wake = threading.Event()
        self._stopping = False
        self._thread = threading.Thread(target=self._run, name="commands", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        self._stopping = True
        self._wake.set()
        self._thread.join()

    def wake(self) -> None:
        """A transaction with a new command has been committed."""
        self._wake.set()

    def send(self, device_id: str, code: int, text: str = "", session: int = 0) -> Command | None:
        """Keep a command and send it now. None: no gateway has ever spoken for this device."""
        with writing(self._engine) as conn:
            command = commands.add(
                conn,
                device_id=device_id,
                session=session,
                code=code,
                text=text,
                now_ms=self._clock(),
            )
        self.wake()
        return command

    def _run(self) -> None:
        while not self._stopping:
            self._wake.wait(LOOK_EVERY_S)
            self._wake.clear()
            try:
                self.send_due(self._clock())
            except StoreError as error:
                log.error("commands cannot be read: %s", error.orig)

    def send_due(self, now_ms: int) -> None:
        """Send what was never sent, and what was not answered for AGAIN_MS."""
        with reading(self._engine) as conn:
            waiting = commands.waiting(conn, now_ms)
        sent_ms = {}
        for command in waiting:
            last_ms = self._sent_ms.get(command.id)
            if last_ms is None or now_ms - last_ms >= AGAIN_MS:
                topic = wire.gateway_down(command.gateway_id, command.device_id)
                last_ms = now_ms if self._link.publish(topic, encode(command), qos=1) else None
            if last_ms is not None:
                sent_ms[command.id] = last_ms
        self._sent_ms = sent_ms


def encode(command: Command) -> bytes:
    payload = payloads.pack_command(payloads.Command(command.code, command.text))
    return wire.encode(wire.Frame(wire.COMMAND, command.session, command.id, 0, payload))
