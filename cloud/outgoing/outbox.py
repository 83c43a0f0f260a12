"""What is told to whom at each step, as rows of the outbox.

Called inside the transaction of the step itself: what is not recorded is not told. The courier
(courier.py) sends them. No text names the mother: it passes through other people's servers,
and the page it leads to says who she is.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection

from cloud.outgoing.quiet import quiet_until
from cloud.store import contacts, messages, people
from cloud.store.alerts import Alert
from cloud.store.contacts import Contact, Wishes
from cloud.store.people import Organisation
from cloud.store.recordings import Recording
from models.rules import BY_ID

NO_ADDRESS = "nobody there has given a way to be reached"
QUIET = "not sent: quiet hours"
ALERT = "Alert %(number)d, priority %(priority)s"
ANSWER = "%(reason)s. Open the page and answer: if nobody does, the next hospital is asked."
STILL = "%(reason)s. Nobody has dealt with it yet: answer now."
CALL_HER = "%(reason)s. No hospital is left to ask: call her now."
HELP_HER = "%(reason)s. Help her with the probe."
AT = "At %(time)s: %(words)s"  # what she is told late
HER_ALERT = "Lucina: what to do now"
HER_STEP = "Lucina: your recording"
HER_ALERTS = ("raised", "worsened")  # she is told what to do
RANK = {"low": 0, "medium": 1, "high": 2}
BY_PHONE = (("sms", "medium"), ("voice", "high"))  # when no contact is given but a phone is known
ANONYMOUS = Wishes()


@dataclass(frozen=True)
class Step:
    """What a mother is told, and which of her wishes lets it through: always, important, every."""

    need: str
    text: str


STEPS = {
    "tell": Step("every", "%(organisation)s has been told about your recording."),
    "read": Step("every", "%(organisation)s has seen your alert."),
    "accept": Step("important", "%(person)s at %(organisation)s is looking after you."),
    "break_glass": Step(
        "always",
        "Your alert is urgent and no other hospital was left: %(organisation)s has been asked, "
        "although you have not agreed to it.",
    ),
    "consent_kept": Step(
        "always",
        "You do not agree any more that %(organisation)s sees your recording. It has your alert "
        "already, so it goes on looking after you until that is handled.",
    ),
    "handle": Step("every", "%(organisation)s has dealt with your alert."),
    "started": Step("every", "Your recording has begun."),
    "sent": Step("every", "Your recording has arrived completely."),
    "being_read": Step("every", "A doctor is reading your recording."),
}
CENTRE_CALLS = "The monitoring centre has been asked to call you. Please keep your phone free."
CENTRE_KNOWS = "The monitoring centre knows about it."
TO_CENTRE = {"patient": Step("important", CENTRE_CALLS), "technical": Step("every", CENTRE_KNOWS)}
LETS_THROUGH = {"none": ("always",), "important": ("always", "important")}


def of_step(
    conn: Connection,
    alert: Alert,
    event: str,
    organisation_id: int | None,
    person_id: int | None,
    now_ms: int,
) -> None:
    """Something happened to an alert: tell the hospital that is asked, or the centre; and her."""
    if event == "tell" and organisation_id is not None:
        _tell_staff(conn, alert, event, [people.get_organisation(conn, organisation_id)], now_ms)
    if event == "reminded" and organisation_id is not None:
        _tell_staff(conn, alert, event, [people.get_organisation(conn, organisation_id)], now_ms)
    if event == "nobody left" or (event == "reminded" and organisation_id is None):
        centres = [o for o in people.all_organisations(conn) if o.kind == "centre"]
        _tell_staff(conn, alert, event, centres, now_ms)
    step = _step_of(alert, event)
    if step is None or alert.mother_id is None:
        return
    organisation = people.get_organisation(conn, organisation_id) if organisation_id else None
    person = people.get_person(conn, person_id) if person_id else None
    args = {"organisation": _name(organisation), "person": person.name if person else None}
    title = HER_ALERT if event in HER_ALERTS else HER_STEP
    body = said_as(step.text, **args)
    if event in HER_ALERTS and "late_s" in alert.reason:
        body = said_as(AT, time=alert.reason["args"]["time"], words=body)
    row = {
        "key": f"alert {alert.id} {event} {alert.priority} {organisation_id or 0} mother",
        "alert_id": alert.id,
        "recording_id": alert.recording_id,
        "step": event,
        "priority": "low" if step.need == "every" else alert.priority,
        "urgent": event in HER_ALERTS,
        "text": {"title": said_as(title), "body": body},
    }
    tell_mother(conn, alert.mother_id, step.need, row, now_ms)


def of_recording(conn: Connection, recording: Recording, step: str, now_ms: int) -> None:
    """A recording has begun ("started"), has arrived ("sent"), or is "being_read"."""
    if recording.mother_id is None:
        return
    said = STEPS[step]
    row = {
        "key": f"recording {recording.id} {step} mother",
        "alert_id": None,
        "recording_id": recording.id,
        "step": step,
        "priority": "low",
        "urgent": False,
        "text": {"title": said_as(HER_STEP), "body": said_as(said.text)},
    }
    tell_mother(conn, recording.mother_id, said.need, row, now_ms)


def _step_of(alert: Alert, event: str) -> Step | None:
    if event in HER_ALERTS:
        rule = BY_ID.get(alert.rule)
        return Step("always", rule.mother_text) if rule else None
    return TO_CENTRE[alert.kind] if event == "nobody left" else STEPS.get(event)


def _tell_staff(
    conn: Connection,
    alert: Alert,
    event: str,
    organisations: Iterable[Organisation | None],
    now_ms: int,
) -> None:
    if alert.priority == "low":
        return
    to_centre = HELP_HER if alert.kind == "technical" else CALL_HER
    texts = {"tell": ANSWER, "reminded": STILL, "nobody left": to_centre}
    title = said_as(ALERT, number=alert.id, priority=alert.priority)
    shared = {
        "alert_id": alert.id,
        "recording_id": alert.recording_id,
        "mother_id": None,
        "step": event,
        "priority": alert.priority,
        "urgent": True,
        "text": {"title": title, "body": said_as(texts[event], reason=dict(alert.reason))},
    }
    for organisation in organisations:
        if organisation is not None:
            again = f" {now_ms}" if event == "reminded" else ""
            key = f"alert {alert.id} {event} {alert.priority} {organisation.id}{again}"
            rows = staff_rows(conn, organisation, {**shared, "key": key}, now_ms)
            messages.add(conn, rows)


def staff_rows(
    conn: Connection, organisation: Organisation, shared: Mapping[str, Any], now_ms: int
) -> list[dict[str, Any]]:
    """One for each person who can be reached, and one for the organisation itself."""
    found = contacts.of_staff(conn, organisation.id)
    ways: dict[int | None, list[Contact]] = {None: []}
    for contact in found:
        ways.setdefault(contact.person_id, []).append(contact)
    wishes = contacts.wishes_of(conn, [i for i in ways if i is not None])
    rows = []
    for person_id, own in ways.items():
        phone = organisation.phone if person_id is None else None
        chosen = _chosen(own, phone, shared["priority"])
        to = {"person_id": person_id, "organisation_id": organisation.id}
        if chosen:
            wish = wishes.get(person_id or 0, ANONYMOUS)
            row = {**shared, **to, "key": f"{shared['key']} person {person_id or 0}"}
            rows.append(_row(row, chosen, wish, now_ms))
    if not rows:
        to = {"person_id": None, "organisation_id": organisation.id}
        rows = [_row({**shared, **to}, [], ANONYMOUS, now_ms)]
    return rows


def tell_mother(
    conn: Connection, mother_id: int, need: str, row: Mapping[str, Any], now_ms: int
) -> None:
    account = contacts.account_of(conn, mother_id)
    wish = contacts.wishes_of(conn, [account]).get(account, ANONYMOUS) if account else ANONYMOUS
    if need not in LETS_THROUGH.get(wish.steps, (need,)):
        return
    own = contacts.of_person(conn, account) if account else []
    mother = None if own else people.get_mother(conn, mother_id)
    chosen = _chosen(own, mother.phone if mother else None, row["priority"])
    if chosen or need == "always":
        to = {"person_id": account, "organisation_id": None, "mother_id": mother_id}
        messages.add(conn, [_row({**row, **to}, chosen, wish, now_ms)])


def _chosen(
    own: Sequence[Contact], phone: str | None, priority: str
) -> list[tuple[str, int | None]]:
    """The ways to try, in order; without any contact those that need a phone only."""
    if not own and phone:
        return [(channel, None) for channel, least in BY_PHONE if RANK[priority] >= RANK[least]]
    return [(c.channel, c.id) for c in own if RANK[priority] >= RANK[c.least]]


def _row(
    row: Mapping[str, Any], ways: list[tuple[str, int | None]], wish: Wishes, now_ms: int
) -> dict[str, Any]:
    """Alerts of high priority know no quiet hours; other alerts wait for their end."""
    quiet_ms = None if row["priority"] == "high" else quiet_until(wish, now_ms)
    why = None if ways else said_as(NO_ADDRESS)
    if quiet_ms is not None and row["priority"] == "low":
        why = said_as(QUIET)
    return {
        **row,
        "language": wish.language,
        "ways": ways,
        "channel": None if why else ways[0][0],
        "next_ms": None if why else quiet_ms or now_ms,
        "made_ms": now_ms,
        "ended_why": why,
    }


def said_as(text: str, **args: Any) -> dict[str, Any]:
    return {"text": text, "args": args}


def _name(organisation: Organisation | None) -> dict[str, str] | None:
    if organisation is None:
        return None
    return {"en": organisation.name, "zh": organisation.name_zh}
