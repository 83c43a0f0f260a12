"""What reaches an open page, and what is known about it."""

import asyncio
import json
import threading

from sqlalchemy import Engine

from cloud.alerts.service import Alerting
from cloud.hub import Hub, Subscription, Viewer
from cloud.notify import Notifier, TraceEvents
from cloud.ticker import Ticker
from device import payloads, wire
from tests.cloud.alerts.world import FAR, MIDDLE, NEAR, T0_MS, raised, record
from tests.process import wait_until


def phase_of(alerting: Alerting, alert_id: int | None) -> str:
    view = alerting.view(alert_id or 0)
    assert view is not None
    return str(view["phase"])


async def take(page: Subscription) -> dict[str, object]:
    async with asyncio.timeout(5):
        return dict((await anext(page)).data)


def test_delivered_means_that_a_page_of_the_hospital_asked_took_it(
    engine: Engine, hub: Hub, alerting: Alerting
) -> None:
    notifier = Notifier(engine, hub, alerting)

    async def run() -> None:
        others = [hub.subscribe(Viewer("hospital", FAR)), hub.subscribe(Viewer("centre", 1))]
        alert_id = raised(alerting, record(engine).id)
        for other in others:
            assert (await take(other))["phase"] == "told"
        notifier.tick(T0_MS + 1000)
        assert phase_of(alerting, alert_id) == "told"  # nobody sits there
        page = hub.subscribe(Viewer("hospital", NEAR))  # opened later: it is offered the alert
        notifier.tick(T0_MS + 2000)
        assert phase_of(alerting, alert_id) == "told"
        notifier.tick(T0_MS + 2250)
        assert len(page.offered) == 1
        assert (await take(page))["phase"] == "told"
        notifier.tick(T0_MS + 2500)
        assert (await take(page))["phase"] == "delivered"
        notifier.tick(T0_MS + 2750)
        view = alerting.view(alert_id or 0)
        assert view is not None
        assert [(s["event"], s["organisation"]) for s in view["steps"]] == [
            ("raised", None), ("tell", "Near"), ("delivered", "Near"),
        ]  # fmt: skip
        assert view["seen_ms"] is None  # a page is not a person

    asyncio.run(run())


def test_the_notifier_escalates_and_the_next_hospital_sees_it(
    engine: Engine, hub: Hub, alerting: Alerting
) -> None:
    notifier = Notifier(engine, hub, alerting)

    async def run() -> None:
        page = hub.subscribe(Viewer("hospital", MIDDLE))
        alert_id = raised(alerting, record(engine).id)
        notifier.tick(T0_MS + 59_999)
        assert page.offered == set()
        notifier.tick(T0_MS + 60_000)
        view = await take(page)
        assert view["id"] == alert_id
        assert view["deadline_ms"] == T0_MS + 120_000

    asyncio.run(run())


def frame(bpm: int | None) -> wire.Frame:
    counts = (payloads.GAP_16 if bpm is None else bpm * payloads.PER_BPM,) * 4
    body = payloads.pack_trace(payloads.Trace(counts, None, None, None, None))
    return wire.Frame(wire.TRACE, 7, 5, 4000, body)


def test_each_second_goes_to_those_who_may_see_it(
    engine: Engine, hub: Hub, alerting: Alerting
) -> None:
    recording = record(engine)
    listener = TraceEvents(hub, alerting)
    listener(recording, frame(140))  # nobody is there: nothing to do

    async def run() -> None:
        own = hub.subscribe(Viewer("hospital", FAR))
        near = hub.subscribe(Viewer("hospital", NEAR))
        mother = hub.subscribe(Viewer("mother", None, 1))
        listener(recording, frame(140))
        for page in (own, mother):
            data = await take(page)
            assert (data["recording_id"], data["start_s"], data["fs_hz"]) == (1, 4.0, 4)
            assert data["fhr"] == [140.0] * 4
            assert data["toco"] == [None] * 4
        raised(alerting, recording.id)  # asks NEAR: from now on it sees the recording
        listener(recording, frame(None))
        assert (await take(near))["phase"] == "told"
        data = await take(near)
        assert data["fhr"] == [None] * 4
        json.dumps(data, allow_nan=False)
        listener(recording, wire.Frame(wire.STATUS, 7, 6, 5000, b""))
        assert len(near._waiting) == 0

    asyncio.run(run())


def test_a_ticker_goes_on_after_a_failure_and_stops() -> None:
    ticks: list[int] = []
    both = threading.Event()

    def tick(now_ms: int) -> None:
        ticks.append(now_ms)
        if len(ticks) == 1:
            raise OSError("once")
        both.set()

    ticker = Ticker("test", 0.01, tick)
    ticker.start()
    assert both.wait(5)
    wait_until(lambda: ticker.age_s < 1, 5, "a tick that came back")
    ticker.stop()
    count = len(ticks)
    assert ticks == sorted(ticks)
    assert not any(t.name == "test" for t in threading.enumerate())
    assert len(ticks) == count
