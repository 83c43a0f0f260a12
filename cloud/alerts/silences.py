"""Keeps what the alarm rules said nothing about, and why: shown in the recording's log."""

from collections.abc import Sequence

from sqlalchemy import Engine

from cloud.alerts.moves import words
from cloud.store import tasks
from cloud.store.db import writing
from cloud.store.tasks import Silent
from models.suppressed import Suppressed


def keep_silent(
    engine: Engine, recording_id: int, found: Sequence[Suppressed], now_ms: int
) -> None:
    if not found:
        return
    with writing(engine) as conn:
        for one in found:
            why, rule = one.reason, one.rule.id
            said = words(why.text, **why.args)
            tasks.note_silent(
                conn, recording_id, Silent(rule, why.start_s, why.end_s, said, now_ms)
            )
