"""What a mother says herself: before a recording, and with the buttons during one. Times are Unix
milliseconds (`_ms`) or recorded seconds (`_s`)."""

from sqlalchemy import BigInteger, Column, Float, ForeignKey, Index, Integer, String, Table, Text

from cloud.store.metadata import metadata

check_ins = Table(  # append-only
    "check_ins",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("at_ms", BigInteger, nullable=False),
    Column("mother_id", ForeignKey("mothers.id"), nullable=False),
    Column("person_id", ForeignKey("people.id"), nullable=False),
    Column("feels", String(8), nullable=False),  # of models.check_in
    Column("moves", String(8), nullable=False),
    Column("signs", Text, nullable=False),  # JSON: a list
    Index(None, "mother_id"),
)

marks = Table(  # buttons that she pressed
    "marks",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("recording_id", ForeignKey("recordings.id"), nullable=False),
    Column("kind", String(16), nullable=False),  # movement, contraction
    Column("at_s", Float, nullable=False),
    Column("at_ms", BigInteger, nullable=False),  # when she pressed, by this service's clock
    Column("made_ms", BigInteger, nullable=False),  # when it came
    Column("person_id", ForeignKey("people.id"), nullable=False),
    Column("undone_ms", BigInteger),  # she took it back then; NULL: it counts
    Index(None, "recording_id"),
)
