"""The tables of green channels and referrals. Times are Unix milliseconds.

Rows of the steps are added, never changed: who, when, what.
"""

from sqlalchemy import BigInteger, Boolean, Column, ForeignKey, Index, Integer, String, Table, Text

from cloud.store.metadata import metadata

referrals = Table(
    "referrals",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("direction", String(8), nullable=False),  # up, down
    Column("urgent", Boolean, nullable=False),
    Column("mother_id", ForeignKey("mothers.id"), nullable=False),
    Column("from_id", ForeignKey("organisations.id"), nullable=False),
    Column("to_id", ForeignKey("organisations.id"), nullable=False),
    Column("answers_id", ForeignKey("referrals.id")),  # the way back of this one
    Column("recording_id", ForeignKey("recordings.id")),  # sent along
    Column("assessment_id", ForeignKey("assessments.id")),  # the newest of it at that time
    Column("criteria", Text, nullable=False),  # JSON: ids of models.referrals.CRITERIA
    Column("reason", Text, nullable=False),
    Column("notes", Text, nullable=False),  # for the other hospital's doctor
    Column("plan", Text),  # JSON of cloud.journeys.referral_moves.Plan; set when it goes down
    Column("phase", String(16), nullable=False),  # models.referrals.Phase
    Column("requested_ms", BigInteger, nullable=False),
    Column("transport", String(120), nullable=False),  # how she travels; empty: not settled
    Column("expected_ms", BigInteger),  # NULL: not known
    Index(None, "mother_id"),
    Index(None, "from_id"),
    Index(None, "to_id"),
    Index(None, "recording_id"),
    Index(None, "answers_id"),
)

referral_steps = Table(
    "referral_steps",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("referral_id", ForeignKey("referrals.id"), nullable=False),
    Column("at_ms", BigInteger, nullable=False),
    Column("event", String(16), nullable=False),  # of models.referrals, or request, expected
    Column("phase", String(16), nullable=False),  # after it
    Column("organisation_id", ForeignKey("organisations.id")),
    Column("person_id", ForeignKey("people.id")),
    Column("text", Text, nullable=False),  # JSON {"text": msgid, "args": {...}} or free words
    Index(None, "referral_id"),
)

green_channels = Table(
    "green_channels",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("mother_id", ForeignKey("mothers.id"), nullable=False),
    Column("organisation_id", ForeignKey("organisations.id"), nullable=False),  # expects her
    Column("alert_id", ForeignKey("alerts.id")),  # one of the two opened it
    Column("referral_id", ForeignKey("referrals.id")),
    Column("recording_id", ForeignKey("recordings.id")),  # the strip that is sent ahead
    Column("phase", String(16), nullable=False),  # models.green.Phase
    Column("opened_ms", BigInteger, nullable=False),
    Column("expected_ms", BigInteger),  # NULL: not known
    Column("expected_how", Text, nullable=False),  # JSON [{"text": msgid, "args": {...}}]
    Column("bed", Boolean, nullable=False),  # one of the hospital's beds is hers
    Column("team", String(200), nullable=False),  # who waits for her; empty: not said
    Index(None, "mother_id"),
    Index(None, "organisation_id"),
    Index(None, "alert_id"),
    Index(None, "referral_id"),
    Index(None, "recording_id"),
)

green_steps = Table(
    "green_steps",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("green_id", ForeignKey("green_channels.id"), nullable=False),
    Column("at_ms", BigInteger, nullable=False),
    Column("event", String(16), nullable=False),  # of models.green, or open, tick, untick, expected
    Column("phase", String(16), nullable=False),  # after it
    Column("organisation_id", ForeignKey("organisations.id")),
    Column("person_id", ForeignKey("people.id")),
    Column("text", Text, nullable=False),  # JSON {"text": msgid, "args": {...}} or free words
    Index(None, "green_id"),
)
