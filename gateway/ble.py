"""The Bluetooth of the gateway: finds the mothers' instruments and takes what they measured.

A thin shell around bleak (the extra `ble`); device/gatt.py reads the values and gateway/vitals.py
makes frames of them. An instrument that was cut off keeps a value and tells it again; one that
tells it twice is heard once.
"""

import asyncio
import logging
import threading
from collections.abc import Callable
from contextlib import suppress
from datetime import datetime
from typing import Any

from device import gatt, wire
from device.vitals import Sieve
from gateway.config import GatewayError
from gateway.vitals import Peer, Recorder

log = logging.getLogger(__name__)
SCAN_S = 30.0
CONNECT_S = 20.0
WAIT_S = 10.0  # for the next value; then the instrument has told all it has
REST_S = 60.0  # until the same instrument is asked again
RETRY_S = 30.0  # after the adapter failed
NO_ADAPTER = "no Bluetooth adapter, or no Bluetooth service (BlueZ on D-Bus), on this machine"
Arrived = Callable[[str, bytes], None]  # topic, message: as from a device


class Instruments:
    """One thread. `backends` replaces the system's Bluetooth: (scanner, client) of bleak."""

    def __init__(
        self,
        peers: dict[str, Peer],
        recorder: Recorder,
        arrived: Arrived,
        backends: tuple[Any, Any] = (None, None),
    ) -> None:
        self.trouble = ""  # why nothing can be heard just now
        self.heard = 0  # measurements handed on
        self._peers = peers
        self._recorder = recorder
        self._arrived = arrived
        self._scanner, self._client = backends
        self._rests: dict[str, float] = {}  # loop time from which an instrument is asked again
        self._strangers: set[str] = set()
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._run, name="ble", daemon=True)

    def start(self) -> None:
        """GatewayError when this machine cannot do Bluetooth at all."""
        try:
            self._loop.run_until_complete(self._found(0.1))
        except ImportError:
            raise GatewayError("--ble: bleak is not installed: pip install 'lucina[ble]'") from None
        except _failures() as error:
            raise GatewayError(f"--ble: {NO_ADAPTER}: {error}") from None
        self._work = self._loop.create_task(self._listen())
        self._thread.start()

    def stop(self) -> None:
        self._loop.call_soon_threadsafe(self._work.cancel)
        self._thread.join(CONNECT_S)

    def _run(self) -> None:
        with suppress(asyncio.CancelledError):
            self._loop.run_until_complete(self._work)
        self._loop.close()

    async def _listen(self) -> None:
        while True:
            try:
                found = await self._found(SCAN_S)
                self.trouble = ""
            except _failures() as error:
                self._say(f"{NO_ADAPTER}: {error}")
                await asyncio.sleep(RETRY_S)
                continue
            if found is None:
                continue
            peer = self._peers[found.address.upper()]
            try:
                await self._take(peer, found)
            except _failures() as error:
                self._say(f"{peer.address}: {error!r}")
            self._rests[peer.address] = self._loop.time() + REST_S

    async def _found(self, scan_s: float) -> Any:
        """The first of the mothers' instruments that is awake; None when none is."""
        from bleak import BleakScanner

        return await BleakScanner.find_device_by_filter(
            self._is_wanted, timeout=scan_s, backend=self._scanner
        )

    def _is_wanted(self, device: Any, advertised: Any) -> bool:
        address = device.address.upper()
        if not any(_uuid(service) in advertised.service_uuids for service in gatt.SERVICES):
            return False
        if address not in self._peers:
            if address not in self._strangers:
                self._strangers.add(address)
                log.info("instrument %s (%s) is nobody's: see --ble", address, device.name)
            return False
        return self._loop.time() >= self._rests.get(address, 0.0)

    async def _take(self, peer: Peer, device: Any) -> None:
        """All that it has to tell: until it hangs up, or says nothing for WAIT_S."""
        from bleak import BleakClient

        values: asyncio.Queue[bytes | None] = asyncio.Queue()
        client = BleakClient(
            device, lambda _: values.put_nowait(None), timeout=CONNECT_S, backend=self._client
        )
        async with client:
            number = await _subscribed(client, values)
            sieve = Sieve(peer.user)
            while (data := await _next(values)) is not None:
                self._hear(peer, number, data, sieve)
            if sieve.others:
                log.warning("%s: %d of other users left out", peer.address, sieve.others)

    def _hear(self, peer: Peer, number: int, data: bytes, sieve: Sieve) -> None:
        try:
            measured = gatt.parse(number, data)
        except gatt.GattError as error:
            log.warning("%s: 0x%04x %s: %s", peer.address, number, data.hex(), error)
            return
        if not sieve.let_through(number, measured):
            return
        message = self._recorder.message(peer, data, measured, datetime.now())
        if message is not None:
            self.heard += 1
            log.info("%s: %s %s", peer.address, measured.what, measured.notes + measured.faults)
            self._arrived(wire.device_up(peer.device), message)
            self._recorder.keep()

    def _say(self, trouble: str) -> None:
        if trouble != self.trouble:
            log.warning("Bluetooth: %s", trouble)
        self.trouble = trouble


async def _next(values: asyncio.Queue[bytes | None]) -> bytes | None:
    try:
        async with asyncio.timeout(WAIT_S):
            return await values.get()
    except TimeoutError:
        return None


async def _subscribed(client: Any, values: asyncio.Queue[bytes | None]) -> int:
    """The characteristic from which values come now. OSError when there is none."""
    for number in (number for service in gatt.SERVICES.values() for number, _ in service):
        if client.services.get_characteristic(_uuid(number)) is None:
            continue
        await _subscribe(client, number, lambda _, data: values.put_nowait(bytes(data)))
        if number == 0x2A18:
            await _subscribe(client, gatt.RECORD_ACCESS, lambda *_: None)
            access = _uuid(gatt.RECORD_ACCESS)
            await client.write_gatt_char(access, gatt.LAST_RECORD, response=True)
        return number
    raise OSError("it has no characteristic that measures")


async def _subscribe(client: Any, number: int, take: Callable[[Any, Any], None]) -> None:
    """An instrument that wants to be paired refuses the first time."""
    from bleak.exc import BleakError

    try:
        await client.start_notify(_uuid(number), take)
    except BleakError:
        await client.pair()
        await client.start_notify(_uuid(number), take)


def _uuid(number: int) -> str:
    return f"0000{number:04x}-0000-1000-8000-00805f9b34fb"


def _failures() -> tuple[type[Exception], ...]:
    from bleak.exc import BleakError

    return OSError, BleakError
