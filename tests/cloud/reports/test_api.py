"""The routes: who gets a report, what its code leads to, the buttons, and that a look is noted."""

from collections.abc import Iterator

import pytest

from cloud.reports import seal
from cloud.store import looks
from cloud.store.db import reading
from models.synth import synthetic
from tests.cloud.web.service import SECRET, Service


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    with Service(tmp_path_factory.mktemp("service")) as service:
        yield service


def test_report_and_code(service: Service) -> None:
    number = service.play("probe-1", synthetic(3, 1, "normal")[0])
    path = f"/api/recordings/{number}/report.pdf"
    clinic, mother = service.client("clinic"), service.client("mother1")

    given = clinic.get(path, params={"speed": 3, "axis": "wide", "language": "en"})
    assert given.status_code == 200, given.text
    assert given.headers["content-type"] == "application/pdf"
    assert given.headers["cache-control"] == "no-store"
    assert given.content.startswith(b"%PDF-")
    with reading(service.parts.engine) as conn:
        seen = [(one.person, one.recording_id) for one in looks.of_mother(conn, 1)]
    assert ("Midwife Wu (demo)", number) in seen  # that the clinic looked is hers to see

    assert service.client().get(path).status_code == 401
    assert service.client("mother2").get(path).status_code == 404
    assert clinic.get(path, params={"speed": 4}).status_code == 422
    refused = mother.get(path)
    assert (refused.status_code, "signed" in refused.json()["detail"]["text"]) == (409, True)

    assert 'form="print"' in clinic.get(f"/recordings/{number}").text
    assert f'action="{path}"' in clinic.get(f"/recordings/{number}").text
    assert f'action="{path}"' not in mother.get(f"/recordings/{number}").text

    with reading(service.parts.engine) as conn:
        made = seal.seal(conn, number, None, 0)
    page = service.client().get(f"/verify/{seal.write(SECRET, made)}")
    assert (page.status_code, seal.Holds.SAME.value in page.text) == (200, True)
    assert made.digest in page.text
    assert "1970-01-01 08:00:00+08:00" in page.text  # as on the paper
    assert "Lin Xiaoyu" not in page.text
    forged = service.client().get("/verify/forged")
    assert (forged.status_code, "not made by this service" in forged.text) == (404, True)
