"""The tables of consultations. Times are Unix milliseconds (`_ms`) or recorded seconds (`_s`).

Messages and who has read them are added, never changed. What is not a message of a person is only
that the service had to hand a consultation on.
"""

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Column,
    Float,
    ForeignKey,
    Index,
    Integer,
    String,
    Table,
    Text,
)

from cloud.store.metadata import metadata

consultations = Table(
    "consultations",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("kind", String(8), nullable=False),  # mother: with her; case: of doctors about her
    Column("mother_id", ForeignKey("mothers.id")),  # NULL: a case without a mother
    Column("subject", String(120), nullable=False),
    Column("phase", String(16), nullable=False),  # models.consultations.Phase
    Column("organisation_id", ForeignKey("organisations.id"), nullable=False),  # is asked, has it
    Column("person_id", ForeignKey("people.id")),  # the doctor who has it; NULL: nobody yet
    Column("opened_ms", BigInteger, nullable=False),
    Column("opener_id", ForeignKey("people.id"), nullable=False),
    Column("asked_ms", BigInteger),  # since when an answer is waited for; NULL: none is
    Column("late_ms", BigInteger),  # when the centre was told that this question waits
    Column("former_id", ForeignKey("consultations.id")),  # the one that this goes on with
    Column("alert_id", ForeignKey("alerts.id")),  # what a case is about
    Column("referral_id", ForeignKey("referrals.id")),
    Index(None, "mother_id"),
    Index(None, "organisation_id"),
    Index(None, "phase"),
)

consultation_messages = Table(
    "consultation_messages",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("consultation_id", ForeignKey("consultations.id"), nullable=False),
    Column("at_ms", BigInteger, nullable=False),
    Column("event", String(16), nullable=False),  # of models.consultations, or moved
    Column("phase", String(16), nullable=False),  # after it
    Column("person_id", ForeignKey("people.id")),  # who wrote it; NULL: moved by the service
    Column("organisation_id", ForeignKey("organisations.id")),  # for which; NULL: the mother
    Column("text", Text, nullable=False),  # JSON {"text": msgid, "args": {...}} or free words
    Column("to_id", ForeignKey("organisations.id")),  # which is asked by it, or gets it
    Column("to_person_id", ForeignKey("people.id")),  # who gets it by a hand-over
    Column("recording_id", ForeignKey("recordings.id")),  # the strip that is shown
    Column("start_s", Float),
    Column("end_s", Float),
    CheckConstraint("person_id IS NOT NULL OR event = 'moved'", name="ck_messages_of_people"),
    Index(None, "consultation_id"),
    Index(None, "recording_id"),
)

consultation_reads = Table(
    "consultation_reads",
    metadata,
    Column("message_id", ForeignKey("consultation_messages.id"), primary_key=True),
    Column("person_id", ForeignKey("people.id"), primary_key=True),
    Column("at_ms", BigInteger, nullable=False),  # first
)
