"""The tables of who can be asked: duty rosters, consents, positions, and what was changed by whom.

Times are Unix milliseconds; minutes of a day are those of the organisation's own time zone.
"""

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
)

from cloud.store.metadata import metadata

duties = Table(  # who is on duty: a weekly pattern, and days that replace it
    "duties",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("organisation_id", ForeignKey("organisations.id"), nullable=False),
    Column("role", String(16), nullable=False),  # obstetrician, operator
    Column("person_id", ForeignKey("people.id")),  # NULL: somebody, name not given
    Column("weekday", Integer),  # 0 Monday; NULL: of one date
    Column("day", Date),  # all of this date instead of its weekday; NULL: every week
    Column("from_min", Integer, nullable=False),  # minutes after midnight at which it begins
    Column("to_min", Integer, nullable=False),  # the same or earlier: on the next day
    Column("nobody", Boolean, nullable=False),  # of a date: a holiday, nobody is there
    Column("place", Integer, nullable=False),  # they are called in this order
    Index(None, "organisation_id", "role"),
    Index(None, "role", "weekday"),
    Index(None, "role", "day"),
)

consents = Table(  # append-only: the newest row about an organisation holds
    "consents",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("mother_id", ForeignKey("mothers.id"), nullable=False),
    Column("organisation_id", ForeignKey("organisations.id")),  # NULL: every member hospital
    Column("allowed", Boolean, nullable=False),
    Column("at_ms", BigInteger, nullable=False),
    Column("person_id", ForeignKey("people.id")),  # who pressed the button; NULL: on paper
    Index(None, "mother_id"),
)

positions = Table(  # the newest of each mother only: older ones are nobody's business
    "positions",
    metadata,
    Column("mother_id", ForeignKey("mothers.id"), primary_key=True),
    Column("latitude", Float, nullable=False),  # degrees WGS 84
    Column("longitude", Float, nullable=False),
    Column("accuracy_m", Float),  # radius of 95 %, as phones say; NULL: not known
    Column("at_ms", BigInteger, nullable=False),  # when the phone was there, by our clock
    Column("clock_ahead_ms", BigInteger, nullable=False),  # the phone's clock minus ours
    Column("clock_wrong", Boolean, nullable=False),  # it gave a time to come: ours was taken
)

changes = Table(  # append-only: who, when, from what to what
    "changes",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("at_ms", BigInteger, nullable=False),
    Column("person_id", ForeignKey("people.id")),  # NULL: the service itself
    Column("organisation_id", ForeignKey("organisations.id")),  # whom it is about
    Column("mother_id", ForeignKey("mothers.id")),
    Column("what", String(40), nullable=False),  # free_beds, duties, consent, break_glass, ...
    Column("before", Text, nullable=False),  # JSON
    Column("after", Text, nullable=False),  # JSON
    Index(None, "organisation_id"),
    Index(None, "mother_id"),
)
