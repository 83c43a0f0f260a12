"""Reading over HTTP: blindness is kept by the server, refusals come in words."""

from typing import Any

import httpx2
import pytest

from tests.cloud.readings.recorded import ended
from tests.cloud.web.service import Service

DEVICE, HER_HOSPITAL, HER = "probe-1", "clinic", "mother1"


@pytest.fixture(scope="module")
def recording(service: Service) -> int:
    return ended(service, DEVICE)


@pytest.fixture(scope="module")
def clinic(service: Service) -> httpx2.Client:
    return service.client(HER_HOSPITAL)


@pytest.fixture(scope="module")
def reading(recording: int, clinic: httpx2.Client) -> dict[str, Any]:
    """Taken by the mother's own hospital, not read yet. Asked again, so that each module run
    has one of its own."""
    found = of(clinic, recording)
    assert (found["phase"], found["mother"]["name"]) == ("wanted", "Lin Xiaoyu (demo)")
    assert found["id"] in [one["id"] for one in clinic.get("/api/readings").json()]
    return post(clinic, found["id"], "take")


def of(client: httpx2.Client, recording_id: int) -> dict[str, Any]:
    found: dict[str, Any] = client.get(f"/api/recordings/{recording_id}/readings").json()[-1]
    return found


def post(client: httpx2.Client, reading_id: int, event: str, **body: Any) -> dict[str, Any]:
    answer = client.post(f"/api/readings/{reading_id}/{event}", json=body)
    assert answer.status_code == 200, answer.text
    view: dict[str, Any] = answer.json()
    return view


def ids(answer: httpx2.Response) -> list[int]:
    return [one["id"] for one in answer.json()]


def refused(client: httpx2.Client, reading_id: int, event: str, **body: Any) -> tuple[int, str]:
    answer = client.post(f"/api/readings/{reading_id}/{event}", json=body)
    return answer.status_code, answer.json()["detail"]["text"]


def test_the_whole_way(
    service: Service, recording: int, reading: dict[str, Any], clinic: httpx2.Client
) -> None:
    number, assessment = reading["id"], f"/api/recordings/{recording}/assessment"
    centre = service.client("centre")

    # blind: the one who reads gets nothing of the machine's, whichever way is asked
    assert clinic.get(assessment).json() == {"hidden": True}
    alert = service.alert(recording, "low_rate", 60)
    of_this, one = f"/api/alerts?recording_id={recording}", f"/api/alerts/{alert}"
    assert (clinic.get(of_this).json(), clinic.get(one).status_code) == ([], 200)
    assert alert in ids(clinic.get("/api/alerts"))  # it waits for somebody, maybe for this reader
    for step, body in (("accept", {}), ("handle", {"reason": "spoke with her"}), ("close", {})):
        assert centre.post(f"{one}/{step}", json=body).status_code == 200, step
    assert clinic.get(one).status_code == 404
    assert alert not in ids(clinic.get("/api/alerts"))
    assert f'/recordings/{recording}">' not in clinic.get("/mothers/1").text.split("<h3>")[1]
    assert alert in ids(centre.get(of_this))
    for path in (f"/api/readings/{number}", f"/api/recordings/{recording}/readings"):
        assert '"verdict"' not in clinic.get(path).text
        assert '"machine":null' in clinic.get(path).text.replace(" ", "")
    assert "verdict" in centre.get(assessment).json()  # others go on seeing the recording
    assert "verdict" in service.client("expert").get(assessment).json()

    # nobody else takes it before its time, and nobody signs what is not read
    assert refused(centre, number, "take")[0] == 409
    assert refused(clinic, number, "sign", said="normal", sentences=["good"])[0] == 409
    assert refused(centre, number, "read", said="normal")[0] == 409

    features = {"baseline_bpm": 140, "variability": "moderate", "decelerations": ["none"]}
    seen = post(clinic, number, "read", said="suspicious", features=features, findings="one dip")
    assert seen["machine"]["verdict"]
    assert seen["opinions"][0]["features"] == features
    assert alert in ids(clinic.get(of_this)) and clinic.get(one).status_code == 200
    assert "verdict" in clinic.get(assessment).json()

    # raised: the expert is blind too, and the base keeps sight
    assert refused(clinic, number, "raise", reason=" ")[0] == 422
    post(clinic, number, "raise", reason="artefact?")
    expert = service.client("expert")
    hidden = post(expert, number, "take")
    assert (hidden["machine"], hidden["opinions"]) == (None, [])
    assert expert.get(assessment).json() == {"hidden": True}
    post(expert, number, "read", said="normal", advice="as planned")
    status, why = refused(expert, number, "sign", said="suspicious", sentences=["good"])
    assert (status, "do not fit" in why) == (409, True)
    assert service.client(HER).get("/api/readings").json() == []  # not signed: nothing for her
    done = post(expert, number, "sign", said="normal", sentences=["good"], to_mother="All well.")
    assert (done["phase"], done["differ"]["expert"]) == ("told", True)
    at_base = of(clinic, recording)
    assert at_base["signed"]["organisation"] == "Monitoring Centre (demo)"
    assert [one["advice"] for one in at_base["opinions"]] == ["", "as planned"]

    (hers,) = service.client(HER).get("/api/readings").json()
    assert hers["person"] == "Dr Gu (demo)"
    assert hers["to_mother"] == "All well."
    assert not {"class", "machine", "opinions"} & hers.keys()
    assert service.client(HER).get(f"/api/readings/{number}").status_code == 403
    assert service.client("mother4").get("/api/readings").json() == []


