"""Faults of the disks under gateway and cloud: no room, and a bit that has turned."""

import re
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from cloud.drill.course import Course
from cloud.drill.process import Process, wait_until
from cloud.drill.rigs import OnSmallDisks

FULL_S = 8.0
CHUNK = 1 << 16
REFUSES_S, RECOVERS_S = 30.0, 60.0
FULL_WORDS = {"gateway": "disk full", "cloud": "the store fails"}


def disk_full(course: Course) -> None:
    """No byte is left on the gateway's disk, then on the cloud's: each says so, takes nothing that
    it cannot keep, and goes on by itself."""
    assert isinstance(course.rig, OnSmallDisks)
    course.begin()
    rig = course.rig
    for process, folder in ((rig.gateway, rig.gateway_home), (rig.cloud, rig.database_folder)):
        time.sleep(course.rng.uniform(0.05, 0.1) * course.replay.wall_s)
        course.ledger.faults += 1
        course.say(f"the disk of the {process.name} is full")
        before = len(process.stderr)
        with _filled(folder):
            _wait_said(process, before, FULL_WORDS[process.name])
            time.sleep(FULL_S)
        course.ledger.must(process.alive, f"the {process.name} has ended")


@contextmanager
def _filled(folder: Path) -> Iterator[None]:
    """Not a byte is free in this folder's file system."""
    filler = folder / "filler"
    with filler.open("wb", buffering=0) as file, suppress(OSError):
        while True:
            file.write(bytes(CHUNK))
    try:
        yield
    finally:
        filler.unlink()


def _wait_said(process: Process, after: int, words: str) -> None:
    wait_until(lambda: words in process.stderr[after:], REFUSES_S, f"{words!r} in the log")


def bit_flip(course: Course) -> None:
    """One bit of a stored frame turns: it is found, told, and everything else is served."""
    course.begin()
    course.wait_for_probes()
    course.wait_for_store()
    rig, victims = course.rig, course.stored()
    key, data, _ = course.rng.choice(victims)
    course.say(f"a bit of frame {key[2]} turns")
    bit = course.rng.randrange(8 * len(data))
    rig.engine.dispose()  # the last one that closes it leaves one file
    rig.cloud.stop()
    file = Path(re.sub(r"^sqlite:///", "", rig.database_url))
    course.ledger.faults = _turn(file, data, bit)
    course.ledger.must(course.ledger.faults == 1, "the frame was not found in the file")
    rig.start(rig.cloud)
    recording = next(r for r in course.recordings() if (r.device_id, r.session) == key[:2])
    centre = rig.sign_in("centre")
    report = centre.get(f"/api/recordings/{recording.id}/completeness").json()
    trace = centre.get(f"/api/recordings/{recording.id}/trace")
    course.ledger.must(report["unreadable"] == 1, f"told: {report['text']}")
    course.ledger.must(trace.status_code == 200, f"its trace: HTTP {trace.status_code}")
    others = {one[0] for one in victims} - {key} - {one[0] for one in course.stored()}
    course.ledger.must(not others, f"{len(others)} other frames cannot be read")
    rig.engine.dispose()
    rig.cloud.stop()
    _turn(file, data, bit, back=True)
    rig.start(rig.cloud)


def _turn(file: Path, data: bytes, bit: int, back: bool = False) -> int:
    """Turn one bit of these bytes wherever they stand in the file; how often they did."""
    turned = bytearray(data)
    turned[bit // 8] ^= 1 << bit % 8
    was, now = (bytes(turned), data) if back else (data, bytes(turned))
    whole = file.read_bytes()
    file.write_bytes(whole.replace(was, now))
    return whole.count(was)
