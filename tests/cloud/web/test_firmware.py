"""New firmware through the whole service: brought, offered, loaded by a probe's own firmware, kept
or rolled back. The probe has a simulated board; its gateway is the test."""

import random
from collections.abc import Iterator
from queue import SimpleQueue
from struct import pack
from typing import Any

import pytest

from cloud import demo
from device import payloads, wire
from device.board_sim import Restart, SimBoard
from device.care import TRIAL_MS
from device.firmware import build_on
from device.mqtt import Mqtt
from device.sim_flash import SimFlash
from device.sim_link import SimLink
from tests.cloud.web.service import Service
from tests.device.test_p256 import KEY
from tests.device.test_safety import STEADY
from tests.device.test_update import OTHER_BOARD, SECOND, THIRD, WRONG_KEY, image

DEVICE = "probe-1"
SECTOR = 1024
STEP_MS = 250


@pytest.fixture(autouse=True)
def key(service: Service, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(service.parts.settings, "firmware_key", KEY.hex())


class Clock:
    ms = 0

    def now_ms(self) -> int:
        return self.ms


class Probe:
    """Its firmware, started again and again; what it sends is the service's, and back."""

    def __init__(self, service: Service) -> None:
        self._service = service
        self._down: SimpleQueue[bytes] = SimpleQueue()
        topic = wire.gateway_down(demo.GATEWAY, DEVICE)
        service._gateway.message_callback_add(
            topic, lambda _client, _data, message: self._down.put(message.payload)
        )
        service._gateway.subscribe(topic, 1)
        self._clock = Clock()
        flash = SimFlash(24 * SECTOR, random.Random(1).getrandbits, SECTOR)
        flash.program(flash.SIZE // 2, pack("<I", 1))
        self.board = SimBoard(iter_of(STEADY), 1, self._clock, flash=flash)

    def start(self, session: int) -> None:
        self.board.reset(payloads.SOFT)
        topic = wire.device_down(DEVICE)
        self._link = SimLink(Mqtt(DEVICE, DEVICE, "t", [topic]), self._clock, topic)
        self._link.heard = self._up
        start = payloads.Start(session, 1, payloads.SYNTHETIC, "probe")
        self.app, _ = build_on(self.board, DEVICE, self._link, self._clock, KEY, start)
        self.app.begin(session)

    def turn(self) -> str:
        """Why it restarted; "" when it did not."""
        while not self._down.empty():
            for frame in wire.Reader().feed(self._down.get()):
                if frame.kind != wire.RECEIPT:  # the gateway's own come at once
                    self._link.send(frame)
        self._clock.ms += STEP_MS
        try:
            self.app.turn(0)
        except Restart as restart:
            return str(restart)
        return ""

    def later(self, ms: int) -> None:
        for _ in range(ms // STEP_MS):
            assert not self.turn()

    def _up(self, message: bytes) -> None:
        frames = wire.Reader().feed(message)
        self._service.send(DEVICE, frames[0].session, frames, self._clock.ms)


class iter_of:  # noqa: N801  a source of seconds
    def __init__(self, payload: bytes) -> None:
        self._payload = payload

    def next(self) -> bytes:
        return self._payload


def bring(service: Service, manifest: str, data: bytes, who: str = "admin") -> Any:
    return service.client(who).post(
        "/firmware", data={"manifest": manifest}, files={"image": ("new.bin", data)}
    )


def newest(service: Service) -> dict[str, Any]:
    offers: list[dict[str, Any]] = service.client("centre").get("/api/firmware").json()["offers"]
    return offers[0]


def until(service: Service, probe: Probe, state: str) -> dict[str, Any]:
    for _ in range(400):
        assert not probe.turn()
        if newest(service)["state"] == state:
            return newest(service)
    raise AssertionError(newest(service))


def restarted(probe: Probe) -> None:
    probe.app.end()
    assert "restart" in [probe.turn() for _ in range(200)]


@pytest.fixture
def probe(service: Service) -> Iterator[Probe]:
    yield Probe(service)


def test_what_is_wrong_is_refused_in_words_and_nothing_is_kept(service: Service) -> None:
    good = bytes(image(2))
    for manifest, data, words in (
        (WRONG_KEY, good, "not the maker"),
        ("nonsense", good, "no manifest"),
        (SECOND, good[:-1], "4999 bytes"),
        (SECOND, bytes(image(3)), "not the image that was signed"),
    ):
        answer = bring(service, manifest, data)
        assert answer.status_code == 422
        assert words in answer.text
    assert bring(service, SECOND, good, "centre").status_code == 403
    assert service.client("centre").get("/api/firmware").json() == {"images": [], "offers": []}
    offer = {"device_id": DEVICE, "image_id": 1}
    assert service.client("centre").post("/api/firmware/offers", json=offer).status_code == 404


def test_a_probe_loads_it_tries_it_and_keeps_it_or_goes_back(
    service: Service, probe: Probe
) -> None:
    assert bring(service, SECOND, bytes(image(2))).status_code == 303
    assert bring(service, OTHER_BOARD, bytes(image(2))).status_code == 303
    assert "not newer" in bring(service, SECOND, bytes(image(2))).text
    centre = service.client("centre")
    ids = {one["board"]: one["id"] for one in centre.get("/api/firmware").json()["images"]}
    probe.start(101)
    probe.later(2000)

    def offer(image_id: int) -> None:
        body = {"device_id": DEVICE, "image_id": image_id}
        assert centre.post("/api/firmware/offers", json=body).status_code == 200

    offer(ids["esp32s3"])
    assert "built for esp32s3" in until(service, probe, "refused")["said"]
    offer(ids["sim"])
    assert until(service, probe, "loaded")["asked"] == 5000
    restarted(probe)
    probe.start(102)
    assert probe.board.version == 2
    until(service, probe, "on trial")
    probe.later(TRIAL_MS)
    probe.start(103)
    until(service, probe, "installed")
    assert bring(service, THIRD, bytes(image(3))).status_code == 303
    offer(max(one["id"] for one in centre.get("/api/firmware").json()["images"]))
    until(service, probe, "loaded")
    restarted(probe)
    probe.start(104)  # version 3, on trial ...
    probe.start(105)  # ... and reset before it was kept
    assert probe.board.version == 2
    until(service, probe, "rolled back")
    assert "Rolled back" in centre.get("/firmware").text
