"""The sections of the site: what stands in the bar of every page, and for whom."""

from dataclasses import dataclass

_STAFF = ("hospital", "centre")


@dataclass(frozen=True)
class Section:
    path: str
    name: str  # msgid
    roles: tuple[str, ...]


SECTIONS = (
    Section("/centre", "Centre", ("centre", "admin")),
    Section("/hospital", "Hospital", ("hospital",)),
    Section("/mother", "Home", ("mother",)),
)


def sections_for(role: str) -> list[Section]:
    return [section for section in SECTIONS if role in section.roles]
