"""aioble without a radio: what an instrument does when its calls come in the right order.

Follows micropython-lib's aioble: scan(), Device.connect(), connection.service(),
service.characteristic(), subscribe(), indicated(), notified(), write(), pair().
"""

import asyncio


class DeviceDisconnectedError(Exception):
    pass


class GattError(Exception):
    pass


def uuid(number):
    """bluetooth.UUID."""
    return ("uuid", number)


class Fake:
    """The module, with the instruments that are awake."""

    DeviceDisconnectedError = DeviceDisconnectedError
    GattError = GattError

    def __init__(self, *instruments):
        self._instruments = instruments

    def scan(self, duration_ms, active):
        assert duration_ms > 0 and active  # names and services come in the scan response
        return Scan(self._instruments)


class Scan:
    def __init__(self, instruments):
        self._left = list(instruments)
        self._begun = False

    async def __aenter__(self):
        self._begun = True
        return self

    async def __aexit__(self, *_):
        self._begun = False

    def __aiter__(self):
        return self

    async def __anext__(self):
        assert self._begun
        if not self._left:
            raise StopAsyncIteration
        return self._left.pop(0)


class Instrument:
    """A scan result, its device, and the connection to it in one.

    says: {characteristic: [values]}; ending: what comes when it has said all
    """

    def __init__(self, address, service, says, ending=DeviceDisconnectedError):
        self.device = self
        self.log = []
        self.connects = True
        self.wants_pairing = False
        self.ending = ending
        self.says = says
        self.connected = self.paired = False
        self._address = address
        self._service = service

    def addr_hex(self):
        return self._address

    def services(self):
        yield uuid(0x180A)
        yield uuid(self._service)

    async def connect(self, timeout_ms):
        if not self.connects:
            raise asyncio.TimeoutError
        self.connected = True
        return self

    async def __aenter__(self):
        return self

    async def __aexit__(self, *_):
        self.connected = False

    async def pair(self, bond):
        self.paired = bond

    async def service(self, wanted):
        assert self.connected and wanted == uuid(self._service)
        return self

    async def characteristic(self, wanted):
        found = [number for number in self.says if uuid(number) == wanted]
        return Characteristic(self, found[0]) if found else None


class Characteristic:
    def __init__(self, instrument, number):
        self._instrument = instrument
        self._number = number
        self._way = None

    async def subscribe(self, notify, indicate):
        if self._instrument.wants_pairing and not self._instrument.paired:
            raise GattError(5)
        self._way = "indicate" if indicate else "notify"
        self._instrument.log.append((self._number, self._way))

    async def write(self, data, response):
        assert self._way == "indicate" and response
        self._instrument.log.append((self._number, data))

    async def indicated(self, timeout_ms):
        assert self._way == "indicate"
        return self._next()

    async def notified(self, timeout_ms):
        assert self._way == "notify"
        return self._next()

    def _next(self):
        values = self._instrument.says[self._number]
        if not values:
            raise self._instrument.ending
        return values.pop(0)
