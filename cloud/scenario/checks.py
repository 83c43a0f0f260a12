"""What has to be true when the day is over. Each check gives the words for what is wrong with it;
none is empty. A new check is a function here with a line in CHECKS.
"""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import pairwise
from typing import Any

from cloud.scenario.alert_checks import (
    alerts_answered,
    escalated_in_time,
    every_kind,
    mothers_called,
    one_owner,
    told_together,
)
from cloud.scenario.book_checks import (
    balance_right,
    contributions_right,
    school_right,
    statistics_right,
)
from cloud.scenario.care_checks import (
    boxes_back,
    cases_agreed,
    cases_discussed,
    pending_listed,
    records_kept,
)
from cloud.scenario.records import Records
from cloud.scenario.stage import Stage
from models import alerts, consultations, green, readings, referrals, resources
from models.journeys import timeline

NOT_AUDITED = ("/api/mother/position", "/read", "/api/push", "/login", "/logout", "/green", "/come")
HER_OWN = ("/api/school/lessons/", "/api/cases/")  # what somebody learns is nobody's business
NOTES = frozenset(
    ("raised", "recurred", "cleared", "mother_answer", "break_glass", "consent_kept", "joined",
     "reminded", "to call", "called")
)  # fmt: skip
Check = Callable[[Stage, Records], list[str]]


def phases_in_table(_: Stage, found: Records) -> list[str]:
    """Alerts, readings, green channels and referrals moved as their tables say."""
    wrong = []
    for one in found.alerts:
        phase = alerts.Phase.RAISED
        for step in found.alert_steps[one.id]:
            if step.event not in NOTES:
                phase = alerts.TRANSITIONS.get((phase, step.event), phase)
            if step.phase is not phase:
                wrong.append(f"alert {one.id}: {step.event} led to {step.phase.value}")
        if one.phase is not phase:
            wrong.append(f"alert {one.id} is {one.phase.value}, its steps say {phase.value}")
    for name, rows, table in (
        ("reading", found.reading_steps, readings.TRANSITIONS),
        ("green channel", found.green_steps, green.TRANSITIONS),
        ("referral", found.referral_steps, referrals.TRANSITIONS),
        ("consultation", found.letters, consultations.TRANSITIONS),
        ("request", found.request_steps, resources.TRANSITIONS),
        ("lease", found.lease_steps, resources.LEASE),
    ):
        wrong += _moves(name, rows, table)
    return wrong


def _moves(
    name: str, rows: Mapping[int, Sequence[Any]], table: Mapping[tuple[Any, str], Any]
) -> list[str]:
    wrong = []
    for number, steps in rows.items():
        for before, step in pairwise(steps):
            moved = table.get((before.phase, step.event))
            if step.phase is not before.phase and moved is not step.phase:
                wrong.append(f"{name} {number}: {step.event} from {before.phase.value}")
    return wrong


def readings_signed(_: Stage, found: Records) -> list[str]:
    """Each recording was read and signed: in time, or the centre was reminded or asked."""
    wrong = []
    for one in found.readings:
        steps = {step.event for step in found.reading_steps[one.id]}
        if one.phase not in readings.DONE:
            wrong.append(f"reading {one.id} is {one.phase.value}")
        elif (one.signed_ms or 0) > one.deadline_ms and not steps & {"overdue", "raise"}:
            wrong.append(f"reading {one.id} was signed late, and nobody was reminded")
    read = {one.recording_id for one in found.readings}
    return wrong + [
        f"recording {one.id} was never read"
        for one in found.recordings
        if one.mother_id is not None and one.closed_ms is not None and one.id not in read
    ]


def green_closed(_: Stage, found: Records) -> list[str]:
    """Each green channel is over, and each of its phases has a duration."""
    wrong = []
    for one in found.green:
        if one.phase not in green.OVER:
            wrong.append(f"green channel {one.id} is {one.phase.value}")
            continue
        steps = [(step.phase.value, step.at_ms) for step in found.green_steps[one.id]]
        spans = timeline(steps, over=True)
        if any(span.to_ms is None or span.to_ms < span.from_ms for span in spans[:-1]):
            wrong.append(f"green channel {one.id} has a phase without a duration")
    return wrong


def consultations_ended(_: Stage, found: Records) -> list[str]:
    """Each question was answered, and each consultation summed up."""
    wrong = []
    for one in found.consultations:
        events = [letter.event for letter in found.letters[one.id]]
        if one.phase is not consultations.Phase.ENDED:
            wrong.append(f"consultation {one.id} is {one.phase.value}")
        elif "answer" not in events:
            wrong.append(f"consultation {one.id} ended without an answer")
    return wrong


