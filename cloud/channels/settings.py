"""The address of a channel: SCHEME://USER:SECRET@HOST[:PORT][/PATH]?NAME=VALUE&...

A scheme that ends in "+plain" speaks to its host without TLS: for a server on the same machine.
"""

import ipaddress
from collections.abc import Collection
from dataclasses import dataclass, field
from urllib.parse import parse_qsl, unquote, urlsplit


@dataclass(frozen=True)
class Account:
    """One channel's address, taken apart. Nothing of it is shown: it carries secrets."""

    scheme: str
    user: str = field(repr=False)
    secret: str = field(repr=False)
    host: str  # with its port, as a Host header has it
    path: str
    options: dict[str, str] = field(repr=False)
    plain: bool = False

    @property
    def origin(self) -> str:
        return f"{'http' if self.plain else 'https'}://{self.host}{self.path}"

    def named(self, name: str, default: str = "") -> str:
        return self.options.get(name, default)


def read(
    url: str, schemes: Collection[str], needs: Collection[str], may: Collection[str] = ()
) -> Account:
    """ValueError, without the address in it, when it is not such a one."""
    parts = urlsplit(url)
    scheme, _, plain = parts.scheme.partition("+")
    options = dict(parse_qsl(parts.query, keep_blank_values=True))
    if scheme not in schemes or plain not in ("", "plain") or not parts.hostname:
        raise ValueError("not such an address")
    if plain and not _is_here(parts.hostname):
        raise ValueError("+plain is for a server on this machine")
    missing = [name for name in needs if not options.get(name)]
    unknown = sorted(set(options) - {*needs, *may})
    if missing or unknown:
        raise ValueError(f"missing {missing}, not known {unknown}")
    port = f":{parts.port}" if parts.port else ""  # .port may raise ValueError
    return Account(
        scheme,
        unquote(parts.username or ""),
        unquote(parts.password or ""),
        parts.hostname + port,
        parts.path,
        options,
        bool(plain),
    )


def _is_here(host: str) -> bool:
    try:
        return host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
