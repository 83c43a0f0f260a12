"""The chain of the audit in both databases: it grows, nothing leaves it, the checker sees all."""

import contextlib
import json
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from sqlalchemy import Connection, Engine, insert, text
from typer.testing import CliRunner

from cloud.audit.checking import Broken, check
from cloud.store import changes, consents, people, tables
from cloud.store.db import StoreError, migrate, open_engine, reading, writing
from lucina import app
from tests.cloud.stores import bring_up_to_date

WRITERS, EACH = 4, 5


def fill(engine: Engine, count: int = 6) -> None:
    """A consent, and changes of the free beds up to `count` rows."""
    with writing(engine) as conn:
        mother = people.add_mother(
            conn, name="M", phone=None, organisation_id=None, risk="green", purple=False
        )
        consents.decide(conn, mother.id, None, True, 1)
        for n in range(count - 1):
            changes.add(conn, "free_beds", n, n + 1, 10 + n, person_id=None)


class UndoneError(Exception):
    """Ends a transaction that leaves nothing."""


def tampered(engine: Engine, *statements: str, expected: str = "") -> Broken | None:
    """What a check finds after these, done by somebody who may do anything; then all is as before.
    The triggers that refuse it go first."""
    found = None
    with contextlib.suppress(UndoneError), writing(engine) as conn:
        free(conn)
        for statement in statements:
            conn.execute(text(statement))
        found = check(conn, expected).broken
        raise UndoneError
    return found


def free(conn: Connection) -> None:
    if conn.dialect.name == "postgresql":
        conn.execute(text("SET LOCAL session_replication_role = replica"))
        return
    names = conn.scalars(text("SELECT name FROM sqlite_master WHERE type = 'trigger'")).all()
    for name in names:
        conn.execute(text(f"DROP TRIGGER {name}"))


def head(engine: Engine) -> str:
    with reading(engine) as conn:
        report = check(conn)
    assert report.broken is None
    return report.head


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def engine(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Engine]:
    """Six entries. What a test adds stays; what it breaks it undoes."""
    url = f"sqlite:///{tmp_path_factory.mktemp('chain') / 'lucina.sqlite'}"
    if request.param == "postgresql":
        url = request.getfixturevalue("postgres").new_database()
    engine = open_engine(url)
    bring_up_to_date(engine)
    assert head(engine) == "0:" + "0" * 64
    fill(engine)
    yield engine
    engine.dispose()


@pytest.mark.parametrize("table", ["changes", "consents", "audit"])
def test_the_database_refuses_to_change_or_remove(engine: Engine, table: str) -> None:
    for statement in (f"UPDATE {table} SET at_ms = 0", f"DELETE FROM {table}"):
        with pytest.raises(StoreError, match="only added"), writing(engine) as conn:
            conn.execute(text(statement))
    assert head(engine).startswith("6:")


_TAMPERINGS: dict[str, tuple[str, Broken]] = {
    "a row's words": (
        "UPDATE changes SET after = '9' WHERE id = 3",
        Broken(4, "changes", 3, "the row was changed"),
    ),
    "a row's person": (
        "UPDATE consents SET allowed = NOT allowed",
        Broken(1, "consents", 1, "the row was changed"),
    ),
    "a row removed": (
        "DELETE FROM changes WHERE id = 5",
        Broken(6, "changes", 5, "the row is missing"),
    ),
    "an entry removed": (
        "DELETE FROM audit WHERE id = 3",
        Broken(3, None, None, "this entry is missing"),
    ),
    "the last entry removed": (
        "DELETE FROM audit WHERE id = 6",
        Broken(None, "changes", 5, "no entry is about this row"),
    ),
    "an entry's hash": (
        "UPDATE audit SET row_sha256 = sha256 WHERE id = 2",
        Broken(2, "changes", 1, "this entry was changed, or one before it"),
    ),
    "two entries exchanged": (
        "UPDATE audit SET id = CASE id WHEN 2 THEN -3 WHEN 3 THEN -2 ELSE id END",
        Broken(1, None, None, "this entry is missing"),
    ),
    "a row put in": (
        "INSERT INTO changes (at_ms, what, before, after) VALUES (1, 'x', '1', '2')",
        Broken(None, "changes", 6, "no entry is about this row"),
    ),
}


