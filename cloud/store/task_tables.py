"""The tables of calls that a person has to make, and of alarms that were kept silent.

Times are Unix milliseconds (`_ms`) or recorded seconds (`_s`).
"""

from sqlalchemy import (
    BigInteger,
    Column,
    Float,
    ForeignKey,
    Index,
    Integer,
    String,
    Table,
    Text,
    UniqueConstraint,
)

from cloud.store.metadata import metadata

tasks = Table(  # for the operator at the centre: call this mother
    "tasks",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("alert_id", ForeignKey("alerts.id"), nullable=False),
    Column("recording_id", ForeignKey("recordings.id"), nullable=False),
    Column("mother_id", ForeignKey("mothers.id"), nullable=False),
    Column("kind", String(16), nullable=False),  # no_answer, call_me, ambulance: cloud.alerts.calls
    Column("made_ms", BigInteger, nullable=False),
    Column("done_ms", BigInteger),  # NULL: open
    Column("person_id", ForeignKey("people.id")),  # who did it; NULL: it was no longer needed
    Column("outcome", Text, nullable=False),  # JSON {"text", "args"} or a person's own words
    UniqueConstraint("alert_id", "kind"),
    Index(None, "done_ms"),
)

alarm_log = Table(  # what a rule would have told if the signal were good enough to trust it
    "alarm_log",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("recording_id", ForeignKey("recordings.id"), nullable=False),
    Column("rule", String(40), nullable=False),
    Column("from_s", Float, nullable=False),
    Column("to_s", Float, nullable=False),
    Column("reason", Text, nullable=False),  # JSON {"text": msgid, "args": {...}}
    Column("made_ms", BigInteger, nullable=False),
    Index(None, "recording_id"),
)
