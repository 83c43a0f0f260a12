"""Telling people: the notifier dies meanwhile, no channel works, a hospital does not answer."""

import itertools
import math
import time
from collections.abc import Callable, Iterable, Sequence

from cloud.channels.base import TIMEOUT_S
from cloud.drill import kills
from cloud.drill.course import Course
from cloud.drill.hook import HOLD_S, Hook
from cloud.drill.process import wait_until
from cloud.drill.rigs import Hooked
from cloud.outgoing.attempts import OVERTAKEN, ROUNDS_MS
from cloud.outgoing.courier import LEASE_MS
from cloud.outgoing.letters import letter_id
from cloud.store import alerts, messages
from cloud.store.db import reading
from cloud.store.messages import Message

POINTS = {
    "claimed, not sent": "cloud.outgoing.courier:Courier._try:before",
    "sent, not marked": "cloud.outgoing.courier:Courier._note_sent:before",
    "marked as sent": "cloud.outgoing.courier:Courier._note_sent:after",
}
MOST_CALLS = 2  # of a point, until the cloud dies there
FIRST_WORD_S = 60.0  # until somebody is told something
ASKED_S = 90.0  # until somebody is asked about every alert
TRIES = 1 + len(ROUNDS_MS)  # of a message with one way, before it is given up
TOLD_S = (LEASE_MS + sum(ROUNDS_MS)) / 1000 + TRIES * TIMEOUT_S  # as docs/channels.md promises
LOOK_S = 0.5
TWICE_S = 3.0  # a claim lasts 15 s: what comes again sooner was sent twice at once
DOWN_S = 20.0
NEXT_HOSPITAL_S = 60.0  # from the first being told to the next being told


def kill_notifier(course: Course) -> None:
    """kill -9 just when the receiver has heard a message and has not answered yet, or just after,
    or at a named point: it must come again, under the same id."""
    hook = _hook(course)
    course.begin()
    while course.ledger.faults < kills.KILLS:
        course.go_on()
        hook.heard.clear()
        if not hook.heard.wait(FIRST_WORD_S):
            course.ledger.wrong.append(f"nobody was told anything in {FIRST_WORD_S:.0f} s")
            break
        after = course.rng.random() < kills.SHARE
        time.sleep(course.rng.uniform(HOLD_S, 0.3) if after else 0.0)
        kills.die(course, course.rig.cloud, "answered" if after else "heard, not answered")
        if course.rng.random() < kills.SHARE:
            kills.die_at(course, course.rig.cloud, POINTS, MOST_CALLS)
        course.rig.start(course.rig.cloud)
    _all_told(course, hook)
    heard = [hook.taken.get(letter_id(one.id), []) for one in _messages(course)]
    course.ledger.facts["told_again"] = sum(max(0, len(times) - 1) for times in heard)
    gap_s = least_gap_s(heard)
    course.ledger.must(gap_s >= TWICE_S, f"a message came again after {gap_s:.1f} s")


def channels_down(course: Course) -> None:
    """Every channel refuses for a while: alerts and pages go on, and all are told when it works."""
    hook = _hook(course)
    hook.down = True
    course.begin()
    course.say("no channel takes anything")
    wait_until(lambda: hook.refused, FIRST_WORD_S + course.replay.wall_s, "a try to tell")
    time.sleep(DOWN_S)
    course.ledger.faults = hook.refused
    hook.down = False
    _all_told(course, hook)


def hospital_down(course: Course) -> None:
    """The nearest hospital says nothing: the next one is asked in time, and takes it."""
    course.begin()
    first = wait_until(lambda: _asked(course, 1), course.replay.wall_s + 60, "a first hospital")
    course.say("the nearest hospital does not answer")
    course.ledger.faults = 1
    both = wait_until(lambda: _asked(course, 2), NEXT_HOSPITAL_S + 30, "a second hospital")
    waited_s = (both[1][1] - first[0][1]) / 1000
    course.ledger.facts["next_asked_after_s"] = round(waited_s, 1)
    course.ledger.must(waited_s <= NEXT_HOSPITAL_S, f"the next was asked after {waited_s:.0f} s")
    course.ledger.must(both[0][0] != both[1][0], "the same hospital was asked again")
    course.wait_for_probes()
    wait_until(lambda: not _orphans(course), ASKED_S, "somebody being asked about every alert")


def _hook(course: Course) -> Hook:
    assert isinstance(course.rig, Hooked)
    return course.rig.hook


def _messages(course: Course) -> list[Message]:
    """Those that have a way here; a mother's telephone has none."""
    with reading(course.rig.engine) as conn:
        found = messages.since(conn, course.began_ms)
    return [one for one in found if any(channel == "webhook" for channel, _ in one.ways)]


def _all_told(course: Course, hook: Hook) -> None:
    """Each message was taken, or overtaken; what counts as told was heard."""
    course.wait_for_probes()
    course.say("waiting until everybody is told")
    left = wait_for_told(lambda: _messages(course), TOLD_S)
    told = [one for one in _messages(course) if one.sent_ms is not None]
    unheard = [one.id for one in told if letter_id(one.id) not in hook.taken]
    course.ledger.facts["messages"] = len(told)
    course.ledger.must(bool(told), "nobody was told anything")
    said = [f"{one.id} ({one.step}, round {one.round}, {one.ended_why})" for one in left]
    course.ledger.must(not left, f"messages {said} were not told in {TOLD_S:.0f} s")
    course.ledger.must(not unheard, f"messages {unheard} count as told and were not heard")


def wait_for_told(look: Callable[[], list[Message]], patience_s: float) -> list[Message]:
    """What a first look finds and is neither told nor overtaken in this time. What is written
    meanwhile has not been waited for: it is not judged."""
    known = {one.id for one in look()}
    end_s = time.monotonic() + patience_s
    while True:
        mine = [one for one in look() if one.id in known]
        left = [one for one in mine if one.sent_ms is None and not _is_overtaken(one)]
        if not left or time.monotonic() >= end_s:
            return left
        time.sleep(LOOK_S)


def least_gap_s(heard: Iterable[Sequence[float]]) -> float:
    """The shortest time between two of a message, of these times of each; infinite: none."""
    pairs = (pair for times in heard for pair in itertools.pairwise(sorted(times)))
    return min((later - earlier for earlier, later in pairs), default=math.inf)


def _is_overtaken(message: Message) -> bool:
    return message.ended_why is not None and message.ended_why["text"] == OVERTAKEN


def _asked(course: Course, least: int) -> list[tuple[int | None, int]]:
    """(hospital, when it was asked) of the first alert of which so many were asked; or none."""
    for told in _steps(course):
        asked = [(step.organisation_id, step.at_ms) for step in told if step.event == "tell"]
        if len(asked) >= least:
            return asked
    return []


def _orphans(course: Course) -> list[int]:
    """Alerts that nobody was ever asked about."""
    events = [(steps[0].alert_id, {step.event for step in steps}) for steps in _steps(course)]
    return [number for number, seen in events if not seen & {"tell", "nobody left", "joined"}]


def _steps(course: Course) -> list[list[alerts.Step]]:
    ids = {one.id for one in course.recordings()}
    with reading(course.rig.engine) as conn:
        found = [one.id for one in alerts.visible(conn, recent=100_000) if one.recording_id in ids]
        return list(alerts.steps_of(conn, found).values())
