"""The firmware's signal path with every sum and product looked at: how many, how great.

Its modules are loaded once more with each `*` and each other arithmetic step going through a
function here. What is counted is what a board computes, index arithmetic included.
"""

import ast
import importlib
import operator
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from types import ModuleType
from typing import Any

import device

PATH = ("bandpass", "envelope", "autocorrelation", "period", "tracker", "origin", "fhr", "doppler")
OPERATORS: dict[type[ast.operator], Callable[[int, int], int]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.FloorDiv: operator.floordiv,
    ast.LShift: operator.lshift,
    ast.RShift: operator.rshift,
}


class Meter:
    def __init__(self) -> None:
        self.products = 0
        self.greatest = 0  # magnitude of any result

    def __call__(self, name: str, left: int, right: int) -> int:
        """One step of arithmetic."""
        result: int = getattr(operator, name)(left, right)
        if isinstance(result, int):  # else a list is made longer, before any sound
            self.products += name == "mul"
            self.greatest = max(self.greatest, abs(result))
        return result


class _Watch(ast.NodeTransformer):
    def visit_BinOp(self, node: ast.BinOp) -> ast.AST:
        self.generic_visit(node)
        if type(node.op) not in OPERATORS:
            return node
        return self._call(node.op, node.left, node.right)

    def visit_AugAssign(self, node: ast.AugAssign) -> ast.AST:
        self.generic_visit(node)
        if not isinstance(node.target, ast.Name):
            return node
        before = ast.Name(node.target.id, ast.Load())
        return ast.Assign([node.target], self._call(node.op, before, node.value))

    def _call(self, kind: ast.operator, left: ast.expr, right: ast.expr) -> ast.Call:
        name = ast.Constant(OPERATORS[type(kind)].__name__)
        return ast.Call(ast.Name("_meter", ast.Load()), [name, left, right], [])


@contextmanager
def watched(meter: Meter) -> Iterator[Any]:
    """The module device.doppler whose every step the meter sees."""
    names = [f"device.{name}" for name in PATH]
    kept = {name: importlib.import_module(name) for name in names}
    try:
        for name in names:
            _load(name, kept[name], meter)
        yield sys.modules["device.doppler"]
    finally:
        sys.modules |= kept
        for name, module in kept.items():
            setattr(device, name.partition(".")[2], module)


def _load(name: str, original: ModuleType, meter: Meter) -> None:
    path = Path(str(original.__file__))
    tree = ast.fix_missing_locations(_Watch().visit(ast.parse(path.read_text())))
    module = ModuleType(name)
    module.__dict__["_meter"] = meter
    exec(compile(tree, str(path), "exec"), module.__dict__)  # noqa: S102 - our own source
    sys.modules[name] = module
    setattr(device, name.partition(".")[2], module)
