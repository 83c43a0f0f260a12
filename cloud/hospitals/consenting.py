"""A mother decides which hospitals may be asked about her and see her recordings.

One transaction: the decision, what becomes of her alerts and consultations, and the audit. A
hospital that is asked now and may not be any more: the next is asked at once. One that has accepted
keeps the alert until it is handled, for her safety, and she is told so. A consultation that it has
goes to the centre.
"""

from sqlalchemy import Connection, Engine

from cloud.alerts.answers import Actor
from cloud.alerts.moves import Telling, command_device, move, note, tell_next, words
from cloud.alerts.service import Alerting
from cloud.alerts.stretches import since_anew
from cloud.consultations.moves import withdrawn
from cloud.consultations.service import Consultations
from cloud.hub import Event, Hub
from cloud.store import alerts, changes, consents, people, recordings, sight
from cloud.store.alerts import Alert
from cloud.store.consents import Consent
from cloud.store.db import writing
from models.alerts import WAITING, Phase

WITHDRAWN = "the mother does not agree any more that this hospital is asked"
KEPT = "the mother does not agree any more; the hospital keeps the alert until it is handled"


class Consenting:
    def __init__(self, engine: Engine, hub: Hub, alerting: Alerting) -> None:
        self._engine = engine
        self._hub = hub
        self._alerting = alerting
        self._consultations = Consultations(engine, hub, alerting.audience)

    def decide(
        self,
        mother_id: int,
        organisation_id: int | None,
        allowed: bool,
        actor: Actor,
        now_ms: int,
    ) -> None:
        """About one hospital, or (None) about all that nothing else was said of."""
        how = self._alerting.telling(mother_id, now_ms)
        with writing(self._engine) as conn:
            hers = [r.id for r in recordings.latest(conn, mother_ids=[mother_id])]
            saw = sight.organisations_of_all(conn, hers)
            _write(conn, mother_id, organisation_id, allowed, actor, now_ms)
            moved = _apply(conn, mother_id, how, now_ms)
            handed = withdrawn(conn, mother_id, now_ms)
            sees = sight.organisations_of_all(conn, hers)
        for recording_id in hers:
            self._alerting.audience.forget(recording_id)
            lost = saw[recording_id] - sees[recording_id]
            if lost:  # their pages forget it
                self._hub.publish(Event("sight", recording_id, None, lost, {"id": recording_id}))
        for alert_id in moved:
            self._alerting.publish(alert_id)
        for consultation, lost_id in handed:
            self._consultations.publish(consultation, frozenset((lost_id,)))


def _write(
    conn: Connection,
    mother_id: int,
    organisation_id: int | None,
    allowed: bool,
    actor: Actor,
    now_ms: int,
) -> None:
    consent = _consent(conn, mother_id)
    before = consent.for_all if organisation_id is None else consent.holds_for(organisation_id)
    consents.decide(conn, mother_id, organisation_id, allowed, now_ms, actor.person_id)
    changes.add(
        conn, "consent", before, allowed, now_ms,
        person_id=actor.person_id, organisation_id=organisation_id, mother_id=mother_id,
    )  # fmt: skip


def _apply(conn: Connection, mother_id: int, how: Telling, now_ms: int) -> list[int]:
    """What the decision means for her open alerts; the ids of those that it changed."""
    consent = _consent(conn, mother_id)
    changed = []
    for one in alerts.open_of_mother(conn, mother_id):
        alert = alerts.get_locked(conn, one.id)
        if alert is None or alert.organisation_id is None or _stays(conn, alert, consent):
            continue
        if alert.phase in WAITING:
            row = {"deadline_ms": None}
            refused = alert.organisation_id
            alert = move(conn, alert, "withdrawn", now_ms, row, words(WITHDRAWN), refused)
            alert = tell_next(conn, alert, now_ms, how)
            command_device(conn, alert, now_ms)
        elif alert.phase is Phase.ACCEPTED:
            note(conn, alert, "consent_kept", now_ms, words(KEPT), alert.organisation_id)
        changed.append(alert.id)
    return changed


def _stays(conn: Connection, alert: Alert, consent: Consent) -> bool:
    """Consent holds, the centre has it, or it was asked without consent and she has not refused
    it since."""
    organisation = people.get_organisation(conn, alert.organisation_id or 0)
    if organisation is None or organisation.kind == "centre":
        return True
    if consent.holds_for(organisation.id):
        return True
    steps = since_anew(alerts.steps_of(conn, [alert.id])[alert.id])
    if any(s.event == "consent_kept" and s.organisation_id == organisation.id for s in steps):
        return True
    told = (s.at_ms for s in steps if s.event == "tell" and s.organisation_id == organisation.id)
    refused = consent.about(organisation.id)
    return refused is None or refused.at_ms < max(told, default=0)


def _consent(conn: Connection, mother_id: int) -> Consent:
    mother = people.get_mother(conn, mother_id)
    return consents.of_mother(conn, mother_id, mother.organisation_id if mother else None)
