"""A mother's app by hand: questions, a recording with its buttons, its ending, no network."""

import json
import re
from collections.abc import Iterator
from typing import Any

import pytest

from cloud.i18n import catalogue
from cloud.store import check_ins
from cloud.store.db import reading
from models.rules import RULES
from models.synth import synthetic
from models.trace import Trace
from tests.cloud.mother import states
from tests.cloud.pages import PHONE, OpenPage, opening
from tests.cloud.web.service import Service
from tests.process import wait_until

STAFF = "baseline|variab|verdict|assess|complete|frame|reassur|normal|suspicious|patholog|usable|%"


@pytest.fixture
def open_page(service: Service, browser: Any) -> Iterator[OpenPage]:
    with opening(service, browser) as open_:
        yield open_


@pytest.fixture(scope="module")
def trace() -> Trace:
    whole, _ = synthetic(3, 2, "normal")
    return whole


def test_from_the_questions_to_the_ending(
    service: Service, open_page: OpenPage, trace: Trace
) -> None:
    page = open_page("mother2", "/mother", PHONE)
    page.get_by_role("link", name="Begin a recording").click()
    page.get_by_label("Not well").check()
    page.get_by_label("As usual").check()
    page.get_by_role("button", name="Go on").click()
    page.get_by_role("link", name="Show me how the probe lies").click()
    page.locator("#state", has_text="Waiting for the probe ...").wait_for()
    page.get_by_role("img", name="A belly seen from the front").wait_for()
    assert page.locator("#begin").is_hidden()
    recording = service.play("probe-2", trace)
    page.locator("#state", has_text="The heartbeat is found.").wait_for()
    page.locator("#left", has_text="Minutes left: 18 of 20").wait_for()
    bar = page.locator("#buttons")
    for name in ("My baby moved", "My baby moved", "A contraction begins"):
        bar.get_by_role("button", name=name).click()
    bar.get_by_text("Movements: 2 · contractions: 1").wait_for()
    bar.get_by_role("button", name="Take back the last").click()
    bar.get_by_text("Movements: 2 · contractions: 0").wait_for()
    assert bar.bounding_box()["y"] > PHONE[1] / 2
    assert all(one["height"] >= 48 for one in map(_box, bar.get_by_role("button").all()))
    service.stop_recording(recording)
    ended = page.locator("#ended", has_text="Please record again in one hour.")
    ended.get_by_text("Only 2 of 20 minutes were recorded.").wait_for()
    assert bar.is_hidden()
    hers = service.client("mother2").get(f"/recordings/{recording}").text
    said = re.sub(r"<[^>]*>", " ", hers[hers.index("<main>") : hers.index("</main>")])
    assert "It lasted 2 minutes." in said and "Movements: 2 · contractions: 0" in said
    assert 'class="fhr"' in hers and not re.search(STAFF, said, re.IGNORECASE)
    page.get_by_role("link", name="Begin a recording").click()
    page.get_by_role("heading", name="Three questions first").wait_for()  # they hold once only
    page.get_by_role("link", name="Home").click()
    page.get_by_role("link", name="All my recordings and reports").click()
    page.get_by_text("Only 2 of 20 minutes were recorded.").wait_for()
    staff = open_page("county", "/mothers/2")
    staff.get_by_text("Before her recordings she said").click()
    staff.locator("#check-ins", has_text="feels unwell · movements as usual").wait_for()
    staff.goto(f"{service.url}/recordings/{recording}")
    staff.locator("#felt", has_text="Movements (2):").wait_for()


def _box(button: Any) -> Any:
    return button.bounding_box()


