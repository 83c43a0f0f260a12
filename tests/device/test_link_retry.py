"""When the radio comes back the link does not wait for the end of its pause."""

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
