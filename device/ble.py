"""The mother's cuff, glucose meter, oximeter and thermometer, asked by the probe itself.

A thin client of micropython-lib's aioble, which device/board*.py hands in: nothing here runs
without a radio but the order of the calls, and tests/device/fake_aioble.py checks that. The board
calls once() again and again; instruments only answer in the seconds after a measurement.
"""

import asyncio

from device import gatt
from device.vitals import Sieve

CONNECT_MS = 5_000
WAIT_MS = 10_000  # for the next measurement; then the instrument has told all it has


class Instruments:
    """aioble, uuid: the module, and bluetooth.UUID. peers: {"aa:bb:cc:dd:ee:ff": user}, the
    mother's own instruments and her number in each, None when she is its only user.
    tell(address, characteristic, data, measurement) is called for what is hers."""

    def __init__(self, aioble, uuid, peers, tell) -> None:
        self._aioble = aioble
        self._uuid = uuid
        self._peers = peers
        self._tell = tell
        self.trouble = ""  # why the last look failed
        self.refused = 0  # values that were no measurement

    async def once(self, scan_ms: int) -> bool:
        """Look for so long; take what one instrument has. Whether one was there."""
        self.trouble = ""
        try:
            device, service = await self._found(scan_ms)
            if device is None:
                return False
            connection = await device.connect(timeout_ms=CONNECT_MS)
            async with connection:
                await self._take(connection, device.addr_hex(), service)
        except (asyncio.TimeoutError, OSError, self._aioble.DeviceDisconnectedError) as error:
            self.trouble = "Bluetooth: %r" % error
        except self._aioble.GattError as error:
            self.trouble = "the instrument refused: %r" % error
        return True

    async def _found(self, scan_ms: int):
        """The first of the mother's instruments that is awake, and the service it measures by."""
        async with self._aioble.scan(scan_ms, active=True) as scanner:
            async for result in scanner:
                if result.device.addr_hex() not in self._peers:
                    continue
                offered = list(result.services())
                for service in gatt.SERVICES:
                    if self._uuid(service) in offered:
                        return result.device, service
        return None, 0

    async def _take(self, connection, address: str, service: int) -> None:
        found = await connection.service(self._uuid(service))
        for number, indicates in gatt.SERVICES[service]:
            measures = await found.characteristic(self._uuid(number))
            if measures is None:
                continue
            await self._subscribe(connection, measures, indicates)
            if number == 0x2A18:
                await self._ask(connection, found)
            await self._listen(measures, indicates, address, number)
            return
        self.trouble = "service 0x%04x of %s measures nothing we know" % (service, address)

    async def _subscribe(self, connection, measures, indicates: bool) -> None:
        """An instrument that wants to be paired refuses the first time."""
        try:
            await measures.subscribe(notify=not indicates, indicate=indicates)
        except self._aioble.GattError:
            await connection.pair(bond=True)
            await measures.subscribe(notify=not indicates, indicate=indicates)

    async def _ask(self, connection, found) -> None:
        access = await found.characteristic(self._uuid(gatt.RECORD_ACCESS))
        await self._subscribe(connection, access, True)
        await access.write(gatt.LAST_RECORD, response=True)

    async def _listen(self, measures, indicates: bool, address: str, number: int) -> None:
        """Until it hangs up, or has said nothing for WAIT_MS: either is its way to end."""
        sieve = Sieve(self._peers[address])
        next_value = measures.indicated if indicates else measures.notified
        while True:
            try:
                data = await next_value(timeout_ms=WAIT_MS)
            except (asyncio.TimeoutError, self._aioble.DeviceDisconnectedError):
                return
            try:
                measured = gatt.parse(number, data)
            except gatt.GattError as error:
                self.refused += 1
                self.trouble = "%s: %s" % (address, error)
                continue
            if sieve.let_through(number, measured):
                self._tell(address, number, data, measured)
