"""What each verb of the script does. A new verb is a function here with a line in VERBS."""

import re
from collections.abc import Callable

from cloud.scenario import actors, care, colleagues, library, probe_verbs, sharing
from cloud.scenario.probe_verbs import NOBODY, RECORDS
from cloud.scenario.script import Line, ScriptError, matched, pairs
from cloud.scenario.stage import Stage
from cloud.scenario.strips import STRIPS

SERVICE, EVERYONE = "service", "everyone"
BORROWS = re.compile(r"(?P<amount>\d+) (?P<kind>[a-z ]+) from (?P<place>\w+)")
REFERS = re.compile(
    r"(?P<mother>m\d\d) (?P<way>up|down) to (?P<to>\w+)(?P<now> urgently)? because (?P<why>\w+)"
)


def goes(stage: Stage, line: Line) -> None:
    """offline or online: a hospital's pages close, and nobody there answers."""
    account = stage.cast.staff(line.who)[0].account
    if line.what == "offline":
        stage.offline.add(line.who)
        stage.service.close_page(account)
    else:
        stage.offline.discard(line.who)
        actors.open_page(stage, account)


def answers(stage: Stage, line: Line) -> None:
    """accepts, declines, silent, nothing-read, or usual: instead of what a place does usually."""
    places = [p for p in stage.cast.place_ids if line.who in (p, EVERYONE) and p != "centre"]
    for place in places:
        stage.answers.pop(place, None)
        if line.what != "usual":
            stage.answers[place] = line.what


def races(stage: Stage, _line: Line) -> None:
    """Two people of the city hospital accept the next alert that it is asked about."""
    stage.racing = True


def state(stage: Stage, line: Line) -> None:
    """on_call=yes|no: what a hospital says of itself."""
    who = stage.cast.staff(line.who)[0].account
    own = stage.get(who, "/api/organisation")
    known = {name: own[name] for name in ("free_beds", "nicu", "blood_bank")}
    stage.post(who, "/api/organisation/state", {**known, **pairs(line.what)}, method="PUT")


def reads_blind(stage: Stage, line: Line) -> None:
    who = stage.cast.staff(line.who)[0].account
    blind = {"blind": line.what == "yes"}
    stage.post(who, "/api/readings/settings", blind, method="PUT")


def moves_less(stage: Stage, line: Line) -> None:
    """She says that her baby moves less."""
    newest = max(one["id"] for one in stage.get(line.who, "/api/recordings"))
    stage.post(line.who, f"/api/recordings/{newest}/reduced-movement")
    actors.look(stage)  # now, not at the end of the step


def says(stage: Stage, line: Line) -> None:
    care.says(stage, line)
    actors.look(stage)


def consents(stage: Stage, line: Line) -> None:
    """every or a place: this hospital may be asked about her."""
    _decide(stage, line, allowed=True)


def refuses(stage: Stage, line: Line) -> None:
    _decide(stage, line, allowed=False)


def refers(stage: Stage, line: Line) -> None:
    """MOTHER up|down to PLACE [urgently] because CRITERION: of models.referrals."""
    said = matched(REFERS, line)
    colleagues.refer(
        stage, line.who, said["mother"], said["to"], said["way"], said["why"], bool(said["now"])
    )


def withdraws(stage: Stage, line: Line) -> None:
    """MOTHER: the newest referral of hers that is not over."""
    who = stage.cast.staff(line.who)[0].account
    mother_id = stage.cast.people[line.what].mother_id
    for view in stage.get(who, "/api/referrals"):
        if view["mother"]["id"] == mother_id and "withdraw" in view["may"]:
            step = {"event": "withdraw", "said": "she feels well again"}
            stage.post(who, f"/api/referrals/{view['id']}/steps", step)
            return


def asks(stage: Stage, line: Line) -> None:
    """What she wants to know: a consultation with her hospital begins."""
    stage.service.open_page(line.who)
    stage.post(line.who, "/api/consultations", {"text": line.what}, (409,))


