"""Recordings, traces and the stream of events, over HTTP."""

import json
from collections.abc import Iterator
from itertools import islice
from typing import Any

import httpx2
import numpy as np
import pytest

from cloud.config import ConfigError, Settings
from cloud.main import listen, serve
from device import payloads, wire
from models.synth import synthetic
from models.trace import Trace
from tests.cloud.web.service import Service, trace_frames
from tests.process import wait_until


@pytest.fixture(scope="module")
def trace() -> Trace:
    whole, _ = synthetic(5, 3, "poor_signal")  # it has gaps
    return whole


@pytest.fixture(scope="module")
def recording(service: Service, trace: Trace) -> int:
    return service.play("probe-2", trace)


def test_recording(service: Service, recording: int, trace: Trace) -> None:
    found = service.client("centre").get(f"/api/recordings/{recording}").json()
    assert found["open"]
    assert found["synthetic"]
    assert not found["replayed"]
    assert found["newest_s"] == trace.end_s
    assert 0 <= found["age_ms"] < 60_000
    assert found["mother"]["name"] == "Wang Fang (demo)"
    assert found["mother"]["gestation_weeks"] == 39
    assert found["mother"]["organisation"]["name"].startswith("East Lake")


def test_trace_is_what_was_sent(service: Service, recording: int, trace: Trace) -> None:
    got = service.client("mother2").get(f"/api/recordings/{recording}/trace?seconds=60").json()
    sent = trace.window(trace.end_s - 60, trace.end_s)
    assert (got["start_s"], got["fs_hz"]) == (sent.start_s, 4)
    for name, field in (("fhr", "fhr_bpm"), ("mhr", "mhr_bpm"), ("toco", "toco")):
        values = np.array(got[name], dtype=float)  # null becomes NaN
        np.testing.assert_array_equal(values, getattr(sent, field))
    assert None in got["fhr"]


@pytest.mark.parametrize("seconds", ["0", "-5", "nan", "1e9", "x"])
def test_a_wrong_length_is_refused(service: Service, recording: int, seconds: str) -> None:
    path = f"/api/recordings/{recording}/trace?seconds={seconds}"
    assert service.client("centre").get(path).status_code == 422


def test_completeness(service: Service, recording: int, trace: Trace) -> None:
    path = f"/api/recordings/{recording}/completeness"
    found = service.client("centre").get(path).json()
    assert found["stored"] == trace.duration_s + 1
    assert found["missing"] == []
    assert {gap["cause"] for gap in found["gaps"]} == {"no signal"}


def test_a_recording_that_has_left_memory(service: Service, trace: Trace) -> None:
    number = service.play("probe-3", trace.window(0, 120))
    session = service.parts.live.recordings[number].recording.session
    stop = payloads.pack_event(payloads.Event(payloads.STOP, 122, b""))
    service.send("probe-3", session, [wire.Frame(wire.EVENT, session, 121, 120_000, stop)], 120_000)
    client = service.client("centre")

    def ended() -> bool:
        return not client.get(f"/api/recordings/{number}").json()["open"]

    wait_until(ended, 10, "the recording has ended")
    live = client.get(f"/api/recordings/{number}/trace?seconds=60").json()
    del service.parts.live.recordings[number]
    stored = client.get(f"/api/recordings/{number}/trace?seconds=60").json()
    assert stored == live


def events(answer: httpx2.Response) -> Iterator[tuple[str, Any]]:
    """(kind, data) as they come."""
    kind = ""
    for line in answer.iter_lines():
        if line.startswith("event: "):
            kind = line.removeprefix("event: ")
        elif line.startswith("data: "):
            yield kind, json.loads(line.removeprefix("data: "))


def test_the_clock_comes_each_second(service: Service, recording: int) -> None:
    with service.client("mother2").stream("GET", "/events") as answer:
        assert answer.headers["content-type"].startswith("text/event-stream")
        clocks = [data for _, data in islice(events(answer), 3)]
    steps = np.diff([clock["now_ms"] for clock in clocks])
    assert np.all((steps > 800) & (steps < 2500))
    assert str(recording) in clocks[0]["ages_ms"]
    ages = [clock["ages_ms"][str(recording)] for clock in clocks]
    assert ages == sorted(ages)


def test_a_stream_shows_only_what_is_theirs(service: Service, recording: int, trace: Trace) -> None:
    with service.client("mother1").stream("GET", "/events") as answer:
        stream = events(answer)
        _, clock = next(stream)
        assert str(recording) not in clock["ages_ms"]
        send_second(service, recording, trace)
        kinds = [next(stream)[0] for _ in range(3)]
    assert set(kinds) == {"clock"}


def send_second(service: Service, recording: int, trace: Trace) -> None:
    """The next second of a recording."""
    live = service.parts.live.recordings[recording]
    second = Trace(**trace.window(0, 1).channels(), start_s=live.newest_s)
    session = live.recording.session
    newest_ms = round(1000 * second.end_s)
    service.send("probe-2", session, trace_frames(second, session), newest_ms)


def test_a_second_reaches_the_page(service: Service, recording: int, trace: Trace) -> None:
    with service.client("county").stream("GET", "/events") as answer:
        stream = events(answer)
        next(stream)
        send_second(service, recording, trace)
        blocks = next(data for kind, data in stream if kind == "trace")
    assert blocks[-1]["recording_id"] == recording
    assert len(blocks[-1]["fhr"]) == 4


def test_health(service: Service) -> None:
    assert service.client().get("/healthz").json() == {"ok": True}
    wait_until(lambda: service.client().get("/readyz").status_code == 200, 5, "all parts work")
    parts = service.client().get("/readyz").json()["parts"]
    assert {"database", "broker", "monitor", "notifier", "disk", "clock", "outbox"} <= set(parts)


def test_a_port_that_is_taken(service: Service) -> None:
    settings = Settings(**service.settings_given, http_port=service.port)
    with pytest.raises(ConfigError, match=f"{service.port}.*taken"):
        serve(settings)


def test_an_address_that_is_not_ours() -> None:
    with pytest.raises(ConfigError, match="LUCINA_HTTP_PORT"):
        listen("203.0.113.1", 0)
