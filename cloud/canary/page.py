"""The far end: the hidden organisation's page. It sees each alert come, and answers it."""

import json
import logging
import time
from collections.abc import Iterable, Iterator
from threading import Event
from typing import Any

import httpx2

from cloud.canary.kit import Kit
from cloud.canary.runs import RULE, Runs

log = logging.getLogger(__name__)
WAIT_S = 10.0  # for an answer, and for the stream's clock, which comes each second
AGAIN_S = 2.0
ANSWERS = {  # what is done in each phase
    "accepted": ("handle", "close"),
    "handled": ("close",),
    "acknowledged": ("close",),
    "closed": (),
}
FIRST = {"patient": ("accept", "handle", "close"), "technical": ("acknowledge", "close")}
BODY = {"reason": "the canary"}


def watch_on(kit: Kit, runs: Runs, ended: Event) -> None:
    """Log in, hear and answer, until `ended`; again and again when it fails."""
    while not ended.is_set():
        try:
            with httpx2.Client(base_url=kit.service, timeout=WAIT_S) as client:
                _log_in(client, kit)
                _hear(client, runs, ended)
        except (httpx2.HTTPError, ValueError) as error:
            runs.note("page", str(error) or type(error).__name__)
        ended.wait(AGAIN_S)


def _log_in(client: httpx2.Client, kit: Kit) -> None:
    form = {"username": kit.username, "password": kit.password}
    answer = client.post("/login", data=form)
    if answer.status_code != 303:
        raise ValueError(f"the service does not let the canary in ({answer.status_code})")


def _hear(client: httpx2.Client, runs: Runs, ended: Event) -> None:
    """What comes on the stream, and what is left over from before it began."""
    with client.stream("GET", "/events") as stream:
        stream.raise_for_status()
        lines = stream.iter_lines()
        next(lines, "")  # from here on nothing is missed
        runs.note("page", "")
        for view in client.get("/api/alerts").raise_for_status().json():
            _take(client, view, runs)
        for view in alerts_in(lines):
            _take(client, view, runs)
            if ended.is_set():
                return


def alerts_in(lines: Iterable[str]) -> Iterator[Any]:
    """The alert events of a stream of server-sent events.

    >>> list(alerts_in(["event: clock", "data: {}", "", "event: alert", 'data: {"id": 7}', ""]))
    [{'id': 7}]
    """
    kind = ""
    for line in lines:
        name, _, value = line.partition(": ")
        if name == "event":
            kind = value
        elif name == "data" and kind == "alert":
            yield json.loads(value)


def _take(client: httpx2.Client, view: dict[str, Any], runs: Runs) -> None:
    """Count it when it is new and one of ours; do what ends it."""
    now_s = time.monotonic()
    steps = ANSWERS.get(view["phase"], FIRST[view["kind"]])
    for step in steps:
        answer = client.post(f"/api/alerts/{view['id']}/{step}", json=BODY)
        if answer.status_code not in (200, 409):  # 409: an event of before our last answer
            answer.raise_for_status()
    if view["rule"] == RULE.id and steps == FIRST["patient"]:
        seconds = runs.told(view["onset_s"], view["at_s"], now_s)
        if seconds is not None:
            log.info("alert %d came %.2f s after its sample", view["id"], seconds)
