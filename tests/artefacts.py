"""What tests leave to be looked at: the last picture of each page that a walk opened, and what did
not look as it should. git ignores the folder; a run of continuous integration may keep it."""

import os
import re
from pathlib import Path

FOLDER = Path(__file__).parents[1] / "artefacts"
left: list[Path] = []  # in this run


def path_of(name: str, ending: str = "jpg") -> Path:
    """A file of the test that runs now."""
    test = os.environ["PYTEST_CURRENT_TEST"].partition(" (")[0]
    file, _, function = test.partition("::")
    words = [*Path(file).with_suffix("").parts[1:], function, name]
    FOLDER.mkdir(exist_ok=True)
    plain = re.sub(r"[^\w.-]+", "-", "-".join(words))
    found = FOLDER / f"{plain}.{ending}"
    left.append(found)
    return found
