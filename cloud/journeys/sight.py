"""Who sees a green channel or a referral. The centre sees all, a mother her own."""

from sqlalchemy import Connection

from cloud.hub import Viewer, may_see
from cloud.store import consents, people, referrals
from cloud.store.green import Green
from cloud.store.referrals import Referral


def green_audience(conn: Connection, green: Green) -> frozenset[int]:
    """The hospital that expects her, the one that sent her, and her own if she agrees."""
    found = {green.organisation_id}
    referral = None if green.referral_id is None else referrals.get(conn, green.referral_id)
    if referral is not None:
        found.add(referral.from_id)
    mother = people.get_mother(conn, green.mother_id)
    own_id = mother.organisation_id if mother else None
    if own_id is not None and consents.of_mother(conn, green.mother_id, own_id).holds_for(own_id):
        found.add(own_id)
    return frozenset(found)


def sees_green(conn: Connection, viewer: Viewer, green: Green) -> bool:
    return may_see(viewer, green.mother_id, green_audience(conn, green))


def sees_referral(viewer: Viewer, referral: Referral) -> bool:
    return may_see(viewer, referral.mother_id, frozenset((referral.from_id, referral.to_id)))
