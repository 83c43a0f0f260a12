"""What has to be true of records, boxes, recordings of nobody and teaching cases; see checks.py."""

from cloud.scenario.people import UNKNOWN_DEVICE
from cloud.scenario.records import Records
from cloud.scenario.stage import Stage
from cloud.store.pending import KEPT_MS
from models import advice
from models.consultations import Phase as Talk
from models.resources import Lease

SLACK_MS = 120_000  # between two looks for what has expired: a step of a quiet evening
CARED = ("team", "risk", "plan", "task")  # what is written down of a mother in care


def records_kept(stage: Stage, found: Records) -> list[str]:
    """Of each mother in care there are team, risk, plan and task with who decided it; all advice
    on her values is decided, and what was approved was sent to her, once."""
    wrong = []
    for mother_id in stage.cared:
        whats = {one.what for one in found.changes if one.mother_id == mother_id and one.person_id}
        wrong += [f"mother {mother_id}: no {what}" for what in CARED if what not in whats]
    told = [one.key for one in found.messages if one.step == "advice"]
    for one in found.advice:
        if one.phase is advice.Phase.PROPOSED and one.mother_id in stage.cared:
            wrong.append(f"advice {one.id} is not decided")
        sent = told.count(f"advice {one.id} mother")
        if sent != (one.phase is advice.Phase.SENT):
            wrong.append(f"advice {one.id} is {one.phase.value} and was sent {sent} times")
    return wrong


def boxes_back(_: Stage, found: Records) -> list[str]:
    """Each box that was leased is back and belongs to nobody; one that was late was asked for."""
    wrong = []
    for one in found.leases:
        steps = {step.event for step in found.lease_steps[one.id]}
        if one.phase is not Lease.RETURNED:
            wrong.append(f"lease {one.id} is {one.phase.value}")
        elif (one.ended_ms or 0) > one.due_ms + SLACK_MS and "overdue" not in steps:
            wrong.append(f"lease {one.id} came back late, and nobody was reminded")
        bound = [c.after for c in found.changes if c.what == "device_of" and c.after]
        last = [b["mother"] for b in bound if b["device"] == one.device_id][-1:]
        if one.mother_id is not None and last != [None]:
            wrong.append(f"{one.device_id} is back and still bound to {last}")
    return wrong


def pending_listed(stage: Stage, found: Records) -> list[str]:
    """Recordings of nobody are on the centre's list for a day, then gone; one that was bound is
    hers."""
    wrong = []
    for at_ms, count, rows in stage.pending:
        if len(rows) != count:
            wrong.append(f"{len(rows)} recordings were pending at {at_ms}, not {count}")
        kept = [row for row in rows if row["until_ms"] != row["last_frame_ms"] + KEPT_MS]
        wrong += [f"recording {row['id']} is not kept for a day" for row in kept]
    bound = {c.after["recording"] for c in found.changes if c.what == "recording_bound"}
    for one in found.recordings:
        if one.device_id != UNKNOWN_DEVICE:
            continue
        if (one.mother_id is not None) != (one.id in bound):
            wrong.append(f"recording {one.id} of nobody is of mother {one.mother_id}")
        gone_ms = one.last_frame_ms + KEPT_MS
        if one.removed_ms is not None and not 0 <= one.removed_ms - gone_ms <= SLACK_MS:
            wrong.append(f"recording {one.id} was removed at {one.removed_ms}, not {gone_ms}")
    return wrong


def cases_agreed(stage: Stage, found: Records) -> list[str]:
    """A teaching case has the consent of the mother, a signed reading and no name; whoever was to
    learn from it has answered."""
    allowed = {c.mother_id: c.after for c in found.changes if c.what == "teaching use"}
    signed = {one.id for one in found.readings if one.signed_ms is not None}
    asked = [call for call in stage.service.calls if call.status == 200]
    wrong = []
    for one in found.cases:
        mother = stage.cast.mothers[one.mother_id]
        if not allowed.get(one.mother_id) or one.reading_id not in signed:
            wrong.append(f"case {one.id}: of {mother.account} without consent or signature")
        answers = sum(call.path == f"/api/cases/{one.id}/answer" for call in asked)
        if found.answers.get(one.id, (0, 0))[1] != answers:
            wrong.append(f"case {one.id} was answered {answers} times, {found.answers} are kept")
    return wrong


def cases_discussed(_: Stage, found: Records) -> list[str]:
    """Where doctors asked doctors, those of another member answered."""
    wrong = []
    for one in found.consultations:
        letters = found.letters[one.id]
        others = {letter.organisation_id for letter in letters if letter.event == "answer"}
        if (
            one.kind == "case"
            and one.phase is Talk.ENDED
            and others <= {letters[0].organisation_id}
        ):
            wrong.append(f"case {one.id} was answered by nobody else")
    return wrong
