"""What becomes of an instrument's measurements behind the gateway: the cloud's own rules."""

from datetime import timedelta
from pathlib import Path

from cloud.alerts.service import Alerting
from cloud.hub import Hub
from cloud.ingest import Ingest
from cloud.live import Live
from cloud.messages import read_message
from cloud.monitor import Monitor
from cloud.store import alerts, readings, recordings
from cloud.store.db import reading
from device import payloads, wire
from tests.cloud.alerts import world
from tests.gateway.test_vitals import NOW, Gateway, timed

CAME_MS = world.T0_MS


class Cloud:
    def __init__(self, folder: Path) -> None:
        self.engine = world.make(folder / "lucina.sqlite")
        self.live = Live()
        self._ingest = Ingest(self.engine, self.live, "mqtt://cloud:t@127.0.0.1:1")
        alerting = Alerting(self.engine, Hub())
        self._monitor = Monitor(self.engine, self.live, alerting, 10.0)

    def take(self, message: bytes | None, after_s: int) -> None:
        """As the gateway sends it, this long after CAME_MS; then two minutes of the monitor."""
        assert message is not None
        came_ms = CAME_MS + 1000 * after_s
        frames = wire.Reader().feed(message)
        start_ms = came_ms - frames[-1].t_ms
        stamp = payloads.pack_stamp(payloads.Stamp(came_ms, start_ms, 0))
        head = wire.encode(wire.Frame(wire.STAMP, frames[0].session, 0, 0, stamp))
        sent = read_message(wire.gateway_up("g1", "probe-1"), head + message, came_ms)
        assert sent is not None
        self._ingest._store([sent])
        for second in range(0, 120, 10):
            self.live.evict(came_ms + 1000 * second)
            self._monitor.tick(came_ms + 1000 * second)

    def told(self) -> list[str]:
        with reading(self.engine) as conn:
            return [alert.rule for alert in alerts.visible(conn)]

    def recordings(self) -> list[recordings.Recording]:
        with reading(self.engine) as conn:
            found = [recordings.get(conn, number) for number in range(1, 9)]
        return [one for one in found if one is not None]


def test_a_second_severe_pressure_is_known_as_the_second(tmp_path: Path) -> None:
    cloud, gateway = Cloud(tmp_path), Gateway(tmp_path)
    cloud.take(gateway.hear(timed(168, 40)), 0)
    assert cloud.told() == ["pressure_repeat"]
    cloud.take(gateway.hear(timed(169, 52), NOW + timedelta(minutes=12)), 12 * 60)
    assert sorted(cloud.told()) == ["pressure_repeat", "pressure_severe"]
    (one,) = cloud.recordings()
    assert one.mother_id is not None and one.closed_ms is not None
    assert one.start_ms == CAME_MS - 20 * 60_000  # when the first of them was measured
    assert one.frames_made == 5


def test_a_normal_pressure_raises_nothing_and_no_link_is_missed(tmp_path: Path) -> None:
    cloud = Cloud(tmp_path)
    cloud.take(Gateway(tmp_path).hear(timed(118, 59)), 0)
    assert cloud.told() == []
    (one,) = cloud.recordings()
    assert one.mother_id is not None and one.closed_ms is not None
    with reading(cloud.engine) as conn:
        assert readings.unread(conn, 0, CAME_MS + 1000) == []  # there is no trace to be read


def test_measurements_that_arrive_in_the_wrong_order_make_it_whole_too(tmp_path: Path) -> None:
    cloud, gateway = Cloud(tmp_path), Gateway(tmp_path)
    first = gateway.hear(timed(118, 40))
    cloud.take(gateway.hear(timed(119, 52)), 0)
    (one,) = cloud.recordings()
    assert (one.frames_made, one.closed_ms) == (5, None)
    cloud.take(first, 60)
    (one,) = cloud.recordings()
    assert one.frames_made == 5 and one.closed_ms is not None
