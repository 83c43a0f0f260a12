"""Faults of the network between gateway and cloud: cut, lossy, slow, half-open, one-way."""

import subprocess
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager

from cloud.drill import place
from cloud.drill.course import Course
from cloud.drill.heard import Waits
from cloud.drill.process import wait_until
from cloud.drill.proxy import Proxy

OUTAGE_S = 60.0
ALARM_WITHIN_S = {"gateway": 15.0, "cloud": 30.0}  # from the cut to the technical alarm
LOSSY_HOST = "127.0.0.2"  # of loopback: the line alone comes from there
FOUND_WITHIN_S = 5.0  # a half-open connection
ACKNOWLEDGED_WITHIN_S = {10: 2.5, 20: 5.0, 30: 15.0}  # per cent of packets lost each way
ROUND_TRIP_S, LINE_BYTES_PER_S = 2.0, 8000.0  # 64 kbit/s
LOST_SHARES = (0.1, 0.2, 0.3)  # of the first hop, one after the other
MOST_AGAIN = 3  # connections anew that are no loop, of each who uses a slow line that loses nothing
HELD_S = 12.0  # each direction
STALL_MEANS = "chunks stalled by a proxy: packets cannot be dropped here"


def outage(course: Course) -> None:
    """The line is dead for a minute, and nobody is told: the gateway warns each mother, the cloud
    the centre of each, and nothing is lost."""
    course.begin()
    time.sleep(15)
    cut_ms = time.time() * 1000
    course.ledger.faults = 1
    course.say(f"the line is dead for {OUTAGE_S:.0f} s")
    course.rig.far.fall_silent()
    time.sleep(OUTAGE_S)
    warned_ms = course.rig.heard.commanded_ms(cut_ms)
    course.rig.far.heal()
    mothers = len(course.replay.scenarios)
    course.ledger.must(len(warned_ms) == mothers, f"the gateway warned {len(warned_ms)} mothers")
    course.told_by_clock["link_lost"] = mothers
    told_ms: dict[str, Sequence[float]] = {
        "gateway": list(warned_ms.values()),
        "cloud": course.raised_ms("link_lost"),
    }
    for where, all_ms in told_ms.items():
        late_s = (max(all_ms, default=cut_ms) - cut_ms) / 1000
        course.ledger.facts[f"{where}_alarm_s"] = round(late_s, 1)
        words = f"alarm of the {where} after {late_s:.1f} s"
        course.ledger.must(late_s <= ALARM_WITHIN_S[where], words)


def loss(per_cent: int) -> Callable[[Course], None]:
    """The drill that drops so many packets each way between gateway and broker."""

    def run(course: Course) -> None:
        course.ledger.faults = per_cent
        course.say(f"{per_cent} % of the packets are dropped")
        waits = Waits()
        course.rig.far.tap = waits.passes
        with _dropping(course, per_cent / 100):
            course.begin()
            course.wait_for_probes()
            course.wait_for_store()
        allowed_s = ACKNOWLEDGED_WITHIN_S[per_cent]
        course.ledger.facts["slowest_receipt_s"] = round(waits.slowest_s, 1)
        words = f"slowest receipt {waits.slowest_s:.1f} s > {allowed_s} s"
        course.ledger.must(waits.slowest_s <= allowed_s, words)

    return run


@contextmanager
def _dropping(course: Course, share: float) -> Iterator[None]:
    if place.lacks_packets():
        course.ledger.means = STALL_MEANS
        for way in (course.rig.far.up, course.rig.far.down):
            way.stalled_share = share
        yield
        course.rig.far.heal()
        return
    drop = ["-m", "statistic", "--mode", "random", "--probability", str(share), "-j", "DROP"]
    rules = [["INPUT", "-p", "tcp", way, LOSSY_HOST, *drop] for way in ("-s", "-d")]
    _connect_from(course.rig.far, LOSSY_HOST)
    for rule in rules:
        subprocess.run(["iptables", "-A", *rule], check=True)
    try:
        yield
    finally:
        for rule in rules:
            subprocess.run(["iptables", "-D", *rule], check=True)
        _connect_from(course.rig.far, None)


def _connect_from(proxy: Proxy, host: str | None) -> None:
    proxy.from_host = host
    proxy.cut()
    proxy.heal()


def slow(course: Course) -> None:
    """Both hops take two seconds there and back, at 64 kbit/s, all the time; later the first one
    loses packets too, more and more."""
    near, far = course.rig.near, course.rig.far
    course.ledger.faults = 2 + len(LOST_SHARES)
    for way in (near.up, near.down, far.up, far.down):
        way.latency_s, way.bytes_per_s = ROUND_TRIP_S / 2, LINE_BYTES_PER_S
    before = near.connections, far.connections
    course.begin()
    part_s = course.replay.wall_s / (1 + len(LOST_SHARES))
    time.sleep(part_s)
    sound = near.connections
    probes = len(course.replay.scenarios)
    _judge_again(course, "probes", sound - before[0] - probes, probes)
    for share in LOST_SHARES:
        course.say(f"{share:.0%} of what passes the first hop is sent again")
        near.up.stalled_share = near.down.stalled_share = share
        time.sleep(part_s)
    course.ledger.facts["probes_again_with_loss"] = near.connections - sound
    near.up.stalled_share = near.down.stalled_share = 0.0
    course.wait_for_probes()
    course.wait_for_store()
    _judge_again(course, "gateway", far.connections - before[1], 1)
    for proxy in (near, far):
        proxy.heal()


def _judge_again(course: Course, who: str, times: int, links: int) -> None:
    course.ledger.facts[f"{who}_again"] = times
    course.ledger.must(times <= MOST_AGAIN * links, f"{who} connected again {times} times: a loop")


def half_open(course: Course) -> None:
    """What is connected carries nothing more, and nobody is told."""
    course.begin()
    for name, proxy in (("gateway", course.rig.far), ("probe", course.rig.near)):
        time.sleep(course.rng.uniform(0.1, 0.2) * course.replay.wall_s)
        course.ledger.faults += 1
        course.say(f"the connections of the {name} are half-open")
        found_s = _until_connected(proxy)
        course.ledger.facts[f"{name}_found_s"] = round(found_s, 1)
        words = f"the {name} found it after {found_s:.1f} s"
        course.ledger.must(found_s <= FOUND_WITHIN_S, words)


def _until_connected(proxy: Proxy) -> float:
    """Freeze what there is; the seconds until one of them has connected again."""
    before, since_s = proxy.connections, time.monotonic()
    proxy.freeze()
    wait_until(lambda: proxy.connections > before, 60, "a new connection")
    return time.monotonic() - since_s


def one_way(course: Course) -> None:
    """First nothing goes up, then nothing comes down; the other direction is sound."""
    course.begin()
    for words, way in (("up", course.rig.far.up), ("down", course.rig.far.down)):
        time.sleep(course.rng.uniform(0.05, 0.15) * course.replay.wall_s)
        course.ledger.faults += 1
        course.say(f"nothing goes {words} for {HELD_S:.0f} s")
        way.held = True
        time.sleep(HELD_S)
        way.held = False
