"""Keeps what the alarm rules said nothing about, and why: shown in the recording's log."""

from sqlalchemy import Engine

from cloud.alerts.moves import words
from cloud.store import tasks
from cloud.store.db import writing
from cloud.store.tasks import Silent
from models.analysis import Analysis
from models.clean import maternal_mask
from models.suppressed import suppressed


def keep_silent(engine: Engine, recording_id: int, analysis: Analysis, now_ms: int) -> None:
    found = suppressed(analysis, maternal_mask(analysis.trace))
    if not found:
        return
    with writing(engine) as conn:
        for one in found:
            why, rule = one.reason, one.rule.id
            said = words(why.text, **why.args)
            tasks.note_silent(
                conn, recording_id, Silent(rule, why.start_s, why.end_s, said, now_ms)
            )
