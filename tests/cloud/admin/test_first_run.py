"""From an empty database to a bound device by hand, in a browser; and who is refused."""

import re
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import uvicorn

from cloud.app import create_app
from cloud.auth import hash_password
from cloud.config import Settings
from cloud.deps import Services
from cloud.main import Server
from cloud.routes.admin_settings import limit_of
from cloud.store import people
from cloud.store.db import reading, writing
from models.rules import BY_ID
from tests.cloud.pages import leave_picture
from tests.cloud.web.service import SECRET
from tests.process import free_port, wait_until

PASSWORD = "a long password of mine"


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, Services]]:
    """An empty service without a broker: its address and its parts."""
    home: Path = tmp_path_factory.mktemp("empty")
    broker = f"mqtt://cloud:secret@127.0.0.1:{free_port()}"
    given: dict[str, Any] = {"home": home, "broker_url": broker, "secret": SECRET}
    app, port = create_app(Settings(**given)), free_port()
    parts: Services = app.state.services
    server = Server(uvicorn.Config(app, port=port, log_level="warning"), parts)
    thread = threading.Thread(target=server.run)
    thread.start()
    wait_until(lambda: server.started, 30, "the service listens")
    yield f"http://127.0.0.1:{port}", parts
    server.should_exit = True
    thread.join()


@pytest.fixture(scope="module")
def context(place: tuple[str, Services], browser: Any) -> Iterator[Any]:
    context = browser.new_context(base_url=place[0], locale="en")
    yield context
    context.close()


def fill(page: Any, **fields: str) -> None:
    for name, value in fields.items():
        page.locator(f"[name={name}]:visible").fill(value)


def test_five_steps(place: tuple[str, Services], context: Any) -> None:
    _, parts = place
    page = context.new_page()
    page.goto("/centre")
    page.wait_for_url("**/setup")  # nobody could log in

    given = {"name": "Zhang Wei", "username": "zhang", "password": PASSWORD, "again": PASSWORD}
    fill(page, code="AAAA-AAAA-AAAA", **given)
    page.get_by_role("button", name="Create the administrator").click()
    page.get_by_role("alert").filter(has_text="This is not the code").wait_for()
    fill(page, code=parts.first_run.code.lower(), **given)  # 1
    page.get_by_role("button", name="Create the administrator").click()
    page.wait_for_url("**/admin")
    assert page.locator(".setup .done").count() == 1

    fill(page, name="West Clinic", name_zh="西区卫生院", phone="021-5550-0009")  # 2
    page.get_by_role("button", name="Add", exact=True).click()
    page.locator("tbody th", has_text="West Clinic").wait_for()

    page.get_by_role("link", name="Add the first person who works there").click()  # 3
    fill(page, name="Midwife Hu", username="hu")
    page.get_by_role("button", name="Add; show the password").click()
    password = page.locator("#secret").inner_text()
    page.get_by_role("link", name="I have written it down").click()
    page.locator("tr", has_text="Midwife Hu").filter(has_text="has not logged in yet").wait_for()

    page.get_by_role("button", name="中文").click()  # who administers goes on in Chinese
    page.locator("html[lang=zh]").wait_for()
    page.locator("#add summary").click()  # 4
    page.locator("[name=role]").select_option("mother")
    fill(page, name="Gu Min", username="gu", due_date="2027-03-01")
    page.get_by_role("button", name="添加并显示").click()
    page.goto("/admin/boxes")
    page.locator("#add-gateway [name=id]").fill("gw-west")
    page.get_by_role("button", name="添加并显示令牌").click()
    page.get_by_text("lucina gateway --id gw-west").wait_for()
    page.get_by_role("link", name="我已记下").click()
    page.locator("#add [name=id]").fill("probe-west")
    page.locator("#add").get_by_role("button", name="添加并显示令牌").click()
    token = page.locator("#secret").inner_text()
    page.locator("svg.qr path").wait_for(state="attached")
    with reading(parts.engine) as conn:
        device = people.get_device(conn, "probe-west")
        assert device is not None and people.token_fits(device, token)
        mother = people.get_mother(conn, device.mother_id or 0)
    assert mother is not None and mother.name == "Gu Min"
    page.goto("/admin")
    assert page.locator(".setup .done").count() == 4  # 5 is the first data

    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto("/centre")
    page.locator("#loading").wait_for(state="hidden")
    assert not any(url.endswith("/api/tasks") for url in asked)  # an administrator calls nobody

    page.goto("/admin/audit")
    page.locator("td", has_text="probe-west").first.wait_for()
    assert token not in page.content() and password not in page.content()
    leave_picture(context, "zhang")
    page.get_by_role("button", name="English").click()
    page.locator("html[lang=en]").wait_for()
    page.close()
    _first_login(place[0], context.browser, password)


