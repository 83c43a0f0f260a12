"""The feed against a real server: every point once, over kills, restarts and outages."""

import json
import time
import urllib.parse
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Engine

from cloud.config import Settings
from cloud.feed import Feed
from cloud.points import points_of
from cloud.store import feed, frames, people, recordings
from cloud.store.db import open_engine, reading, writing
from cloud.store.feed import FeedRow
from device import payloads, wire
from tests import servers
from tests.cloud.data.parts import lost_frame, now_ms, trace_frame, whole_session
from tests.cloud.stores import bring_up_to_date
from tests.process import wait_until

FLUSH_S = 12.0  # VictoriaMetrics forgot what was younger than 6 s, and kept what was 12 s old
START_MS = 1_700_000_000_000


def count_points(server: servers.Server, name: str) -> dict[int, float]:
    """{time in ms: value} of all points of one field."""
    urllib.request.urlopen(server.url + "/internal/force_flush").read()
    query = urllib.parse.urlencode({"match[]": name, "start": 0, "end": now_ms() // 1000 + 864000})
    with urllib.request.urlopen(f"{server.url}/api/v1/export?{query}") as answer:
        lines = [json.loads(line) for line in answer.read().splitlines()]
    found: dict[int, float] = {}
    for line in lines:
        assert not found.keys() & set(line["timestamps"]), "two series of one recording"
        found.update(zip(line["timestamps"], line["values"], strict=True))
    return found


@pytest.fixture
def server(tmp_path: Path) -> Iterator[servers.Server]:
    with servers.start_victoria(tmp_path) as server:
        yield server


def settings(tmp_path: Path, server: servers.Server, **more: object) -> Settings:
    return Settings(home=tmp_path, influx_url=server.url, influx_flush_s=FLUSH_S, **more)


def a_recording(engine: Engine) -> int:
    with writing(engine) as conn:
        own = people.add_organisation(conn, name="A", name_zh="甲", kind="hospital")
        mother = people.add_mother(conn, name="Li", organisation_id=own.id)
        people.add_device(conn, "d 1,x=y", "a token", mother_id=mother.id)
        made = recordings.open_recording(
            conn, device_id="d 1,x=y", session=77, gateway_id="g", start_ms=START_MS, now_ms=5
        )
    return made.id


def add(engine: Engine, recording_id: int, new: list[wire.Frame]) -> None:
    with writing(engine) as conn:
        frames.add_frames(conn, recording_id, [(f.seq, wire.encode(f)) for f in new], 1)


def drain(running: Feed, now_s: float) -> None:
    while running.step(now_s):
        pass


def cursor(engine: Engine, running: Feed) -> int:
    with reading(engine) as conn:
        return feed.cursor(conn, running._name)


def test_every_second_arrives_as_one_point(
    engine: Engine, server: servers.Server, tmp_path: Path
) -> None:
    number = a_recording(engine)
    vitals = payloads.pack_vitals({1: 118, 7: 3655, 3: payloads.GAP_16})
    came = whole_session(2500)
    came[30] = lost_frame(30, 29)
    came.append(wire.Frame(wire.VITALS, 77, 9000, 5000, vitals))
    add(engine, number, came)
    running = Feed(engine, settings(tmp_path, server, influx_raw=True))
    drain(running, 0.0)
    tags = f'{{recording="{number}",device="d 1,x=y",tenant="1"}}'
    wait_until(lambda: len(count_points(server, "ctg_valid" + tags)) == 2500, 15, "all points")
    assert set(count_points(server, "ctg_valid")) == {START_MS + 1000 * n for n in range(2500)}
    means = count_points(server, "ctg_fhr_mean")
    assert means[START_MS + 7000] == 121.75 and len(means) == 2499
    assert count_points(server, "ctg_valid")[START_MS + 29_000] == 0
    assert len(count_points(server, "ctg_raw_fhr")) == 4 * 2499
    assert count_points(server, "vitals_temperature") == {START_MS + 5000: 36.55}
    assert count_points(server, "vitals_spo2") == {}


def test_the_cursor_trails_and_a_second_run_adds_nothing(
    engine: Engine, server: servers.Server, tmp_path: Path
) -> None:
    add(engine, a_recording(engine), whole_session(100))
    running = Feed(engine, settings(tmp_path, server))
    drain(running, 0.0)
    drain(running, FLUSH_S - 0.1)
    assert cursor(engine, running) == 0
    drain(running, FLUSH_S)
    assert cursor(engine, running) == 102
    again = Feed(engine, settings(tmp_path, server))
    with writing(engine) as conn:
        feed.set_cursor(conn, again._name, 40)
    drain(again, 0.0)
    wait_until(lambda: len(count_points(server, "ctg_valid")) == 100, 15, "all points")


def test_a_server_that_was_killed_has_everything_in_the_end(
    tmp_path: Path, server: servers.Server
) -> None:
    """Killed while written to and away for a while; then killed and back between two writes."""
    engine = open_engine(f"sqlite:///{tmp_path / 'x.sqlite'}")
    bring_up_to_date(engine)
    number = a_recording(engine)
    running = Feed(engine, settings(tmp_path, server))
    running.start()
    try:
        for second in range(120):
            add(engine, number, [trace_frame(second, second)])
            if second == 40:
                server.kill()
                wait_until(lambda: running.failing, 10, "a feed that notices")
            if second == 60:
                server.start()
                wait_until(lambda: not running.failing, 20, "a feed that goes on")
            if second == 90:
                wait_until(lambda: running._position == 91, 10, "all but the last sent")
                server.restart()
            time.sleep(0.02)
        wait_until(lambda: running._position == 120, 15, "all sent")
        time.sleep(1)
        wait_until(lambda: len(count_points(server, "ctg_valid")) == 120, 15, "all points")
    finally:
        running.stop()
    assert cursor(engine, running) < 120


def test_a_server_that_keeps_no_connection_is_fed_too(
    engine: Engine, server: servers.Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each write on a new connection looks like a restart: it must not go on for ever."""
    add(engine, a_recording(engine), whole_session(100))
    running = Feed(engine, settings(tmp_path, server))
    monkeypatch.setattr(running, "_line", lambda: None)
    steps = 0
    for second in range(20):
        add(engine, 1, [trace_frame(200 + second, 200 + second)])
        while running.step(float(second)):
            steps += 1
    assert steps <= 10 and cursor(engine, running) > 102


def test_a_damaged_frame_of_the_store_is_left_out() -> None:
    data = bytearray(wire.encode(trace_frame(1, 1)))
    row = FeedRow(1, bytes(data), 1, "d", 0, None)
    (point,) = points_of(row, raw=False)
    assert point["tags"]["tenant"] == "none" and point["time"] == 1000
    data[30] ^= 4
    assert points_of(FeedRow(1, bytes(data), 1, "d", 0, None), raw=False) == []
