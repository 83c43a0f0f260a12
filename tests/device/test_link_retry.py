"""How a link knocks again: when the radio is back at once, at a mute broker with more patience."""

import socket

from device.link import Link
from device.mqtt import Mqtt
from tests.process import free_port


class Stopped:
    ms = 0

    def now_ms(self) -> int:
        return self.ms


def test_a_retry_ends_the_pause() -> None:
    clock = Stopped()
    link = Link("127.0.0.1", free_port(), Mqtt("d", "d", "t", []), clock)
    for _ in range(20):  # refused again and again, the pauses grow
        link.step(20)
        link.step(20)
        clock.ms += 60_000
    clock.ms -= 60_000
    link.error = ""
    link.step(0)
    link.step(20)
    assert link.error == ""  # it waits
    link.retry()
    link.step(20)
    link.step(20)
    assert "refused" in link.error


def test_a_mute_broker_is_given_twice_the_time_after_each_failure() -> None:
    clock = Stopped()
    with socket.create_server(("127.0.0.1", 0)) as mute:
        link = Link("127.0.0.1", mute.getsockname()[1], Mqtt("d", "d", "t", []), clock)
        for patience_s in (2, 4, 8, 16, 30, 30):
            clock.ms += 60_000  # its pause is over
            link.error = ""
            link.step(0)
            link.step(900)  # it is connected
            clock.ms += 1000 * patience_s - 1
            link.step(0)
            assert link.error == ""
            clock.ms += 1
            link.step(0)
            assert "no answer" in link.error
