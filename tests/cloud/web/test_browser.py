"""The pages in a real browser: live, honest about age and breaks, usable by keyboard and phone."""

import re
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from cloud import demo
from cloud.store import people
from cloud.store.db import writing
from device import payloads
from models.synth import synthetic
from models.trace import Trace
from tests.cloud.pages import PHONE, OpenPage, opening, wait_for_text
from tests.cloud.web.service import Service, trace_frames
from tests.process import wait_until


@pytest.fixture(scope="module")
def trace() -> Trace:
    whole, _ = synthetic(3, 2, "normal")
    return whole


@pytest.fixture(scope="module")
def recordings(service: Service, trace: Trace) -> dict[str, int]:
    """The first mother has two alerts, the second a recording without one."""
    long, _ = synthetic(3, 12, "normal")
    first = service.play("probe-1", long)
    second = service.play("probe-2", trace, flags=payloads.REPLAYED)
    service.alert(first, "low_rate", 120)
    service.alert(first, "bradycardia_80", 100)
    return {"first": first, "second": second}


@pytest.fixture
def open_page(service: Service, browser: Any, recordings: dict[str, int]) -> Iterator[OpenPage]:
    with opening(service, browser) as open_:
        yield open_


def send_second(service: Service, recording: int, trace: Trace) -> None:
    live = service.parts.live.recordings[recording]
    second = Trace(**trace.window(0, 1).channels(), start_s=live.newest_s)
    row = live.recording
    frames = trace_frames(second, row.session)
    service.send(row.device_id, row.session, frames, round(1000 * second.end_s))


def tile(page: Any, recording: int) -> Any:
    return page.locator(f"#wall [data-recording='{recording}']")


def test_logging_in_by_keyboard(open_page: OpenPage) -> None:
    page = open_page("", "/centre")
    page.locator("[name=username]:focus").wait_for()
    page.keyboard.type("centre")
    page.keyboard.press("Tab")
    page.keyboard.type(demo.PASSWORD)
    page.keyboard.press("Enter")
    page.locator("#queue").wait_for()
    page.get_by_role("button", name="Log out").click()
    page.wait_for_url("**/login")


def test_an_ended_login_leads_to_the_login_page_and_is_no_error(open_page: OpenPage) -> None:
    page = open_page("centre", "/centre")
    page.route("**/api/alerts", lambda route: route.fulfill(status=401, json={"detail": "ended"}))
    page.reload()
    page.wait_for_url("**/login")


def test_strips_move_and_say_their_age(
    service: Service, open_page: OpenPage, recordings: dict[str, int], trace: Trace
) -> None:
    page = open_page("centre", "/centre")
    strip = tile(page, recordings["second"])
    strip.wait_for()
    send_second(service, recordings["second"], trace)
    page.wait_for_function(
        "(id) => document.querySelector(`#wall [data-recording='${id}']`).dataset.state === 'live'",
        arg=recordings["second"],
    )
    before = float(strip.get_attribute("data-end-s"))
    send_second(service, recordings["second"], trace)
    wait_until(lambda: float(strip.get_attribute("data-end-s")) > before, 5, "the strip moves")
    wait_for_text(strip.locator(".age"), r"^data \d s old$")
    wait_for_text(strip.locator(".fhr b"), r"^1\d\d$")
    assert strip.locator(".origin").inner_text() == "REPLAYED"


def test_silence_is_shown(
    service: Service, open_page: OpenPage, recordings: dict[str, int], trace: Trace
) -> None:
    page = open_page("centre", "/centre")
    strip = tile(page, recordings["second"])
    send_second(service, recordings["second"], trace)
    strip.and_(page.locator("[data-state=live]")).wait_for()
    strip.and_(page.locator("[data-state=stale]")).wait_for(timeout=15_000)
    wait_for_text(strip.locator(".fhr b"), "^– –$")
    wait_for_text(strip.locator(".age"), r"^data 0:[1-5]\d old$")


