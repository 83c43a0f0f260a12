"""Which alerts a recording has to raise, and which were raised."""

from collections.abc import Sequence
from functools import cache

from sqlalchemy import Engine

from cloud.alerts.stretches import stretches
from cloud.drill.ledger import Episode, Told
from cloud.store import alerts, frames
from cloud.store.db import reading
from cloud.store.recordings import Recording
from cloud.traces import is_trace, t_ms_of
from device import wire
from models import whole
from models.rules import STREAMED
from models.synth import synthetic

# The others are of the path (link_lost, clock, gap), which a drill that waits for them says, or of
# whole strips, which a doctor reads: they may come while a part is away.
COMPARED = frozenset(rule.id for rule in STREAMED)


@cache
def expected(scenario: str, seed: int, minutes: int) -> Sequence[Episode]:
    """What the whole synthetic recording, looked at undisturbed, has to raise."""
    trace, _ = synthetic(seed, minutes, scenario)
    found = whole.changes(trace)
    over = {(c.rule.id, c.onset_s): c.at_s for c in found if c.what == "cleared"}
    return [
        Episode(c.rule.id, c.at_s, over.get((c.rule.id, c.onset_s), trace.end_s))
        for c in found
        if c.what == "raised"
    ]


def end_s(engine: Engine, recording: Recording) -> float:
    """Recorded seconds that are stored."""
    with reading(engine) as conn:
        kept = frames.read_whole(conn, recording.id)
    return max((wire.decode(data).t_ms / 1000 + 1 for data in kept), default=0.0)


def told(engine: Engine, recording: Recording) -> list[Told]:
    """Each condition on the samples that an alert was told of, and each time that it recurred.

    signal_lost is true, and not counted, where its seconds were not yet here when it was told.
    """
    with reading(engine) as conn:
        everybodys = alerts.visible(conn, recent=100_000)
        hers = (one for one in everybodys if one.recording_id == recording.id)
        mine = [one for one in hers if one.rule in COMPARED]
        steps = alerts.steps_of(conn, [alert.id for alert in mine])
        kept = frames.read_all(conn, recording.id)
    came_ms = {t_ms_of(data) // 1000: ms for data, ms in kept if is_trace(data)}
    found = []
    for alert in mine:
        for one in stretches(alert, steps[alert.id]):
            lost = one.rule == "signal_lost"
            if not (lost and came_ms.get(int(one.at_s) - 1, one.told_ms) > one.told_ms):
                found.append(Told(one.rule, one.at_s))
    return sorted(found, key=lambda one: (one.rule, one.at_s))
