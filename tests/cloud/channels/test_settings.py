"""Addresses of channels: taken apart when the service starts, refused in one line without them."""

from pathlib import Path

import pytest

from cloud import channels
from cloud.channels import mail, sms, webhook
from cloud.config import ConfigError, load
from tests.cloud.channels.urls import urls_of

TEMPLATES = "sign=S&staff=T1&mother=T2"
WRONG = [
    ("SMS", "https://key:hunter2@host"),
    ("SMS", f"alibaba://key:hunter2@?{TEMPLATES}"),
    ("SMS", "alibaba://key:hunter2@host?sign=S&staff=T1"),
    ("SMS", f"alibaba://key:hunter2@host?{TEMPLATES}&colour=red"),
    ("SMS", f"alibaba://key:hunter2@host:port?{TEMPLATES}"),
    ("SMS", f"tencent://key:hunter2@host?{TEMPLATES}"),
    ("SMS", f"alibaba+plain://key:hunter2@example.org?{TEMPLATES}"),
    ("WECHAT", "wechat://app:hunter2@api.weixin.qq.com?staff=1&mother=2"),
    ("VOICE", "tencent://key:hunter2@host?staff=1&mother=2"),
    ("EMAIL", "smtp://me:hunter2@host"),
    ("EMAIL", "smtp://me:hunter2@host?from=a@b&ca=/nowhere/ca.pem"),
    ("WEBHOOK", "hook://:hunter2@host/path"),
    ("WEBHOOK", "hook://:whsec_hunter2@host/path"),
    ("PUSH", "mailto:nobody"),
    ("PUSH", "https://hunter2.example"),
    ("PUSH", "mailto:a@hunter2.example?key=/nowhere.pem"),
]


@pytest.mark.parametrize(("name", "url"), WRONG)
def test_an_address_that_cannot_be_used_stops_the_start(
    name: str, url: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("LUCINA_HOME", str(tmp_path))
    monkeypatch.setenv(f"LUCINA_CHANNEL_{name}", url)
    with pytest.raises(ConfigError) as caught:
        load()
    said = str(caught.value)
    assert said.startswith(f"LUCINA_CHANNEL_{name} = (not shown): must be ")
    assert "hunter2" not in said and "\n" not in said


def test_addresses_that_can_be_used(tmp_path: Path) -> None:
    urls = urls_of("127.0.0.1:9") | {"email": "smtps://me:pw@mail.example?from=a@mail.example"}
    settings = load(home=tmp_path, **{f"channel_{name}": url for name, url in urls.items()})
    assert settings.channel_urls == urls and set(urls) == set(channels.NAMES)
    assert "secret" not in repr(settings).replace("SecretStr", "").replace("secret=", "")


def test_an_account_shows_no_secret() -> None:
    account = sms.read(f"alibaba://key%2F1:se%40cret@dysmsapi.aliyuncs.com?{TEMPLATES}")
    assert (account.user, account.secret) == ("key/1", "se@cret")
    assert account.origin == "https://dysmsapi.aliyuncs.com"
    assert "cret" not in repr(account) and "key" not in repr(account)


def test_without_tls_only_on_this_machine() -> None:
    for host in ("localhost", "127.0.0.1:8025", "[::1]:25"):
        assert mail.read(f"smtp+plain://{host}?from=a@b").plain
    with pytest.raises(ValueError, match="this machine"):
        mail.read("smtp+plain://mail.example?from=a@b")


def test_a_secret_of_a_webhook_may_be_base64() -> None:
    whsec = "whsec_plJ3nmyCDGBKInavdOK15jslMfKQ9r8G"
    assert webhook.read(f"hook://:{whsec}@hooks.example/a").secret == whsec