def test_a_danger_sign_comes_before_any_recording(service: Service, open_page: OpenPage) -> None:
    page = open_page("mother3", "/mother/start", PHONE, "zh-CN")
    page.get_by_label("很好").check()
    page.get_by_label("和平时一样").check()
    page.get_by_label("出血").check()
    page.get_by_role("button", name="继续").click()
    page.get_by_text("请马上给医院打电话。").wait_for()
    assert page.locator("a[href='tel:120']").is_visible()
    assert page.get_by_text("现在放好探头").count() == 0
    page.get_by_role("link", name="看看谁已看到").click()
    page.locator("#alert h1", has_text="您告诉我们有出血、流液或剧烈疼痛。").wait_for()
    with reading(service.parts.engine) as conn:
        assert check_ins.of_mother(conn, 3)[0].answers.signs == ("bleeding",)
    (told,) = service.client("mother3").get("/api/alerts").json()
    path = f"/recordings/{told['recording_id']}"
    hers = service.client("mother3").get(path).text
    assert "There is no recording here" in hers and 'class="fhr"' not in hers
    assert "There is no strip: she entered it" in service.client("centre").get(path).text


def test_her_record_says_who_looks_after_her_and_what_purple_is(service: Service) -> None:
    hers = service.client("mother4").get("/record").text
    assert "Infectious disease: purple" in hers and "Purple means an infectious disease." in hers
    assert "Pregnancy risk: purple" not in hers
    assert hers.count("nobody is named yet") == 3
    assert "the staff of Riverside Maternity Hospital (demo) look after you" in hers


def test_what_she_presses_without_a_network_is_sent_later(
    service: Service, open_page: OpenPage, trace: Trace
) -> None:
    recording = service.play("probe-4", trace)
    page = open_page("mother4", "/mother", PHONE)
    page.locator("#buttons").wait_for()
    page.wait_for_function("() => navigator.serviceWorker.controller")
    page.wait_for_function("() => localStorage.getItem('lucina-known')")
    page.context.set_offline(True)
    page.get_by_role("button", name="My baby moved").click()
    page.locator("#pressed", has_text="Movements: 1 · contractions: 0 · not sent yet: 1").wait_for()
    page.goto(service.url + "/school")
    page.get_by_role("heading", name="This phone has no network.").wait_for()
    known = r"^At [\d:]+,? (\d+ seconds of )?your recording (was running|were not sent yet)\.$"
    page.locator("#known", has_text=re.compile(known)).wait_for()
    assert "Zhao Min" not in page.content()
    with page.expect_navigation():  # the page reads itself again when the network is back
        page.context.set_offline(False)
    page.goto(service.url + "/mother")
    page.locator("#pressed", has_text=re.compile("^Movements: 1 · contractions: 0$")).wait_for()
    (mark,) = service.client("mother4").get(f"/api/recordings/{recording}/marks").json()
    assert mark["kind"] == "movement"


def test_it_is_an_app_and_keeps_large_letters(service: Service, open_page: OpenPage) -> None:
    page = open_page("mother1", "/mother", PHONE, "zh-CN")
    manifest = service.client().get(page.locator("link[rel=manifest]").get_attribute("href"))
    assert (manifest.json()["lang"], manifest.json()["display"]) == ("zh", "standalone")
    for icon in manifest.json()["icons"]:
        assert service.client().get(icon["src"]).content[:4] == b"\x89PNG"
    page.get_by_role("button", name="大字").click()
    page.locator("html.large").wait_for()
    page.goto(service.url + "/record")
    assert page.evaluate("() => getComputedStyle(document.documentElement).fontSize") == "20px"
    assert page.evaluate("() => document.documentElement.scrollWidth") <= PHONE[0]
    page.get_by_label("示范滨河妇产医院").uncheck()

    def withdrawn() -> bool:
        given = service.client("mother1").get("/api/mother/consents").json()["hospitals"]
        return [one["allowed"] for one in given if one["id"] == 2] == [False]

    wait_until(withdrawn, 30, "her consent is withdrawn")


def test_a_technical_alert_asks_for_no_ambulance_and_ends_with_its_recording(
    service: Service, open_page: OpenPage, trace: Trace
) -> None:
    recording = service.play("probe-1", trace)
    alert = service.alert(recording, "signal_lost")
    page = open_page("mother1", "/mother", PHONE)
    page.locator("#alert-what", has_text="We cannot hear your baby's heart.").wait_for()
    assert page.locator("#answers button").all_inner_texts() == ["I have done it", "Please help me"]
    page.get_by_role("button", name="I have done it").click()
    page.locator("#answered", has_text="I have done it").wait_for()
    kept = service.client("mother1").get(f"/api/alerts/{alert}").json()
    assert kept["mother_answer"] == "done"
    service.stop_recording(recording)
    page.locator("#state", has_text="No recording is running.").wait_for()
    page.locator("#alert").wait_for(state="hidden")
    page.get_by_role("link", name="My device").click()
    page.get_by_text("In use: your recordings come from probe-1.").wait_for()


