"""The documents tell the truth: their commands and the paths they name exist."""

import re
from pathlib import Path

import pytest
import typer.main

import lucina

ROOT = Path(__file__).parents[1]
DOCUMENTS = [ROOT / "README.md", *sorted((ROOT / "docs").glob("**/*.md"))]
TARGETS = set(re.findall(r"^([a-z][\w-]*):", (ROOT / "Makefile").read_text(), re.MULTILINE))
COMMAND = re.compile(r"^\s*(?:\$ )?(?:[A-Z_]+=\S+ )*(?:\.venv/bin/)?(make|lucina)\b(.*)$")
PATH = re.compile(
    r"`((?:device|gateway|cloud|models|tests|docs|hardware)/[\w./-]*|\w+\.(?:py|md))`"
)

FOLDERS = ("cloud", "device", "docs", "gateway", "hardware", "models", "tests")
FILE_NAMES = {file.name for folder in FOLDERS for file in (ROOT / folder).rglob("*.[pm][yd]")}


def code_lines(text: str) -> list[str]:
    blocks = re.findall(r"^```\w*\n(.*?)^```", text, re.MULTILINE | re.DOTALL)
    return [line for block in blocks for line in block.splitlines()]


def commands(path: Path) -> list[tuple[str, list[str]]]:
    """(make or lucina, its words) of each such line in a code block."""
    found = [COMMAND.match(line.split("#")[0]) for line in code_lines(path.read_text())]
    return [(match[1], match[2].split()) for match in found if match]


def check_lucina(words: list[str]) -> None:
    """The command exists, and so does each long option given to it."""
    command = typer.main.get_command(lucina.app)
    for word in words:
        subcommands = getattr(command, "commands", {})
        if subcommands and not word.startswith("-"):
            assert word in subcommands, f"lucina has no command {word!r}"
            command = subcommands[word]
        elif word.startswith("--") and word != "--help":
            known = {option for param in command.params for option in param.opts}
            assert word.split("=")[0] in known, f"{command.name} has no option {word}"


@pytest.mark.parametrize("path", DOCUMENTS, ids=lambda path: str(path.relative_to(ROOT)))
def test_commands_exist(path: Path) -> None:
    for what, words in commands(path):
        if what == "make":
            targets = {word for word in words if "=" not in word and not word.startswith("-")}
            assert targets <= TARGETS, f"make has no target {targets - TARGETS}"
        else:
            check_lucina(words)


def test_readme_has_commands_to_check() -> None:
    found = commands(ROOT / "README.md")
    assert ("make", ["run"]) in found and ("make", ["test"]) in found


@pytest.mark.parametrize("path", DOCUMENTS, ids=lambda path: str(path.relative_to(ROOT)))
def test_paths_exist(path: Path) -> None:
    for name in PATH.findall(path.read_text()):
        places = [ROOT / name, path.parent / name]
        found = any(place.exists() for place in places) or name in FILE_NAMES
        assert found, f"{path.name} names {name}, which does not exist"


@pytest.mark.parametrize("path", DOCUMENTS, ids=lambda path: str(path.relative_to(ROOT)))
def test_links_lead_somewhere(path: Path) -> None:
    for link in re.findall(r"\]\(([^)#\s]+)[^)]*\)", path.read_text()):
        if "://" not in link:
            assert (path.parent / link).exists(), f"{path.name} links to {link}"
