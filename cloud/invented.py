"""What happened before `lucina run` began, so that no page of it is empty.

A signed strip that became a teaching case, a question and its answer, doctors who discuss, a box on
loan, a request for a probe, an assessment with a plan, a live date of the school. All of it is
invented and says so; it is about the first mother, whose probe is in every demo.
"""

import json
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from sqlalchemy import Connection

from cloud import demo
from cloud.cases import moves as cases
from cloud.cases.moves import Wanted
from cloud.consultations import asking
from cloud.consultations import moves as talks
from cloud.consultations.segments import Segment
from cloud.consultations.steps import Case, Written
from cloud.pregnancy import care
from cloud.readings import moves as readings
from cloud.resources import lease_moves, moves
from cloud.scenario.probes import GAPS
from cloud.store import assessments, frames, people, recordings, school
from cloud.store.assessments import Stored
from device import payloads, wire
from models.counts import seconds_of
from models.live import Live
from models.readings import Class
from models.resources import PROBE
from models.synth import synthetic

HOUR_MS = 3_600_000
DAY_MS = 24 * HOUR_MS
MINUTES = 20  # of the strip
PROBE_ID = "probe-1"
SESSION = 1  # the probes of the demo draw theirs from 32 bits


@dataclass(frozen=True)
class Actor:
    """One of demo.STAFF, or a mother."""

    role: str
    person_id: int
    organisation_id: int | None
    mother_id: int | None


def furnish(conn: Connection, now_ms: int) -> None:
    """Into what demo.fill() has written."""
    recording_id = _strip(conn, now_ms - DAY_MS)
    _case(conn, recording_id, now_ms - DAY_MS + HOUR_MS)
    _talks(conn, recording_id, now_ms - 3 * HOUR_MS)
    _care(conn, now_ms - 5 * DAY_MS)
    _share(conn, now_ms - 2 * HOUR_MS)
    (course, *_) = school.all_courses(conn)
    evening = datetime.fromtimestamp((now_ms + 3 * DAY_MS) / 1000, UTC).replace(hour=11, minute=30)
    live = {"at_ms": round(evening.timestamp() * 1000), "teacher": "Midwife Wu (demo)"}
    school.add_live(conn, course.id, live | {"how": "021-5550-0004 (invented)"})


def _actor(conn: Connection, username: str) -> Actor:
    one = people.get_person_by_username(conn, username)
    assert one is not None  # demo.fill() made it
    return Actor(one.role, one.id, one.organisation_id, one.mother_id)


def _strip(conn: Connection, start_ms: int) -> int:
    """A synthetic recording, ended and assessed; its id."""
    trace, _ = synthetic(5, MINUTES, "late_decelerations")
    end_ms = start_ms + MINUTES * 60_000
    opened = recordings.open_recording(
        conn, device_id=PROBE_ID, session=SESSION, gateway_id=demo.GATEWAY, start_ms=start_ms,
        now_ms=start_ms,
    )  # fmt: skip
    about = payloads.pack_start(payloads.Start(SESSION, 1, payloads.SYNTHETIC, "synthetic"))
    sent = [wire.Frame(wire.EVENT, SESSION, 0, 0, about)]
    for n, second in enumerate(seconds_of(trace, GAPS)):
        packed = payloads.pack_trace(payloads.Trace(*second))
        sent.append(wire.Frame(wire.TRACE, SESSION, n + 1, 1000 * n, packed))
    frames.add_frames(conn, opened.id, [(one.seq, wire.encode(one)) for one in sent], end_ms)
    ended = replace(opened, synthetic=True, frames_made=len(sent), closed_ms=end_ms)
    recordings.save(conn, [ended])
    found = Live(39).look(trace, ended=True).document
    body = json.dumps(found, allow_nan=False)
    assessments.add(conn, Stored(opened.id, trace.end_s, end_ms, found["verdict"], body))
    return opened.id


def _case(conn: Connection, recording_id: int, now_ms: int) -> None:
    """Read at her hospital, raised, signed by the expert, put into the library with her consent."""
    clinic, expert, mother = (_actor(conn, name) for name in ("clinic", "expert", "mother1"))
    recording = recordings.get(conn, recording_id)
    assert recording is not None
    one = readings.want(conn, recording, None, "", now_ms)
    readings.take(conn, one.id, clinic, now_ms + 60_000)
    seen = {"baseline_bpm": 140, "variability": "moderate", "decelerations": ["late"]}
    said = readings.Read(Class.SUSPICIOUS, seen, "Dips after the contractions (invented)")
    readings.save(conn, one.id, clinic, said, now_ms + 240_000)
    why = "Are these late? (invented)"
    readings.raise_level(conn, one.id, clinic, why, now_ms + 300_000)
    readings.take(conn, one.id, expert, now_ms + 360_000)
    readings.save(conn, one.id, expert, replace(said, said=Class.PATHOLOGICAL), now_ms + 480_000)
    signed = readings.Signed(Class.PATHOLOGICAL, ["come_now", "we_call"], "")
    readings.sign(conn, one.id, expert, signed, now_ms + 540_000)
    cases.decide(conn, mother.mother_id or 0, True, mother, now_ms + HOUR_MS)
    text = "Look where each dip begins and where it is deepest. (invented)"
    wanted = Wanted("Dips after contractions", text, 0.0, 60.0 * MINUTES)
    cases.make(conn, one.id, expert, wanted, now_ms + HOUR_MS)


def _talks(conn: Connection, recording_id: int, now_ms: int) -> None:
    """One that is answered, one between doctors that waits."""
    mother, clinic, county = (_actor(conn, name) for name in ("mother1", "clinic", "county"))
    question = Written("My belly is hard sometimes. Is that normal? (invented)")
    one = asking.ask(conn, mother, "", question, None, now_ms)
    answer = Written("Short and not regular is usual. Tell us if it becomes regular. (invented)")
    talks.write(conn, one.id, clinic, answer, now_ms + 600_000)
    shown = Segment(recording_id, 300.0, 900.0)
    asked = Written("Would you see her this week? (invented)", shown)
    about, place_id = Case(mother.mother_id), county.organisation_id or 0
    asking.discuss(conn, clinic, about, place_id, "", asked, now_ms + 10_200_000)


def _care(conn: Connection, now_ms: int) -> None:
    """Her colour and plan; the third mother has a whole record of demo.fill()."""
    clinic, mother_id = _actor(conn, "clinic"), _actor(conn, "mother1").mother_id
    mother = people.get_mother(conn, mother_id or 0)
    assert mother is not None
    care.assess_risk(conn, mother, ["gestational_diabetes"], None, "", clinic, now_ms)
    care.set_plan(conn, mother, 3, 20, None, clinic, now_ms)


def _share(conn: Connection, now_ms: int) -> None:
    """A request that the offer of demo.fill() fits, and the box that she has."""
    clinic, centre = _actor(conn, "clinic"), _actor(conn, "centre")
    times = {"from_ms": now_ms, "to_ms": now_ms + 7 * DAY_MS, "within_km": None}
    moves.ask(conn, {"kind": PROBE, "amount": 1, "note": "(invented)", **times}, clinic, now_ms)
    lent = lease_moves.Wanted(
        PROBE_ID, clinic.organisation_id, _actor(conn, "mother1").mother_id,
        now_ms + 28 * DAY_MS, "300 CNY (invented)", "P-0001 (invented)", "new (invented)",
    )  # fmt: skip
    lease_moves.hand_out(conn, lent, centre, now_ms)
