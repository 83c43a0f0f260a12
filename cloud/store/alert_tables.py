"""Alerts, what happened to them, and what devices are told. Times are Unix milliseconds (`_ms`)."""

from sqlalchemy import (
    BigInteger,
    Boolean,
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

alerts = Table(
    "alerts",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("recording_id", ForeignKey("recordings.id"), nullable=False),
    Column("mother_id", ForeignKey("mothers.id")),
    Column("rule", String(40), nullable=False),
    Column("kind", String(16), nullable=False),  # patient, technical
    Column("priority", String(8), nullable=False),  # high, medium, low
    Column("onset_s", Float, nullable=False),  # recorded second at which the condition began
    Column("at_s", Float, nullable=False),  # recorded second that made the rule true
    Column("cleared_s", Float),  # NULL: the condition is still there
    Column("reason", Text, nullable=False),  # JSON {"text": msgid, "args": {...}}
    Column("raised_ms", BigInteger, nullable=False),
    Column("phase", String(16), nullable=False),  # models.alerts.Phase
    Column("organisation_id", ForeignKey("organisations.id")),  # who is asked now, or has it
    Column("person_id", ForeignKey("people.id")),  # who accepted
    Column("told_ms", BigInteger),  # when this organisation was told
    Column("deadline_ms", BigInteger),  # escalates then unless answered; NULL: no clock runs
    Column("mother_answer", String(16)),  # on_my_way, ambulance, call_me
    Column("mother_answer_ms", BigInteger),
    Column("remind_ms", BigInteger),  # rings again then; NULL: no reminder runs
    Column("useful", Boolean),  # what the one who handled it says of it; NULL: nothing
    Column("catalogue", String(8)),  # models.rules.CATALOGUE_VERSION; NULL: before there was one
    UniqueConstraint("recording_id", "rule", "onset_s"),
    Index(None, "phase"),
    Index(None, "remind_ms"),
)

alert_steps = Table(
    "alert_steps",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("alert_id", ForeignKey("alerts.id"), nullable=False),
    Column("at_ms", BigInteger, nullable=False),
    Column("event", String(24), nullable=False),  # an event of models.alerts, or a note
    Column("phase", String(16), nullable=False),  # after it
    Column("organisation_id", ForeignKey("organisations.id")),
    Column("person_id", ForeignKey("people.id")),
    Column("text", Text, nullable=False),  # JSON {"text": msgid, "args": {...}} or free words
    Index(None, "alert_id"),
    Index(None, "event", "at_ms"),
)

commands = Table(
    "commands",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("device_id", String(60), nullable=False),
    Column("gateway_id", String(60), nullable=False),
    Column("session", BigInteger, nullable=False),
    Column("code", Integer, nullable=False),  # device.payloads.COMMANDS
    Column("text", Text, nullable=False),
    Column("made_ms", BigInteger, nullable=False),
    Column("done_ms", BigInteger),  # the device said so
    Index(None, "device_id", "done_ms"),
)
