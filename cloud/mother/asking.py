"""What the service writes about a mother's alerts: which one asks something of her now, who knows
of it, whom she calls, and how the last one ended."""

from typing import Any

from sqlalchemy import Connection

from cloud.alerts.moves import held_by
from cloud.alerts.views import views
from cloud.hospitals.planner import Planner
from cloud.store import alerts, green, people, recordings
from cloud.store.alerts import OVER, Alert, Step
from cloud.store.people import Mother, Organisation
from cloud.store.recordings import HOME, Recording
from models.alerts import ANSWERED, Phase

GOING = ("on_my_way", "ambulance")  # what she may have answered
GOING_MS = 6 * 3600 * 1000  # an older one says nothing about where she is
OVER_MS = 12 * 3600 * 1000  # how long she reads that it is over
PRIORITIES = ("high", "medium", "low")
SAID = ("tell", "accept", "decline")  # steps: what becomes of asking a hospital
ENDS_WAY = (  # outcomes of static/actions.js by which she is not on her way any more
    "spoke with the mother, she stays at home",
    "she has been admitted",
    "she has given birth",
    "she has had a caesarean section or another operation",
    "the probe was placed again",
    "the alert was not useful",
)


def asks_now(conn: Connection, mother: Mother) -> Alert | None:
    """The worst one, in the order of static/alerts.js; one about the signal only while it lasts."""
    every = alerts.open_of_mother(conn, mother.id)
    running = {one.id for one in recordings.open_now(conn) if one.mother_id == mother.id}
    asks = [
        one
        for one in every
        if one.kind == "patient" or (one.recording_id in running and one.cleared_s is None)
    ]
    return min(asks, key=_rank, default=None)


def _rank(one: Alert) -> tuple[int, int, int]:
    if one.phase is Phase.ACKNOWLEDGED:
        rank = 5
    elif one.phase in ANSWERED:
        rank = 3
    else:
        rank = 4 if one.kind == "technical" else PRIORITIES.index(one.priority)
    return rank, one.raised_ms, one.id


def told_view(
    conn: Connection, planner: Planner, mother: Mother, now_ms: int
) -> dict[str, Any] | None:
    """The alert that asks something of her, the hospital she calls or goes to, and since when the
    centre has it; None: no alert does."""
    alert = asks_now(conn, mother)
    if alert is None:
        return None
    view = views(conn, [alert])[0]
    passed = [step["at_ms"] for step in view["steps"] if step["event"] == "nobody left"]
    place = _place(conn, planner, alert, mother, now_ms) if alert.kind == "patient" else None
    going = alert.mother_answer == "on_my_way"
    return {
        **view,
        "centre_ms": passed[-1] if passed and alert.phase is Phase.CENTRE else None,
        "call": place,
        "going": going,
        "go": going or "go there" in view["mother_text"],
        "instead_of": _left(conn, alert, place) if going else None,
        "to_call": _waits(view["steps"]),
        "ambulance": alert.mother_answer == "ambulance",
    }


def _waits(steps: list[dict[str, Any]]) -> bool:
    """Somebody is asked to call her and has not yet: as static/happening.js has it."""
    last = [step["event"] for step in steps if step["event"] in ("to call", "called")]
    return last[-1:] == ["to call"]


def _left(conn: Connection, alert: Alert, place: Organisation | None) -> Organisation | None:
    """The hospital that was asked when she set out, if she is to go to another one now."""
    asked = [
        step.organisation_id
        for step in alerts.steps_of(conn, [alert.id])[alert.id]
        if step.event in ("tell", "accept") and step.at_ms <= (alert.mother_answer_ms or 0)
    ]
    was = people.get_organisation(conn, asked[-1] or 0) if asked else None
    away = was is not None and was.kind == "hospital" and place is not None and was.id != place.id
    return was if away else None