def test_the_worst_alert_stands_first(open_page: OpenPage, recordings: dict[str, int]) -> None:
    page = open_page("centre", "/centre")
    page.locator("#queue .row").nth(1).wait_for()
    marks = page.locator("#queue .priority").all_inner_texts()
    assert marks.index("*** HIGH") < marks.index("** MEDIUM")
    row = page.locator("#queue .row.high").first
    assert "Fetal heart rate 75 bpm: below 80" in row.inner_text()
    wait_for_text(row.locator(".next"), r"[01]:\d\d to answer, then|No hospital is left")
    wait_for_text(row.locator(".alert-age"), r"^raised \d+:\d\d ago$")
    tile(page, recordings["first"]).and_(page.locator(".high")).wait_for()


HAND = """() => {
    const move = () => new PointerEvent("pointermove", { bubbles: true });
    window.hand = setInterval(() => document.querySelector("#queue").dispatchEvent(move()), 200);
}"""


def test_rows_do_not_move_under_the_pointer(
    service: Service, open_page: OpenPage, trace: Trace
) -> None:
    page = open_page("centre", "/centre")
    page.locator("#queue .row").first.wait_for()
    page.locator("#queue .row").first.hover()
    page.mouse.move(*_middle(page.locator("#queue .row").first))
    page.evaluate(HAND)  # on a slow machine the hand would have rested for too long
    before = page.locator("#queue .row").evaluate_all("rows => rows.map((r) => r.dataset.alert)")
    recording = service.play("probe-3", trace)
    fresh = service.alert(recording, "bradycardia_80", 110)
    page.locator(f"[data-alert='{fresh}']").wait_for()
    page.locator("#queue-news:not([hidden])").wait_for()
    after = page.locator("#queue .row").evaluate_all("rows => rows.map((r) => r.dataset.alert)")
    assert after[: len(before)] == before
    assert after[-1] == str(fresh)
    wait_for_text(page.locator("#announce"), "Chen Jing")
    page.evaluate("() => clearInterval(window.hand)")
    page.mouse.move(700, 20)
    page.wait_for_function(
        "(id) => document.querySelector('#queue .row:last-child').dataset.alert !== id",
        arg=str(fresh),
    )
    second = f"#wall .tile:nth-child(2)[data-recording='{recording}']"  # before one without
    page.locator(second).wait_for()


def _middle(row: Any) -> tuple[float, float]:
    box = row.bounding_box()
    return box["x"] + box["width"] / 2, box["y"] + box["height"] / 2


def test_declining_wants_a_reason_and_asks_the_next(
    service: Service, open_page: OpenPage, trace: Trace
) -> None:
    alert = service.alert(service.play("probe-2", trace), "tachycardia_180", 115)
    page = open_page("county", "/hospital")
    page.locator("#detail h2").wait_for()
    shown = page.locator("#detail h2").inner_text()
    service.alert(service.play("probe-1", trace), "bradycardia_80", 115)
    bar = page.locator("#other", has_text="Another alert asks you")
    bar.wait_for()  # the page changes no mother under somebody who has just come to it
    assert page.locator("#detail h2").inner_text() == shown
    assert re.match(r"\(\d+\) ", page.title())
    bar.click()
    page.wait_for_function(
        "(was) => document.querySelector('#detail h2').innerText !== was", arg=shown
    )
    page.locator(f"[data-alert='{alert}']").click()  # the card, not only the name
    page.locator(f"[data-alert='{alert}'].chosen").wait_for()
    page.locator("#detail .actions button", has_text="Decline").click()
    page.keyboard.press("Shift")  # the alert is now seen, which redraws it under the form
    page.locator("#detail .steps li", has_text="seen").wait_for()
    assert page.evaluate("document.activeElement.tagName") == "SELECT"
    page.locator("#detail select").select_option("no bed is free")
    page.locator("#detail form.why button.go").click()
    page.locator("#detail .steps li", has_text="no bed is free").wait_for()
    assert service.parts.alerting.view(alert)["organisation"]["id"] == 2
    chinese = open_page("hospital", "/hospital", language="zh-CN")
    chinese.locator(f"[data-alert='{alert}'] button.name").click()
    chinese.locator("#detail .steps li", has_text="没有空床").wait_for()


