"""What people do with a green channel, inside one transaction of the caller.

Each function returns what it changed, the green channel first, and raises Refused when it is not
possible: for this person, or any more. Rows are locked in one order: referral, green channel.
"""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection

from cloud.alerts.answers import Actor, ReasonMissing, Refused
from cloud.alerts.moves import words
from cloud.hospitals import travel
from cloud.hospitals.planner import Planner
from cloud.journeys.referral_moves import NOT_HANDLED
from cloud.journeys.sending import unhandled
from cloud.journeys.steps import move_green, move_referral, note_green
from cloud.routing.plan import Roads
from cloud.store import alerts, green, people, referrals
from cloud.store.alerts import Alert
from cloud.store.green import Green
from cloud.store.referrals import Referral
from models import green as rules
from models import referrals as referral_rules
from models.alerts import ANSWERED
from models.alerts import Phase as AlertPhase

NOT_ACCEPTED = "a hospital has to accept the alert first"
NOT_OWNER = "only %(organisation)s, which expects her, or the centre can do this"
NOT_YOURS = "only the hospital that has accepted can open the green channel"
NO_MOTHER = "the recording belongs to no mother yet"
NOT_URGENT = "the referral is not marked urgent: a green channel is for urgent ones"
NOT_TRAVELLING = "not possible now: the referral is %(phase)s"
EXPECTED_ALREADY = "%(organisation)s expects her already"
NOT_NOW = "not possible now: the green channel is %(phase)s"
NO_BED = "no bed is free: ask for one, then say so in the number of free beds"
SAY_WHY = "say why she does not come"
NO_SUCH_ITEM = "there is no such line in the checklist"
BY_HAND = "said by the hospital"
REFERRED = "as said when the transport was arranged"
ON_HER_WAY = "on_my_way"  # of the answers of cloud.alerts.service
OPENED_ALERT = "opened for alert %(number)d"
OPENED_REFERRAL = "opened for referral %(number)d"


@dataclass(frozen=True)
class Ways:
    """How travel times are found."""

    planner: Planner
    roads: Roads | None = None  # asked for before the transaction


def open_for_alert(
    conn: Connection, alert_id: int, actor: Actor, ways: Ways, now_ms: int
) -> list[Green | Referral]:
    alert = alerts.get_locked(conn, alert_id)
    if alert is None:
        raise LookupError(f"no alert {alert_id}")
    hospital_id = _accepting_hospital(conn, alert, actor)
    if alert.mother_id is None:
        raise Refused(NO_MOTHER)
    row: dict[str, Any] = {
        "alert_id": alert.id,
        "referral_id": None,
        "recording_id": alert.recording_id,
    }
    expected = travel.expected(conn, ways.planner, alert.mother_id, hospital_id, now_ms, ways.roads)
    if alert.mother_answer != ON_HER_WAY:
        expected = travel.once_left(expected, now_ms)
    row |= dict(zip(("expected_ms", "expected_how"), expected, strict=True))
    said = words(OPENED_ALERT, number=alert.id)
    return [_open(conn, alert.mother_id, hospital_id, row, actor, said, now_ms)]


def open_for_referral(
    conn: Connection, referral_id: int, actor: Actor, planner: Planner, now_ms: int
) -> list[Green | Referral]:
    referral = referrals.get_locked(conn, referral_id)
    if referral is None:
        raise LookupError(f"no referral {referral_id}")
    if actor.role == "hospital" and actor.organisation_id != referral.to_id:
        raise Refused(NOT_YOURS)
    if not referral.urgent:
        raise Refused(NOT_URGENT)
    if referral.phase not in referral_rules.TRAVELLING:
        raise Refused(NOT_TRAVELLING, phase=referral.phase.value)
    expected: travel.Expected = referral.expected_ms, [words(REFERRED)]
    if referral.expected_ms is None:
        expected = travel.between(conn, planner, referral.from_id, referral.to_id, now_ms)
    if referral.phase is not referral_rules.Phase.TRANSIT:
        expected = travel.once_left(expected, now_ms)
    row: dict[str, Any] = {
        "alert_id": None,
        "referral_id": referral.id,
        "recording_id": referral.recording_id,
    }
    row |= dict(zip(("expected_ms", "expected_how"), expected, strict=True))
    said = words(OPENED_REFERRAL, number=referral.id)
    opened = _open(conn, referral.mother_id, referral.to_id, row, actor, said, now_ms)
    return [opened, referral]


def act(
    conn: Connection, green_id: int, event: str, actor: Actor, reason: str, team: str, now_ms: int,
    alert_known: bool = False,
) -> list[Green | Referral]:  # fmt: skip
    """An event of models.green, and what follows from it for the referral behind it."""
    channel, referral = locked(conn, green_id)
    _check_owner(conn, channel, actor)
    if (channel.phase, event) not in rules.TRANSITIONS:
        raise Refused(NOT_NOW, phase=channel.phase.value)
    if event in rules.WANTS_REASON and not reason:
        raise ReasonMissing(SAY_WHY)
    known = alert_known or event != "send home"
    if not known and unhandled(conn, channel.mother_id, channel.organisation_id):
        raise ReasonMissing(NOT_HANDLED)
    row = {"team": team} if event == "reserve" else {}
    moved = move_green(conn, channel, event, actor, reason or team, now_ms, row)
    if event == "reserve" and not moved.bed:
        raise Refused(NO_BED)
    changed: list[Green | Referral] = [moved]
    if referral is not None:
        changed.append(_follow(conn, referral, moved, event, actor, now_ms))
    return changed