def _place(
    conn: Connection, planner: Planner, alert: Alert, mother: Mother, now_ms: int
) -> Organisation | None:
    """One place for all her alerts: the hospital that expects her or has her; the one that has
    taken one of them; the one that is asked; the first that is fit for her now; her own. But for
    the first, none that has declined this alert, unless there is no other. Never the centre."""
    expects = green.of_mother(conn, mother.id)
    if expects is not None:
        return people.get_organisation(conn, expects.organisation_id)
    declined = _declined(alerts.steps_of(conn, [alert.id])[alert.id])
    holder_id = held_by(conn, mother.id)
    if holder_id is not None and holder_id not in declined:
        return people.get_organisation(conn, holder_id)
    asked = people.get_organisation(conn, alert.organisation_id or 0)
    if asked is not None and asked.kind == "hospital" and asked.id not in declined:
        return asked
    own = people.get_organisation(conn, mother.organisation_id or 0)
    spared = own if own and own.id not in declined else None
    return (
        _first_fit(conn, planner, mother, declined, now_ms)
        or spared
        or _first_fit(conn, planner, mother, frozenset(), now_ms)
        or own
    )


def _declined(steps: list[Step]) -> frozenset[int]:
    """The hospitals whose last word is that they cannot take it."""
    last = {one.organisation_id: one.event for one in steps if one.event in SAID}
    return frozenset(i for i, event in last.items() if i is not None and event == "decline")


def _first_fit(
    conn: Connection, planner: Planner, mother: Mother, without: frozenset[int], now_ms: int
) -> Organisation | None:
    fit = planner.plan(conn, mother, without, True, now_ms).first(1)
    return people.get_organisation(conn, fit[0].hospital_id) if fit else None


def last_view(conn: Connection, mother: Mother, now_ms: int) -> dict[str, Any]:
    """Of her newest alert, when it is over: `going`, what she answered as long as it still holds,
    `over`: who ended it and how, and the hospital where that was; all empty while one is open."""
    every = [one for one in alerts.visible(conn, mother_id=mother.id) if one.kind == "patient"]
    newest = max(every, key=lambda one: (one.raised_ms, one.id), default=None)
    if newest is None or any(one.phase not in OVER for one in every):
        return {"going": "", "place": None, "over": None}
    steps = alerts.steps_of(conn, [newest.id])[newest.id]
    begun = recordings.latest(conn, mother_ids=[mother.id], limit=2)
    going = _going(newest, steps, begun, now_ms)
    ended = end_of(conn, newest, steps)
    at = ended["organisation"]
    return {
        "going": going,
        "place": at if at and at.kind == "hospital" else None,
        "over": None if going or now_ms - ended["at_ms"] > OVER_MS else ended,
    }


def _going(alert: Alert, steps: list[Step], begun: list[Recording], now_ms: int) -> str:
    """She is on her way until somebody has said that she stays or is there, the alert is closed,
    or she records again."""
    answer, since_ms = alert.mother_answer, alert.mother_answer_ms or 0
    if answer not in GOING or alert.phase is Phase.CLOSED or now_ms - since_ms > GOING_MS:
        return ""
    if any(one.gateway_id != HOME and one.opened_ms > since_ms for one in begun):
        return ""
    return "" if _outcome(steps) in ENDS_WAY else answer


def _outcome(steps: list[Step]) -> str:
    said = [step.text for step in steps if step.event == "handle"]
    return said[-1] if said and isinstance(said[-1], str) else ""


def end_of(conn: Connection, alert: Alert, steps: list[Step]) -> dict[str, Any]:
    """Of an alert that is over: who ended it, where, when, and with which outcome."""
    ended = [step for step in steps if step.event == "handle"] or steps[-1:]
    person, place = ended[-1].person_id, ended[-1].organisation_id
    return {
        "raised_ms": alert.raised_ms,
        "at_ms": ended[-1].at_ms,
        "person": people.get_person(conn, person) if person else None,
        "organisation": people.get_organisation(conn, place) if place else None,
        "outcome": _outcome(steps),
    }
