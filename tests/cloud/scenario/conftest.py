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
0.4  city     cares-for      m39
0.5  m39      enters         pressure=138/84
0.5  m39      enters         glucose=5.6 context=fasting
0.5  centre   opens-course   Counting movements
0.6  m39      follows        Counting movements
0.7  centre   leases         probe-spare-1 to m27 for 2
0.8  unknown  records        steady 1
1    m22      records   signal lost 5
2.5  centre   finds-pending  1
2.6  centre   binds          m40
3    m12      lets-teach     yes
3    centre   teaches        m12
3    county1  learns         newest
3.9  service  restarts  10
4.2  county1  answers   usual
4.4  county1  discusses      m12 with centre
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
