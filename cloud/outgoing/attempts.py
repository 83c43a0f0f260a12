"""What becomes of a message after a try, as changes of its row. Pure: time is an argument.

Ways are tried in their order. One that fails is followed by the next at once; after the last one
all begin again, but those that would fail again, ROUNDS_MS later each time. An urgent message that
was taken goes on to the next way unless it is known to have arrived within the channel's limit.
"""

from collections.abc import Collection
from typing import Any

from cloud.store.messages import Message

ROUNDS_MS = (15_000, 60_000, 300_000)  # waits before all ways are tried again
OVERTAKEN = "not sent: it was answered, or another is asked, before it went out"
NO_WAY = "no way to reach them has worked"
NOT_SET_UP = "none of the ways to reach them is set up here"


def after_sent(
    message: Message, dead: Collection[int], limit_s: float, now_ms: int
) -> dict[str, Any]:
    """A provider took it. What stands next is what is tried if it does not arrive."""
    values = _at(message, _next(message, dead), None)
    if message.urgent and values["channel"] is not None:
        values["next_ms"] = now_ms + round(limit_s * 1000)
    return {**values, "sent_ms": message.sent_ms or now_ms}


def after_failed(message: Message, dead: Collection[int], now_ms: int) -> dict[str, Any]:
    """This way did not work. `dead`: the indices of ways that would fail again."""
    following = _next(message, dead)
    if following is not None:
        return _at(message, following, now_ms)
    alive = [i for i in range(len(message.ways)) if i not in dead]
    if message.sent_ms is None and alive and message.round < len(ROUNDS_MS):
        again_ms = now_ms + ROUNDS_MS[message.round]
        return {**_at(message, alive[0], again_ms), "round": message.round + 1}
    ended = None if message.sent_ms else {"text": NO_WAY, "args": {}}
    return {**_at(message, None, None), "ended_why": ended}


def not_set_up(message: Message, dead: Collection[int], now_ms: int) -> dict[str, Any]:
    """This way is not set up here: it is not tried. `dead`: all of those, and what would fail
    again."""
    values = after_failed(message, dead, now_ms)
    if values.get("ended_why") and len(dead) == len(message.ways):
        return {**values, "ended_why": {"text": NOT_SET_UP, "args": {}}}
    return values


def after_lost(message: Message, now_ms: int) -> dict[str, Any]:
    """A provider that had taken it could not deliver it: the next way now."""
    if message.channel is not None:
        return {"next_ms": now_ms}
    ended = message.next_ms is None and message.delivered_ms is None
    return {"ended_why": {"text": NO_WAY, "args": {}}} if ended else {}


def overtaken(message: Message) -> dict[str, Any]:
    """Nobody needs it any more."""
    ended = None if message.sent_ms else {"text": OVERTAKEN, "args": {}}
    return {"channel": None, "next_ms": None, "ended_why": ended}


def _next(message: Message, dead: Collection[int]) -> int | None:
    return next((i for i in range(message.way + 1, len(message.ways)) if i not in dead), None)


def _at(message: Message, way: int | None, next_ms: int | None) -> dict[str, Any]:
    if way is None:
        return {"way": len(message.ways), "channel": None, "next_ms": None}
    return {"way": way, "channel": message.ways[way][0], "next_ms": next_ms}
