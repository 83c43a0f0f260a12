"""kill -9 of one part, or of all at random, while mothers are replayed."""

import time
from collections.abc import Callable

from cloud.drill.course import Course
from cloud.drill.process import Process, wait_until
from cloud.drill.rigs import OnPostgres

KILLS = 5  # of one part in one replay
DEAD_S = 2.0  # the longest that a part stays dead


def part(name: str) -> Callable[[Course], None]:
    """The drill that kills this process of the rig."""

    def run(course: Course) -> None:
        course.begin()
        kill_at(course, [getattr(course.rig, name)] * KILLS)

    return run


def kill_at(course: Course, victims: list[Process]) -> None:
    """Kill -9 the victims in their order at moments of the seed, and start each again."""
    for number in course.moments(len(victims)):
        kill(course, victims[number])


def kill(course: Course, victim: Process) -> None:
    course.ledger.faults += 1
    course.say(f"kill {course.ledger.faults}: {victim.name}")
    victim.kill()
    time.sleep(course.rng.uniform(0, DEAD_S))
    course.rig.start(victim)


def kill_probe(course: Course) -> None:
    """Cut off in mid-recording and started again in its folder: it begins another session, and
    sends what its spool kept of the one before."""
    course.begin()
    for number in range(1, len(course.replay.scenarios) + 1):
        for _ in range(2):
            time.sleep(course.rng.uniform(0.15, 0.3) * course.replay.wall_s)
            _cut_off(course, number)


def _cut_off(course: Course, number: int) -> None:
    device = course.rig.devices[number - 1]
    course.ledger.faults += 1
    course.say(f"kill {course.ledger.faults}: {device}")
    course.rig.probes.pop(_newest(course, device)).kill()
    of_device = {one.session for one in course.recordings() if one.device_id == device}
    heard = {key[1] for key in course.made() if key[0] == device}
    course.gone |= {(device, session) for session in of_device | heard}
    course.probe(number, *course.replay.scenarios[number - 1])
    wait_until(
        lambda: {key[1] for key in course.made() if key[0] == device} - heard,
        60,
        "its next session",
    )


def _newest(course: Course, device: str) -> int:
    names = [probe.name.rpartition("-")[0] for probe in course.rig.probes]
    return max(at for at, name in enumerate(names) if name == device)


def mayhem(course: Course) -> None:
    """As Jepsen mixes: none, one or several parts at once, a quarter of the time quiet."""
    course.begin()
    parts = [course.rig.gateway, course.rig.broker, course.rig.cloud]
    for _ in range(KILLS):
        chosen = course.rng.sample(parts, course.rng.choice((0, 1, 2, 3)))
        course.ledger.faults += len(chosen)
        course.say("kill " + (" + ".join(one.name for one in chosen) or "nobody"))
        for one in chosen:
            one.kill()
        time.sleep(course.rng.uniform(0, DEAD_S))
        for one in chosen:
            course.rig.start(one)
        time.sleep(course.rng.uniform(0.02, 0.1) * course.replay.wall_s)


def kill_database(course: Course) -> None:
    """PostgreSQL and all of its processes, at random moments."""
    assert isinstance(course.rig, OnPostgres)
    course.begin()
    for _ in course.moments(KILLS):
        course.ledger.faults += 1
        course.say(f"kill {course.ledger.faults}: PostgreSQL")
        course.rig.database.kill()
        time.sleep(course.rng.uniform(0, DEAD_S))
        course.rig.database.start()
