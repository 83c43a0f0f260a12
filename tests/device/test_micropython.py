"""The tests in SHARED, which pytest runs too, on two real MicroPython interpreters."""

import ast
import os
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.servers import Missing

HERE = Path(__file__).parent
ROOT = HERE.parents[1]
SHARED = (
    "test_wire",
    "test_payloads",
    "test_clock",
    "test_mqtt",
    "test_ranges",
    "test_spool",
    "test_squeeze",
    "test_flashlog",
    "test_flashstore",
    "test_p256",
    "test_update",
    "test_board_slots",
    "test_network",
    "test_wifi",
    "test_sender",
    "test_packer",
    "test_seconds",
    "test_gatt",
    "test_drivers",
    "test_w25q128",
    "test_toco",
    "test_oximeter",
    "test_senses",
    "test_ble",
    "test_teach",
    "test_bearer",
    "test_buttons",
    "test_fhr",
    "test_beams",
)
PACKAGE = HERE / "node_modules" / "@micropython" / "micropython-webassembly-pyscript"


def count_tests(module: str) -> int:
    tree = ast.parse((HERE / f"{module}.py").read_text())
    found = [node for node in tree.body if isinstance(node, ast.FunctionDef)]
    return sum(node.name.startswith("test_") for node in found)


def passes(command: list[str], modules: tuple[str, ...], folder: Path) -> None:
    """folder: has device/ and tests/, compiled or not."""
    ran = subprocess.run(
        command,
        cwd=HERE,
        env={**os.environ, "MICROPYPATH": f"{folder}:.frozen"},
        capture_output=True,
        text=True,
        timeout=100,
    )
    assert ran.returncode == 0, ran.stdout[-2000:] + ran.stderr[-2000:]
    assert ran.stdout.splitlines()[-1] == f"passed {sum(map(count_tests, modules))}"


def test_shared_tests_pass_on_micropython_with_a_heap_of_128_kb(
    micropython: str, compiled: Path
) -> None:
    runner = str(HERE / "run_on_micropython.py")
    for module in SHARED:  # each in a heap that no other has left in pieces
        passes([micropython, "-X", "heapsize=128k", runner, module], (module,), compiled)


@pytest.fixture(scope="session")
def node() -> str:
    """Node with MicroPython's WebAssembly build beside the tests, at the pinned version."""
    node, npm = shutil.which("node"), shutil.which("npm")
    if not node or not npm:
        raise Missing("Node is not installed: apt-get install nodejs npm")
    if not (PACKAGE / "micropython.mjs").exists():
        command = [npm, "ci", "--no-audit", "--no-fund", "--ignore-scripts"]
        ran = subprocess.run(command, cwd=HERE, capture_output=True, text=True, timeout=90)
        if ran.returncode:
            raise Missing(f"npm ci in tests/device failed: {ran.stderr[-500:]}")
    return node


@pytest.mark.parametrize("part", range(3))  # it is slow: each has its own time
def test_shared_tests_pass_on_the_webassembly_build(node: str, part: int) -> None:
    modules = SHARED[part::3]
    passes([node, str(HERE / "run_in_node.mjs"), str(ROOT), *modules], modules, ROOT)
