"""Every drill by its name: what is put in, how, and what of it this machine lacks."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path

from cloud.drill import (
    clocks,
    disks,
    frames,
    kills,
    links,
    loads,
    moves,
    notices,
    place,
    power,
    rigs,
)
from cloud.drill.course import Course, Replay
from cloud.drill.database import lacks_postgres
from cloud.drill.rig import Rig

OpenRig = Callable[[Path], AbstractContextManager[Rig]]


def nothing() -> str:
    return ""


USUAL = Replay()
FAST = Replay(speed=60)
SLOWER = Replay(speed=5)
KILLED = "kill -9 at random, while it starts, and at named points of its code"
LOSS = "iptables drops each way in a network of its own, else a proxy stalls"


@dataclass(frozen=True)
class Drill:
    what: str  # the fault
    how: str  # by what means
    run: Callable[[Course], None]
    replay: Replay = USUAL
    open_rig: OpenRig = rigs.plain
    lacks: Callable[[], str] = nothing  # why this machine cannot do it
    times: int = 1  # of replays where one is asked for, each with the next seed
    shares: bool = True  # it leaves its rig as it found it


def _killing(
    what: str,
    how: str,
    run: Callable[[Course], None],
    open_rig: OpenRig = rigs.loaded,
    lacks: Callable[[], str] = nothing,
) -> Drill:
    how = f"{kills.TIMES} times {kills.KILLS}: {how}"
    return Drill(what, how, run, open_rig=open_rig, lacks=lacks, times=kills.TIMES)


DRILLS: dict[str, Drill] = {
    "kill-gateway": _killing("the gateway dies", KILLED, kills.part("gateway")),
    "kill-broker": _killing("the broker dies", KILLED, kills.part("broker")),
    "kill-cloud": _killing("ingest, rules and pages die", KILLED, kills.part("cloud")),
    "kill-probe": _killing(
        "the probe loses its power",
        "kill -9 at random, started again in its folder",
        kills.kill_probe,
    ),
    "kill-notifier": _killing(
        "the notifier dies while it tells",
        "kill -9 before and after the receiver answers, and at named points of its code",
        notices.kill_notifier,
        rigs.hooked,
    ),
    "kill-database": _killing(
        "the database dies",
        "kill -9 of all of PostgreSQL at random",
        kills.kill_database,
        rigs.on_postgres,
        lacks_postgres,
    ),
    "mayhem": Drill(
        "any parts die together",
        f"{kills.ROUNDS} times kill -9 of 0 to 3 at once",
        kills.mayhem,
        open_rig=rigs.loaded,
    ),
    "outage-1min": Drill(
        "the line to the cloud is down for a minute",
        "a proxy ends and refuses",
        links.outage,
        Replay((("normal", 3), ("normal", 4)), minutes=2, speed=1),
    ),
    "outage-24h": Drill(
        "the line is down for a day",
        "a proxy, 600 recorded seconds a second, back-fill at 1 Mbit/s beside live mothers",
        loads.outage_a_day,
        Replay((("normal", 5),), minutes=24 * 60, speed=600),
    ),
    "loss-10": Drill("10 % of the packets get lost", LOSS, links.loss(10), SLOWER),
    "loss-20": Drill("20 % of the packets get lost", LOSS, links.loss(20), SLOWER),
    "loss-30": Drill("30 % of the packets get lost", LOSS, links.loss(30), SLOWER),
    "slow-link": Drill(
        "2 s there and back, 64 kbit/s on both hops; then the first one loses up to 30 % too",
        "a proxy delays, and stalls as TCP does that has to send again",
        links.slow,
        SLOWER,
    ),
    "half-open": Drill("connections carry nothing more", "a proxy is mute", links.half_open),
    "one-way": Drill("one direction is away", "a proxy holds it", links.one_way, SLOWER),
    "disk-full": Drill(
        "no byte is left under gateway, then cloud",
        "small file systems, filled",
        disks.disk_full,
        SLOWER,
        rigs.on_small_disks,
        place.lacks_mounts,
    ),
    "fsync-error": Drill(
        "the gateway's fsync fails",
        "a file system of the drill's own (FUSE)",
        power.fsync_error,
        SLOWER,
        power.forgetful,
        power.lacks_forgetful,
        shares=False,
    ),
    "power-loss": Drill(
        "the gateway's power goes: unsynced writes are gone or torn",
        "a file system of the drill's own (FUSE)",
        power.power_loss,
        SLOWER,
        power.forgetful,
        power.lacks_forgetful,
        shares=False,
    ),
    "bit-flip": Drill("a stored bit turns", "the file is edited", disks.bit_flip, FAST),
    "clock-jump": Drill(
        "wall clocks jump an hour, a day, to 1970",
        "libfaketime",
        clocks.jump,
        open_rig=rigs.OnFalseClocks,
        lacks=clocks.lacks_false_clocks,
    ),
    "clock-drift": Drill(
        "a wall clock is too fast",
        "libfaketime",
        clocks.drift,
        open_rig=rigs.OnFalseClocks,
        lacks=clocks.lacks_false_clocks,
    ),
    "slow-consumer": Drill(
        "pages stop reading", "connections that never read", loads.slow_consumer, FAST
    ),
    "storm": Drill(
        "10 000 connect at once",
        "a process that connects to Mosquitto: plain, by TLS with certificates both ways, resumed",
        loads.storm,
        open_rig=rigs.OnMosquitto,
        lacks=loads.lacks_storm,
    ),
    "restarts": Drill(
        "parts are restarted all the time", "SIGTERM, kill -9", loads.restarts, open_rig=rigs.loaded
    ),
    "upgrade": Drill(
        "newer programs and tables take over in mid-recording",
        "the commit before the newest migration, then this one",
        moves.upgrade,
        SLOWER,
        moves.before,
        moves.lacks_history,
        shares=False,
    ),
    "restore": Drill(
        "the cloud's machine is lost after a backup",
        "lucina backup, lucina restore",
        moves.restore,
        SLOWER,
        shares=False,
    ),
    "channels-down": Drill(
        "no channel takes a message for a while",
        "a webhook's receiver answers 500",
        notices.channels_down,
        open_rig=rigs.hooked,
    ),
    "hospital-down": Drill(
        "the nearest hospital says nothing",
        "nobody answers",
        notices.hospital_down,
        open_rig=rigs.hooked,
    ),
    "signal-gone": Drill(
        "the signal is away while a condition lasts", "a client", frames.signal_gone, FAST
    ),
    "duplicates": Drill("each frame comes 1 to 5 times", "a client", frames.duplicates, FAST),
    "reorder": Drill("frames overtake 100 others", "a client", frames.reorder, FAST),
    "corrupt": Drill("damaged, cut, oversize, foreign bytes", "a client", frames.corrupt, FAST),
    "poison": Drill("sound frames of nonsense", "a client", frames.poison, FAST),
    "replayed": Drill(
        "frames sent again by a thief, as they were and changed", "a client", frames.replayed, FAST
    ),
    "cloned": Drill("two devices with one name", "two clients", frames.cloned, FAST),
}
