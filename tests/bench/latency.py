"""From the sample that makes a rule true to the alert on a screen: of 50 mothers, and of 1,000.

The rates of many mothers fall one after the other. Which second makes which rule true is computed
from the same frames by models.whole; when that second was published is told by the generator. The
alert is awaited by a client of /events and on a hospital's page in Chromium, which stamps it when
its row is in the document.

The 1,000 are homes on Mosquitto that have been recording for an hour, with gateways that the
generator plays: the cloud alone is between their samples and the alert.
"""

import json
import threading
import time
from pathlib import Path
from typing import Any

import httpx2

from cloud.traces import trace_from
from device import wire
from models import whole
from tests import servers
from tests.bench import meter
from tests.bench.history import HISTORY_S, LivedIn
from tests.bench.load import Plan, make_frame
from tests.e2e.population import home_device
from tests.e2e.rig import Rig
from tests.process import Process

MOTHERS, FALLING = 50, 45
MANY, MANY_FALLING = 1000, 100
SECONDS = 118
LONGEST_LOOK_S = 600  # back, of any rule: so much of the past is enough to know when it comes true
GOAL_MEDIAN_S, GOAL_P99_S = 1.0, 2.0
RECONNECT_S = 0.5  # what the service tells a page
HOSPITAL = "county"  # the one that the demo's first mothers are nearest to
TOLD = """SELECT a.id FROM alerts a JOIN people p ON p.organisation_id = a.organisation_id
          WHERE p.username = :who"""
OBSERVE = """
window.alertSeenMs = {};
new MutationObserver(() => {
  for (const row of document.querySelectorAll("[data-alert]"))
    window.alertSeenMs[row.dataset.alert] ??= Date.now();
}).observe(document, {subtree: true, childList: true, attributes: true});
"""


def measure(folder: Path) -> list[meter.Row]:
    with Rig(folder / "latency", mothers=MOTHERS) as rig, servers.browser() as chromium:
        page = chromium.new_page()
        rig.sign_in_page(page, HOSPITAL, "/hospital")
        page.evaluate(OBSERVE)
        falls_s = [15 + n % FALLING for n in range(FALLING)]
        listener = Listener(rig)
        published_ms, used = _replay(rig, falls_s)
        seen_ms = {int(key): value for key, value in page.evaluate("alertSeenMs").items()}
        listener.close()
        due = _due(rig, rig.devices, falls_s, published_ms)
        told = {row.id for row in rig.rows(TOLD, who=HOSPITAL)}
    due_here = {alert: due_ms for alert, due_ms in due.items() if alert in told}
    among = f"{MOTHERS} mothers at speed 1"
    return [
        _row(
            "alert: sample to client of /events", due, listener.seen_ms,
            f"{among}; {meter.cores(used)}",
        ),
        _row(
            "alert: sample to row on a page in Chromium", due_here, seen_ms,
            f"{among}; a hospital's page",
        ),
    ]  # fmt: skip


def measure_many(folder: Path) -> list[meter.Row]:
    rig = LivedIn(folder / "latency-many", broker="mosquitto", homes=MANY)
    rig.lived_in = MANY
    devices = [home_device(name) for name in rig.homes]
    falls_s = [HISTORY_S + 20 + n % 60 for n in range(MANY_FALLING)]
    plan = Plan(
        port=rig.broker_port, hop="gateway", names=list(rig.homes),
        tokens=list(rig.homes.values()), devices=devices, steps=[MANY], step_s=SECONDS,
        lived_in=MANY, first_seq=HISTORY_S + 1, falls_s=falls_s, report=True,
    )  # fmt: skip
    with rig:
        rig.gateway.stop()  # the load generator plays the gateways
        listener = Listener(rig)
        published_ms, used = _played(rig, plan, {"cloud": rig.cloud, "broker": rig.broker})
        due = _due(rig, devices, falls_s, published_ms, HISTORY_S + 1)
        listener.close()
    note = f"{MANY} mothers at speed 1, each with an hour of past; {meter.cores(used)}"
    what = f"alert: sample to client of /events at {MANY} mothers"
    return [_row(what, due, listener.seen_ms, note)]