def _first_login(url: str, browser: Any, password: str) -> None:
    """With the password for one login nothing can be done but to choose another."""
    context = browser.new_context(base_url=url, locale="zh-CN")
    page = context.new_page()
    page.goto("/login")
    fill(page, username="hu", password=password)
    page.locator("button.go").click()
    page.wait_for_url("**/password")
    assert context.request.get("/api/alerts").status == 403
    page.goto("/mothers")
    page.wait_for_url("**/password")
    fill(page, current=password, password=PASSWORD, again=PASSWORD + "x")
    page.locator("button.go").click()
    page.get_by_role("alert").filter(has_text=re.compile("[\u4e00-\u9fff]")).wait_for()
    fill(page, current=password, password=PASSWORD, again=PASSWORD)
    page.locator("button.go").click()
    page.wait_for_url("**/hospital")
    context.close()


def test_setup_is_closed_afterwards(place: tuple[str, Services], context: Any) -> None:
    code = place[1].first_run.code
    form = {"code": code, "name": "Eve", "username": "eve", "password": PASSWORD, "again": PASSWORD}
    with writing(place[1].engine) as conn:  # as test_five_steps leaves it, also when run alone
        if people.get_person_by_username(conn, "zhang") is None:
            people.add_person(
                conn, username="zhang", password_hash=hash_password(PASSWORD), name="Zhang Wei",
                role="admin",
            )  # fmt: skip
    answer = context.request.post("/setup", form=form)
    assert answer.status == 422 and "an account exists already" in answer.text()
    answer = context.request.get("/setup", max_redirects=0)
    assert (answer.status, answer.headers["location"]) == (303, "/login")


def test_a_disabled_account_is_out_at_once(place: tuple[str, Services], browser: Any) -> None:
    url, parts = place
    with writing(parts.engine) as conn:
        row: dict[str, Any] = {"password_hash": hash_password(PASSWORD), "role": "admin"}
        people.add_person(conn, username="one", name="One", **row)
        other = people.add_person(conn, username="other", name="Other", **row)
    contexts = [browser.new_context(base_url=url) for _ in range(2)]
    for context, username in zip(contexts, ("one", "other"), strict=True):
        form = {"username": username, "password": PASSWORD}
        assert context.request.post("/login", form=form, max_redirects=0).status == 303
    first, second = (context.request for context in contexts)
    assert second.get("/admin").ok
    assert first.post(f"/admin/people/{other.id}", form={"event": "disable"}).ok
    assert second.get("/api/mothers").status == 401
    again = second.post("/login", form={"username": "other", "password": PASSWORD})
    assert again.status == 401
    own = first.get("/api/mothers")
    assert own.ok
    assert first.post(f"/admin/people/{other.id}", form={"event": "enable"}).ok
    assert second.get("/api/mothers").status == 401  # its logins have ended
    assert second.post("/login", form={"username": "other", "password": PASSWORD}).ok
    assert second.get("/api/mothers").ok
    for context in contexts:
        context.close()


def test_there_is_no_demo_here(context: Any) -> None:
    assert context.request.get("/demo").status == 404
    for path in ("/demo/enter", "/demo/story"):
        assert context.request.post(path, form={"username": "centre"}).status == 404


@pytest.mark.parametrize(
    ("rule", "language", "words"),
    [
        ("bradycardia_80", "zh", "80 次/分"),
        ("pressure_severe", "en", "2 readings"),
        ("danger_sign", "en", ""),  # it is so or not
        ("signal_lost", "en", ""),
    ],
)
def test_a_limit_has_its_unit_in_the_readers_language(rule: str, language: str, words: str) -> None:
    assert limit_of(BY_ID[rule], language) == words
