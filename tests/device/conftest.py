"""The firmware and its tests compiled, as MicroPython runs them in a small heap."""

from pathlib import Path

import pytest

from hardware.image import HOST, compile_all, compile_one
from tests.device.test_micropython import SHARED

HERE = Path(__file__).parent
HELPERS = ("__init__", "fake_aioble", "fake_i2c", "fake_machine", "fake_modem", "fake_server",
           "flashes", "locked", "scratch", "test_board",
    "test_board_main", "test_safety")  # fmt: skip


@pytest.fixture(scope="session")
def compiled(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with device/ as a board has it, tests/device/, and programs for a board."""
    folder = tmp_path_factory.mktemp("mpy")
    compile_all(folder, HOST)
    for name in ("firmware_client", "frames_client"):  # they are a board's main.py
        compile_one((HERE / f"{name}.py").read_text(), folder / f"{name}.mpy", HOST)
    compile_one("", folder / "tests" / "__init__.mpy", HOST)
    for name in (*HELPERS, *SHARED):  # level 0: a test without `assert` tests nothing
        source = (HERE / f"{name}.py").read_text()
        compile_one(source, folder / "tests" / "device" / f"{name}.mpy", HOST, level=0)
    return folder