class Listener(threading.Thread):
    """A client of /events, which notes when it first knew of an alert.

    When the stream ends it connects again and reads the list, as a page does.
    """

    def __init__(self, rig: Rig) -> None:
        super().__init__(daemon=True)
        self.seen_ms: dict[int, int] = {}  # wall clock, by alert
        self.streams = 0
        self._client: httpx2.Client = rig.sign_in("centre")
        self._closed = threading.Event()
        self.start()

    def run(self) -> None:
        while not self._closed.is_set():
            try:
                with self._client.stream("GET", "/events", timeout=None) as answer:
                    self.streams += 1
                    if self.streams > 1:
                        self._note(self._client.get("/api/alerts").raise_for_status().json())
                    self._read(answer)
            except httpx2.HTTPError:
                self._closed.wait(RECONNECT_S)

    def _read(self, answer: httpx2.Response) -> None:
        kind = ""
        for line in answer.iter_lines():
            if line.startswith("event:"):
                kind = line.removeprefix("event:").strip()
            elif line.startswith("data:") and kind == "alert":
                self._note([json.loads(line.removeprefix("data:"))])

    def _note(self, views: list[dict[str, Any]]) -> None:
        for view in views:
            self.seen_ms.setdefault(view["id"], int(time.time() * 1000))

    def close(self) -> None:
        self._closed.set()
        self._client.close()


def _replay(rig: Rig, falls_s: list[int]) -> tuple[list[list[int]], dict[str, float]]:
    """(wall clock of each frame of each mother, cores used)."""
    plan = Plan(
        port=rig.local_port, hop="device", names=rig.devices, devices=rig.devices,
        tokens=list(rig.tokens.devices.values()), steps=[MOTHERS], step_s=SECONDS,
        falls_s=falls_s, report=True,
    )  # fmt: skip
    return _played(rig, plan, {"gateway": rig.gateway, "cloud": rig.cloud, "broker": rig.broker})


def _played(
    rig: Rig, plan: Plan, parts: dict[str, Process]
) -> tuple[list[list[int]], dict[str, float]]:
    with meter.load(plan, rig.folder) as (lines, load_pid):
        assert next(lines)["state"] == "measuring"
        usage = meter.Usage(meter.pids(parts, load_pid))
        assert next(lines)["state"] == "measured"
        return next(lines)["published_ms"], usage.look()


def _due(
    rig: Rig,
    devices: list[str],
    falls_s: list[int],
    published_ms: list[list[int]],
    first_seq: int = 0,
) -> dict[int, int]:
    """{alert id: wall clock at which the frame was published that made its rule true}."""
    sql = """SELECT a.id, a.rule, a.at_s, r.device_id FROM alerts a
             JOIN recordings r ON r.id = a.recording_id WHERE a.kind = 'patient'"""
    stored = {(row.device_id, row.rule, row.at_s): row.id for row in rig.rows(sql)}
    due = {}
    for number, published in enumerate(published_ms[: len(falls_s)]):
        stop = first_seq + len(published)
        from_s = max(0, falls_s[number] - LONGEST_LOOK_S)
        frames = [
            wire.decode(make_frame(seq, number, falls_s[number])) for seq in range(from_s + 1, stop)
        ]
        for change in whole.changes(trace_from(frames, from_s, stop - 1)):
            alert = stored.get((devices[number], change.rule.id, change.at_s))
            if change.what == "raised" and change.rule.kind == "patient":
                # TRACE of second n is frame n + 1, and ends at second n + 1
                assert alert is not None, f"{change} of mother {number} was not raised"
                due[alert] = published[int(change.at_s) - first_seq]
    return due


def _row(what: str, due: dict[int, int], seen_ms: dict[int, int], note: str) -> meter.Row:
    took_s = [(seen_ms[alert] - due_ms) / 1000 for alert, due_ms in due.items() if alert in seen_ms]
    if not took_s:
        return meter.Row(what, "no alert arrived", met=False)
    median, p99, most = meter.quantiles(took_s)
    return meter.Row(
        what, f"{median:.2f} s", f"p99 {p99:.2f} s, at most {most:.2f} s",
        goal=f"median <= {GOAL_MEDIAN_S:.0f} s, p99 <= {GOAL_P99_S:.0f} s",
        met=median <= GOAL_MEDIAN_S and p99 <= GOAL_P99_S and len(took_s) == len(due),
        note=f"{len(took_s)} alerts of {len(due)}, {note}",
    )  # fmt: skip
