"""The tables of messages to people who have no page open: where to, what, and what came of it.

Addresses stand in `contacts` only. Times are Unix milliseconds.
"""

from sqlalchemy import BigInteger, Boolean, Column, ForeignKey, Index, Integer, String, Table, Text

from cloud.store.metadata import metadata

contacts = Table(  # where a person or an organisation can be reached beside the page
    "contacts",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("person_id", ForeignKey("people.id")),  # one of the two
    Column("organisation_id", ForeignKey("organisations.id")),
    Column("channel", String(8), nullable=False),  # of cloud.channels.NAMES
    Column("address", Text, nullable=False),  # number, mail address, OpenID; push: JSON
    Column("place", Integer, nullable=False),  # they are tried in this order
    Column("least", String(8), nullable=False),  # least priority it is used for; low: steps too
    Index(None, "person_id"),
    Index(None, "organisation_id"),
)

message_settings = Table(  # a person without a row has the defaults of cloud.store.contacts
    "message_settings",
    metadata,
    Column("person_id", ForeignKey("people.id"), primary_key=True),
    Column("steps", String(12), nullable=False),  # none, important, every: of a mother
    Column("language", String(8), nullable=False),
    Column("quiet_from_min", Integer),  # minutes after midnight in `zone`; NULL: no quiet hours
    Column("quiet_to_min", Integer),
    Column("zone", String(60), nullable=False),  # IANA name
)

messages = Table(
    "messages",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("key", String(120), nullable=False, unique=True),  # what, and to whom: once
    Column("alert_id", ForeignKey("alerts.id")),
    Column("recording_id", ForeignKey("recordings.id")),  # NULL: it is about none
    Column("person_id", ForeignKey("people.id")),  # NULL: the organisation, or a mother's phone
    Column("organisation_id", ForeignKey("organisations.id")),  # for whom staff is told
    Column("mother_id", ForeignKey("mothers.id")),  # set when it is for her
    Column("step", String(24), nullable=False),  # of cloud.outgoing.outbox
    Column("priority", String(8), nullable=False),  # of the alert; low: a step
    Column("urgent", Boolean, nullable=False),  # goes on until one way is known to have worked
    Column("language", String(8), nullable=False),
    Column("text", Text, nullable=False),  # JSON {"title": {text, args}, "body": {text, args}}
    Column("ways", Text, nullable=False),  # JSON [[channel, contact id or null: the phone]]
    Column("way", Integer, nullable=False),  # index of the next one to try
    Column("channel", String(8)),  # of that way; NULL: nothing is left to try
    Column("round", Integer, nullable=False),  # times that all ways were tried
    Column("next_ms", BigInteger),  # when to try; NULL: nothing is left to do
    Column("made_ms", BigInteger, nullable=False),
    Column("sent_ms", BigInteger),  # first taken by a provider
    Column("delivered_ms", BigInteger),
    Column("read_ms", BigInteger),
    Column("ended_why", Text),  # JSON {text, args}: why nothing more is tried
    Index(None, "next_ms"),
    Index(None, "alert_id"),
)

message_tries = Table(
    "message_tries",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("message_id", ForeignKey("messages.id"), nullable=False),
    Column("way", Integer, nullable=False),  # index into its ways
    Column("channel", String(8), nullable=False),
    Column("at_ms", BigInteger, nullable=False),  # when the provider took it, or it failed
    Column("provider_id", String(120)),  # its name at the provider; NULL: it was not taken
    Column("delivered_ms", BigInteger),
    Column("read_ms", BigInteger),
    Column("failed_why", Text),  # JSON {text, args}
    Column("final", Boolean, nullable=False),  # it would fail again: this way is not tried again
    Column("poll_ms", BigInteger),  # when to ask the provider what became of it; NULL: not
    Index(None, "message_id"),
    Index(None, "channel", "provider_id"),
    Index(None, "poll_ms"),
)
