"""The tables of the reading service. Times are Unix milliseconds.

Rows of the steps and of the opinions are added, never changed: who, when, what.
"""

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
)

from cloud.store.metadata import metadata

readings = Table(
    "readings",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("recording_id", ForeignKey("recordings.id"), nullable=False),
    Column("mother_id", ForeignKey("mothers.id")),  # NULL: nobody to tell
    Column("organisation_id", ForeignKey("organisations.id")),  # reads first; NULL: the centre
    Column("priority", String(8), nullable=False),  # of models.readings.DEADLINES_MIN
    Column("blind", Boolean, nullable=False),  # own class first, then the machine's
    Column("phase", String(16), nullable=False),  # models.readings.Phase
    Column("wanted_ms", BigInteger, nullable=False),
    Column("deadline_ms", BigInteger, nullable=False),  # of the reader, then of the expert
    Column("overdue_ms", BigInteger),  # when it was first found past its deadline
    Column("raised_ms", BigInteger),  # when the centre's experts were asked
    Column("person_id", ForeignKey("people.id")),  # who has it, or signed it
    Column("holder_id", ForeignKey("organisations.id")),  # that person's organisation
    Column("reason", Text, nullable=False),  # why it was asked for: JSON {text, args} or words
    Column("signed_ms", BigInteger),
    Column("signed_class", String(16)),  # models.readings.Class
    Column("confirmed", Boolean),  # the signer says that the measured values are right
    Column("sentences", Text, nullable=False),  # JSON: ids of models.readings.SENTENCES, for her
    Column("to_mother", Text, nullable=False),  # the signer's own words to her
    Index(None, "recording_id"),
    Index(None, "organisation_id"),
    Index(None, "mother_id"),
    Index(None, "phase"),
    Index(None, "signed_ms"),
)

reading_opinions = Table(
    "reading_opinions",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("reading_id", ForeignKey("readings.id"), nullable=False),
    Column("at_ms", BigInteger, nullable=False),
    Column("rank", String(8), nullable=False),  # first, expert
    Column("person_id", ForeignKey("people.id"), nullable=False),
    Column("organisation_id", ForeignKey("organisations.id"), nullable=False),
    Column("said", String(16), nullable=False),  # models.readings.Class
    Column("features", Text, nullable=False),  # JSON {name: value}; what was not said is missing
    Column("findings", Text, nullable=False),
    Column("advice", Text, nullable=False),  # to the clinic
    Column("blind", Boolean, nullable=False),  # the machine's result was hidden from this reader
    Column("machine", String(16)),  # models.verdict.Verdict at that time; NULL: there was none
    Column("rules_version", String(40)),
    Column("through_s", Float),  # recorded second up to which there was something to read
    Index(None, "reading_id"),
    Index(None, "at_ms"),
)

reading_steps = Table(
    "reading_steps",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("reading_id", ForeignKey("readings.id"), nullable=False),
    Column("at_ms", BigInteger, nullable=False),
    Column("event", String(16), nullable=False),  # of models.readings, or want, overdue
    Column("phase", String(16), nullable=False),  # after it
    Column("organisation_id", ForeignKey("organisations.id")),
    Column("person_id", ForeignKey("people.id")),
    Column("text", Text, nullable=False),  # JSON {"text": msgid, "args": {...}} or free words
    Index(None, "reading_id"),
)

annotations = Table(  # of staff, on a stretch of a strip; only added
    "annotations",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("at_ms", BigInteger, nullable=False),
    Column("recording_id", ForeignKey("recordings.id"), nullable=False),
    Column("person_id", ForeignKey("people.id"), nullable=False),
    Column("organisation_id", ForeignKey("organisations.id")),
    Column("from_s", Float, nullable=False),  # recorded seconds
    Column("to_s", Float, nullable=False),  # the same as from_s: a moment
    Column("text", Text, nullable=False),  # empty: the one that it replaces is withdrawn
    Column("replaces_id", ForeignKey("annotations.id")),  # one that it corrects or withdraws
    Index(None, "recording_id"),
)

reading_settings = Table(  # an organisation without a row reads blind
    "reading_settings",
    metadata,
    Column("organisation_id", ForeignKey("organisations.id"), primary_key=True),
    Column("blind", Boolean, nullable=False),
)
