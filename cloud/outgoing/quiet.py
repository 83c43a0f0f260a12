"""The hours in which somebody wants to be told urgent things only."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from cloud.store.contacts import Wishes


def quiet_until(wishes: Wishes, now_ms: int) -> int | None:
    """When the quiet hours in which `now_ms` lies end; None: it lies in none.

    >>> night = Wishes(quiet_from_min=22 * 60, quiet_to_min=7 * 60, zone="Asia/Shanghai")
    >>> quiet_until(night, 1_790_000_000_000)  # 22:13 there: until 07:00
    1790031600000
    >>> quiet_until(night, 1_790_040_000_000) is None
    True
    """
    start, end = wishes.quiet_from_min, wishes.quiet_to_min
    if start is None or end is None or start == end:
        return None
    now = datetime.fromtimestamp(now_ms / 1000, ZoneInfo(wishes.zone))
    minute = now.hour * 60 + now.minute
    if (minute - start) % 1440 >= (end - start) % 1440:
        return None
    midnight = now.replace(hour=0, minute=0, second=0, microsecond=0)
    day = timedelta(days=1 if end <= minute else 0)
    return round((midnight + day).replace(hour=end // 60, minute=end % 60).timestamp() * 1000)
