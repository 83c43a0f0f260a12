"""Images of firmware and to whom they were offered: all the SQL about them."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, func, insert, select, update

from cloud.store.hidden import shown
from cloud.store.tables import devices, firmware_images, firmware_offers

_KNOWN = [column for column in firmware_images.c if column.name not in ("image", "manifest")]
SHOWN = 100


@dataclass(frozen=True)
class Image:
    """A row of `firmware_images` without its bytes; see cloud.store.firmware_tables."""

    id: int
    board: str
    version: int
    size: int
    at_ms: int
    person_id: int


@dataclass(frozen=True)
class Offer:
    """A row of `firmware_offers`, and of its image what is looked at each time."""

    id: int
    image_id: int
    device_id: str
    at_ms: int
    person_id: int
    state: str
    asked: int
    said: str
    changed_ms: int
    version: int
    size: int
    board: str


_OFFERS = select(
    firmware_offers, firmware_images.c.version, firmware_images.c.size, firmware_images.c.board
).join(firmware_images)


def add_image(conn: Connection, **values: Any) -> Image:
    return Image(*conn.execute(insert(firmware_images).values(values).returning(*_KNOWN)).one())


def images(conn: Connection) -> list[Image]:
    """The newest of each board first."""
    order = firmware_images.c.board, firmware_images.c.version.desc()
    return [Image(*row) for row in conn.execute(select(*_KNOWN).order_by(*order))]


def newest(conn: Connection, board: str) -> int:
    """The greatest version for this board; 0: there is none."""
    mine = firmware_images.c.board == board
    return conn.scalar(select(func.max(firmware_images.c.version)).where(mine)) or 0


def manifest(conn: Connection, image_id: int) -> str | None:
    mine = firmware_images.c.id == image_id
    found: str | None = conn.scalar(select(firmware_images.c.manifest).where(mine))
    return found


def part(conn: Connection, image_id: int, offset: int, size: int) -> bytes:
    """So many bytes of an image; fewer at its end."""
    piece = func.substr(firmware_images.c.image, offset + 1, size)
    return bytes(conn.scalar(select(piece).where(firmware_images.c.id == image_id)) or b"")


def device_ids(conn: Connection) -> list[str]:
    query = select(devices.c.id).where(shown(devices.c.mother_id))
    return list(conn.scalars(query.order_by(devices.c.id)))


def add_offer(conn: Connection, **values: Any) -> int:
    query = insert(firmware_offers).values(asked=0, said="", **values)
    return int(conn.execute(query.returning(firmware_offers.c.id)).scalar_one())


def offers(conn: Connection) -> list[Offer]:
    """The newest first."""
    query = _OFFERS.order_by(firmware_offers.c.id.desc()).limit(SHOWN)
    return [Offer(*row) for row in conn.execute(query)]


def last_offer(conn: Connection, device_id: str) -> Offer | None:
    query = _OFFERS.where(firmware_offers.c.device_id == device_id)
    row = conn.execute(query.order_by(firmware_offers.c.id.desc()).limit(1)).first()
    return None if row is None else Offer(*row)


def save(conn: Connection, offer: Offer, now_ms: int) -> None:
    values = {"state": offer.state, "asked": offer.asked, "said": offer.said, "changed_ms": now_ms}
    conn.execute(update(firmware_offers).where(firmware_offers.c.id == offer.id).values(values))
