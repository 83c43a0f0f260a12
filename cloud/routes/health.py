"""Whether the service lives, and whether all its parts work. No account needed, nothing private."""

from typing import Any

from fastapi import APIRouter
from fastapi.responses import JSONResponse

from cloud.deps import Services, ServicesDep
from cloud.store.db import answers

router = APIRouter(tags=["health"])
TICK_LATE_S = 5.0  # the monitor looks once a second


@router.get("/healthz", summary="Whether the process answers")
def healthz() -> dict[str, bool]:
    return {"ok": True}


@router.get("/readyz")
def readyz(parts: ServicesDep) -> JSONResponse:
    """503 while a part does not work, with its name."""
    found = {
        "database": _database(parts),
        "broker": _broker(parts),
        "monitor": _monitor(parts),
    }
    ready = all(part["ok"] for part in found.values())
    return JSONResponse({"ready": ready, "parts": found}, 200 if ready else 503)


def _database(parts: Services) -> dict[str, Any]:
    failing = parts.ingest.health()["failing"]
    return {"ok": failing is None and answers(parts.engine)}


def _broker(parts: Services) -> dict[str, Any]:
    return {"ok": parts.ingest.health()["connected"]}


def _monitor(parts: Services) -> dict[str, Any]:
    age_s = parts.watching.age_s
    return {"ok": age_s < TICK_LATE_S, "age_s": round(age_s, 1)}
