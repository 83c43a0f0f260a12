"""Rigs for drills that need more than the usual processes."""

import secrets
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from cloud import demo
from cloud.drill.database import Postgres
from cloud.drill.hook import Hook
from cloud.drill.loaded import Loaded
from cloud.drill.mosquitto import make_mutual, start_mosquitto
from cloud.drill.process import Process, Spawn
from cloud.drill.rig import Rig
from cloud.drill.storm import take_descriptors
from cloud.store import contacts, people
from cloud.store.db import writing

DISK_MB = 24
# a new process for assessments takes seconds to start, and a cloud lives for less between two kills
ALONE = {"LUCINA_ASSESS_WORKERS": "0"}
ESCALATE_S = 10  # instead of a minute, so that a drill sees all of it


def plain(folder: Path) -> Rig:
    """SQLite, and proxies before gateway and broker."""
    return Rig(folder, proxied=True)


@contextmanager
def loaded(folder: Path) -> Iterator[Rig]:
    """The same, of processes that start at once."""
    with Loaded() as programs, Rig(folder, env=ALONE, proxied=True, spawn=programs.spawn) as rig:
        yield rig


@contextmanager
def hooked(folder: Path) -> Iterator[Rig]:
    """Everybody is told by a webhook, and has little time to answer."""
    hook = Hook().start()
    env = {"LUCINA_CHANNEL_WEBHOOK": hook.channel, "LUCINA_ESCALATE_AFTER_S": str(ESCALATE_S)}
    try:
        with Loaded() as programs, Hooked(folder, hook, ALONE | env, programs.spawn) as rig:
            yield rig
    finally:
        hook.stop()


class Hooked(Rig):
    def __init__(self, folder: Path, hook: Hook, env: dict[str, str], spawn: Spawn) -> None:
        super().__init__(folder, env=env, proxied=True, spawn=spawn)
        self.hook = hook

    def set_up(self) -> None:
        super().set_up()
        with writing(self.engine) as conn:
            for place in people.all_organisations(conn):
                way = {"channel": "webhook", "address": "drill", "place": 0, "least": "low"}
                contacts.add(conn, person_id=None, organisation_id=place.id, **way)


@contextmanager
def on_postgres(folder: Path) -> Iterator[Rig]:
    database = Postgres()
    try:
        with Loaded() as programs, OnPostgres(folder, database, programs.spawn) as rig:
            yield rig
    finally:
        database.close()


class OnPostgres(Rig):
    def __init__(self, folder: Path, database: Postgres, spawn: Spawn) -> None:
        url = database.new_database()
        super().__init__(folder, database_url=url, env=ALONE, proxied=True, spawn=spawn)
        self.database = database


class OnMosquitto(Rig):
    """The cloud's broker is Mosquitto. `storms`: what thousands need to come in, by the way."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder, proxied=True)
        crowd, token = "crowd", secrets.token_urlsafe(12)
        users = {demo.GATEWAY: self.tokens.gateway, demo.CLOUD: self.tokens.cloud, crowd: token}
        self.mutual = mutual = make_mutual(folder / "certificates")
        take_descriptors()
        place = folder / "mosquitto"
        self.broker = start_mosquitto(place, users, self.broker_port, mutual=mutual)
        self.storms = {
            "plain": [str(self.broker_port), crowd, token],
            "mutual TLS": [str(mutual.port), crowd, token, *mutual.files],
        }


@contextmanager
def on_small_disks(folder: Path) -> Iterator[Rig]:
    """Outbox and database each on a file system of a few MB, in mounts of the drill's own."""
    disks = [folder / "gateway-disk", folder / "cloud-disk"]
    mounted: list[Path] = []
    try:
        for disk in disks:
            disk.mkdir(parents=True)
            options = ["-t", "tmpfs", "-o", f"size={DISK_MB}m", "lucina-drill", str(disk)]
            subprocess.run(["mount", *options], check=True)
            mounted.append(disk)
        with OnSmallDisks(folder, *disks) as rig:
            yield rig
    finally:
        for disk in mounted:
            subprocess.run(["umount", "--lazy", str(disk)], check=False)


class OnSmallDisks(Rig):
    def __init__(self, folder: Path, gateway_home: Path, database_folder: Path) -> None:
        url = f"sqlite:///{database_folder / 'lucina.sqlite'}"
        super().__init__(folder, database_url=url, gateway_home=gateway_home, proxied=True)
        self.database_folder = database_folder


class OnFalseClocks(Rig):
    """Gateway and cloud read the time that `clocks` say; clocks that cannot jump stay true."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder, proxied=True)
        self.clocks = {name: folder / f"{name}.clock" for name in ("gateway", "cloud")}
        for name, file in self.clocks.items():
            file.write_text("+0\n")
            env = {
                "LD_PRELOAD": self.library(),
                "FAKETIME_TIMESTAMP_FILE": str(file),
                "FAKETIME_NO_CACHE": "1",
                "FAKETIME_DONT_FAKE_MONOTONIC": "1",
            }
            process: Process = getattr(self, name)
            process.env |= env

    @staticmethod
    def library() -> str:
        """Of libfaketime for programs with threads; empty: not installed."""
        found = sorted(Path("/usr/lib").glob("*/faketime/libfaketimeMT.so.1"))
        return str(found[0]) if found else ""
