"""Plays a script through the real service, to its end, and says what was seen."""

import asyncio
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any

from cloud.config import Settings, load
from cloud.scenario import actors, checks, closing, records, script, transcript, verbs
from cloud.scenario.people import fill
from cloud.scenario.probes import OpenPacker, Probes
from cloud.scenario.receiver import Receiver
from cloud.scenario.records import Records
from cloud.scenario.script import Line, Made
from cloud.scenario.service import Clock, Service
from cloud.scenario.stage import Pace, Stage
from cloud.scenario.strips import Real
from cloud.store.db import migrate, open_engine, writing

DAWN = datetime(2026, 11, 20, 16, 0, tzinfo=UTC)  # midnight where the organisations are
STEP_MS = 5000  # the longest while somebody records or an alert waits; a deadline is a step too
CALM_MS = 60_000  # else, unless somebody does something before
LEAST_MS = 250  # as the service's own threads
SECRET = "the secret of a folder that is thrown away"  # noqa: S105


@dataclass(frozen=True)
class Play:
    """A script with the time at which its minute 0 is, and the pace of its people."""

    lines: Made
    begins_min: int
    pace: Pace


PLAYS = {
    "hour": Play(script.hour, 9 * 60, Pace((1, 4), (3, 8), (6, 9), 240, 300)),
    "day": Play(script.day, 0, Pace((5, 40), (5, 20), (15, 40), 120, 360)),
}


@dataclass(frozen=True)
class Outcome:
    checks: dict[str, list[str]]
    summary: dict[str, Any]
    lines: list[str] = field(repr=False)
    stage: Stage = field(repr=False)
    found: Records = field(repr=False)

    @property
    def holds(self) -> bool:
        return not any(self.checks.values())


Told = Callable[[float, str], None]  # share of the script that was played, and the time there


def play(
    chosen: Play, seed: int, open_packer: OpenPacker, data: Path | None, told: Told
) -> Outcome:
    """ScriptError: the script cannot be played."""
    lines = chosen.lines(seed)
    with tempfile.TemporaryDirectory(prefix="lucina-day-") as folder:
        receiver = Receiver()
        receiver.start()
        loop = asyncio.new_event_loop()
        try:
            settings = load(
                home=Path(folder),
                database_url=f"sqlite:///{folder}/lucina.sqlite",
                secret=SECRET,
                assess_every_s=chosen.pace.assess_every_s,
                assess_workers=0,  # on the simulated clock
                **receiver.channels,
            )
            stage = _set_up(settings, chosen, seed, Probes(open_packer), Real(data), loop)
            known = set(stage.cast.people) | set(stage.cast.place_ids)
            verbs.check(lines, known)
            return _played(stage, lines, told)
        finally:
            loop.close()
            receiver.stop()


def _set_up(
    settings: Settings, chosen: Play, seed: int, probes: Probes, real: Real, loop: Any
) -> Stage:
    start_ms = round(DAWN.timestamp() * 1000) + chosen.begins_min * 60_000
    engine = open_engine(settings.database_url)
    migrate(engine)
    with writing(engine) as conn:
        cast = fill(conn, seed, datetime.fromtimestamp(start_ms / 1000, UTC).date())
    engine.dispose()
    clock = Clock(start_ms)
    service = Service(settings, clock, probes, cast, loop)
    return Stage(seed, start_ms, chosen.pace, clock, service, probes, cast, real)


def _played(stage: Stage, lines: list[Line], told: Told) -> Outcome:
    began_s, cpu_s = time.perf_counter(), time.process_time()
    for line in lines:
        stage.at(stage.start_ms + round(line.minute * 60_000), partial(verbs.play, stage, line))
    last_ms = stage.start_ms + round(lines[-1].minute * 60_000)
    stage.service.start()
    actors.open_pages(stage)
    try:
        while stage.now_ms < last_ms or not _is_calm(stage):
            if stage.now_ms > last_ms + stage.pace.evening_min * 60_000:
                break
            _step(stage)
            share = (stage.now_ms - stage.start_ms) / max(1, last_ms - stage.start_ms)
            told(min(1.0, share), transcript.clock(stage.now_ms))
        stage.shown = closing.read(stage.service)
        found = records.read(stage.service.parts.engine, stage.start_ms)
    finally:
        stage.service.stop()
    figures = transcript.summary(stage, found)
    figures["simulated_s"] = (stage.now_ms - stage.start_ms) // 1000
    figures["took_s"] = round(time.perf_counter() - began_s, 1)
    figures["cpu_s"] = round(time.process_time() - cpu_s, 1)
    figures["real_recordings"] = stage.real.found
    said = transcript.lines(stage, found)
    return Outcome(checks.run(stage, found), figures, said, stage, found)


def _step(stage: Stage) -> None:
    """One moment: people, probes, service, pages, in this order."""
    service = stage.service
    if not service.running and stage.wake and stage.now_ms >= stage.wake[0]:
        stage.wake[1]()
        stage.wake = None
    stage.act(stage.now_ms + _step_ms(stage))
    if not service.running:
        return
    stage.probes.go_on(service.parts.ingest.take, stage.now_ms)
    service.tick()
    actors.look(stage)


def _step_ms(stage: Stage) -> int:
    if stage.waiting or stage.probes.running or not stage.service.running:
        soon_ms = min(stage.waiting.values(), default=stage.now_ms + STEP_MS) - stage.now_ms
        if stage.wake is not None:
            soon_ms = min(soon_ms, stage.wake[0] - stage.now_ms)
        return max(LEAST_MS, min(STEP_MS, soon_ms))
    soon_ms = CALM_MS if stage.next_ms is None else stage.next_ms - stage.now_ms
    return max(STEP_MS, min(CALM_MS, soon_ms))


def _is_calm(stage: Stage) -> bool:
    """Nobody has anything to do any more, and everything has been answered."""
    if not stage.service.running or stage.next_ms is not None or stage.probes.running:
        return False
    return records.is_settled(stage.service.parts.engine)
