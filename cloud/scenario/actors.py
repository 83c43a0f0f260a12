"""What people do by themselves when their page shows something: alerts, and what follows from one.

Everybody looks at an open page, thinks for a while, and does over HTTP what the page offers.
Reading, referring and the green channel are in colleagues.py, consultations in sharing.py.
"""

from typing import Any

from cloud.hub import Event
from cloud.scenario import care, colleagues, sharing
from cloud.scenario.people import PLACES
from cloud.scenario.stage import Stage

WAITING = ("told", "delivered", "read")
UNREAD = ("wanted", "raised")  # readings that somebody may take
GREEN_SHARE = 0.5  # of the urgent alerts that a hospital accepts
REASONS = (
    "no free theatre", "the obstetrician is in an operation", "no neonatologist today",
    "too far at this hour", "the ward is full",
)  # fmt: skip
DONE = ("spoke to her, she is well", "seen in the clinic, observed", "probe placed again")
TAKEN = (409,)  # somebody was faster, or it is over
GONE = (404, 409)  # and her consent may have been withdrawn in the meantime
MOTHERS = (("on_my_way", 0.35), ("call_me", 0.25), ("ambulance", 0.1))  # the rest: no answer
MOTHER_S = (12, 50)
OPERATOR_S = (15, 60)


def open_pages(stage: Stage) -> None:
    """At the start and after a restart: all who look at a page, and what is on it then."""
    for place in stage.cast.place_ids:
        if place not in stage.offline:
            open_page(stage, stage.cast.staff(place)[0].account)
    for probe in stage.probes.running:
        account = probe.device.removeprefix("probe-")
        if account in stage.cast.people:
            open_page(stage, account)


def open_page(stage: Stage, account: str) -> None:
    stage.service.open_page(account)
    for view in stage.get(account, "/api/alerts") or []:
        on_alert(stage, account, view)
    for view in stage.get(account, "/api/consultations") or []:
        sharing.on_consultation(stage, account, view["id"])
    if not stage.cast.people[account].mother_id:
        for view in stage.get(account, "/api/readings") or []:
            colleagues.on_reading(stage, account, view["id"])
        for view in stage.get(account, "/api/referrals") or []:
            colleagues.on_referral(stage, account, view["id"])
        for mother_id in stage.cared:
            care.on_record(stage, account, mother_id)


def look(stage: Stage) -> None:
    """What the service has published reaches the pages that are open."""
    for account, event in stage.service.events():
        react(stage, account, event)


def react(stage: Stage, account: str, event: Event) -> None:
    """Something came to an open page."""
    if event.kind == "alert":
        stage.seen.setdefault((account, event.data["id"]), stage.now_ms)
        on_alert(stage, account, dict(event.data))
    elif event.kind == "reading" and event.data["phase"] in UNREAD:
        colleagues.on_reading(stage, account, event.data["id"])
    elif event.kind == "changed" and event.data["topic"] == "consultation":
        sharing.on_consultation(stage, account, event.data["id"])
    elif event.kind == "changed" and event.data["topic"] == "mother":
        care.on_record(stage, account, event.data["id"])
    elif event.kind == "referral" and not stage.cast.people[account].mother_id:
        colleagues.on_referral(stage, account, event.data["id"])


def on_alert(stage: Stage, account: str, view: dict[str, Any]) -> None:
    who = stage.cast.people[account]
    if who.role == "mother":
        if view["kind"] == "patient" and stage.once("mother", view["id"]):
            _mother_answers(stage, account, view)
    elif who.role == "hospital":
        asked = (view["organisation"] or {}).get("id") == stage.cast.place_ids[who.place]
        if asked and view["phase"] in WAITING and stage.once("asked", view["id"], who.place):
            _hospital_answers(stage, who.place, view)
    else:
        stage.waiting.pop(view["id"], None)
        if view["phase"] in WAITING:
            stage.waiting[view["id"]] = view["deadline_ms"]
        if view["phase"] == "centre" and stage.once("centre", view["id"]):
            _centre_answers(stage, view)
        if any(step["event"] == "to call" for step in view["steps"]):
            _operator_calls(stage, account)


