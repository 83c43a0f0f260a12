"""One drill on one rig: mothers are replayed, a fault is put in and healed, all is compared."""

import math
import random
import time
from collections.abc import Callable, Collection, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from subprocess import TimeoutExpired
from typing import Any

from cloud import completeness
from cloud.drill import told
from cloud.drill.ledger import Episode, Ledger, compare_alerts, compare_frames
from cloud.drill.process import Process, wait_until
from cloud.drill.rig import Rig
from cloud.scenario.probes import OpenPacker
from cloud.store import alerts, assessments, frames, recordings
from cloud.store.db import reading
from cloud.store.recordings import Recording
from device import wire

SETTLE_S = 120.0  # after the replay, until everything is where it belongs
LOOKED_S = 600.0  # after that, until a cloud that was away has looked at all that has ended
ALERTS_S = 30.0  # after that, until every alert is told
QUIET_S = 2.0  # and in this time none is told twice


@dataclass(frozen=True)
class Replay:
    """What the mothers send: one probe each for these synthetic scenarios (name, seed)."""

    scenarios: tuple[tuple[str, int], ...] = (("bradycardia", 22), ("maternal", 13))
    minutes: int = 5
    speed: int = 10

    @property
    def wall_s(self) -> float:
        return 60 * self.minutes / self.speed


