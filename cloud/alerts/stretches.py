"""What an alert has told of its recording, from its steps: pure.

An alert is raised by one rule. The same again is a step "recurred"; another condition of its
episode that is as urgent or less, "joined"; one that is more urgent, "worsened": from then on the
alert is of that rule, and has to be answered again.
"""

from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple

from cloud.store.alerts import ANEW, WORSENED, Alert, Step

JOINED = "joined"
RECURRED = "recurred"
NEWS = (WORSENED, JOINED, RECURRED)  # a condition has become true


class Stretch(NamedTuple):
    """A condition was true from onset_s on, and at at_s still (recorded seconds)."""

    rule: str
    onset_s: float
    at_s: float
    told_ms: int


def stretches(alert: Alert, steps: Sequence[Step]) -> list[Stretch]:
    """In the order in which they were told; the first is what the alert was raised by."""
    worse = [(step, facts(step)) for step in steps if step.event == WORSENED]
    was = worse[0][1]["was"] if worse else vars(alert)
    raised_ms = steps[0].at_ms if steps else alert.raised_ms
    found = [Stretch(was["rule"], was["onset_s"], was["at_s"], raised_ms)]
    of = found[0].rule
    for step in steps:
        told = facts(step)
        if step.event == WORSENED:
            of = told["rule"]
        if step.event in NEWS:
            rule = told.get("rule", of)
            found.append(Stretch(rule, told["onset_s"], told["at_s"], step.at_ms))
    return found


def since_anew(steps: Sequence[Step]) -> Sequence[Step]:
    """Those since everybody may be asked anew; all, when that never was."""
    last = max((n for n, step in enumerate(steps) if step.event in ANEW), default=0)
    return steps[last:]


def rules_of(alert: Alert, steps: Sequence[Step]) -> set[str]:
    return {one.rule for one in stretches(alert, steps)}


def every_stretch(
    alerts: Iterable[Alert], steps: dict[int, list[Step]]
) -> list[tuple[Alert, Stretch]]:
    return [(one, told) for one in alerts for told in stretches(one, steps[one.id])]


def facts(step: Step) -> dict[str, Any]:
    """What a step keeps beside its words; of a person's own words nothing."""
    return {} if isinstance(step.text, str) else dict(step.text)
