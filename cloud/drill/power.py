"""Power cuts and failing fsyncs under the gateway, on a file system that forgets."""

import importlib.util
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from functools import cache
from pathlib import Path

from cloud.drill import place
from cloud.drill.course import Course
from cloud.drill.loaded import Loaded
from cloud.drill.process import Process, Spawn, wait_until
from cloud.drill.rig import ENV, Rig

CUTS = {  # when, by what command of forgetful.py: each twice
    "at a random moment": ".cut",
    "written, not synced": ".cut-at-sync",
    "synced, not acknowledged": ".cut-after-sync",
}
SYNCS_S = 10.0  # a gateway that receives; after that its power goes without
DEAD_S = 2.0
ALONE_S = 2.0  # of the gateway with its frames, before its power goes
ENDS_S = 30.0  # a gateway whose disk cannot be trusted


class Forgetful(Rig):
    """The gateway's home is on a disk that forgets (forgetful.py)."""

    def __init__(self, folder: Path, seed: int, spawn: Spawn) -> None:
        self.disk = Disk(folder, seed)
        super().__init__(folder, proxied=True, gateway_home=self.disk.mount, spawn=spawn)


class Disk:
    def __init__(self, folder: Path, seed: int) -> None:
        self.mount = folder / "forgetful"
        self.mount.mkdir(parents=True)
        program = [sys.executable, "-m", "cloud.drill.forgetful", str(folder / "disk")]
        args = [*program, str(self.mount), str(seed)]
        self._process = Process(args, folder, ENV, name="disk")

    def start(self) -> None:
        self._process.start()
        wait_until(lambda: os.path.ismount(self.mount), 30, "the file system that forgets")

    def command(self, name: str) -> None:
        """See forgetful.py."""
        with suppress(OSError):
            (self.mount / name).lstat()

    def cut(self, when: str) -> bool:
        """Its power goes. False: not when it should, for no fsync came."""
        self.command(CUTS[when])
        end_s = time.monotonic() + SYNCS_S
        while self._process.alive and time.monotonic() < end_s:
            time.sleep(0.02)
        came = not self._process.alive
        self.command(CUTS["at a random moment"])
        wait_until(lambda: not self._process.alive, 30, "the file system that forgets ending")
        return came

    def unmount(self) -> None:
        subprocess.run(["umount", "--lazy", str(self.mount)], check=False, capture_output=True)
        self._process.kill()


@contextmanager
def forgetful(folder: Path) -> Iterator[Rig]:
    with Loaded() as programs:
        rig = Forgetful(folder, seed=1, spawn=programs.spawn)
        rig.disk.start()
        try:
            with rig:
                yield rig
        finally:
            rig.disk.unmount()


@cache
def lacks_forgetful() -> str:
    if place.lacks_mounts():
        return place.lacks_mounts()
    if importlib.util.find_spec("mfusepy") is None:
        return "mfusepy is not installed"
    if not os.access("/dev/fuse", os.W_OK) or not shutil.which("fusermount3"):
        return "no FUSE (package fuse3, /dev/fuse)"
    return ""


def power_loss(course: Course) -> None:
    """The gateway's power goes: what its disk had not synced is gone, or there in part."""
    disk = _disk(course)
    course.begin()
    order = course.rng.sample([*CUTS, *CUTS], 2 * len(CUTS))
    for number in course.moments(len(order)):
        when = order[number]
        course.go_on()
        course.ledger.faults += 1
        course.say(f"power cut {course.ledger.faults} {when}")
        course.rig.far.cut()  # so that what is receipted is nowhere else
        time.sleep(ALONE_S)
        when = when if disk.cut(when) else "no fsync came"
        course.ledger.facts[when] = course.ledger.facts.get(when, 0) + 1
        course.rig.gateway.kill()
        disk.unmount()
        time.sleep(course.rng.uniform(0, DEAD_S))
        disk.start()
        course.rig.start(course.rig.gateway)
        course.rig.far.heal()


def fsync_error(course: Course) -> None:
    """fsync answers EIO: the gateway ends, and says so, rather than to acknowledge anything."""
    disk, gateway = _disk(course), course.rig.gateway
    course.begin()
    for _ in range(2):
        time.sleep(course.rng.uniform(0.1, 0.2) * course.replay.wall_s)
        course.ledger.faults += 1
        course.say("fsync fails")
        disk.command(".fail")
        wait_until(lambda: not gateway.alive, ENDS_S, "the gateway ending when fsync fails")
        course.ledger.must(gateway.returncode != 0, "the gateway ended as if nothing had been")
        disk.command(".heal")
        course.rig.start(gateway)


def _disk(course: Course) -> Disk:
    assert isinstance(course.rig, Forgetful)
    return course.rig.disk
