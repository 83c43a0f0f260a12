"""From the sample that makes a rule true to the alert on a screen, 50 mothers at speed 1.

The rates of most mothers fall one after the other. Which second makes which rule true is computed
from the same frames by models.whole; when that second was published is told by the generator. The
alert is awaited by a client of /events and on a hospital's page in Chromium, which stamps it when
its row is in the document.
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
from tests.bench.load import Plan, make_frame
from tests.e2e.rig import Rig

MOTHERS, FALLING = 50, 45
SECONDS = 118
GOAL_MEDIAN_S, GOAL_P99_S = 1.0, 2.0
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
        due = _due(rig, falls_s, published_ms)
        told = {row.id for row in rig.rows(TOLD, who=HOSPITAL)}
    due_here = {alert: due_ms for alert, due_ms in due.items() if alert in told}
    return [
        _row("alert: sample to client of /events", due, listener.seen_ms, meter.cores(used)),
        _row("alert: sample to row on a page in Chromium", due_here, seen_ms, "a hospital's page"),
    ]


class Listener(threading.Thread):
    """A client of /events: {alert id: wall clock of its first event}."""

    def __init__(self, rig: Rig) -> None:
        super().__init__(daemon=True)
        self.seen_ms: dict[int, int] = {}
        self._client: httpx2.Client = rig.sign_in("centre")
        self.start()

    def run(self) -> None:
        try:
            with self._client.stream("GET", "/events", timeout=None) as answer:
                kind = ""
                for line in answer.iter_lines():
                    if line.startswith("event:"):
                        kind = line.removeprefix("event:").strip()
                    elif line.startswith("data:") and kind == "alert":
                        view: dict[str, Any] = json.loads(line.removeprefix("data:"))
                        self.seen_ms.setdefault(view["id"], int(time.time() * 1000))
        except httpx2.HTTPError:
            return  # the cloud has ended

    def close(self) -> None:
        self._client.close()


def _replay(rig: Rig, falls_s: list[int]) -> tuple[list[list[int]], dict[str, float]]:
    """(wall clock of each frame of each mother, cores used)."""
    plan = Plan(
        port=rig.local_port, hop="device", names=rig.devices, devices=rig.devices,
        tokens=list(rig.tokens.devices.values()), steps=[MOTHERS], step_s=SECONDS,
        falls_s=falls_s, report=True,
    )  # fmt: skip
    with meter.load(plan, rig.folder) as (lines, load_pid):
        assert next(lines)["state"] == "measuring"
        parts = {"gateway": rig.gateway, "cloud": rig.cloud, "broker": rig.broker}
        usage = meter.Usage(meter.pids(parts, load_pid))
        assert next(lines)["state"] == "measured"
        return next(lines)["published_ms"], usage.look()


def _due(rig: Rig, falls_s: list[int], published_ms: list[list[int]]) -> dict[int, int]:
    """{alert id: wall clock at which the frame was published that made its rule true}."""
    sql = """SELECT a.id, a.rule, a.at_s, r.device_id FROM alerts a
             JOIN recordings r ON r.id = a.recording_id WHERE a.kind = 'patient'"""
    stored = {(row.device_id, row.rule, row.at_s): row.id for row in rig.rows(sql)}
    due = {}
    for number, published in enumerate(published_ms[: len(falls_s)]):
        frames = [
            wire.decode(make_frame(seq, number, falls_s[number])) for seq in range(len(published))
        ]
        for change in whole.changes(trace_from(frames, 0, len(published) - 1)):
            alert = stored.get((rig.devices[number], change.rule.id, change.at_s))
            if change.what == "raised" and change.rule.kind == "patient":
                # TRACE of second n is frame n + 1, and ends at second n + 1
                assert alert is not None, f"{change} of mother {number} was not raised"
                due[alert] = published[int(change.at_s)]
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
        note=f"{len(took_s)} alerts of {len(due)}, {MOTHERS} mothers at speed 1; {note}",
    )  # fmt: skip
