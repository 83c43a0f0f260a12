"""The case library: one transaction for each change, then the pages are told.

Pages get the word that something changed and read again: a case that was withdrawn is gone from
every open list at once.
"""

from collections.abc import Callable
from functools import partial

from sqlalchemy import Connection, Engine

from cloud.alerts.answers import Actor
from cloud.cases import moves
from cloud.hub import Hub, changed
from cloud.store import people
from cloud.store.cases import Case
from cloud.store.db import reading, writing


class Library:
    def __init__(self, engine: Engine, hub: Hub) -> None:
        self._engine = engine
        self._hub = hub

    def change(self, do: Callable[[Connection], Case]) -> int:
        """Do it, tell the pages, and give its id. Refused and LookupError: nothing was done."""
        with writing(self._engine) as conn:
            case = do(conn)
        self._tell(None)
        return case.id

    def decide(self, mother_id: int, allowed: bool, actor: Actor, now_ms: int) -> None:
        do = partial(moves.decide, mother_id=mother_id, allowed=allowed, actor=actor, now_ms=now_ms)
        with writing(self._engine) as conn:
            do(conn)
        self._tell(mother_id)

    def _tell(self, mother_id: int | None) -> None:
        """The library is a matter of all members, her consent one of hers too."""
        with reading(self._engine) as conn:
            places = frozenset(one.id for one in people.hospitals(conn))
        self._hub.publish(changed("cases", None, mother_id=None, organisation_ids=places))
        if mother_id is not None:
            nobody: frozenset[int] = frozenset()
            hers = changed("mother", mother_id, mother_id=mother_id, organisation_ids=nobody)
            self._hub.publish(hers)
