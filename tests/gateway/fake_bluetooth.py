"""bleak's two backends without a radio: instruments that advertise, connect and tell."""

import asyncio
from typing import Any

from bleak.backends.characteristic import BleakGATTCharacteristic
from bleak.backends.client import BaseBleakClient
from bleak.backends.device import BLEDevice
from bleak.backends.scanner import AdvertisementData, BaseBleakScanner
from bleak.backends.service import BleakGATTService, BleakGATTServiceCollection
from bleak.exc import BleakError


def long_uuid(number: int) -> str:
    return f"0000{number:04x}-0000-1000-8000-00805f9b34fb"


class Instrument:
    """says: {characteristic: values}; it hangs up when it has said all."""

    def __init__(self, address: str, service: int, says: dict[int, list[bytes]]) -> None:
        self.address, self.service, self.says = address, service, says
        self.log: list[object] = []
        self.wants_pairing = False
        self.paired = False
        self.broken = False  # it goes away while we connect


class Air:
    """What can be heard. `backends` is for gateway.ble.Instruments."""

    def __init__(self, *instruments: Instrument) -> None:
        self.instruments = list(instruments)
        self.failure: Exception | None = None  # of the adapter
        air = self

        class Scanner(BaseBleakScanner):
            def __init__(self, callback: Any, services: Any, *_: Any, **__: Any) -> None:
                super().__init__(callback, services)

            async def start(self) -> None:
                if air.failure is not None:
                    raise air.failure
                for one in air.instruments:
                    device = BLEDevice(one.address, "fake", one)
                    data = AdvertisementData(None, {}, {}, [long_uuid(one.service)], None, -50, ())
                    loop = asyncio.get_running_loop()
                    loop.call_soon(self.call_detection_callbacks, device, data)

            async def stop(self) -> None:
                pass

        self.backends = (Scanner, Client)


class Client(BaseBleakClient):
    """The connection to one instrument."""

    def __init__(self, device: BLEDevice, **settings: Any) -> None:
        super().__init__(device, **settings)
        self._instrument: Instrument = device.details
        self._connected = False

    @property
    def mtu_size(self) -> int:
        return 23

    @property
    def is_connected(self) -> bool:
        return self._connected

    async def connect(self, pair: bool, **_: Any) -> None:
        if self._instrument.broken:
            raise BleakError("it went away")
        self.services = BleakGATTServiceCollection()
        service = BleakGATTService(None, 1, long_uuid(self._instrument.service))
        self.services.add_service(service)
        for n, number in enumerate(self._instrument.says):
            one = BleakGATTCharacteristic(
                None, 10 + n, long_uuid(number), ["indicate", "write"], lambda: 20, service
            )
            self.services.add_characteristic(one)
        self._connected = True

    async def disconnect(self) -> None:
        self._connected = False

    async def pair(self, *_: Any, **__: Any) -> None:
        self._instrument.paired = True

    async def unpair(self) -> None:
        raise NotImplementedError

    async def start_notify(self, characteristic: Any, callback: Any, **_: Any) -> None:
        instrument = self._instrument
        if instrument.wants_pairing and not instrument.paired:
            raise BleakError("not authorized")
        number = int(characteristic.uuid[4:8], 16)
        instrument.log.append(number)
        if number not in (0x2A18, 0x2A52):
            self._tell(number, callback)
        elif number == 0x2A18:
            self._asked = lambda: self._tell(number, callback)

    def _tell(self, number: int, callback: Any) -> None:
        loop = asyncio.get_running_loop()
        for value in self._instrument.says[number]:
            loop.call_soon(callback, bytearray(value))
        if self._disconnected_callback is not None:
            loop.call_soon(self._disconnected_callback)

    async def write_gatt_char(self, characteristic: Any, data: Any, response: bool) -> None:
        self._instrument.log.append((int(characteristic.uuid[4:8], 16), bytes(data), response))
        self._asked()

    async def stop_notify(self, characteristic: Any) -> None:
        raise NotImplementedError

    async def read_gatt_char(self, *_: Any, **__: Any) -> bytearray:
        raise NotImplementedError

    async def read_gatt_descriptor(self, *_: Any, **__: Any) -> bytearray:
        raise NotImplementedError

    async def write_gatt_descriptor(self, *_: Any, **__: Any) -> None:
        raise NotImplementedError
