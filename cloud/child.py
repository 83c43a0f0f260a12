"""One process of the demo's tree, with its log."""

import os
import subprocess
import time
from dataclasses import dataclass, field
from pathlib import Path

READY_S = 90.0  # a busy machine
STOP_S = 8.0  # a probe ends its recording and waits 5 s for receipts


class DemoError(Exception):
    """The demo cannot start or go on; the text says why and what to do."""


@dataclass
class Child:
    """start() it, then wait_ready() where its log says so."""

    name: str
    argv: list[str]
    log: Path
    env: dict[str, str] = field(default_factory=dict)
    process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        with self.log.open("ab") as out:
            self.process = subprocess.Popen(
                self.argv,
                stdin=subprocess.DEVNULL,
                stdout=out,
                stderr=out,
                env=os.environ | self.env,
                start_new_session=True,  # Ctrl-C comes to us; we end them in order
            )

    def ended(self) -> int | None:
        return self.process.poll() if self.process else None

    def stop(self) -> None:
        if self.process is None or self.process.poll() is not None:
            return
        self.process.terminate()
        try:
            self.process.wait(STOP_S)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()

    def last_words(self) -> str:
        lines = (
            self.log.read_text(errors="replace").strip().splitlines() if self.log.exists() else []
        )
        return lines[-1] if lines else "it said nothing"

    def wait_ready(self) -> None:
        """Until its log says `... ready on ...`."""
        deadline_s = time.monotonic() + READY_S
        while time.monotonic() < deadline_s:
            if " ready on " in self.log.read_text(errors="replace"):
                return
            if self.ended() is not None:
                raise DemoError(f"{self.name} ended: {self.last_words()}")
            time.sleep(0.05)
        raise DemoError(f"{self.name} was not ready within {READY_S:.0f} s: see {self.log}")
