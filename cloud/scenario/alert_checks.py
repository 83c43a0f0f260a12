"""What has to be true of the alerts when the day is over; see checks.py."""

from cloud.alerts.stretches import rules_of, since_anew
from cloud.scenario.records import Records
from cloud.scenario.stage import Stage
from models import alerts
from models.rules import RULES

ESCALATE_MS, SLACK_MS = 1000 * alerts.ESCALATE_AFTER_S, 1000  # issue 4: 60 s, within 1 s
TAKEN = ("accept", "acknowledge")


def alerts_answered(_: Stage, found: Records) -> list[str]:
    """Every alert has an owner who dealt with it; a technical one may end when it goes away."""
    ended = (alerts.Phase.HANDLED, alerts.Phase.CLOSED)
    return [
        f"alert {one.id} ({one.rule}) is {one.phase.value}, with nobody" if not one.person_id
        else f"alert {one.id} ({one.rule}) is {one.phase.value} still"
        for one in found.alerts
        if one.phase not in ended or one.person_id is None
    ]  # fmt: skip


def every_kind(_: Stage, found: Records) -> list[str]:
    """Each rule of the catalogue has spoken, by itself or within the alert of another one; but for
    that of an assessment which fails: no recording of a probe brings it about."""
    told = {rule for one in found.alerts for rule in rules_of(one, found.alert_steps[one.id])}
    return [
        f"no alert of {rule.id}" for rule in RULES if rule.where != "look" and rule.id not in told
    ]


def one_owner(_: Stage, found: Records) -> list[str]:
    wrong = []
    for one in found.alerts:
        steps = found.alert_steps[one.id]
        last = since_anew(steps)
        owners = [step.person_id for step in last if step.event in TAKEN]
        asked = [step.organisation_id for step in last if step.event == "tell"]
        if len(owners) > 1:
            wrong.append(f"alert {one.id} has owners {owners}")
        if len(asked) != len(set(asked)):
            wrong.append(f"alert {one.id} asked a hospital twice: {asked}")
    return wrong


def escalated_in_time(stage: Stage, found: Records) -> list[str]:
    """A hospital that says nothing has 60 s; while the service was away, until it came back."""
    wrong = []
    for one in found.alerts:
        told_ms = 0
        for step in found.alert_steps[one.id]:
            if step.event == "tell":
                told_ms = step.at_ms
            if step.event != "time up":
                continue
            due_ms = told_ms + ESCALATE_MS
            for ended_ms, began_ms in stage.restarts:
                if ended_ms <= due_ms < began_ms:
                    due_ms = began_ms
            if abs(step.at_ms - due_ms) > SLACK_MS:
                late_s = (step.at_ms - due_ms) / 1000
                wrong.append(f"alert {one.id} was escalated {late_s:+.1f} s off its time")
    return wrong


def told_together(stage: Stage, found: Records) -> list[str]:
    """The mother's page and that of the hospital that is asked first get an alert at one moment,
    within a second after it was raised, where they were open."""
    wrong = []
    for one in found.alerts:
        steps = found.alert_steps[one.id]
        raised_ms = steps[0].at_ms  # it may have become more urgent since
        first = next((step for step in steps if step.event == "tell"), None)
        place = stage.cast.place_of(first.organisation_id) if first else None
        mother = stage.cast.mothers.get(one.mother_id or 0)
        pages = [stage.cast.staff(place)[0].account] if place else []
        pages += [mother.account] if mother else []
        pages = [account for account in pages if stage.service.was_open(account, raised_ms)]
        for account in pages:
            seen_ms = stage.seen.get((account, one.id))
            if seen_ms is None or seen_ms - raised_ms > SLACK_MS:
                wrong.append(f"alert {one.id}, raised {raised_ms}: on {account}'s {seen_ms}")
        both = {stage.seen.get((account, one.id)) for account in pages}
        if len(both) > 1:
            wrong.append(f"alert {one.id}: its two sides saw it at {sorted(map(str, both))}")
    return wrong


def mothers_called(_: Stage, found: Records) -> list[str]:
    """Who did not answer within 60 s, or asked for a call, was called, and it was written down."""
    return [
        f"call {task.id} of alert {task.alert_id} was never made"
        for task in found.tasks
        if task.done_ms is None
    ]
