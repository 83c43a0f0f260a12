"""A probe that is told by Bluetooth: a GATT service, open for minutes after a button was held.

A thin server of micropython-lib's aioble, which device/board_main.py hands in;
tests/device/fake_aioble.py checks the order of the calls. A phone pairs (LE Secure Connections; the
probe has no display, so nobody in between is found out), writes to DOCUMENT what device/taking.py
takes, and reads the answer to each write from ANSWER before the next. The document cannot be read.
"""

import asyncio

from device.taking import NO, OK, Taking

WINDOW_MS = 180_000
MOST_REFUSED = 5  # then the window closes
SERVICE = "1d6a0001-6c75-4c69-b16e-616d6f6e6974"
DOCUMENT = "1d6a0002-6c75-4c69-b16e-616d6f6e6974"
ANSWER = "1d6a0003-6c75-4c69-b16e-616d6f6e6974"
NAME = "lucina"
MTU = 247
EVERY_US = 100_000  # between two advertisements
LEAVE_MS = 2000  # for who was told "ok" to hang up
WRITE_ENCRYPTED = 0x1000  # flag of a characteristic: the radio refuses who has not paired
NO_INPUT_OUTPUT = 3  # what the probe has to pair with


class Window:
    """aioble, uuid: the module, and bluetooth.UUID. keep: see taking.Taking."""

    def __init__(self, aioble, uuid, clock, keep) -> None:
        self._aioble = aioble
        self._uuid = uuid
        self._clock = clock
        self._taking = Taking(keep)
        self.told = False
        self.refused = 0

    async def open(self) -> bool:
        """Until it was told, was told wrongly too often, or WINDOW_MS have passed."""
        until_ms = self._clock.now_ms() + WINDOW_MS
        self._register()
        try:
            while not self.told and self.refused < MOST_REFUSED:
                left_ms = until_ms - self._clock.now_ms()
                if left_ms <= 0:
                    break
                await self._meet(left_ms)
        finally:
            self._taking.forget()
            self._aioble.stop()
        return self.told

    def _register(self) -> None:
        aioble, size = self._aioble, MTU - 3
        aioble.config(mtu=MTU, bond=False, le_secure=True, mitm=False, io=NO_INPUT_OUTPUT)
        service = aioble.Service(self._uuid(SERVICE))
        self._document = aioble.BufferedCharacteristic(
            service, self._uuid(DOCUMENT), write=True, max_len=size
        )
        self._document.flags |= WRITE_ENCRYPTED
        self._answer = aioble.BufferedCharacteristic(
            service, self._uuid(ANSWER), read=True, notify=True, max_len=size
        )
        aioble.register_services(service)

    async def _meet(self, left_ms: int) -> None:
        """One phone, until it hangs up."""
        try:
            connection = await self._aioble.advertise(
                EVERY_US, name=NAME, services=[self._uuid(SERVICE)], timeout_ms=left_ms
            )
            async with connection:
                with connection.timeout(left_ms):
                    await self._converse(connection)
                if self.told:
                    await connection.disconnected(timeout_ms=LEAVE_MS)
        except (asyncio.TimeoutError, self._aioble.DeviceDisconnectedError):
            self._taking.forget()

    async def _converse(self, connection) -> None:
        while not self.told and self.refused < MOST_REFUSED:
            await self._document.written()
            written = self._document.read()
            self._document.write(b"")  # no secret stays in the table of the radio
            answer = self._taking.take(written) if connection.encrypted else NO + "pair first"
            self.told = answer == OK
            self.refused += answer.startswith(NO)
            self._answer.write(answer.encode()[: MTU - 3])
            self._answer.notify(connection)
