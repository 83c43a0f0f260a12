"""The settings that lead to the provider of the tests, and a letter to send."""

from urllib.parse import quote

from cloud.channels.base import Letter
from tests.cloud.channels.providers import APP_ID, APP_SECRET, HOOK_SECRET, KEY, KEY_ID


def urls_of(host: str, sms: str = "alibaba") -> dict[str, str]:
    keys = f"{KEY_ID}:{quote(KEY, safe='')}@{host}"
    templates = "staff=T1&mother=T2"
    alibaba = f"alibaba+plain://{keys}?sign=%E5%8D%A2&{templates}"
    tencent = f"tencent+plain://{keys}?sign=L&{templates}&app=1400&receipts=report-secret"
    return {
        "push": f"mailto:ops@example.org?origin=http://{host}",
        "sms": {"alibaba": alibaba, "tencent": tencent}[sms],
        "wechat": f"wechat+plain://{APP_ID}:{APP_SECRET}@{host}?token=w&{templates}",
        "voice": f"alibaba+plain://{keys}?{templates}&caller=02155500000",
        "webhook": f"hook+plain://:{quote(HOOK_SECRET)}@{host}/hooks/lucina",
    }


def letter(address: str, **more: object) -> Letter:
    values: dict[str, object] = {
        "id": "m7",
        "address": address,
        "title": "Alert 3, priority high",
        "body": "胎心过缓。请立即左侧卧。请拨打本页的电话。",
        "link": "https://lucina.example/mother",
        "audience": "staff",
        "urgent": True,
        "token": "t",
    }
    return Letter(**{**values, **more})  # type: ignore[arg-type]
