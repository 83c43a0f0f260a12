"""What a gateway has to be told, checked once at the start."""

import re
import ssl
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import parse_qs, unquote, urlsplit

NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,59}")  # of a device or gateway: one topic level
DEFAULT_PORTS = {"mqtt": 1883, "mqtts": 8883}


class GatewayError(Exception):
    """One line for the person who started it. The command line turns it into exit code 2."""


class ConfigError(GatewayError):
    """A setting that cannot be used: names the setting, its value and what is allowed."""

    def __init__(self, setting: str, value: object, allowed: str) -> None:
        super().__init__(f"{setting} = {value!r}: must be {allowed}")


@dataclass(frozen=True)
class Endpoint:
    """A broker and how to log in to it."""

    host: str
    port: int
    user: str = ""
    password: str = field(default="", repr=False)
    tls: bool = False
    ca_file: str = ""  # "": the system's authorities

    @classmethod
    def parse(cls, setting: str, url: str) -> "Endpoint":
        """mqtt://USER:PASSWORD@HOST[:PORT] or mqtts://...[?ca=FILE]. ConfigError otherwise."""
        allowed = "mqtt://USER:PASSWORD@HOST[:PORT] or mqtts://USER:PASSWORD@HOST[:PORT][?ca=FILE]"
        shown = re.sub(r":[^:@/]*@", ":***@", url)
        try:
            parts = urlsplit(url)
            port = parts.port
        except ValueError:
            raise ConfigError(setting, shown, allowed) from None
        if parts.scheme not in DEFAULT_PORTS or not parts.hostname or parts.path not in ("", "/"):
            raise ConfigError(setting, shown, allowed)
        ca_file = parse_qs(parts.query).get("ca", [""])[0]
        if ca_file and not Path(ca_file).is_file():
            raise ConfigError(setting, shown, f"a URL whose ca is a file, {ca_file} is not there")
        return cls(
            parts.hostname,
            port or DEFAULT_PORTS[parts.scheme],
            unquote(parts.username or ""),
            unquote(parts.password or ""),
            parts.scheme == "mqtts",
            ca_file,
        )


@dataclass(frozen=True)
class TlsListener:
    """Where a broker listens for TLS, and the PEM files it shows."""

    listen: tuple[str, int]
    certificate: Path
    key: Path

    def context(self) -> ssl.SSLContext:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        try:
            context.load_cert_chain(self.certificate, self.key)
        except (OSError, ssl.SSLError) as error:
            shown = f"{self.certificate}, {self.key}"
            raise ConfigError("tls", shown, f"a certificate and its key ({error})") from None
        return context


@dataclass(frozen=True)
class Config:
    """Settings of one gateway. check() before use."""

    gateway_id: str
    home: Path  # its folder; the outbox lies in it
    cloud_url: str = field(repr=False)  # mqtt://gateway_id:token@host:port of the cloud's broker
    devices_file: Path | None = None  # JSON {device: sha256 hex of its token}, re-read when changed
    listen: tuple[str, int] = ("127.0.0.1", 1883)  # of the embedded broker
    broker_url: str | None = field(default=None, repr=False)  # an external one instead of it
    tls: TlsListener | None = None  # beside `listen`
    metrics_port: int = 0  # for Prometheus, on loopback; 0: off
    ble: tuple[str, ...] = ()  # Bluetooth instruments: gateway.vitals.peers_of

    def check(self) -> None:
        """ConfigError for the first setting that cannot be used."""
        if not NAME.fullmatch(self.gateway_id):
            allowed = "1 to 60 letters, digits, dots, dashes or underscores"
            raise ConfigError("gateway_id", self.gateway_id, allowed)
        if self.home.exists() and not self.home.is_dir():
            raise ConfigError("home", str(self.home), "a folder")
        Endpoint.parse("cloud_url", self.cloud_url)
        if self.broker_url is not None:
            Endpoint.parse("broker_url", self.broker_url)
            return
        for host, port in (self.listen, *([self.tls.listen] if self.tls else [])):
            if not 1 <= port <= 65535:
                raise ConfigError("listen", f"{host}:{port}", "HOST:1..65535")
        if self.devices_file is None or not self.devices_file.is_file():
            allowed = "a JSON file {device: sha256 of its token} for the embedded broker"
            raise ConfigError("devices_file", str(self.devices_file), allowed)
        if self.tls is not None:
            self.tls.context()
