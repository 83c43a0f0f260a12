"""What `lucina run` finds in its store: each page of the consortium has something to show."""

from datetime import UTC, datetime
from pathlib import Path

from cloud import demo
from cloud.audit.checking import check
from cloud.cases.views import ready
from cloud.invented import furnish
from cloud.store import assessments, cases, consultations, leases, people, resources, school
from cloud.store.db import migrate, open_engine, reading, writing

NOW_MS = 1_777_600_000_000  # 2026-05-01 01:46:40 UTC


def test_with_one_probe_there_is_something_of_everything(tmp_path: Path) -> None:
    engine = open_engine(f"sqlite:///{tmp_path / 'lucina.sqlite'}")
    migrate(engine)
    with writing(engine) as conn:
        day = datetime.fromtimestamp(NOW_MS / 1000, UTC).date()
        demo.fill(conn, demo.make_tokens(1), day)
        furnish(conn, NOW_MS)
    with reading(engine) as conn:
        (case,) = cases.shown(conn)
        assert case.said == "pathological" and "late" in case.patterns
        assert ready(conn) == []  # it is made of the only signed reading
        assert assessments.latest(conn, case.recording_id)
        assert sorted(one.kind for one in consultations.visible(conn)) == ["case", "mother"]
        assert leases.of_device(conn, "probe-1")[0].policy
        assert resources.shown(conn)
        assert school.live_from(conn, NOW_MS)
        assert check(conn).broken is None  # seconds are whole numbers in columns of floats
        mother = people.get_mother(conn, 1)
        assert mother is not None and mother.risk == "yellow"
    engine.dispose()
