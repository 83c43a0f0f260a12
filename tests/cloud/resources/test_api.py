"""Resources, boxes, contributions and statistics over HTTP: what is theirs, words, examples."""

from typing import Any

import httpx2
import pytest

from cloud.access import ACCESS
from cloud.sheets import XLSX
from cloud.store import people
from cloud.store.db import writing
from tests.cloud.contributions.test_files import sheets_in
from tests.cloud.web.service import Service

SPAN = {"begin": "2089-12-01T08:00", "end": "2089-12-08T08:00"}
ALL = {"begin": "2020-01-01T00:00", "end": "2090-01-01T00:00"}
OURS = ("/api/resources", "/api/leases", "/api/contributions", "/api/statistics")


def test_a_request_is_matched_promised_and_seen_by_all(service: Service) -> None:
    clinic, county = service.client("clinic"), service.client("county")
    bed = {"kind": "bed", "amount": 2, **ALL, "place": "ward 3"}
    near_id = county.post("/api/resources/offers", json=bed).json()["id"]
    far_id = service.client("hospital").post("/api/resources/offers", json=bed).json()["id"]
    asked = clinic.post("/api/resources/requests", json={"kind": "bed", **SPAN}).json()
    assert [(one["id"], one["fits"], one["may"]) for one in asked["matches"]] == [
        (near_id, True, False),
        (far_id, True, False),
    ]
    assert asked["matches"][0]["why"][0]["args"] == {"km": "8.0", "count": 2}
    assert asked["from_ms"] == 3_784_233_600_000  # 08:00 in Shanghai: midnight UTC
    path = f"/api/resources/requests/{asked['id']}"
    promised = county.post(f"{path}/steps", json={"event": "promise", "offer_id": near_id})
    assert promised.json()["may"] == ["take back", "hand out"]
    assert service.client("hospital").get(path).json()["lender"]["id"] == 3
    (left,) = [one["left"] for one in _offers(clinic) if one["id"] == near_id]
    assert left == 1


def test_refusals_come_in_words(service: Service) -> None:
    clinic = service.client("clinic")
    asked = clinic.post("/api/resources/requests", json={"kind": "probe", **SPAN}).json()
    steps = f"/api/resources/requests/{asked['id']}/steps"
    refused = clinic.post(steps, json={"event": "return"})
    assert (refused.status_code, refused.json()["detail"]) == (
        409,
        {"text": "not possible now: the request is %(phase)s", "args": {"phase": "asked for"}},
    )
    assert clinic.post(steps, json={"event": "withdraw", "said": " "}).status_code == 422
    back = {"kind": "bed", "begin": SPAN["end"], "end": SPAN["begin"]}
    assert clinic.post("/api/resources/offers", json=back).status_code == 422
    assert clinic.post("/api/resources/offers/999/withdraw").status_code == 404
    assert clinic.get("/api/resources/requests/999").status_code == 404


def test_a_search_by_kind_distance_and_time(service: Service) -> None:
    county, clinic = service.client("county"), service.client("clinic")
    minutes = {"kind": "reader minutes", "amount": 60, **SPAN}
    county.post("/api/resources/offers", json=minutes)
    path = "/api/resources/search?kind=reader+minutes"
    when = "&begin=2089-12-02T00:00&end=2089-12-03T00:00"
    assert [one["fits"] for one in clinic.get(f"{path}{when}&amount=60&within_km=").json()] == [
        True
    ]
    assert [one["fits"] for one in clinic.get(f"{path}{when}&within_km=2").json()] == [False]
    assert [one["fits"] for one in clinic.get(path).json()] == [False]  # not now
    assert clinic.get("/api/resources/search").status_code == 422


def test_a_box_is_seen_by_those_who_have_to_do_with_it(service: Service) -> None:
    with writing(service.parts.engine) as conn:
        people.add_gateway(conn, "gw-county", "token", 3)
        people.add_device(conn, "box-1", "token", "gw-county")
    county = service.client("county")
    lease = {"device_id": "box-1", "holder_id": 4, "mother_id": 3, "condition": "new",
             "until": SPAN["end"], "deposit": "500"}  # fmt: skip
    made = county.post("/api/leases", json=lease).json()
    path = f"/api/leases/{made['id']}"
    for account, status in {"clinic": 200, "hospital": 404, "mother3": 200, "mother1": 404}.items():
        assert service.client(account).get(path).status_code == status
    hers = service.client("mother3").get(path).json()
    assert (hers["steps"], hers["may"], hers["deposit"]) == ([], [], "500")
    assert county.post("/api/leases", json=lease).status_code == 409
    assert county.post(f"{path}/steps", json={"event": "return"}).status_code == 422
    body = {"event": "return", "said": "belt torn"}
    assert county.post(f"{path}/steps", json=body).json()["phase"] == "returned"
    (one,) = county.get(f"{path}/history").json()
    assert [step["text"] for step in one["steps"]] == ["new", "belt torn"]
    assert "box-1" in service.client("mother3").get("/leases").text or one["mother"]["id"] == 3


def test_contributions_and_statistics_of_what_may_be_seen(service: Service) -> None:
    for account, rows in (("clinic", [4]), ("centre", [1, 2, 3, 4])):
        client = service.client(account)
        found = client.get("/api/contributions").json()
        assert [row["organisation"]["id"] for row in found["rows"]] == rows
        members = client.get("/api/statistics?months=2").json()["members"]
        assert [one["organisation"]["id"] for one in members] == rows
    centre = service.client("centre")
    assert centre.get("/api/contributions?month=2026-13").status_code == 422
    assert centre.get("/api/statistics?months=99").status_code == 422
    for path in ("contributions", "statistics"):
        answer = centre.get(f"/api/{path}.xlsx", headers={"cookie": _english(centre)})
        assert answer.headers["content-type"] == XLSX
        assert "Definitions" in sheets_in(answer.content)
    text = centre.get("/api/contributions.csv?month=2026-01")
    assert text.headers["content-disposition"].endswith('"contributions-2026-01.csv"')
    assert text.text.count("\r\n") == 1 + 4 + 1


@pytest.mark.parametrize("path", ["/resources", "/leases", "/contributions", "/statistics"])
def test_pages_of_a_mother(service: Service, path: str) -> None:
    assert service.client("mother1").get(path).status_code == (200 if path == "/leases" else 403)


def test_every_body_has_an_example_and_every_route_a_summary(service: Service) -> None:
    paths = service.app.openapi()
    ours = [(m, p) for m, p in ACCESS if p.startswith(OURS)]
    assert len(ours) >= 16
    for method, path in ours:
        route = paths["paths"][path][method.lower()]
        assert route["summary"] != route["operationId"].replace("_", " ").title()
        if "requestBody" in route:
            schema: Any = route["requestBody"]["content"]["application/json"]["schema"]
            name = schema["$ref"].rpartition("/")[2]
            assert paths["components"]["schemas"][name]["examples"], path


def _offers(client: httpx2.Client) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = client.get("/api/resources").json()["offers"]
    return found


def _english(client: httpx2.Client) -> str:
    cookies = {**client.cookies, "lang": "en"}
    return "; ".join(f"{name}={value}" for name, value in cookies.items())
