"""Sharing by hand: published, asked for, promised, handed out; a box; figures with charts."""

from collections.abc import Iterator
from typing import Any

import pytest

from cloud.store import people
from cloud.store.db import writing
from models.synth import synthetic
from tests.cloud.pages import PHONE, OpenPage, opening
from tests.cloud.web.service import Service


@pytest.fixture
def open_page(service: Service, browser: Any) -> Iterator[OpenPage]:
    with opening(service, browser) as open_:
        yield open_


def fits(page: Any) -> bool:
    """Whether nothing is wider than the page; tables scroll by themselves."""
    return bool(page.evaluate("document.documentElement.scrollWidth <= innerWidth"))


def test_a_probe_goes_from_one_member_to_another(service: Service, open_page: OpenPage) -> None:
    county = open_page("county", "/resources")
    county.get_by_text("Nobody asks for anything now.").wait_for()
    county.get_by_text("Offer something").click()
    form = county.locator("#offer form")
    form.get_by_label("How many").fill("3")
    form.get_by_role("button", name="Publish").click()
    county.locator("table", has_text="Probes: 3").wait_for()

    clinic = open_page("clinic", "/resources", PHONE, "zh-CN")
    clinic.get_by_text("提出需求").click()
    form = clinic.locator("#ask form")
    form.get_by_label("数量").fill("2")
    form.get_by_role("button", name="向成员单位提出").click()
    clinic.get_by_text("相距 8.0 公里，是唯一合适的").wait_for()
    assert fits(clinic)

    card = county.locator(".journey", has_text="Probes: 2")
    card.get_by_role("button", name="Promise it").click()
    card.get_by_label("Condition, or why").fill("charged")
    card.get_by_role("button", name="Hand it out").click()
    card.get_by_role("button", name="Given back").wait_for()
    clinic.locator(".journey", has_text="已发放").wait_for()
    card.get_by_role("button", name="Given back").click()
    county.get_by_role("alert").get_by_text("say in what condition it is").wait_for()
    assert fits(county)


def test_a_box_for_a_mother(service: Service, open_page: OpenPage) -> None:
    with writing(service.parts.engine) as conn:
        people.add_gateway(conn, "gw-clinic", "token", 4)
        people.add_device(conn, "box-9", "token", "gw-clinic")
    her = open_page("mother3", "/leases", PHONE, "zh-CN")
    her.get_by_text("probe-3").wait_for()  # what she records with, though nobody has lent it
    clinic = open_page("clinic", "/leases")
    clinic.get_by_text("Hand out a box").click()
    clinic.get_by_label("Mother who gets it").select_option(label="Chen Jing (demo)")
    clinic.get_by_label("Insurance policy").fill("P-77")
    clinic.get_by_label("Condition", exact=True).fill("new")
    clinic.get_by_role("button", name="Hand out", exact=True).click()
    clinic.locator(".journey", has_text="box-9").wait_for()
    her.locator(".journey", has_text="P-77").wait_for()
    assert fits(her)
    assert fits(clinic)


@pytest.mark.parametrize(("size", "language"), [(PHONE, "zh-CN"), ((1280, 800), "en")])
def test_figures_have_charts_and_tables(
    service: Service, open_page: OpenPage, size: tuple[int, int], language: str
) -> None:
    page = open_page("county", "/statistics", size, language)
    if not page.locator("svg.chart").count():
        nothing = "No recording began" if language == "en" else "没有"
        page.get_by_text(nothing).first.wait_for()
        service.play("probe-3", synthetic(1, 2, "normal")[0])
        page.reload()
    page.locator("svg.chart").first.wait_for()
    assert page.locator("svg.chart").count() == 9
    name = "Recordings" if language == "en" else "监护次数"
    page.get_by_role("img", name=name, exact=True).wait_for()
    assert fits(page)
    page.goto(page.url.replace("/statistics", "/contributions"))
    page.get_by_role("link", name="XLSX").wait_for()
    assert fits(page)