def test_not_theirs_is_not_there(service: Service, recording: int, reading: dict[str, Any]) -> None:
    other = service.client("hospital")
    assert reading["id"] not in [one["id"] for one in other.get("/api/readings").json()]
    for path in (f"/api/readings/{reading['id']}", f"/api/recordings/{recording}/readings"):
        assert other.get(path).status_code == 404
    assert other.post(f"/api/readings/{reading['id']}/take").status_code == 404


@pytest.mark.parametrize(
    "body",
    [
        {"said": "fine"},
        {"said": "normal", "features": {"baseline_bpm": 1000}},
        {"said": "normal", "features": {"variability": "odd"}},
        {"said": "normal", "findings": "x" * 1001},
        {},
    ],
)
def test_nonsense_is_refused(
    clinic: httpx2.Client, reading: dict[str, Any], body: dict[str, Any]
) -> None:
    assert clinic.post(f"/api/readings/{reading['id']}/read", json=body).status_code == 422


def test_settings_and_figures(service: Service, clinic: httpx2.Client) -> None:
    before = clinic.get("/api/readings/settings").json()["blind"]
    assert clinic.put("/api/readings/settings", json={"blind": not before}).status_code == 200
    assert clinic.get("/api/readings/settings").json() == {"blind": not before}
    clinic.put("/api/readings/settings", json={"blind": before})
    rows = clinic.get("/api/readings/statistics").json()
    assert {row["organisation"]["name"] for row in rows} <= {"Willow Town Clinic (demo)"}
    assert service.client("centre").get("/api/readings/statistics").status_code == 200


def test_the_documentation_has_examples(service: Service) -> None:
    paths = service.app.openapi()
    for name in ("Opinion", "Signature", "Asked", "Why"):
        assert paths["components"]["schemas"][name]["examples"]
    assert "/api/readings/{reading_id}/sign" in paths["paths"]


def test_words_on_the_strip_stay_and_are_hidden_from_who_reads_blind(
    service: Service, recording: int, reading: dict[str, Any], clinic: httpx2.Client
) -> None:
    path = f"/api/recordings/{recording}/annotations"
    centre, expert = service.client("centre"), service.client("expert")

    def texts(client: httpx2.Client) -> list[tuple[float, float, str, bool]]:
        rows = client.get(path).json()
        return [(o["from_s"], o["to_s"], o["text"], o["ended_ms"] is None) for o in rows]

    said = {"from_s": "1:10", "to_s": 40, "text": " decelerations begin "}
    (first,) = clinic.post(path, json=said).json()
    assert (first["person"], first["mine"]) == ("Midwife Wu (demo)", True)
    assert texts(centre) == [(40, 70, "decelerations begin", True)]
    again = {"from_s": 45, "text": "one deceleration", "replaces_id": first["id"]}
    assert centre.post(path, json=again).status_code == 409  # another's
    second = clinic.post(path, json=again).json()[1]
    both = [(40, 70, "decelerations begin", False), (45, 45, "one deceleration", True)]
    assert texts(clinic) == texts(centre) == both
    for status, more in ((409, {}), (404, {"replaces_id": 99}), (422, {"text": " "})):
        assert clinic.post(path, json=again | more).status_code == status
    late = clinic.post(path, json={"from_s": "9:00", "text": "nothing is there"})
    assert (late.status_code, late.json()["detail"]["args"]["minutes"]) == (409, pytest.approx(2))
    assert service.client("hospital").get(path).status_code == 404
    assert service.client(HER).get(path).status_code == 403

    asked = clinic.post(path.replace("annotations", "readings"), json={"reason": "look again"})
    number = asked.json()["id"]
    assert (texts(clinic), texts(centre)) == (both, [])  # hidden but for the own ones
    post(expert, number, "take")
    expert.post(path, json={"from_s": 5, "text": "a rise"})
    assert texts(expert) == [(5, 5, "a rise", True)]
    assert "hidden until" in expert.get(path.removeprefix("/api")).text
    post(expert, number, "read", said="normal")
    assert len(texts(expert)) == 3
    gone = clinic.delete(f"{path}/{second['id']}")
    assert [one[3] for one in texts(clinic)] == [True, False, False], gone.text
