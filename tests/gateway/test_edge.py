"""The gateway's own watch: which rules are true, what the probe is told, when it is taken back."""

import json
import random
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from device import payloads, wire
from device.packer import Packer
from device.signals import ALERTS, NOTHING, of_alert
from gateway.clock import Clock
from gateway.edge import AWAY_S, FORGET_S, HANDOVER_S, MOST_SESSIONS, Edge
from gateway.keeper import Keeper
from gateway.outbox import Entry
from gateway.warned import Sending, loudness
from gateway.watching import GIVE_UP_S, MOST_WAITING, OF_REPORTS, OF_TRACE, Watched
from models.rules import BY_ID
from models.synth import synthetic
from models.trace import FS_HZ, Trace, on_wire_grid
from models.whole import changes
from tests.process import wait_until

TRACE = on_wire_grid(synthetic(seed=1, minutes=10, scenario="bradycardia")[0])
RAISED = next(c for c in changes(TRACE, OF_TRACE) if c.rule.id == "bradycardia_80")
ALARM_S = 15.0  # the link is down: by then she has to hear of it
SESSION = 0x5EED0007


def second_of(trace: Trace, second: int, session: int = SESSION) -> wire.Frame:
    part = slice(second * FS_HZ, (second + 1) * FS_HZ)

    def counts(bpm: np.ndarray) -> tuple[int, ...]:
        found = np.where(np.isnan(bpm), payloads.GAP_16, bpm * payloads.PER_BPM)
        return tuple(found.astype(int).tolist())

    body = payloads.pack_trace(
        payloads.Trace(counts(trace.fhr_bpm[part]), None, counts(trace.mhr_bpm[part]), None, None)
    )
    return wire.Frame(wire.TRACE, session, second + 1, 1000 * second, body)


def event(code: int, value: int = 0, session: int = SESSION) -> wire.Frame:
    body = payloads.pack_event(payloads.Event(code, value, b""))
    return wire.Frame(wire.EVENT, session, 0, 0, body)


class World:
    """A second at a time: what a probe sends, and what it is told. The cloud may be away."""

    def __init__(self) -> None:
        self.edge = Edge(first=4000)
        self.packer = Packer(SESSION)
        self.now_s = 1000.0
        self.away_since_s: float | None = None
        self.obeys = True
        self.shown: list[tuple[float, str, str]] = []  # when, rule, text: as the probe shows it
        self.frames = [self.packer.start(payloads.Start(1, 1, 0, ""))]
        self.edge.take("a", self.frames[0], 1, self.now_s)

    def go(self, trace: Trace, seconds: range) -> None:
        for second in seconds:
            self.now_s += 1
            frame = second_of(trace, second)
            self.send(wire.Frame(wire.TRACE, SESSION, self.packer.made, frame.t_ms, frame.payload))
            self.packer.made += 1
            self.look()

    def wait(self, seconds: float) -> None:
        for _ in range(round(seconds)):
            self.now_s += 1
            self.look()

    def send(self, frame: wire.Frame) -> None:
        self.frames.append(frame)
        self.edge.take("a", frame, 1, self.now_s)

    def look(self) -> None:
        silent_s = 0.0 if self.away_since_s is None else self.now_s - self.away_since_s
        for device, sending in self.edge.look(self.now_s, silent_s):
            assert device == "a"
            self.obey(sending)

    def obey(self, sending: Sending) -> None:
        frame = wire.decode(sending.data)
        told = payloads.unpack_warning_id(frame.seq)
        assert told is not None and told.code == sending.cause.code
        command = payloads.unpack_command(frame.payload)
        assert command.code == payloads.COMMAND_ALERT
        self.shown.append((self.now_s, payloads.WARNINGS[told.code], command.text))
        if self.obeys:
            self.send(self.packer.event(payloads.COMMAND_DONE, frame.seq))

    def told(self) -> list[tuple[str, str]]:
        return [(rule, text) for _, rule, text in self.shown]


LINK = ("link_lost", "link low")
BRADYCARDIA = ("bradycardia_80", "edge high")
OVER = ("", "closed low")


def test_its_rules_are_those_of_the_catalogue() -> None:
    rules = {rule.id for rule in (*OF_TRACE, *OF_REPORTS)} | {"link_lost"}
    assert rules == set(payloads.WARNINGS.values()) - {""}
    assert all(rule is BY_ID[rule.id] for rule in (*OF_TRACE, *OF_REPORTS))


