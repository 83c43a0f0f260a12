"""All hospitals at once, as columns: what a routing plan needs to know of each."""

from collections.abc import Collection
from dataclasses import dataclass, fields

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import Connection, Integer, bindparam, cast, exists, func, select

from cloud.store import duties
from cloud.store.tables import organisations, people

UNKNOWN = -1  # of a capability that nobody has told us about


@dataclass(frozen=True)
class Hospitals:
    """(n,) each, in the order of the ids. A position that is not known, or is none, is NaN."""

    ids: NDArray[np.int64]
    latitude: NDArray[np.float64]
    longitude: NDArray[np.float64]
    level: NDArray[np.int64]
    free_beds: NDArray[np.int64]
    on_call: NDArray[np.bool_]  # an obstetrician: by hand or by roster
    by_roster: NDArray[np.bool_]
    nicu: NDArray[np.int64]  # 1 yes, 0 no, UNKNOWN
    blood_bank: NDArray[np.int64]
    staffed: NDArray[np.bool_]  # somebody has an account there and could answer

    def __len__(self) -> int:
        return len(self.ids)

    def place_of(self, hospital_id: int | None) -> tuple[float, float] | None:
        """(latitude, longitude); None when it is not known or not here."""
        rows = np.flatnonzero(self.ids == (hospital_id or 0))
        at = [(float(self.latitude[row]), float(self.longitude[row])) for row in rows]
        return at[0] if at and not np.isnan(at[0]).any() else None

    def holds(self, fresh: "Hospitals") -> bool:
        """Whether the rows of `fresh`, all of which are here, say the same."""
        rows = np.searchsorted(self.ids, fresh.ids)
        pairs = ((getattr(self, f.name)[rows], getattr(fresh, f.name)) for f in fields(self))
        return all(np.array_equal(a, b, equal_nan=a.dtype.kind == "f") for a, b in pairs)

    def patched(self, fresh: "Hospitals") -> "Hospitals":
        """The same with the rows of `fresh`, all of which are here, in place of the old ones."""
        rows = np.searchsorted(self.ids, fresh.ids)
        columns = {field.name: getattr(self, field.name).copy() for field in fields(self)}
        for name, values in columns.items():
            values[rows] = getattr(fresh, name)
        return Hospitals(**columns)


def last_id(conn: Connection) -> int:
    """A new hospital changes it."""
    return conn.scalar(_LAST) or 0


def read(
    conn: Connection, now_ms: int, organisation_ids: Collection[int] | None = None
) -> Hospitals:
    """Every hospital as it is now, or these; a hidden one among these only."""
    if organisation_ids is None:
        found = conn.execute(_ALL).all()
    else:
        found = conn.execute(_THESE, {"ids": list(organisation_ids)}).all()
    rows = np.array([row[:-1] for row in found], dtype=float).reshape(-1, 10)
    ids, latitude, longitude, level, beds, by_hand, roster, nicu, blood, staffed = rows.T
    nowhere = ~((np.abs(latitude) <= 90) & (np.abs(longitude) <= 180))  # NaN too
    latitude[nowhere] = longitude[nowhere] = np.nan
    numbers = ids.astype(np.int64)
    there: frozenset[int] = frozenset()
    if (roster == 1).any():
        zones = {row.zone for row in found}
        there = duties.covered(conn, "obstetrician", now_ms, zones, organisation_ids)
    return Hospitals(
        ids=numbers,
        latitude=latitude,
        longitude=longitude,
        level=level.astype(np.int64),
        free_beds=beds.astype(np.int64),
        on_call=np.where(roster == 1, [number in there for number in ids.tolist()], by_hand == 1),
        by_roster=roster == 1,
        nicu=np.nan_to_num(nicu, nan=UNKNOWN).astype(np.int64),
        blood_bank=np.nan_to_num(blood, nan=UNKNOWN).astype(np.int64),
        staffed=staffed == 1,
    )


_O, _P = organisations.c, people.c
_EVERY = (
    select(
        _O.id, _O.latitude, _O.longitude, _O.level, _O.free_beds, cast(_O.on_call, Integer),
        cast(_O.by_roster, Integer), cast(_O.nicu, Integer), cast(_O.blood_bank, Integer),
        cast(exists().where(_P.organisation_id == _O.id, _P.role == "hospital"), Integer), _O.zone,
    )
    .where(_O.kind == "hospital")
    .order_by(_O.id)
)  # fmt: skip
_ALL = _EVERY.where(~_O.hidden)
_THESE = _EVERY.where(_O.id.in_(bindparam("ids", expanding=True)))
_LAST = select(func.max(_O.id))