def tab_to(page: Any, words: str) -> None:
    for _ in range(100):
        page.keyboard.press("Tab")
        if page.evaluate("() => document.activeElement.textContent").strip() == words:
            return
    raise AssertionError(f"the keyboard does not reach {words!r}")


def test_an_alert_is_seen_and_taken_by_keyboard_alone(
    service: Service, open_page: OpenPage, trace: Trace
) -> None:
    alert = service.alert(service.play("probe-4", trace), "bradycardia_100", 90)
    page = open_page("hospital", "/hospital")
    page.locator(f"[data-alert='{alert}']").wait_for()

    def phase() -> str:
        return str(service.parts.alerting.view(alert)["phase"])

    wait_until(lambda: phase() == "delivered", 10, "the page has it")
    assert service.parts.alerting.view(alert)["seen_ms"] is None
    tab_to(page, "Zhao Min (demo)")
    page.keyboard.press("Enter")
    page.locator("#detail h2", has_text="Zhao Min").wait_for()
    wait_until(lambda: phase() == "read", 30, "somebody has looked")
    tab_to(page, "I take it")
    page.keyboard.press("Enter")
    wait_until(lambda: phase() == "accepted", 30, "somebody has taken it")
    hospital, path = service.client("hospital"), f"/api/alerts/{alert}"
    assert hospital.post(f"{path}/handle", json={"reason": "all is well"}).status_code == 200
    page.locator("#detail button", has_text=re.compile("^Close$")).click()
    wait_for_text(page.locator("#detail"), r"^closed: Zhao Min \(demo\)$")  # not the next mother
    assert page.locator("#queue .chosen").count() == 0


SORTED = """async () => {
  const { nowFirst } = await import("/static/alerts.js");
  const { me } = await import("/static/parts.js");
  const alert = (id, priority, live, more = {}) =>
    ({ id, priority, now: { live }, phase: "told", kind: "patient", raised_ms: -id, ...more });
  const call = { phase: undefined };
  return [
    alert(7, "high", true, { phase: "accepted", owner: {} }),
    alert(6, "medium", false, call),
    alert(5, "medium", true, call),
    alert(4, "high", false),
    alert(3, "high", true, call),
    alert(2, "medium", true),
    alert(1, "high", true),
    alert(8, "low", false, { deadline_ms: 1, organisation: { id: me.organisationId } }),
  ].sort(nowFirst).map((one) => one.id);
}"""  # what asks the reader; what holds, by priority, calls and what is over; then what is taken


def test_the_mothers_answer_arrives(service: Service, open_page: OpenPage, trace: Trace) -> None:
    alert = service.alert(service.play("probe-4", trace), "low_rate", 80)
    page = open_page("mother4", "/mother", size=PHONE, language="zh-CN")
    page.locator("#alert-steps li").first.wait_for()
    assert page.locator("#alert-steps li").count() <= 4
    assert "%" not in page.locator("main").inner_text()
    centre = open_page("centre", "/centre")
    centre.locator(f"[data-alert='{alert}']").wait_for()
    page.locator("#answers .ambulance").click()
    page.locator("#answered", has_text="我需要救护车").wait_for()
    # the page answers the worst alert of hers, which may be one of another test
    centre.locator("#queue .answer", has_text="I need an ambulance").first.wait_for()
    call = centre.locator("#queue .call", has_text="She asks for an ambulance. Call 120 first")
    call.locator("a[href='tel:555-0104']").wait_for()
    assert call.locator("select").input_value() == ""  # nothing is said beforehand
    call.locator("button.go").click()
    assert call.locator("select").evaluate("one => one.matches(':invalid')")
    assert centre.evaluate(SORTED) == [8, 1, 2, 3, 4, 5, 6, 7]
    page.locator("#told a[href='tel:120']").wait_for()  # nobody has called one yet
    shown = service.parts.alerting.views(service_viewer())
    assert any(view["mother_answer"] == "ambulance" for view in shown)
    assert alert in [view["id"] for view in shown]