def discusses(stage: Stage, line: Line) -> None:
    """MOTHER with PLACE: doctors about her newest alert."""
    mother, _, place = line.what.partition(" with ")
    sharing.discuss(stage, line.who, mother, place)


def borrows(stage: Stage, line: Line) -> None:
    """AMOUNT KIND from PLACE: of models.resources."""
    said = matched(BORROWS, line)
    sharing.lend(stage, line.who, said["kind"], int(said["amount"]), said["place"])


def asks_reading(stage: Stage, line: Line) -> None:
    """MOTHER because REASON: the centre is asked to have her newest recording read again."""
    mother, _, why = line.what.partition(" because ")
    mother_id = stage.cast.people[mother].mother_id
    found = [
        view["id"]
        for view in stage.get("centre.expert", "/api/recordings")
        if (view["mother"] or {}).get("id") == mother_id
    ]
    path = f"/api/recordings/{max(found)}/readings"
    stage.post("centre.expert", path, {"reason": why}, (409,))


def restarts(stage: Stage, line: Line) -> None:
    """SECONDS: the service ends, and a new one begins on the same store so much later."""
    stage.service.stop()
    ended_ms = stage.now_ms

    def start() -> None:
        stage.service.start()
        stage.restarts.append((ended_ms, stage.now_ms))
        stage.probes.reconnect()
        actors.open_pages(stage)

    stage.wake = ended_ms + round(float(line.what) * 1000), start


Verb = Callable[[Stage, Line], None]
VERBS: dict[str, Verb] = {
    "records": probe_verbs.records,
    "measures": probe_verbs.measures,
    "battery": probe_verbs.battery,
    "probe": probe_verbs.probe,
    "connection": probe_verbs.connection,
    "goes": goes,
    "answers": answers,
    "races": races,
    "state": state,
    "reads-blind": reads_blind,
    "moves-less": moves_less,
    "consents": consents,
    "refuses": refuses,
    "refers": refers,
    "withdraws": withdraws,
    "asks-reading": asks_reading,
    "asks": asks,
    "discusses": discusses,
    "borrows": borrows,
    "cares-for": care.cares_for,
    "enters": care.enters,
    "counts": care.counts,
    "says": says,
    "leases": library.leases,
    "finds-pending": library.finds_pending,
    "binds": library.binds,
    "lets-teach": library.lets_teach,
    "teaches": library.teaches,
    "learns": library.learns,
    "opens-course": library.opens_course,
    "follows": library.follows,
    "restarts": restarts,
}
SHAPES = {"refers": REFERS, "borrows": BORROWS, "leases": library.LEASES}  # of what lines say


def check(lines: list[Line], known: set[str]) -> None:
    """ScriptError names the first line that cannot be played. `known`: accounts and places."""
    for line in lines:
        where = f"minute {line.minute:g}, {line.who} {line.does}"
        if line.does not in VERBS:
            raise ScriptError(f"{where}: no such verb, known are {', '.join(VERBS)}")
        if line.who not in known | {SERVICE, EVERYONE, NOBODY}:
            raise ScriptError(f"{where}: nobody is called {line.who}")
        if line.does == "records" and matched(RECORDS, line)["strip"] not in STRIPS:
            raise ScriptError(f"{where}: no such strip, known are {', '.join(STRIPS)}")
        if line.does in SHAPES:
            matched(SHAPES[line.does], line)


def play(stage: Stage, line: Line) -> None:
    stage.note(f"{line.who} {line.does} {line.what}")
    VERBS[line.does](stage, line)


def _decide(stage: Stage, line: Line, allowed: bool) -> None:
    place = None if line.what == "every" else stage.cast.place_ids[line.what]
    decision = {"organisation_id": place, "allowed": allowed}
    stage.post(line.who, "/api/mother/consents", decision, method="PUT")
