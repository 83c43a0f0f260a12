"""A plan of monitoring and what was done of it: days a week, weeks in a row, days that were missed.

A week begins on Monday. A day counts once, however often she recorded. A day that she could not
record and said why counts as excused: it keeps the row of weeks, and is never shown as done.
Days are numbers, as date.toordinal() gives them: 1 was a Monday.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

POOR_SHARE = 0.5  # of what was planned in the last POOR_WEEKS full weeks; design
POOR_WEEKS = 2
ENOUGH_SHARE = 0.8  # of the planned minutes: a recording so long counts; design, as FIELD 8.3.10


@dataclass(frozen=True)
class Plan:
    from_day: int
    per_week: int  # days, 1..7
    minutes: int


@dataclass(frozen=True)
class Week:
    monday: int
    done: int
    planned: int
    excused: int
    missed: tuple[int, ...]  # days of the plan that went by, neither done nor excused

    @property
    def held(self) -> bool:
        return self.done + self.excused >= self.planned


def weeks(
    plans: Sequence[Plan], done: Collection[int], excused: Collection[int], today: int
) -> list[Week]:
    """Every week since the first plan began, the running one last. `plans` in the order in which
    they were made: the last that has begun holds."""
    if not plans:
        return []
    monday = monday_of(min(plan.from_day for plan in plans))
    found = []
    while monday <= today:
        found.append(_week(plans, set(done), set(excused), monday, today))
        monday += 7
    return found


def streak(of: Sequence[Week]) -> int:
    """Weeks in a row in which the plan was kept; the running one counts once it is."""
    found = int(bool(of) and of[-1].held and of[-1].planned > 0)
    for week in reversed(of[:-1]):
        if not week.held:
            break
        found += week.planned > 0
    return found


def is_poor(of: Sequence[Week]) -> bool:
    """In the last full weeks less than half was done, and not excused."""
    full = [week for week in of[:-1] if week.planned][-POOR_WEEKS:]
    planned = sum(week.planned for week in full)
    done = sum(min(week.planned, week.done + week.excused) for week in full)
    return len(full) == POOR_WEEKS and done < POOR_SHARE * planned


def monday_of(day: int) -> int:
    return day - (day - 1) % 7


def _week(
    plans: Sequence[Plan], done: set[int], excused: set[int], monday: int, today: int
) -> Week:
    sunday = monday + 6
    begun = [plan for plan in plans if plan.from_day <= sunday]
    if not begun:
        return Week(monday, 0, 0, 0, ())
    first = max(monday, min(plan.from_day for plan in begun))
    days = [*range(first, sunday + 1)]
    planned = -(-begun[-1].per_week * len(days) // 7)  # of a week that began late its share
    made = sum(day in done for day in days)
    said = [day for day in days if day in excused and day not in done]
    gone = [d for d in days if d < today and d not in done and d not in excused]
    spare = len(days) - planned  # she may choose which days
    missed = gone[spare:] if made + len(said) < planned else []
    return Week(monday, made, planned, len(said), tuple(missed))
