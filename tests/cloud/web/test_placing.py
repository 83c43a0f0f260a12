"""The meter that helps a mother to place the probe, in a real browser."""

import itertools
from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import TimeoutError as PlaywrightTimeout

from device import payloads, wire
from models.trace import Trace
from tests.cloud.pages import PHONE, OpenPage, opening
from tests.cloud.web.service import Service, trace_frames

STALE_MS, LONG_MS = 30_000, 200_000


@pytest.fixture
def open_page(service: Service, browser: Any) -> Iterator[OpenPage]:
    with opening(service, browser) as open_:
        yield open_


def test_the_meter_and_its_words(service: Service, open_page: OpenPage) -> None:
    number = service.play("probe-3", Trace.empty(20))
    live = service.parts.live.get(number)
    assert live is not None

    seconds = itertools.count(21)

    def say_until(seen: Any, contact: int, own_heart: int = 0) -> None:
        """Again and again, as a probe does: what was said long ago is not shown."""
        for second in seconds:
            body = payloads.pack_status(
                payloads.Status(80, contact, 0, 0, 0, 90, 0, own_heart, 60),
            )
            key = live.recording.session, 100 + second, 1000 * second
            newest = trace_frames(Trace.empty(second), key[0])[-1]  # of old data nothing is said
            service.send("probe-3", key[0], [newest, wire.Frame(wire.STATUS, *key, body)], key[2])
            try:
                seen.wait_for(timeout=3_000)
                return
            except PlaywrightTimeout:
                assert second < 51, seen

    page = open_page("mother3", "/mother", size=PHONE)
    centre = open_page("centre", "/centre")
    page.locator("#strip-box").wait_for()
    assert page.locator("#placing").is_hidden()  # this probe has not said how it lies
    say_until(page.locator("#placing-meter [aria-current=step]", has_text="weak"), 1)
    page.locator("#placing-words", has_text="Tilt the probe slowly.").wait_for()
    page.locator("#placing-age", has_text="The probe said so 0:0").wait_for()
    assert page.locator("#placing-call").is_hidden()
    say_until(page.locator("#placing-words", has_text="We may be hearing your heart"), 2, 1)
    assert page.locator("#placing-meter [aria-current=step]").count() == 0
    tile = centre.locator(f"[data-recording='{number}'] .hers")
    say_until(tile.filter(has_text="probably the mother's heart"), 2, 1)
    say_until(page.locator("#placing-meter [aria-current=step]", has_text="steady"), 3)
    tile.filter(has_not_text="heart").wait_for(state="attached")
    assert "no heartbeat" not in page.locator("main").inner_text().lower()


def test_a_long_search_and_silence(service: Service, open_page: OpenPage) -> None:
    number = service.play("probe-3", Trace.empty(20))
    page = open_page("mother3", "/mother", size=PHONE, language="zh-CN")
    page.locator("#strip-box").wait_for()
    show = """async ([age_ms, searching_ms]) => {
        const { showPlacing } = await import("/static/placing.js");
        showPlacing({ contact: 0, own_heart: false, age_ms, searching_ms });
        return document.getElementById("placing").innerText;
    }"""
    assert "耦合剂" in page.evaluate(show, [1000, 80_000])
    other = page.evaluate(show, [1000, 95_000])
    assert "背部" in other and "需要帮助吗" not in other
    assert "需要帮助吗" in page.evaluate(show, [1000, LONG_MS])
    silent = page.evaluate(show, [STALE_MS, LONG_MS])
    assert "已有 0:30 没有收到探头的报告" in silent
    assert "背部" not in silent and "需要帮助吗" not in silent
    assert service.parts.live.get(number) is not None
