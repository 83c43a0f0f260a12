"""The day as lines that can be read, and as a table of figures. What is in the store is the truth:
lines are its steps, with what the script did and what was refused between them.
"""

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta, timezone
from statistics import median
from typing import Any

from cloud.alerts.stretches import facts, since_anew, stretches
from cloud.scenario.people import MOTHERS, PLACES
from cloud.scenario.records import Records
from cloud.scenario.stage import Stage

ZONE = timezone(timedelta(hours=8))  # of the organisations: Asia/Shanghai has no summer time
COUNTED = (
    "decline", "time up", "accept", "acknowledge", "nobody left", "recurred", "worsened",
)  # fmt: skip
Entry = tuple[int, int, str]  # ms, order among those of one moment, words


def lines(stage: Stage, found: Records) -> list[str]:
    """In order of time; the same for the same seed."""
    entries: list[Entry] = [(at_ms, -1, f"      {text}") for at_ms, text in stage.notes]
    entries += [(began, 0, "      the service is back") for _, began in stage.restarts]
    rules = {one.id: f"{one.rule}, {one.priority}" for one in found.alerts}
    kinds: list[tuple[str, Mapping[int, Sequence[Any]], Mapping[int, str]]] = [
        ("alert", found.alert_steps, rules),
        ("reading", found.reading_steps, {}),
        ("green", found.green_steps, {}),
        ("referral", found.referral_steps, {one.id: one.direction for one in found.referrals}),
        ("consultation", found.letters, {one.id: one.kind for one in found.consultations}),
        ("request", found.request_steps, {one.id: one.kind for one in found.requests}),
        ("lease", found.lease_steps, {one.id: one.device_id for one in found.leases}),
    ]
    names = _names(stage)
    for kind, steps, known in kinds:
        for number in sorted(steps):
            what = f"{kind} {number}" + (f" ({known[number]})" if number in known else "")
            for step in steps[number]:
                entries.append((step.at_ms, len(entries), f"{what}: {_said(step, names)}"))
    for change in found.changes:
        who = names["person"].get(change.person_id, "the service")
        words = f"{change.what}: {change.before} to {change.after}, {who}"
        entries.append((change.at_ms, len(entries), words))
    for task in found.tasks:
        entries.append((task.made_ms, len(entries), f"call {task.id} of alert {task.alert_id}"))
    return [f"{clock(at_ms)}  {words}" for at_ms, _, words in sorted(entries)]


def summary(stage: Stage, found: Records) -> dict[str, Any]:
    """Figures of the play, all from the store."""
    by_rule: dict[str, Counter[str]] = defaultdict(Counter)
    waits_s = []
    for one in found.alerts:
        steps = found.alert_steps[one.id]
        by_rule[stretches(one, steps)[0].rule]["raised"] += 1
        events = Counter(step.event for step in steps)
        for event in COUNTED:
            by_rule[one.rule][event] += events[event]
        for step in steps:
            if step.event == "joined":
                by_rule[facts(step)["rule"]]["joined"] += 1
        last = since_anew(steps)
        waits_s += [(s.at_ms - one.raised_ms) / 1000 for s in last if s.event == "accept"]
    tries = [one for of in found.tries.values() for one in of]
    return {
        "alerts": {rule: dict(counts) for rule, counts in sorted(by_rule.items())},
        "accepted_after_s": round(median(waits_s), 1) if waits_s else None,
        "calls": Counter(task.kind for task in found.tasks),
        "recordings": len(found.recordings),
        "frames": sum(found.tallies.values()),
        "readings": Counter(one.signed_class.value for one in found.readings if one.signed_class),
        "readings_raised": sum(one.raised_ms is not None for one in found.readings),
        "readings_overdue": sum(one.overdue_ms is not None for one in found.readings),
        "green": Counter(one.phase.value for one in found.green),
        "referrals": Counter(f"{one.direction} {one.phase.value}" for one in found.referrals),
        "consultations": Counter(one.phase.value for one in found.consultations),
        "lent": Counter(f"{one.kind} {one.phase.value}" for one in found.requests),
        "leases": Counter(one.phase.value for one in found.leases),
        "advice": Counter(one.phase.value for one in found.advice),
        "cases": {"made": len(found.cases), "answered": sum(n for _, n in found.answers.values())},
        "messages": {
            "made": len(found.messages),
            "delivered": sum(one.delivered_ms is not None for one in found.messages),
            "tries": Counter(one.channel for one in tries),
        },
        "changes_over_http": sum(call.status == 200 for call in stage.service.calls),
        "refused": sum(call.status != 200 for call in stage.service.calls),
        "restarts": len(stage.restarts),
        "people": {"mothers": MOTHERS, "organisations": len(PLACES)},
    }


def clock(at_ms: int) -> str:
    return f"{datetime.fromtimestamp(at_ms / 1000, UTC).astimezone(ZONE):%H:%M:%S}"


def _names(stage: Stage) -> dict[str, dict[Any, str]]:
    person: dict[Any, str] = {one.id: one.account for one in stage.cast.people.values()}
    place: dict[Any, str] = dict(stage.cast.places)
    return {"person": person, "place": place}


def _said(step: Any, names: dict[str, dict[Any, str]]) -> str:
    who = names["person"].get(step.person_id) or names["place"].get(step.organisation_id)
    text = step.text
    if not isinstance(text, str):
        text = text["text"] % {key: _plain(value) for key, value in text["args"].items()}
    told = f" {who}" if who else ""
    return f"{step.event}{told}, {step.phase.value}" + (f": {text}" if text else "")


def _plain(value: Any) -> Any:
    return value.get("en", value) if isinstance(value, dict) else value
