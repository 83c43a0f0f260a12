"""Recordings in a store of their own, with an assessment and a signed reading, ready to print."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

from sqlalchemy import Connection, Engine

from cloud import demo
from cloud.readings import moves
from cloud.reports.facts import Archive, Facts, Viewer, gather
from cloud.store import assessments, frames, people, readings, recordings
from cloud.store.assessments import Stored
from cloud.store.db import open_engine, reading, writing
from cloud.store.recordings import Recording
from device import payloads, wire
from models.live import Live
from models.readings import Class
from models.trace import Trace
from tests.cloud.stores import bring_up_to_date
from tests.cloud.web.service import trace_frames

NOW_MS = 1_777_600_000_000  # 2026-05-01 01:46:40 UTC
START_MS = NOW_MS - 3_600_000


@dataclass(frozen=True)
class Someone:
    role: str = "hospital"
    person_id: int | None = None
    organisation_id: int | None = None


@contextmanager
def store(folder: Path) -> Iterator[Engine]:
    """With the people of the demo; what is recorded is of probe-1's mother."""
    engine = open_engine(f"sqlite:///{folder / 'lucina.sqlite'}")
    bring_up_to_date(engine)
    with writing(engine) as conn:
        demo.fill(conn, demo.make_tokens(), datetime.fromtimestamp(NOW_MS / 1000, UTC).date())
    yield engine
    engine.dispose()


def recorded(conn: Connection, trace: Trace, session: int = 1) -> Recording:
    """The recording of a whole trace, ended and assessed as the service does it."""
    opened = recordings.open_recording(
        conn, device_id="probe-1", session=session, gateway_id=demo.GATEWAY,
        start_ms=START_MS, now_ms=START_MS,
    )  # fmt: skip
    start = payloads.pack_start(payloads.Start(1, 1, payloads.SYNTHETIC, "test"))
    sent = [wire.Frame(wire.EVENT, session, 0, 0, start), *trace_frames(trace, session)]
    frames.add_frames(conn, opened.id, [(one.seq, wire.encode(one)) for one in sent], NOW_MS)
    ended = replace(
        opened, synthetic=True, frames_made=len(sent), clock_offset_ms=120, closed_ms=NOW_MS
    )
    recordings.save(conn, [ended])
    shown = Live(36).look(trace, ended=True)
    body = json.dumps(shown.document, allow_nan=False)
    verdict = shown.document["verdict"]
    assessments.add(conn, Stored(opened.id, trace.end_s, NOW_MS, verdict, body))
    return ended


def signed(conn: Connection, recording: Recording, findings: str = "", words: str = "") -> int:
    """A reading by the mother's own hospital, from asking to signature; its id."""
    clinic = people.get_person_by_username(conn, "clinic")
    assert clinic is not None
    doctor = Someone("hospital", clinic.id, clinic.organisation_id)
    former = bool(readings.of_recording(conn, recording.id))
    wanted = moves.want(conn, recording, None, "again" if former else "", NOW_MS)
    moves.take(conn, wanted.id, doctor, NOW_MS)
    said = moves.Read(Class.SUSPICIOUS, {"baseline_bpm": 140, "variability": "moderate"}, findings)
    moves.save(conn, wanted.id, doctor, said, NOW_MS)
    ended = moves.Signed(Class.SUSPICIOUS, ["again_today"], words)
    return moves.sign(conn, wanted.id, doctor, ended, NOW_MS + 60_000).id


def facts_of(engine: Engine, recording_id: int, viewer: Viewer | None = None) -> Facts:
    with reading(engine) as conn:
        found = recordings.get(conn, recording_id)
        assert found is not None
        return gather(conn, found, viewer or Archive(), NOW_MS + 120_000)
