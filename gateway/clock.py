"""The gateway's two clocks. Durations come from the one that cannot jump."""

import time
from pathlib import Path

BOOT_ID = Path("/proc/sys/kernel/random/boot_id")


class Clock:
    """Wall time, which somebody may set, and time elapsed since the machine started."""

    def wall_ms(self) -> int:
        """Unix milliseconds."""
        return time.time_ns() // 1_000_000

    def elapsed_ms(self) -> int:
        """Milliseconds that never go back nor jump while boot() stays the same."""
        return time.monotonic_ns() // 1_000_000

    def boot(self) -> str:
        """Names this start of the machine: elapsed_ms of another boot cannot be compared."""
        try:
            return BOOT_ID.read_text().strip()
        except OSError:
            return f"unknown, before {self.wall_ms()}"  # never the same twice
