"""Mosquitto for a drill or a test, where Debian's package is installed.

with start_mosquitto(folder, {"g1": "secret", "cloud": "pw"}) as server: ...    # server.port
"""

import os
import subprocess
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from pathlib import Path

from cloud.drill.process import Missing, Server, free_port, program

SERVICES = ("cloud", "intake")  # users that may use every topic of ours
AUTHORITY = "authority"
# One ticket to each who is let in instead of two: OpenSSL 3.0 reads the client's certificate anew
# for each, which is an eighth of a handshake.
OPENSSL_CNF = """openssl_conf = all
[all]
ssl_conf = each
[each]
system_default = ours
[ours]
NumTickets = 1
"""


@dataclass(frozen=True)
class Mutual:
    """A second listener, with TLS: in come those who show a certificate, under its name."""

    port: int
    folder: Path  # of AUTHORITY.pem, and of NAME.pem and NAME.key of each name

    @property
    def files(self) -> list[str]:
        """What a client of the name `client` needs: authority, certificate, key."""
        names = f"{AUTHORITY}.pem", "client.pem", "client.key"
        return [str(self.folder / name) for name in names]


def lacks_mosquitto() -> str:
    try:
        program("mosquitto", "apt-get install mosquitto")
        program("openssl", "apt-get install openssl")
    except Missing as error:
        return str(error)
    return ""


def make_mutual(folder: Path) -> Mutual:
    """An authority of its own, a certificate of the server, and one of the user `client`."""
    folder.mkdir(parents=True)
    _certificate(folder, AUTHORITY)
    signed = ["-CA", str(folder / f"{AUTHORITY}.pem"), "-CAkey", str(folder / f"{AUTHORITY}.key")]
    _certificate(folder, "server", *signed, "-addext", "subjectAltName=IP:127.0.0.1")
    _certificate(folder, "client", *signed)
    return Mutual(free_port(), folder)


def _certificate(folder: Path, name: str, *more: str) -> None:
    command = "openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 2"
    files = ["-out", str(folder / f"{name}.pem"), "-keyout", str(folder / f"{name}.key")]
    args = [*command.split(), "-subj", f"/CN={name}", *files, *more]
    subprocess.run(args, check=True, capture_output=True)


def start_mosquitto(
    folder: Path,
    users: Mapping[str, str] | None = None,
    port: int | None = None,
    services: Collection[str] = SERVICES,
    mutual: Mutual | None = None,
) -> Server:
    """Mosquitto with raised queue limits and a database on disk.

    users {name: password}: each may use only the topics with its name third, those in `services`
    all of ours; None lets everybody in. It runs when entered as a context, or by start().
    """
    binary = program("mosquitto", "apt-get install mosquitto")
    folder.mkdir(parents=True, exist_ok=True)
    port = port or free_port()
    lines = [
        "per_listener_settings false",
        "persistence true",
        f"persistence_location {folder}/",
        "autosave_interval 1",
        "max_queued_messages 0",  # the default drops messages it has acknowledged
        "max_inflight_messages 100",
        f"allow_anonymous {'false' if users else 'true'}",
        "set_tcp_nodelay true",
    ]
    if os.geteuid() == 0:
        lines.append("user root")  # else it drops to its own user and cannot read our folder
    if users:
        lines += [f"password_file {folder / 'passwd'}", f"acl_file {folder / 'acl'}"]
        _write_users(folder, users, services)
    lines.append(f"listener {port} 127.0.0.1")
    if mutual is not None:
        lines += _mutual_lines(mutual)
    config = folder / "mosquitto.conf"
    config.write_text("\n".join(lines) + "\n")
    server = Server([binary, "-c", str(config)], folder, port, name="mosquitto")
    if mutual is not None:
        server.env["OPENSSL_CONF"] = str(_one_ticket(mutual))
    return server


def _one_ticket(mutual: Mutual) -> Path:
    file = mutual.folder / "openssl.cnf"
    file.write_text(OPENSSL_CNF)
    return file


def _mutual_lines(mutual: Mutual) -> list[str]:
    return [
        f"listener {mutual.port} 127.0.0.1",
        f"cafile {mutual.folder / AUTHORITY}.pem",
        f"certfile {mutual.folder / 'server.pem'}",
        f"keyfile {mutual.folder / 'server.key'}",
        "require_certificate true",
        "use_identity_as_username true",
    ]


def _write_users(folder: Path, users: Mapping[str, str], services: Collection[str]) -> None:
    passwords = folder / "passwd"
    passwords.write_text("".join(f"{name}:{password}\n" for name, password in users.items()))
    passwords.chmod(0o600)
    hasher = program("mosquitto_passwd", "apt-get install mosquitto")
    subprocess.run([hasher, "-U", str(passwords)], check=True, capture_output=True)
    rules = [f"user {name}\ntopic readwrite lucina/1/#\n" for name in users if name in services]
    rules += ["pattern readwrite lucina/1/dev/%u/#\n", "pattern readwrite lucina/1/gw/%u/#\n"]
    acl = folder / "acl"
    acl.write_text("\n".join(rules))
    acl.chmod(0o600)
