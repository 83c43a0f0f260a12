"""The pages in Chromium, which draws without a GPU: how soon the centre's dashboard is there among
50 mothers, how many pictures of strips it makes a second, and whether a day leaves anything behind.

The day is the dashboard itself with a stream of ours in place of the service's: 24 hours of clocks,
traces, alerts that come and are closed, as fast as the page takes them. After each hour the garbage
is collected and the heap read.
"""

import time
from contextlib import closing
from pathlib import Path
from typing import Any

import numpy as np

from cloud.render import WEB
from tests import servers
from tests.bench import meter
from tests.bench.load import Plan
from tests.e2e.rig import Rig

MOTHERS, TILES, LOADS = 50, 9, 7
LOAD_S = 60.0
FIRST_PAINT_S, INTERACTIVE_S = 1.0, 2.0
SCRIPTS_BYTES = 150_000
FRAMES_S = 6
HOURS, SETTLED_H = 24, 2  # a page keeps an hour of each strip: from the second on it is full
FLAT_KIB_PER_H = 16.0  # about nothing: 0.4 MiB a day
FLAT_NODES = 200  # of the document and what is kept of it, from the settled page to the end
SIZE = {"width": 1280, "height": 800}
READY = """
const look = () => {
  const live = document.querySelectorAll("#wall .tile[data-state='live']").length >= TILES;
  const queue = document.querySelector("#queue .row, #queue-empty:not([hidden])");
  const read = document.querySelector("#to-read li, #to-read-empty:not([hidden])");
  if (live && queue && read) window.readyAt = performance.now();
  else requestAnimationFrame(look);
};
addEventListener("DOMContentLoaded", look);
""".replace("TILES", str(TILES))
PAINTED = "() => performance.getEntriesByName('first-contentful-paint')[0].startTime"
DRAW = """async ({count, hours, width, height, lasts}) => {
  const [{Strip}, {Trace}] = await Promise.all(
    ["/static/strip.js", "/static/trace.js"].map((name) => import(name)));
  document.body.replaceChildren();
  const samples = hours * 3600 * 4;
  const wave = (base, size) => Array.from({length: samples}, (_, n) =>
    n % 5000 < 60 ? null : base + size * Math.sin(n / 40) + 4 * Math.sin(n * 1.7));
  const block = {start_s: 0, fhr: wave(140, 12), mhr: wave(82, 5), toco: wave(30, 25)};
  const strips = Array.from({length: count}, () => {
    const canvas = document.createElement("canvas");
    canvas.style.cssText = `width:${width}px;height:${height}px;display:inline-block`;
    document.body.append(canvas);
    const trace = new Trace(hours * 3600 + 600);
    trace.add(block);
    return new Strip(canvas, trace, {seconds: 600, startMs: 1, speed: 1});
  });
  const took = [];
  const begin = performance.now();
  let frames = 0;
  while (performance.now() - begin < lasts * 1000) {
    await new Promise(requestAnimationFrame);
    const at = performance.now();
    const share = (at - begin) / (lasts * 1000);
    for (const strip of strips) {
      strip.backS = share * (hours * 3600 - 600); // through all of it
      strip.draw(0);
    }
    took.push(performance.now() - at);
    frames += 1;
  }
  return {perS: frames / ((performance.now() - begin) / 1000), took};
}"""
OUR_STREAM = """
window.EventSource = class extends EventTarget {
  static CLOSED = 2;
  constructor() {
    super();
    this.readyState = 1;
    window.stream = this;
    setTimeout(() => this.dispatchEvent(new Event("open")), 0);
  }
  close() { this.readyState = 2; }
};"""
HOUR = """async ({hour, alert}) => {
  const say = (kind, it) =>
    window.stream.dispatchEvent(new MessageEvent(kind, {data: JSON.stringify(it)}));
  const tiles = [...document.querySelectorAll("#wall .tile")];
  window.ends ??= new Map(
    tiles.map(({dataset}) => [Number(dataset.recording), Number(dataset.endS)]));
  const ids = [...window.ends.keys()];
  const ages = Object.fromEntries(ids.map((id) => [id, 400]));
  for (let s = 0; s < 3600; s++) {
    const at = hour * 3600 + s;
    say("clock", {now_ms: Date.now(), ages_ms: ages, placed: {}});
    const four = (base) => [0, 1, 2, 3].map((n) => base + ((at * 7 + n) % 20));
    const fhr = s % 600 < 20 ? [null, null, null, null] : four(130);
    const second = {fhr, mhr: four(75), toco: four(20), quality: four(70)};
    say("trace", ids.map((id) =>
      ({recording_id: id, start_s: window.ends.get(id) + at, ...second})));
    const id = 1e6 + Math.floor(at / 120);
    const now = {...alert, id, recording_id: ids[id % ids.length], raised_ms: Date.now()};
    if (at % 120 === 0) say("alert", now);
    if (at % 120 === 90) say("alert", {...now, phase: "closed"});
    if (at % 900 === 0) say("changed", {topic: "organisation", id: null});
    if (s % 120 === 0) await new Promise((done) => setTimeout(done, 0));
  }
  await new Promise((done) => setTimeout(done, 600)); // it draws four times a second
}"""


def measure(folder: Path) -> list[meter.Row]:
    with Rig(folder / "pages", mothers=MOTHERS) as rig, servers.browser() as chromium:
        context = chromium.new_context(viewport=SIZE)
        foreign: list[str] = []
        asked: list[str] = []
        context.on("request", lambda one: (asked if _own(one, rig) else foreign).append(one.url))
        page = context.new_page()
        rig.sign_in_page(page, "centre")
        page.close()
        rows = [*_dashboard(rig, chromium, context.storage_state()), _scripts()]
        rows += [_frames(rig, chromium, *one) for one in ((1, 24, 1200, 420), (16, 1, 300, 144))]
        rows.append(_day(rig, context))
        note = f"{len(asked)} requests of the day; each test in a browser looks for them as well"
        rows.append(
            meter.Row(
                "requests to another origin", str(len(foreign)), goal="0", met=not foreign,
                note=note,
            )
        )  # fmt: skip
    return rows


