"""Wall clocks that jump or run wrong. Durations are the business of clocks that cannot."""

import time
from pathlib import Path

from cloud.drill.course import Course
from cloud.drill.rigs import OnFalseClocks

JUMPS = ("+1h", "-1h", "+1d", "-1d", "@1970-01-02 00:00:00", "+0")
DRIFT = "+0 x1.02"  # a hundred times the 200 ppm of a cheap quartz: minutes show what days do


def lacks_false_clocks() -> str:
    return "" if OnFalseClocks.library() else "libfaketime is not installed"


def jump(course: Course) -> None:
    """Both clocks are set an hour, a day, or to 1970, one after the other."""
    clocks = _clocks(course)
    course.begin()
    pause_s = 0.9 * course.replay.wall_s / len(JUMPS)
    for moved in JUMPS:
        which = course.rng.choice(sorted(clocks))
        course.ledger.faults += 1
        course.say(f"the clock of the {which}: {moved}")
        clocks[which].write_text(moved + "\n")
        time.sleep(pause_s)
    for clock in clocks.values():
        clock.write_text("+0\n")


def drift(course: Course) -> None:
    """The gateway's clock is too fast by 2 %."""
    _clocks(course)["gateway"].write_text(DRIFT + "\n")
    course.ledger.faults = 1
    course.begin()
    course.wait_for_probes()
    _clocks(course)["gateway"].write_text("+0\n")


def _clocks(course: Course) -> dict[str, Path]:
    assert isinstance(course.rig, OnFalseClocks)
    course.clocks_are_sound = False
    return course.rig.clocks
