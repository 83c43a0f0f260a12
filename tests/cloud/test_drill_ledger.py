"""The comparison of a drill finds each kind of harm; its proxy and its disk do what they say."""

import socket
import socketserver
import ssl
import threading
from collections.abc import Iterator
from dataclasses import fields
from pathlib import Path
from typing import Any

import pytest

from cloud.drill import notices
from cloud.drill.heard import Heard, Waits
from cloud.drill.ledger import Episode, Ledger, Told, compare_alerts, compare_frames
from cloud.drill.mosquitto import make_mutual, start_mosquitto
from cloud.drill.process import free_port
from cloud.drill.proxy import Proxy
from cloud.drill.storm import Storm, context_of
from cloud.outgoing.attempts import NO_WAY, OVERTAKEN
from cloud.store.messages import Message
from device import payloads, wire

MADE = {("a", 1, seq): bytes([seq]) for seq in range(4)}
STORED = [(key, data, 10 * key[2]) for key, data in MADE.items()]


def harm(stored=STORED, promised=frozenset(), gone=frozenset()) -> dict[str, int]:
    counts = compare_frames(MADE, promised, stored, gone)
    return {
        name: count for name, count in counts.items() if count and name not in ("made", "stored")
    }


def test_frames_that_are_all_there_are_no_harm() -> None:
    assert harm() == {}


def test_each_kind_of_harm_to_frames_is_found() -> None:
    key, data, _ = STORED[3]
    assert harm(STORED[:3]) == {"lost": 1}
    assert harm(STORED[:3], gone={("a", 1)}) == {"unknown": 1}
    assert harm(STORED[:3], promised={key}, gone={("a", 1)}) == {"lost": 1}
    assert harm([*STORED, (key, data, 40)]) == {"duplicate": 1}
    assert harm([*STORED[:3], (key, b"x", 40)]) == {"altered": 1}
    assert harm([*STORED, (("b", 1, 0), data, 40)]) == {"foreign": 1}
    assert harm([*STORED[:3], (key, data, 5)]) == {"reordered": 1}


def test_each_kind_of_harm_to_alerts_is_found() -> None:
    expected = [Episode("a", 100.0, 200.0), Episode("a", 300.0, 400.0)]

    def found(*told: tuple[str, float]) -> tuple[int, int, int]:
        counts = compare_alerts(expected, [Told(*one) for one in told])
        return counts["lost"], counts["doubled"], counts["shifted"]

    assert found(("a", 100.0), ("a", 300.0)) == (0, 0, 0)
    assert found(("a", 100.0)) == (1, 0, 0)
    assert found(("a", 100.0), ("a", 150.0), ("a", 300.0)) == (0, 1, 0)
    assert found(("a", 100.0), ("a", 300.0), ("b", 300.0)) == (0, 1, 0)
    assert found(("a", 110.0), ("a", 300.0)) == (0, 0, 1)


def test_a_ledger_with_a_breach_says_so() -> None:
    ledger = Ledger("x", 1)
    ledger.must(True, "fine")
    assert ledger.verdict == "holds"
    ledger.must(False, "2 frames lost")
    assert (ledger.verdict, ledger.as_json()["wrong"]) == ("FAILS", ["2 frames lost"])


def test_frames_and_receipts_are_heard_in_a_stream_cut_anywhere() -> None:
    frame = wire.Frame(wire.TRACE, 7, 0, 0, b"abc")
    receipt = wire.Frame(wire.RECEIPT, 7, 1, 0, payloads.pack_receipt(payloads.Receipt(1, 1, ())))
    heard = Heard()
    heard.passes(1, True, b"..lucina/1/dev/probe-9/down..")
    for byte in wire.encode(frame):
        heard.passes(1, True, bytes([byte]))
    heard.passes(1, False, wire.encode(receipt))
    assert heard.made() == {("probe-9", 7, 0): wire.encode(frame)}
    assert heard.promised() == {("probe-9", 7, 0)}
    command = wire.Frame(wire.COMMAND, 7, 0, 0, b"")
    heard.passes(1, False, wire.encode(command))
    assert heard.commanded_ms(0).keys() == {"probe-9"}
    assert heard.commanded_ms(float("inf")) == {}


def receipt(stored: int, seen: int, *missing: tuple[int, int]) -> bytes:
    body = payloads.pack_receipt(payloads.Receipt(stored, seen, missing))
    return wire.encode(wire.Frame(wire.RECEIPT, 7, stored, 0, body))


