"""What people do with a referral, inside one transaction of the caller.

Each function returns what it changed, the referral first, and raises Refused when it is not
possible: for this person, or any more. A referral sends the mother's records along, so she is
asked first; what she said becomes her consent for that hospital.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection

from cloud.alerts.answers import Actor, ReasonMissing, Refused
from cloud.alerts.moves import words
from cloud.hospitals import travel
from cloud.hospitals.planner import Planner
from cloud.journeys.sending import unhandled
from cloud.journeys.steps import move_green, move_referral, note_referral
from cloud.store import changes, consents, green, people, recordings, referrals, sight
from cloud.store.green import Green
from cloud.store.people import Mother, Organisation
from cloud.store.referrals import Referral
from models import green as green_rules
from models import referrals as rules
from models.referrals import BY, BY_ID, DOWN, UP

NO_SUCH_HOSPITAL = "there is no such hospital to refer to"
NOT_UP = "a referral up goes to a hospital of a higher level"
NOT_DOWN = "a referral down goes to a hospital of a lower level"
SAY_GROUND = "choose a criterion, or say why"
NO_SUCH_CRITERION = "there is no such criterion"
ASK_HER = "ask her first: the other hospital will see her records"
PLAN_MISSING = "a referral down carries a plan of care"
NO_WAY_BACK = "this is no referral up that is closed and came from there"
ALREADY_BACK = "the way back has been requested already"
ALREADY_OPEN = "she is referred there already, and that is not closed yet"
NOT_YOURS = "the other hospital does this, or the centre"
NOT_NOW = "not possible now: the referral is %(phase)s"
SAY_WHY = "say why"
NOT_TRAVELLING = "she is not on her way: the referral is %(phase)s"
NOT_HANDLED = (
    "an alert of hers is not handled yet: open this page again to read it, and say that you know"
)
BY_HAND = "said by hand"
ARRANGED = "as said when the transport was arranged"
SAID = ("agreed", "alert_known")  # checked, and not kept


@dataclass(frozen=True)
class Wanted:
    """A new referral, as the hospital that sends her asks for it."""

    direction: str
    mother_id: int
    to_id: int
    urgent: bool
    recording_id: int | None
    criteria: Sequence[str]
    reason: str
    notes: str
    agreed: bool  # she has been asked
    answers_id: int | None
    plan: Mapping[str, Any] | None  # {"text", "visits": [{"day", "what"}], "monitoring": {...}}
    alert_known: bool = False  # who sends her down knows of the alerts that nobody has handled


def request(conn: Connection, wanted: Wanted, actor: Actor, now_ms: int) -> list[Referral | Green]:
    """LookupError: a mother or a recording that is not this hospital's."""
    own = people.get_organisation(conn, actor.organisation_id or 0)
    mother = people.get_mother(conn, wanted.mother_id)
    if own is None or mother is None or not _is_theirs(conn, mother, own):
        raise LookupError("no such mother")
    _check_words(wanted)
    _check_place(conn, wanted, own)
    _check_recording(conn, wanted, own)
    if wanted.direction == DOWN and not wanted.alert_known and unhandled(conn, mother.id, own.id):
        raise ReasonMissing(NOT_HANDLED)
    if referrals.open_between(conn, mother.id, own.id, wanted.to_id):
        raise Refused(ALREADY_OPEN)
    answered = None if wanted.answers_id is None else _answered(conn, wanted, own)
    _agree(conn, mother, wanted.to_id, actor, now_ms)
    newest = referrals.newest_assessment(conn, wanted.recording_id or 0)
    kept = {name: value for name, value in vars(wanted).items() if name not in SAID}
    added = referrals.add(
        conn, **kept, from_id=own.id, assessment_id=newest, requested_ms=now_ms, transport="",
        expected_ms=None,
    )  # fmt: skip
    note_referral(conn, added, "request", actor, wanted.reason, now_ms)
    # what offered the way back offers it no more
    done = [] if answered is None else [answered]
    return [added, *done, *_closed_channels(conn, added)]


def act(
    conn: Connection, referral_id: int, event: str, actor: Actor, said: str, minutes: int | None,
    planner: Planner, now_ms: int,
) -> list[Referral | Green]:  # fmt: skip
    """An event of models.referrals. `said`: the reason, or how she travels; `minutes` until she
    is there, None: estimated."""
    referral = _locked(conn, referral_id)
    if not sides(actor, referral) & BY[event]:
        raise Refused(NOT_YOURS)
    if (referral.phase, event) not in rules.TRANSITIONS:
        raise Refused(NOT_NOW, phase=referral.phase.value)
    if event in rules.WANTS_REASON and not said:
        raise ReasonMissing(SAY_WHY)
    row: dict[str, Any] = {}
    if event == "transport":
        row = {
            "transport": said,
            "expected_ms": _expected(conn, referral, minutes, planner, now_ms),
        }
    moved = move_referral(conn, referral, event, actor, said, now_ms, row)
    return [moved, *_follow(conn, moved, event, actor, said, now_ms)]


