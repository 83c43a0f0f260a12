"""The settings of the cloud service: environment variables with the prefix LUCINA_.

A value that cannot be used ends in a ConfigError of one line: the variable, what it was set to
and what is allowed. Passwords, tokens and the secret are never printed.
"""

import os
import secrets
from pathlib import Path
from typing import Any, Self
from urllib.parse import parse_qs, urlsplit

from platformdirs import user_data_dir
from pydantic import Field, SecretStr, ValidationError, field_validator, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from cloud import channels

PREFIX = "LUCINA_"
SECRET_CHARS = 32  # 192 bits and more when token_urlsafe() made it
KNOWN_WORDS = ("changeme", "change-me", "secret", "password", "default", "lucina")
HIDDEN = {"database_url", "broker_url", "secret", "influx_token"}  # carry passwords
HIDDEN |= {"metrics_token"} | {f"channel_{name}" for name in channels.NAMES}


class ConfigError(Exception):
    """A setting that cannot be used. The message is one line for the person who set it."""


class Settings(BaseSettings):
    """What `serve` needs. The description of a field is what an error says is allowed."""

    model_config = SettingsConfigDict(env_prefix=PREFIX, extra="forbid", hide_input_in_errors=True)

    home: Path = Field(
        default_factory=lambda: Path(user_data_dir("lucina")),
        description="a folder that can be made and written",
    )
    database_url: str = Field(
        "", repr=False, description="sqlite:///PATH or postgresql://USER:PASSWORD@HOST/NAME"
    )
    broker_url: str = Field(
        "mqtt://cloud@127.0.0.1:1883",
        repr=False,
        description="mqtt:// or mqtts://USER:PASSWORD@HOST[:PORT][?ca=FILE of certificates]",
    )
    http_host: str = Field("127.0.0.1", min_length=1, description="an address of this machine")
    http_port: int = Field(8000, ge=0, le=65535, description="a port, 0 to 65535")
    secret: SecretStr = Field(
        SecretStr(""),
        description=f"{SECRET_CHARS} characters or more that are not a well-known default",
    )
    demo: bool = Field(False, description="true or false")
    escalate_after_s: float = Field(60, ge=1, le=3600, description="seconds, 1 to 3600")
    own_hospital_min: float = Field(30, ge=0, le=600, description="minutes, 0 to 600")
    own_hospital_extra_min: float = Field(15, ge=0, le=600, description="minutes, 0 to 600")
    position_age_s: float = Field(900, ge=10, le=86_400, description="seconds, 10 to 86400")
    road_speed_kmh: float = Field(40, ge=5, le=120, description="km/h, 5 to 120")
    osrm_url: str = Field("", description="http:// or https://HOST:PORT, empty: estimated ways")
    firmware_key: str = Field(
        "",
        pattern="^([0-9a-fA-F]{128})?$",
        description="what `lucina firmware key` printed, empty: no firmware is taken",
    )
    assess_every_s: float = Field(30, ge=5, le=600, description="seconds, 5 to 600")
    assess_workers: int = Field(1, ge=0, le=64, description="processes, 0 to 64 (0: none apart)")
    metrics_token: SecretStr = Field(
        SecretStr(""), description="a token for /metrics, empty: this machine only"
    )
    influx_url: str = Field("", description="http:// or https://HOST:PORT, empty: no feed")
    influx_token: SecretStr = Field(SecretStr(""), description="a token of that server")
    influx_org: str = Field("lucina", description="a name")
    influx_bucket: str = Field("lucina", description="a name")
    influx_raw: bool = Field(False, description="true (4 Hz too) or false (summaries only)")
    influx_flush_s: float = Field(
        15, ge=0.1, le=3600, description="seconds until that server has what it took on disk"
    )

    public_url: str = Field("", description="http:// or https://HOST of the pages, empty: unknown")
    channel_push: str = Field("", repr=False, description="mailto:WHO@HOST[?key=FILE]")
    channel_sms: str = Field(
        "", repr=False, description="alibaba:// or tencent://ID:KEY@HOST?sign=...&staff=...&mother="
    )
    channel_wechat: str = Field(
        "", repr=False, description="wechat://APPID:SECRET@HOST?token=...&staff=...&mother=..."
    )
    channel_email: str = Field(
        "", repr=False, description="smtp:// or smtps://USER:PASSWORD@HOST[:PORT]?from=WHO@HOST"
    )
    channel_voice: str = Field(
        "", repr=False, description="alibaba://ID:KEY@HOST?staff=...&mother=...[&caller=NUMBER]"
    )
    channel_webhook: str = Field(
        "", repr=False, description="hook://:SECRET@HOST/PATH with a secret of 24 bytes or more"
    )

    @property
    def channel_urls(self) -> dict[str, str]:
        return {name: getattr(self, f"channel_{name}") for name in channels.NAMES}

    @field_validator(*(f"channel_{name}" for name in channels.NAMES))
    @classmethod
    def _known_channel(cls, url: str, info: Any) -> str:
        if url:
            channels.check(info.field_name.removeprefix("channel_"), url)
        return url

    @field_validator("home")
    @classmethod
    def _make_home(cls, home: Path) -> Path:
        home = home.expanduser().resolve()
        try:
            home.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise ValueError("no such folder") from error
        if not os.access(home, os.W_OK | os.X_OK):
            raise ValueError("not writable")
        return home

    @field_validator("database_url")
    @classmethod
    def _known_database(cls, url: str) -> str:
        if url and not url.startswith(("sqlite:///", "postgresql://", "postgresql+psycopg://")):
            raise ValueError("unknown database")
        return url

    @field_validator("broker_url", "influx_url", "public_url", "osrm_url")
    @classmethod
    def _known_scheme(cls, url: str, info: Any) -> str:
        schemes = ("mqtt", "mqtts") if info.field_name == "broker_url" else ("http", "https")
        parts = urlsplit(url)
        reached = parts.scheme in schemes and parts.hostname and parts.port != 0  # port may raise
        if not reached and (url or info.field_name == "broker_url"):
            raise ValueError("not such an address")
        ca_file = parse_qs(parts.query).get("ca", [""])[0]
        if ca_file and not Path(ca_file).is_file():
            raise ValueError("no such file")
        return url

    @field_validator("secret")
    @classmethod
    def _strong(cls, secret: SecretStr) -> SecretStr:
        value = secret.get_secret_value()
        weak = len(value) < SECRET_CHARS or len(set(value)) < 8
        if value and (weak or value.lower().strip("0123456789!-_ ") in KNOWN_WORDS):
            raise ValueError("too weak")
        return secret

    @model_validator(mode="after")
    def _fill(self) -> Self:
        if not self.database_url:
            self.database_url = f"sqlite:///{self.home / 'lucina.sqlite'}"
        if not self.secret.get_secret_value():
            self.secret = SecretStr(_own_secret(self.home / "secret"))
        return self


def load(**given: Any) -> Settings:
    """The settings from the environment, `given` first. ConfigError names what is wrong."""
    try:
        return Settings(**given)
    except ValidationError as error:
        raise ConfigError("; ".join(_explain(one) for one in error.errors())) from None


def _explain(error: Any) -> str:
    name = str(error["loc"][0]) if error["loc"] else ""
    if name not in Settings.model_fields:
        return f"{PREFIX}{name.upper()}: there is no such setting"
    shown = "(not shown)" if name in HIDDEN else repr(str(error["input"]))
    return f"{PREFIX}{name.upper()} = {shown}: must be {Settings.model_fields[name].description}"


def _own_secret(path: Path) -> str:
    """The secret of this installation: made once, readable by its owner only."""
    try:
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        value = path.read_text().strip()
        if len(value) < SECRET_CHARS:
            raise ConfigError(
                f"{path} holds no secret of {SECRET_CHARS} characters or more; delete it"
            ) from None
        return value
    value = secrets.token_urlsafe(48)
    with os.fdopen(handle, "w") as file:
        file.write(value + "\n")
    return value
