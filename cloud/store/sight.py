"""Which hospitals may see a recording: the one place, with cloud.hub.may_see.

A hospital sees a recording when it is the mother's own, was asked about one of its alerts, got it
with a referral that it has not declined, or takes part in a consultation in which a part of it was
shown, and her consent holds now. Without her consent it sees
it only while
- it has accepted one of the alerts and has not handled it yet (her safety comes first),
- it expects her or has her by a green channel that is open, for the same reason, or
- it was asked without consent (break-glass) after she last refused it, and the alert is not closed.
"""

import json
from collections import defaultdict
from collections.abc import Collection
from typing import Any, NamedTuple

from sqlalchemy import BindParameter, Connection, Select, bindparam, select

from cloud.store import consents
from cloud.store.consents import Consent
from cloud.store.tables import (
    alert_steps,
    alerts,
    consultation_messages,
    green_channels,
    mothers,
    recordings,
    referrals,
)
from models.alerts import Phase
from models.green import OVER as GREEN_OVER
from models.referrals import VOID

# Built once: these are asked for each open recording, again and again
_IDS: BindParameter[int] = bindparam("ids", expanding=True)
_OWN = (
    select(recordings.c.id, recordings.c.mother_id, mothers.c.organisation_id)
    .outerjoin(mothers, mothers.c.id == recordings.c.mother_id)
    .where(recordings.c.id.in_(_IDS))
)
_REFERRED = select(referrals.c.recording_id, referrals.c.to_id).where(  # it went with a referral
    referrals.c.recording_id.in_(_IDS), referrals.c.phase.not_in([p.value for p in VOID])
)
_EXPECTING = select(green_channels.c.recording_id, green_channels.c.organisation_id).where(
    green_channels.c.recording_id.in_(_IDS),  # sent ahead, while the green channel is open
    green_channels.c.phase.not_in([phase.value for phase in GREEN_OVER]),
)
_strip, _part = consultation_messages.alias(), consultation_messages.alias()
_DISCUSSING = (  # who takes part in a consultation in which a part of it was shown
    select(_strip.c.recording_id, _part.c.organisation_id, _part.c.to_id)
    .join(_part, _part.c.consultation_id == _strip.c.consultation_id)
    .where(_strip.c.recording_id.in_(_IDS))
)
_TELLS = (
    select(
        alerts.c.recording_id,
        alert_steps.c.organisation_id,
        alert_steps.c.at_ms,
        alert_steps.c.text,
        alerts.c.phase,
        alerts.c.organisation_id.label("holder_id"),
    )
    .join(alerts, alerts.c.id == alert_steps.c.alert_id)
    .where(alerts.c.recording_id.in_(_IDS), alert_steps.c.event == "tell")
)


class _Tell(NamedTuple):
    organisation_id: int
    at_ms: int
    break_glass: bool
    phase: str  # of the alert now
    holder_id: int | None  # who is asked now, or has it


def organisations_of(conn: Connection, recording_id: int) -> frozenset[int]:
    return organisations_of_all(conn, [recording_id])[recording_id]


def organisations_of_all(
    conn: Connection, recording_ids: Collection[int]
) -> dict[int, frozenset[int]]:
    """For each of these recordings, the hospitals that may see it."""
    rows = [*conn.execute(_OWN, {"ids": [*recording_ids]})]
    tells = _tells(conn, recording_ids)
    shown_to = _sets(conn, _REFERRED, recording_ids), _sets(conn, _DISCUSSING, recording_ids)
    expecting = _sets(conn, _EXPECTING, recording_ids)
    decided = consents.of_mothers(conn, {row.mother_id for row in rows} - {None})
    found: dict[int, frozenset[int]] = dict.fromkeys(recording_ids, frozenset())
    for recording_id, mother_id, own_id in rows:
        consent = Consent(own_id, decided.get(mother_id, []))
        may = {t.organisation_id for t in tells[recording_id] if _may(consent, t)}
        shown = {own_id or 0}.union(*(of[recording_id] for of in shown_to))
        may |= {i for i in shown if consent.holds_for(i)} - {0}
        may |= expecting[recording_id]
        found[recording_id] = frozenset(may)
    return found


def _may(consent: Consent, tell: _Tell) -> bool:
    if consent.holds_for(tell.organisation_id):
        return True
    if tell.holder_id == tell.organisation_id and tell.phase == Phase.ACCEPTED.value:
        return True
    refused = consent.about(tell.organisation_id)
    after = refused is None or tell.at_ms >= refused.at_ms
    return tell.break_glass and after and tell.phase != Phase.CLOSED.value


def _sets(
    conn: Connection, query: Select[Any], recording_ids: Collection[int]
) -> dict[int, set[int]]:
    """The organisations in the rows of each recording."""
    found: dict[int, set[int]] = defaultdict(set)
    for recording_id, *places in conn.execute(query, {"ids": [*recording_ids]}):
        found[recording_id] |= set(places) - {None}
    return found


def _tells(conn: Connection, recording_ids: Collection[int]) -> dict[int, list[_Tell]]:
    found: dict[int, list[_Tell]] = defaultdict(list)
    for row in conn.execute(_TELLS, {"ids": [*recording_ids]}):
        if row.organisation_id is not None:
            glass = bool(json.loads(row.text).get("break_glass"))
            tell = _Tell(row.organisation_id, row.at_ms, glass, row.phase, row.holder_id)
            found[row.recording_id].append(tell)
    return found
