"""Wi-Fi or the modem, whichever works: one radio at a time. No I/O and no clock.

Wi-Fi goes first: it takes less from the battery and costs nothing. A board with something to do
that has been without it for WIFI_MS turns to its modem, stays there while that works, and goes back
when it fails; for longer when it found nothing, for its search takes much from the battery. An idle
board looks for Wi-Fi as device/wifi.py does; when that was not there for an hour it is on the modem
for a minute.
"""

WIFI_MS = 30_000  # of a search and more
MODEM_MS, MODEM_EVERY_MS = 60_000, 3_600_000  # of the modem while the board is idle
AGAIN_MS = 240_000  # the same after the modem has found nothing


class Bearer:
    """wifi, modem: device/wifi.py, device/cellular.py; one of them may be None."""

    def __init__(self, wifi, modem, now_ms: int) -> None:
        self._wifi, self._modem = wifi, modem
        self._since_ms = now_ms  # the last time on Wi-Fi, or the turn before
        self._failures = 0
        self._patience_ms = WIFI_MS  # of a turn of Wi-Fi that has none
        self._idle = True
        self.cellular = False  # it is the modem's turn
        self.up = False

    def tick(self, now_ms: int, idle: bool) -> bool:
        """Often. True while there is a network. idle: the board has nothing to do but to be there
        for a command."""
        if idle != self._idle:
            self._idle, self._since_ms = idle, now_ms
            self.cellular = self.cellular if self._wifi else not idle
        elif self._modem and self._is_over(now_ms - self._since_ms):
            self.cellular = not self.cellular
            self._since_ms = now_ms
            if self.cellular:
                self._patience_ms = AGAIN_MS
        self.up = self._on_modem(now_ms) if self.cellular else self._on_wifi(now_ms)
        if self.up:
            self._patience_ms = WIFI_MS
        return self.up

    def _is_over(self, waited_ms: int) -> bool:
        """Is it the other's turn?"""
        if not self.cellular:
            return waited_ms >= (MODEM_EVERY_MS if self._idle else self._patience_ms)
        failed = self._modem.failures != self._failures
        self._failures = self._modem.failures
        return failed or (self._idle and waited_ms >= MODEM_MS)

    def _on_modem(self, now_ms: int) -> bool:
        if self._wifi:
            self._wifi.rest(now_ms)
        return bool(self._modem.tick(now_ms, True))

    def _on_wifi(self, now_ms: int) -> bool:
        if self._modem:
            self._modem.tick(now_ms, False)
            if not self._modem.off:
                return False
        if not self._wifi or not self._wifi.tick(now_ms, self._idle):
            return False
        self._since_ms = now_ms
        return True
