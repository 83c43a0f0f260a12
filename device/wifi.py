"""Keeps the board on one of its Wi-Fi networks. The interface comes in; nothing here waits.

`wlan` is network.WLAN(network.STA_IF), or has active(), isconnected(), connect(name, password),
disconnect() and status("rssi").
"""

from device import power

TRY_MS = power.SEARCH_MS  # for one network


class Wifi:
    """networks: [[name, password]], the likeliest first."""

    def __init__(self, wlan, networks, now_ms: int) -> None:
        self._wlan = wlan
        self._networks = networks
        self._at = 0
        self._trying = False
        self._tried_ms = now_ms  # when this attempt began
        self._lost_ms = now_ms
        self._idle_ms = now_ms  # since when the board is idle
        self._idle = True
        self._on = False
        self.up = False

    def tick(self, now_ms: int, idle: bool) -> bool:
        """Often. True while there is a network. idle: the board has nothing to do but to be there
        for a command; only then the radio is off, between contacts."""
        if idle and not self._idle:
            self._idle_ms = now_ms
        self._idle = idle
        if idle and not power.in_contact(now_ms, self._idle_ms):
            self.rest(now_ms)
        else:
            self._be_there(now_ms)
        return self.up

    def rssi_dbm(self) -> int | None:
        return self._wlan.status("rssi") if self.up else None

    def _be_there(self, now_ms: int) -> None:
        if not self._on:
            self._on = True
            self._wlan.active(True)
        was_up, self.up = self.up, self._wlan.isconnected()
        if self.up:
            self._trying = False
            return
        if was_up:
            self._wlan.disconnect()  # else the chip goes on by itself, and refuses connect()
            self._lost_ms = now_ms
        self._search(now_ms)

    def rest(self, now_ms: int) -> None:
        """The radio is off until the next tick that wants it."""
        self._give_up()
        if self._on:
            self._on = self.up = False
            self._wlan.active(False)
        self._lost_ms = now_ms  # so that the next contact begins with a search

    def _search(self, now_ms: int) -> None:
        """One network after the other; in between no search: device/power.py says when."""
        if self._trying and now_ms - self._tried_ms < TRY_MS:
            return
        self._give_up()
        if power.searches(now_ms, self._lost_ms):
            name, password = self._networks[self._at]
            self._wlan.connect(name, password)
            self._trying = True
            self._tried_ms = now_ms

    def _give_up(self) -> None:
        """The next attempt is another network's."""
        if self._trying:
            self._wlan.disconnect()
            self._trying = False
            self._at = (self._at + 1) % len(self._networks)
