"""One mother of a clinic, her record, and who writes into it; time goes on by hand."""

from collections.abc import Callable
from functools import partial
from typing import Any

from sqlalchemy import Engine

from cloud.alerts.answers import Actor
from cloud.alerts.service import Alerting
from cloud.hub import Hub
from cloud.pregnancy.service import Pregnancies
from cloud.pregnancy.values import NewValue
from cloud.pregnancy.views import record_view
from cloud.store import alerts, people
from cloud.store.alerts import Alert
from cloud.store.db import reading
from cloud.store.people import Mother
from tests.cloud.alerts import world

HER, DOCTOR = world.MOTHER, world.WHO[world.FAR, 1]
OTHER_DOCTOR, NURSE = world.WHO[world.NEAR, 1], world.WHO[world.CENTRE, 1]
MINUTE_MS = 60_000
DAY_MS = 24 * 60 * MINUTE_MS


class Ward:
    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        self.hub = Hub()
        self.alerting = Alerting(engine, self.hub)
        self.pregnancies = Pregnancies(engine, self.hub, self.alerting)
        self.now_ms = world.T0_MS

    def wait(self, *, minutes: float = 0, days: float = 0) -> None:
        self.now_ms += round(minutes * MINUTE_MS + days * DAY_MS)

    @property
    def mother(self) -> Mother:
        with reading(self.engine) as conn:
            found = people.get_mother(conn, 1)
        assert found is not None
        return found

    def do(self, change: Callable[..., Any], actor: Actor = DOCTOR, **given: Any) -> None:
        bound = partial(change, mother=self.mother, actor=actor, now_ms=self.now_ms, **given)
        self.pregnancies.change(1, bound)

    def enter(
        self, measure: str, value: float, other: float | None = None, actor: Actor = HER,
        **more: Any,
    ) -> int:  # fmt: skip
        """The id of the value."""
        new = NewValue(measure, value, other, **more)
        self.pregnancies.enter(self.mother, [new], actor, self.now_ms)
        return max(int(one["id"]) for one in self.view()["values"])

    def take_back(self, value_id: int, actor: Actor = HER) -> None:
        self.pregnancies.take_back(self.mother, value_id, actor, self.now_ms)

    def view(self, who: Actor = DOCTOR) -> dict[str, Any]:
        with reading(self.engine) as conn:
            return record_view(conn, self.mother, who, self.now_ms)

    def alerts(self) -> list[Alert]:
        """Oldest first."""
        with reading(self.engine) as conn:
            return sorted(alerts.visible(conn, mother_id=1), key=lambda one: one.id)

    def rules(self) -> list[str]:
        return [one.rule for one in self.alerts()]

    def handle(self, alert_id: int) -> None:
        """Somebody has dealt with it and closed it."""
        holder = next(one for one in self.alerts() if one.id == alert_id).organisation_id
        actor = world.WHO[holder or world.CENTRE, 1]
        for event in ("accept", "handle", "close"):
            self.alerting.act(alert_id, event, actor, "spoke with her", self.now_ms)
