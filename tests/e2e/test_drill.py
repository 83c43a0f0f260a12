"""Nothing is lost and nothing doubled under a few faults: what `lucina drill` runs at length."""

import importlib
import json
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from cloud.drill import frames, kills, notices, rigs
from cloud.drill.course import Course, Replay
from cloud.drill.ledger import Ledger
from cloud.drill.loaded import AT_POINT, DIE_AT
from cloud.drill.process import wait_until
from cloud.drill.rig import Rig
from device.packer import Packer
from tests.e2e.rig import COMMAND, ROOT

pytestmark = pytest.mark.timeout(300)
# Rules run on recorded time: at speed 20 an outage of 6 s is 120 s without signal, which the rule
# signal_lost has to tell. Here a part must be back, and what it missed sent, within 12 s.
SHORT = Replay((("normal", 3), ("maternal", 13)), minutes=3, speed=10)
SHORT_FAST = Replay((("maternal", 13), ("maternal", 14)), minutes=3, speed=60)


@pytest.fixture(scope="module")
def rig(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Rig]:
    with rigs.loaded(tmp_path_factory.mktemp("drill")) as rig:
        yield rig


def course(rig: Rig, name: str, replay: Replay) -> Course:
    rig.probes.clear()
    return Course(rig, Ledger(name, seed=1), Packer, replay)


def assert_holds(ledger: Ledger) -> None:
    assert ledger.wrong == []
    assert ledger.faults and ledger.frames["stored"] and ledger.alerts["expected"]


def test_a_kill_of_each_part(rig: Rig) -> None:
    killed = course(rig, "kills", SHORT)
    killed.begin()
    kills.kill_at(killed, [rig.gateway, rig.cloud, rig.broker])
    assert_holds(killed.finish())


def test_a_part_dies_at_a_named_point(rig: Rig) -> None:
    rig.gateway.kill()
    rig.gateway.env[DIE_AT] = "gateway.main:Gateway.start:before:1"
    rig.gateway.start()
    del rig.gateway.env[DIE_AT]
    wait_until(lambda: not rig.gateway.alive, 30, "the gateway dying at its point")
    assert rig.gateway.stderr_path.read_bytes().endswith(AT_POINT)
    rig.start(rig.gateway)


def test_the_named_points_are_in_the_code() -> None:
    for points in (*kills.POINTS.values(), notices.POINTS):
        for point in points.values():
            module, path, when = point.split(":")
            owner, method = path.split(".")
            assert callable(getattr(getattr(importlib.import_module(module), owner), method))
            assert when in ("before", "after")


@pytest.mark.parametrize("fault", [frames.reorder, frames.corrupt])
def test_a_device_that_misbehaves(rig: Rig, fault: Callable[[Course], None]) -> None:
    sent_badly = course(rig, fault.__name__, SHORT_FAST)
    fault(sent_badly)
    assert_holds(sent_badly.finish())


BROKEN = {  # what is changed in a copy: file, as it is, as it must never be; drill, what it says
    "acknowledged before it is on the disk": (
        "gateway/outbox.py",
        'connection.execute("PRAGMA synchronous = FULL")',
        'connection.execute("PRAGMA synchronous = OFF")',
        "power-loss",
        "frames lost",
    ),
    "an alert that missing data clears": (
        "models/conditions.py",
        "return (both >= BOTH_SHARE * rule.window_s * FS_HZ) & (alike < CALM_RATIO * both)",
        "return (alike < CALM_RATIO * both) | (both == 0)",
        "signal-gone",
        "alerts doubled",
    ),
    "a watchdog that needs fresh data": (
        "cloud/alerts/link.py",
        "            not link.lost\n",
        "            not link.lost\n            and trace.newest_s != link.newest_s\n",
        "outage-1min",
        "alerts lost: link_lost",
    ),
}


@pytest.mark.parametrize("harm", BROKEN)
def test_the_line_to_break_is_in_the_code(harm: str) -> None:
    file, right, *_ = BROKEN[harm]
    assert (ROOT / file).read_text().count(right) == 1


@pytest.mark.slow
@pytest.mark.timeout(1200)
@pytest.mark.parametrize("harm", BROKEN)
def test_a_broken_build_is_caught(tmp_path: Path, harm: str) -> None:
    file, right, wrong, drill, words = BROKEN[harm]
    tree = tmp_path / "broken"
    packed = subprocess.run(["git", "archive", "HEAD"], cwd=ROOT, capture_output=True, check=True)
    tree.mkdir()
    subprocess.run(["tar", "x"], cwd=tree, input=packed.stdout, check=True)
    source = (tree / file).read_text()
    (tree / file).write_text(source.replace(right, wrong))
    args = [*COMMAND, "drill", drill, "--json", "--strict"]
    done = subprocess.run(args, cwd=tree, capture_output=True, check=False, timeout=900)
    (ledger,) = json.loads(done.stdout)
    assert (done.returncode, ledger["verdict"]) == (1, "FAILS"), ledger
    assert any(words in one for one in ledger["wrong"]), ledger
    print(harm, ledger["wrong"])