def service_viewer() -> Any:
    from cloud.hub import Viewer

    return Viewer("mother", mother_id=4)


def test_no_recording(open_page: OpenPage, service: Service) -> None:
    with writing(service.parts.engine) as conn:
        known = people.get_person_by_username(conn, "mother5")
        if known is None:
            her = people.add_mother(conn, name="<img src=x onerror=alert(1)>")
            kept = people.get_person_by_username(conn, "mother1")
            assert kept is not None
            people.add_person(
                conn, username="mother5", password_hash=kept.password_hash, name=her.name,
                role="mother", mother_id=her.id, demo=True,
            )  # fmt: skip
    page = open_page("mother5", "/mother", size=PHONE)
    page.locator("#state", has_text="No recording is running.").wait_for()
    assert page.locator("#watching").inner_text() == "Nobody is watching now."
    assert page.locator("img").count() == 0


def test_a_recording_is_shown_with_its_marks(
    open_page: OpenPage, recordings: dict[str, int]
) -> None:
    page = open_page("centre", f"/recordings/{recordings['first']}")
    page.locator(
        "#completeness", has_text=re.compile(r"\d+ frames stored so far, 0 missing")
    ).wait_for()
    page.locator("#alerts .history", has_text="below 80").first.wait_for()
    page.locator("#speed").select_option("3")
    page.locator("#axis").select_option("narrow")
    page.locator("#back").wait_for()  # twelve minutes are wider than the page
    assert page.locator("#now").is_hidden()
    page.locator("#back").fill("0")
    page.locator("#now").click()
    page.locator("#now").wait_for(state="hidden")
    assert page.locator("#strip .tile").get_attribute("data-state") in ("live", "stale")
    page.get_by_role("link", name="Earlier recordings").click()
    page.locator("figure.segment path.fhr").first.wait_for()
    page.get_by_label("From minute").fill("60")
    page.get_by_role("button", name="Show").click()
    page.get_by_text("Nothing was measured in these 20 minutes.").first.wait_for()


def test_what_she_presses_comes_to_the_strip_and_the_cross_tells_it(
    service: Service, open_page: OpenPage, recordings: dict[str, int]
) -> None:
    path = f"/api/recordings/{recordings['first']}"
    page = open_page("centre", f"/recordings/{recordings['first']}")
    page.locator("#strip .tile[data-end-s]").wait_for()
    assert page.locator("#felt").is_hidden()
    start_ms = service.client("centre").get(path).json()["start_ms"]
    ago_ms = (
        time.time_ns() // 1_000_000 - start_ms - 600_000
    )  # in the middle of its eleventh minute
    pressed = {"kind": "movement", "ago_ms": ago_ms}
    assert service.client("mother1").post(f"{path}/marks", json=pressed).status_code == 200
    wait_for_text(page.locator("#felt"), r"Movements \(1\): 0:10:0\d")
    strip = page.locator("#strip canvas")
    strip.hover(position={"x": 300, "y": 60})
    wait_for_text(page.locator("#cross"), r"^\d+:\d\d:\d\d · .*FHR (1\d\d bpm|–) · MHR ")
    strip.focus()
    page.keyboard.press("Home")
    wait_for_text(page.locator("#cross"), "^0:00:00 · ")
    for _ in range(10):
        page.keyboard.press("Shift+ArrowRight")
    wait_for_text(page.locator("#cross"), "^0:10:00 · .* · pressed: My baby moved$")
    page.keyboard.press("+")
    assert page.locator("#speed").input_value() == "2"
    page.keyboard.press("Escape")
    wait_for_text(page.locator("#cross"), "^$")


