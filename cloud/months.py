"""Calendar months of a time zone as spans of Unix ms: what figures are counted by."""

import re
from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple
from zoneinfo import ZoneInfo

from sqlalchemy import Connection

from cloud.store import people

_NAME = re.compile(r"(\d{4})-(0[1-9]|1[0-2])")


class Month(NamedTuple):
    name: str  # "2026-11"
    from_ms: int
    to_ms: int  # the first ms of the next one


def month(name: str, zone: str) -> Month:
    """ValueError when it is no month.

    >>> month("2026-11", "Asia/Shanghai")
    Month(name='2026-11', from_ms=1793462400000, to_ms=1796054400000)
    """
    found = _NAME.fullmatch(name)
    if found is None or not 1970 <= int(found[1]) < 9999:
        raise ValueError(f"{name!r} is no month: write it as 2026-11")
    number = int(found[1]) * 12 + int(found[2]) - 1
    return _numbered(number, zone)


def last_months(count: int, now_ms: int, zone: str) -> Sequence[Month]:
    """The month of now and those before it, oldest first."""
    now = datetime.fromtimestamp(now_ms / 1000, ZoneInfo(zone))
    this = now.year * 12 + now.month - 1
    return [_numbered(number, zone) for number in range(this - count + 1, this + 1)]


def centre_zone(conn: Connection) -> str:
    """The centre's time zone, in which everybody's months begin; UTC where there is no centre."""
    zones = [one.zone for one in people.all_organisations(conn) if one.kind == "centre"]
    return zones[0] if zones else "UTC"


def _numbered(number: int, zone: str) -> Month:
    first, after = (
        round(datetime(n // 12, n % 12 + 1, 1, tzinfo=ZoneInfo(zone)).timestamp() * 1000)
        for n in (number, number + 1)
    )
    return Month(f"{number // 12:04}-{number % 12 + 1:02}", first, after)
