"""Every page, as each role and in both languages: nothing is wider than the window, and in Chinese
no English is left; each request goes to the service itself (tests.cloud.pages.opening watches that,
scripts that fail, and the policy). As each role axe-core finds nothing serious, in one language:
what it looks at is the same in both."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from cloud.access import ACCESS, ANYBODY
from tests.cloud.pages import LARGE, PHONE, OpenPage, opening
from tests.cloud.web import world
from tests.cloud.web.service import Service
from tests.process import Missing

AXE = Path(__file__).parent / "node_modules" / "axe-core" / "axe.min.js"
ACCOUNTS = {
    "": ANYBODY,
    "mother1": "mother",
    "clinic": "hospital",
    "centre": "centre",
    "admin": "admin",
}
LANGUAGES = ("en", "zh-CN")
NO_PAGES = ("/api/", "/receipts/", "/words/", "/app/")
NO_PAGE = {"/", "/events", "/healthz", "/readyz", "/metrics", "/openapi.json", "/worker.js"}
ASKS = {
    "/cases/new": "?reading_id={signed_id}",
    "/consultations/case": "?recording_id={recording_id}",
}
RUN = """async () => (await axe.run({ resultTypes: ["violations"], preload: false })).violations
  .filter((one) => ["serious", "critical"].includes(one.impact))
  .map((one) => `${one.id}: ${one.nodes.slice(0, 3).map((node) => node.html).join(" | ")}`)"""
WIDE = """() => [...document.querySelectorAll("body *")].filter((e) =>
  e.getBoundingClientRect().right > innerWidth + 1 && !e.closest(".unseen, details, .scroll"))
  .map((e) => `${e.tagName}.${e.className}`)"""
ENGLISH_ALL_THE_SAME = r"\(demo\)|cm/min|[A-Z][a-z]+ [A-Z][a-z]+|nichd\S*"  # names of people, units
WORDS = """(main) => {
  for (const e of main.querySelectorAll("code, [translate=no]")) e.textContent = "";
  return main.innerText; }"""  # without commands, and data shown as they are kept
OPEN = """() => {
  for (const e of document.querySelectorAll("details:has([data-written])")) e.open = true; }"""
READY = """() => !document.querySelector("[data-written] > .quiet:only-child")"""


@pytest.fixture(scope="module")
def place(service: Service) -> dict[str, int]:
    return world.fill(service)


@pytest.fixture
def open_page(service: Service, browser: Any, place: dict[str, int]) -> Iterator[OpenPage]:
    with opening(service, browser) as open_:
        yield open_


def pages_of(place: dict[str, int]) -> Iterator[tuple[str, str, str, bool]]:
    """(account, language, path, whether it is that role's first look at it) of every page of the
    table of access: each role once, and each page in both languages. What an administrator shares
    with the centre is the centre's with less."""
    accounts = {role: account for account, role in ACCOUNTS.items()}
    for (method, path), roles in ACCESS.items():
        if method != "GET" or path.startswith(NO_PAGES) or path in NO_PAGE:
            continue
        looks = [
            role
            for role in roles
            if role in accounts and (role != "admin" or "centre" not in roles)
        ]
        filled = (path + ASKS.get(path, "")).format(**place, token="nosuch")
        for number, role in enumerate(looks):
            both = LANGUAGES if len(looks) == 1 else [LANGUAGES[number % 2]]
            for language in both:
                yield accounts[role], language, filled, language == both[0]


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("account", ACCOUNTS)
def test_every_page_can_be_used(
    service: Service, open_page: OpenPage, place: dict[str, int], account: str, language: str
) -> None:
    if not AXE.exists():
        raise Missing("axe-core is not installed: .ci/setup test-parts")
    page = open_page(account, "/offline", PHONE if account == "mother1" else LARGE, language)
    page.context.add_init_script(path=AXE)
    pages = [one[2:] for one in pages_of(place) if one[:2] == (account, language)]
    found = {}
    for path, is_new in [*pages, ("/nosuch", language == "en")]:
        status = page.goto(service.url + path).status
        page.evaluate(OPEN)
        page.wait_for_function(READY)
        problems = [] if status == (404 if "nosuch" in path else 200) else [f"status {status}"]
        problems += page.evaluate(RUN) if is_new else []
        for width, height in (LARGE, PHONE):
            page.set_viewport_size({"width": width, "height": height})
            problems += [f"wider than {width}: {one}" for one in page.evaluate(WIDE)]
        if language == "zh-CN":
            problems += english_in(page.locator("main").evaluate(WORDS))
        if problems:
            found[path] = problems
    assert found == {}


def english_in(words: str) -> list[str]:
    for typed in world.TYPED:
        words = words.replace(typed, "")
    left = re.sub(ENGLISH_ALL_THE_SAME, "", words)
    return [f"English: {one}" for one in re.findall(r"[A-Za-z]{3,} [a-z]{3,}", left)]
