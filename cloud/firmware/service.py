"""Serves new firmware: hears what probes ask for and sends them the next blocks.

A probe asks by the event `update` with the offset that it wants; it asks again when nothing comes,
so nothing is repeated here. Blocks go down as commands do, through the gateway that spoke for it.
"""

import logging
from collections.abc import Callable, Sequence

from sqlalchemy import Connection, Engine

from cloud.alerts.answers import Refused
from cloud.clock import Clock
from cloud.firmware import moves
from cloud.hub import Hub, changed
from cloud.sessions import Stored
from cloud.store import commands
from cloud.store import firmware as store
from cloud.store.db import reading, writing
from device import payloads, wire

log = logging.getLogger(__name__)
BLOCK_BYTES = 256  # what a heap of 128 kB takes without trouble
ASKED_BYTES = 8192  # sent for one question: device.care.ASK_BYTES
EVENTS = (payloads.UPDATE, payloads.BOOT)
Publish = Callable[[str, bytes, int], bool]


class Updating:
    def __init__(self, engine: Engine, hub: Hub, publish: Publish, clock: Clock) -> None:
        self._engine = engine
        self._hub = hub
        self._publish = publish
        self._clock = clock

    def offer(self, conn: Connection, device_id: str, image_id: int, person_id: int) -> None:
        """The command `update`; Refused when nobody knows the way to this device."""
        now_ms = self._clock()
        text = store.manifest(conn, image_id)
        if text is None or device_id not in store.device_ids(conn):
            raise LookupError("no such image or device")
        sent = commands.add(
            conn, device_id=device_id, session=0, code=payloads.COMMAND_UPDATE,
            text=text, now_ms=now_ms,
        )  # fmt: skip
        if sent is None:
            raise Refused("No gateway has ever spoken for this box.")
        store.add_offer(
            conn, image_id=image_id, device_id=device_id, at_ms=now_ms, changed_ms=now_ms,
            person_id=person_id, state=moves.OFFERED,
        )  # fmt: skip

    def stored(self, batch: Sequence[Stored], _commit_s: float) -> None:
        """A commit of the ingest: answer what is asked in it."""
        for one in batch:
            events = (frame for frame in one.frames if frame.kind == wire.EVENT)
            for frame in events:
                if frame.seq in one.fresh and frame.payload[0] in EVENTS:
                    self._hear(one.recording.device_id, one.recording.gateway_id, frame)

    def tell(self) -> None:
        self._hub.publish(changed("firmware", None, mother_id=None, organisation_ids=None))

    def _hear(self, device_id: str, gateway_id: str, frame: wire.Frame) -> None:
        try:
            event = payloads.unpack_event(frame.payload)
        except wire.WireError as error:
            log.warning("device %s: %s", device_id, error)
            return
        with reading(self._engine) as conn:
            before = store.last_offer(conn, device_id)
        if before is None:
            return
        after = moves.after(before, event)
        if after != before:
            with writing(self._engine) as conn:
                store.save(conn, after, self._clock())
            self.tell()
        if after.state == moves.LOADING and event.code == payloads.UPDATE:
            self._send(after, gateway_id)

    def _send(self, offer: store.Offer, gateway_id: str) -> None:
        with reading(self._engine) as conn:
            data = store.part(conn, offer.image_id, offer.asked, ASKED_BYTES)
        topic = wire.gateway_down(gateway_id, offer.device_id)
        for at in range(0, len(data), BLOCK_BYTES):
            offset = offer.asked + at
            payload = payloads.pack_block(offset, data[at : at + BLOCK_BYTES])
            self._publish(topic, wire.encode(wire.Frame(wire.BLOCK, 0, offset, 0, payload)), 1)