@dataclass
class Course:
    rig: Rig
    ledger: Ledger
    open_packer: OpenPacker
    replay: Replay = Replay()
    say: Callable[[str], None] = lambda _words: None
    gone: set[tuple[str, int]] = field(default_factory=set)  # sessions cut off by a kill
    clocks_are_sound: bool = True  # else what they say of delays means nothing
    told_by_clock: dict[str, int] = field(default_factory=dict)  # rule: alerts of it to expect

    def __post_init__(self) -> None:
        self.rng = random.Random(self.ledger.seed)  # noqa: S311 - repeated by its seed
        self.sending: dict[int, Process] = {}  # each mother's newest probe
        self._sources: dict[str, tuple[str, int]] = {}
        self._known_episodes: dict[str, list[Episode]] = {}
        self._began_s = time.monotonic()
        self.began_ms = int(time.time() * 1000)
        self._known = {one.id for one in self.recordings()}
        self._heard_before = set(self.rig.heard.made())

    def begin(self, but: int = 0, wait: bool = True) -> None:
        """All mothers start to send, `but` this one. wait: until their recordings are there."""
        self.say("mothers begin")
        for number, (scenario, seed) in enumerate(self.replay.scenarios, start=1):
            if number != but:
                self.probe(number, scenario, seed)
        if wait:
            wait_until(lambda: len(self.recordings()) >= len(self._sources), 60, "their recordings")

    def probe(self, number: int, scenario: str, seed: int) -> Process:
        self.expect(number, scenario, seed)
        source = f"synthetic:{scenario}:{seed}:{self.replay.minutes}"
        self.sending[number] = self.rig.probe(number, source, self.replay.speed)
        return self.sending[number]

    def go_on(self) -> None:
        """Each mother whose recording has ended begins another."""
        for number, (scenario, seed) in enumerate(self.replay.scenarios, start=1):
            if not self.sending[number].alive:
                self.probe(number, scenario, seed)

    def expect(self, number: int, scenario: str, seed: int) -> None:
        """All recordings of this mother's device are of this scenario."""
        self._sources[self.rig.devices[number - 1]] = (scenario, seed)

    def expect_these(self, number: int, episodes: list[Episode]) -> None:
        """Whatever the rules may say, this mother's recording has to raise these."""
        self._known_episodes[self.rig.devices[number - 1]] = episodes

    def replayed(self, device: str, frames: list[bytes]) -> None:
        """These frames were sent where nobody listened; they are this device's."""
        for data in frames:
            self.rig.heard.add(device, wire.decode(data))

    def moments(self, count: int, until: float = 0.9) -> Iterator[int]:
        """Waits for each of `count` moments, spread by the seed over the replay; their numbers."""
        since_s = time.monotonic()
        after_s = sorted(self.rng.uniform(0, until * self.replay.wall_s) for _ in range(count))
        for number, moment_s in enumerate(after_s):
            time.sleep(max(0.0, since_s + moment_s - time.monotonic()))
            yield number

    def recordings(self) -> list[Recording]:
        """Those that have begun in this course, oldest first."""
        with reading(self.rig.engine) as conn:
            found = recordings.latest(conn, limit=100_000)
        new = [one for one in found if one.id not in getattr(self, "_known", ())]
        return sorted(new, key=lambda one: one.id)

    def stored(self) -> list[tuple[tuple[str, int, int], bytes, int]]:
        """(key, the frame's bytes, when it was stored) of all sound frames of this course."""
        found = []
        with reading(self.rig.engine) as conn:
            for one in self.recordings():
                for data, received_ms in frames.read_all(conn, one.id):
                    frame = wire.decode(data)
                    found.append(((one.device_id, frame.session, frame.seq), data, received_ms))
        return found

    def made(self) -> dict[tuple[str, int, int], bytes]:
        made = self.rig.heard.made()
        return {key: data for key, data in made.items() if key not in self._heard_before}

    def finish(self) -> Ledger:
        """Wait until all is settled, compare, and put what was found into the ledger."""
        self.say("waiting until all is stored")
        self.wait_for_probes()
        self.wait_for_store()
        self._compare_frames()
        self.say("comparing alerts")
        self._compare_alerts()
        self.ledger.took_s = round(time.monotonic() - self._began_s, 1)
        return self.ledger

    def wait_for_probes(self) -> None:
        """Until each has a receipt of its gateway for every frame."""
        until_s = time.monotonic() + self.replay.wall_s + SETTLE_S
        for probe in self.rig.probes:
            with suppress(TimeoutExpired):
                if probe.alive:
                    probe.wait(max(0.1, until_s - time.monotonic()))
            self.ledger.must(not probe.alive, f"{probe.name} still waits for receipts")

    def wait_for_store(self, of: Collection[str] = ()) -> None:
        """Until the cloud has stored what must be there, of these devices (none named: of all)."""
        until_s = time.monotonic() + SETTLE_S
        while self._outstanding(of) and time.monotonic() < until_s:
            time.sleep(0.5)

    def devices_heard(self) -> set[str]:
        """Whose frames have passed on their way to the gateway."""
        return {device for device, _, _ in self.made()}

    def delays_s(
        self, devices: Collection[str], since_ms: float = 0.0, until_ms: float = math.inf
    ) -> list[float]:
        """Of each frame that these sent first in this time: until it was stored."""
        sent_ms = self.rig.heard.sent_ms()
        found = ((key, ms) for key, _, ms in self.stored() if key[0] in devices)
        known = ((sent_ms[key], ms) for key, ms in found if key in sent_ms)
        return [(ms - sent) / 1000 for sent, ms in known if since_ms <= sent <= until_ms]

    def worst_delay_s(self) -> float:
        """The longest from a frame being sent first to its being stored."""
        return max(self.delays_s(self.rig.devices), default=0.0)

    def raised_ms(self, rule: str) -> list[int]:
        """When the alerts of this rule were raised."""
        ids = {one.id for one in self.recordings()}
        with reading(self.rig.engine) as conn:
            found = alerts.visible(conn, recent=100_000)
        return [one.raised_ms for one in found if one.recording_id in ids and one.rule == rule]

    def _outstanding(self, devices: Collection[str] = ()) -> bool:
        with reading(self.rig.engine) as conn:
            of = {(r.device_id, r.session): frames.tally_of(conn, r.id) for r in self.recordings()}
        promised = self.rig.heard.promised()
        asked = (key for key in self.made() if not devices or key[0] in devices)
        left = (key for key in asked if key[2] not in of.get(key[:2], ()))
        return any(key[:2] not in self.gone or key in promised for key in left)

    def _compare_frames(self) -> None:
        ledger, made, stored = self.ledger, self.made(), self.stored()
        counts = compare_frames(made, self.rig.heard.promised(), stored, self.gone)
        ledger.frames = counts
        for harm in ("lost", "altered", "duplicate", "foreign"):
            ledger.must(not counts[harm], f"{counts[harm]} frames {harm}")
        ledger.must(counts["made"] > 0, "no frame was made")
        ledger.worst_delay_s = self.worst_delay_s() if self.clocks_are_sound else 0.0
        for one in self.recordings():
            with reading(self.rig.engine) as conn:
                found = completeness.ledger(conn, one.id) or {}
            missing = sum(last - first + 1 for first, last in found["missing"])
            ledger.gaps += missing
            whole_session = (one.device_id, one.session) not in self.gone
            if whole_session and self._sources.get(one.device_id):
                ledger.must(found["frames_made"] is not None, f"recording {one.id}: no stop")
                ledger.must(not missing, f"recording {one.id}: {found['text'][:80]}")

    def _compare_alerts(self) -> None:
        ids = {one.id for one in self.recordings()}
        end_s = time.monotonic() + LOOKED_S
        while self._not_looked_at() & ids and time.monotonic() < end_s:
            time.sleep(0.5)
        end_s = time.monotonic() + ALERTS_S
        while self._count_alerts()[0]["lost"] and time.monotonic() < end_s:
            time.sleep(0.5)
        time.sleep(QUIET_S)
        self.ledger.alerts, harm = self._count_alerts()
        for kind in ("lost", "doubled"):
            count = self.ledger.alerts[kind]
            self.ledger.must(not count, f"{count} alerts {kind}: {'; '.join(harm)}")

    def _not_looked_at(self) -> set[int]:
        """Recordings that have ended, of whose last seconds nothing may have been told yet: one
        is looked at after the other."""
        with reading(self.rig.engine) as conn:
            return set(assessments.unfinished(conn))

    def _count_alerts(self) -> tuple[Any, list[str]]:
        total, harm = compare_alerts([], []), []
        for one in self.recordings():
            expected, raised = self._expected(one), told.told(self.rig.engine, one)
            counts = compare_alerts(expected, raised)
            total += counts
            if counts["lost"] or counts["doubled"]:
                harm.append(f"recording {one.id} expected {expected}, told {raised}")
        for rule, count in self.told_by_clock.items():
            times = len(self.raised_ms(rule))
            total.update(expected=count, told=times)
            total.update(lost=max(0, count - times), doubled=max(0, times - count))
            if times != count:
                harm.append(f"{rule}: expected {count}, told {times}")
        return total, harm

    def _expected(self, one: Recording) -> list[Episode]:
        """What it has to raise, as far as it came."""
        source = self._sources.get(one.device_id)
        if source is None:
            return self._known_episodes.get(one.device_id, [])
        cut_off = (one.device_id, one.session) in self.gone
        end_s = told.end_s(self.rig.engine, one) if cut_off else math.inf
        found = told.expected(*source, self.replay.minutes)
        return [episode for episode in found if episode.at_s <= end_s]
