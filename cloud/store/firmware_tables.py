"""The tables of new firmware for probes. Times are Unix milliseconds."""

from sqlalchemy import (
    BigInteger,
    Column,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    String,
    Table,
    Text,
    UniqueConstraint,
)

from cloud.store.metadata import metadata

firmware_images = Table(
    "firmware_images",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("board", String(16), nullable=False),
    Column("version", BigInteger, nullable=False),
    Column("size", Integer, nullable=False),  # bytes
    Column("manifest", Text, nullable=False),  # the text of the command `update`
    Column("image", LargeBinary, nullable=False),
    Column("at_ms", BigInteger, nullable=False),
    Column("person_id", ForeignKey("people.id"), nullable=False),  # who brought it
    UniqueConstraint("board", "version"),
)

firmware_offers = Table(
    "firmware_offers",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("image_id", ForeignKey("firmware_images.id"), nullable=False),
    Column("device_id", ForeignKey("devices.id"), nullable=False),
    Column("at_ms", BigInteger, nullable=False),
    Column("person_id", ForeignKey("people.id"), nullable=False),  # who offered it
    Column("state", String(16), nullable=False),  # of cloud.firmware.moves
    Column("asked", Integer, nullable=False),  # the device has all bytes before this one
    Column("said", Text, nullable=False),  # what the device said last, in its own words
    Column("changed_ms", BigInteger, nullable=False),
    Index(None, "device_id"),
)
