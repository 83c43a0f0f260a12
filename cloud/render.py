"""Pages: Jinja2 templates in the reader's language, with what every page needs."""

import re
from collections.abc import Mapping
from datetime import UTC, datetime
from functools import cache, partial
from pathlib import Path
from typing import Any

from fastapi import Request
from fastapi.responses import HTMLResponse
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup, escape

from cloud import i18n
from cloud.deps import Principal, services
from cloud.sections import sections_for

WEB = Path(__file__).parent / "web"
_IMPORTED = re.compile(r'^(?:import|} from)\b.*"\./(\w+\.js)";$', re.MULTILINE)
LOGIN_PATH = "/login"
_BEGAN = "\0"  # where the time stands, in no text
LARGE = "large"  # the cookie of who wants large letters
# A page may use what comes from here and nothing else: no inline script or style, no frame.
CONTENT_POLICY = (
    "default-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'; "
    "object-src 'none'"
)


def language_of(request: Request) -> str:
    return i18n.choose(request.cookies.get(i18n.COOKIE), request.headers.get("accept-language"))


def page(
    request: Request, template: str, who: Principal, status: int = 200, **context: Any
) -> HTMLResponse:
    language = language_of(request)
    text = (
        environment(language)
        .get_template(template)
        .render(
            who=who,
            language=language,
            large=request.cookies.get(LARGE) == "yes",
            languages=i18n.LANGUAGES,
            words_path=i18n.script_path(language),
            demo=services(request).settings.demo,
            path=request.url.path,
            status=status,
            sections=sections_for(who.role),
            **context,
        )
    )
    headers = {
        "Content-Security-Policy": CONTENT_POLICY,
        "Content-Language": language,
        "Vary": "Accept-Language, Cookie",
    }
    return HTMLResponse(text, status, headers)


@cache
def environment(language: str) -> Environment:
    env = Environment(
        loader=FileSystemLoader(WEB / "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        extensions=["jinja2.ext.i18n"],
        trim_blocks=True,
        lstrip_blocks=True,
    )
    env.install_gettext_translations(  # type: ignore[attr-defined]  # added by the extension
        i18n.translations(language), newstyle=True
    )
    env.globals["modules_of"] = modules_of
    env.filters["utc"] = utc
    env.filters["duration"] = duration
    env.filters["said"] = partial(said, language)
    return env


@cache
def modules_of(name: str) -> list[str]:
    """A script and all that it imports: a browser asks for them at once, not for each when it has
    read another."""
    found, waiting = [name], [name]
    while waiting:
        text = (WEB / "static" / waiting.pop()).read_text()
        new = sorted(set(_IMPORTED.findall(text)) - {*found})
        found += new
        waiting += new
    return found


def utc(at_ms: int) -> str:
    """Until static/written.js shows it in the reader's own time zone."""
    return datetime.fromtimestamp(at_ms / 1000, UTC).strftime("%Y-%m-%d %H:%M UTC")


def said(language: str, words: Mapping[str, Any]) -> str:
    """A text with its arguments. What was told late began by the reader's clock, as all times of a
    page; only messages and paper, which have no reader's clock, say it by the hospital's.

    >>> words = {"text": "since %(time)s", "args": {"time": "16:00"}, "began_ms": 0}
    >>> said("en", words)
    Markup('since <time data-ms="0">1970-01-01 00:00 UTC</time>')
    """
    if "began_ms" not in words:
        return i18n.say(language, words)
    text = i18n.say(language, {**words, "args": {**words["args"], "time": _BEGAN}})
    at_ms = words["began_ms"]
    began = Markup('<time data-ms="{}">{}</time>').format(at_ms, utc(at_ms))
    return began.join(escape(part) for part in text.split(_BEGAN))


def duration(ms: int, whole: bool = False) -> str:
    """
    >>> duration(72_000), duration(3_672_000), duration(72_000, whole=True)
    ('1:12', '1:01:12', '0:01:12')
    """
    minutes, seconds = divmod(max(0, ms) // 1000, 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{seconds:02}" if hours or whole else f"{minutes}:{seconds:02}"
