"""Refusals of the moves as answers: 422 when something is missing, 409 when it is not possible."""

from collections.abc import Iterator
from contextlib import contextmanager

from fastapi import HTTPException

from cloud.alerts.answers import ReasonMissing, Refused


@contextmanager
def in_words() -> Iterator[None]:
    """With the words that say why."""
    try:
        yield
    except ReasonMissing as refused:
        raise HTTPException(422, refused.words) from None
    except Refused as refused:
        raise HTTPException(409, refused.words) from None
    except LookupError as missing:
        raise HTTPException(404, str(missing)) from None
