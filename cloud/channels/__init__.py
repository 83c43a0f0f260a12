"""How people are reached who have no page open: one small function for each way.

Each module has `read`, which takes the address of its setting apart (ValueError), `open_channel`,
and the functions of its protocol. docs/channels.md says how each is set up.
"""

from pathlib import Path

import httpx2

from cloud.channels import mail, push, sms, voice, webhook, wechat
from cloud.channels.base import Channel

MODULES = {"sms": sms, "wechat": wechat, "email": mail, "voice": voice, "webhook": webhook}
NAMES = ("push", *MODULES)


def check(name: str, url: str) -> None:
    """ValueError when this cannot be the address of this channel."""
    if name == "push":
        push.read(url)
    else:
        MODULES[name].read(url)


def open_all(urls: dict[str, str], http: httpx2.AsyncClient, home: Path) -> dict[str, Channel]:
    """The channels that are set up."""
    found = {
        name: module.open_channel(module.read(urls[name]), http)
        for name, module in MODULES.items()
        if urls.get(name)
    }
    if urls.get("push"):
        found["push"] = push.open_channel(push.read(urls["push"]), http, home)
    return found


def push_key(urls: dict[str, str], home: Path) -> str | None:
    """What browsers subscribe to; None: web push is not set up."""
    if not urls.get("push"):
        return None
    return push.public_key(push.load_key(push.read(urls["push"]), home))
