"""`lucina watchdog`: a process of its own that notices when the service is silent, and pages.

It shares nothing with the service: own process, own monotonic clock, only the standard library. It
runs best on another machine. What it takes for silence is the absence of a good answer, so that a
service that hangs, is stopped, or is gone is noticed like one that says that it is ill; and an
answer whose `beats` do not grow counts as none: it comes from a cache, or from a standstill.
"""

import json
import logging
import subprocess
import time
from collections.abc import Callable
from dataclasses import dataclass
from http.client import HTTPException
from threading import Event
from urllib.error import HTTPError
from urllib.request import Request, urlopen

log = logging.getLogger(__name__)
WAIT_S = 3.0  # for one answer
TELL_S = 10.0  # for one way of telling
MOST_BYTES = 100_000


@dataclass(frozen=True)
class Seen:
    """One look: what is wrong, "" when all is well, and how many beats the service told."""

    wrong: str
    beats: int | None = None


class Silence:
    """Decides when to tell. Time is an argument.

    note() gives what has to be told now: "silent" once when nothing good was seen for `after_s`,
    again each `again_s`, "back" when it is over; None: nothing.
    """

    def __init__(self, after_s: float, again_s: float, now_s: float) -> None:
        self.why = ""
        self.good_s = now_s  # when it was last well
        self._after_s = after_s
        self._again_s = again_s
        self._told_s: float | None = None
        self._beats: int | None = None

    def note(self, seen: Seen, now_s: float) -> str | None:
        wrong = seen.wrong
        if not wrong and seen.beats == self._beats:
            wrong = "it answers, but nothing moves in it"
        self._beats = seen.beats
        if not wrong:
            self.good_s, self.why = now_s, ""
            was_told, self._told_s = self._told_s is not None, None
            return "back" if was_told else None
        self.why = wrong
        if now_s - self.good_s < self._after_s:
            return None
        if self._told_s is not None and now_s - self._told_s < self._again_s:
            return None
        self._told_s = now_s
        return "silent"


def look(url: str) -> Seen:
    """Ask /readyz once."""
    try:
        with urlopen(f"{url.rstrip('/')}/readyz", timeout=WAIT_S) as answer:  # noqa: S310 - checked
            body = json.loads(answer.read(MOST_BYTES))
            return Seen("", int(body["beats"]))
    except HTTPError as error:
        return Seen(_ill(error))
    except (OSError, HTTPException) as error:
        return Seen(f"no answer ({getattr(error, 'reason', error)})")
    except (ValueError, KeyError, TypeError):
        return Seen("its answer is not Lucina's")


def _ill(error: HTTPError) -> str:
    try:
        parts = json.loads(error.read(MOST_BYTES))["parts"]
        return "not working: " + ", ".join(name for name, one in parts.items() if not one["ok"])
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return f"it answers {error.code}"


def watch(
    name: str,
    look: Callable[[], Seen],
    tell: Callable[[str, str, float], bool],
    every_s: float,
    after_s: float,
    again_s: float,
    ended: Event,
) -> None:
    """Look at what is called `name`, until `ended`. tell(state, why, seconds of silence) is tried
    again until it is True."""
    silence = Silence(after_s, again_s, time.monotonic())
    untold: tuple[str, str, float] | None = None
    while not ended.wait(every_s):
        seen = look()
        now_s = time.monotonic()
        silent_s = now_s - silence.good_s
        state = silence.note(seen, now_s)
        if state is not None:
            log.warning("%s is %s: %s", name, state, silence.why)
            untold = state, silence.why, silent_s
        if untold is not None and tell(*untold):
            untold = None


def told_by(alert_url: str, command: str, url: str) -> Callable[[str, str, float], bool]:
    """Both ways that are given; True when one has worked."""

    def tell(state: str, why: str, silent_s: float) -> bool:
        said = {"service": url, "state": state, "why": why, "silent_s": round(silent_s, 1)}
        return any([_post(alert_url, said), _run(command, said)])

    return tell


def _post(alert_url: str, said: dict[str, object]) -> bool:
    if not alert_url:
        return False
    headers = {"content-type": "application/json"}
    request = Request(alert_url, json.dumps(said).encode(), headers)  # noqa: S310 - checked
    try:
        with urlopen(request, timeout=TELL_S):  # noqa: S310
            return True
    except (OSError, HTTPException) as error:
        log.error("the webhook did not take it: %s", error)
        return False


def _run(command: str, said: dict[str, object]) -> bool:
    """The command, in a shell, with what is said on its standard input as JSON."""
    if not command:
        return False
    try:
        done = subprocess.run(
            ["/bin/sh", "-c", command], input=json.dumps(said), text=True, timeout=TELL_S
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        log.error("the command did not end well: %s", error)
        return False
    return done.returncode == 0
