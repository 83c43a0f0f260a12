"""What was said in a reading, by whom and whether blind; and which organisations read blind."""

import json
from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, insert, select, update

from cloud.store import audit
from cloud.store.tables import reading_opinions, reading_settings
from models.readings import Class


@dataclass(frozen=True)
class Opinion:
    """A row of `reading_opinions`."""

    reading_id: int
    at_ms: int
    rank: str  # first, expert
    person_id: int
    organisation_id: int
    said: Class
    features: Mapping[str, Any]
    findings: str
    advice: str
    blind: bool
    machine: str | None
    rules_version: str | None
    through_s: float | None


def add(conn: Connection, opinion: Opinion) -> None:
    row = {**vars(opinion), "said": opinion.said.value, "features": json.dumps(opinion.features)}
    audit.add(conn, reading_opinions, row)


def of_readings(conn: Connection, reading_ids: Collection[int]) -> dict[int, list[Opinion]]:
    """What was said in each of these, in the order in which it was saved."""
    found: dict[int, list[Opinion]] = defaultdict(list)
    query = select(reading_opinions).where(reading_opinions.c.reading_id.in_(reading_ids))
    for row in conn.execute(query.order_by(reading_opinions.c.id)):
        values = {key: value for key, value in row._mapping.items() if key != "id"}
        values |= {"said": Class(row.said), "features": json.loads(row.features)}
        found[row.reading_id].append(Opinion(**values))
    return found


def reads_blind(conn: Connection, organisation_id: int | None) -> bool:
    query = select(reading_settings.c.blind)
    found = conn.scalar(query.where(reading_settings.c.organisation_id == organisation_id))
    return True if found is None else found


def set_blind(conn: Connection, organisation_id: int, blind: bool) -> None:
    this = reading_settings.c.organisation_id == organisation_id
    if not conn.execute(update(reading_settings).where(this).values(blind=blind)).rowcount:
        conn.execute(insert(reading_settings).values(organisation_id=organisation_id, blind=blind))