def _own(request: Any, rig: Rig) -> bool:
    return bool(request.url.startswith((f"{rig.url}/", "data:", "blob:")))


def _dashboard(rig: Rig, chromium: Any, state: Any) -> list[meter.Row]:
    """While all mothers record, with nothing in the browser's cache."""
    plan = Plan(
        port=rig.local_port, hop="device", names=rig.devices, devices=rig.devices,
        tokens=list(rig.tokens.devices.values()), steps=[MOTHERS], step_s=LOAD_S,
    )  # fmt: skip
    painted, ready = [], []
    with meter.load(plan, rig.folder) as (lines, _):
        assert next(lines)["state"] == "measuring"
        for _ in range(LOADS):
            context = chromium.new_context(viewport=SIZE, storage_state=state)
            page = context.new_page()
            page.add_init_script(READY)
            page.goto(f"{rig.url}/centre")
            page.wait_for_function("() => window.readyAt", timeout=60_000)
            painted.append(page.evaluate(PAINTED) / 1000)
            ready.append(page.evaluate("window.readyAt") / 1000)
            context.close()
    note = f"{LOADS} times, each with an empty cache, {MOTHERS} mothers at speed 1"
    return [
        _took("dashboard of the centre: first paint", painted, FIRST_PAINT_S, note),
        _took(
            "dashboard of the centre: interactive", ready, INTERACTIVE_S,
            f"queue, readings and {TILES} live strips are there; {note}",
        ),
    ]  # fmt: skip


def _took(what: str, took_s: list[float], goal_s: float, note: str) -> meter.Row:
    median, _, most = meter.quantiles(took_s)
    return meter.Row(
        what, f"{median:.2f} s", f"at most {most:.2f} s", f"<= {goal_s:.0f} s", most <= goal_s, note
    )


def _scripts() -> meter.Row:
    total = sum(path.stat().st_size for path in (WEB / "static").glob("*.js"))
    goal = f"<= {SCRIPTS_BYTES / 1000:.0f} kB"
    return meter.Row(
        "all scripts, uncompressed", f"{total / 1000:.1f} kB", goal=goal, met=total <= SCRIPTS_BYTES
    )


def _frames(rig: Rig, chromium: Any, count: int, hours: int, width: int, height: int) -> meter.Row:
    page = chromium.new_page(viewport=SIZE)
    page.goto(f"{rig.url}/login")
    args = {"count": count, "hours": hours, "width": width, "height": height, "lasts": FRAMES_S}
    found = page.evaluate(DRAW, args)
    page.close()
    median, p99, _ = meter.quantiles(found["took"])
    goal = 60 if count == 1 else 30
    what = "strip" if count == 1 else "strips at once"
    return meter.Row(
        f"{count} {what} of {width} x {height} px, {hours} h in memory",
        f"{found['perS']:.0f} frames/s", f"script of a frame: {median:.1f} ms, p99 {p99:.1f} ms",
        f">= {goal} frames/s", found["perS"] >= goal - 0.5,
        "scrolled all the time: each frame is drawn anew",
    )  # fmt: skip


def _day(rig: Rig, context: Any) -> meter.Row:
    alert = _any_alert(rig)
    page = context.new_page()
    page.add_init_script(OUR_STREAM)
    page.goto(f"{rig.url}/centre")
    page.wait_for_function(
        f"() => document.querySelectorAll('#wall .tile[data-end-s]').length >= {TILES}",
        timeout=60_000,
    )
    devtools = context.new_cdp_session(page)
    since_s, heap_kib, nodes = time.monotonic(), [], []
    for hour in range(HOURS):
        page.evaluate(HOUR, {"hour": hour, "alert": alert})
        devtools.send("HeapProfiler.collectGarbage")
        heap_kib.append(devtools.send("Runtime.getHeapUsage")["usedSize"] / 1024)
        nodes.append(devtools.send("Memory.getDOMCounters")["nodes"])
    page.close()
    slope = float(np.polyfit(range(SETTLED_H, HOURS), heap_kib[SETTLED_H:], 1)[0])
    full, end = heap_kib[SETTLED_H] / 1024, heap_kib[-1] / 1024
    return meter.Row(
        f"dashboard: heap over a day in {time.monotonic() - since_s:.0f} s", f"{slope:+.1f} KiB/h",
        f"{full:.1f} MiB after {SETTLED_H + 1} h, {end:.1f} MiB after {HOURS} h",
        f"about 0: within {FLAT_KIB_PER_H:.0f} KiB/h",
        abs(slope) <= FLAT_KIB_PER_H and abs(nodes[-1] - nodes[SETTLED_H]) <= FLAT_NODES,
        f"{TILES} strips, 720 alerts come and closed; nodes {nodes[SETTLED_H]} and {nodes[-1]}",
    )  # fmt: skip


def _any_alert(rig: Rig) -> dict[str, Any]:
    """What the service says of one, made from nothing: of mother 1, who reports it herself."""
    with closing(rig.sign_in("mother1")) as her:
        (recording, *_) = her.get("/api/recordings").json()
        her.post(f"/api/recordings/{recording['id']}/reduced-movement").raise_for_status()
        found: dict[str, Any] = her.get("/api/alerts").json()[0]
    return found
