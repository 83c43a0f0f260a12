"""`lucina doctor`: what is wrong, in words, and what to do. It mends nothing."""

import platform
import shutil
import socket
import ssl
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from http.client import HTTPException
from importlib.metadata import version
from pathlib import Path
from statistics import median
from urllib.error import HTTPError
from urllib.parse import parse_qs, unquote, urlsplit
from urllib.request import urlopen

from sqlalchemy import Connection

from cloud import mqtt
from cloud.config import Settings
from cloud.health.parts import CANARY_LATE_S, CLOCK_OFF_S, DISK_FREE, OUTBOX_LATE_S, SQLITE
from cloud.store import copies, health, hidden
from cloud.store.db import DatabaseError, StoreError, open_engine, reading, revisions

OK, NOTE, WRONG = "ok", "note", "wrong"
WAIT_S = 5.0
EXPIRES_DAYS = 14  # a certificate that ends sooner is wrong: it is renewed by hand in many places
DAY_MS = 24 * 3600 * 1000


@dataclass(frozen=True)
class Finding:
    name: str
    state: str  # ok; note: it works, but know it; wrong
    words: str


def examine(settings: Settings) -> list[Finding]:
    """All that can be looked at from here, in the order in which one would ask."""
    found: list[Finding] = []
    for look in (_versions, _home, _disk, _database, _broker, _service, _public, _channels):
        found += look(settings)
    return found


def _versions(_settings: Settings) -> Iterator[Finding]:
    known = f"Lucina {version('lucina')}, Python {platform.python_version()}, {platform.system()}"
    yield Finding("versions", OK, f"{known}; database revision {revisions()[0]}")


def _home(settings: Settings) -> Iterator[Finding]:
    for name in ("secret", "vapid.pem"):
        file = settings.home / name
        if file.is_file() and file.stat().st_mode & 0o077:
            words = f"{file} can be read by others: chmod 600 {file}"
            yield Finding("settings", WRONG, words)
    yield Finding("settings", OK, f"all settings can be used; home is {settings.home}")
    if settings.demo:
        words = "LUCINA_DEMO is on: accounts with a known password may log in. Not for patients"
        yield Finding("settings", NOTE, words)


def _disk(settings: Settings) -> Iterator[Finding]:
    free = shutil.disk_usage(settings.home).free
    words = f"{free >> 20} MiB are free where {settings.home} is"
    if free < DISK_FREE:
        yield Finding("disk", WRONG, f"{words}: make room, or nothing will be stored")
    else:
        yield Finding("disk", OK, words)


def _database(settings: Settings) -> Iterator[Finding]:
    try:
        engine = open_engine(settings.database_url)
    except DatabaseError as error:
        yield Finding("database", WRONG, str(error))
        return
    file = Path(settings.database_url.removeprefix(SQLITE))
    try:
        if engine.dialect.name == "sqlite" and not file.exists():
            yield Finding("database", NOTE, f"{file} is not there yet: the first start makes it")
            return
        revision = copies.revision_of(engine)
        yield _revision(revision)
        if engine.dialect.name == "sqlite":
            copies.check_sqlite(file)
        yield Finding("database", OK, f"{engine.dialect.name} answers, nothing is damaged")
        if revision == revisions()[0]:
            with reading(engine) as conn:
                now_ms = round(time.time() * 1000)
                waiting = health.waiting(conn, now_ms)
                offsets_ms = health.clock_offsets_ms(conn, now_ms - DAY_MS)
                server_ms = health.server_ms(conn)
                canary = _canary(conn, now_ms)
            yield canary
            yield _outbox(waiting, now_ms)
            yield from _clock(offsets_ms, server_ms, now_ms)
    except StoreError as error:
        line = (str(error.orig).strip().splitlines() or ["no reason given"])[0]
        yield Finding("database", WRONG, f"it does not answer: {line}")
    except DatabaseError as error:
        yield Finding("database", WRONG, f"{error}: restore a backup (lucina restore)")
    finally:
        engine.dispose()


def _revision(found: str | None) -> Finding:
    newest = revisions()[0]
    if found == newest:
        return Finding("database", OK, f"its tables are those of this version ({found})")
    if found in revisions() or found is None:
        words = f"its tables are older ({found}): the next start brings them to {newest}"
        return Finding("database", NOTE, words)
    return Finding("database", WRONG, f"its tables are of a newer version ({found}): update Lucina")


def _outbox(found: list[health.Waiting], now_ms: int) -> Finding:
    late = [one for one in found if now_ms - one.oldest_ms >= OUTBOX_LATE_S * 1000]
    if not late:
        return Finding("outbox", OK, "no message should have left already")
    words = ", ".join(
        f"{one.number} for {one.channel}, the first {(now_ms - one.oldest_ms) // 1000} s ago"
        for one in late
    )
    return Finding("outbox", WRONG, f"messages should have left: {words}. Does the service run?")


