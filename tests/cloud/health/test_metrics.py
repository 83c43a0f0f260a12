"""/metrics, /readyz and the health page of a running service, and the dashboard that reads them."""

import json
import re
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx2
import pytest
from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.parser import text_string_to_metric_families
from pydantic import SecretStr
from sqlalchemy.exc import OperationalError

from cloud import demo, i18n
from cloud.canary import kit as kits
from cloud.health import parts
from cloud.health.parts import GATEWAY_SILENT_MS, Part
from cloud.store.db import writing
from cloud.store.health import Waiting
from gateway.metrics import registry_of
from models.synth import synthetic
from tests.cloud.web.service import Service
from tests.process import wait_until

DASHBOARD = Path(__file__).parents[3] / "docs" / "grafana" / "lucina.json"
OPERATIONS = DASHBOARD.parents[1] / "operations.md"
NAME = re.compile(r"\b(?:lucina|process)_\w+")
STATUS = {
    "devices": 1, "frames": 9, "duplicates": 1, "damaged": 0, "refused": 0, "dropped": 0,
    "outbox": 4, "disk_full": False, "cloud": "up", "cloud_since_s": 12, "resent": 2,
    "warnings": 0, "unwatched": 0, "alone": False, "warning": 0, "quiet": 0,
}  # fmt: skip
Samples = dict[tuple[str, tuple[tuple[str, str], ...]], float]


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    with Service(tmp_path_factory.mktemp("service")) as service:
        yield service


def samples_in(text: str) -> Samples:
    return {
        (sample.name, tuple(sorted(sample.labels.items()))): sample.value
        for family in text_string_to_metric_families(text)
        for sample in family.samples
    }


def scraped(service: Service) -> Samples:
    return samples_in(service.client().get("/metrics").raise_for_status().text)


def names_in(text: str) -> set[str]:
    """Of all families, those without samples too."""
    families = text_string_to_metric_families(text)
    return {one.name + ("_total" if one.type == "counter" else "") for one in families}


def test_counts_are_those_of_the_store(service: Service) -> None:
    before = scraped(service)
    trace, _ = synthetic(3, 1, "normal")
    recording = service.play("probe-1", trace)
    alert = service.alert(recording, "bradycardia_80", 61)
    answer = service.client("county").post(f"/api/alerts/{alert}/accept", json={})
    assert answer.status_code == 200
    with service.client("county").stream("GET", "/events") as stream:
        lines = stream.iter_lines()  # kept: one that is let go of ends the stream
        next(lines)
        after = scraped(service)

    def grown(name: str, **labels: str) -> float:
        key = name, tuple(sorted(labels.items()))
        return after[key] - before.get(key, 0)

    assert grown("lucina_frames_stored_total") == 61  # START and a minute
    assert grown("lucina_ingest_lag_seconds_count") >= 1
    assert grown("lucina_commit_seconds_count") >= 1
    assert grown("lucina_recordings_open") == 1
    assert grown("lucina_pages_open") == 1
    assert grown("lucina_frames_missing") == 0
    for step in ("raised", "tell", "accept"):
        assert grown("lucina_alert_steps_total", rule="bradycardia_80", step=step) == 1
    assert grown("lucina_alert_accept_seconds_count") == 1
    assert after["process_resident_memory_bytes", ()] > 1e6
    assert after["process_open_fds", ()] > 3


def test_no_label_names_a_person_or_a_recording(service: Service) -> None:
    labels = {name for _, pairs in scraped(service) for name, _ in pairs}
    assert labels <= {"le", "rule", "step", "part", "channel", "outcome"}


def test_metrics_are_for_this_machine_or_for_the_token(service: Service) -> None:
    client = service.client()
    assert client.get("/metrics", headers={"x-forwarded-for": "203.0.113.5"}).status_code == 404
    settings = service.parts.settings
    settings.metrics_token = SecretStr("a token for the tests")
    try:
        assert client.get("/metrics").status_code == 404
        wrong = {"authorization": "Bearer a token for the test"}
        assert client.get("/metrics", headers=wrong).status_code == 404
        right = {"authorization": "Bearer a token for the tests"}
        assert client.get("/metrics", headers=right).status_code == 200
    finally:
        settings.metrics_token = SecretStr("")


def expressions() -> list[str]:
    panels: list[Any] = json.loads(DASHBOARD.read_text())["panels"]
    return [target["expr"] for panel in panels for target in panel["targets"]]


def _base(name: str) -> str:
    return re.sub(r"_(bucket|sum|count|created)$", "", name)


