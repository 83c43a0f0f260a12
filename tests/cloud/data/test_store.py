"""The records in both databases: stored once, counted right, migrated or refused in words."""

import sqlite3
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Engine, select, text, update

from cloud.completeness import ledger
from cloud.store import commands, frames, people, recordings, tables
from cloud.store.db import DatabaseError, migrate, open_engine, reading, writing
from cloud.store.recordings import CUT_OFF_AFTER_MS, SUCCEEDED_AFTER_MS, Recording
from device import payloads, wire
from tests.cloud.data.parts import lost_frame, start_frame, trace_frame, whole_session


def opened(engine: Engine, session: int = 77, now_ms: int = 5) -> Recording:
    with writing(engine) as conn:
        return recordings.open_recording(
            conn, device_id="d", session=session, gateway_id="g", start_ms=3, now_ms=now_ms
        )


def test_migrations_make_the_tables(engine: Engine) -> None:
    migrate(engine)
    with engine.connect() as conn:
        context = MigrationContext.configure(conn, opts={"compare_type": True})
        assert compare_metadata(context, tables.metadata) == []


def test_a_newer_database_is_refused(engine: Engine) -> None:
    with writing(engine) as conn:
        conn.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    with pytest.raises(DatabaseError, match=r"newer version \(revision 9999.*update Lucina"):
        migrate(engine)


def test_tables_of_something_else_are_left_alone(database_url: str) -> None:
    engine = open_engine(database_url)
    with writing(engine) as conn:
        conn.execute(text("CREATE TABLE people (shoe_size INTEGER)"))
    with pytest.raises(DatabaseError, match="something else: people"):
        migrate(engine)
    engine.dispose()


def test_an_older_database_is_brought_up_to_date(database_url: str) -> None:
    engine = open_engine(database_url)
    with writing(engine) as conn:
        conn.execute(text("CREATE TABLE alembic_version (version_num VARCHAR(32) NOT NULL)"))
    migrate(engine)
    with reading(engine) as conn:
        assert recordings.latest(conn) == []
    engine.dispose()