def test_the_link_is_told_in_time_and_a_bradycardia_in_its_very_second() -> None:
    world = World()
    cut = int(RAISED.at_s) - 60
    world.go(TRACE, range(cut))
    assert world.shown == []
    world.away_since_s = world.now_s
    world.go(TRACE, range(cut, int(RAISED.at_s) + 10))
    (link_s, *_), (warned_s, *_) = world.shown
    assert world.told() == [LINK, BRADYCARDIA]
    assert AWAY_S < link_s - world.away_since_s <= ALARM_S
    assert warned_s == 1000 + RAISED.at_s
    assert (
        world.edge.shown() == {"a": {"cloud": "", "gateway": "edge high"}} and world.edge.told == 2
    )


def test_what_the_cloud_has_told_is_not_told_again() -> None:
    world = World()
    world.go(TRACE, range(int(RAISED.at_s) + 10))
    world.edge.cloud_said("a", 7, "told high")
    world.away_since_s = world.now_s
    world.go(TRACE, range(int(RAISED.at_s) + 10, int(RAISED.at_s) + 30))
    assert world.shown == []  # nor is its pattern replaced by the softer one of the link


def test_what_the_cloud_had_no_time_to_tell_is_told() -> None:
    world = World()
    world.away_since_s = 1000 + RAISED.at_s - 2
    world.go(TRACE, range(int(RAISED.at_s) + 20))
    assert world.told() == [BRADYCARDIA]


def test_when_the_cloud_answers_the_link_is_taken_back_at_once() -> None:
    world = World()
    world.away_since_s = world.now_s
    world.go(TRACE, range(20))
    world.away_since_s = None
    world.go(TRACE, range(20, 24))
    assert world.told() == [LINK, OVER]
    world.away_since_s = world.now_s
    world.go(TRACE, range(24, 40))
    assert world.told() == [LINK, OVER, LINK]


@pytest.mark.parametrize("cloud_says", [True, False])
def test_a_warning_stays_until_the_cloud_has_had_its_say(cloud_says: bool) -> None:
    world = World()
    world.away_since_s = world.now_s
    at = int(RAISED.at_s) + 5
    world.go(TRACE, range(at))
    world.away_since_s = None
    world.wait(HANDOVER_S - 2)
    assert world.told() == [LINK, BRADYCARDIA]
    if cloud_says:
        world.edge.cloud_said("a", 7, "told high")
    world.wait(10)
    assert world.told() == [LINK, BRADYCARDIA, *([] if cloud_says else [OVER])]


def test_a_cloud_that_comes_and_goes_ends_no_warning() -> None:
    """It had no time to see the bradycardia, and repeats an old command."""
    world = World()
    world.edge.cloud_said("a", 7, "told low")
    world.away_since_s = world.now_s
    at = int(RAISED.at_s) + 5
    world.go(TRACE, range(at))
    for _ in range(3):
        world.away_since_s = None
        world.go(TRACE, range(at, at := at + 3))
        world.edge.cloud_said("a", 7, "told low")
        world.away_since_s = world.now_s
        world.go(TRACE, range(at, at := at + 30))
    assert world.told() == [BRADYCARDIA]
    world.edge.cloud_said("a", 8, "told high")
    world.away_since_s = None
    world.go(TRACE, range(at, at + 70))
    assert world.told() == [BRADYCARDIA]


def test_what_the_cloud_showed_is_shown_again() -> None:
    world = World()
    world.edge.cloud_said("a", 7, "accepted high")  # a light, no sound
    world.away_since_s = world.now_s
    world.go(TRACE, range(20))
    world.away_since_s = None
    world.go(TRACE, range(20, 22))
    assert world.told() == [LINK, ("", "accepted high")]


def test_a_condition_that_goes_away_leaves_the_link() -> None:
    world = World()
    world.away_since_s = world.now_s
    world.go(TRACE, range(int(TRACE.duration_s)))
    assert world.told() == [LINK, BRADYCARDIA, LINK]


def test_a_probe_that_does_not_answer_is_told_again_under_the_same_number() -> None:
    world = World()
    world.obeys = False
    world.away_since_s = world.now_s
    world.go(TRACE, range(40))
    assert world.told()[:2] == [LINK, LINK]
    assert len(world.shown) < 6 and world.edge.told == 1


