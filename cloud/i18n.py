"""The two languages. English is in the code, Chinese in locale/zh/LC_MESSAGES/lucina.po.

The catalogue is read when the service starts; nothing compiled is kept. A text is written as
its English msgid with %(name)s fields, in templates, in JavaScript and in the tables of models.
"""

import hashlib
import json
import re
from collections.abc import Mapping
from functools import cache
from io import BytesIO
from pathlib import Path
from typing import Any

from babel.messages.catalog import Catalog
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from babel.support import Translations

LANGUAGES = {"en": "English", "zh": "中文"}
COOKIE = "lang"
_FIELD = re.compile(r"%\((\w+)\)[.\d]*[sdf]|%%")
_LOCALE = Path(__file__).parent / "locale"


@cache
def catalogue(language: str) -> dict[str, str]:
    """{msgid: text} of a language; empty for English, whose msgids are the texts."""
    return {str(m.id): str(m.string) for m in _read(language) if m.id and m.string}


@cache
def script(language: str) -> str:
    """The catalogue for the scripts of the pages (static/words.js)."""
    words = json.dumps(catalogue(language), ensure_ascii=False)
    return f"globalThis.lucinaWords = {words};\n"


@cache
def script_path(language: str) -> str:
    """Where it is read: another catalogue has another address, so that browsers may keep it."""
    version = hashlib.sha256(script(language).encode()).hexdigest()[:12]
    return f"/words/{language}/{version}.js"


@cache
def translations(language: str) -> Translations:
    """What Jinja2's i18n extension takes."""
    compiled = BytesIO()
    write_mo(compiled, _read(language))
    compiled.seek(0)
    return Translations(compiled, domain="lucina")


def translate(language: str, msgid: str) -> str:
    return catalogue(language).get(msgid, msgid)


def say(language: str, said: Mapping[str, Any]) -> str:
    """A {"text": msgid, "args": {...}} in words. An argument may be such a text itself, a msgid,
    or a name in each language; a missing one is a dash.

    >>> say("en", {"text": "%(a)d of %(b)d", "args": {"a": 2, "b": None}})
    '2 of –'
    """
    args = {name: _argument(language, value) for name, value in said["args"].items()}

    def field(match: re.Match[str]) -> str:
        missing = match[1] is not None and args.get(match[1]) is None
        return "–" if missing else match[0] % args

    return _FIELD.sub(field, translate(language, said["text"]))


def _argument(language: str, value: Any) -> Any:
    if isinstance(value, Mapping):
        return say(language, value) if "text" in value else value[language]
    return translate(language, value) if isinstance(value, str) else value


def choose(cookie: str | None, accept_language: str | None) -> str:
    """The chosen language, else the one the browser prefers most, else English.

    >>> choose(None, "fr;q=0.9, zh-CN;q=0.8, en;q=0.5")
    'zh'
    >>> choose("en", "zh-CN")
    'en'
    """
    if cookie in LANGUAGES:
        return str(cookie)
    best, language = 0.0, "en"
    for item in (accept_language or "").split(","):
        name, _, weight = item.partition(";q=")
        short = name.strip().lower()[:2]
        try:
            value = float(weight) if weight else 1.0
        except ValueError:
            continue
        if short in LANGUAGES and value > best:
            best, language = value, short
    return language


def _read(language: str) -> Catalog:
    if language == "en":
        return Catalog(locale="en")
    path = _LOCALE / language / "LC_MESSAGES" / "lucina.po"
    with path.open("rb") as file:
        return read_po(file, locale=language, domain="lucina")
