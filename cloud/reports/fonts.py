"""The fonts of a printed report, embedded as far as they are used: never an empty box on paper.

DejaVu Sans comes with matplotlib. Chinese is not shipped: it is one of the free TrueType fonts that
systems have (reportlab cannot embed the PostScript outlines of Noto CJK). A character that no font
has becomes a question mark; control and zero-width characters are left out.
"""

import unicodedata
from functools import cache, lru_cache
from importlib.util import find_spec
from itertools import groupby
from pathlib import Path
from threading import Lock

from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFError, TTFont

LATIN, LATIN_BOLD, CHINESE = "LucinaLatin", "LucinaLatinBold", "LucinaChinese"
CHINESE_FILES = tuple(  # licences that let a document embed them: docs/report.md
    Path(path)
    for path in (
        "/usr/share/fonts/truetype/wqy/wqy-zenhei.ttc",
        "/usr/share/fonts/truetype/wqy/wqy-microhei.ttc",
        "/usr/share/fonts/wqy-zenhei/wqy-zenhei.ttc",
        "/usr/share/fonts/wenquanyi/wqy-zenhei/wqy-zenhei.ttc",
        "/usr/share/fonts/truetype/droid/DroidSansFallbackFull.ttf",
        "/System/Library/Fonts/Supplemental/Arial Unicode.ttf",
        "C:/Windows/Fonts/simhei.ttf",
    )
)
NO_FONT = (
    "no font with Chinese characters for the printed report: install the package fonts-wqy-zenhei"
)
Run = tuple[str, str]  # font, words
_lock = Lock()


class NoFont(RuntimeError):  # noqa: N818 - reads as what it says
    """Chinese is to be printed and no font has it."""


def runs(words: str, bold: bool = False) -> list[Run]:
    """`words` in pieces of one font each. NoFont: a piece is Chinese and there is no such font."""
    latin = _latin(LATIN_BOLD if bold else LATIN)
    fonts = [(_font_of(sign, latin), sign) for sign in words if _is_shown(sign)]
    return [
        (name or LATIN, "".join(sign if name else "?" for _, sign in group))
        for name, group in groupby(fonts, key=lambda one: one[0])
    ]


def width_mm(words: str, size_pt: float, bold: bool = False) -> float:
    points = sum(pdfmetrics.stringWidth(part, font, size_pt) for font, part in runs(words, bold))
    return float(points) * 25.4 / 72


@lru_cache(4096)
def _is_shown(sign: str) -> bool:
    return unicodedata.category(sign) not in ("Cc", "Cf", "Cs")


@lru_cache(4096)
def _font_of(sign: str, latin: str) -> str:
    """The font for a character, "" when none has it."""
    if ord(sign) in _signs(latin):
        return latin
    if _is_chinese(sign):
        return CHINESE if ord(sign) in _signs(_chinese()) else ""
    return CHINESE if chinese_file() and ord(sign) in _signs(_chinese()) else ""


def _is_chinese(sign: str) -> bool:
    return "\u2e80" <= sign <= "\u9fff" or "\uff00" <= sign <= "\uffef"


def chinese_file() -> Path | None:
    return next((path for path in CHINESE_FILES if path.is_file()), None)


@cache
def _signs(name: str) -> frozenset[int]:
    return frozenset(pdfmetrics.getFont(name).face.charToGlyph)


@cache
def _latin(name: str) -> str:
    found = find_spec("matplotlib")  # found, not imported: it is slow
    assert found is not None
    assert found.origin is not None
    folder = Path(found.origin).parent / "mpl-data" / "fonts" / "ttf"
    file = "DejaVuSans-Bold.ttf" if name == LATIN_BOLD else "DejaVuSans.ttf"
    return _registered(name, folder / file)


@cache
def _chinese() -> str:
    file = chinese_file()
    if file is None:
        raise NoFont(NO_FONT)
    return _registered(CHINESE, file)


def _registered(name: str, file: Path) -> str:
    """`name`, which reportlab knows from now on; the file is read once in a process."""
    with _lock:
        if name not in pdfmetrics.getRegisteredFontNames():
            try:
                pdfmetrics.registerFont(TTFont(name, str(file), subfontIndex=0))
            except TTFError as error:
                raise NoFont(f"{file}: {error}; install the package fonts-wqy-zenhei") from None
    return name
