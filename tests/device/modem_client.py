"""The board's side of a modem on a real serial line; test_modem_line.py runs it under both
interpreters.

    modem_client.py TTY

Prints the strength of the network when it is there.
"""

import select
import sys
import time

from device.cellular import Cellular
from device.clock import system_clock
from tests.device.fake_modem import FakePpp, Switch

LONGEST_MS = 30_000


class Line:
    """machine.UART on a terminal."""

    def __init__(self, path):
        self._file = open(path, "r+b", 0)
        self._poll = select.poll()
        self._poll.register(self._file, select.POLLIN)

    def any(self):
        return len(self._poll.poll(0))

    def read(self):
        found = b""
        while self.any():
            found += self._file.read(1)
        return found

    def write(self, data):
        self._file.write(data)


def main(path):
    clock = system_clock()
    modem = Cellular(Line(path), FakePpp, Switch(), Switch(), "internet")
    while not modem.tick(clock.now_ms(), True) and clock.now_ms() < LONGEST_MS:
        time.sleep(0.005)
    print(modem.up, modem.rssi_dbm, modem.failures)


main(sys.argv[1])
