"""Consultations, and what members lend each other: who asks, who answers, what comes back.

Like colleagues.py: each reacts to what its page shows, once for each state of it.
"""

from datetime import UTC, datetime, timedelta
from typing import Any

from cloud.scenario.stage import Stage

ASKS_AGAIN, HANDED_OVER = 0.4, 0.3
HEARD = "Lie on your left side, drink something, and count the movements for an hour."
SUMMARY = "Movements normal since noon; next recording tomorrow."
LATE = (409,)
LOAN_H = 3  # so long something is needed


def on_consultation(stage: Stage, account: str, number: int) -> None:
    """A mother reads, and may ask again; the doctor who is asked answers and sums up."""
    view = stage.get(account, f"/api/consultations/{number}")
    who = stage.cast.people[account]
    if view is None or not stage.once("consultation", number, account, len(view["messages"])):
        return
    path = f"/api/consultations/{number}"
    if view["unread"]:
        through = {"through": view["messages"][-1]["id"]}
        stage.later(15, stage.post, account, f"{path}/read", through)
    if who.role == "mother":
        again = view["phase"] == "answered" and stage.once("asks again", number)
        if again and stage.rng("again", number).random() < ASKS_AGAIN:
            letter = {"text": "Thank you. For how long shall I count?"}
            stage.later(40, stage.post, account, f"{path}/messages", letter, LATE)
        return
    if view["organisation"]["id"] != stage.cast.place_ids[who.place] or not view["may"]:
        return
    rng = stage.rng("consultation", number, len(view["messages"]))
    doctor = _who_has_it(stage, who.place, view)
    if view["phase"] == "asked":
        after_s = rng.uniform(40, 150)
        stage.later(after_s, stage.post, doctor, f"{path}/messages", {"text": HEARD}, LATE)
    else:
        stage.later(rng.uniform(150, 300), _end, stage, number, len(view["messages"]))


def _end(stage: Stage, number: int, messages: int) -> None:
    """Whoever has it hands it on, or sums up; not when somebody has written meanwhile."""
    path = f"/api/consultations/{number}"
    view = stage.get("centre.lena", path)
    place = stage.cast.place_of(view["organisation"]["id"]) if view else None
    if view is None or place is None or len(view["messages"]) != messages:
        return
    doctor = _who_has_it(stage, place, view)
    others = [one for one in stage.cast.staff(place) if one.account != doctor]
    rng = stage.rng("ends", number)
    if others and rng.random() < HANDED_OVER and stage.once("hands over", number):
        given = {"person_id": others[0].id, "reason": "my shift ends"}
        stage.post(doctor, f"{path}/hand-over", given, LATE)
    else:
        stage.post(doctor, f"{path}/end", {"summary": SUMMARY}, LATE)


def discuss(stage: Stage, place: str, mother: str, with_: str) -> None:
    """A doctor asks other doctors about her newest alert."""
    who = stage.cast.staff(place)[-1].account
    mother_id = stage.cast.people[mother].mother_id
    hers = [v for v in stage.get(who, "/api/alerts") if (v["mother"] or {}).get("id") == mother_id]
    case = {
        "alert_id": max(view["id"] for view in hers),
        "organisation_id": stage.cast.place_ids[with_],
        "text": "Late or variable? What would you do?",
    }
    stage.post(who, "/api/consultations/cases", case)


def lend(stage: Stage, place: str, kind: str, amount: int, from_: str) -> None:
    """One member offers what another one needs: promised, handed out, and brought back."""
    lender, asker = (stage.cast.staff(name)[0].account for name in (from_, place))
    span = {"kind": kind, "amount": amount, "begin": _time(stage, 0), "end": _time(stage, LOAN_H)}
    offer = stage.post(lender, "/api/resources/offers", span)
    span |= {"begin": _time(stage, 0, 60), "end": _time(stage, LOAN_H, -60)}
    request = stage.post(asker, "/api/resources/requests", span)
    if offer is None or request is None:
        return
    path = f"/api/resources/requests/{request['id']}/steps"
    for after_s, step in (
        (90, {"event": "promise", "offer_id": offer["id"]}),
        (150, {"event": "hand out", "said": "charged and clean"}),
        (60 * stage.pace.travel[1], {"event": "return", "said": "whole and clean"}),
    ):
        stage.later(after_s, stage.post, lender, path, step)


def _time(stage: Stage, hours: float, seconds: float = 0) -> str:
    at = datetime.fromtimestamp(stage.now_ms / 1000, UTC)
    return (at + timedelta(hours=hours, seconds=seconds)).isoformat()


def _who_has_it(stage: Stage, place: str, view: dict[str, Any]) -> str:
    """The doctor's account: names are those of the accounts."""
    for one in stage.cast.staff(place):
        if one.account.partition(".")[2].capitalize() == view["person"]:
            return one.account
    return stage.rng("doctor", view["id"]).choice(stage.cast.staff(place)).account
