"""How a consultation begins: a mother asks, a doctor writes to her, doctors discuss a case.

Inside one transaction of the caller. LookupError: what it is to be about is not theirs.
"""

from sqlalchemy import Connection

from cloud.alerts.answers import Refused
from cloud.consultations.sight import consent_of
from cloud.consultations.steps import Case, Writer, Written, centre, check_agreed, checked, say
from cloud.store import consultations, people, referrals
from cloud.store.consultations import Consultation
from cloud.store.people import Mother
from models.consultations import Phase

OPEN_ALREADY = "there is an open conversation with a doctor: write there"
NOT_OVER = "it is not over yet: write there"
TO_WHOM = "choose a mother"
SUBJECT_LENGTH = 60  # characters of the first message, where no title was given
NOBODY_TO_ASK = "there is no hospital and no centre that could be asked: call"


def ask(
    conn: Connection, who: Writer, subject: str, written: Written, former_id: int | None,
    now_ms: int,
) -> Consultation:  # fmt: skip
    """A mother asks: her own hospital, or the centre if nobody there could answer."""
    mother = people.get_mother(conn, who.mother_id or 0)
    if mother is None:
        raise LookupError("no such mother")
    if former_id is not None:
        _check_former(conn, former_id, mother.id)
    asked_id = whom_to_ask(conn, mother)
    if asked_id is None:
        raise Refused(NOBODY_TO_ASK)
    return _open(
        conn, who, "mother", asked_id, Case(mother.id), subject, written, now_ms, former_id
    )


def write_to(
    conn: Connection, who: Writer, mother_id: int, subject: str, written: Written, now_ms: int
) -> Consultation:
    """A doctor begins: with a mother of this hospital who agrees; the centre with any."""
    mother = people.get_mother(conn, mother_id)
    if mother is None or not may_write_to(conn, who, mother):
        raise LookupError("no such mother")
    case, place_id = Case(mother.id), who.organisation_id or 0
    return _open(conn, who, "mother", place_id, case, subject, written, now_ms, None)


def discuss(
    conn: Connection, who: Writer, case: Case, asked_id: int, subject: str, written: Written,
    now_ms: int,
) -> Consultation:  # fmt: skip
    """A doctor asks others about a case; the mother does not see it."""
    place = people.get_organisation(conn, asked_id)
    if place is None:
        raise LookupError("no such organisation")
    check_agreed(conn, case.mother_id, asked_id)
    return _open(conn, who, "case", asked_id, case, subject, written, now_ms, None)


def whom_to_ask(conn: Connection, mother: Mother) -> int | None:
    """Her own hospital, if she lets it see her and somebody works there; else the centre."""
    own_id = mother.organisation_id
    if own_id is None or not consent_of(conn, mother.id).holds_for(own_id):
        return centre(conn)
    return own_id if people.staff_of(conn, own_id) else centre(conn)


def may_write_to(conn: Connection, who: Writer, mother: Mother) -> bool:
    if who.role == "centre":
        return True
    place_id = who.organisation_id or 0
    known = mother.organisation_id == place_id or referrals.who_came(conn, place_id, mother.id)
    return bool(known) and consent_of(conn, mother.id).holds_for(place_id)


def _open(
    conn: Connection, who: Writer, kind: str, asked_id: int, case: Case, subject: str,
    written: Written, now_ms: int, former_id: int | None,
) -> Consultation:  # fmt: skip
    """The first message makes it."""
    checked(written)
    assert who.person_id is not None
    known = [] if case.mother_id is None else consultations.open_with(conn, case.mother_id)
    if kind == "mother" and any(one.kind == kind for one in known):
        raise Refused(OPEN_ALREADY)
    asks = who.role == "mother" or kind == "case"
    one = consultations.add(
        conn, kind=kind, mother_id=case.mother_id, subject=subject or _begins(written.text),
        phase=Phase.ASKED if asks else Phase.ANSWERED, organisation_id=asked_id,
        person_id=None if asks else who.person_id, opened_ms=now_ms, opener_id=who.person_id,
        asked_ms=now_ms if asks else None, former_id=former_id, alert_id=case.alert_id,
        referral_id=case.referral_id,
    )  # fmt: skip
    return say(conn, one, "ask" if asks else "answer", who, written, now_ms, {"to_id": asked_id})


def _check_former(conn: Connection, former_id: int, mother_id: int) -> None:
    former = consultations.get(conn, former_id)
    if former is None or former.kind != "mother" or former.mother_id != mother_id:
        raise LookupError(f"no consultation {former_id}")
    if former.phase is not Phase.ENDED:
        raise Refused(NOT_OVER)


def _begins(text: str) -> str:
    """Its first words, as a title; cut where it is longer."""
    return text if len(text) <= SUBJECT_LENGTH else text[: SUBJECT_LENGTH - 1].rstrip() + "…"
