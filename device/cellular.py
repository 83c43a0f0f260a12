"""The modem of the board: power, key, AT dialogue (device/modem.py), then PPP on the same line.

`serial` is machine.UART, or has any(), read() and write(data). `ppp(serial)` is network.PPP, with
connect(), disconnect() and isconnected(). power and key are pins. Nothing here waits.
"""

from device.modem import DATA, FAILED, Modem

OFF, KEY, DIALOGUE, JOINING, UP, LEAVING = 0, 1, 2, 3, 4, 5
KEY_MS = 1500  # to switch it on: it asks for 1.2 s; from memory
LEAVE_MS = 4000  # of the same key: it leaves the network and saves its flash before power goes
JOIN_MS = 20_000  # of PPP


class Cellular:
    def __init__(self, serial, ppp, power, key, apn: str) -> None:
        self._serial = serial
        self._calls: list = []  # the PPP that is open, if one is
        self._new_ppp = ppp
        self._power, self._key = power, key
        self._apn = apn
        self._state = OFF
        self._until_ms = 0
        self._modem: Modem | None = None
        self.failures = 0  # how often it gave up, or lost what it had
        self.error = ""  # of the last one

    @property
    def up(self) -> bool:
        return self._state == UP

    @property
    def off(self) -> bool:
        """Its radio is off, so another may be on."""
        return self._state == OFF

    @property
    def rssi_dbm(self) -> int | None:
        return self._modem.rssi_dbm if self._modem else None

    def tick(self, now_ms: int, wanted: bool) -> bool:
        """Often. True while there is a network."""
        if self._state == OFF:
            if wanted:
                self._power.value(1)
                self._press(KEY, now_ms + KEY_MS)
        elif self._state == LEAVING:
            self._leave(now_ms)
        elif wanted:
            self._go_on(now_ms)
        else:
            self._end(now_ms)
        return self.up

    def _press(self, state: int, until_ms: int) -> None:
        self._key.value(1)
        self._state, self._until_ms = state, until_ms

    def _go_on(self, now_ms: int) -> None:
        if self._state == KEY:
            if now_ms >= self._until_ms:
                self._key.value(0)
                self._state, self._modem = DIALOGUE, Modem(self._apn, now_ms)
        elif self._state == DIALOGUE:
            self._talk(self._modem, now_ms)
        elif self._calls[0].isconnected():
            self._state = UP
        elif self._state == UP:
            self._fail("the network is lost", now_ms)
        elif now_ms >= self._until_ms:
            self._fail("no PPP", now_ms)

    def _talk(self, modem, now_ms: int) -> None:
        if self._serial.any():
            modem.feed(self._serial.read(), now_ms)
        modem.tick(now_ms)
        if modem.out:
            self._serial.write(modem.out)
            modem.out = b""
        if modem.state == FAILED:
            self._fail(modem.error, now_ms)
        elif modem.state == DATA:
            self._join(now_ms)

    def _join(self, now_ms: int) -> None:
        self._state, self._until_ms = JOINING, now_ms + JOIN_MS
        self._calls.append(self._new_ppp(self._serial))
        try:
            self._calls[0].connect()
        except OSError as error:
            self._fail("PPP: %s" % error, now_ms)

    def _fail(self, why: str, now_ms: int) -> None:
        self.failures += 1
        self.error = why
        self._end(now_ms)

    def _end(self, now_ms: int) -> None:
        while self._calls:
            self._calls.pop().disconnect()
        self._press(LEAVING, now_ms + LEAVE_MS)

    def _leave(self, now_ms: int) -> None:
        if now_ms >= self._until_ms:
            self._key.value(0)
            self._power.value(0)  # one that hangs is cut off
            self._state = OFF
