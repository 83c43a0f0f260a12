"""aioble's other half without a radio: a GATT server, and phones that meet it one after the other.

Follows micropython-lib's aioble: config(), Service, BufferedCharacteristic (read(), write(),
written(), notify(), flags), register_services(), advertise(), stop(), and of a connection
timeout(), disconnected(), encrypted. Nothing here waits but by the clock that it is given.
"""

import asyncio

WRITE_ENCRYPTED = 0x1000


class DeviceDisconnectedError(Exception):
    pass


class FakeServer:
    """The module. phones: what meet() makes of each is a connection."""

    DeviceDisconnectedError = DeviceDisconnectedError

    def __init__(self, clock, phones):
        self.clock = clock
        self.phones = list(phones)
        self.settings = {}
        self.registered = None
        self.advertised = 0
        self.on = False

    def config(self, **settings):
        self.settings.update(settings)
        self.on = True

    def Service(self, uuid):  # noqa: N802
        return Service(uuid)

    def BufferedCharacteristic(self, service, uuid, **options):  # noqa: N802
        made = Characteristic(self, uuid, options)
        service.characteristics.append(made)
        return made

    def register_services(self, *services):
        (self.registered,) = services

    async def advertise(self, interval_us, name, services, timeout_ms):
        assert self.on and interval_us > 0 and services == [self.registered.uuid]
        assert 3 + 18 <= 31 and 2 + len(name) <= 31  # an advertisement and its response
        self.advertised += 1
        if not self.phones:
            self.clock.ms += timeout_ms
            raise asyncio.TimeoutError
        return Connection(self, self.phones.pop(0))

    def stop(self):
        self.on = False


class Service:
    def __init__(self, uuid):
        self.uuid = uuid
        self.characteristics = []


class Connection:
    """To one phone. phone: paired, next(answer) gives what it writes, None: it hangs up."""

    def __init__(self, server, phone):
        self.phone = phone
        self.encrypted = phone.paired
        self.answer = None
        for characteristic in server.registered.characteristics:
            characteristic.connection = self

    async def __aenter__(self):
        return self

    async def __aexit__(self, *_):
        pass

    def timeout(self, timeout_ms):
        assert timeout_ms > 0
        return self

    def __enter__(self):
        pass

    def __exit__(self, *_):
        pass

    async def disconnected(self, timeout_ms):
        assert self.phone.next(self.answer) is None  # it has read the last answer, and leaves


class Characteristic:
    def __init__(self, server, uuid, options):
        self.uuid = uuid
        self.options = options
        self.flags = 0
        self.value = b""
        self.connection = None
        self._server = server

    async def written(self):
        connection = self.connection
        data = connection.phone.next(connection.answer)
        self._server.clock.ms += 30
        refused = self.flags & WRITE_ENCRYPTED and not connection.encrypted
        if data is None or refused:
            raise DeviceDisconnectedError
        assert self.options["write"] and len(data) <= self.options["max_len"]
        self.value = data

    def read(self):
        return self.value

    def write(self, data):
        assert len(data) <= self.options["max_len"]
        self.value = data

    def notify(self, connection):
        assert self.options["notify"] and self.options["read"]
        connection.answer = self.value.decode()
