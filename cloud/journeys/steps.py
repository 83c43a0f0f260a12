"""One transition of a green channel or a referral with its step, in a transaction of the caller."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import Connection

from cloud.alerts.answers import Actor
from cloud.store import changes
from cloud.store import green as greens
from cloud.store import referrals as refs
from cloud.store.green import Green
from cloud.store.referrals import Referral
from models import green as green_rules
from models import referrals as referral_rules

Text = Mapping[str, Any] | str  # {"text": msgid, "args": {...}, ...}, or a person's own words


def note_green(
    conn: Connection, green: Green, event: str, actor: Actor, text: Text, now_ms: int
) -> None:
    who = (actor.organisation_id, actor.person_id)
    greens.add_step(conn, greens.Step(green.id, now_ms, event, green.phase, *who, text))


def move_green(
    conn: Connection, green: Green, event: str, actor: Actor, text: Text, now_ms: int,
    row: Mapping[str, Any] | None = None,
) -> Green:  # fmt: skip
    """NotAllowed when the table has no such row. Takes or gives back the bed that goes with it."""
    phase = green_rules.after(green.phase, event)
    has_bed = _bed(conn, green, event, actor, now_ms)
    moved = greens.change(conn, green, {**(row or {}), "phase": phase, "bed": has_bed})
    note_green(conn, moved, event, actor, text, now_ms)
    return moved


def note_referral(
    conn: Connection, referral: Referral, event: str, actor: Actor, text: Text, now_ms: int
) -> None:
    who = (actor.organisation_id, actor.person_id)
    refs.add_step(conn, refs.Step(referral.id, now_ms, event, referral.phase, *who, text))


def move_referral(
    conn: Connection, referral: Referral, event: str, actor: Actor, text: Text, now_ms: int,
    row: Mapping[str, Any] | None = None,
) -> Referral:  # fmt: skip
    """NotAllowed when the table has no such row."""
    phase = referral_rules.after(referral.phase, event)
    moved = refs.change(conn, referral, {**(row or {}), "phase": phase})
    note_referral(conn, moved, event, actor, text, now_ms)
    return moved


def _bed(conn: Connection, green: Green, event: str, actor: Actor, now_ms: int) -> bool:
    """Whether the channel has a bed after this event; the count of free ones follows."""
    if event in green_rules.TAKES_BED and not green.bed:
        left = greens.take_bed(conn, green.organisation_id)
        if left is not None:
            _count(conn, green, left + 1, left, actor, now_ms)
        return left is not None
    if event in green_rules.GIVES_BED and green.bed:
        free = greens.give_bed(conn, green.organisation_id)
        _count(conn, green, free - 1, free, actor, now_ms)
        return False
    return green.bed


def _count(
    conn: Connection, green: Green, before: int, after: int, actor: Actor, now_ms: int
) -> None:
    changes.add(
        conn, "free_beds", before, after, now_ms,
        person_id=actor.person_id, organisation_id=green.organisation_id,
    )  # fmt: skip
