"""The import rule: who may import what. lucina.py alone knows all four packages."""

import ast
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
ON_A_BOARD = (
    "aioble|array|asyncio|binascii|bluetooth|collections|errno|esp32|gc|hashlib|json|machine"
    "|micropython|network"
)
MAY_IMPORT = {  # regular expressions of whole names; `from a import b` is a.b
    "device": rf"(device|{ON_A_BOARD}|os|random|select|socket|ssl|struct|sys|time)(\..*)?",
    "models": r"(models|bisect|collections|dataclasses|enum|functools"
    r"|importlib\.resources|itertools|math|re|statistics|struct|typing|numpy|scipy|sklearn)(\..*)?",
    "gateway": r"(gateway|models|device\.(wire|payloads|gatt|vitals)"
    r"|(?!cloud|device|hardware|lucina)\w+)(\..*)?",
    "cloud": r"(cloud|models|device\.(wire|payloads|manifest|p256)|sqlalchemy\.(Engine|Connection)"
    r"|(?!gateway|device|hardware|lucina|sqlalchemy|sqlite3|psycopg)\w+)(\..*)?",
    "hardware": r"(hardware|device\.manifest|device\.p256"
    r"|(?!cloud|device|gateway|models|lucina)\w+)(\..*)?",
}
# the laboratory bench: there the firmware hears what the models make
MAY_IMPORT_ON_THE_BENCH = (
    r"(hardware\.(bench|image)|device|models|cloud\.terminal"
    r"|(?!cloud|gateway|hardware|lucina)\w+)(\..*)?"
)
HOLDS_SQL = r"cloud/(store|migrations)/.*"
FILES = [
    str(path.relative_to(ROOT)) for name in MAY_IMPORT for path in ROOT.glob(f"{name}/**/*.py")
]


def imports(file: str) -> set[str]:
    found = set()
    for node in ast.walk(ast.parse((ROOT / file).read_text())):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            found |= {"." * node.level + f"{node.module}.{alias.name}" for alias in node.names}
    return found


@pytest.mark.parametrize("file", FILES)
def test_imports_only_what_its_layer_may(file: str) -> None:
    rule = MAY_IMPORT[file.split("/")[0]]
    if file.startswith("hardware/bench/"):
        rule = MAY_IMPORT_ON_THE_BENCH
    if re.fullmatch(HOLDS_SQL, file):
        rule = f"{rule}|sqlalchemy.*"
    assert [name for name in imports(file) if not re.fullmatch(rule, name)] == []