def test_the_end_of_the_recording_ends_the_link() -> None:
    world = World()
    world.away_since_s = world.now_s
    world.go(TRACE, range(20))
    world.send(world.packer.stop())
    world.wait(5)
    assert world.told() == [LINK, OVER]


def test_a_new_start_of_the_gateway_knows_what_it_has_told() -> None:
    world = World()
    world.away_since_s = world.now_s
    at = int(RAISED.at_s) + 20
    world.go(TRACE, range(at))
    again = World()
    for frame in world.frames:  # they wait in the outbox
        again.edge.take("a", frame, 1, again.now_s)
    for device, told in world.edge.shown().items():
        again.edge.resume(device, told["cloud"], told["gateway"])
    again.edge.begin(again.now_s)
    again.away_since_s = again.now_s
    again.go(TRACE, range(at, at + 20))
    assert again.shown == []
    again.away_since_s = None
    again.wait(HANDOVER_S + 2)
    assert again.told() == [OVER]


def test_what_is_filled_in_later_warns_nobody() -> None:
    """A session of earlier, at once from the store of the probe, while the cloud is away."""
    world = World()
    world.away_since_s = world.now_s
    world.wait(12)
    for second in range(int(RAISED.at_s) + 30):
        world.edge.take("a", second_of(TRACE, second, session=5), 1, world.now_s)
        if second % 30 == 0:
            world.wait(1)
    world.wait(60)
    assert world.told() == [LINK]


def test_what_has_come_at_once_and_goes_on_is_told() -> None:
    world = World()
    world.away_since_s = world.now_s
    at = int(RAISED.at_s)
    for second in range(at):
        world.edge.take("a", second_of(TRACE, second), 1, world.now_s)
    world.go(TRACE, range(at, at + 12))
    assert BRADYCARDIA in world.told()


def test_a_severe_pressure_of_her_instrument_warns_too() -> None:
    world = World()
    world.away_since_s = world.now_s
    world.wait(12)
    for at_s, systolic in ((0, 165), (600, 168)):
        body = payloads.pack_vitals({1: systolic, 2: 100})
        world.send(wire.Frame(wire.VITALS, 99, at_s, 1000 * at_s, body))
        world.wait(1)
    expected = [("pressure_repeat", "edge medium"), ("pressure_severe", "edge high")]
    assert world.told() == [LINK, *expected]
    world.send(wire.Frame(wire.VITALS, 99, 3, 0, payloads.pack_vitals({1: 190})))
    world.wait(1)
    assert world.told() == [LINK, *expected]


def test_quiet_probes_are_known() -> None:
    world = World()
    world.go(TRACE, range(5))
    assert world.edge.quiet(world.now_s) == set()
    world.wait(11)
    assert world.edge.quiet(world.now_s) == {"a"}
    world.send(world.packer.stop())
    assert world.edge.quiet(world.now_s + 20) == set()


def test_memory_is_bounded_whatever_a_device_sends() -> None:
    world = World()
    for number in range(50):
        world.edge.take("a", second_of(TRACE, 0, session=number + 1), 1, world.now_s)
    (home,) = world.edge._homes.values()
    assert len(home.sessions) == MOST_SESSIONS
    watched = Watched(0.0)
    for t_ms in (0, 0xFFFFFFFF, 5):
        watched.put(wire.Frame(wire.TRACE, 1, 1, t_ms, second_of(TRACE, 0).payload), 1, 0.0)
        watched.look(0.0)
    for second in range(2, 3 * MOST_WAITING, 2):  # every other one is missing
        watched.put(second_of(TRACE, 0)._replace(t_ms=1000 * second), 1, 1.0)
        watched.look(1.0)
        assert len(watched._waiting) <= MOST_WAITING
    for junk in (b"", b"\xff", bytes(3)):
        for kind in (wire.TRACE, wire.VITALS, wire.EVENT, wire.SOUND):
            world.edge.take("a", wire.Frame(kind, 1, 1, 0, junk), 1, world.now_s)
    world.now_s += FORGET_S + 1
    world.look()
    assert world.edge._homes == {}


