"""Wrong settings end in one line that names the variable, the value and what is allowed."""

from pathlib import Path

import pytest

from cloud.config import ConfigError, load


@pytest.fixture(autouse=True)
def own_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LUCINA_HOME", str(tmp_path / "home"))


@pytest.mark.parametrize(
    ("name", "value", "allowed"),
    [
        ("HTTP_PORT", "70000", "a port, 0 to 65535"),
        ("HTTP_PORT", "eighty", "a port"),
        ("ESCALATE_AFTER_S", "0", "seconds, 1 to 3600"),
        ("ASSESS_EVERY_S", "nan", "seconds, 5 to 600"),
        ("DEMO", "perhaps", "true or false"),
        ("INFLUX_URL", "ftp://x", "http:// or https://"),
        ("HOME", "/dev/null/x", "a folder that can be made"),
    ],
)
def test_a_wrong_value_is_named(
    name: str, value: str, allowed: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LUCINA_" + name, value)
    with pytest.raises(ConfigError) as caught:
        load()
    assert str(caught.value).startswith(f"LUCINA_{name} = '{value}': must be ")
    assert allowed in str(caught.value) and "\n" not in str(caught.value)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("SECRET", "tooshort"),
        ("SECRET", "a" * 40),
        ("BROKER_URL", "http://me:hunter2@x"),
        ("BROKER_URL", "mqtt://me:hunter2@x:99999"),
        ("DATABASE_URL", "mysql://me:hunter2@x"),
    ],
)
def test_what_may_carry_a_password_is_not_shown(
    name: str, value: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LUCINA_" + name, value)
    with pytest.raises(ConfigError) as caught:
        load()
    assert f"LUCINA_{name} = (not shown): must be " in str(caught.value)
    assert value not in str(caught.value) and "hunter2" not in str(caught.value)


def test_an_unknown_setting_is_refused() -> None:
    with pytest.raises(ConfigError, match="LUCINA_COLOUR: there is no such setting"):
        load(colour="red")


def test_defaults(tmp_path: Path) -> None:
    settings = load()
    assert settings.home == tmp_path / "home"
    assert settings.database_url == f"sqlite:///{tmp_path / 'home' / 'lucina.sqlite'}"
    assert not settings.demo and settings.influx_url == ""


def test_the_secret_is_made_once_and_hidden(tmp_path: Path) -> None:
    secret = load().secret.get_secret_value()
    path = tmp_path / "home" / "secret"
    assert len(secret) >= 32 and path.stat().st_mode & 0o777 == 0o600
    again = load(broker_url="mqtt://cloud:hunter2@x")
    assert again.secret.get_secret_value() == secret
    assert secret not in repr(again) and "hunter2" not in repr(again)
    path.write_text("short\n")
    with pytest.raises(ConfigError, match="holds no secret"):
        load()
