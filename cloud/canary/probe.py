"""The near end: a probe for each run, with the firmware's own modules (device.probe)."""

import json
import signal
import subprocess
import time
from collections.abc import Callable
from pathlib import Path
from threading import Event, Timer

from cloud.canary.kit import Kit
from cloud.canary.runs import EVERY_S, Runs, lead_s, recording

FIRST_LINE_S = 1.0  # after the beginning of its recording a probe says how far it is
LONGEST_S, ENDS_S = 80.0, 8.0  # then it is told to end; then it is killed
Replaying = Callable[[Path, dict[str, object], str], list[str]]  # file, what else, broker: argv


def run_on(replaying: Replaying, kit: Kit, folder: Path, runs: Runs, ended: Event) -> None:
    """A run each EVERY_S, until `ended`; later when one takes longer."""
    number, next_s = 0, time.monotonic()
    while not ended.wait(max(0.0, next_s - time.monotonic())):
        next_s = max(next_s + EVERY_S, time.monotonic())
        lead = lead_s(number)
        file = folder / "canary.csv"
        file.write_text(recording(lead))
        try:
            more = {"device": kit.device, "token": kit.device_token, "speed": 1, "spool": ""}
            argv = replaying(file, more, kit.broker)
            runs.note("probe", _run(argv, lead, runs, ended))
        except (OSError, ValueError) as error:
            runs.note("probe", str(error))
        number += 1


def _run(argv: list[str], lead: int, runs: Runs, ended: Event) -> str:
    """One recording; what was wrong, "" when every frame has its receipt."""
    with subprocess.Popen(
        argv, text=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT
    ) as process:
        latest = Timer(LONGEST_S, _end, [process])
        latest.start()
        said = "it said nothing"
        assert process.stdout is not None  # asked for above
        for number, line in enumerate(process.stdout):
            said = line.strip()
            if number == 0:
                runs.begun(lead, time.monotonic() - FIRST_LINE_S)
            if ended.is_set():
                _end(process)
        latest.cancel()
    return "" if process.returncode == 0 else _words(said)


def _end(process: "subprocess.Popen[str]") -> None:
    """It ends its recording and waits some seconds for receipts."""
    process.send_signal(signal.SIGINT)
    try:
        process.wait(ENDS_S)
    except subprocess.TimeoutExpired:
        process.kill()


def _words(said: str) -> str:
    """Of a probe's last line."""
    try:
        last = json.loads(said)
        words = f"{last['receipted']} of {last['made']} frames have a receipt"
        return f"{words}, {last['trouble']}" if "trouble" in last else words
    except (ValueError, KeyError, TypeError):
        return said