def test_a_long_loss_clears_nothing() -> None:
    watched = Watched(0.0)
    for second in range(int(RAISED.at_s) + 5):
        watched.put(second_of(TRACE, second), 1, float(second))
        watched.look(float(second))
    assert set(watched.true) == {"bradycardia_80"}
    late = second_of(TRACE, 0)._replace(t_ms=1000 * 90_000)
    watched.put(late, 1, 90_000.0)
    watched.look(90_000.0)
    watched.look(90_000.0 + GIVE_UP_S)
    assert "bradycardia_80" in watched.true


@settings(max_examples=8, deadline=None)
@given(
    scenario=st.sampled_from(["bradycardia", "maternal", "poor_signal"]),
    depth=st.integers(1, 4),
    seed=st.integers(0, 5),
)
def test_it_finds_what_the_cloud_finds(scenario: str, depth: int, seed: int) -> None:
    """In disorder, as the cloud does with the same rules over the whole recording."""
    trace = on_wire_grid(synthetic(seed=seed, minutes=5, scenario=scenario)[0])
    order = sorted(
        range(int(trace.duration_s)),
        key=lambda s: s + random.Random(s * 7 + seed).uniform(0, depth),
    )
    watched, seen = Watched(0.0), []
    for now, second in enumerate(order):
        before = dict(watched.true)
        watched.put(second_of(trace, second), 1, float(now))
        watched.look(float(now))
        seen += [("raised", rule) for rule in watched.true.keys() - before.keys()]
        seen += [("cleared", rule) for rule in before.keys() - watched.true.keys()]
    first, *_ = order
    found = changes(trace.window(first, trace.end_s), OF_TRACE)
    assert sorted(seen) == sorted((c.what, c.rule.id) for c in found)


def test_the_probe_knows_the_words() -> None:
    assert of_alert("edge high") == ALERTS["high"] and of_alert("edge medium") == ALERTS["medium"]
    assert of_alert("link low") == ALERTS["low"] and of_alert("closed low") == NOTHING
    sounds = ["", "closed high", "accepted high", "link low", "told medium", "edge high"]
    assert [loudness(text) for text in sounds] == [0, 0, 0, 1, 2, 3]


def entries(frames: list[wire.Frame]) -> list[Entry]:
    now_ms = Clock().elapsed_ms()
    start_ms = now_ms - frames[-1].t_ms  # as if the last had just come
    return [Entry(n, "a", f.session, f.seq, wire.encode(f), start_ms, 0, 1)
            for n, f in enumerate(frames, 1)]  # fmt: skip


def test_the_keeper_speaks_to_the_probe_and_remembers_what_was_said(tmp_path: Path) -> None:
    """Its thread, over a start and a damaged file; the outbox holds the bradycardia."""
    world = World()
    world.away_since_s = world.now_s
    world.go(TRACE, range(int(RAISED.at_s) + 5))
    frames = [frame for frame in world.frames if frame.kind == wire.TRACE]
    sent: list[bytes] = []

    def publish(topic: str, data: bytes, qos: int) -> bool:
        assert topic == wire.device_down("a")
        sent.append(data)
        return True

    def texts() -> list[str]:
        return [payloads.unpack_command(wire.decode(data).payload).text for data in list(sent)]

    keeper = Keeper(tmp_path, lambda: 20.0, publish)
    said = payloads.pack_command(payloads.Command(payloads.COMMAND_ALERT, "told medium"))
    keeper.passes("a", wire.Frame(wire.COMMAND, SESSION, 3, 0, said))
    keeper.begin(entries(frames), Clock().elapsed_ms())
    wait_until(lambda: "edge high" in texts(), 30, "the warning")
    assert keeper.status()["alone"] and keeper.status()["warning"] == 1
    keeper.stop()
    file = tmp_path / "shown.json"
    assert json.loads(file.read_text()) == {"a": {"cloud": "told medium", "gateway": "edge high"}}

    sent.clear()
    again = Keeper(tmp_path, lambda: 0.0, publish)
    again.begin([], Clock().elapsed_ms())
    wait_until(lambda: again._shown, 30, "what it knows")
    assert again.status()["warning"] == 1 and texts() == []
    again.stop()
    file.write_text("{")
    damaged = Keeper(tmp_path, lambda: 0.0, publish)
    damaged.begin([], Clock().elapsed_ms())
    damaged.stop()
    assert damaged.status()["warning"] == 0
