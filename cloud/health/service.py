"""Looks at the parts again and again, and tells the centre what has failed or works again.

It runs in a thread of its own, so that it sees the others stand still; what stands still with it
is seen by `lucina watchdog`.
"""

import logging
from collections.abc import Sequence
from dataclasses import dataclass

from cloud.health.parts import Part, Parts
from cloud.hub import Hub, changed

log = logging.getLogger(__name__)
EVERY_S = 2.0
TOPIC = "health"


@dataclass(frozen=True)
class Trouble:
    part: Part
    since_ms: int


class Health:
    """tick() is for cloud.ticker, each EVERY_S."""

    def __init__(self, parts: Parts, hub: Hub) -> None:
        self.parts = parts
        self.troubles: Sequence[Trouble] = ()  # now, the oldest first
        self._hub = hub

    def tick(self, now_ms: int) -> None:
        self.parts.clock.look(now_ms)
        found = [*self.parts.look(now_ms), *self.parts.others(now_ms)]
        before = {one.part.name: one for one in self.troubles}
        after = {}
        for part in found:
            if not part.ok:
                since_ms = before[part.name].since_ms if part.name in before else now_ms
                after[part.name] = Trouble(part, since_ms)
        self.troubles = sorted(after.values(), key=lambda one: one.since_ms)
        for name in after.keys() - before.keys():
            log.error("health: %s", after[name].part.words["text"] % after[name].part.facts)
        for name in before.keys() - after.keys():
            log.warning("health: %s works again", name)
        if after.keys() != before.keys():
            self._hub.publish(changed(TOPIC, None, mother_id=None, organisation_ids=None))
