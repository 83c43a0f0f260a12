"""Who is reminded that something is not back in time: who has it, and who lent it.

Called inside the transaction of the step itself. No text names a mother.
"""

from collections.abc import Iterable

from sqlalchemy import Connection

from cloud.outgoing.outbox import said_as, staff_rows
from cloud.store import messages, people
from cloud.store.leases import Lease
from cloud.store.resources import Request

TITLE_SHARED = "Shared resources: request %(number)d"
TITLE_BOX = "Box %(device)s"
LATE = "Not back in time. Open the page: have it returned, or say what became of it."


def request_late(conn: Connection, request: Request, now_ms: int) -> None:
    title = said_as(TITLE_SHARED, number=request.id)
    places = (request.organisation_id, request.lender_id)
    _tell(conn, f"request {request.id} late {now_ms}", title, places, now_ms)


def box_late(conn: Connection, lease: Lease, now_ms: int) -> None:
    title = said_as(TITLE_BOX, device=lease.device_id)
    places = (lease.holder_id, lease.lender_id)
    _tell(conn, f"lease {lease.id} late {now_ms}", title, places, now_ms)


def _tell(
    conn: Connection, key: str, title: object, places: Iterable[int | None], now_ms: int
) -> None:
    shared = {
        "alert_id": None,
        "recording_id": None,
        "mother_id": None,
        "step": "overdue",
        "priority": "medium",
        "urgent": False,
        "text": {"title": title, "body": said_as(LATE)},
    }
    for organisation_id in dict.fromkeys(one for one in places if one is not None):
        organisation = people.get_organisation(conn, organisation_id)
        assert organisation is not None  # a row refers to it
        row = {**shared, "key": f"{key} {organisation_id}"}
        messages.add(conn, staff_rows(conn, organisation, row, now_ms))
