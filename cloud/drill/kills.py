"""kill -9 of one part, or of all at random, while mothers are replayed again and again."""

import time
from collections.abc import Callable

from cloud.drill.course import Course
from cloud.drill.loaded import AT_POINT, DIE_AT
from cloud.drill.process import Process, wait_until
from cloud.drill.rigs import OnPostgres

KILLS = 100  # of one part in one replay
TIMES = 3  # replays of a drill: of 300 kills none harmed bounds their harm at 1 % (95 %)
ROUNDS = 20  # of mayhem
UP_S = (0.5, 1.0, 3.0)  # the longest that a part works in peace, once it is ready: one of these
DEAD_S = (0.1, 0.5, 2.0)  # the longest that a part stays dead: one of these
STARTS_S = 1.0  # the longest from a start to a kill of what has just been started
SHARE = 0.33  # of the kills that are followed by one while it starts; by one at a named point
MOST_CALLS = 6  # of a point, until the part dies there
POINT_S = 15.0  # it must have come there
POINTS = {
    "gateway": {
        "nothing written": "gateway.outbox:Outbox.commit:before",
        "written, not committed": "gateway.outbox:Outbox._put_frames:after",
        "synced, not acknowledged": "gateway.outbox:Outbox.commit:after",
        "acknowledged": "gateway.writer:Writer._store:after",
    },
    "cloud": {
        "nothing written": "cloud.sessions:Sessions.store:before",
        "written, not committed": "cloud.sessions:Sessions.store:after",
        "synced, not acknowledged": "cloud.sessions:Sessions.accept:before",
        "acknowledged": "cloud.ingest:Ingest._hand_on:after",
    },
}


def part(name: str) -> Callable[[Course], None]:
    """The drill that kills this process of the rig."""

    def run(course: Course) -> None:
        course.begin()
        victim: Process = getattr(course.rig, name)
        while course.ledger.faults < KILLS:
            course.go_on()
            time.sleep(_up_to(course, UP_S))
            die(course, victim, "at a random moment")
            if course.rng.random() < SHARE:
                victim.start()
                time.sleep(course.rng.uniform(0, STARTS_S))
                die(course, victim, "while it starts")
            if name in POINTS and course.rng.random() < SHARE:
                die_at(course, victim, POINTS[name])
            course.rig.start(victim)

    return run


def die_at(
    course: Course, victim: Process, points: dict[str, str], most_calls: int = MOST_CALLS
) -> None:
    """Start it so that it kills itself at one of these points, and wait for that."""
    words, point = course.rng.choice(list(points.items()))
    victim.env[DIE_AT] = f"{point}:{course.rng.randint(1, most_calls)}"
    victim.start()
    del victim.env[DIE_AT]
    end_s = time.monotonic() + POINT_S
    while victim.alive and time.monotonic() < end_s:
        time.sleep(0.005)
    came = not victim.alive
    die(course, victim, words if came else "at a random moment")
    said = victim.stderr_path.read_bytes()[-len(AT_POINT) :]
    course.ledger.must(not came or said == AT_POINT, f"{victim.name} ended before {point}")


def die(course: Course, victim: Process, when: str) -> None:
    """kill -9, and a while without it."""
    course.ledger.faults += 1
    course.ledger.facts[when] = course.ledger.facts.get(when, 0) + 1
    course.say(f"kill {course.ledger.faults}: {victim.name} {when}")
    victim.kill()
    time.sleep(_up_to(course, DEAD_S))


def _up_to(course: Course, longest_s: tuple[float, ...]) -> float:
    return course.rng.uniform(0, course.rng.choice(longest_s))


def kill_at(course: Course, victims: list[Process]) -> None:
    """Kill -9 the victims in their order at moments of the seed, and start each again."""
    for number in course.moments(len(victims)):
        die(course, victims[number], "at a random moment")
        course.rig.start(victims[number])


def kill_probe(course: Course) -> None:
    """Cut off in mid-recording and started again in its folder: it begins another session, and
    sends what its spool kept of the one before."""
    course.begin()
    while course.ledger.faults < KILLS:
        for number in range(1, len(course.replay.scenarios) + 1):
            time.sleep(_up_to(course, UP_S))
            _cut_off(course, number)


def _cut_off(course: Course, number: int) -> None:
    device = course.rig.devices[number - 1]
    course.ledger.faults += 1
    course.say(f"kill {course.ledger.faults}: {device}")
    course.sending[number].kill()
    of_device = {one.session for one in course.recordings() if one.device_id == device}
    heard = {key[1] for key in course.made() if key[0] == device}
    course.gone |= {(device, session) for session in of_device | heard}
    course.probe(number, *course.replay.scenarios[number - 1])
    wait_until(
        lambda: {key[1] for key in course.made() if key[0] == device} - heard,
        60,
        "its next session",
    )


def mayhem(course: Course) -> None:
    """As Jepsen mixes: none, one or several parts at once, a quarter of the time quiet."""
    course.begin()
    parts = [course.rig.gateway, course.rig.broker, course.rig.cloud]
    for _ in range(ROUNDS):
        course.go_on()
        chosen = course.rng.sample(parts, course.rng.choice((0, 1, 2, 3)))
        course.ledger.faults += len(chosen)
        course.say("kill " + (" + ".join(one.name for one in chosen) or "nobody"))
        for one in chosen:
            one.kill()
        time.sleep(_up_to(course, DEAD_S))
        for one in chosen:
            course.rig.start(one)
        time.sleep(course.rng.uniform(0.02, 0.1) * course.replay.wall_s)


def kill_database(course: Course) -> None:
    """PostgreSQL and all of its processes, at random moments."""
    assert isinstance(course.rig, OnPostgres)
    course.begin()
    while course.ledger.faults < KILLS:
        course.go_on()
        time.sleep(_up_to(course, UP_S))
        course.ledger.faults += 1
        course.say(f"kill {course.ledger.faults}: PostgreSQL")
        course.rig.database.kill()
        time.sleep(_up_to(course, DEAD_S))
        course.rig.database.start()