def test_the_dashboard_and_the_document_name_what_exists(service: Service) -> None:
    registry: CollectorRegistry = registry_of(lambda: STATUS)
    real = names_in(generate_latest(registry).decode())
    real |= names_in(service.client().get("/metrics").text)
    ours = {name for name in real if name.startswith("lucina_")}
    drawn = {_base(name) for text in expressions() for name in NAME.findall(text)}
    assert drawn <= real
    assert ours <= drawn, "what is counted is drawn"
    said = set(NAME.findall(OPERATIONS.read_text()))
    assert ours <= said and {name for name in said if name.startswith("lucina_")} <= ours


def test_a_part_that_stands_still_is_told_to_the_centre(service: Service) -> None:
    client: httpx2.Client = service.client()
    wait_until(lambda: client.get("/readyz").status_code == 200, 5, "all parts work")
    beats = client.get("/readyz").json()["beats"]
    wait_until(lambda: client.get("/readyz").json()["beats"] > beats, 5, "the monitor looks")
    centre = service.client("centre")
    said = centre.get("/health").text
    assert "All parts work." in said and "Not set up here" in said
    health = service.parts.health
    notifier = health.parts._tickers["notifier"]
    released = notifier._done_s
    tick, notifier.tick = notifier.tick, lambda now_ms: (_ for _ in ()).throw(OSError("stuck"))
    try:
        with centre.stream("GET", "/events") as stream:
            lines = stream.iter_lines()
            next(lines)  # from here on nothing is missed
            notifier._done_s -= 20
            next(line for line in lines if '"topic": "health"' in line)
        answer = client.get("/readyz")
        assert answer.status_code == 503
        assert [n for n, p in answer.json()["parts"].items() if not p["ok"]] == ["notifier"]
        assert "Alerts have not been told" in centre.get("/health").text
        assert "警报通知程序" in centre.get("/health", headers={"accept-language": "zh"}).text
        assert service.client("county").get("/health").status_code == 403
    finally:
        notifier.tick = tick
        notifier._done_s = max(released, notifier._done_s)
    wait_until(lambda: client.get("/readyz").status_code == 200, 5, "it goes on")
    wait_until(lambda: not health.troubles, 5, "the centre is told so")


def ill(found: list[Part]) -> list[str]:
    return [part.name for part in found if not part.ok]


def test_what_is_late_full_or_silent_is_said(
    service: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    looking, now_ms = service.parts.health.parts, service.parts.clock()
    trace, _ = synthetic(3, 1, "normal")
    service.play("probe-2", trace)
    assert looking.gateways(service.parts.clock()).ok
    silent = looking.gateways(service.parts.clock() + GATEWAY_SILENT_MS)
    assert not silent.ok and silent.facts["silent"] == demo.GATEWAY
    text = i18n.say("zh", silent.words)
    assert demo.GATEWAY in text and "网关" in text

    wait_until(lambda: not ill(looking.look(service.parts.clock())), 10, "all parts work")
    monkeypatch.setattr(parts, "DISK_FREE", 1 << 60)
    assert ill(looking.look(service.parts.clock())) == ["disk"]
    monkeypatch.undo()
    with monkeypatch.context() as patch:
        patch.setattr(service.parts.ingest, "_round_s", time.monotonic() - 60)
        assert "ingest" in ill(looking.look(service.parts.clock()))
    with monkeypatch.context() as patch:
        late = [Waiting("sms", 2, now_ms - 61_000)]
        patch.setattr(parts.health, "waiting", lambda conn, at_ms: late)
        assert ill(looking.look(now_ms)) == ["outbox"]
    with monkeypatch.context() as patch:
        patch.setattr(parts.health, "waiting", _gone)
        assert ill(looking.look(service.parts.clock())) == ["database"]

    with writing(service.parts.engine) as conn:
        kits.set_up(conn, demo.GATEWAY, service.url, "mqtt://127.0.0.1:1", 1)
    monkeypatch.setattr(looking, "_first_ms", now_ms)  # it has not come yet
    *_, canary = looking.others(now_ms + 80_000)
    assert canary.ok
    *_, canary = looking.others(now_ms + 91_000)
    assert (canary.name, canary.ok) == ("canary", False) and "91.0" in i18n.say("zh", canary.words)
    assert service.client().get("/readyz").status_code == 200, "the service itself is well"


def _gone(*_: object) -> list[Waiting]:
    raise OperationalError("SELECT", {}, Exception("the disk"))