def _mother_answers(stage: Stage, account: str, view: dict[str, Any]) -> None:
    rng = stage.rng("mother", view["id"])
    roll, after_s = rng.random(), rng.uniform(*MOTHER_S)
    for said, share in MOTHERS:
        roll -= share
        if roll < 0:
            path = f"/api/alerts/{view['id']}/answer"
            stage.later(after_s, stage.post, account, path, {"answer": said}, TAKEN)
            return


def _hospital_answers(stage: Stage, place: str, view: dict[str, Any]) -> None:
    rng = stage.rng("hospital", place, view["id"])
    manner = PLACES[place].manner
    roll, after_s = rng.random(), rng.uniform(*manner.after_s)
    who = rng.choice(stage.cast.staff(place)).account
    path = f"/api/alerts/{view['id']}"
    usual = "accepts" if roll < manner.accepts else "declines"
    usual = usual if roll < manner.accepts + manner.declines else "silent"
    answer = stage.answers.get(place, usual)
    if stage.racing and place == "city":
        stage.racing = False
        stage.later(after_s, _both_accept, stage, view)
        return
    if answer == "silent" or place in stage.offline:
        return
    stage.later(after_s / 2, stage.post, who, f"{path}/read", may=GONE)
    if answer == "declines":
        why = {"reason": rng.choice(REASONS)}
        stage.later(after_s, stage.post, who, f"{path}/decline", why, GONE)
    else:
        stage.later(after_s, _accept, stage, who, view)


def _both_accept(stage: Stage, view: dict[str, Any]) -> None:
    """Two people of one hospital press at the same moment: one of them is told who has it."""
    first, second = stage.cast.staff("city")[:2]
    _accept(stage, first.account, view)
    _accept(stage, second.account, view)


def _accept(stage: Stage, who: str, view: dict[str, Any]) -> None:
    accepted = stage.post(who, f"/api/alerts/{view['id']}/accept", may=GONE)
    if accepted is None:
        return
    rng = stage.rng("care", view["id"])
    minutes = rng.uniform(*stage.pace.caring)
    if view["priority"] == "high" and view["mother"] and rng.random() < GREEN_SHARE:
        stage.later(30, colleagues.open_green, stage, who, f"alerts/{view['id']}")
        minutes += stage.pace.travel[1]
    stage.later(60 * minutes, finish, stage, who, view["id"])


def finish(stage: Stage, who: str, alert_id: int) -> None:
    """Write down what was done, and close it a little later."""
    rng = stage.rng("done", alert_id)
    said = {"reason": rng.choice(DONE), "useful": rng.random() < 0.8}
    stage.post(who, f"/api/alerts/{alert_id}/handle", said, TAKEN)
    stage.later(90, stage.post, who, f"/api/alerts/{alert_id}/close", may=TAKEN)


def _centre_answers(stage: Stage, view: dict[str, Any]) -> None:
    rng = stage.rng("centre", view["id"])
    who = rng.choice(stage.cast.staff("centre")[:2]).account
    after_s = rng.uniform(*OPERATOR_S)
    path = f"/api/alerts/{view['id']}"
    if view["kind"] == "patient":
        stage.later(after_s / 2, stage.get, who, f"{path}/calls")
        stage.later(after_s, _accept, stage, who, view)
        return
    stage.later(after_s, stage.post, who, f"{path}/acknowledge", may=TAKEN)
    over_s = 60 * rng.uniform(*stage.pace.caring) + after_s
    stage.later(over_s, stage.post, who, f"{path}/close", may=TAKEN)


def _operator_calls(stage: Stage, account: str) -> None:
    """Somebody has to be called: the centre's list says whom."""
    for task in stage.get(account, "/api/tasks") or []:
        if task["done_ms"] is None and stage.once("call", task["id"]):
            rng = stage.rng("call", task["id"])
            who = rng.choice(stage.cast.staff("centre")[:2]).account
            path, said = f"/api/tasks/{task['id']}/done", {"outcome": rng.choice(DONE)}
            stage.later(
                rng.uniform(*OPERATOR_S),
                stage.post,
                who,
                path,
                said,
            )
