"""The whole way by hand: accept, green channel, arrived, closed, referred back; both languages."""

from collections.abc import Iterator
from typing import Any

import pytest

from models.synth import synthetic
from tests.cloud.pages import PHONE, OpenPage, opening, wait_for_text
from tests.cloud.web.service import Service


@pytest.fixture
def open_page(service: Service, browser: Any) -> Iterator[OpenPage]:
    with opening(service, browser) as open_:
        yield open_


def fits(page: Any) -> list[str]:
    """What is wider than the page."""
    found: list[str] = page.evaluate(
        """() => [...document.querySelectorAll("body *")].filter((e) =>
             e.getBoundingClientRect().right > innerWidth + 1 && !e.closest(".unseen, details"))
             .map((e) => `${e.tagName}.${e.className}`)"""
    )
    return found


def test_from_the_alert_to_the_way_back(service: Service, open_page: OpenPage) -> None:
    trace, _ = synthetic(3, 2, "normal")
    alert = service.alert(service.play("probe-1", trace), "bradycardia_80", 110)
    county = open_page("county", "/hospital")
    clinic = open_page("clinic", "/hospital", language="zh-CN")
    her = open_page("mother1", "/mother", PHONE, "zh-CN")

    county.locator(f"[data-alert='{alert}'] button.name").click()  # three clicks from the queue
    county.locator("#detail .actions button", has_text="I take it").click()
    county.locator("#detail button", has_text="Open the green channel").click()

    card = county.locator(".journey.green")
    card.wait_for()
    wait_for_text(card.locator(".arrival"), r"^has not left yet$")
    card.get_by_role("button", name="Count from now").click()
    wait_for_text(card.locator(".arrival"), r"^arrives in \d+:\d\d$")
    her.locator("#expected h1", has_text="示范东湖县医院正在等您").wait_for()
    assert her.locator("#expected .route").get_attribute("href").startswith("geo:31.26,121.6?")
    assert fits(her) == []

    card.get_by_label("Theatre and anaesthetist told").check()
    county.locator("#journeys-brief", has_text="ready: 1 of 8").wait_for()
    card.get_by_label("Team").fill("Dr Zhou")
    card.get_by_role("button", name="Reserve bed and team").click()
    her.locator("#expected .good").wait_for()
    card.get_by_role("button", name="She has arrived").click()
    her.locator("#expected h1", has_text="正在照护您").wait_for()
    card.locator(".failed", has_text="Checklist: 7 of 8 not ticked").wait_for()
    wait_for_text(card.locator(".facts"), "allergies: not said")
    county.locator("#queue .answer", has_text="She has arrived").first.wait_for()
    card.get_by_role("button", name="Admitted").click()
    card.get_by_role("button", name="Close the green channel").click()
    her.locator("#expected").wait_for(state="hidden")

    card.get_by_role("link", name="Refer back").click()
    form = county.locator("form.refer")
    assert "heart rate" in form.locator("label:has(input[type=radio]:checked)").inner_text()
    form.get_by_label(
        "I know that these alerts are not handled"
    ).check()  # nobody has handled the alert
    form.get_by_label("Plan of care").fill("Blood pressure twice a day.")
    form.get_by_label("Day").first.fill("2026-12-01")
    form.get_by_label("what for").first.fill("CTG")
    second = service.alert(service.play("probe-2", trace), "bradycardia_80", 110)
    bar = county.locator("#waiting p.high[role=alert]")
    wait_for_text(
        bar, r"Alerts without an answer: 1\s.*HIGH, raised 0 min ago\s*This page makes no sound"
    )
    assert county.title().startswith("(1) Refer back")
    assert form.get_by_label("what for").first.input_value() == "CTG"  # the bar came alone
    assert fits(county) == []
    service.client("county").post(f"/api/alerts/{second}/accept")
    bar.wait_for(state="detached")
    assert county.title().startswith("Refer back")
    form.get_by_role("button", name="She agrees: send").click()
    county.locator("#referral-list", has_text="waits for an answer").wait_for()
    card.wait_for(state="detached")

    clinic.locator("#referral-list .journey", has_text="Blood pressure twice a day.").wait_for()
    clinic.get_by_role("button", name="接收", exact=True).click()
    clinic.get_by_role("button", name="孕妇已到达").click()
    clinic.get_by_role("button", name="关闭").click()
    her.locator("#care", has_text="2026-12-01: CTG").wait_for()
    assert fits(clinic) == []

    centre = open_page("centre", "/centre")
    centre.locator("#balance", has_text="0 up, 1 down").wait_for()
    assert fits(centre) == []


def test_a_referral_up_is_declined_with_a_reason(service: Service, open_page: OpenPage) -> None:
    clinic = open_page("clinic", "/hospital")
    clinic.get_by_role("link", name="Refer up").click()
    clinic.get_by_label("Mother").select_option(label="Chen Jing (demo)")
    clinic.get_by_role("button", name="Go on").click()
    form = clinic.locator("form.refer")
    form.get_by_label("Threatened preterm labour").check()
    form.get_by_role("button", name="She agrees: send").click()
    clinic.locator("#referral-list", has_text="Threatened preterm labour").wait_for()
    county = open_page("county", "/hospital", language="zh-CN")
    card = county.locator("#referral-list .journey", has_text="先兆早产")
    card.locator("summary", has_text="拒绝").click()
    card.locator("select").select_option("no bed is free")
    card.locator("form.why button.go").click()
    clinic.locator("#referral-list details summary", has_text="Over").first.click()
    card = clinic.locator("#referral-list .journey", has_text="Threatened preterm labour")
    card.locator("summary", has_text="Times").click()
    card.locator(".steps li", has_text="no bed is free").wait_for()
