"""The story of the demo: what its start page wishes for, and `lucina run` carries out.

Two processes share two small files in the demo's own folder: the wish, and the number of the last
one that was carried out. Where nobody tells a story there is no wish, and the page offers none.
"""

import json
from dataclasses import asdict, dataclass
from pathlib import Path

WISH, DONE = "story.json", "story.done"
SPEEDS = (1, 2, 5, 10, 20, 60)
MINUTES = 30
SEED = 13
CHAPTERS = {  # scenario of models.synth: msgid
    "poor_signal": "Find the heart: the signal is weak",
    "normal": "All is well: the heart, its accelerations, contractions",
    "flat": "A quiet stretch: little variability",
    "late_decelerations": "Late decelerations with the contractions",
    "bradycardia": "The heart slows down: an alert follows",
}


@dataclass(frozen=True)
class Wish:
    number: int  # each wish has the next
    chapter: str  # of CHAPTERS, what the first mother's probe plays; "": what it began with
    speed: int  # recorded seconds per second, of all probes
    cut: bool  # the gateway is off: probes keep what they measure, and send it when it is back


def write(home: Path, wish: Wish) -> None:
    _replace(home / WISH, json.dumps(asdict(wish)))


def read(home: Path) -> Wish | None:
    """None: nobody tells a story here."""
    try:
        return Wish(**json.loads((home / WISH).read_text()))
    except FileNotFoundError:
        return None


def finish(home: Path, wish: Wish) -> None:
    _replace(home / DONE, str(wish.number))


def is_done(home: Path, wish: Wish) -> bool:
    try:
        return int((home / DONE).read_text()) >= wish.number
    except FileNotFoundError:
        return False


def source(chapter: str) -> str:
    """For `lucina probe --replay`."""
    return f"synthetic:{chapter}:{SEED}:{MINUTES}"


def _replace(path: Path, text: str) -> None:
    """At once: nobody reads half of it."""
    beside = path.with_suffix(".new")
    beside.write_text(text)
    beside.replace(path)
