"""Who may log in to a broker, and which topics a user may use. No sockets here."""

import hashlib
import hmac
import json
import logging
import time
from pathlib import Path

from gateway.config import NAME, GatewayError

log = logging.getLogger(__name__)
CHECK_EVERY_S = 1.0  # how often the file's time of change is looked at
NOBODY = hashlib.sha256(b"").hexdigest()


class UsersError(GatewayError):
    """The file of users cannot be used; the message names it and what is wrong."""


def sha256_hex(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


def may_use(user: str, topic: str) -> bool:
    """Whether topic, which may be a filter with wildcards, lies below a name of its own.

    lucina/1/dev/USER/... and lucina/1/gw/USER/...: the rule of device/wire.py's topics.
    """
    parts = topic.split("/")
    return (
        len(parts) > 4
        and parts[:2] == ["lucina", "1"]
        and parts[2] in ("dev", "gw")
        and parts[3] == user
    )


class Users:
    """{name: sha256 hex of the token} of a JSON file that is read again when it changes.

    A file that becomes unreadable leaves the users as they were, and is logged.
    """

    def __init__(self, file: Path) -> None:
        self._file = file
        self._looked_s = 0.0
        self._hashes = read(file)
        self._changed: tuple[int, int] | None = None  # read again once: it may change just now

    def knows(self, name: str, token: str, now_s: float | None = None) -> bool:
        """Whether that is the token of name. Takes the same time for a name nobody has."""
        self._refresh(time.monotonic() if now_s is None else now_s)
        expected = self._hashes.get(name, NOBODY)
        equal = hmac.compare_digest(sha256_hex(token), expected)
        return equal and name in self._hashes

    def has(self, name: str) -> bool:
        self._refresh(time.monotonic())
        return name in self._hashes

    def _refresh(self, now_s: float) -> None:
        if abs(now_s - self._looked_s) < CHECK_EVERY_S:
            return
        self._looked_s = now_s
        try:
            changed = _stamp(self._file)
            if changed == self._changed:
                return
            self._changed = changed
            self._hashes = read(self._file)
        except (OSError, UsersError) as error:
            log.error("users stay as they were: %s", error)
        else:
            log.info("%d users read from %s", len(self._hashes), self._file)


def _stamp(file: Path) -> tuple[int, int]:
    status = file.stat()
    return status.st_mtime_ns, status.st_size


def read(file: Path) -> dict[str, str]:
    """The users in a file. UsersError when it is missing or holds anything else."""
    try:
        users = json.loads(file.read_text())
    except OSError as error:
        raise UsersError(f"{file}: {error.strerror}") from None
    except ValueError as error:
        raise UsersError(f"{file}: not JSON, {error}") from None
    if not isinstance(users, dict):
        raise UsersError(f"{file}: must be an object {{name: sha256 hex of the token}}")
    for name, digest in users.items():
        if not NAME.fullmatch(name):
            raise UsersError(f"{file}: {name!r} cannot be a level of a topic")
        if not isinstance(digest, str) or len(digest) != len(NOBODY):
            raise UsersError(f"{file}: the token of {name} is not a sha256 in hex")
    return users
