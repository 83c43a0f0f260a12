"""What members share: one transaction for each change, then the pages are told.

What may be done say moves and lease_moves beside it. tick() reminds of what is not back in time,
once a day each, until it is.
"""

import logging
from collections.abc import Callable

from sqlalchemy import Connection, Engine

from cloud.hub import Hub, changed
from cloud.resources import lease_moves, moves, notices
from cloud.store import leases, people, resources
from cloud.store.db import reading, writing
from cloud.store.leases import Lease
from cloud.store.resources import Offer, Request
from models.resources import REMIND_EVERY_MS

log = logging.getLogger(__name__)
EVERY_S = 30.0
Shared = Offer | Request | Lease


class Sharing:
    """tick() is for cloud.ticker, each EVERY_S."""

    def __init__(self, engine: Engine, hub: Hub) -> None:
        self._engine = engine
        self._hub = hub

    def change(self, do: Callable[[Connection], Shared]) -> int:
        """Do it, tell the pages, and give its id. Refused and LookupError: nothing was done."""
        with writing(self._engine) as conn:
            row = do(conn)
        self._tell(row)
        return row.id

    def tick(self, now_ms: int) -> None:
        before_ms = now_ms - REMIND_EVERY_MS
        with reading(self._engine) as conn:
            late = resources.overdue(conn, now_ms, before_ms)
            boxes = leases.overdue(conn, now_ms, before_ms)
        for request_id in late:
            self._guarded(self._remind, request_id, now_ms)
        for lease_id in boxes:
            self._guarded(self._remind_box, lease_id, now_ms)

    def _remind(self, request_id: int, now_ms: int) -> None:
        with writing(self._engine) as conn:
            request = moves.overdue(conn, request_id, now_ms)
            if request is not None:
                notices.request_late(conn, request, now_ms)
        if request is not None:
            self._tell(request)

    def _remind_box(self, lease_id: int, now_ms: int) -> None:
        with writing(self._engine) as conn:
            lease = lease_moves.overdue(conn, lease_id, now_ms)
            if lease is not None:
                notices.box_late(conn, lease, now_ms)
        if lease is not None:
            self._tell(lease)

    def _guarded(self, do: Callable[[int, int], None], number: int, now_ms: int) -> None:
        try:
            do(number, now_ms)
        except Exception:
            log.exception("%s of %d failed", do.__name__, number)

    def _tell(self, row: Shared) -> None:
        """Offers and requests are everybody's business, a box that of those who have it."""
        if isinstance(row, Lease):
            places = frozenset({row.lender_id, row.holder_id or row.lender_id})
            event = changed("leases", row.id, mother_id=row.mother_id, organisation_ids=places)
        else:
            with reading(self._engine) as conn:
                places = frozenset(one.id for one in people.hospitals(conn))
            event = changed("resources", row.id, mother_id=None, organisation_ids=places)
        self._hub.publish(event)
