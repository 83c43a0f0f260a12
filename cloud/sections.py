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
    Section("/admin", "Administration", ("admin",)),
    Section("/hospital", "Hospital", ("hospital",)),
    Section("/mother", "Home", ("mother",)),
    Section("/mothers", "Mothers", (*_STAFF, "admin")),
    Section("/mother/history", "My recordings", ("mother",)),
    Section("/record", "My record", ("mother",)),
    Section("/consultations", "Consultations", _STAFF),
    Section("/pending", "Unknown boxes", ("centre", "admin")),
    Section("/health", "Service", ("centre", "admin")),
    Section("/consultations", "Ask a doctor", ("mother",)),
    Section("/resources", "Resources", (*_STAFF, "admin")),
    Section("/leases", "Boxes", (*_STAFF, "admin")),
    Section("/leases", "My device", ("mother",)),
    Section("/cases", "Cases", (*_STAFF, "admin")),
    Section("/school", "School", (*_STAFF, "admin", "mother")),
    Section("/contributions", "Contributions", (*_STAFF, "admin")),
    Section("/firmware", "Firmware", ("centre", "admin")),
    Section("/statistics", "Statistics", (*_STAFF, "admin")),
)


def sections_for(role: str) -> list[Section]:
    return [section for section in SECTIONS if role in section.roles]
