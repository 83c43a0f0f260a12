"""The tables of what members share: offers, requests, leases of boxes. Times are Unix ms.

Rows of the steps are added, never changed: who, when, what.
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
    text,
)

from cloud.store.metadata import metadata

resource_offers = Table(
    "resource_offers",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("organisation_id", ForeignKey("organisations.id"), nullable=False),  # who lends
    Column("kind", String(16), nullable=False),  # of models.resources.KINDS
    Column("amount", Integer, nullable=False),  # probes, beds, or minutes of a reader
    Column("promised", Integer, nullable=False),  # of the amount; never more than it
    Column("from_ms", BigInteger, nullable=False),
    Column("to_ms", BigInteger, nullable=False),
    Column("place", String(120), nullable=False),  # in words; empty: at the member's own place
    Column("note", String(300), nullable=False),
    Column("made_ms", BigInteger, nullable=False),
    Column("withdrawn_ms", BigInteger),  # nothing more is promised of it
    Index(None, "organisation_id"),
    Index(None, "to_ms"),
)

resource_requests = Table(
    "resource_requests",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("organisation_id", ForeignKey("organisations.id"), nullable=False),  # who asks
    Column("kind", String(16), nullable=False),
    Column("amount", Integer, nullable=False),
    Column("from_ms", BigInteger, nullable=False),
    Column("to_ms", BigInteger, nullable=False),  # to be back by then
    Column("within_km", Float),  # NULL: from anywhere
    Column("note", String(300), nullable=False),
    Column("phase", String(16), nullable=False),  # models.resources.Phase
    Column("made_ms", BigInteger, nullable=False),
    Column("offer_id", ForeignKey("resource_offers.id")),  # what is promised or handed out
    Column("lender_id", ForeignKey("organisations.id")),
    Column("out_ms", BigInteger),  # handed out
    Column("ended_ms", BigInteger),  # back, or lost
    Column("reminded_ms", BigInteger),  # that it is overdue
    Index(None, "organisation_id"),
    Index(None, "lender_id"),
    Index(None, "phase"),
)

resource_steps = Table(
    "resource_steps",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("request_id", ForeignKey("resource_requests.id"), nullable=False),
    Column("at_ms", BigInteger, nullable=False),
    Column("event", String(16), nullable=False),  # of models.resources, or ask, overdue
    Column("phase", String(16), nullable=False),  # after it
    Column("organisation_id", ForeignKey("organisations.id")),
    Column("person_id", ForeignKey("people.id")),
    Column("text", Text, nullable=False),  # JSON {"text": msgid, "args": {...}} or free words
    Index(None, "request_id"),
)

_LEASED = text("phase = 'leased'")  # models.resources.Lease.OUT

leases = Table(
    "leases",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("device_id", ForeignKey("devices.id"), nullable=False),
    Column("lender_id", ForeignKey("organisations.id"), nullable=False),
    Column("holder_id", ForeignKey("organisations.id")),  # NULL: the lender gave it to the mother
    Column("mother_id", ForeignKey("mothers.id")),  # NULL: it lies at the holder's
    Column("from_ms", BigInteger, nullable=False),
    Column("due_ms", BigInteger, nullable=False),
    Column("deposit", String(120), nullable=False),  # in words: how much, where the receipt is
    Column("policy", String(120), nullable=False),  # reference of the insurance policy
    Column("phase", String(16), nullable=False),  # models.resources.Lease
    Column("ended_ms", BigInteger),
    Column("reminded_ms", BigInteger),
    Index(None, "lender_id"),
    Index(None, "holder_id"),
    Index(None, "mother_id"),
    # one box, one lease: of two who hand it out at once the second is refused
    Index("uq_leases_device_id", "device_id", unique=True, sqlite_where=_LEASED,
          postgresql_where=_LEASED),
)  # fmt: skip

lease_steps = Table(
    "lease_steps",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("lease_id", ForeignKey("leases.id"), nullable=False),
    Column("at_ms", BigInteger, nullable=False),
    Column("event", String(16), nullable=False),  # of models.resources, or hand out, overdue
    Column("phase", String(16), nullable=False),  # after it
    Column("organisation_id", ForeignKey("organisations.id")),
    Column("person_id", ForeignKey("people.id")),
    Column("text", Text, nullable=False),  # JSON {"text": msgid, "args": {...}} or free words
    Index(None, "lease_id"),
)

recording_signal = Table(  # derived from the frames of what has ended: may be made again
    "recording_signal",
    metadata,
    Column("recording_id", ForeignKey("recordings.id"), primary_key=True),
    Column("recorded_s", Float, nullable=False),  # from its beginning to its last sample
    Column("good_s", Float, nullable=False),  # of these, with a fetal heart rate
    Column("frames_ms", BigInteger, nullable=False),  # recordings.last_frame_ms at that time
)
