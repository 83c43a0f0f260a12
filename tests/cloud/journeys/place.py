"""A clinic, a county hospital and a maternity hospital, an accepted alert, and who acts there."""

from typing import Any

from sqlalchemy import Connection, Engine

from cloud.alerts.service import Alerting
from cloud.hospitals.planner import Planner
from cloud.hub import Hub
from cloud.journeys import green_moves, referral_moves
from cloud.journeys.green_moves import Ways
from cloud.journeys.referral_moves import Wanted
from cloud.journeys.service import Change, Journeys
from cloud.store import green, people, referrals
from cloud.store.db import reading, writing
from cloud.store.green import Green
from cloud.store.referrals import Referral
from models.referrals import DOWN, UP
from tests.cloud.alerts import world
from tests.cloud.alerts.world import CENTRE, FAR, MIDDLE, NEAR, T0_MS

TOP, COUNTY, CLINIC = NEAR, MIDDLE, FAR  # levels 3, 2, 1; the mothers are the clinic's
DOCTOR = {place: world.WHO[place, 1] for place in (CENTRE, TOP, COUNTY, CLINIC)}
OTHER_DOCTOR = world.WHO[TOP, 2]
WAYS = Ways(Planner())
PLAN = {"text": "rest", "visits": [], "monitoring": {"per_week": 3, "minutes": 20, "until": None}}


class Place:
    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        self.hub = Hub()
        self.alerting = Alerting(engine, self.hub)
        self.journeys = Journeys(engine, self.hub, self.alerting.audience)
        with writing(engine) as conn:
            for place, level in ((TOP, 3), (COUNTY, 2), (CLINIC, 1)):
                people.set_organisation(conn, place, level=level)
        self.recording_id = world.record(engine).id
        self.now_ms = T0_MS

    def do(self, change: Change) -> int:
        """A minute later."""
        self.now_ms += 60_000
        return self.journeys.change(change)

    def accepted_alert(self) -> int:
        """Of the first mother, by the maternity hospital."""
        alert_id = world.raised(self.alerting, self.recording_id)
        assert alert_id is not None
        self.alerting.act(alert_id, "accept", DOCTOR[TOP], "", T0_MS)
        return alert_id

    def opened(self, alert_id: int, actor: world.Actor = DOCTOR[TOP]) -> int:
        def change(conn: Connection) -> Any:
            return green_moves.open_for_alert(conn, alert_id, actor, WAYS, self.now_ms)

        return self.do(change)

    def opened_for(self, referral_id: int, actor: world.Actor = DOCTOR[TOP]) -> int:
        def change(conn: Connection) -> Any:
            given = (actor, WAYS.planner, self.now_ms)
            return green_moves.open_for_referral(conn, referral_id, *given)

        return self.do(change)

    def act(
        self, green_id: int, event: str, actor: world.Actor = DOCTOR[TOP], reason: str = "because",
        alert_known: bool = True,
    ) -> int:  # fmt: skip
        def change(conn: Connection) -> Any:
            given = (reason, "team", self.now_ms, alert_known)
            return green_moves.act(conn, green_id, event, actor, *given)

        return self.do(change)

    def tick(self, green_id: int, item: str, done: bool = True) -> int:
        def change(conn: Connection) -> Any:
            return green_moves.tick(conn, green_id, item, done, DOCTOR[TOP], self.now_ms)

        return self.do(change)

    def expect(self, green_id: int, minutes: int | None) -> int:
        def change(conn: Connection) -> Any:
            return green_moves.expect(conn, green_id, minutes, DOCTOR[TOP], WAYS, self.now_ms)

        return self.do(change)

    def refer(self, actor: world.Actor = DOCTOR[CLINIC], **given: Any) -> int:
        """Up from the clinic to the maternity hospital, unless said otherwise."""
        wanted = up(**{"recording_id": self.recording_id, **given})

        def change(conn: Connection) -> Any:
            return referral_moves.request(conn, wanted, actor, self.now_ms)

        return self.do(change)

    def step(
        self, referral_id: int, event: str, actor: world.Actor = DOCTOR[TOP], said: str = "because"
    ) -> int:
        def change(conn: Connection) -> Any:
            given = (said, None, WAYS.planner, self.now_ms)
            return referral_moves.act(conn, referral_id, event, actor, *given)

        return self.do(change)

    def green(self, green_id: int) -> Green:
        with reading(self.engine) as conn:
            found = green.get(conn, green_id)
        assert found is not None
        return found

    def referral(self, referral_id: int) -> Referral:
        with reading(self.engine) as conn:
            found = referrals.get(conn, referral_id)
        assert found is not None
        return found

    def beds(self, place: int = TOP) -> int:
        with reading(self.engine) as conn:
            found = people.get_organisation(conn, place)
        assert found is not None
        return found.free_beds


def up(**given: Any) -> Wanted:
    usual = {
        "direction": UP,
        "mother_id": 1,
        "to_id": TOP,
        "urgent": True,
        "recording_id": None,
        "criteria": ["ctg"],
        "reason": "",
        "notes": "",
        "agreed": True,
        "answers_id": None,
        "plan": None,
    }
    return Wanted(**{**usual, **given})  # type: ignore[arg-type]


BACK = {
    "direction": DOWN, "to_id": CLINIC, "urgent": False, "criteria": ["stable"], "plan": PLAN,
    "alert_known": True,
}  # fmt: skip
