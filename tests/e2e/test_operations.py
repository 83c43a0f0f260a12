"""A whole Lucina looked at from outside: doctor, watchdog, metrics, logs; and stopped dead."""

import json
import os
import signal
import subprocess
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any

import httpx2
import pytest

from cloud import demo
from tests.e2e.rig import COMMAND, ENV, Rig
from tests.process import Process, free_port, wait_until

pytestmark = pytest.mark.timeout(180)
JSON_LOG = {"LUCINA_LOG": "json"}
NAMES = [
    part
    for row in (*demo.MOTHERS, *demo.STAFF)
    for part in (row["name"].removesuffix(" (demo)"), row["name"].split()[1])
]


@pytest.fixture(scope="module")
def metrics_port() -> int:
    return free_port()


@pytest.fixture(scope="module")
def rig(tmp_path_factory: pytest.TempPathFactory, metrics_port: int) -> Iterator[Rig]:
    rig = Rig(tmp_path_factory.mktemp("operations"), env=JSON_LOG)
    rig.gateway.args += ["--metrics-port", str(metrics_port)]
    rig.gateway.env |= JSON_LOG
    with rig:
        yield rig


def answered(url: str) -> bool:
    try:
        return httpx2.get(f"{url}/readyz", timeout=5).status_code == 200
    except httpx2.HTTPError:
        return False


def logged(process: Process) -> list[dict[str, Any]]:
    return [json.loads(line) for line in process.stderr.splitlines()]


def test_logs_have_ids_and_no_names(rig: Rig, metrics_port: int) -> None:
    rig.probe(1, "synthetic:bradycardia:22:16", speed=120)
    county = rig.sign_in("county")
    alert = wait_until(lambda: county.get("/api/alerts").json(), 90, "an alert")[0]
    assert county.post(f"/api/alerts/{alert['id']}/accept", json={}).status_code == 200
    assert county.post("/api/nothing/wrong", json={"name": "Lin Xiaoyu"}).status_code == 404
    of_alert = [one for one in logged(rig.cloud) if one.get("alert") == alert["id"]]
    assert {one["recording"] for one in of_alert} == {alert["recording_id"]}
    assert "accept" in {one["event"].rsplit(": ")[-1] for one in of_alert}
    assert logged(rig.gateway)
    everything = "\n".join(p.stdout + p.stderr for p in (rig.cloud, rig.gateway, rig.broker))
    assert [name for name in NAMES if name in everything] == []

    text = httpx2.get(f"http://127.0.0.1:{metrics_port}/metrics").text
    frames = next(x for x in text.splitlines() if x.startswith("lucina_gateway_frames_total "))
    assert float(frames.split()[1]) > 100


@pytest.mark.slow
def test_the_doctor_finds_it_well(rig: Rig) -> None:
    wait_until(lambda: answered(rig.url), 20, "all parts work")
    env = {**rig.cloud.env, "LUCINA_HTTP_PORT": str(rig.cloud_port)}
    done = subprocess.run(
        [*COMMAND, "doctor", "--json"], env=env, capture_output=True, text=True, timeout=60
    )
    found = json.loads(done.stdout)
    assert [one for one in found if one["state"] == "wrong"] == []
    assert done.returncode == 0
    assert {"database", "broker", "service", "outbox", "disk"} <= {one["name"] for one in found}


class Pager:
    """The operator's webhook."""

    def __init__(self) -> None:
        self.told: list[dict[str, Any]] = []

        class Handler(BaseHTTPRequestHandler):
            def do_POST(handler) -> None:  # noqa: N805
                size = int(handler.headers["content-length"])
                self.told.append(json.loads(handler.rfile.read(size)))
                handler.send_response(204)
                handler.end_headers()

            def log_message(handler, *_: object) -> None:  # noqa: N805
                pass

        self.server = HTTPServer(("127.0.0.1", 0), Handler)
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server.server_port}/hook"

    def wait_for(self, state: str) -> dict[str, Any]:
        return wait_until(
            lambda: next((one for one in self.told if one["state"] == state), None), 60, state
        )


