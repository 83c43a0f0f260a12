"""Rigs for drills that need more than the usual processes."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from cloud.drill.database import Postgres
from cloud.drill.hook import Hook
from cloud.drill.rig import Rig
from cloud.store import contacts, people
from cloud.store.db import writing

ESCALATE_S = 10  # instead of a minute, so that a drill sees all of it


def plain(folder: Path) -> Rig:
    """SQLite, and proxies before gateway and broker."""
    return Rig(folder, proxied=True)


@contextmanager
def hooked(folder: Path) -> Iterator[Rig]:
    """Everybody is told by a webhook, and has little time to answer."""
    hook = Hook().start()
    env = {"LUCINA_CHANNEL_WEBHOOK": hook.channel, "LUCINA_ESCALATE_AFTER_S": str(ESCALATE_S)}
    try:
        with Hooked(folder, hook, env) as rig:
            yield rig
    finally:
        hook.stop()


class Hooked(Rig):
    def __init__(self, folder: Path, hook: Hook, env: dict[str, str]) -> None:
        super().__init__(folder, env=env, proxied=True)
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
        with OnPostgres(folder, database) as rig:
            yield rig
    finally:
        database.close()


class OnPostgres(Rig):
    def __init__(self, folder: Path, database: Postgres) -> None:
        super().__init__(folder, database_url=database.new_database(), proxied=True)
        self.database = database
