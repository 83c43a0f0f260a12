"""The tables of the pregnancy record. Times are Unix milliseconds; what was changed: `changes`."""

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Date,
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

pregnancies = Table(  # beside the row of `mothers`, which has the due date and the colour
    "pregnancies",
    metadata,
    Column("mother_id", ForeignKey("mothers.id"), primary_key=True),
    Column("dated_by", String(8)),  # lmp, scan; NULL: not said
    Column("dated_on", Date),  # first day of the last period, or day of the scan
    Column("dated_days", Integer),  # gestation at the scan, days
    Column("birth_date", Date),
    Column("height_cm", Float),
    Column("weight_kg", Float),  # before the pregnancy
    Column("gravida", Integer),  # pregnancies, this one included
    Column("para", Integer),  # births
    Column("history", Text, nullable=False),
    Column("allergies", Text, nullable=False),  # empty: not said
)

relatives = Table(  # whom to call for her
    "relatives",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("mother_id", ForeignKey("mothers.id"), nullable=False),
    Column("name", String(120), nullable=False),
    Column("phone", String(40), nullable=False),
    Column("relation", String(40), nullable=False),
    Index(None, "mother_id"),
)

risk_assessments = Table(  # append-only: the newest holds
    "risk_assessments",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("mother_id", ForeignKey("mothers.id"), nullable=False),
    Column("at_ms", BigInteger, nullable=False),
    Column("person_id", ForeignKey("people.id")),
    Column("organisation_id", ForeignKey("organisations.id")),
    Column("age", Integer),
    Column("bmi", Float),
    Column("met", Text, nullable=False),  # JSON: ids of models.pregnancy_risk.CRITERIA
    Column("computed", String(8), nullable=False),  # the colour of the table
    Column("colour", String(8), nullable=False),  # the one that holds
    Column("purple", Boolean, nullable=False),
    Column("reason", Text, nullable=False),  # why it is not the computed one
    Column("version", String(8), nullable=False),  # models.pregnancy_risk.RISK_VERSION
    Index(None, "mother_id"),
)

monitoring_plans = Table(  # append-only: the newest that has begun holds
    "monitoring_plans",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("mother_id", ForeignKey("mothers.id"), nullable=False),
    Column("per_week", Integer, nullable=False),  # days
    Column("minutes", Integer, nullable=False),
    Column("from_week", Integer),  # of gestation; NULL: from the day on which it was made
    Column("from_day", Date, nullable=False),
    Column("made_ms", BigInteger, nullable=False),
    Column("person_id", ForeignKey("people.id")),
    Index(None, "mother_id"),
)

missed_days = Table(  # days on which she could not record, and why
    "missed_days",
    metadata,
    Column("mother_id", ForeignKey("mothers.id"), primary_key=True),
    Column("day", Date, primary_key=True),
    Column("reason", String(200), nullable=False),
    Column("person_id", ForeignKey("people.id")),
)

home_values = Table(  # what she measured: entered by hand, or from VITALS frames
    "home_values",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("mother_id", ForeignKey("mothers.id"), nullable=False),
    Column("measure", String(16), nullable=False),  # cloud.store.home_values.UNITS
    Column("at_ms", BigInteger, nullable=False),  # when it was measured
    Column("value", Float, nullable=False),
    Column("other", Float),  # diastolic pressure; minutes of a count of movements
    Column("context", String(16), nullable=False),  # of a glucose; empty: none
    Column("recording_id", ForeignKey("recordings.id")),  # NULL: entered by hand
    Column("slot", BigInteger),  # of a device: the first value of each is kept
    Column("person_id", ForeignKey("people.id")),  # who entered it
    Column("made_ms", BigInteger, nullable=False),
    Column("undone_ms", BigInteger),  # taken back then: it counts no more
    Column("judged", Boolean, nullable=False),  # the rules of advice have seen it
    UniqueConstraint("recording_id", "measure", "slot"),
    Index(None, "mother_id", "at_ms"),
    Index(None, "judged"),
)

advice = Table(
    "advice",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("mother_id", ForeignKey("mothers.id"), nullable=False),
    Column("value_id", ForeignKey("home_values.id"), nullable=False),
    Column("rule", String(40), nullable=False),  # of models.advice
    Column("version", String(8), nullable=False),
    Column("args", Text, nullable=False),  # JSON
    Column("phase", String(16), nullable=False),  # models.advice.Phase
    Column("words", Text, nullable=False),  # the team's own; empty: those of the rule
    Column("reason", Text, nullable=False),  # why it was dismissed
    Column("made_ms", BigInteger, nullable=False),
    Column("decided_ms", BigInteger),
    Column("person_id", ForeignKey("people.id")),  # who decided
    Index(None, "mother_id"),
    Index(None, "value_id"),
)

care_team = Table(
    "care_team",
    metadata,
    Column("mother_id", ForeignKey("mothers.id"), primary_key=True),
    Column("role", String(16), primary_key=True),  # cloud.store.care.ROLES
    Column("person_id", ForeignKey("people.id"), nullable=False),
    Index(None, "person_id"),
)

care_tasks = Table(  # between the three of a team
    "care_tasks",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("mother_id", ForeignKey("mothers.id"), nullable=False),
    Column("text", String(300), nullable=False),
    Column("role", String(16), nullable=False),  # of the team: whoever has it now
    Column("due", Date),  # NULL: no day was set
    Column("made_ms", BigInteger, nullable=False),
    Column("person_id", ForeignKey("people.id")),  # who set it
    Column("done_ms", BigInteger),
    Column("done_by", ForeignKey("people.id")),
    Column("note", String(300), nullable=False),  # what came of it
    Index(None, "mother_id", "done_ms"),
)
