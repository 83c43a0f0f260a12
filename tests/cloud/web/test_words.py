"""Both languages are complete: every text that a page may show has its Chinese."""

import re

import pytest

from cloud import i18n
from cloud.render import said
from models.rules import RULES
from tests.cloud.web.texts import all_texts

FIELD = re.compile(r"%\((\w+)\)[^a-z]*([a-z])|%%")
PAGE = " on this page"  # static/tasks.js leaves it out


def test_every_text_has_its_chinese() -> None:
    chinese = i18n.catalogue("zh")
    assert sorted(text for text in all_texts() if text not in chinese) == []


def test_no_text_is_kept_that_nobody_shows() -> None:
    assert sorted(set(i18n.catalogue("zh")) - all_texts()) == []


@pytest.mark.parametrize(("text", "chinese"), i18n.catalogue("zh").items())
def test_fields_are_the_same(text: str, chinese: str) -> None:
    assert sorted(FIELD.findall(text)) == sorted(FIELD.findall(chinese))


def test_what_is_read_to_her_on_the_telephone_speaks_of_no_page() -> None:
    told = [
        i18n.translate(language, rule.mother_text).replace(i18n.translate(language, PAGE), "")
        for rule in RULES
        for language in ("en", "zh")
    ]
    assert [words for words in told if "page" in words or "页" in words] == []


def test_the_search_finds_each_kind_of_text() -> None:
    assert all_texts() >= {
        "Log in",  # a template
        "Recording %(number)d",  # a template, with a field
        "no signal %(time)s",  # a script
        "no free bed",  # a table of cloud
        "No fetal heart signal for %(seconds)d s",  # a table of models
        "pathological",  # a value
    }


@pytest.mark.parametrize(
    ("cookie", "accept", "language"),
    [
        (None, None, "en"),
        (None, "zh-CN,zh;q=0.9,en;q=0.8", "zh"),
        (None, "en-GB,zh;q=0.9", "en"),
        (None, "de,zh;q=0.5,en;q=0.4", "zh"),
        (None, "zh;q=broken, en;q=0.1", "en"),
        ("en", "zh", "en"),
        ("xx", "zh", "zh"),
    ],
)
def test_choice(cookie: str | None, accept: str | None, language: str) -> None:
    assert i18n.choose(cookie, accept) == language


def test_an_unknown_text_stays_english() -> None:
    assert i18n.translate("zh", "never translated") == "never translated"
    assert i18n.translate("zh", "Log in") == "登录"
    assert i18n.translate("en", "Log in") == "Log in"


def test_what_is_told_late_began_by_the_readers_clock() -> None:
    reason = {"text": "%(what)s, since %(time)s", "args": {"what": "<b>", "time": "08:00"}}
    assert said("en", reason) == "<b>, since 08:00"  # the template escapes it
    began = said("en", {**reason, "began_ms": 0})
    assert began == '&lt;b&gt;, since <time data-ms="0">1970-01-01 00:00 UTC</time>'
