"""A few minutes of the consortium, played once for all tests of this folder."""

from collections.abc import Callable

import pytest

from cloud.scenario import script
from cloud.scenario.run import Outcome, Pace, Play, play
from device.packer import Packer

FEW_MINUTES = """
0    county1  answers   silent
0    m12      records   acute bradycardia 5
0    m34      asks      May I get up now?
0.2  town2    refers    m21 up to county2 because pressure
0.4  county1  borrows   2 probe from city
1    m22      records   signal lost 5
3.9  service  restarts  10
4.2  county1  answers   usual
"""
PACE = Pace((1, 2), (1, 2), (2, 3), 600, 300)

Playing = Callable[[int], Outcome]


@pytest.fixture(scope="session")
def playing() -> Playing:
    few = Play(lambda _: script.read(FEW_MINUTES), 540, PACE)
    return lambda seed: play(few, seed, Packer, None, lambda _share, _at: None)


@pytest.fixture(scope="session")
def outcome(playing: Playing) -> Outcome:
    return playing(3)
