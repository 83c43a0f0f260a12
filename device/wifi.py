"""Keeps the board on one of its Wi-Fi networks. The interface comes in; nothing here waits.

`wlan` is network.WLAN(network.STA_IF), or has active(), isconnected(), connect(name, password),
disconnect() and status("rssi").
"""

from device import power

TRY_MS = 15_000  # for one network


class Wifi:
    """networks: [[name, password]], the likeliest first."""

    def __init__(self, wlan, networks, now_ms: int) -> None:
        self._wlan = wlan
        self._networks = networks
        self._at = 0
        self._trying = False
        self._since_ms = now_ms  # of this attempt
        self._lost_ms = now_ms
        self.up = False

    def tick(self, now_ms: int) -> bool:
        """Often. True while there is a network."""
        if self._wlan.isconnected():
            self.up = True
            self._trying = False
            self._lost_ms = now_ms
            return True
        if self.up:
            self.up = False
            self._lost_ms = now_ms
        self._search(now_ms)
        return False

    def rssi_dbm(self) -> int | None:
        return self._wlan.status("rssi") if self.up else None

    def _search(self, now_ms: int) -> None:
        """One network after the other, and the radio off in between: device/power.py says when."""
        if self._trying and now_ms - self._since_ms < TRY_MS:
            return
        if self._trying:
            self._wlan.disconnect()
            self._trying = False
            self._at = (self._at + 1) % len(self._networks)
        if not power.searches(now_ms, self._lost_ms):
            self._wlan.active(False)
            return
        name, password = self._networks[self._at]
        self._wlan.active(True)
        self._wlan.connect(name, password)
        self._trying = True
        self._since_ms = now_ms
