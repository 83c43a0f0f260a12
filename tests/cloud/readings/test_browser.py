"""A doctor reads by hand: three clicks from the queue to the signature, and the mother's page."""

import re
from collections.abc import Iterator
from typing import Any

import pytest

from tests.cloud.pages import PHONE, OpenPage, opening
from tests.cloud.readings.recorded import ended
from tests.cloud.web.service import Service

COUNTY, HER = "county", "mother2"


@pytest.fixture
def open_page(service: Service, browser: Any) -> Iterator[OpenPage]:
    with opening(service, browser) as open_:
        yield open_


def test_three_clicks_from_the_queue_to_the_mother(service: Service, open_page: OpenPage) -> None:
    recording = ended(service, "probe-2")
    service.alert(recording, "low_rate", 60)
    hers = open_page(HER, "/mother", PHONE)
    page = open_page(COUNTY, "/hospital")
    row = page.locator("#to-read li", has_text="Wang Fang (demo)").first
    row.locator(".left", has_text="left").wait_for(timeout=20_000)

    row.get_by_role("button", name="Read").click()  # 1
    page.wait_for_url(f"**/recordings/{recording}#readings")
    own = page.locator("#readings").get_by_role("button", name="normal", exact=True)
    own.wait_for()
    for part in ("#assessment-empty", "#alerts-empty"):
        page.locator(part, has_text="Hidden until you have read the strip yourself.").wait_for()
    assert page.locator("#verdict").is_hidden()
    assert page.locator("#alerts .history, #silent li, #scores details").count() == 0
    page.get_by_label("Findings").fill("quiet strip")

    own.click()  # 2
    page.locator("#verdict").wait_for()  # the machine's result is beside it now
    page.locator("#alerts .history").wait_for()
    chosen = page.locator("#readings .words input:checked")
    chosen.first.wait_for()
    assert chosen.count() == 3
    page.get_by_label("In your own words, to the mother").fill("See you on Monday.")

    page.get_by_role("button", name="Sign and tell her").click()  # 3
    page.get_by_text("it holds for all members").wait_for()
    assert "quiet strip" in page.locator("#readings").inner_text()

    answer = hers.locator("#answer")  # one line, which came without a reload: her alert is open
    answer.get_by_text("Answer of the doctor,").click()
    report = answer.locator(".report")
    report.get_by_text("See you on Monday.").wait_for()
    said = report.text_content() or ""
    assert "Your baby's heartbeat looks good" in said
    assert "Dr Zhou (demo)" in said
    assert "normal" not in said


def test_an_expert_is_asked_and_answers_in_chinese(service: Service, open_page: OpenPage) -> None:
    recording = ended(service, "probe-3")
    clinic = open_page("clinic", f"/recordings/{recording}")
    clinic.locator("#readings").get_by_role("button", name="Read").click()
    clinic.get_by_text("What do you see?").wait_for()
    clinic.get_by_text("Mark a stretch of the strip").click()
    for x in (60, 90):  # on a strip of two minutes, 1 cm/min
        clinic.locator("#strip canvas").click(position={"x": x, "y": 100})
    clinic.get_by_label("What is to be seen there").fill("a dip begins here")
    clinic.get_by_role("button", name="Mark it").click()
    line = clinic.locator("#annotations li", has_text="a dip begins here")
    assert re.match(r"1 0:\d\d–[01]:\d\d ", line.inner_text())
    line.locator("a.jump").click()  # to its place, on this page
    clinic.get_by_label("what the expert is to look at").fill("is this late?")
    clinic.get_by_role("button", name="Ask an expert of the centre").click()
    clinic.get_by_text("waits for an expert of the centre").wait_for()

    expert = open_page("expert", "/centre", language="zh-CN")
    row = expert.locator("#to-read li", has_text="is this late?")
    row.get_by_role("button", name="判读").click()
    marked = expert.locator("#annotations")
    marked.get_by_text("他人的标注不予显示").wait_for()
    assert marked.locator("li").count() == 0
    expert.locator("#readings").get_by_role("button", name="可疑").click()
    marked.locator("li", has_text="a dip begins here").wait_for()
    expert.get_by_role("button", name="签名并告知孕妇").click()
    assert clinic.url.endswith(f"/recordings/{recording}")
    clinic.get_by_text("signed by Dr Gu (demo)").wait_for(timeout=20_000)
    assert clinic.locator("#readings [data-verdict='suspicious']").is_visible()
