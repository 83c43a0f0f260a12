"""Who is logged in. Times are Unix milliseconds."""

from sqlalchemy import BigInteger, Column, ForeignKey, String, Table

from cloud.store.metadata import metadata

logins = Table(
    "logins",
    metadata,
    Column("sha256", String(64), primary_key=True),  # of what the cookie holds
    Column("person_id", ForeignKey("people.id"), nullable=False, index=True),
    Column("begun_ms", BigInteger, nullable=False),
)
