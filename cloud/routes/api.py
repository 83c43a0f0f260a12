"""The OpenAPI document, for people who are logged in as staff."""

from functools import cache
from typing import Any

from fastapi import APIRouter
from fastapi.responses import JSONResponse

router = APIRouter(tags=["health"])


@router.get("/openapi.json", summary="This document", response_class=JSONResponse)
def get_document() -> JSONResponse:
    return JSONResponse(_document())


@cache
def _document() -> dict[str, Any]:
    from cloud.openapi.document import document  # it knows all routes, this one too

    return document()
