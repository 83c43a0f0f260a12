"""Carries out the wishes of the story: restarts probes, stops and starts the gateway."""

from collections.abc import Sequence
from pathlib import Path

from cloud import story
from cloud.child import Child
from cloud.story import Wish


class Teller:
    """tick() each second. `probes`: the first one plays the chapters."""

    def __init__(self, home: Path, gateway: Child, probes: Sequence[Child], speed: int) -> None:
        self._home = home
        self._gateway = gateway
        self._probes = probes
        self._now = Wish(0, "", speed, cut=False)
        story.write(home, self._now)
        story.finish(home, self._now)

    def has_stopped(self, part: object) -> bool:
        """Whether this one has ended because somebody wished it."""
        return self._now.cut and part is self._gateway

    def tick(self) -> None:
        wish, before = story.read(self._home), self._now
        if wish is None or wish == before:
            return
        self._now = wish
        if wish.cut and not before.cut:
            self._gateway.stop()
        if before.cut and not wish.cut:
            self._gateway.start()
            self._gateway.wait_ready()
        for number, probe in enumerate(self._probes):
            plays = number == 0 and wish.chapter and wish.number != before.number
            again = plays and (wish.chapter != before.chapter or wish.cut == before.cut)
            if again or wish.speed != before.speed:
                self._play(probe, story.source(wish.chapter) if plays else None, wish.speed)
        story.finish(self._home, wish)

    def _play(self, probe: Child, source: str | None, speed: int) -> None:
        probe.stop()
        _set(probe.argv, "--speed", str(speed))
        if source is not None:
            _set(probe.argv, "--replay", source)
        probe.start()


def _set(argv: list[str], option: str, value: str) -> None:
    argv[argv.index(option) + 1] = value
