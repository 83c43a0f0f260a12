"""The tables of the case library. Times are Unix milliseconds (`_ms`) or recorded seconds (`_s`).

What is shown of a case has no name, no date and no organisation. `reading_id` and `recording_id`
are for the service alone: to draw the strip, and to find her cases when she withdraws her consent.
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
    UniqueConstraint,
)

from cloud.store.metadata import metadata

teaching_consents = Table(  # append-only: the newest row of a mother holds; none: no consent
    "teaching_consents",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("mother_id", ForeignKey("mothers.id"), nullable=False),
    Column("allowed", Boolean, nullable=False),
    Column("at_ms", BigInteger, nullable=False),
    Column("person_id", ForeignKey("people.id")),  # who pressed the button
    Index(None, "mother_id"),
)

cases = Table(  # of a withdrawn one only ids and times are left
    "cases",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("reading_id", ForeignKey("readings.id"), nullable=False),
    Column("recording_id", ForeignKey("recordings.id"), nullable=False),
    Column("mother_id", ForeignKey("mothers.id"), nullable=False),
    Column("made_ms", BigInteger, nullable=False),
    Column("person_id", ForeignKey("people.id"), nullable=False),  # the expert who made it
    Column("withdrawn_ms", BigInteger),
    Column("title", String(120), nullable=False),
    Column("text", Text, nullable=False),
    Column("patterns", Text, nullable=False),  # JSON: ids of models.teaching.PATTERNS
    Column("weeks", Integer),  # completed, at the recording; NULL: not known
    Column("age_years", Integer),  # rounded
    Column("start_s", Float, nullable=False),
    Column("end_s", Float, nullable=False),
    Column("said", String(16), nullable=False),  # the signed class; "" when withdrawn
    Column("features", Text, nullable=False),  # JSON, of the expert's newest opinion
    Column("machine", Text, nullable=False),  # JSON {verdict, reasons}; null: there was none
    Index(None, "mother_id"),
    Index(None, "reading_id"),
)

case_reads = Table(  # a learner and a case
    "case_reads",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("case_id", ForeignKey("cases.id"), nullable=False),
    Column("person_id", ForeignKey("people.id"), nullable=False),
    Column("shown_ms", BigInteger, nullable=False),  # first
    Column("done_ms", BigInteger),  # answered, or shown without an answer; NULL: neither yet
    Column("said", String(16)),  # NULL: no answer
    Column("patterns", Text),  # JSON
    Column("points", Integer),  # models.teaching.score
    UniqueConstraint("case_id", "person_id"),
    Index(None, "person_id"),
)
