"""The consultations of this service: one transaction each, then the pages are told.

What may be done say moves.py, who sees it sight.py. The pages get the id only and read the view
again: a mother and a doctor do not see the same of it.
"""

import logging
from collections.abc import Callable

from sqlalchemy import Connection, Engine

from cloud.consultations import moves
from cloud.consultations.sight import audience_of, of_mother
from cloud.hospitals.audience import Audience
from cloud.hub import Hub, changed
from cloud.store import consultations
from cloud.store.consultations import Consultation
from cloud.store.db import reading, writing
from models.consultations import LATE_AFTER_MIN

log = logging.getLogger(__name__)
EVERY_S = 5.0
Change = Callable[[Connection], Consultation]


class Consultations:
    def __init__(self, engine: Engine, hub: Hub, audience: Audience) -> None:
        self._engine = engine
        self._hub = hub
        self._audience = audience

    def change(self, do: Change) -> int:
        """Do it, tell the pages, and give its id."""
        with writing(self._engine) as conn:
            one = do(conn)
        self.publish(one)
        return one.id

    def publish(self, one: Consultation, lost: frozenset[int] = frozenset()) -> None:
        """Whoever sees it reads it again, and these, who do not any more; who takes part may now
        see its strips too."""
        with reading(self._engine) as conn:
            hospitals = audience_of(conn, one) | lost
            written = consultations.messages_of(conn, [one.id])[one.id]
        for recording_id in {message.recording_id for message in written} - {None}:
            self._audience.forget(recording_id or 0)
        topic, hers = "consultation", of_mother(one)
        self._hub.publish(changed(topic, one.id, mother_id=hers, organisation_ids=hospitals))

    def tick(self, now_ms: int) -> None:
        """Tell the centre of questions that nobody has answered."""
        with reading(self._engine) as conn:
            due = consultations.late(conn, now_ms - LATE_AFTER_MIN * 60_000)
        for consultation_id in due:
            try:
                with writing(self._engine) as conn:
                    late = moves.overdue(conn, consultation_id, now_ms)
                if late is not None:
                    self.publish(late)
            except Exception:
                log.exception("nobody could be told of consultation %d", consultation_id)
