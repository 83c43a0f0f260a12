"""The drill's rig for tests: with Mosquitto where asked, more mothers, pages and the bare store.

    with Rig(tmp_path) as rig:
        probe = rig.probe(1, "synthetic:bradycardia:13:30", speed=60)
        page = browser.new_page(); rig.sign_in_page(page, "hospital")

Mothers beyond the fourth live beside the first, and `homes` are further mothers whose gateways the
test plays itself. What is stored is read from the database by this file alone, not by the code
under test.
"""

import secrets
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
from sqlalchemy import text

from cloud import demo
from cloud.drill import rig as drill
from cloud.drill.rig import COMMAND, ENV, READY_S, ROOT
from device import payloads, wire
from tests import servers
from tests.e2e import population
from tests.servers import Process, wait_until

__all__ = ["COMMAND", "ENV", "READY_S", "ROOT", "Rig"]
GAPS = {name: gap for name, _, gap in payloads.CHANNELS}
PER_UNIT = {"fhr": 4.0, "fhr2": 4.0, "mhr": 4.0, "toco": 2.0, "quality": 1.0}


class Rig(drill.Rig):
    """Starts on enter, ends everything on exit. Each process can be killed and started again."""

    def __init__(
        self,
        folder: Path,
        mothers: int = 4,
        broker: str = "lucina",
        database_url: str = "",
        env: Mapping[str, str] | None = None,
        homes: int = 0,
    ) -> None:
        super().__init__(folder, mothers, database_url, env)
        self.homes = {f"home-{n}": secrets.token_urlsafe(12) for n in range(1, homes + 1)}
        if broker == "mosquitto":
            users = {demo.GATEWAY: self.tokens.gateway, demo.CLOUD: self.tokens.cloud, **self.homes}
            place = folder / "mosquitto"
            self.broker = servers.start_mosquitto(place, users, self.broker_port)

    def set_up(self) -> None:
        """Everything that must be there before the first process starts."""
        population.write_files(self.folder, self.tokens, self.homes)
        population.fill(self.database_url, self.tokens, self.homes)

    def probe(
        self, number: int, source: str | Path, speed: int, *more: str, micropython: bool = False
    ) -> Process:
        """Mother `number` (from 1) starts to replay a recording."""
        if micropython:
            servers.micropython_path()
            more = (*more, "--micropython")
        return super().probe(number, source, speed, *more)

    def sign_in_page(self, page: Any, username: str, path: str = "") -> None:
        page.goto(f"{self.url}/login")
        page.fill("input[name=username]", username)
        page.fill("input[name=password]", demo.PASSWORD)
        page.click("form.login button")
        page.wait_for_url(lambda url: "/login" not in url)
        if path:
            page.goto(f"{self.url}{path}")

    def rows(self, sql: str, **values: Any) -> list[Any]:
        with self.engine.connect() as conn:
            return list(conn.execute(text(sql), values))

    def recording_id(self, number: int, timeout_s: float = 30) -> int:
        """The newest recording of mother `number`, once it is there."""
        sql = "SELECT id FROM recordings WHERE device_id = :d ORDER BY id DESC LIMIT 1"
        device = self.devices[number - 1]
        found = wait_until(lambda: self.rows(sql, d=device), timeout_s, f"recording of {device}")
        return int(found[0][0])

    def wait_complete(self, recording_id: int, timeout_s: float) -> int:
        """Wait until as many frames are stored as its stop event says; return how many."""
        sql = """SELECT r.frames_made FROM recordings r WHERE r.id = :r AND r.frames_made =
                 (SELECT count(*) FROM frames f WHERE f.recording_id = r.id)"""
        what = f"all frames of recording {recording_id}"
        return int(wait_until(lambda: self.rows(sql, r=recording_id), timeout_s, what)[0][0])

    def stored(self, recording_id: int) -> list[wire.Frame]:
        """What the store holds, checked by seq and CRC, in order of seq."""
        sql = "SELECT seq, data FROM frames WHERE recording_id = :r ORDER BY seq"
        rows = self.rows(sql, r=recording_id)
        frames = [wire.decode(bytes(data)) for _, data in rows]
        assert [frame.seq for frame in frames] == [seq for seq, _ in rows]
        return frames

    def trace(self, recording_id: int) -> dict[str, np.ndarray]:
        """{channel: (n,) float64 at 4 Hz, NaN where missing} from the stored frames."""
        seconds = {f.t_ms // 1000: payloads.unpack_trace(f.payload)
                   for f in self.stored(recording_id) if f.kind == wire.TRACE}  # fmt: skip
        trace = {name: np.full(4 * (max(seconds) + 1), np.nan) for name in GAPS}
        for second, samples in seconds.items():
            for name, counts in samples._asdict().items():
                if counts is not None:
                    trace[name][4 * second : 4 * second + 4] = counts
        for name, values in trace.items():
            values[values == GAPS[name]] = np.nan
            values /= PER_UNIT[name]
        return trace