def expect(
    conn: Connection,
    green_id: int,
    minutes: int | None,
    actor: Actor,
    ways: Ways,
    now_ms: int,
) -> list[Green | Referral]:
    """She comes in so many minutes; None: estimate it again from where she is now."""
    channel, referral = locked(conn, green_id)
    _check_owner(conn, channel, actor)
    if channel.phase not in rules.COMING:
        raise Refused(NOT_NOW, phase=channel.phase.value)
    if minutes is None:
        expected_ms, how = travel.expected(
            conn, ways.planner, channel.mother_id, channel.organisation_id, now_ms, ways.roads
        )
        if referral is not None:
            expected_ms, how = travel.of_referral(
                conn, ways.planner, referral.from_id, referral.to_id, (expected_ms, how), now_ms
            )
    else:
        expected_ms, how = now_ms + minutes * 60_000, [words(BY_HAND)]
    row = {"expected_ms": expected_ms, "expected_how": how}
    changed = green.change(conn, channel, row)
    kept = {"expected_ms": expected_ms, "before_ms": channel.expected_ms}
    note_green(conn, changed, "expected", actor, {**how[0], **kept}, now_ms)
    return [changed]


def waiting_to_leave(conn: Connection, mother_id: int) -> int | None:
    """Her green channel, while nobody has said that she has left; the count begins with that."""
    hers = green.visible(conn, mother_id=mother_id)
    waiting = (one.id for one in hers if one.phase in rules.COMING and one.expected_ms is None)
    return next(waiting, None)


def tick(
    conn: Connection, green_id: int, item_id: str, done: bool, actor: Actor, now_ms: int
) -> list[Green | Referral]:
    """A line of the checklist is done, or is not after all. The same again changes nothing."""
    item = rules.ITEMS.get(item_id)
    if item is None:
        raise Refused(NO_SUCH_ITEM)
    channel, _ = locked(conn, green_id)
    _check_owner(conn, channel, actor)
    if channel.phase in rules.OVER:
        raise Refused(NOT_NOW, phase=channel.phase.value)
    steps = green.steps_of(conn, [channel.id])[channel.id]
    if (item_id in ticked(steps)) != done:
        text = {**words(item.text), "item": item.id}
        note_green(conn, channel, "tick" if done else "untick", actor, text, now_ms)
    return [channel]


def ticked(steps: list[green.Step]) -> dict[str, green.Step]:
    """The lines that are done, and the step that said so."""
    found: dict[str, green.Step] = {}
    for step in steps:
        if step.event == "tick" and not isinstance(step.text, str):
            found[step.text["item"]] = step
        elif step.event == "untick" and not isinstance(step.text, str):
            found.pop(step.text["item"], None)
    return found


def locked(conn: Connection, green_id: int) -> tuple[Green, Referral | None]:
    """The channel and the referral behind it, locked in the order in which all lock them."""
    seen = green.get(conn, green_id)
    referral = None
    if seen is not None and seen.referral_id is not None:
        referral = referrals.get_locked(conn, seen.referral_id)
    channel = green.get_locked(conn, green_id)
    if channel is None:
        raise LookupError(f"no green channel {green_id}")
    return channel, referral


def _open(
    conn: Connection, mother_id: int, hospital_id: int, row: dict[str, Any], actor: Actor,
    said: dict[str, Any], now_ms: int,
) -> Green:  # fmt: skip
    other = green.open_of(conn, mother_id)
    if other is not None:
        raise Refused(EXPECTED_ALREADY, organisation=_name(conn, other.organisation_id))
    opened = green.add(
        conn, mother_id=mother_id, organisation_id=hospital_id, opened_ms=now_ms, bed=False,
        team="", **row,
    )  # fmt: skip
    note_green(conn, opened, "open", actor, said, now_ms)
    return opened


def _accepting_hospital(conn: Connection, alert: Alert, actor: Actor) -> int:
    if alert.phase not in ANSWERED or alert.phase is AlertPhase.CLOSED:
        raise Refused(NOT_ACCEPTED)
    holder = people.get_organisation(conn, alert.organisation_id or 0)
    if holder is None or holder.kind != "hospital":
        raise Refused(NOT_ACCEPTED)
    if actor.role == "hospital" and actor.organisation_id != holder.id:
        raise Refused(NOT_YOURS)
    return holder.id


def _follow(
    conn: Connection, referral: Referral, moved: Green, event: str, actor: Actor, now_ms: int
) -> Referral:
    """She has arrived, or is done with: so is her referral."""
    if event == "arrive" and referral.phase in referral_rules.TRAVELLING:
        return move_referral(conn, referral, "arrive", actor, "", now_ms)
    if moved.phase is rules.Phase.CLOSED and referral.phase is referral_rules.Phase.ARRIVED:
        return move_referral(conn, referral, "close", actor, "", now_ms)
    return referral


def _check_owner(conn: Connection, channel: Green, actor: Actor) -> None:
    if actor.role == "hospital" and actor.organisation_id != channel.organisation_id:
        raise Refused(NOT_OWNER, organisation=_name(conn, channel.organisation_id))


def _name(conn: Connection, organisation_id: int) -> str:
    organisation = people.get_organisation(conn, organisation_id)
    return organisation.name if organisation else ""
