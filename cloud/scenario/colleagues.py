"""What hospitals and the centre do with each other: readings, referrals up and down, the green
channel. Each step is what the page offers ("may") to whoever looks at it.
"""

from typing import Any

from cloud.scenario.stage import Stage
from models.readings import OF_MACHINE, SENTENCES, Class

RAISED = 0.2  # share of the first readings that go to the centre's experts
DISAGREES = 0.15  # share of the readers who say another class than the machine
SENT_HOME, CANCELLED = 0.3, 0.1  # of the green channels
WAY_BACK = 0.6  # of those referred up who go back with a plan of care
TOO_LATE = (409,)
PLAN = {
    "text": "Blood pressure twice a day; come back above 150/100 or with headache.",
    "visits": [{"day": "2026-12-01", "what": "Blood pressure, urine, CTG"}],
    "monitoring": {"per_week": 3, "minutes": 20},
}


def on_reading(stage: Stage, account: str, reading_id: int) -> None:
    """A recording waits for its reader: whoever may take it does, after a while."""
    who = stage.cast.people[account]
    view = None if who.mother_id else stage.get(account, f"/api/readings/{reading_id}")
    if view is None or "take" not in view["may"]:
        return
    first = view["phase"] == "wanted"
    own = (view["organisation"] or {}).get("id")
    mine = stage.cast.place_ids[who.place] == own or (who.place == "centre" and own is None)
    rescued = who.place == "centre" and view["overdue"]
    if first and not (mine or rescued):
        return
    if first and not rescued and stage.answers.get(who.place) == "nothing-read":
        return
    if not stage.once("read", reading_id, view["phase"], who.place):
        return
    rng = stage.rng("read", reading_id, view["phase"])
    staff = stage.cast.staff(who.place)
    reader = staff[-1] if who.place == "centre" else rng.choice(staff)
    wait_s = 60 * rng.uniform(*stage.pace.reading)
    stage.later(wait_s, _take, stage, reader.account, reading_id)


def _take(stage: Stage, who: str, reading_id: int) -> None:
    taken = stage.post(who, f"/api/readings/{reading_id}/take", may=TOO_LATE)
    if taken is not None:
        rng = stage.rng("say", reading_id, taken["phase"])
        stage.later(rng.uniform(60, 150), _say, stage, who, taken)


def _say(stage: Stage, who: str, taken: dict[str, Any]) -> None:
    """The reader's own class; then sign it, or ask the experts."""
    rng = stage.rng("class", taken["id"], taken["phase"])
    found = stage.get(who, f"/api/recordings/{taken['recording_id']}/assessment")
    verdict = (found or {}).get("verdict", "unknown")  # a blind reader sees none of it
    said = OF_MACHINE.get(verdict, Class.UNREADABLE)
    if rng.random() < DISAGREES:
        said = Class.SUSPICIOUS
    path = f"/api/readings/{taken['id']}"
    opinion = {"said": said.value, "features": {"baseline_bpm": rng.randint(120, 150)}}
    stage.post(who, f"{path}/read", opinion, TOO_LATE)
    if taken["phase"] == "taken" and rng.random() < RAISED:
        why = {"reason": "is this a late deceleration or an artefact?"}
        stage.later(40, stage.post, who, f"{path}/raise", why, TOO_LATE)
        return
    chosen = [name for name, one in SENTENCES.items() if said in one.usual]
    signature = {"said": said.value, "sentences": chosen, "confirmed": rng.random() < 0.9}
    stage.later(40, stage.post, who, f"{path}/sign", signature, TOO_LATE)


def refer(
    stage: Stage, place: str, mother: str, to: str, direction: str, because: str, urgent: bool,
    answers_id: int | None = None,
) -> int | None:  # fmt: skip
    """A hospital asks another one to take her, or gives her back; the number of the referral."""
    who = stage.cast.staff(place)[0].account
    wanted = {
        "direction": direction,
        "mother_id": stage.cast.people[mother].mother_id,
        "to_id": stage.cast.place_ids[to],
        "criteria": [because],
        "urgent": urgent,
        "agreed": True,
        "plan": PLAN if direction == "down" else None,
        "answers_id": answers_id,
        "alert_known": True,
    }
    made = stage.post(who, "/api/referrals", wanted)
    return None if made is None else int(made["id"])


