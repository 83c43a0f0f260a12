"""Network and mounts of the drill's own, where the machine allows: they end with it."""

import os
import shutil
import subprocess
import sys
from functools import cache

INSIDE = "LUCINA_DRILL_INSIDE"  # set in the process that has them


def move_into_own() -> None:
    """Start this command again with a network and mounts of its own; go on where that cannot be."""
    if os.environ.get(INSIDE) or not _may_unshare():
        return
    again = [sys.executable, "-m", "lucina", *sys.argv[1:]]
    within = ["sh", "-c", 'ip link set lo up && exec "$@"', "drill", *again]
    environment = os.environ | {INSIDE: "1"}
    os.execvpe("unshare", ["unshare", "--net", "--mount", "--", *within], environment)  # noqa: S606


def is_own() -> bool:
    """Whether packets can be dropped and folders mounted without anybody else noticing."""
    return INSIDE in os.environ


@cache
def _may_unshare() -> bool:
    if os.geteuid() or not shutil.which("unshare") or not shutil.which("ip"):
        return False
    tried = ["unshare", "--net", "--mount", "--", "ip", "link", "set", "lo", "up"]
    return subprocess.run(tried, capture_output=True, check=False).returncode == 0


@cache
def lacks_packets() -> str:
    """Why packets cannot be dropped here."""
    if not is_own():
        return "no network of its own (needs root, unshare and ip)"
    if not shutil.which("iptables"):
        return "iptables is not installed"
    rule = ["-m", "statistic", "--mode", "random", "--probability", "0.1", "-j", "ACCEPT"]
    tried = subprocess.run(["iptables", "-A", "INPUT", *rule], capture_output=True, check=False)
    return "" if tried.returncode == 0 else "iptables cannot drop at random in this kernel"


@cache
def lacks_mounts() -> str:
    return "" if is_own() else "no mounts of its own (needs root and unshare)"
