"""Who is told about a reading beside the pages: the mother, the centre, her own hospital.

Called inside the transaction of the step itself. No text says what was found: messages pass
through other people's servers.
"""

from typing import Any

from sqlalchemy import Connection

from cloud.outgoing.outbox import HER_STEP, staff_rows, tell_mother
from cloud.store import messages, people
from cloud.store.readings import Reading
from models.readings import OF_EXPERTS, Class

HER_READING = "A doctor has read your recording. Open the page to see what the doctor says."
TITLE = "Reading %(number)d"
LATE = (
    "A recording has not been read in time. Open the page and take it, or see that somebody does."
)
EXPERT_WANTED = "A hospital asks for an expert's reading. Open the page and take it."
ANSWERED = "Your recording was read and signed at %(organisation)s. Open the page to see it."
URGENCY = {"urgent": "high", "soon": "medium", "routine": "medium"}


def tell_her(conn: Connection, reading: Reading, now_ms: int) -> None:
    """It is signed: her page has the doctor's words."""
    if reading.mother_id is None:
        return
    row = _row(reading, "reading_signed", "low", HER_STEP, {"text": HER_READING, "args": {}})
    row["key"] += " mother"
    tell_mother(conn, reading.mother_id, "important", row, now_ms)


def tell_clinic(conn: Connection, reading: Reading, now_ms: int) -> None:
    """Her own hospital, when somebody else signed what is not normal."""
    if reading.organisation_id is None or reading.holder_id == reading.organisation_id:
        return
    if reading.signed_class is Class.NORMAL:
        return  # its page shows it
    holder = people.get_organisation(conn, reading.holder_id or 0)
    name = {"en": holder.name, "zh": holder.name_zh} if holder else None
    text = {"text": ANSWERED, "args": {"organisation": name}}
    bad = reading.signed_class is Class.PATHOLOGICAL
    _tell_staff(conn, reading, "reading_answer", "high" if bad else "medium", text, now_ms)


def remind_centre(conn: Connection, reading: Reading, now_ms: int) -> None:
    """It is overdue, with whoever has it."""
    step = "expert_late" if reading.phase in OF_EXPERTS else "reading_late"
    _tell_centres(conn, reading, step, LATE, now_ms)


def ask_experts(conn: Connection, reading: Reading, now_ms: int) -> None:
    _tell_centres(conn, reading, f"expert {reading.raised_ms}", EXPERT_WANTED, now_ms)


def _tell_centres(conn: Connection, reading: Reading, step: str, text: str, now_ms: int) -> None:
    said = {"text": text, "args": {}}
    for centre in people.all_organisations(conn):
        if centre.kind == "centre":
            urgency = URGENCY[reading.priority]
            _tell_staff(conn, reading, step, urgency, said, now_ms, centre.id)


def _tell_staff(
    conn: Connection, reading: Reading, step: str, priority: str, said: dict[str, Any],
    now_ms: int, organisation_id: int | None = None,
) -> None:  # fmt: skip
    organisation = people.get_organisation(conn, organisation_id or reading.organisation_id or 0)
    if organisation is None:
        return
    title = {"text": TITLE, "args": {"number": reading.id}}
    row = _row(reading, step, priority, "", said) | {"mother_id": None}
    row["text"] = {"title": title, "body": said}
    row["key"] += f" {organisation.id}"
    messages.add(conn, staff_rows(conn, organisation, row, now_ms))


def _row(
    reading: Reading, step: str, priority: str, title: str, body: dict[str, Any]
) -> dict[str, Any]:
    return {
        "key": f"reading {reading.id} {step}",
        "alert_id": None,
        "recording_id": reading.recording_id,
        "step": step.split()[0],
        "priority": priority,
        "urgent": False,
        "text": {"title": {"text": title, "args": {}}, "body": body},
    }