def test_a_locked_database_says_so(tmp_path: Path) -> None:
    path = tmp_path / "x.sqlite"
    engine = open_engine(f"sqlite:///{path}", busy_timeout_ms=50)
    migrate(engine)
    other = sqlite3.connect(path, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    with pytest.raises(DatabaseError, match="locked by another process"):
        migrate(engine)


def test_what_is_no_database_says_so(tmp_path: Path) -> None:
    path = tmp_path / "x.sqlite"
    path.write_text("This is a shopping list. " * 50)
    with pytest.raises(DatabaseError, match="not a database"):
        migrate(open_engine(f"sqlite:///{path}"))
    with pytest.raises(DatabaseError, match="unable to open"):
        migrate(open_engine(f"sqlite:///{tmp_path}"))


def test_a_server_that_is_away_says_so_without_the_password() -> None:
    with pytest.raises(DatabaseError) as caught:
        migrate(open_engine("postgresql://me:hunter2@127.0.0.1:1/x"))
    assert "hunter2" not in str(caught.value) and "\n" not in str(caught.value)
    with pytest.raises(DatabaseError, match="database address"):
        open_engine("lucina.sqlite")


def test_sqlite_survives_power_cuts_by_its_settings(tmp_path: Path) -> None:
    engine = open_engine(f"sqlite:///{tmp_path / 'x.sqlite'}")
    with engine.connect() as conn:
        found = {
            name: conn.exec_driver_sql(f"PRAGMA {name}").scalar()
            for name in ("journal_mode", "synchronous", "foreign_keys", "busy_timeout")
        }
    expected = {"journal_mode": "wal", "synchronous": 2, "foreign_keys": 1, "busy_timeout": 10_000}
    assert found == expected


def test_a_transaction_that_fails_leaves_nothing(engine: Engine) -> None:
    with pytest.raises(ZeroDivisionError), writing(engine) as conn:
        people.add_mother(conn, name="Li")
        raise ZeroDivisionError
    with reading(engine) as conn:
        assert people.all_mothers(conn) == []


def test_reading_is_one_look(engine: Engine) -> None:
    with reading(engine) as conn:
        assert people.all_mothers(conn) == []
        with writing(engine) as other:
            people.add_mother(other, name="Li")
        assert people.all_mothers(conn) == []
    with reading(engine) as conn:
        assert len(people.all_mothers(conn)) == 1


def test_frames_are_stored_once(engine: Engine) -> None:
    made = opened(engine)
    sent = [(frame.seq, wire.encode(frame)) for frame in whole_session(3000)]
    other = wire.encode(trace_frame(7, 7, 200))
    with writing(engine) as conn:
        frames.add_frames(conn, made.id, sent[10:], 1)
        assert frames.tally_of(conn, made.id).ranges() == ((10, 3001),)
        frames.add_frames(conn, made.id, [*sent[:20], sent[3]], 2)
        frames.add_frames(conn, made.id, [(7, other)], 3)
        frames.add_frames(conn, made.id, [], 3)
    with reading(engine) as conn:
        assert list(frames.read_frames(conn, made.id)) == whole_session(3000)
        assert [f.seq for f in frames.read_frames(conn, made.id, 2999)] == [2999, 3000, 3001]
        assert frames.tally_of(conn, made.id).ranges() == ((0, 3001),)


def test_the_recording_of_a_session_is_one(engine: Engine) -> None:
    assert opened(engine) == opened(engine, now_ms=99)


def test_a_recording_keeps_the_mother_it_began_with(engine: Engine) -> None:
    with writing(engine) as conn:
        mothers = [people.add_mother(conn, name=name) for name in ("Li", "Wang")]
        people.add_device(conn, "d", "a token", mother_id=mothers[0].id)
    first = opened(engine, session=1)
    with writing(engine) as conn:
        people.bind_device(conn, "d", mothers[1].id)
    second = opened(engine, session=2, now_ms=6)
    assert (first.mother_id, second.mother_id) == (mothers[0].id, mothers[1].id)
    with reading(engine) as conn:
        assert recordings.get(conn, first.id) == first
        assert recordings.latest(conn, mother_ids=[mothers[0].id]) == [first]
        assert [r.id for r in recordings.latest(conn)] == [second.id, first.id]
        found = people.device_of_mother(conn, mothers[1].id)
    assert found is not None and found.id == "d"


def test_recordings_of_one_hospital(engine: Engine) -> None:
    with writing(engine) as conn:
        own = people.add_organisation(conn, name="A", name_zh="甲", kind="hospital", level=2)
        people.add_organisation(conn, name="C", name_zh="中心", kind="centre")
        mother = people.add_mother(conn, name="Li", organisation_id=own.id)
        people.add_device(conn, "d", "a token", mother_id=mother.id)
        people.set_organisation(conn, own.id, on_call=True, free_beds=3)
    made = opened(engine)
    with reading(engine) as conn:
        assert recordings.latest(conn, organisation_id=own.id) == [made]
        assert recordings.latest(conn, organisation_id=own.id + 1) == []
        assert [(o.id, o.free_beds) for o in people.hospitals(conn)] == [(own.id, 3)]
        assert people.mothers_of_org(conn, own.id) == [mother]


def test_completeness_in_numbers_and_words(engine: Engine) -> None:
    made = opened(engine)
    came = whole_session(100)
    del came[40:50]
    came[20] = lost_frame(20, 19)
    with writing(engine) as conn:
        frames.add_frames(conn, made.id, [(f.seq, wire.encode(f)) for f in came], 1)
        known = recordings.started(made, payloads.Start(8, 1, payloads.SYNTHETIC, "x\0"))
        recordings.save(conn, [Recording(**{**vars(known), "frames_made": 102, "resent": 3})])
        kept = recordings.get(conn, made.id)
        report = ledger(conn, made.id)
        assert ledger(conn, made.id + 1) is None
    assert kept is not None and (kept.name, kept.boot_id, kept.synthetic) == ("x", 8, True)
    assert report is not None and report["missing"] == [[40, 49]]
    assert report["text"] == (
        "92 of 102 frames, 3 resent, gap 0:00:19-0:00:20: no signal,"
        " gap 0:00:39-0:00:49: not received"
    )


def test_completeness_of_a_recording_without_its_end(engine: Engine) -> None:
    made = opened(engine)
    with writing(engine) as conn:
        frames.add_frames(conn, made.id, [(0, wire.encode(start_frame()))], 1)
        running = ledger(conn, made.id)
        recordings.save(conn, [Recording(**{**vars(made), "frames_made": 10})])
        stopped = ledger(conn, made.id)
    assert running is not None and running["text"] == "1 of 1 frames so far"
    assert stopped is not None and stopped["missing"] == [[1, 9]]
    assert stopped["text"] == "1 of 10 frames"


def test_a_frame_that_rots_is_seen_and_harms_no_other(engine: Engine) -> None:
    made = opened(engine)
    with writing(engine) as conn:
        sent = [(frame.seq, wire.encode(frame)) for frame in whole_session(10)]
        frames.add_frames(conn, made.id, sent, 1)
        spoilt = bytearray(sent[4][1])
        spoilt[25] ^= 1
        conn.execute(
            update(tables.frames).where(tables.frames.c.seq == 4).values(data=bytes(spoilt))
        )
        assert [f.seq for f in frames.read_frames(conn, made.id)] == [
            n for n in range(12) if n != 4
        ]
        report = ledger(conn, made.id)
    assert report is not None and report["unreadable"] == 1
    assert report["gaps"] == [{"from_s": 3.0, "to_s": 4.0, "cause": "not received", "at_ms": 3003}]


def test_silent_recordings_are_closed_and_only_those(engine: Engine) -> None:
    cut = opened(engine, session=1, now_ms=0)
    succeeded = opened(engine, session=2, now_ms=CUT_OFF_AFTER_MS)
    newest = opened(engine, session=3, now_ms=CUT_OFF_AFTER_MS + 1)
    now_ms = CUT_OFF_AFTER_MS + SUCCEEDED_AFTER_MS
    with writing(engine) as conn:
        assert recordings.close_silent(conn, now_ms) == [cut.id]
        assert recordings.close_silent(conn, now_ms + 1) == [succeeded.id]
        assert [r.id for r in recordings.open_now(conn)] == [newest.id]


def test_only_its_own_device_can_finish_a_command(engine: Engine) -> None:
    opened(engine)
    with writing(engine) as conn:
        args = {"device_id": "d", "session": 0, "code": payloads.COMMAND_FIND_ME, "text": ""}
        one = commands.add(conn, **args, now_ms=1000)
        assert one is not None
        commands.done(conn, "another", one.id, 1001)
        assert commands.waiting(conn, 1001) == [one]
        assert commands.waiting(conn, 1000 + commands.TOO_OLD_MS) == []
        commands.done(conn, "d", one.id, 1002)
        assert commands.waiting(conn, 1002) == []
        with pytest.raises(wire.WireError):
            commands.add(conn, **{**args, "code": 99}, now_ms=1)


def test_tokens(engine: Engine) -> None:
    with writing(engine) as conn:
        gateway = people.add_gateway(conn, "g", "right")
        assert conn.scalar(select(tables.gateways.c.token_sha256)) != "right"
        assert people.get_gateway(conn, "g") == gateway
        assert people.get_device(conn, "g") is None
    assert people.token_fits(gateway, "right")
    assert not people.token_fits(gateway, "wrong")
    assert not people.token_fits(None, "")


def test_people_are_found_by_name(engine: Engine) -> None:
    with writing(engine) as conn:
        made = people.add_person(
            conn, username="wang", password_hash="x", name="Wang", role="centre"
        )
        assert people.get_person_by_username(conn, "wang") == made
        assert people.get_person(conn, made.id) == made
        assert people.get_person_by_username(conn, "Wang") is None
