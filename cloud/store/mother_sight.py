"""Which hospitals may see a mother's record; for one recording of hers see cloud.store.sight.

With her consent: her own, one to which she is referred, one with somebody of her team, one that
was asked about an alert that is not closed. Without it, for her safety: one that has accepted an
alert and has not handled it yet, and one that expects her or has her by an open green channel.
"""

from typing import Any

from sqlalchemy import ColumnElement, Connection, Select, select

from cloud.store import consents
from cloud.store.consents import Consent
from cloud.store.tables import (
    alert_steps,
    alerts,
    care_team,
    green_channels,
    mothers,
    people,
    referrals,
)
from models.alerts import Phase
from models.green import OVER as GREEN_OVER
from models.referrals import VOID

Pair = tuple[int, int]  # mother, hospital


def hospitals_of(conn: Connection, mother_id: int) -> frozenset[int]:
    return frozenset(hospital for _, hospital in _seen(conn, mother_id=mother_id))


def mothers_seen_by(conn: Connection, organisation_id: int) -> frozenset[int]:
    return frozenset(mother for mother, _ in _seen(conn, organisation_id=organisation_id))


def _seen(
    conn: Connection, *, mother_id: int | None = None, organisation_id: int | None = None
) -> set[Pair]:
    def pairs(query: Select[Any]) -> set[Pair]:
        mother, hospital = query.selected_columns
        which: list[ColumnElement[bool]] = [mother.is_not(None), hospital.is_not(None)]
        which += [mother == mother_id] if mother_id is not None else []
        which += [hospital == organisation_id] if organisation_id is not None else []
        return {(row[0], row[1]) for row in conn.execute(query.where(*which).distinct())}

    agreed = set[Pair]().union(*(pairs(query) for query in _WITH_CONSENT))
    safety = set[Pair]().union(*(pairs(query) for query in _FOR_SAFETY))
    asked = {mother for mother, _ in agreed}
    own = select(mothers.c.id, mothers.c.organisation_id).where(mothers.c.id.in_(asked))
    own_ids = {row.id: row.organisation_id for row in conn.execute(own)}
    decided = consents.of_mothers(conn, asked)
    return safety | {
        (mother, hospital)
        for mother, hospital in agreed
        if Consent(own_ids[mother], decided[mother]).holds_for(hospital)
    }


_VOID = [phase.value for phase in VOID]
_WITH_CONSENT: tuple[Select[Any], ...] = (
    select(mothers.c.id, mothers.c.organisation_id),
    select(referrals.c.mother_id, referrals.c.to_id).where(referrals.c.phase.not_in(_VOID)),
    select(care_team.c.mother_id, people.c.organisation_id).join(
        people, people.c.id == care_team.c.person_id
    ),
    select(alerts.c.mother_id, alert_steps.c.organisation_id)
    .join(alerts, alerts.c.id == alert_steps.c.alert_id)
    .where(alert_steps.c.event == "tell", alerts.c.phase != Phase.CLOSED.value),
)
_FOR_SAFETY: tuple[Select[Any], ...] = (
    select(alerts.c.mother_id, alerts.c.organisation_id).where(
        alerts.c.phase == Phase.ACCEPTED.value
    ),
    select(green_channels.c.mother_id, green_channels.c.organisation_id).where(
        green_channels.c.phase.not_in([phase.value for phase in GREEN_OVER])
    ),
)