def _canary(conn: Connection, now_ms: int) -> Finding:
    if found := hidden.strangers(conn):
        words = ", ".join(f"{table} {key}" for table, key in found)
        return Finding("canary", WRONG, f"hidden like the canary's, and not of it: {words}")
    if not hidden.places(conn):
        words = "none is set up, so nothing tries the whole way of an alarm: lucina canary setup"
        return Finding("canary", NOTE, words)
    last = hidden.newest(conn, now_ms)
    if last is None:
        return Finding("canary", WRONG, "none has come for a day: does lucina canary watch run?")
    age_s = (now_ms - last.at_ms) / 1000
    words = f"the last one came {age_s:.0f} s ago, {last.late_s:.1f} s after its sample"
    if age_s < CANARY_LATE_S:
        return Finding("canary", OK, words)
    return Finding("canary", WRONG, f"{words}: does lucina canary watch run?")


def _clock(offsets_ms: list[int], server_ms: int | None, now_ms: int) -> Iterator[Finding]:
    known = {"the gateways'": median(offsets_ms) / 1000} if offsets_ms else {}
    if server_ms is not None:
        known["the database server's"] = (now_ms - server_ms) / 1000
    for whose, off_s in known.items():
        words = f"this machine's clock differs from {whose} by {off_s:+.1f} s"
        wrong = abs(off_s) >= CLOCK_OFF_S
        yield Finding("clock", WRONG if wrong else OK, words + ": set it by NTP" * wrong)
    if not known:
        yield Finding("clock", NOTE, "there is no other clock to compare with")


def _broker(settings: Settings) -> Iterator[Finding]:
    url = urlsplit(settings.broker_url)
    tls = url.scheme == "mqtts"
    host, port = url.hostname or "", url.port or (8883 if tls else 1883)
    where = f"the broker on {host}:{port}"
    try:
        with socket.create_connection((host, port), WAIT_S) as plain:
            ca_file = parse_qs(url.query).get("ca", [None])[0]
            sock = _secured(plain, host, ca_file) if tls else plain
            user, password = unquote(url.username or "cloud"), unquote(url.password or "")
            sock.sendall(mqtt.connect(f"doctor-{time.time_ns():x}", user, password, 10))
            answer = sock.recv(4)
            sock.sendall(mqtt.BYE)
            if isinstance(sock, ssl.SSLSocket):
                yield _certificate(where, sock)
    except (OSError, ValueError) as error:
        yield Finding("broker", WRONG, f"{where} cannot be reached: {error}")
        return
    if len(answer) < 4 or answer[0] & 0xF0 != mqtt.CONNACK:
        yield Finding("broker", WRONG, f"{where} does not speak MQTT")
    elif answer[3]:
        reason = mqtt.REFUSALS.get(answer[3], answer[3])
        yield Finding("broker", WRONG, f"{where} refuses us: {reason}")
    else:
        yield Finding("broker", OK, f"{where} lets us in")


def _secured(plain: socket.socket, host: str, ca_file: str | None) -> ssl.SSLSocket:
    return ssl.create_default_context(cafile=ca_file).wrap_socket(plain, server_hostname=host)


def _certificate(where: str, sock: ssl.SSLSocket) -> Finding:
    ends_s = ssl.cert_time_to_seconds(str((sock.getpeercert() or {})["notAfter"]))
    days = (ends_s - time.time()) / 86_400
    date = datetime.fromtimestamp(ends_s, UTC).date()
    words = f"the certificate of {where} ends on {date}, in {days:.0f} days"
    if days < EXPIRES_DAYS:
        return Finding("certificate", WRONG, f"{words}: renew it")
    return Finding("certificate", OK, words)


def _service(settings: Settings) -> Iterator[Finding]:
    url = f"http://{settings.http_host}:{settings.http_port}/readyz"
    try:
        with urlopen(url, timeout=WAIT_S):
            yield Finding("service", OK, f"{url}: all parts work")
    except HTTPError as error:
        words = "not all parts work" if error.code == 503 else f"it answers {error.code}"
        detail = error.read(2000).decode(errors="replace") if error.code == 503 else ""
        yield Finding("service", WRONG, f"{url}: {words} {detail}".strip())
    except (OSError, HTTPException) as error:
        words = f"{url} does not answer ({error}): does lucina cloud run, with these settings?"
        yield Finding("service", WRONG, words)


def _public(settings: Settings) -> Iterator[Finding]:
    url = urlsplit(settings.public_url)
    if not settings.public_url:
        words = "LUCINA_PUBLIC_URL is not set: messages carry no link to their page"
        yield Finding("pages", NOTE, words)
    elif url.scheme == "https":
        try:
            address = (url.hostname or "", url.port or 443)
            with socket.create_connection(address, WAIT_S) as plain:
                yield _certificate(settings.public_url, _secured(plain, address[0], None))
        except (OSError, ValueError) as error:
            yield Finding("pages", WRONG, f"{settings.public_url} cannot be reached: {error}")


def _channels(settings: Settings) -> Iterator[Finding]:
    names = [name for name, url in settings.channel_urls.items() if url]
    if names:
        yield Finding("channels", OK, f"set up: {', '.join(names)}")
    else:
        words = "no channel is set up: alerts are told on open pages only (docs/channels.md)"
        yield Finding("channels", NOTE, words)