@pytest.fixture
def pager() -> Iterator[Pager]:
    pager = Pager()
    yield pager
    pager.server.shutdown()


@pytest.fixture
def watched(rig: Rig, pager: Pager, tmp_path: Path) -> Iterator[Path]:
    """A watchdog looks at it; what its command heard last is in this file."""
    wait_until(lambda: answered(rig.url), 20, "all parts work")
    heard = tmp_path / "heard.json"
    args = [*COMMAND, "watchdog", "--url", rig.url, "--alert-url", pager.url, "--command",
            f"cat > {heard}", "--every", "0.5", "--after", "4"]  # fmt: skip
    with Process(args, tmp_path, ENV, name="watchdog") as watchdog:
        watchdog.wait_for("watchdog ready on")
        yield heard


def test_a_service_that_stands_still_is_told_to_operator_and_mother(
    rig: Rig, pager: Pager, watched: Path
) -> None:
    probe = rig.probe(3, "synthetic:normal:3:20", speed=10)
    rig.recording_id(3)
    os.kill(rig.cloud.pid, signal.SIGSTOP)
    try:
        told = pager.wait_for("silent")
        wait_until(lambda: "link low" in probe.stdout, 30, "the gateway's alarm at the probe")
    finally:
        os.kill(rig.cloud.pid, signal.SIGCONT)
    assert "no answer" in told["why"] and told["silent_s"] >= 4
    # when the cloud answers: it is taken back, or the cloud has said something itself
    wait_until(lambda: '"link low"' not in probe.stdout.rsplit('"text": ', 1)[-1], 30, "its end")
    pager.wait_for("back")
    # as text: the command may be writing it just now
    wait_until(lambda: '"state": "back"' in watched.read_text(), 20, "the command")


@pytest.mark.slow
@pytest.mark.timeout(600)
def test_a_canary_goes_the_whole_way_and_is_missed(rig: Rig, pager: Pager, tmp_path: Path) -> None:
    wait_until(lambda: answered(rig.url), 20, "all parts work")
    file, near = tmp_path / "canary.json", f"mqtt://127.0.0.1:{rig.local_port}"
    args = [*COMMAND, "canary", "setup", str(file), "--gateway", demo.GATEWAY, "--broker", near,
            "--service", rig.url, "--devices", str(rig.folder / "devices.json")]  # fmt: skip
    subprocess.run(args, env=rig.cloud.env, check=True, timeout=60)
    args = [*COMMAND, "canary", "watch", str(file), "--alert-url", pager.url, "--after", "70"]
    with Process(args, tmp_path, ENV, name="canary") as canary:
        wait_until(lambda: "s after its sample" in canary.stderr, 120, "its alert is told")
        rig.gateway.kill()
        told = wait_until(lambda: pager.told, 150, "the operator is paged")[0]
        rig.start(rig.gateway)
        assert told["state"] == "silent" and "no alert has come" in told["why"]
        pager.wait_for("back")
    assert rig.rows("SELECT count(*) FROM alerts WHERE phase = 'closed'")[0][0] >= 2


@pytest.mark.slow
@pytest.mark.usefixtures("watched")
def test_a_part_that_is_gone_pages_the_operator(rig: Rig, pager: Pager) -> None:
    rig.broker.kill()
    assert pager.wait_for("silent")["why"] == "not working: broker"
    rig.start(rig.broker)
    pager.wait_for("back")


@pytest.mark.slow
@pytest.mark.usefixtures("watched")
def test_a_service_that_is_killed_pages_the_operator(rig: Rig, pager: Pager) -> None:
    rig.cloud.kill()
    assert "no answer" in pager.wait_for("silent")["why"]
    rig.start(rig.cloud)
    pager.wait_for("back")
