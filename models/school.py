"""What a mother reads first, and whether a text is plain enough for her. Pure.

Plain: no sentence of more than 20 words, or of more than 45 signs in Chinese (FIELD 8.3 asks for 20
words; the number of signs is ours).
"""

import re
from collections.abc import Iterable
from typing import Protocol, TypeVar

MOST_WORDS, MOST_SIGNS = 20, 45
FIRST_WEEK, LAST_WEEK = 1, 45


class Lesson(Protocol):
    @property
    def id(self) -> int: ...
    @property
    def from_week(self) -> int: ...
    @property
    def to_week(self) -> int: ...


L = TypeVar("L", bound=Lesson)


def in_order(lessons: Iterable[L], weeks: int | None, done: frozenset[int]) -> list[L]:
    """What fits her week and is not done, then what is to come, then what is past, then the done;
    within each as given. Week not known: as given, the done last."""

    def rank(lesson: L) -> int:
        if lesson.id in done:
            return 3
        if weeks is None or fits(lesson, weeks):
            return 0
        return 1 if weeks < lesson.from_week else 2

    return sorted(lessons, key=rank)


def fits(lesson: Lesson, weeks: int | None) -> bool:
    return weeks is not None and lesson.from_week <= weeks <= lesson.to_week


def too_long(text: str) -> str | None:
    """The first sentence that is; None: there is none.

    >>> too_long("Rest on your left side. Call us when you bleed."), too_long("so " * 21)
    (None, 'so so so so so so so so so so so so so so so so so so so so so')
    """
    for sentence in re.split(r"(?<=[.!?])\s+|[。！？\n]", text):
        signs = len(re.findall(r"[\u4e00-\u9fff]", sentence))
        if len(sentence.split()) > MOST_WORDS or signs > MOST_SIGNS:
            return sentence.strip()
    return None
