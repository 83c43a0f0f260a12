"""Which hospitals a mother lets see her recordings and be asked about her alerts.

Each decision is a row; the newest about a hospital holds, else the newest about all of them. Her
own hospital needs none: she is its patient until she refuses it. No decision at all is no consent.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from sqlalchemy import Connection, bindparam, func, select

from cloud.store import audit
from cloud.store.tables import consents


@dataclass(frozen=True)
class Decision:
    mother_id: int
    organisation_id: int | None  # None: every member hospital
    allowed: bool
    at_ms: int


@dataclass(frozen=True)
class Consent:
    """What holds for one mother after all of her decisions, oldest first."""

    own_id: int | None  # her own hospital
    decisions: Sequence[Decision]

    def holds_for(self, organisation_id: int) -> bool:
        decision = self.about(organisation_id)
        if decision is None:
            return organisation_id == self.own_id
        return decision.allowed

    @property
    def for_all(self) -> bool:
        """Of every hospital about which nothing else was said."""
        found = self._newest(None)
        return found is not None and found.allowed

    @property
    def refused(self) -> frozenset[int]:
        """The hospitals that she has refused by name."""
        newest = {d.organisation_id: d.allowed for d in self.decisions}
        return frozenset(i for i, allowed in newest.items() if i is not None and not allowed)

    def about(self, organisation_id: int) -> Decision | None:
        """The decision that holds for this hospital; None: there was none."""
        found = self._newest(organisation_id)
        if found is None and organisation_id != self.own_id:
            found = self._newest(None)
        return found

    def _newest(self, organisation_id: int | None) -> Decision | None:
        found = (d for d in reversed(self.decisions) if d.organisation_id == organisation_id)
        return next(found, None)


def decide(
    conn: Connection,
    mother_id: int,
    organisation_id: int | None,
    allowed: bool,
    at_ms: int,
    person_id: int | None = None,
) -> None:
    row = {
        "mother_id": mother_id,
        "organisation_id": organisation_id,
        "allowed": allowed,
        "at_ms": at_ms,
        "person_id": person_id,
    }
    audit.add(conn, consents, row)


def newest_deciders(conn: Connection, limit: int) -> list[int]:
    """The mothers who have decided something, the newest decision first."""
    newest = func.max(consents.c.id)
    query = select(consents.c.mother_id).group_by(consents.c.mother_id)
    return list(conn.scalars(query.order_by(newest.desc()).limit(limit)))


def of_mothers(conn: Connection, mother_ids: Collection[int]) -> dict[int, list[Decision]]:
    """The decisions of each of these, oldest first."""
    found: dict[int, list[Decision]] = {mother_id: [] for mother_id in mother_ids}
    for row in conn.execute(_OF, {"ids": list(mother_ids)}):
        found[row.mother_id].append(Decision(*row))
    return found


def of_mother(conn: Connection, mother_id: int, own_id: int | None) -> Consent:
    return Consent(own_id, of_mothers(conn, [mother_id])[mother_id])


_OF = (
    select(consents.c.mother_id, consents.c.organisation_id, consents.c.allowed, consents.c.at_ms)
    .where(consents.c.mother_id.in_(bindparam("ids", expanding=True)))
    .order_by(consents.c.id)
)