def test_an_analysis_leads_to_its_places(open_page: OpenPage, recordings: dict[str, int]) -> None:
    page = open_page("centre", f"/recordings/{recordings['first']}")
    page.locator("#scores details").first.wait_for(timeout=20_000)
    wait_for_text(page.locator("#verdict"), "^(normal|suspicious)$")
    wait_for_text(page.locator("#measures"), r"Baseline of the last 10 min\s*1\d\d bpm")
    page.locator("#speed").select_option("3")
    page.locator("#events summary", has_text="Accelerations").click()
    page.locator("#events details[open] .jump").first.click()
    page.locator("#now").wait_for()  # an early one is far from the newest
    page.locator("#scores summary", has_text="NICHD").click()
    cells = page.locator("#scores details[open] tbody tr").first.locator("td").all_inner_texts()
    assert re.fullmatch(r"1\d\d bpm", cells[0])
    assert cells[1:] == ["110-160", "normal"]
    page.locator("#overlay").uncheck()


def test_an_analysis_is_all_chinese_and_not_for_the_mother(
    open_page: OpenPage, recordings: dict[str, int]
) -> None:
    path = f"/recordings/{recordings['first']}"
    page = open_page("county", path, PHONE, "zh-CN")
    page.locator("#scores details").first.wait_for(timeout=20_000)
    page.evaluate("document.querySelectorAll('details').forEach((one) => { one.open = true; })")
    parts = page.locator(".legend, .card:has(#verdict), .card:has(#events), .card:has(#scores)")
    words = " ".join(parts.all_inner_texts())
    assert "短变异" in words
    assert re.findall(r"\b[a-z]{3,}\b", re.sub(r"nichd-\S*", "", words)) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE[0]
    hers = open_page("mother1", path, PHONE)
    hers.locator("#how").wait_for()
    assert hers.locator("#verdict, #scores, #overlay, .legend .fall").count() == 0


def test_sound_is_off_until_it_is_armed(
    service: Service, open_page: OpenPage, trace: Trace
) -> None:
    over = service.play("probe-4", trace)
    earlier = service.alert(over, "tachycardia_160", 60)
    service.stop_recording(over)
    alert = service.alert(service.play("probe-4", trace), "bradycardia_100", 70)
    page = open_page("centre", "/centre")
    page.locator(f"[data-alert='{alert}']").wait_for()  # or it would end the pause
    row = page.locator(f"[data-alert='{earlier}'] .quiet")
    wait_for_text(row, "of an earlier recording; another runs now")
    arm = page.get_by_role("button", name="Sound is off: click to arm")
    arm.click()
    arm.wait_for(state="hidden")
    page.get_by_role("button", name="Pause 2 min").click()
    page.locator("#sound", has_text=re.compile(r"Sound pauses for [12]:\d\d")).wait_for()
    page.reload()  # it says that it is off, or a browser that allows it goes on
    page.locator("#sound", has_text=re.compile("Sound is OFF since|Sound pauses for")).wait_for()
    page.locator("#queue-title").click()
    page.locator("#sound", has_text="Sound pauses for").wait_for()


def test_a_break_is_shown_and_repaired(tmp_path: Path, browser: Any, trace: Trace) -> None:
    with Service(tmp_path) as service:
        recording = service.play("probe-1", trace)
        page = browser.new_page()
        page.goto(service.url + "/login")
        page.fill("input[name=username]", "centre")
        page.fill("input[name=password]", demo.PASSWORD)
        page.click("form.login button")
        tile(page, recording).wait_for()
        service.stop()
        page.locator("#lost", has_text=re.compile(r"connection lost 0:\d\d")).wait_for()
        tile(page, recording).and_(page.locator("[data-state=lost]")).wait_for()
        service.start()
        page.locator("#lost").wait_for(state="hidden", timeout=20_000)
        send_second(service, recording, trace)
        tile(page, recording).and_(page.locator("[data-state=live]")).wait_for()
        page.close()
