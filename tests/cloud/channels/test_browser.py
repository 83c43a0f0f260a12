"""What a person sees and does: choosing ways to be told, and what staff read about messages."""

import json
from collections.abc import Iterator
from functools import partial
from typing import Any

import pytest

from cloud.outgoing.letters import token_of
from cloud.store import messages
from cloud.store.db import reading
from models.synth import synthetic
from tests.cloud.channels.providers import Provider
from tests.cloud.channels.urls import urls_of
from tests.cloud.pages import PHONE, OpenPage, opening
from tests.cloud.web.service import SECRET, Service
from tests.process import wait_until


@pytest.fixture(scope="module")
def provider() -> Iterator[Provider]:
    with Provider() as provider:
        yield provider


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory, provider: Provider) -> Iterator[Service]:
    made = Service(tmp_path_factory.mktemp("service"))
    for name, url in urls_of(provider.host).items():
        made.settings_given[f"channel_{name}"] = url
    with made as service:
        yield service


@pytest.fixture
def open_page(service: Service, browser: Any) -> Iterator[OpenPage]:
    with opening(service, browser) as open_:
        yield partial(open_, permissions=["notifications"])


def test_a_mother_chooses_how_she_is_told(service: Service, open_page: OpenPage) -> None:
    page = open_page("mother1", "/mother", PHONE)
    page.get_by_text("Messages to me when this page is closed").click()
    page.get_by_role("textbox", name="+ SMS").fill("13800138000")
    page.get_by_role("textbox", name="+ Phone call").fill("13800138000")
    page.get_by_role("button", name="Save").click()
    page.get_by_text("Saved.").wait_for()
    page.get_by_role("button", name="Earlier").click()
    page.locator("fieldset").first.filter(has_text="Phone call").wait_for()
    page.get_by_label("Alerts always come.").select_option("every")
    page.get_by_label("from", exact=True).fill("22:00")
    page.get_by_label("to", exact=True).fill("07:00")
    page.get_by_role("button", name="Save").click()
    page.locator("[name='quiet.to_min'][value='07:00']").wait_for()
    kept = service.client("mother1").get("/api/me/messages").json()
    assert [(c["channel"], c["least"]) for c in kept["contacts"]] == [
        ("voice", "high"),
        ("sms", "low"),
    ]
    assert (kept["steps"], kept["language"]) == ("every", "en")
    assert (kept["quiet"]["from_min"], kept["quiet"]["to_min"]) == (1320, 420)
    page.get_by_role("textbox", name="SMS", exact=True).fill("call me")
    page.get_by_role("button", name="Save").click()
    page.get_by_text("Not saved: please check the addresses.").wait_for()
    assert page.evaluate("document.documentElement.scrollWidth") <= 360


def test_staff_see_each_message_and_what_came_of_it(
    service: Service, provider: Provider, open_page: OpenPage
) -> None:
    wanted = {"language": "en", "contacts": [{"channel": "sms", "address": "13800138000"}]}
    assert service.client("county").put("/api/me/messages", json=wanted).status_code == 200
    trace, _ = synthetic(3, 2, "normal")
    recording = service.play("probe-1", trace)
    alert_id = service.alert(recording, "bradycardia_80", 100)
    page = open_page("county", "/hospital")
    page.get_by_text("Messages sent outside this page").click()
    line = page.locator("#detail .messages li").filter(has_text="SMS to Dr Zhou (demo)")
    line.filter(has_text="sent").wait_for()
    known = {"SmsSendDetailDTOs": {"SmsSendDetailDTO": [{"SendStatus": 3}]}}
    provider.reports["QuerySendDetails"] = known
    line.filter(has_text="delivered").wait_for(timeout=20_000)
    view = service.client("county").get(f"/api/alerts/{alert_id}").json()
    assert view["phase"] in ("delivered", "read")
    centre = open_page("centre", f"/recordings/{recording}", language="zh")
    centre.locator(".messages li").filter(has_text="短信").first.wait_for()


def test_the_service_worker_shows_a_message_and_says_so(
    service: Service, open_page: OpenPage
) -> None:
    """The push service is the browser's own; what it would hand over is handed over here."""
    trace, _ = synthetic(3, 1, "normal")
    alert_id = service.alert(service.play("probe-2", trace), "bradycardia_80", 61)
    with reading(service.parts.engine) as conn:
        number = next(m.id for m in messages.of_alert(conn, alert_id) if m.step == "tell")
    page = open_page("county", "/hospital")
    devtools = page.context.new_cdp_session(page)
    found: list[str] = []
    devtools.on(
        "ServiceWorker.workerRegistrationUpdated",
        lambda event: found.extend(r["registrationId"] for r in event["registrations"]),
    )
    devtools.send("ServiceWorker.enable")
    page.evaluate(
        "navigator.serviceWorker.register('/worker.js').then(async (r) => {"
        " while (!r.active) await new Promise((done) => setTimeout(done, 50)); })"
    )
    wait_until(lambda: found, 10, "a service worker")
    message = {
        "id": f"m{number}", "title": "Alert", "body": "words", "link": "/", "urgent": True,
        "token": token_of(SECRET, f"m{number}"),
    }  # fmt: skip
    devtools.send(
        "ServiceWorker.deliverPushMessage",
        {"origin": service.url, "registrationId": found[0], "data": json.dumps(message)},
    )

    def delivered() -> bool:
        with reading(service.parts.engine) as conn:
            return messages.get(conn, number).delivered_ms is not None

    wait_until(delivered, 10, "a receipt of the service worker")
    shown = page.evaluate(
        "navigator.serviceWorker.getRegistration('/').then((r) => r.getNotifications())"
        ".then((all) => all.map((one) => [one.title, one.tag]))"
    )
    assert shown == [["Alert", f"m{number}"]]
