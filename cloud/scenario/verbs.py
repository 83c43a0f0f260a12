"""What each verb of the script does. A new verb is a function here with a line in VERBS."""

import re
from collections.abc import Callable
from typing import Any

from cloud.scenario import actors, colleagues, sharing
from cloud.scenario.people import UNKNOWN_DEVICE, device_of, gateway_of
from cloud.scenario.script import Line, ScriptError
from cloud.scenario.stage import Stage
from cloud.scenario.strips import STRIPS, synthetic
from device import payloads

SERVICE, EVERYONE, NOBODY = "service", "everyone", "unknown"
LINGERS_S = 600  # a mother's page stays open after her recording
RECORDS = re.compile(r"(?P<strip>[a-z ]+?) (?P<minutes>\d+)(?P<more>( \w+=[\d-]+)*)")
BORROWS = re.compile(r"(?P<amount>\d+) (?P<kind>[a-z ]+) from (?P<place>\w+)")
REFERS = re.compile(
    r"(?P<mother>m\d\d) (?P<way>up|down) to (?P<to>\w+)(?P<now> urgently)? because (?P<why>\w+)"
)


def records(stage: Stage, line: Line) -> None:
    """STRIP MINUTES [skew=S] [hides=FROM-TO until=S]: a recording begins."""
    said = _matched(RECORDS, line)
    name, minutes, more = said["strip"], int(said["minutes"]), _pairs(said["more"])
    trace, flags = None, payloads.REPLAYED
    if name == "lively" and stage.real.found:
        title, trace = stage.real.next(minutes)
    else:
        title, flags = f"synthetic {name}", flags | payloads.SYNTHETIC
        trace = synthetic(name, stage.seed * 100 + _number(line.who), minutes)
    device, gateway = UNKNOWN_DEVICE, gateway_of(line.who)
    if line.who != NOBODY:
        device = device_of(line.who)
        stage.service.open_page(line.who)
        stage.later(60 * minutes + LINGERS_S, stage.service.close_page, line.who)
    probe = stage.probes.begin(device, gateway, title, flags, trace, stage.now_ms)
    probe.skew_ms = 1000 * int(more.get("skew", "0"))
    if "hides" in more:
        first, _, last = more["hides"].partition("-")
        probe.hidden = int(first), int(last), int(more["until"])


def measures(stage: Stage, line: Line) -> None:
    """NAME=VALUE ...: vital signs of device.payloads."""
    values = {name: float(value) for name, value in _pairs(line.what).items()}
    _probe(stage, line).measure(values)


def battery(stage: Stage, line: Line) -> None:
    _probe(stage, line).tell_battery(int(line.what))


def probe(stage: Stage, line: Line) -> None:
    """off or on: the contact of the probe."""
    codes = {"off": payloads.PROBE_OFF, "on": payloads.PROBE_ON}
    _probe(stage, line).tell(codes[line.what])


def connection(stage: Stage, line: Line) -> None:
    """lost or found: of her gateway; what was made meanwhile is sent then."""
    device = device_of(line.who)
    if line.what == "lost":
        stage.probes.off.add(device)
    else:
        stage.probes.off.discard(device)


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
    stage.post(who, "/api/organisation/state", {**known, **_pairs(line.what)}, method="PUT")


def reads_blind(stage: Stage, line: Line) -> None:
    who = stage.cast.staff(line.who)[0].account
    blind = {"blind": line.what == "yes"}
    stage.post(who, "/api/readings/settings", blind, method="PUT")


def moves_less(stage: Stage, line: Line) -> None:
    """She says that her baby moves less."""
    newest = max(one["id"] for one in stage.get(line.who, "/api/recordings"))
    stage.post(line.who, f"/api/recordings/{newest}/reduced-movement")


def consents(stage: Stage, line: Line) -> None:
    """every or a place: this hospital may be asked about her."""
    _decide(stage, line, allowed=True)


def refuses(stage: Stage, line: Line) -> None:
    _decide(stage, line, allowed=False)


def refers(stage: Stage, line: Line) -> None:
    """MOTHER up|down to PLACE [urgently] because CRITERION: of models.referrals."""
    said = _matched(REFERS, line)
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
    said = _matched(BORROWS, line)
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
    "records": records,
    "measures": measures,
    "battery": battery,
    "probe": probe,
    "connection": connection,
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
    "restarts": restarts,
}


def check(lines: list[Line], known: set[str]) -> None:
    """ScriptError names the first line that cannot be played. `known`: accounts and places."""
    for line in lines:
        where = f"minute {line.minute:g}, {line.who} {line.does}"
        if line.does not in VERBS:
            raise ScriptError(f"{where}: no such verb, known are {', '.join(VERBS)}")
        if line.who not in known | {SERVICE, EVERYONE, NOBODY}:
            raise ScriptError(f"{where}: nobody is called {line.who}")
        if line.does == "records" and _matched(RECORDS, line)["strip"] not in STRIPS:
            raise ScriptError(f"{where}: no such strip, known are {', '.join(STRIPS)}")
        for verb, pattern in (("refers", REFERS), ("borrows", BORROWS)):
            if line.does == verb:
                _matched(pattern, line)


def play(stage: Stage, line: Line) -> None:
    stage.note(f"{line.who} {line.does} {line.what}")
    VERBS[line.does](stage, line)


def _matched(pattern: re.Pattern[str], line: Line) -> dict[str, Any]:
    found = pattern.fullmatch(line.what)
    if found is None:
        raise ScriptError(f"minute {line.minute:g}, {line.who} {line.does}: not {line.what!r}")
    return found.groupdict()


def _pairs(text: str) -> dict[str, str]:
    return dict(pair.split("=", 1) for pair in text.split())


def _number(who: str) -> int:
    return int(who[1:]) if who[1:].isdigit() else 0


def _probe(stage: Stage, line: Line) -> Any:
    return stage.probes.of(device_of(line.who))


def _decide(stage: Stage, line: Line, allowed: bool) -> None:
    place = None if line.what == "every" else stage.cast.place_ids[line.what]
    decision = {"organisation_id": place, "allowed": allowed}
    stage.post(line.who, "/api/mother/consents", decision, method="PUT")