def on_referral(stage: Stage, account: str, referral_id: int) -> None:
    view = stage.get(account, f"/api/referrals/{referral_id}")
    who = stage.cast.people[account]
    if view is None or who.place == "centre":
        return
    place_id = stage.cast.place_ids[who.place]
    side = "to" if view["to"]["id"] == place_id else "from"
    does = {
        ("requested", "to"): _answer_referral,
        ("accepted", "to"): _expect,
        ("accepted", "from"): _send_her,
        ("in transit", "to"): _receive,
        ("arrived", "to"): _discharge,
        ("closed", "to"): _give_back,
    }.get((view["phase"], side))
    if does is not None and stage.once("referral", referral_id, view["phase"], who.place):
        someone = stage.rng("who", referral_id, side).choice(stage.cast.staff(who.place))
        does(stage, someone.account, view)


def _step(stage: Stage, who: str, view: dict[str, Any], **step: Any) -> None:
    stage.post(who, f"/api/referrals/{view['id']}/steps", step, TOO_LATE)


def _answer_referral(stage: Stage, who: str, view: dict[str, Any]) -> None:
    rng = stage.rng("referral", view["id"])
    declines = view["direction"] == "up" and not view["urgent"] and rng.random() < 0.2
    step = {"event": "decline", "said": "no bed before tomorrow"} if declines else {}
    stage.later(rng.uniform(30, 90), _step, stage, who, view, **(step or {"event": "accept"}))


def _expect(stage: Stage, who: str, view: dict[str, Any]) -> None:
    if view["urgent"]:
        stage.later(30, open_green, stage, who, f"referrals/{view['id']}")


def _send_her(stage: Stage, who: str, view: dict[str, Any]) -> None:
    minutes = round(stage.rng("travel", view["id"]).uniform(*stage.pace.travel))
    step = {"event": "transport", "said": "ambulance of the clinic", "minutes": minutes}
    stage.later(150, _step, stage, who, view, **step)


def _receive(stage: Stage, who: str, view: dict[str, Any]) -> None:
    if not view["urgent"]:  # else the green channel sees to it
        minutes = stage.rng("travel", view["id"]).uniform(*stage.pace.travel)
        stage.later(60 * minutes, _step, stage, who, view, event="arrive")


def _discharge(stage: Stage, who: str, view: dict[str, Any]) -> None:
    if not view["urgent"]:
        minutes = stage.rng("stay", view["id"]).uniform(*stage.pace.caring)
        stage.later(60 * minutes, _step, stage, who, view, event="close")


def _give_back(stage: Stage, who: str, view: dict[str, Any]) -> None:
    """The way back, with a plan of care."""
    if view["back"] is None or stage.rng("back", view["id"]).random() > WAY_BACK:
        return
    place = stage.cast.people[who].place
    mother, home = stage.cast.mothers[view["mother"]["id"]], stage.cast.places[view["back"]["id"]]
    back = (stage, place, mother.account, home, "down", "stable", False, view["id"])
    stage.later(120, refer, *back)


def open_green(stage: Stage, who: str, of: str) -> None:
    """The hospital makes ready for her: `of` is the alert or the referral, as in its path."""
    opened = stage.post(who, f"/api/{of}/green", may=TOO_LATE)
    if opened is None:
        return
    rng = stage.rng("green", opened["id"])
    path = f"/api/green/{opened['id']}"
    way_s = 60 * rng.uniform(*stage.pace.travel)

    def step(after_s: float, **said: Any) -> None:
        stage.later(after_s, stage.post, who, f"{path}/steps", said, TOO_LATE)

    step(20, event="reserve", team="Dr Sun, midwife Zhang")
    for order, item in enumerate(("obstetrician", "midwife", "record")):
        tick = {"item": item, "done": True}
        stage.later(
            35 + 10 * order,
            stage.post,
            who,
            f"{path}/ticks",
            tick,
            TOO_LATE,
        )
    if of.startswith("alerts") and rng.random() < CANCELLED:
        step(way_s, event="cancel", reason="she has gone to another hospital by herself")
        return
    step(way_s, event="arrive")
    if rng.random() < SENT_HOME:
        step(way_s + 240, event="send home", alert_known=True)
    else:
        step(way_s + 120, event="admit")
        step(way_s + 300, event="close")
