"""Draws docs/screens.md: invented people and synthetic strips in the real service and browser."""

import tempfile
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from io import BytesIO
from pathlib import Path
from threading import Event, Thread
from typing import Any

from PIL import Image

from cloud import i18n
from models.synth import synthetic
from models.trace import Trace
from tests.cloud.pages import opening
from tests.cloud.web import world
from tests.cloud.web.service import Service, trace_frames
from tests.screens.rows import EVERY, PHONE, Screen, document

DOCS = Path(__file__).parents[2] / "docs"
FOLDER = DOCS / "screens"
WIDTH_PX = {True: 390, False: 1000}  # of a phone's picture, of the others
QUALITY = 70
FALLEN_S = 303  # the heart slows down at 240; a rule tells it
PATIENCE_MS = 120_000  # an analysis takes its time
SETTLE_MS = 1000  # strips are drawn four times a second
LOADED = """(words) => ![...document.querySelectorAll("main p, main h1")].some(
    (one) => one.checkVisibility() && words.includes(one.textContent))"""
LOADING = ["loading", i18n.translate("zh", "loading")]


def draw(browser: Any, names: Collection[str]) -> None:
    """Those of these names; all where none is given."""
    FOLDER.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory() as home, Service(Path(home)) as service:
        ids, running = fill(service)
        with beating(service, running), opening(service, browser) as open_page:
            for screen in EVERY:
                if names and screen.name not in names:
                    continue
                page = open_page(
                    screen.account, screen.path.format(**ids), screen.size, screen.language
                )
                page.set_default_timeout(PATIENCE_MS)
                page.locator(screen.shows).first.wait_for()
                page.wait_for_function(LOADED, arg=LOADING)
                page.wait_for_timeout(SETTLE_MS)
                keep(screen, page.screenshot())
                page.context.close()
    (DOCS / "screens.md").write_text(document())


def fill(service: Service) -> tuple[dict[str, int], dict[int, Trace]]:
    """One of everything; the second, fourth and first mother record, the third has done so."""
    ids = world.fill(service, _strip("bradycardia", 5).window(0, FALLEN_S))
    ids["ended_id"] = ids["recording_id"]
    service.stop_recording(ids["ended_id"])
    service.stop_recording(service.play("probe-3", _strip("normal", 21)))
    running = {}
    for device, kind in (("probe-2", "normal"), ("probe-4", "bradycardia"), ("probe-1", "normal")):
        trace = _strip(kind, 14)
        running[service.play(device, trace)] = trace
    _, slow, ids["recording_id"] = running
    world.told(service, slow)
    for kind, ago_s in (("movement", 400), ("movement", 330), ("contraction", 300)):
        body = {"kind": kind, "ago_ms": 1000 * ago_s}
        service.client("mother1").post(f"/api/recordings/{ids['recording_id']}/marks", json=body)
    return ids, running


def _strip(kind: str, minutes: float) -> Trace:
    return synthetic(3, minutes, kind)[0]


@contextmanager
def beating(service: Service, running: dict[int, Trace]) -> Iterator[None]:
    """These recordings go on, a second each second: their own first minutes again."""
    over = Event()

    def beat() -> None:
        while not over.wait(1):
            for number, trace in running.items():
                live = service.parts.live.recordings[number]
                at_s = live.newest_s % 600
                second = Trace(**trace.window(at_s, at_s + 1).channels(), start_s=live.newest_s)
                row = live.recording
                frames = trace_frames(second, row.session)
                service.send(row.device_id, row.session, frames, round(1000 * second.end_s))

    thread = Thread(target=beat)
    thread.start()
    try:
        yield
    finally:
        over.set()
        thread.join()


def keep(screen: Screen, picture: bytes) -> None:
    image = Image.open(BytesIO(picture)).convert("RGB")
    width = WIDTH_PX[screen.size == PHONE]
    image = image.resize(
        (width, round(image.height * width / image.width)), Image.Resampling.LANCZOS
    )
    image.save(FOLDER / f"{screen.name}.webp", quality=QUALITY, method=6)
