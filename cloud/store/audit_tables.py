"""The chain of the audit, and who looked at whose data. Times are Unix milliseconds.

Rows of both are added, never changed; the database itself refuses it (docs/audit.md).
"""

from sqlalchemy import (
    BigInteger,
    Column,
    ForeignKey,
    Index,
    Integer,
    String,
    Table,
    UniqueConstraint,
)

from cloud.store.metadata import metadata

audit = Table(
    "audit",
    metadata,
    Column("id", BigInteger, primary_key=True, autoincrement=False),  # 1, 2, 3 ...: none is missing
    Column("at_ms", BigInteger, nullable=False),  # of the row
    Column("source", String(40), nullable=False),  # the table of the row
    Column("row_id", Integer, nullable=False),
    Column("row_sha256", String(64), nullable=False),  # cloud.store.audit.row_sha256
    Column("sha256", String(64), nullable=False),  # cloud.store.audit.entry_sha256
    UniqueConstraint("source", "row_id"),
)

looks = Table(
    "looks",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("at_ms", BigInteger, nullable=False),  # first of this hour
    Column("hour", Integer, nullable=False),  # since 1970, UTC
    Column("mother_id", ForeignKey("mothers.id"), nullable=False),
    Column("recording_id", ForeignKey("recordings.id")),  # NULL: her record
    Column("about", String(24), nullable=False),  # the same as a word: "record", "recording 7"
    Column("person_id", ForeignKey("people.id"), nullable=False),
    Column("organisation_id", ForeignKey("organisations.id")),
    UniqueConstraint("person_id", "mother_id", "about", "hour"),
    Index(None, "mother_id", "at_ms"),
)
