"""The pregnancy record of this service: one transaction for each change, then the pages are told.

What may be changed say record.py, care.py and values.py. A value is kept first and judged then:
a crash in between is made up for by the next tick.
"""

import logging
from collections.abc import Callable, Sequence

from sqlalchemy import Connection, Engine

from cloud.alerts.answers import Actor
from cloud.alerts.service import Alerting
from cloud.hub import Hub, changed
from cloud.pregnancy import values
from cloud.pregnancy.alarms import HomeAlarms
from cloud.pregnancy.values import NewValue
from cloud.store import home_values, mother_sight
from cloud.store.db import reading, writing
from cloud.store.home_values import HomeValue
from cloud.store.people import Mother

log = logging.getLogger(__name__)
EVERY_S = 5.0
TOPIC = "mother"


class Pregnancies:
    """tick() is for cloud.ticker, each EVERY_S."""

    def __init__(self, engine: Engine, hub: Hub, alerting: Alerting) -> None:
        self._engine = engine
        self._hub = hub
        self._alarms = HomeAlarms(engine, alerting)

    def change(self, mother_id: int, do: Callable[[Connection], object]) -> None:
        """Do it and tell the pages. Refused and LookupError pass through: nothing was done."""
        with writing(self._engine) as conn:
            do(conn)
        self._tell(mother_id)

    def enter(self, mother: Mother, new: Sequence[NewValue], actor: Actor, now_ms: int) -> None:
        """By hand, all or none. What is severe has raised its alert when this returns."""
        with writing(self._engine) as conn:
            kept = [values.keep(conn, mother, one, actor, now_ms) for one in new]
        for value in kept:
            self._judge(value, now_ms)

    def take_back(self, mother: Mother, value_id: int, actor: Actor, now_ms: int) -> None:
        with writing(self._engine) as conn:
            value = values.take_back(conn, mother, value_id, actor, now_ms)
        self._alarms.look(value, now_ms)
        self._tell(mother.id)

    def said(self, mother_id: int, measures: Sequence[str], now_ms: int) -> None:
        """What she says of herself and her baby without a figure: each is an alert at once."""
        for measure in measures:
            self._alarms.said(mother_id, measure, now_ms)
        self._tell(mother_id)

    def tick(self, now_ms: int) -> None:
        """Judge what came from devices, and what a crash has left."""
        with reading(self._engine) as conn:
            waiting = home_values.unjudged(conn)
        for value in waiting:
            try:
                self._judge(value, now_ms)
            except Exception:
                log.exception("home value %d could not be judged", value.id)

    def _judge(self, value: HomeValue, now_ms: int) -> None:
        """Of a device the monitor has raised its alarms; the advice is found here for both."""
        if value.recording_id is None and value.undone_ms is None:
            self._alarms.look(value, now_ms)
        with writing(self._engine) as conn:
            values.propose(conn, value, now_ms)
        self._tell(value.mother_id)

    def _tell(self, mother_id: int) -> None:
        with reading(self._engine) as conn:
            places = mother_sight.hospitals_of(conn, mother_id)
        event = changed(TOPIC, mother_id, mother_id=mother_id, organisation_ids=places)
        self._hub.publish(event)
