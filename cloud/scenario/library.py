"""Boxes that are leased, recordings of nobody, teaching cases, and the online school."""

import re
from datetime import UTC, datetime, timedelta

from cloud.scenario.script import Line, matched
from cloud.scenario.stage import Stage
from models.readings import DONE, Class

LEASES = re.compile(r"(?P<device>[\w-]+) to (?P<mother>m\d\d) for (?P<minutes>\d+)")
LATE_S = 240  # so long after its time a box comes back
AGAIN_S = 300  # until an expert looks again whether a reading is signed
NOT_AGREED = (409,)
CONDITION = "charged and clean, no marks"
LESSON = {
    "title_en": "An hour a day", "title_zh": "每天一小时",
    "text_en": "Sit down once a day. Count for an hour.",
    "text_zh": "每天坐下来一次。数一个小时。", "from_week": 28, "to_week": 41,
}  # fmt: skip


def leases(stage: Stage, line: Line) -> None:
    """DEVICE to MOTHER for MINUTES: she gets a box of the centre, and brings it back too late."""
    said = matched(LEASES, line)
    account, minutes = stage.cast.staff(line.who)[0].account, int(said["minutes"])
    until = datetime.fromtimestamp(stage.now_ms / 1000, UTC) + timedelta(minutes=minutes)
    wanted = {
        "device_id": said["device"],
        "mother_id": stage.cast.people[said["mother"]].mother_id,
        "until": until.isoformat(),
        "policy": "policy 88-104-2",
        "condition": CONDITION,
    }
    lease = stage.post(account, "/api/leases", wanted)
    if lease is not None:
        back = {"event": "return", "said": CONDITION}
        path = f"/api/leases/{lease['id']}/steps"
        stage.later(60 * minutes + LATE_S, stage.post, account, path, back)


def finds_pending(stage: Stage, line: Line) -> None:
    """COUNT: so many recordings of nobody are on the centre's list."""
    rows = stage.get(stage.cast.staff(line.who)[0].account, "/api/pending")
    stage.pending.append((stage.now_ms, int(line.what), rows))


def binds(stage: Stage, line: Line) -> None:
    """MOTHER: the newest of them is hers."""
    account = stage.cast.staff(line.who)[0].account
    newest = max(row["id"] for row in stage.get(account, "/api/pending"))
    whose = {"mother_id": stage.cast.people[line.what].mother_id}
    stage.post(account, f"/api/pending/{newest}/mother", whose)


def lets_teach(stage: Stage, line: Line) -> None:
    """yes or no: her recordings may be used for teaching."""
    agrees = {"allowed": line.what == "yes"}
    stage.post(line.who, "/api/mother/teaching", agrees, method="PUT")


def teaches(stage: Stage, line: Line) -> None:
    """MOTHER: an expert makes a case of her newest reading, as soon as it is signed; one of a
    mother who was not asked is refused."""
    account, mother_id = (
        stage.cast.staff(line.who)[-1].account,
        stage.cast.people[line.what].mother_id,
    )
    done = {phase.value for phase in DONE}
    signed = [one for one in stage.get(account, "/api/readings") if one["phase"] in done]
    of = {(one["mother"] or {}).get("id"): one["id"] for one in signed}
    if mother_id not in of:
        stage.later(AGAIN_S, teaches, stage, line)
        return
    case = {"title": "Read the baseline first", "text": "Then look at what comes and goes."}
    stage.post(account, "/api/cases", {"reading_id": of[mother_id], **case})
    others = [number for mother, number in of.items() if mother not in (None, mother_id)]
    if others:
        stage.post(account, "/api/cases", {"reading_id": others[0], **case}, NOT_AGREED)


def learns(stage: Stage, line: Line) -> None:
    """newest: a doctor reads the newest case that is not read yet, then sees what it was."""
    account = stage.cast.staff(line.who)[-1].account
    new = [one["id"] for one in stage.get(account, "/api/cases") if not one["done"]]
    if not new:
        stage.later(AGAIN_S, learns, stage, line)
        return
    said = stage.rng("case", max(new), account).choice([one.value for one in Class])
    stage.post(account, f"/api/cases/{max(new)}/answer", {"said": said})


def opens_course(stage: Stage, line: Line) -> None:
    """TITLE: the centre writes a course with one lesson, and says when there is one live."""
    account = stage.cast.staff(line.who)[0].account
    course = stage.post(
        account, "/api/school/courses", {"title_en": line.what, "title_zh": "数胎动"}
    )
    path = f"/api/school/courses/{course['id']}"
    stage.post(account, f"{path}/lessons", LESSON)
    tomorrow = datetime.fromtimestamp(stage.now_ms / 1000, UTC) + timedelta(days=1)
    live = {"at": tomorrow.isoformat(), "teacher": "Midwife Wu", "how": "021-5550-0100"}
    stage.post(account, f"{path}/live", live)


def follows(stage: Stage, line: Line) -> None:
    """TITLE: she does the lessons of this course, and comes to what is live."""
    school = stage.get(line.who, "/api/school")
    for lesson in school["lessons"]:
        if lesson["course"]["title_en"] == line.what:
            path = f"/api/school/lessons/{lesson['id']}/done"
            stage.post(line.who, path, {"done": True})
            stage.learnt.add((line.who, lesson["id"]))
    for live in school["live"]:
        if live["course"]["title_en"] == line.what:
            stage.post(line.who, f"/api/school/live/{live['id']}/come", {"comes": True})