def expect(
    conn: Connection, referral_id: int, minutes: int, actor: Actor, now_ms: int
) -> list[Referral | Green]:
    """She comes in so many minutes."""
    referral = _locked(conn, referral_id)
    if not sides(actor, referral):
        raise Refused(NOT_YOURS)
    if referral.phase not in rules.TRAVELLING:
        raise Refused(NOT_TRAVELLING, phase=referral.phase.value)
    changed = referrals.change(conn, referral, {"expected_ms": now_ms + minutes * 60_000})
    kept = {"expected_ms": changed.expected_ms, "before_ms": referral.expected_ms}
    note_referral(conn, changed, "expected", actor, {**words(BY_HAND), **kept}, now_ms)
    return [changed]


def sides(actor: Actor, referral: Referral) -> frozenset[str]:
    """Which of from, to and centre this person speaks for."""
    if actor.role == "centre":
        return frozenset(("centre",))
    if actor.role != "hospital":
        return frozenset()
    ids = {"from": referral.from_id, "to": referral.to_id}
    return frozenset(side for side, of in ids.items() if of == actor.organisation_id)


def _check_words(wanted: Wanted) -> None:
    known = [BY_ID.get(one) for one in wanted.criteria]
    if any(one is None or one.direction != wanted.direction for one in known):
        raise ReasonMissing(NO_SUCH_CRITERION)
    if not known and not wanted.reason:
        raise ReasonMissing(SAY_GROUND)
    if wanted.direction == DOWN and wanted.plan is None:
        raise ReasonMissing(PLAN_MISSING)
    if not wanted.agreed:
        raise ReasonMissing(ASK_HER)


def _check_place(conn: Connection, wanted: Wanted, own: Organisation) -> None:
    to = people.get_organisation(conn, wanted.to_id)
    if to is None or to.kind != "hospital" or to.id == own.id:
        raise ReasonMissing(NO_SUCH_HOSPITAL)
    if rules.direction_of(own.level, to.level) != wanted.direction:
        raise ReasonMissing(NOT_UP if wanted.direction == UP else NOT_DOWN)


def _check_recording(conn: Connection, wanted: Wanted, own: Organisation) -> None:
    if wanted.recording_id is None:
        return
    recording = recordings.get(conn, wanted.recording_id)
    seen = sight.organisations_of(conn, wanted.recording_id) if recording else frozenset()
    if recording is None or recording.mother_id != wanted.mother_id or own.id not in seen:
        raise LookupError("no such recording")


def _answered(conn: Connection, wanted: Wanted, own: Organisation) -> Referral:
    """The referral up that this is the way back of."""
    up = referrals.get_locked(conn, wanted.answers_id or 0)
    if (
        up is None
        or (up.direction, up.phase) != (UP, rules.Phase.CLOSED)
        or (up.to_id, up.from_id, up.mother_id) != (own.id, wanted.to_id, wanted.mother_id)
        or wanted.direction != DOWN
    ):
        raise ReasonMissing(NO_WAY_BACK)
    if referrals.answered(conn, [up.id]):
        raise Refused(ALREADY_BACK)
    return up


def _closed_channels(conn: Connection, referral: Referral) -> list[Green]:
    """The newest of this mother at the hospital that sends her."""
    hers = green.visible(conn, mother_id=referral.mother_id)
    over = [one for one in hers if one.phase is green_rules.Phase.CLOSED]
    return [one for one in over if one.organisation_id == referral.from_id][:1]


def _is_theirs(conn: Connection, mother: Mother, own: Organisation) -> bool:
    if mother.organisation_id == own.id:
        return True
    return mother.id in referrals.who_came(conn, own.id, mother.id)


def _agree(conn: Connection, mother: Mother, to_id: int, actor: Actor, now_ms: int) -> None:
    if consents.of_mother(conn, mother.id, mother.organisation_id).holds_for(to_id):
        return
    consents.decide(conn, mother.id, to_id, True, now_ms, actor.person_id)
    changes.add(
        conn, "consent", False, True, now_ms,
        person_id=actor.person_id, organisation_id=to_id, mother_id=mother.id,
    )  # fmt: skip


def _expected(
    conn: Connection, referral: Referral, minutes: int | None, planner: Planner, now_ms: int
) -> int | None:
    if minutes is not None:
        return now_ms + minutes * 60_000
    return travel.between(conn, planner, referral.from_id, referral.to_id, now_ms)[0]


def _locked(conn: Connection, referral_id: int) -> Referral:
    referral = referrals.get_locked(conn, referral_id)
    if referral is None:
        raise LookupError(f"no referral {referral_id}")
    return referral


def _follow(
    conn: Connection, referral: Referral, event: str, actor: Actor, said: str, now_ms: int
) -> list[Referral | Green]:
    """What becomes of the green channel that was opened for it."""
    found = green.of_referral(conn, referral.id)
    channel = None if found is None else green.get_locked(conn, found.id)
    if channel is not None and event == "transport" and channel.phase in green_rules.COMING:
        left = {"expected_ms": referral.expected_ms, "expected_how": [words(ARRANGED)]}
        return [green.change(conn, channel, left)]
    event = "cancel" if event == "withdraw" else event
    if channel is None or (channel.phase, event) not in green_rules.TRANSITIONS:
        return []
    if event not in ("arrive", "cancel", "close"):
        return []
    return [move_green(conn, channel, event, actor, said, now_ms)]