@pytest.mark.parametrize("how", _TAMPERINGS)
def test_whatever_is_done_to_a_row_is_named(engine: Engine, how: str) -> None:
    statement, found = _TAMPERINGS[how]
    assert tampered(engine, statement) == found


def test_an_end_that_was_cut_off_is_found_by_the_head_of_an_earlier_check(engine: Engine) -> None:
    kept = head(engine)
    cut = ("DELETE FROM audit WHERE id = 6", "DELETE FROM changes WHERE id = 5")
    assert tampered(engine, *cut) is None
    missing = Broken(6, None, None, "this entry is missing")
    assert tampered(engine, *cut, expected=kept) == missing
    other = Broken(6, "changes", 5, "is not the one of that check")
    with reading(engine) as conn:
        assert check(conn, "6:" + "a" * 64).broken == other


def test_writers_at_the_same_moment_make_one_chain(engine: Engine) -> None:
    def write(writer: int) -> None:
        for n in range(EACH):
            with writing(engine) as conn:
                changes.add(conn, "free_beds", writer, n, n, person_id=None)
                changes.add(conn, "on_call", writer, n, n, person_id=None)

    with ThreadPoolExecutor(WRITERS) as pool:
        list(pool.map(write, range(WRITERS)))
    assert head(engine).startswith(f"{6 + 2 * WRITERS * EACH}:")


def test_a_transaction_that_fails_leaves_no_entry(engine: Engine) -> None:
    before = head(engine)
    with contextlib.suppress(UndoneError), writing(engine) as conn:
        changes.add(conn, "free_beds", 1, 2, 3, person_id=None)
        raise UndoneError
    assert head(engine) == before


def test_what_was_written_before_there_was_a_chain_is_in_it(database_url: str) -> None:
    engine = open_engine(database_url)
    migrate(engine, "0009")
    with writing(engine) as conn:
        conn.execute(text(_A_MOTHER))
        row = {"mother_id": 1, "organisation_id": None, "allowed": True, "at_ms": 5}
        conn.execute(insert(tables.consents).values(row))
        for at_ms in (9, 3):
            change = {"at_ms": at_ms, "what": "beds", "before": "1", "after": "2"}
            conn.execute(insert(tables.changes).values(change))
    bring_up_to_date(engine)
    assert head(engine).startswith("3:")
    with reading(engine) as conn:
        order = conn.execute(text("SELECT source, row_id FROM audit ORDER BY id")).all()
    assert [tuple(row) for row in order] == [("changes", 2), ("consents", 1), ("changes", 1)]
    engine.dispose()


_A_MOTHER = """INSERT INTO mothers (id, name, risk, purple) VALUES (1, 'M', 'green', false)"""


def _run(*words: str) -> tuple[int, str]:
    result = CliRunner().invoke(app, ["audit", "check", *words])
    return result.exit_code, result.output


def test_the_command_says_what_it_found(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'lucina.sqlite'}"
    engine = open_engine(url)
    migrate(engine)
    fill(engine)
    code, said = _run("--database", url)
    assert (code, said.split(" Head: ")[0]) == (0, "6 entries, all whole.")
    assert _run("--database", url, "--expect", head(engine))[0] == 0
    with writing(engine) as conn:
        free(conn)
        conn.execute(text("UPDATE changes SET what = 'x' WHERE id = 1"))
    engine.dispose()
    code, said = _run("--database", url)
    assert code == 1
    assert said == (
        "broken at entry 2, changes 1: the row was changed. 1 entries hold before it.\n"
    )
    code, said = _run("--database", url, "--json")
    assert (code, json.loads(said)["broken"]["row_id"]) == (1, 1)


@pytest.mark.parametrize(
    ("words", "why"),
    [
        (("--database", "mysql://x"), "not sqlite"),
        (("--database", "sqlite:////nowhere/x.sqlite"), "no such file"),
        (("--database", "sqlite://", "--expect", "6"), "ID:SHA256"),
    ],
)
def test_what_cannot_be_checked_says_why(words: tuple[str, ...], why: str) -> None:
    code, said = _run(*words)
    assert code == 2
    assert why in said
