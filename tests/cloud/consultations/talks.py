"""A mother of the clinic, its two doctors, another hospital and the centre write to each other.

Each call is a minute later.
"""

import json
from collections.abc import Callable
from typing import Any

from sqlalchemy import Connection, Engine, select

from cloud.alerts.service import Alerting
from cloud.consultations import asking, moves
from cloud.consultations.service import Consultations
from cloud.consultations.sight import sees
from cloud.consultations.steps import Case, Written
from cloud.consultations.views import consultation_views
from cloud.deps import Principal
from cloud.hospitals.consenting import Consenting
from cloud.hub import Hub
from cloud.store import consultations, tables
from cloud.store.consultations import Consultation
from cloud.store.db import reading, writing
from tests.cloud.alerts.world import CENTRE, FAR, NEAR, T0_MS

HER = Principal("mother", 91, mother_id=1)
OTHER_MOTHER = Principal("mother", 91, mother_id=2)
DOCTOR = Principal("hospital", 10 * FAR + 1, FAR)
COLLEAGUE = Principal("hospital", 10 * FAR + 2, FAR)
ELSEWHERE = Principal("hospital", 10 * NEAR + 1, NEAR)
OPERATOR = Principal("centre", 10 * CENTRE + 1, CENTRE)
EXPERT = Principal("centre", 10 * CENTRE + 2, CENTRE)


class Talks:
    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        self.hub = Hub()
        alerting = Alerting(engine, self.hub)
        self.service = Consultations(engine, self.hub, alerting.audience)
        self.consenting = Consenting(engine, self.hub, alerting)
        self.now_ms = T0_MS

    def do(self, move: Callable[..., Consultation], *args: Any, **named: Any) -> int:
        self.now_ms += 60_000

        def change(conn: Connection) -> Consultation:
            return move(conn, *args, **named, now_ms=self.now_ms)

        return self.service.change(change)

    def ask(self, text: str = "Is it normal?", former_id: int | None = None) -> int:
        return self.do(asking.ask, HER, "", Written(text), former_id)

    def discuss(self, who: Principal, asked_id: int, text: str = "late or variable?") -> int:
        return self.do(asking.discuss, who, Case(1), asked_id, "", Written(text))

    def write(self, consultation_id: int, who: Principal, text: str = "words") -> int:
        return self.do(moves.write, consultation_id, who, Written(text))

    def hand_over(self, consultation_id: int, who: Principal, to: Principal) -> int:
        return self.do(moves.hand_over, consultation_id, who, to.person_id, "my shift ends")

    def end(self, consultation_id: int, who: Principal, summary: str = "all is well") -> int:
        return self.do(moves.end, consultation_id, who, summary)

    def read(self, consultation_id: int, who: Principal) -> None:
        assert who.person_id is not None
        with writing(self.engine) as conn:
            ids = [
                m.id for m in consultations.messages_of(conn, [consultation_id])[consultation_id]
            ]
            consultations.mark_read(conn, ids, who.person_id, self.now_ms)

    def agree(self, organisation_id: int, allowed: bool) -> None:
        self.now_ms += 60_000
        self.consenting.decide(1, organisation_id, allowed, HER, self.now_ms)

    def row(self, consultation_id: int) -> Consultation:
        with reading(self.engine) as conn:
            found = consultations.get(conn, consultation_id)
        assert found is not None
        return found

    def sees(self, consultation_id: int, who: Principal) -> bool:
        with reading(self.engine) as conn:
            return sees(conn, who.viewer, self.row(consultation_id))

    def view(self, consultation_id: int, who: Principal) -> dict[str, Any]:
        with reading(self.engine) as conn:
            return consultation_views(conn, [self.row(consultation_id)], who, self.now_ms)[0]

    def told(self) -> list[tuple[int | None, int | None, str]]:
        """(organisation, mother, words) of each message that leaves the page, in order."""
        m = tables.messages.c
        with reading(self.engine) as conn:
            rows = conn.execute(select(m.organisation_id, m.mother_id, m.text).order_by(m.id)).all()
        return [(place, mother, json.loads(text)["body"]["text"]) for place, mother, text in rows]
