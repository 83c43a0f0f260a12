"""Who sees a consultation: the centre, the mother hers, and the hospitals that take part.

A hospital takes part when it was asked, was handed it, or has written; of one with her, her own
does too. It sees it only while she lets it see her. What doctors say to each other about a case
she does not see.
"""

from collections.abc import Iterable, Sequence

from sqlalchemy import Connection

from cloud.hub import Viewer, may_see
from cloud.store import consents, people
from cloud.store.consents import Consent
from cloud.store.consultations import Consultation, Message, messages_of


def audience(conn: Connection, one: Consultation, written: Sequence[Message]) -> frozenset[int]:
    """The organisations that see it now."""
    found = {one.organisation_id}
    found |= {i for m in written for i in (m.organisation_id, m.to_id) if i is not None}
    if one.mother_id is None:
        return frozenset(found)
    consent = consent_of(conn, one.mother_id)
    if one.kind == "mother" and consent.own_id is not None:
        found.add(consent.own_id)
    return frozenset(i for i in found if consent.holds_for(i) or is_centre(conn, i))


def audience_of(conn: Connection, one: Consultation) -> frozenset[int]:
    return audience(conn, one, messages_of(conn, [one.id])[one.id])


def sees(conn: Connection, viewer: Viewer, one: Consultation) -> bool:
    if viewer.role == "centre":
        return True  # without reading who else does
    return may_see(viewer, of_mother(one), audience_of(conn, one))


def seen(conn: Connection, viewer: Viewer, rows: Iterable[Consultation]) -> list[Consultation]:
    """Those of these that this viewer may see."""
    return [one for one in rows if sees(conn, viewer, one)]


def of_mother(one: Consultation) -> int | None:
    """The mother who sees it; None: none does."""
    return one.mother_id if one.kind == "mother" else None


def consent_of(conn: Connection, mother_id: int) -> Consent:
    mother = people.get_mother(conn, mother_id)
    return consents.of_mother(conn, mother_id, mother.organisation_id if mother else None)


def is_centre(conn: Connection, organisation_id: int) -> bool:
    place = people.get_organisation(conn, organisation_id)
    return place is not None and place.kind == "centre"
