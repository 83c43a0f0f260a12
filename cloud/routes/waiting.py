"""The bar on every page of staff that says which alerts wait for an answer."""

from fastapi import APIRouter, Request
from fastapi.responses import Response

from cloud.deps import ServicesDep, Who
from cloud.render import page
from cloud.store import alerts, people
from cloud.store.alerts import Alert
from cloud.store.db import reading
from models.alerts import ANSWERED, WAITING

router = APIRouter(tags=["pages"])
SHOWN = 3
_RANK = {"high": 0, "medium": 1, "low": 2}


@router.get("/alerts/waiting", summary="The bar: alerts that wait for the reader's answer")
def waiting(request: Request, who: Who, parts: ServicesDep) -> Response:
    """Of a hospital: those that it is asked about now; of the centre: all that nobody has taken."""
    own_id = who.organisation_id if who.role == "hospital" else None
    with reading(parts.engine) as conn:
        seen = alerts.visible(conn, organisation_id=own_id, recent=0)
        found = sorted((one for one in seen if waits(one, own_id)), key=_worst)
        names = people.mothers_by_id(conn, {one.mother_id for one in found} - {None})
    rows = [(one, names.get(one.mother_id or 0)) for one in found]
    return page(request, "waiting.html", who, rows=rows, shown=SHOWN)


def waits(alert: Alert, own_id: int | None) -> bool:
    """`own_id`: the hospital that reads; None: the centre."""
    if own_id is None:
        return alert.phase not in ANSWERED
    return alert.phase in WAITING and alert.organisation_id == own_id


def _worst(alert: Alert) -> tuple[bool, int, int]:
    return alert.kind == "technical", _RANK[alert.priority], alert.raised_ms
