"""Which conditions of an alert's episode hold now, and since when.

An alert is raised by one rule; others may join it (cloud.alerts.episodes). It is said to be over
only when none of them holds, and no other alert of the same strip does either: a heart that is
slow in one alert's words is slow for all.
"""

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from sqlalchemy import Connection

from cloud.alerts.moves import words
from cloud.alerts.names import condition_in
from cloud.alerts.stretches import NEWS, facts, stretches
from cloud.completeness import at_ms
from cloud.store import alerts, recordings
from cloud.store.alerts import WORSENED, Alert, Step
from cloud.store.recordings import Recording
from models.alerts import Phase
from models.rules import BY_ID

Held = dict[str, float]  # rule -> recorded second since which it holds

NOW = "not over yet: %(condition)s, since %(time)s"
ELSEWHERE = "not over yet, in another alert of hers: %(condition)s, since %(time)s"
TO_THE_END = "when the recording ended: %(condition)s, since %(time)s"
GONE = "%(condition)s: no longer, since %(time)s"
GONE_STAYS = "%(condition)s: no longer, since %(time)s; the alert stays until it is handled"
OVER = (Phase.HANDLED, Phase.CLOSED)


def held(alert: Alert, steps: Sequence[Step]) -> Held:
    """The conditions of this alert that are not over, its own first."""
    first = stretches(alert, steps)[0]
    own, found = first.rule, {first.rule: first.onset_s}
    for step in steps:
        told = facts(step)
        if step.event == WORSENED:
            own = told["rule"]
        if step.event == "cleared":
            found.pop(told.get("rule", own), None)
        elif step.event in NEWS:
            found.setdefault(told.get("rule", own), told["onset_s"])
    onset_s = found.pop(alert.rule, alert.onset_s)
    return found if alert.cleared_s is not None else {alert.rule: onset_s, **found}


def uncleared(conn: Connection, recording_id: int) -> Held:
    """The conditions of a recording that are not over, of all its alerts."""
    every = alerts.of_recordings(conn, [recording_id])
    steps = alerts.steps_of(conn, [alert.id for alert in every])
    return {rule: at_s for one in every for rule, at_s in held(one, steps[one.id]).items()}


def states(
    conn: Connection, shown: Sequence[Alert], steps: Mapping[int, list[Step]]
) -> dict[int, dict[str, Any]]:
    """{alert id: {"holds", "live", "strip", "lines": [{text, args, at_ms}]}}: what of the alert is
    so now; strip: whether it is about the heart on the strip; live: whether it holds, and the
    alert's strip, if it is of one, still runs."""
    own = {alert.id: held(alert, steps[alert.id]) for alert in shown}
    others = _others(
        conn, [alert for alert in shown if not own[alert.id] and is_of_strip(alert.rule)]
    )
    places = recordings.get_all(conn, {alert.recording_id for alert in shown})
    place_of = {place.id: place for place in places}
    found = {}
    for alert in shown:
        place, mine = place_of[alert.recording_id], own[alert.id]
        strip = is_of_strip(alert.rule)
        beside = others.get(alert.recording_id, {}) if strip else {}
        if alert.kind == "patient" and mine and not strip:
            lines = []  # what was reported stands in the reason
        elif mine or beside:
            said = TO_THE_END if place.closed_ms else NOW if mine else ELSEWHERE
            lines = [_line(place, said, *one) for one in (mine or beside).items()]
        else:
            said = GONE if alert.phase in OVER else GONE_STAYS
            lines = [_line(place, said, *_last(alert, steps[alert.id]))]
        holds = bool(mine or beside)
        live = holds and not (strip and place.closed_ms)
        found[alert.id] = {"holds": holds, "live": live, "strip": strip, "lines": lines}
    return found


def _others(conn: Connection, quiet: Sequence[Alert]) -> dict[int, Held]:
    """What other alerts of the recordings of these hold, by recording; of strip and trace only."""
    if not quiet:
        return {}
    every = alerts.of_recordings(conn, {alert.recording_id for alert in quiet})
    open_ = [alert for alert in every if is_of_strip(alert.rule)]
    steps = alerts.steps_of(conn, [alert.id for alert in open_])
    found: dict[int, Held] = {}
    for alert in open_:
        found.setdefault(alert.recording_id, {}).update(held(alert, steps[alert.id]))
    return found


def _line(place: Recording, said: str, rule: str, at_s: float) -> dict[str, Any]:
    """The page puts %(time)s: at_ms in the reader's own zone."""
    return {**words(said, condition=condition_in(rule)), "at_ms": at_ms(place, at_s)}


def _last(alert: Alert, steps: Collection[Step]) -> tuple[str, float]:
    """The condition of the episode that was over last, and the recorded second of that."""
    told = (step.text for step in steps if step.event == "cleared")
    joined = [
        (one["at_s"], one["rule"]) for one in told if not isinstance(one, str) and "rule" in one
    ]
    known = [(alert.cleared_s or 0.0, alert.rule), *joined]
    at_s, rule = max(known)
    return rule, at_s


def is_of_strip(rule_id: str) -> bool:
    """Whether it is about the heart on the strip: such conditions are one episode."""
    rule = BY_ID.get(rule_id)
    return rule is not None and rule.joins
