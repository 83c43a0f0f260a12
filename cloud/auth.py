"""Who a person is: the password and the signed cookie.

No routes here. Passwords are argon2id with the library's defaults (RFC 9106, second profile).
The cookie holds a login (cloud.store.logins), which a log-out, another password or a disabled
account ends, and a fingerprint of the password hash. Rights are read at every request.
"""

import asyncio
import hashlib
import hmac
from collections import OrderedDict

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from itsdangerous import BadData, URLSafeTimedSerializer
from starlette.concurrency import run_in_threadpool

COOKIE = "lucina"
COOKIE_LASTS_S = 12 * 3600  # a shift
FAILURES = 5  # wrong passwords of one name from one address, then 429
FAILURES_LAST_S = 15 * 60
HASHES_AT_ONCE = 2  # argon2 takes 64 MiB and a core for each
HASHES_WAITING = 20  # more logins at once are an attack or a mistake
REMEMBERED = 10_000  # names and addresses; the oldest is forgotten first

_hasher = PasswordHasher()
_NOBODY = _hasher.hash("nobody has this password")  # so that an unknown name costs as much time


def hash_password(password: str) -> str:
    return _hasher.hash(password)


def verify_password(password_hash: str | None, password: str) -> bool:
    """False for a wrong password and, after the same time, for None: there is no such person."""
    try:
        right = _hasher.verify(password_hash or _NOBODY, password)
    except (VerificationError, InvalidHashError):
        return False
    return right and password_hash is not None


def write_cookie(secret: str, login: str, password_hash: str) -> str:
    return _serializer(secret).dumps([login, _fingerprint(password_hash)])


def read_cookie(secret: str, cookie: str) -> tuple[str, str] | None:
    """(login, fingerprint of the password hash), or None: forged, damaged or too old."""
    try:
        login, fingerprint = _serializer(secret).loads(cookie, max_age=COOKIE_LASTS_S)
    except (BadData, ValueError, TypeError):
        return None
    return str(login), str(fingerprint)


def still_valid(fingerprint: str, password_hash: str) -> bool:
    return hmac.compare_digest(fingerprint, _fingerprint(password_hash))


def _fingerprint(password_hash: str) -> str:
    return hashlib.sha256(password_hash.encode()).hexdigest()[:16]


def _serializer(secret: str) -> URLSafeTimedSerializer:
    return URLSafeTimedSerializer(secret, salt="lucina session")


class TooBusy(RuntimeError):  # noqa: N818 - reads as what it says
    """So many passwords are being checked that another would slow the alerts down."""


class Verifier:
    """Checks few passwords at once, off the event loop, so that a flood of logins harms nobody."""

    def __init__(self) -> None:
        self._turn = asyncio.Semaphore(HASHES_AT_ONCE)
        self._waiting = 0

    async def verify(self, password_hash: str | None, password: str) -> bool:
        if self._waiting >= HASHES_WAITING:
            raise TooBusy
        self._waiting += 1
        try:
            async with self._turn:
                return await run_in_threadpool(verify_password, password_hash, password)
        finally:
            self._waiting -= 1


class Failures:
    """Wrong passwords, counted by user name and address, in memory. Time is an argument."""

    def __init__(self) -> None:
        self._of: OrderedDict[tuple[str, str], list[float]] = OrderedDict()

    def wait_s(self, username: str, address: str, now_s: float) -> float:
        """Seconds until another attempt is allowed; 0: now."""
        recent = self._recent(username, address, now_s)
        return recent[-FAILURES] + FAILURES_LAST_S - now_s if len(recent) >= FAILURES else 0.0

    def add(self, username: str, address: str, now_s: float) -> None:
        self._of[username, address] = [*self._recent(username, address, now_s), now_s]
        self._of.move_to_end((username, address))
        if len(self._of) > REMEMBERED:
            self._of.popitem(last=False)

    def forget(self, username: str, address: str) -> None:
        """After a right password."""
        self._of.pop((username, address), None)

    def _recent(self, username: str, address: str, now_s: float) -> list[float]:
        times = self._of.get((username, address), [])
        return [then for then in times if now_s - then < FAILURES_LAST_S]
