"""Green channels and referrals of this service: one transaction each, then the pages are told.

What may be done say green_moves and referral_moves beside it. The pages get the id only and
read the view again: a mother, a hospital and the centre do not see the same of it.
"""

from collections.abc import Callable, Sequence

from sqlalchemy import Connection, Engine

from cloud.hospitals.audience import Audience
from cloud.hub import Event, Hub
from cloud.journeys.sight import green_audience
from cloud.store.db import reading, writing
from cloud.store.green import Green
from cloud.store.referrals import Referral

Changed = Sequence[Green | Referral]  # the first is what was asked for
Change = Callable[[Connection], Changed]


class Journeys:
    def __init__(self, engine: Engine, hub: Hub, audience: Audience) -> None:
        self._engine = engine
        self._hub = hub
        self._audience = audience

    def change(self, do: Change) -> int:
        """Do it, tell the pages what has changed, and give the id of the first."""
        with writing(self._engine) as conn:
            changed = do(conn)
        for row in changed:
            self._tell(row)
        return changed[0].id

    def _tell(self, row: Green | Referral) -> None:
        if row.recording_id is not None:
            self._audience.forget(row.recording_id)
        if isinstance(row, Referral):
            kind, sides = "referral", frozenset((row.from_id, row.to_id))
        else:
            with reading(self._engine) as conn:
                kind, sides = "green", green_audience(conn, row)
        data = {"id": row.id, "phase": row.phase.value}
        self._hub.publish(Event(kind, row.recording_id, row.mother_id, sides, data))
