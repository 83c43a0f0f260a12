"""Whether the chain of the audit is whole: every link, every row, and nothing beside it.

It reads only. A chain that was cut short together with the rows at its end is whole in itself:
against that its head is kept elsewhere and given to the next check as `expected`.
"""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from sqlalchemy import Connection

from cloud.store import audit, hidden
from cloud.store.audit import Entry

HIDDEN = "this is hidden like the canary's and is not of it (lucina canary setup)"


@dataclass(frozen=True)
class Broken:
    """The first entry that does not hold; `source` and `row_id` name the row that it is about."""

    entry: int | None  # None: the row has none
    source: str | None
    row_id: int | str | None
    why: str


@dataclass(frozen=True)
class Report:
    entries: int  # that hold, from the first on
    head: str  # ID:SHA256 of the last of them; keep it elsewhere
    broken: Broken | None

    def as_dict(self) -> dict[str, Any]:
        return asdict(self)


def check(conn: Connection, expected: str = "") -> Report:
    """`expected`: the head of an earlier check, ID:SHA256, which the chain must still have."""
    wanted_id, wanted_sha256 = parse_head(expected) if expected else (0, audit.START)
    count, before = 0, audit.START
    for entry, row in audit.entries(conn):
        broken = _entry(entry, row, count + 1, before)
        if broken is None and entry.id == wanted_id and entry.sha256 != wanted_sha256:
            broken = Broken(entry.id, entry.source, entry.row_id, "is not the one of that check")
        if broken is not None:
            return _report(count, before, broken)
        count, before = entry.id, entry.sha256
    if count < wanted_id:
        return _report(count, before, Broken(count + 1, None, None, "this entry is missing"))
    for source, row_id in audit.unchained(conn):
        return _report(count, before, Broken(None, source, row_id, "no entry is about this row"))
    for table, key in hidden.strangers(conn):
        return _report(count, before, Broken(None, table, key, HIDDEN))
    return _report(count, before, None)


def parse_head(said: str) -> tuple[int, str]:
    """ValueError if it is not ID:SHA256."""
    number, _, digest = said.partition(":")
    if not number.isdecimal() or len(digest) != len(audit.START):
        raise ValueError(f"--expect {said!r}: must be ID:SHA256 as a check prints it")
    return int(number), digest.lower()


def _entry(entry: Entry, row: Mapping[str, Any] | None, number: int, before: str) -> Broken | None:
    if entry.id != number:
        return Broken(number, None, None, "this entry is missing")
    if audit.entry_sha256(before, entry.id, entry) != entry.sha256:
        why = "this entry was changed, or one before it"
    elif row is None:
        why = "the row is missing"
    elif audit.row_sha256(row) != entry.row_sha256:
        why = "the row was changed"
    else:
        return None
    return Broken(entry.id, entry.source, entry.row_id, why)


def _report(count: int, head: str, broken: Broken | None) -> Report:
    return Report(count, f"{count}:{head}", broken)
