"""How soon the gateway warns while the cloud is dead: python -m tests.gateway.alone [--seed 1]

Real broker, cloud, gateway and probe. The cloud is killed, the link is told, a bradycardia begins,
she is warned; the cloud comes back, and then there is one alert that says so. Times are taken where
probe and gateway meet: a sample leaves the probe, a command reaches it.
"""

import argparse
import json
import tempfile
import time
from pathlib import Path

from cloud.drill.process import wait_until
from cloud.drill.rig import Rig
from cloud.store import alerts, recordings
from cloud.store.db import reading
from device import payloads, wire
from models.synth import synthetic
from models.whole import changes

MINUTES = 8
AGREED_S = 60.0
SETTLED_S = 20.0  # a second alert would have come by then


class Times:
    """The tap of a proxy: when each second left the probe, when each warning reached it."""

    def __init__(self) -> None:
        self.second_s: dict[int, float] = {}
        self.warned_s: dict[str, float] = {}
        self._readers: dict[tuple[int, bool], wire.Reader] = {}

    def passes(self, connection: int, up: bool, data: bytes) -> None:
        now_s = time.monotonic()
        for frame in self._readers.setdefault((connection, up), wire.Reader()).feed(data):
            if up and frame.kind == wire.TRACE:
                self.second_s.setdefault(frame.t_ms // 1000, now_s)
            told = None if up else payloads.unpack_warning_id(frame.seq)
            if frame.kind == wire.COMMAND and told is not None:
                self.warned_s.setdefault(payloads.WARNINGS[told.code], now_s)


def measure(folder: Path, seed: int, speed: int) -> dict[str, object]:
    trace, _ = synthetic(seed, MINUTES, "bradycardia")
    raised = next(c for c in changes(trace) if c.rule.id == "bradycardia_80")
    times = Times()
    with Rig(folder, proxied=True) as rig:
        rig.near.tap = times.passes
        rig.probe(1, f"synthetic:bradycardia:{seed}:{MINUTES}", speed)
        before_s = raised.at_s - 15 * speed
        wait_until(lambda: max(times.second_s, default=0) > before_s, MINUTES * 60, "the outage")
        rig.cloud.kill()
        dead_s = time.monotonic()
        wait_until(lambda: "bradycardia_80" in times.warned_s, MINUTES * 60, "the warning")
        rig.start(rig.cloud)
        back_s = time.monotonic()

        def found() -> list[alerts.Alert]:
            with reading(rig.engine) as conn:
                (recording,) = recordings.latest(conn)
                return alerts.of_rule(conn, recording.id, "bradycardia_80")

        def notes() -> list[alerts.Step]:
            with reading(rig.engine) as conn:
                told = alerts.steps_of(conn, [one.id for one in found()])
            return [step for of in told.values() for step in of if step.event == "warned"]

        wait_until(notes, AGREED_S, "the note on the alert")
        agreed_s = time.monotonic()
        time.sleep(SETTLED_S)
        return {
            "link_told_s": round(times.warned_s["link_lost"] - dead_s, 2),
            "sample_to_warning_s": round(
                times.warned_s["bradycardia_80"] - times.second_s[int(raised.at_s) - 1], 3
            ),
            "cloud_back_to_note_s": round(agreed_s - back_s, 1),
            "alerts": len(found()),
            "notes": len(notes()),
            "reason": found()[0].reason,
            "note": notes()[0].text,
        }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--speed", type=int, default=10, help="recorded seconds a second")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        print(json.dumps(measure(Path(folder), given.seed, given.speed), ensure_ascii=False))


if __name__ == "__main__":
    main()
