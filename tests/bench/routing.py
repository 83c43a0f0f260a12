"""Time of one routing plan among 5000 hospitals: of the plan alone, and with all it reads."""

import time
from collections.abc import Callable
from pathlib import Path

from sqlalchemy import Connection, insert

from cloud.hospitals.planner import Planner
from cloud.routing.needs import needs_of
from cloud.routing.origin import origin_of
from cloud.routing.plan import plan
from cloud.store import consents, hospitals, people
from cloud.store import tables as t
from cloud.store.db import migrate, open_engine, reading, writing
from cloud.store.people import Mother
from tests.bench import meter

HOSPITALS = 5000
TIMES = 60
MUST_MS = 5.0
NOW_MS = 1_790_000_000_000


def measure(folder: Path) -> list[meter.Row]:
    engine = open_engine(f"sqlite:///{folder / 'routing.sqlite'}")
    migrate(engine)
    with writing(engine) as conn:
        mother = _fill(conn)
    planner, asked = Planner(), (1, 2, 3)
    planner.refresh(engine, NOW_MS)
    with reading(engine) as conn:
        every = hospitals.read(conn, NOW_MS)
        consent = consents.of_mother(conn, mother.id, mother.organisation_id)
        needs, origin = needs_of(mother, 30), origin_of(mother, None, None, NOW_MS)
        alone = _times_ms(lambda: plan(needs, consent, origin, every, asked, True).first(4))
        whole = _times_ms(lambda: planner.plan(conn, mother, asked, True, NOW_MS).first(4))
    engine.dispose()
    return [
        _row("plan among 5000 hospitals", alone, "in memory, processor time"),
        _row("the same with all it reads", whole, "SQLite, half of them with rosters"),
    ]


def _row(what: str, took_ms: list[float], note: str) -> meter.Row:
    median, _, most = meter.quantiles(took_ms)
    return meter.Row(
        what, f"{median:.1f} ms", f"at most {most:.1f} ms", f"<= {MUST_MS:.0f} ms",
        median <= MUST_MS, note,
    )  # fmt: skip


def _times_ms(do: Callable[[], object]) -> list[float]:
    took_ms = []
    for _ in range(TIMES):
        since_s = time.process_time()
        do()
        took_ms.append(1000 * (time.process_time() - since_s))
    return took_ms


def _fill(conn: Connection) -> Mother:
    """Around one town, in every state; whose mother needs all that can be needed."""
    numbers = range(1, HOSPITALS + 1)
    places = [
        {
            "id": n, "name": f"H{n}", "name_zh": "医", "kind": "hospital", "level": n % 3 + 1,
            "latitude": 31 + n % 37 / 50, "longitude": 121 + n % 41 / 50, "on_call": n % 4 > 0,
            "by_roster": n % 2 == 0, "free_beds": n % 5, "nicu": n % 3 > 0,
            "blood_bank": n % 2 > 0,
        }
        for n in numbers
    ]  # fmt: skip
    staff = [
        {
            "username": f"u{n}", "password_hash": "-", "name": "x", "role": "hospital",
            "organisation_id": n, "demo": False,
        }
        for n in numbers
    ]  # fmt: skip
    shifts = [
        {
            "organisation_id": n, "role": "obstetrician", "weekday": weekday, "from_min": begin,
            "to_min": (begin + 720) % 1440, "nobody": False, "place": 0,
        }
        for n in numbers[1::2]
        for weekday in range(7)
        for begin in (480, 1200)
    ]  # fmt: skip
    for table, rows in ((t.organisations, places), (t.people, staff), (t.duties, shifts)):
        conn.execute(insert(table), rows)
    mother = people.add_mother(
        conn, name="M", organisation_id=7, risk="red", latitude=31.2, longitude=121.3
    )
    consents.decide(conn, mother.id, None, True, 0)
    return mother