def test_a_frame_waits_from_its_first_sending_to_its_first_receipt(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    zero, one = (wire.encode(wire.Frame(wire.TRACE, 7, seq, 0, b"abc")) for seq in range(2))
    first, both = receipt(1, 2, (1, 1)), receipt(2, 2)
    passing = {0: zero, 10: zero + one, 20: first, 30: one, 50: both, 60: one, 90: both}
    waits, slowest_s = Waits(), []
    for at_s, data in passing.items():
        monkeypatch.setattr("cloud.drill.heard.time.monotonic", lambda at_s=at_s: float(at_s))
        waits.passes(1, data not in (first, both), data)
        slowest_s.append(waits.slowest_s)
    assert slowest_s == [0, 0, 20, 20, 40, 40, 40]


def test_a_storm_gets_in_with_what_it_takes_alone(tmp_path: Path) -> None:
    mutual = make_mutual(tmp_path / "certificates")
    secure = context_of(mutual.files)
    stranger = ssl.create_default_context(cafile=mutual.files[0])
    stranger.check_hostname = False
    with start_mosquitto(tmp_path, {"crowd": "right"}, mutual=mutual) as server:
        plain, tls = server.port, mutual.port
        assert Storm(plain, "crowd", "right", None, {}).run(20).connected == 20
        first = Storm(tls, "crowd", "", secure, {})
        found = first.run(20)
        assert (found.connected, found.resumed) == (20, 0)
        found = Storm(tls, "crowd", "", secure, first.break_all()).run(20)
        assert (found.connected, found.resumed) == (20, 20)
        for port, token, context in ((plain, "wrong", None), (tls, "right", stranger)):
            assert Storm(port, "crowd", token, context, {}).run(1, within_s=0.5).connected == 0


class Echo(socketserver.BaseRequestHandler):
    def handle(self) -> None:
        while data := self.request.recv(100):
            self.request.sendall(data)


@pytest.fixture
def proxy() -> Iterator[Proxy]:
    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), Echo) as server:
        server.daemon_threads = True
        threading.Thread(target=server.serve_forever, daemon=True).start()
        proxy = Proxy(server.server_address[1], free_port()).start()
        yield proxy
        proxy.stop()
        server.shutdown()


def connect(proxy: Proxy) -> socket.socket:
    return socket.create_connection(("127.0.0.1", proxy.port), 30)


def test_a_proxy_holds_a_direction_and_lets_it_go(proxy: Proxy) -> None:
    with connect(proxy) as sock:
        sock.sendall(b"one")
        assert sock.recv(10) == b"one"
        proxy.down.held = True
        sock.sendall(b"two")
        sock.settimeout(0.2)
        with pytest.raises(TimeoutError):
            sock.recv(10)
        proxy.heal()
        sock.settimeout(30)
        assert sock.recv(10) == b"two"


def test_a_proxy_cuts_refuses_and_comes_back(proxy: Proxy) -> None:
    with connect(proxy) as sock:
        sock.sendall(b"one")
        assert sock.recv(10) == b"one"
        proxy.cut()
        assert ends(sock)
    with connect(proxy) as sock:
        assert ends(sock)
    proxy.heal()
    with connect(proxy) as sock:
        sock.sendall(b"two")
        assert sock.recv(10) == b"two"


def test_what_is_frozen_stays_mute_and_what_is_new_is_sound(proxy: Proxy) -> None:
    with connect(proxy) as old:
        old.sendall(b"one")
        assert old.recv(10) == b"one"
        proxy.freeze()
        old.sendall(b"two")
        with connect(proxy) as new:
            new.sendall(b"three")
            assert new.recv(10) == b"three"
        old.settimeout(0.2)
        with pytest.raises(TimeoutError):
            old.recv(10)


def message(number: int, **more: Any) -> Message:
    left = dict.fromkeys(one.name for one in fields(Message))
    return Message(**{**left, "id": number, **more})


def test_what_is_written_while_one_looks_is_not_taken_for_untold() -> None:
    looks = iter([[message(1)], [message(1, sent_ms=5), message(2)]])
    assert notices.wait_for_told(lambda: next(looks), 0.0) == []


def test_what_is_neither_told_nor_overtaken_in_its_time_is_found() -> None:
    overtaken, given_up = {"text": OVERTAKEN}, {"text": NO_WAY}
    found = [message(1, ended_why=overtaken), message(2, ended_why=given_up), message(3, sent_ms=5)]
    assert [one.id for one in notices.wait_for_told(lambda: found, 0.0)] == [2]


def test_a_message_that_was_sent_twice_at_once_is_found() -> None:
    assert notices.least_gap_s([[30.5, 0.0, 15.2], [15.3]]) == pytest.approx(15.2)
    assert notices.least_gap_s([[0.0, 0.3], [0.1, 15.2]]) < notices.TWICE_S
    assert notices.least_gap_s([[0.0], []]) > notices.TWICE_S


def ends(sock: socket.socket) -> bool:
    try:
        return sock.recv(10) == b""
    except ConnectionError:
        return True
