"""Who looked at a mother's data: written down once an hour, shown to her, part of the chain."""

from collections.abc import Iterator

import pytest

from cloud.audit.checking import check
from cloud.audit.looking import Looking
from cloud.store import looks
from cloud.store.db import reading
from models.synth import synthetic
from tests.cloud.web.service import Service

HOUR_MS = looks.HOUR_MS


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    with Service(tmp_path_factory.mktemp("service")) as service:
        yield service


def looked(service: Service, mother_id: int = 1) -> list[tuple[str, int | None]]:
    with reading(service.parts.engine) as conn:
        rows = looks.of_mother(conn, mother_id)
    return [(row.person, row.recording_id) for row in reversed(rows)]


def test_looks_of_staff_are_written_down_and_shown_to_her(service: Service) -> None:
    trace, _ = synthetic(3, 1, "normal")
    recording = service.play("probe-1", trace)
    her, clinic = service.client("mother1"), service.client("clinic")
    assert "Nobody has looked" in her.get("/record").text
    for path in (f"/recordings/{recording}", f"/api/recordings/{recording}/trace", "/mothers/1"):
        assert clinic.get(path).status_code == 200
        assert clinic.get(path).status_code == 200
    assert service.client("hospital").get(f"/recordings/{recording}").status_code == 404
    her.get(f"/recordings/{recording}")
    seen = [("Midwife Wu (demo)", recording), ("Midwife Wu (demo)", None)]
    assert looked(service) == seen
    service.client("centre").get(f"/api/recordings/{recording}")
    assert looked(service) == [*seen, ("Nurse Li (demo)", recording)]
    shown = her.get("/record").text
    assert shown.count("Midwife Wu (demo)") >= 2
    assert "Willow Town Clinic (demo)" in shown
    assert looked(service, 2) == []


def test_the_next_hour_and_another_process_are_counted_right(service: Service) -> None:
    before = looked(service, 3)
    first, second = Looking(service.parts.engine), Looking(service.parts.engine)
    for looking, at_ms in ((first, 0), (second, 5), (first, HOUR_MS - 1), (first, HOUR_MS)):
        looking.note(1, 1, 3, None, at_ms)
    assert len(looked(service, 3)) - len(before) == 2
    with reading(service.parts.engine) as conn:
        assert check(conn).broken is None
