"""Makes the routing plan of an alert from what the store holds.

All hospitals are read now and then (`refresh`); for each plan those that matter, the first choices
and the nearest others, are read again, so that no old state decides who is asked.

A road server, where there is one, is asked before the transaction of the alert begins (`ahead`):
what it says waits for nobody's lock, and nobody's lock waits for it.
"""

from collections.abc import Collection

from sqlalchemy import Connection, Engine

from cloud.gestation import weeks_of
from cloud.routing.expecting import ARRIVED, EXPECTED, LOOKS_AFTER, Expecting
from cloud.routing.needs import needs_of
from cloud.routing.origin import POSITION_AGE_S, Origin, origin_of
from cloud.routing.osrm import Osrm
from cloud.routing.plan import Limits, Plan, Roads, plan
from cloud.store import consents, green, hidden, hospitals, people, positions
from cloud.store.db import reading
from cloud.store.hospitals import Hospitals
from cloud.store.people import Mother
from models.green import COMING

USUAL = Limits()
REFRESH_S = 30.0  # how old the state of a hospital may be that is neither chosen nor near
READ_AGAIN = 8  # of the first choices, and of the nearest others


class Planner:
    def __init__(
        self,
        limits: Limits = USUAL,
        position_age_s: float = POSITION_AGE_S,
        osrm: Osrm | None = None,
    ) -> None:
        self._limits = limits
        self._position_age_s = position_age_s
        self._osrm = osrm
        self._kept: tuple[int, Hospitals] | None = None  # (last id, all)

    @property
    def road_kmh(self) -> float:
        """What travel times are estimated with."""
        return self._limits.road_kmh

    def origin(self, conn: Connection, mother: Mother, now_ms: int) -> Origin:
        """Where she is as far as it is known, and how."""
        return self._origin(conn, mother, self._every(conn, now_ms), now_ms)

    def close(self) -> None:
        if self._osrm is not None:
            self._osrm.close()

    def refresh(self, engine: Engine, now_ms: int) -> None:
        """Read all hospitals, for the plans that come."""
        with reading(engine) as conn:
            self._kept = hospitals.last_id(conn), hospitals.read(conn, now_ms)

    def ahead(self, engine: Engine, mother_id: int | None, now_ms: int) -> Roads | None:
        """The ways from where she is now; None: no road server is set up, or no place is known."""
        if self._osrm is None or mother_id is None:
            return None
        with reading(engine) as conn:
            mother = people.get_mother(conn, mother_id)
            if mother is None:
                return None
            every = self._every(conn, now_ms)
            origin = self._origin(conn, mother, every, now_ms)
        return None if origin.at is None else self._osrm.roads(origin.at, every)

    def plan(
        self,
        conn: Connection,
        mother: Mother,
        asked: Collection[int],
        urgent: bool,
        now_ms: int,
        roads: Roads | None = None,
        looks_after: int | None = None,
    ) -> Plan:
        """`urgent`: hospitals without her consent may be asked when no other is left. For a hidden
        mother there is no hospital but her own. `looks_after`: a hospital that has taken an alert
        of hers; without her consent it is no other than the rest."""
        closed = hidden.is_hidden(conn, mother.id)
        own = [mother.organisation_id or 0]
        every = hospitals.read(conn, now_ms, own) if closed else self._every(conn, now_ms)
        origin = self._origin(conn, mother, every, now_ms)
        needs = needs_of(mother, weeks_of(conn, mother, now_ms))
        consent = consents.of_mother(conn, mother.id, mother.organisation_id)
        if looks_after is not None and not consent.holds_for(looks_after):
            looks_after = None
        expecting = _expecting(conn, mother.id, looks_after)
        if roads is not None and roads.origin != origin.at:
            roads = None  # she has moved since

        def among(every: Hospitals) -> Plan:
            limits = self._limits
            return plan(needs, consent, origin, every, asked, urgent, limits, roads, expecting)

        rough = among(every)
        if closed:
            return rough
        matter = rough.matter(READ_AGAIN)
        fresh = hospitals.read(conn, now_ms, matter)
        found = rough if every.holds(fresh) else among(every.patched(fresh))
        if found.fit and found.first(1)[0].hospital_id in matter:
            return found
        return among(hospitals.read(conn, now_ms))  # what was thought to be fit is not any more

    def _every(self, conn: Connection, now_ms: int) -> Hospitals:
        kept = self._kept
        if kept is None or kept[0] != hospitals.last_id(conn):
            kept = self._kept = hospitals.last_id(conn), hospitals.read(conn, now_ms)
        return kept[1]

    def _origin(self, conn: Connection, mother: Mother, every: Hospitals, now_ms: int) -> Origin:
        position = positions.of_mother(conn, mother.id)
        own_place = every.place_of(mother.organisation_id)
        return origin_of(mother, position, own_place, now_ms, self._position_age_s)


def _expecting(conn: Connection, mother_id: int, looks_after: int | None) -> Expecting | None:
    channel = green.of_mother(conn, mother_id)
    if channel is not None:
        return Expecting(channel.organisation_id, EXPECTED if channel.phase in COMING else ARRIVED)
    return None if looks_after is None else Expecting(looks_after, LOOKS_AFTER)
