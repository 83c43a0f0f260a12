"""What the store holds when the day is over: all that the checks and the transcript look at."""

from dataclasses import dataclass

from sqlalchemy import Engine

from cloud.store import (
    alerts,
    cases,
    changes,
    check_ins,
    consultations,
    frames,
    green,
    home_values,
    leases,
    messages,
    people,
    readings,
    recordings,
    referrals,
    resources,
    school,
    tasks,
)
from cloud.store.alerts import Alert
from cloud.store.alerts import Step as AlertStep
from cloud.store.cases import Case
from cloud.store.changes import Change
from cloud.store.check_ins import CheckIn
from cloud.store.consultations import Consultation
from cloud.store.consultations import Message as Letter
from cloud.store.db import reading
from cloud.store.green import Green
from cloud.store.green import Step as GreenStep
from cloud.store.home_values import Advice
from cloud.store.leases import Lease
from cloud.store.leases import Step as LeaseStep
from cloud.store.messages import Message, Try
from cloud.store.people import Organisation
from cloud.store.readings import Reading
from cloud.store.readings import Step as ReadingStep
from cloud.store.recordings import HOME, Recording
from cloud.store.referrals import Referral
from cloud.store.referrals import Step as ReferralStep
from cloud.store.resources import Request
from cloud.store.resources import Step as RequestStep
from cloud.store.tasks import Task
from models import green as green_rules
from models import resources as lending
from models.consultations import OPEN as TALKING
from models.readings import OPEN
from models.resources import Lease as LeasePhase

EVERYTHING = 1_000_000  # rows; more than any day has


@dataclass(frozen=True)
class Records:
    recordings: list[Recording]  # without those of values that were entered by hand
    tallies: dict[int, int]  # recording: frames stored
    alerts: list[Alert]
    alert_steps: dict[int, list[AlertStep]]
    tasks: list[Task]
    readings: list[Reading]
    reading_steps: dict[int, list[ReadingStep]]
    green: list[Green]
    green_steps: dict[int, list[GreenStep]]
    referrals: list[Referral]
    referral_steps: dict[int, list[ReferralStep]]
    messages: list[Message]
    tries: dict[int, list[Try]]
    consultations: list[Consultation]
    letters: dict[int, list[Letter]]
    requests: list[Request]
    request_steps: dict[int, list[RequestStep]]
    leases: list[Lease]
    lease_steps: dict[int, list[LeaseStep]]
    advice: list[Advice]
    check_ins: list[CheckIn]
    cases: list[Case]
    answers: dict[int, tuple[int, int]]  # case: to how many it was shown, how many answered
    learnt: dict[int, int]  # lesson: by how many mothers
    changes: list[Change]
    organisations: dict[int, Organisation]


def read(engine: Engine, since_ms: int) -> Records:
    with reading(engine) as conn:
        every = recordings.latest(conn, limit=EVERYTHING)[::-1]
        recorded = [one for one in every if one.gateway_id != HOME]
        mothers = [one.id for one in people.all_mothers(conn)]
        raised = alerts.visible(conn, recent=EVERYTHING)[::-1]
        wanted = readings.since(conn, since_ms)
        channels = green.visible(conn, recent=EVERYTHING)[::-1]
        referred = referrals.visible(conn, recent=EVERYTHING)[::-1]
        sent = messages.since(conn, since_ms)
        talked = sorted(consultations.visible(conn), key=lambda one: one.id)
        lent = sorted(resources.shown(conn), key=lambda one: one.id)
        boxes = sorted(leases.visible(conn), key=lambda one: one.id)
        return Records(
            recorded,
            {one.id: frames.tally_of(conn, one.id).count for one in recorded},
            sorted(raised, key=lambda one: one.id),
            alerts.steps_of(conn, [one.id for one in raised]),
            tasks.shown(conn),
            wanted,
            readings.steps_of(conn, [one.id for one in wanted]),
            sorted(channels, key=lambda one: one.id),
            green.steps_of(conn, [one.id for one in channels]),
            sorted(referred, key=lambda one: one.id),
            referrals.steps_of(conn, [one.id for one in referred]),
            sent,
            messages.tries_of(conn, [one.id for one in sent]),
            talked,
            consultations.messages_of(conn, [one.id for one in talked]),
            lent,
            resources.steps_of(conn, [one.id for one in lent]),
            boxes,
            leases.steps_of(conn, [one.id for one in boxes]),
            [one for mother in mothers for one in home_values.advice_of(conn, mother)],
            [one for mother in mothers for one in check_ins.of_mother(conn, mother)],
            cases.shown(conn),
            cases.used(conn),
            school.counts(conn)[0],
            changes.since(conn, since_ms),
            {one.id: one for one in people.all_organisations(conn)},
        )


def is_settled(engine: Engine) -> bool:
    """Whether nobody has anything left to answer, to read, to call, to send or to arrive."""
    with reading(engine) as conn:
        return not (
            recordings.open_now(conn)
            or alerts.visible(conn, recent=0)
            or any(one.phase in OPEN for one in readings.visible(conn))
            or any(task.done_ms is None for task in tasks.shown(conn))
            or any(one.phase not in green_rules.OVER for one in green.visible(conn, recent=0))
            or referrals.visible(conn, recent=0)
            or messages.waiting(conn)
            or any(one.phase in TALKING for one in consultations.visible(conn))
            or any(one.phase not in lending.OVER for one in resources.shown(conn))
            or any(one.phase is LeasePhase.OUT for one in leases.visible(conn))
        )
