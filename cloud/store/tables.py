"""The tables. Times are Unix milliseconds (`_ms`) unless a name says otherwise.

A change here needs a migration in cloud/migrations; a test compares the two.
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
    LargeBinary,
    String,
    Table,
    Text,
    UniqueConstraint,
    false,
)

from cloud.store.alert_tables import alert_steps as alert_steps
from cloud.store.alert_tables import alerts as alerts
from cloud.store.alert_tables import commands as commands
from cloud.store.audit_tables import audit as audit
from cloud.store.audit_tables import looks as looks
from cloud.store.case_tables import case_reads as case_reads
from cloud.store.case_tables import cases as cases
from cloud.store.case_tables import teaching_consents as teaching_consents
from cloud.store.consultation_tables import consultation_messages as consultation_messages
from cloud.store.consultation_tables import consultation_reads as consultation_reads
from cloud.store.consultation_tables import consultations as consultations
from cloud.store.firmware_tables import firmware_images as firmware_images
from cloud.store.firmware_tables import firmware_offers as firmware_offers
from cloud.store.journey_tables import green_channels as green_channels
from cloud.store.journey_tables import green_steps as green_steps
from cloud.store.journey_tables import referral_steps as referral_steps
from cloud.store.journey_tables import referrals as referrals
from cloud.store.login_tables import logins as logins
from cloud.store.message_tables import contacts as contacts
from cloud.store.message_tables import message_settings as message_settings
from cloud.store.message_tables import message_tries as message_tries
from cloud.store.message_tables import messages as messages
from cloud.store.metadata import BigId
from cloud.store.metadata import metadata as metadata
from cloud.store.mother_tables import check_ins as check_ins
from cloud.store.mother_tables import marks as marks
from cloud.store.pregnancy_tables import advice as advice
from cloud.store.pregnancy_tables import care_tasks as care_tasks
from cloud.store.pregnancy_tables import care_team as care_team
from cloud.store.pregnancy_tables import home_values as home_values
from cloud.store.pregnancy_tables import missed_days as missed_days
from cloud.store.pregnancy_tables import monitoring_plans as monitoring_plans
from cloud.store.pregnancy_tables import pregnancies as pregnancies
from cloud.store.pregnancy_tables import relatives as relatives
from cloud.store.pregnancy_tables import risk_assessments as risk_assessments
from cloud.store.reading_tables import annotations as annotations
from cloud.store.reading_tables import reading_opinions as reading_opinions
from cloud.store.reading_tables import reading_settings as reading_settings
from cloud.store.reading_tables import reading_steps as reading_steps
from cloud.store.reading_tables import readings as readings
from cloud.store.resource_tables import lease_steps as lease_steps
from cloud.store.resource_tables import leases as leases
from cloud.store.resource_tables import recording_signal as recording_signal
from cloud.store.resource_tables import resource_offers as resource_offers
from cloud.store.resource_tables import resource_requests as resource_requests
from cloud.store.resource_tables import resource_steps as resource_steps
from cloud.store.routing_tables import changes as changes
from cloud.store.routing_tables import consents as consents
from cloud.store.routing_tables import duties as duties
from cloud.store.routing_tables import positions as positions
from cloud.store.school_tables import courses as courses
from cloud.store.school_tables import lesson_progress as lesson_progress
from cloud.store.school_tables import lessons as lessons
from cloud.store.school_tables import live_dates as live_dates
from cloud.store.school_tables import live_guests as live_guests
from cloud.store.task_tables import alarm_log as alarm_log
from cloud.store.task_tables import tasks as tasks

organisations = Table(
    "organisations",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("name", String(120), nullable=False),  # English
    Column("name_zh", String(120), nullable=False),
    Column("kind", String(16), nullable=False),  # hospital, centre
    Column("level", Integer, nullable=False),  # Chinese hospital level 1..3
    Column("latitude", Float),  # degrees WGS 84; NULL: unknown
    Column("longitude", Float),
    Column("phone", String(40)),
    Column("on_call", Boolean, nullable=False),  # an obstetrician is on call now, said by hand
    Column("free_beds", Integer, nullable=False),  # obstetric
    Column("by_roster", Boolean, nullable=False, server_default=false()),  # not by hand: duties
    Column("nicu", Boolean),  # takes newborns that need intensive care; NULL: not known
    Column("blood_bank", Boolean),  # NULL: not known
    Column("zone", String(60), nullable=False, server_default="Asia/Shanghai"),  # IANA name
    Column("hidden", Boolean, nullable=False, server_default=false()),  # see store.hidden
)

mothers = Table(
    "mothers",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("name", String(120), nullable=False),
    Column("phone", String(40)),
    Column("organisation_id", ForeignKey("organisations.id")),  # her own hospital
    Column("due_date", Date),  # NULL: gestation unknown
    Column("risk", String(8), nullable=False),  # green, yellow, orange, red
    Column("purple", Boolean, nullable=False),  # infectious, beside the colour
    Column("address", String(200)),
    Column("latitude", Float),
    Column("longitude", Float),
)

people = Table(
    "people",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("username", String(60), nullable=False, unique=True),
    Column("password_hash", String(200), nullable=False),  # argon2id
    Column("name", String(120), nullable=False),
    Column("role", String(16), nullable=False),  # mother, hospital, centre, admin
    Column("organisation_id", ForeignKey("organisations.id")),
    Column("mother_id", ForeignKey("mothers.id")),  # set for role mother only
    Column("demo", Boolean, nullable=False),  # made by `lucina run`; refused elsewhere
    Column("disabled_ms", BigInteger),  # an administrator has ended the account; NULL: it holds
    Column("one_time", Boolean, nullable=False, server_default=false()),  # choose another password
    Index(None, "organisation_id"),
)

gateways = Table(
    "gateways",
    metadata,
    Column("id", String(60), primary_key=True),
    Column("token_sha256", String(64), nullable=False),
    Column("organisation_id", ForeignKey("organisations.id")),
)

devices = Table(
    "devices",
    metadata,
    Column("id", String(60), primary_key=True),
    Column("token_sha256", String(64), nullable=False),
    Column("gateway_id", ForeignKey("gateways.id")),
    Column("mother_id", ForeignKey("mothers.id")),  # whom it is bound to now
)

recordings = Table(
    "recordings",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("device_id", String(60), nullable=False),  # may be unknown: then it is pending
    Column("session", BigInteger, nullable=False),
    Column("gateway_id", String(60), nullable=False),
    Column("mother_id", ForeignKey("mothers.id")),  # bound when it began; NULL: pending
    Column("name", String(120), nullable=False),  # what the start event calls it
    Column("boot_id", BigInteger),
    Column("speed", Integer, nullable=False),  # recorded seconds per second, 1 but for replays
    Column("replayed", Boolean, nullable=False),
    Column("synthetic", Boolean, nullable=False),
    Column("start_ms", BigInteger, nullable=False),  # gateway's clock when the session began
    Column("clock_offset_ms", BigInteger),  # cloud clock minus gateway clock, least delay seen
    Column("frames_made", Integer),  # told by its stop event; NULL: still running or cut off
    Column("resent", Integer, nullable=False),  # frames that came more than once
    Column("damaged", Integer, nullable=False),  # places in messages that were no valid frame
    Column("opened_ms", BigInteger, nullable=False),
    Column("last_frame_ms", BigInteger, nullable=False),  # cloud clock
    Column("closed_ms", BigInteger),  # NULL: open
    Column("removed_ms", BigInteger),  # its frames were removed, as nobody had bound it
    UniqueConstraint("device_id", "session"),
    Index(None, "mother_id"),
    Index(None, "closed_ms"),
    Index(None, "opened_ms"),
)

frames = Table(
    "frames",
    metadata,
    Column("id", BigId, primary_key=True),  # order of commit: the feed's cursor
    Column("recording_id", ForeignKey("recordings.id"), nullable=False),
    Column("seq", BigInteger, nullable=False),
    Column("data", LargeBinary, nullable=False),  # the whole frame as received, CRC included
    Column("received_ms", BigInteger, nullable=False),
    UniqueConstraint("recording_id", "seq"),
    sqlite_autoincrement=True,
)

assessments = Table(
    "assessments",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("recording_id", ForeignKey("recordings.id"), nullable=False),
    Column("at_s", Float, nullable=False),  # recorded second up to which it looked
    Column("made_ms", BigInteger, nullable=False),
    Column("verdict", String(16), nullable=False),
    Column("body", Text, nullable=False),  # JSON of models.assess.Assessment
    Index(None, "recording_id", "at_s"),
)

feed_cursors = Table(
    "feed_cursors",
    metadata,
    Column("name", String(40), primary_key=True),
    Column("frame_id", BigInteger, nullable=False),  # all frames up to here are safe there
)
