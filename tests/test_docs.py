"""The documents name code that exists."""

import importlib
import re
from pathlib import Path

import pytest

from cloud.access import ACCESS
from cloud.sections import SECTIONS
from tests.screens.rows import EVERY, document
from tests.screens.states import PAGES

DOCS = Path(__file__).parents[1] / "docs"
NAMES = re.compile(r"`((?:device|gateway|cloud|models)(?:\.\w+)+)`")


def names() -> list[str]:
    return sorted(set(NAMES.findall((DOCS / "path.md").read_text())))


@pytest.mark.parametrize("name", names())
def test_the_path_names_what_is_there(name: str) -> None:
    parts = name.split(".")
    found: object = None
    for count in range(len(parts), 0, -1):
        try:
            found = importlib.import_module(".".join(parts[:count]))
        except ModuleNotFoundError:
            continue
        for attribute in parts[count:]:
            found = getattr(found, attribute)
        break
    assert found is not None, name


def test_there_is_a_path_to_check() -> None:
    assert len(names()) > 20


RISK_TESTS = re.compile(r"`(tests/[\w/]+\.py)::(\w+)`")


def test_each_risk_names_a_test_that_exists() -> None:
    found = RISK_TESTS.findall((DOCS / "risks.md").read_text())
    assert found
    for file, test in found:
        assert f"def {test}(" in (DOCS.parent / file).read_text(), f"{file}::{test}"


def test_each_page_has_its_states() -> None:
    data = ("/api/", "/receipts/", "/words/", "/app/", "/metrics", "/openapi.json", "/worker.js")
    others = {"/", "/events", "/healthz", "/readyz"}
    pages = {p for method, p in ACCESS if method == "GET" and not p.startswith(data)}
    assert set(PAGES) == pages - others


MOST_BYTES = 1_500_000  # of all pictures of the screens


def test_the_screens_are_those_of_the_site() -> None:
    assert (DOCS / "screens.md").read_text() == document(), "run: python -m tests.screens"
    pictures = [DOCS / "screens" / f"{one.name}.webp" for one in EVERY]
    assert sorted((DOCS / "screens").iterdir()) == sorted(pictures)
    assert sum(path.stat().st_size for path in pictures) < MOST_BYTES
    paths = {one.path.split("/{")[0] for one in EVERY}
    assert {section.path for section in SECTIONS} <= paths
