"""Against a local server that speaks the table protocol of OSRM (docs/http.md of osrm-backend)."""

import json
import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from sqlalchemy import Engine

from cloud.alerts.service import Alerting
from cloud.hospitals.planner import Planner
from cloud.hub import Hub
from cloud.routing.osrm import NEAREST, Osrm
from cloud.store import consents, people, positions
from cloud.store.db import writing
from cloud.store.positions import Position
from tests.cloud.alerts.world import FAR, NEAR, T0_MS, raised, record
from tests.cloud.routing.parts import columns, hospital

HOME = (31.2, 121.44)


class RoadServer:
    """Seconds to each destination: 1000, 900, 800, ...; `answer` replaces what it says."""

    def __init__(self) -> None:
        self.asked: list[str] = []
        self.answer: Any = None
        self.delay_s = 0.0
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self.url = f"http://127.0.0.1:{self._server.server_port}"
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        outer = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                outer.asked.append(self.path)
                time.sleep(outer.delay_s)
                body = outer.table(self.path) if outer.answer is None else outer.answer
                self.send_response(200 if isinstance(body, dict) else 500)
                self.end_headers()
                self.wfile.write(json.dumps(body).encode())

            def log_message(self, *_: object) -> None:
                pass

        return Handler

    @staticmethod
    def table(path: str) -> dict[str, Any]:
        url = urlsplit(path)
        service, version, profile, places = url.path.strip("/").split("/")
        assert (service, version, profile) == ("table", "v1", "driving")
        options = {name: values[0] for name, values in parse_qs(url.query).items()}
        to = [int(n) for n in options["destinations"].split(";")]
        assert options["sources"] == "0" and max(to) < len(places.split(";")) <= 100
        row: list[float | None] = [1000.0 - 100 * n for n in range(len(to))]
        return {"code": "Ok", "durations": [row], "sources": [], "destinations": []}


@pytest.fixture
def server() -> Iterator[RoadServer]:
    server = RoadServer()
    yield server
    server.close()


EVERY = columns(hospital(1, 5), hospital(2, 6), hospital(3, None), hospital(4, 1))


def test_the_nearest_are_asked_about_and_kept(server: RoadServer) -> None:
    osrm = Osrm(server.url + "/")
    assert osrm.roads(HOME, EVERY).minutes == {4: 16.7, 1: 15.0, 2: 13.3}
    assert osrm.roads(HOME, EVERY).origin == HOME
    (asked,) = server.asked  # once
    assert asked.startswith("/table/v1/driving/121.4400,31.2000;121.4400,31.2090;")
    osrm.roads((31.3, 121.44), EVERY)
    assert len(server.asked) == 2
    osrm.close()


def test_no_more_places_than_a_server_takes(server: RoadServer) -> None:
    many = columns(*(hospital(n, n) for n in range(1, 300)))
    found = Osrm(server.url).roads(HOME, many).minutes
    assert found is not None and sorted(found) == list(range(1, NEAREST + 1))


def test_one_without_a_way_is_left_out(server: RoadServer) -> None:
    server.answer = {"code": "Ok", "durations": [[60.0, None, 120.0]]}
    assert Osrm(server.url).roads(HOME, EVERY).minutes == {4: 1.0, 2: 2.0}


@pytest.mark.parametrize(
    "answer",
    [
        "broken", {"code": "NoTable"}, {"code": "Ok", "durations": [[1.0]]}, {"code": "Ok"},
        {"code": "Ok", "durations": [["a", "b", "c"]]}, {"code": "Ok", "durations": None},
    ],
)  # fmt: skip
def test_what_is_no_table_is_no_answer_and_it_is_left_alone_for_a_while(
    server: RoadServer, answer: Any
) -> None:
    server.answer = answer
    osrm = Osrm(server.url)
    assert osrm.roads(HOME, EVERY).minutes is None
    server.answer = None
    assert osrm.roads(HOME, EVERY).minutes is None
    assert len(server.asked) == 1


def test_a_slow_server_and_none_at_all_delay_little(server: RoadServer) -> None:
    server.delay_s = 8.0
    since_s = time.monotonic()
    assert Osrm(server.url, timeout_s=0.2).roads(HOME, EVERY).minutes is None
    assert Osrm("http://127.0.0.1:1").roads(HOME, EVERY).minutes is None
    assert time.monotonic() - since_s < 7.0


def test_an_alert_goes_the_quicker_way(engine: Engine, server: RoadServer) -> None:
    """By the road MIDDLE is quicker than NEAR; the reason says how it was measured."""
    with writing(engine) as conn:
        consents.decide(conn, 1, None, True, 0)
    alerting = Alerting(engine, Hub(), planner=Planner(osrm=Osrm(server.url)))
    recording_id = record(engine).id
    view = alerting.view(raised(alerting, recording_id) or 0)
    assert view is not None and view["organisation"]["id"] != NEAR
    assert {"text": "travel times by road for the nearest %(count)s hospitals",
            "args": {"count": 3}} in view["organisation"]["notes"]  # fmt: skip
    assert view["organisation"]["minutes"] == 13.3


def test_a_road_server_that_is_away_is_said_and_she_may_move_meanwhile(
    engine: Engine, server: RoadServer
) -> None:
    server.answer = "broken"
    planner = Planner(osrm=Osrm(server.url))
    alerting = Alerting(engine, Hub(), planner=planner)
    view = alerting.view(raised(alerting, record(engine).id) or 0)
    assert view is not None and view["organisation"]["id"] == NEAR
    assert view["organisation"]["notes"][1]["text"].startswith("the road server does not answer")
    roads = planner.ahead(engine, 1, T0_MS)
    with writing(engine) as conn:
        positions.keep(conn, Position(1, 31.2, 121.0, 5.0, T0_MS, 0, False))
    how = alerting.telling(1, T0_MS)
    assert roads is not None and how.roads is not None and roads.origin != how.roads.origin
    with writing(engine) as conn:
        mother = people.get_mother(conn, 1)
        assert mother is not None
        found = planner.plan(conn, mother, (), True, T0_MS, roads)  # of where she was
        assert found.notes[1]["text"] == "travel times are estimated from the distance"
        assert found.first(1)[0].hospital_id == FAR  # her own, 22 min from there
