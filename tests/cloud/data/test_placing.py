"""How well the probe is placed, from its status frames."""

from cloud.live import LiveTrace
from cloud.placing import placed_after, placed_by
from device import payloads, wire
from tests.cloud.data.test_live import RECORDING


def status(second: int, contact: int, own_heart: int = 0, best_percent: int = 60) -> wire.Frame:
    body = payloads.Status(80, contact, 0, 0, 0, 90, 0, own_heart, best_percent)
    return wire.Frame(wire.STATUS, 1, second, 1000 * second, payloads.pack_status(body))


def test_a_search_lasts_until_a_good_place_that_is_not_hers() -> None:
    said = [status(1, 0), status(11, 1), status(21, 2, own_heart=1), status(31, 2)]
    found = [
        placed_after((frame, 5000 + frame.t_ms) for frame in said[:count]) for count in range(1, 5)
    ]
    assert [one and one.searching_ms for one in found] == [6000, 6000, 6000, None]
    assert [one and one.own_heart for one in found] == [False, False, True, False]
    lost = placed_by(found[-1], status(41, 1), 60_000)
    assert lost is not None
    assert lost.view(75_000) == {
        "contact": 1,
        "own_heart": False,
        "best_percent": 60,
        "age_ms": 15_000,
        "searching_ms": 15_000,
    }


def test_what_says_nothing_changes_nothing() -> None:
    before = placed_by(None, status(30, 2), 1)
    assert before is not None
    torn = wire.Frame(wire.STATUS, 1, 5, 40_000, b"x")
    for frame in (status(20, 0), torn, wire.Frame(wire.TRACE, 1, 6, 50_000, b"")):
        assert placed_by(before, frame, 9) is before
    assert placed_by(before, status(40, payloads.GAP_8), 9) is None
    old = placed_by(before, status(40, 1, payloads.GAP_8, payloads.GAP_8), 9)
    assert old is not None and old.own_heart is None and old.best_percent is None


def test_the_live_trace_knows_it() -> None:
    trace = LiveTrace(RECORDING)
    assert trace.placed is None
    trace.add(status(3, 1), 9000)
    assert trace.placed is not None and trace.placed.came_ms == 9000
