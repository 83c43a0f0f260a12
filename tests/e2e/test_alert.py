"""An alert reaches hospital and mother in their browsers, and the answer comes back.

The first mother's heart slows (synthetic, 60 recorded seconds a second); the demo's nearest fit
hospital is East Lake, the next one Riverside.
"""

import re
from collections.abc import Iterator
from typing import Any

import pytest

from models.rules import RULES
from tests.e2e.rig import Rig

EAST_LAKE, RIVERSIDE = "East Lake County Hospital", "Riverside Maternity Hospital"
RULE = next(rule for rule in RULES if rule.id == "bradycardia_80")
pytestmark = pytest.mark.timeout(180)


@pytest.fixture(scope="module")
def rig(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Rig]:
    with Rig(tmp_path_factory.mktemp("alert")) as rig:
        yield rig


@pytest.fixture
def page_of(rig: Rig, browser: Any) -> Iterator[Any]:
    """page_of(account): its page, logged in, in a browser session of its own."""
    contexts = []
    pages = {"county": "/hospital", "hospital": "/hospital", "centre": "/centre"}

    def open_page(account: str) -> Any:
        contexts.append(browser.new_context())
        page = contexts[-1].new_page()
        rig.sign_in_page(page, account, pages.get(account, "/mother"))
        return page

    yield open_page
    for context in contexts:
        context.close()


def wait_for_words(page: Any, selector: str, words: str) -> None:
    """How soon they come is measured by `python -m tests.bench`."""
    page.locator(selector).filter(has_text=words).first.wait_for(timeout=30_000)


def alert_row(page: Any) -> Any:
    row = page.locator("[data-alert]", has_text=re.compile(r"Fetal heart rate \d+ bpm")).first
    row.wait_for(timeout=60_000)
    return row


def test_accepted_by_the_nearest_hospital(rig: Rig, page_of: Any) -> None:
    hospital, mother, centre = page_of("county"), page_of("mother1"), page_of("centre")
    mother.locator("#calm").wait_for()
    rig.probe(1, "synthetic:bradycardia:22:20", speed=60)
    row = alert_row(hospital)
    assert "Lin Xiaoyu" in row.inner_text()
    alert_row(centre)

    mother.locator("#alert").wait_for()
    assert RULE.mother_text.split(". ")[0] in mother.inner_text("#alert-what")
    wait_for_words(mother, "#told", EAST_LAKE)
    row.locator("button.name").click()
    why = hospital.locator("#detail .why-you").inner_text()
    assert re.search(r"[\d.]+ km\), level 2, obstetrician on call", why)
    wait_for_words(mother, "#told", "seen, no answer yet")

    hospital.locator("#detail button.go").click()
    wait_for_words(mother, "#told", "Dr Zhou (demo)")
    wait_for_words(mother, "#told", "is looking after you")
    wait_for_words(centre, "[data-alert] .holder", "accepted by Dr Zhou")

    mother.locator("#answers button.on_my_way").click()
    wait_for_words(hospital, "#detail .answer", "on my way")


def test_every_step_is_kept_with_its_time_and_name(rig: Rig) -> None:
    views = rig.sign_in("centre").get("/api/alerts").json()
    view = next(one for one in views if one["rule"] == RULE.id)
    events = [step["event"] for step in view["steps"]]
    assert [e for e in events if e in ("tell", "read", "accept")] == ["tell", "read", "accept"]
    times = [step["at_ms"] for step in view["steps"]]
    assert times == sorted(times)
    assert next(s for s in view["steps"] if s["event"] == "accept")["person"] == "Dr Zhou (demo)"


def test_declined_goes_to_the_next_hospital(rig: Rig, page_of: Any) -> None:
    first, next_one, mother = page_of("county"), page_of("hospital"), page_of("mother3")
    rig.probe(3, "synthetic:bradycardia:13:20", speed=60)
    row = first.locator("[data-alert]", has_text="Chen Jing").first
    row.wait_for(timeout=60_000)
    row.locator("button.name").click()
    first.locator("#detail .actions button", has_text="Decline").click()
    first.locator("#detail form.why button.go").click()
    assert first.locator("#detail form.why select:invalid").count() == 1  # no reason is presumed
    first.locator("#detail form.why select").select_option("no bed is free")
    first.locator("#detail form.why button.go").click()

    wait_for_words(mother, "#told", RIVERSIDE)
    asked = next_one.locator("[data-alert]", has_text="Chen Jing").first
    asked.wait_for(timeout=30_000)
    asked.locator("button.name").click()
    next_one.locator("#detail button.go").click()
    wait_for_words(mother, "#told", "Dr Sun (demo)")


@pytest.mark.parametrize("account", ["county", "centre", "mother1"])
def test_no_page_complains(rig: Rig, page_of: Any, account: str) -> None:
    page = page_of(account)
    problems: list[str] = []
    page.on("pageerror", lambda error: problems.append(str(error)))
    page.on("console", lambda m: problems.append(m.text) if m.type == "error" else None)
    with page.expect_response(lambda answer: "/api/alerts" in answer.url):
        page.reload()
    page.locator(".age, .alert-age, #age").first.wait_for(state="attached")
    assert problems == []
