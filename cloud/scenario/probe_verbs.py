"""What the script does to probes. A new verb is a function here, with a line in verbs.VERBS."""

import re
from typing import Any

from cloud.scenario.people import UNKNOWN_DEVICE, device_of, gateway_of
from cloud.scenario.script import Line, matched, pairs
from cloud.scenario.stage import Stage
from cloud.scenario.strips import synthetic
from device import payloads

NOBODY = "unknown"
LINGERS_S = 600  # a mother's page stays open after her recording
RECORDS = re.compile(r"(?P<strip>[a-z ]+?) (?P<minutes>\d+)(?P<more>( \w+=[\d-]+)*)")


def records(stage: Stage, line: Line) -> None:
    """STRIP MINUTES [skew=S] [hides=FROM-TO until=S]: a recording begins."""
    said = matched(RECORDS, line)
    name, minutes, more = said["strip"], int(said["minutes"]), pairs(said["more"])
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
    values = {name: float(value) for name, value in pairs(line.what).items()}
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


def _number(who: str) -> int:
    return int(who[1:]) if who[1:].isdigit() else 0


def _probe(stage: Stage, line: Line) -> Any:
    return stage.probes.of(device_of(line.who))
