"""A modem as V.250 and 3GPP TS 27.007 describe it, and network.PPP on its line.

hear() takes what is written to it and gives what it says; Serial is the line in memory, and
tests/device/test_modem_line.py puts it behind a real one.
"""

SETS = ("AT", "AT+CMEE=1")


class FakeModem:
    """Switched on by its key; echoes until it is told not to."""

    def __init__(self):
        self.sim = True
        self.searches = 2  # times it is asked in vain; None: it never finds a network
        self.carrier = True  # the network takes the call
        self.asked = []
        self.off()

    def off(self):
        self.on = self.data = self.echo = False
        self._line = b""

    def start(self):
        self.off()
        self.on = self.echo = True
        self._searched = 0
        return b"\r\nRDY\r\n"

    def hear(self, written):
        said = b""
        for byte in written:
            if self.data:
                said += b"~ACK" if byte == 0x7E else b""  # the peer of PPP takes what is offered
            elif self.on:
                said += bytes((byte,)) if self.echo else b""
                self._line += bytes((byte,))
                if byte == 0x0D:
                    said += self._answer(self._line.decode().strip())
                    self._line = b""
        return said

    def _answer(self, command):
        if command not in self.asked:
            self.asked.append(command)
        said = self._say(command)
        self.data = said.startswith("CONNECT")
        return ("\r\n%s\r\n" % said).encode()

    def _say(self, command):
        if command in SETS or command.startswith('AT+CGDCONT=1,"IP",'):
            return "OK"
        if command == "ATE0":
            self.echo = False
            return "OK"
        if command == "AT+CPIN?":
            return "+CPIN: READY\r\n\r\nOK" if self.sim else "+CME ERROR: 10"
        if command == "AT+CSQ":
            return "+CSQ: 17,99\r\n\r\nOK"
        if command == "AT+CEREG?":
            self._searched += 1
            there = self.searches is not None and self._searched > self.searches
            return "+CEREG: 0,%d\r\n\r\nOK" % (1 if there else 2)
        if command == "ATD*99#":
            return "CONNECT 115200" if self.carrier else "NO CARRIER"
        return "ERROR"


class Serial:
    """machine.UART with the modem behind it."""

    def __init__(self, modem):
        self.modem = modem
        self._said = b""

    def any(self):
        return len(self._said)

    def read(self):
        said, self._said = self._said, b""
        return said or None

    def write(self, data):
        self._said += self.modem.hear(data)

    def say(self, data):
        self._said += data


class FakePpp:
    """network.PPP: connected when the other side has answered, until the call ends."""

    def __init__(self, serial):
        self._serial = serial
        self._joined = False

    def connect(self):
        self._serial.write(b"~LCP")

    def isconnected(self):
        if self._serial.any():
            self._joined = b"ACK" in self._serial.read()
        modem = getattr(self._serial, "modem", None)
        return self._joined and (modem is None or modem.data)

    def disconnect(self):
        self._joined = False


class Switch:
    """A pin that tells when it changes."""

    def __init__(self, told=lambda level: None):
        self.level = 0
        self._told = told

    def value(self, level):
        if level != self.level:
            self.level = level
            self._told(level)
