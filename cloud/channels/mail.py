"""E-mail over SMTP with STARTTLS (smtp, port 587) or TLS from the start (smtps, port 465).

That the server took it is all that is known. A repeated try has the same Message-ID.
"""

import ssl
from email.message import EmailMessage
from functools import partial
from pathlib import Path
from urllib.parse import urlsplit

import aiosmtplib
import httpx2

from cloud.channels import settings
from cloud.channels.base import GONE, TIMEOUT_S, Channel, Failed, Letter, refused
from cloud.channels.settings import Account

LIMIT_S = 20.0
NOT_AN_ADDRESS = "this is no mail address"


def read(url: str) -> Account:
    account = settings.read(url, ("smtp", "smtps"), ("from",), ("ca",))
    ca_file = account.named("ca")
    if "@" not in account.named("from") or (ca_file and not Path(ca_file).is_file()):
        raise ValueError("from is no mail address, or ca no file")
    return account


def open_channel(account: Account, _http: httpx2.AsyncClient) -> Channel:
    trusted = ssl.create_default_context(cafile=account.named("ca") or None)
    return Channel(partial(send, account, trusted), LIMIT_S)


async def send(account: Account, trusted: ssl.SSLContext, letter: Letter) -> str:
    message = compose(account.named("from"), letter)
    at = urlsplit(f"//{account.host}")
    at_once = account.scheme == "smtps"
    try:
        await aiosmtplib.send(
            message,
            hostname=at.hostname,
            port=at.port or (465 if at_once else 587),
            username=account.user or None,
            password=account.secret or None,
            use_tls=at_once,
            start_tls=None if at_once else not account.plain,
            tls_context=trusted,
            timeout=TIMEOUT_S,
        )
    except aiosmtplib.SMTPRecipientsRefused as error:
        first = error.recipients[0]
        raise refused(first.code, first.message, first.code >= 500) from None
    except aiosmtplib.SMTPResponseException as error:
        raise refused(error.code, error.message) from None
    except (aiosmtplib.SMTPException, OSError) as error:
        raise Failed(GONE, error=type(error).__name__) from None
    return str(message["Message-ID"])


def compose(sender: str, letter: Letter) -> EmailMessage:
    if "@" not in letter.address or any(c in letter.address for c in "\r\n, "):
        raise Failed(NOT_AN_ADDRESS, final=True)
    message = EmailMessage()
    message["From"] = sender
    message["To"] = letter.address
    message["Subject"] = letter.title
    message["Message-ID"] = f"<{letter.id}@{sender.partition('@')[2]}>"
    message["Auto-Submitted"] = "auto-generated"
    if letter.urgent:
        message["Importance"] = "high"
    link = f"\n\n{letter.link}" if letter.link.startswith("http") else ""
    message.set_content(f"{letter.body}{link}\n")
    return message
