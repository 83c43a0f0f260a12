"""The modem over a real serial line (a pseudo terminal), under both interpreters."""

import os
import subprocess
import sys
import threading
import tty
from pathlib import Path

from tests.device.fake_modem import FakeModem

HERE = Path(__file__).parent
ROOT = HERE.parents[1]


def serve(line: int, modem: FakeModem) -> None:
    """Until the board's side is closed."""
    modem.start()
    try:
        while True:
            os.write(line, modem.hear(os.read(line, 64)))
    except OSError:
        pass


def test_the_dialogue_and_ppp_share_a_serial_line(micropython: str) -> None:
    begun = []
    for interpreter in (sys.executable, micropython):
        line, board = os.openpty()
        tty.setraw(board)
        modem = FakeModem()
        threading.Thread(target=serve, args=(line, modem), daemon=True).start()
        process = subprocess.Popen(
            [interpreter, str(HERE / "modem_client.py"), os.ttyname(board)],
            env={**os.environ, "PYTHONPATH": str(ROOT), "MICROPYPATH": f"{ROOT}:.frozen"},
            stdout=subprocess.PIPE,
            text=True,
        )
        begun.append((process, modem, board))
    for process, modem, board in begun:
        out, _ = process.communicate(timeout=60)
        os.close(board)
        assert out.split() == ["True", "-79", "0"]
        assert modem.data
        assert modem.asked[-1] == "ATD*99#"
        assert 'AT+CGDCONT=1,"IP","internet"' in modem.asked
