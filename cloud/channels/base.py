"""What every channel takes and gives back, and the one way in which they speak HTTP."""

import json
import logging
import re
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

import httpx2

logging.getLogger("httpx2").setLevel(logging.WARNING)  # it logs addresses, with tokens in them
TIMEOUT_S = 5.0  # for one try, connecting included
GONE = "it cannot be reached (%(error)s)"
REFUSED = "it was refused: %(code)s %(why)s"
MAX_WHY = 120  # characters kept of a provider's own words


@dataclass(frozen=True)
class Letter:
    """One message to one address, in the words of its reader."""

    id: str  # the same each time it is tried
    address: str
    title: str
    body: str
    link: str  # the page to open; "" when the service does not know its own address
    audience: str  # staff, mother
    urgent: bool
    token: str = ""  # lets the reader's device say that it arrived


class Failed(Exception):  # noqa: N818 - reads as what it says
    """It was not taken. `why` is a msgid with arguments; final: it would fail again."""

    def __init__(self, text: str, final: bool = False, **args: Any) -> None:
        super().__init__(text % args)
        self.why: dict[str, Any] = {"text": text, "args": args}
        self.final = final


class Gone(Failed):
    """There is nobody at this address any more: it is forgotten."""


@dataclass(frozen=True)
class Receipt:
    """What a provider says became of a message."""

    event: str  # delivered, read, failed
    why: str = ""


Send = Callable[[Letter], Awaitable[str]]
Poll = Callable[[str, str, int], Awaitable[Receipt | None]]


@dataclass(frozen=True)
class Channel:
    """`send` gives the provider's name for the message, or raises Failed. `poll` asks what became
    of one, by that name, its address and when it was sent (ms). An urgent message that is not
    known to have arrived `limit_s` after it was taken goes out on the next channel too."""

    send: Send
    limit_s: float
    poll: Poll | None = None


def refused(code: object, why: object, final: bool = False) -> Failed:
    return Failed(REFUSED, final, code=str(code)[:40], why=str(why)[:MAX_WHY])


async def request(
    http: httpx2.AsyncClient, method: str, url: str, **options: Any
) -> httpx2.Response:
    """Failed when nobody answers. Neither the address nor a header gets into its words."""
    try:
        return await http.request(method, url, **options)
    except httpx2.HTTPError as error:
        raise Failed(GONE, error=type(error).__name__) from None


def body_of(response: httpx2.Response) -> dict[str, Any]:
    """The JSON object of an answer, whatever its status; Failed when it is none."""
    try:
        found = json.loads(response.content)
    except ValueError:
        found = None
    if not isinstance(found, dict):
        raise refused(f"HTTP {response.status_code}", "")
    return found


def short(text: str, chars: int) -> str:
    """As many whole sentences as fit, else what fits of the first one.

    >>> short("One. Two is longer. Three.", 20)
    'One. Two is longer.'
    >>> short("One long sentence.", 9)
    'One long…'
    """
    if len(text) <= chars:
        return text
    fits = ""
    for sentence in re.findall(r"[^.!?。！？]+[.!?。！？]+\s*", text):
        if len((fits + sentence).rstrip()) > chars:
            break
        fits += sentence
    return fits.rstrip() or text[: chars - 1] + "…"