def everything_back(_: Stage, found: Records) -> list[str]:
    """What was lent is back, or it is written down why not."""
    return [
        f"request {one.id} is {one.phase.value}"
        for one in found.requests
        if one.phase not in resources.OVER
    ]


def messages_ended(_: Stage, found: Records) -> list[str]:
    """Nothing waits in the outbox: sent, or it says why not."""
    return [
        f"message {one.id} ({one.step}) waits, its reason: {one.ended_why}"
        for one in found.messages
        if one.next_ms is not None or (one.sent_ms is None and one.ended_why is None)
    ]


def frames_stored(stage: Stage, found: Records) -> list[str]:
    """Every frame that a probe made is in the store, but what nobody claimed within a day, and its
    gateway holds none of it back."""
    kept = {(one.device_id, one.session): one for one in found.recordings}
    wrong = []
    for probe in stage.probes.all:
        one = kept.get((probe.device, probe.session))
        stored = found.tallies[one.id] if one else 0
        removed = one is not None and one.removed_ms is not None  # nobody's, after a day
        if stored != (0 if removed else probe.packer.made) or probe.held:
            wrong.append(
                f"{probe.device}: {probe.packer.made} frames made, {stored} stored, "
                f"{len(probe.held)} without a receipt"
            )
    return wrong


def changes_audited(stage: Stage, found: Records) -> list[str]:
    """Each change that somebody made over HTTP has a row that says who and when."""
    rows = {(step.person_id, step.at_ms) for step in _all_steps(found)}
    rows |= {(one.person_id, one.at_ms) for one in found.changes}
    rows |= {(one.person_id, one.done_ms) for one in found.tasks}
    rows |= {(stage.cast.mothers[one.mother_id].id, one.at_ms) for one in found.check_ins}
    hers = stage.cast.mothers  # an alert that she raised herself names her and the time
    rows |= {(hers[a.mother_id].id, a.raised_ms) for a in found.alerts if a.mother_id in hers}
    return [
        f"{call.account} {call.method} {call.path} left no row"
        for call in stage.service.calls
        if call.status == 200
        and not call.path.endswith(NOT_AUDITED)
        and not call.path.startswith(HER_OWN)
        and (stage.cast.people[call.account].id, call.at_ms) not in rows
    ]


def refusals_expected(stage: Stage, _: Records) -> list[str]:
    """Nobody was refused what the page had offered, but for being too late."""
    return list(stage.refused)


def races_won_once(stage: Stage, _: Records) -> list[str]:
    """Of two who accept at one moment one has it, and the other is told."""
    pressed = [c for c in stage.service.calls if c.path.endswith("/accept")]
    both = Counter((call.path, call.at_ms) for call in pressed)
    races = [key for key, count in both.items() if count > 1]
    wrong = ["nobody raced"] if stage.racing else []
    for path, at_ms in races:
        won = [c.status for c in pressed if (c.path, c.at_ms) == (path, at_ms)]
        if sorted(won) != [200, 409]:
            wrong.append(f"{path}: two at once got {won}")
    return wrong


def _all_steps(found: Records) -> Iterator[Any]:
    kinds: list[Mapping[int, Sequence[Any]]] = [
        found.alert_steps, found.reading_steps, found.green_steps, found.referral_steps,
        found.letters, found.request_steps, found.lease_steps,
    ]  # fmt: skip
    for kind in kinds:
        for steps in kind.values():
            yield from steps


CHECKS: dict[str, Check] = {
    "alerts answered": alerts_answered,
    "alerts of every kind": every_kind,
    "one owner": one_owner,
    "phases in their tables": phases_in_table,
    "escalated in time": escalated_in_time,
    "both sides told together": told_together,
    "mothers called": mothers_called,
    "readings signed": readings_signed,
    "balance right": balance_right,
    "contributions right": contributions_right,
    "statistics right": statistics_right,
    "school right": school_right,
    "records kept": records_kept,
    "boxes back": boxes_back,
    "pending listed": pending_listed,
    "cases agreed": cases_agreed,
    "cases discussed": cases_discussed,
    "green channels closed": green_closed,
    "consultations ended": consultations_ended,
    "everything back": everything_back,
    "messages ended": messages_ended,
    "frames stored": frames_stored,
    "changes audited": changes_audited,
    "refusals expected": refusals_expected,
    "races won once": races_won_once,
}


def run(stage: Stage, found: Records) -> dict[str, list[str]]:
    """What is wrong, by the name of the check; an empty list: it holds."""
    return {name: check(stage, found) for name, check in CHECKS.items()}