def test_a_new_alert_is_gone_to_and_its_end_is_told(
    service: Service, open_page: OpenPage, trace: Trace
) -> None:
    first = service.play("probe-2", trace)
    page = open_page("mother2", "/mother", PHONE)
    page.locator("#less").wait_for()
    page.context.set_offline(True)
    page.locator("#less").click()
    page.locator("#less-unsent", has_text="Please call the hospital.").wait_for()
    page.context.set_offline(False)
    page.locator("#less").click()
    page.locator("#alert-what:focus", has_text="You told us that your baby moves less.").wait_for()
    assert page.locator("#alert").bounding_box()["y"] >= 0
    step = page.locator("#alert-steps li", has_text="Call the hospital on this page now.")
    number = step.locator("a.phone").get_attribute("href")
    steps, bar = page.locator("#alert-steps"), page.locator(".answering")
    assert bar.evaluate("e => getComputedStyle(e).position") == "static"
    assert (
        _box(steps)["y"] + _box(steps)["height"]
        <= _box(bar)["y"]
        < _box(page.locator("#told"))["y"]
    )
    page.locator("#told", has_text="asked").locator(f"a[href='{number}']").wait_for()
    page.get_by_role("button", name="I am on my way").click()
    page.locator("#told", has_text="The hospital to go to:").wait_for()
    worse = page.locator("#alert-steps li", has_text="If you get worse on the way, or cannot go")
    worse.locator("a[href='tel:120']").wait_for()
    staff = service.client("centre")
    (alert,) = [
        one["id"] for one in staff.get("/api/alerts").json() if one["recording_id"] == first
    ]
    staff.post(f"/api/alerts/{alert}/accept")
    page.locator("#told .good", has_text="is looking after you").wait_for()
    other = open_page("mother2", "/record", PHONE)
    other.locator("#waiting a[href='/mother#alert']", has_text="See what to do").wait_for()
    staff.post(f"/api/alerts/{alert}/handle", json={"reason": "she is on her way to us"})
    page.locator("#state", has_text="You are on your way to the hospital.").wait_for()
    staff.post(f"/api/alerts/{alert}/close")
    page.locator(
        "#over", has_text="expects you at the hospital. If you are not there yet"
    ).wait_for()
    page.locator("body:not([data-state=on_my_way])").wait_for()
    service.stop_recording(first)


def test_no_two_sentences_of_her_page_contradict(service: Service, open_page: OpenPage) -> None:
    page = open_page("mother1", "/mother", PHONE)
    facts, alerts = states.every_fact(), states.every_alert()
    said, orders = json.loads(page.evaluate(states.SAID, json.dumps([facts, alerts])))
    assert {one["state"] for one in said} >= {"idle", "away", "done", "found", "late", "on_my_way"}
    for fact, one in zip(facts, said, strict=True):
        words = states.on_the_page(fact, one)
        assert one["now"] and not states.contradictions(words, states.CONTRADICTIONS), (fact, words)
    for alert, (what, *steps) in zip(alerts, orders, strict=True):
        words = "\n".join(steps)
        assert not states.contradictions(words, states.OF_AN_ALERT), (alert, words)
        assert what and (steps or alert[0]["kind"] == "technical"), alert


def test_an_alert_has_the_same_sentences_in_both_languages() -> None:
    """The page leaves an order out by its number."""
    chinese = catalogue("zh")
    ends = re.compile(r"[^.!?。！？]+[.!?。！？]+")
    for rule in RULES:
        text = rule.mother_text
        assert len(ends.findall(text)) == len(ends.findall(chinese[text])), rule.id
