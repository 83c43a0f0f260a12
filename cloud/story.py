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


@dataclass(frozen=True)
class Chapter:
    """`scenario` is one of models.synth; `accounts` of cloud.demo can see `look`."""

    scenario: str
    title: str
    look: str
    accounts: tuple[str, ...]


CHAPTERS = (
    Chapter(
        "poor_signal",
        "Find the heart: the signal is weak",
        "Her phone tells her kindly to move the probe; her clinic sees the gaps hatched.",
        ("mother1", "clinic"),
    ),
    Chapter(
        "normal",
        "All is well: the heart, its accelerations, contractions",
        "Her clinic opens her strip: what was measured stands below it.",
        ("clinic",),
    ),
    Chapter(
        "flat",
        "A quiet stretch: little variability",
        "Her clinic opens her strip: after ten recorded minutes the rules say what they miss.",
        ("clinic",),
    ),
    Chapter(
        "late_decelerations",
        "Late decelerations with the contractions",
        "The centre opens her strip: each dip is marked, with how late it comes.",
        ("centre",),
    ),
    Chapter(
        "bradycardia",
        "The heart slows down: an alert follows",
        "After four recorded minutes it falls to 75; a minute later the county hospital is asked.",
        ("county", "centre"),
    ),
)
DOING = {  # what was asked for last: while it is being done
    "chapter": "Lin Xiaoyu's recording ends, and a new one begins with chapter %(number)d …",
    "speed": "All recordings end, and new ones begin at x %(speed)d …",
    "cut": "The link is being cut …",
    "heal": "The link is being healed …",
}


@dataclass(frozen=True)
class Wish:
    number: int  # each wish has the next
    chapter: (
        str  # scenario of CHAPTERS, what the first mother's probe plays; "": what it began with
    )
    speed: int  # recorded seconds per second, of all probes
    cut: bool  # the gateway is off: probes keep what they measure, and send it when it is back
    asked: str = ""  # of DOING, what this one changes


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
