"""Passwords, cookies, and the forms that use them."""

from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cloud import auth, demo
from cloud.routes import events
from cloud.routes.login import local_path
from cloud.store import accounts, logins, people
from cloud.store.db import reading, writing
from tests.cloud.web.service import Service

SECRET = "0123456789abcdef" * 2


def test_password() -> None:
    kept = auth.hash_password("right")
    assert auth.verify_password(kept, "right")
    assert not auth.verify_password(kept, "wrong")
    assert not auth.verify_password("not a hash", "right")
    assert not auth.verify_password(None, "nobody has this password")


def test_cookie() -> None:
    cookie = auth.write_cookie(SECRET, "a login", "hash")
    login, fingerprint = auth.read_cookie(SECRET, cookie) or ("", "")
    assert login == "a login"
    assert auth.still_valid(fingerprint, "hash")
    assert not auth.still_valid(fingerprint, "hash of a new password")
    assert auth.read_cookie(SECRET[::-1], cookie) is None


def test_a_changed_cookie_is_refused() -> None:
    cookie = auth.write_cookie(SECRET, "a login", "hash")
    for at in range(len(cookie) - 1):  # the last character carries unused bits
        changed = cookie[:at] + ("A" if cookie[at] != "A" else "B") + cookie[at + 1 :]
        assert auth.read_cookie(SECRET, changed) is None


def test_an_old_cookie_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    cookie = auth.write_cookie(SECRET, "a login", "hash")
    monkeypatch.setattr(auth, "COOKIE_LASTS_S", -1)
    assert auth.read_cookie(SECRET, cookie) is None


def test_five_failures_then_a_wait() -> None:
    failures = auth.Failures()
    for n in range(auth.FAILURES):
        assert failures.wait_s("ann", "here", n) == 0
        failures.add("ann", "here", n)
    assert failures.wait_s("ann", "here", 10) == auth.FAILURES_LAST_S - 10
    assert failures.wait_s("ann", "there", 10) == failures.wait_s("bob", "here", 10) == 0
    assert failures.wait_s("ann", "here", auth.FAILURES_LAST_S) == 0
    failures.forget("ann", "here")
    assert failures.wait_s("ann", "here", 10) == 0


@given(st.text())
def test_next_stays_on_this_site(path: str) -> None:
    safe = local_path(path)
    assert safe.startswith("/")
    assert not safe.startswith("//")
    assert "\\" not in safe
    assert safe.isprintable()


def log_in(service: Service, password: str = demo.PASSWORD, **more: Any) -> Any:
    form = {"username": "centre", "password": password} | more.pop("form", {})
    return service.client().post("/login", data=form, **more)


def test_logging_in_and_out(service: Service) -> None:
    client = service.client()
    page = client.get("/centre", headers={"accept": "text/html"})
    assert (page.status_code, page.headers["location"]) == (303, "/login?next=/centre")
    form = {"username": "centre", "password": demo.PASSWORD, "next": "/centre"}
    answer = client.post("/login", data=form)
    assert (answer.status_code, answer.headers["location"]) == (303, "/centre")
    cookie = answer.headers["set-cookie"].lower()
    assert "httponly" in cookie
    assert "samesite=lax" in cookie
    assert client.get("/centre").status_code == 200
    kept, elsewhere = dict(client.cookies), service.client("centre")
    assert client.post("/logout").status_code == 303
    assert client.get("/centre").status_code == 401
    client.cookies.update(kept)  # a copy of it holds no more either
    assert client.get("/centre").status_code == 401
    assert elsewhere.get("/centre").status_code == 200


def test_logging_out_everywhere(service: Service) -> None:
    here, elsewhere, other = service.client("county"), service.client(), service.client("centre")
    elsewhere.post("/login", data={"username": "county", "password": demo.PASSWORD})
    assert elsewhere.get("/hospital").status_code == 200
    assert here.post("/logout/everywhere").headers["location"] == "/login"
    assert [one.get("/hospital").status_code for one in (here, elsewhere)] == [401, 401]
    assert other.get("/centre").status_code == 200


def test_what_changes_an_account_ends_its_logins_and_their_streams(
    service: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(events, "RIGHTS_S", 0.5)
    client = service.client("clinic")
    with reading(service.parts.engine) as conn:
        person = people.get_person_by_username(conn, "clinic")
    assert person is not None
    with client.stream("GET", "/events") as stream:
        lines = stream.iter_lines()
        next(lines)
        with writing(service.parts.engine) as conn:  # disabled, and opened again
            accounts.set_person(conn, person.id, disabled_ms=1)
            accounts.set_person(conn, person.id, disabled_ms=None)
        assert sum(1 for _ in lines) > 0  # it comes to an end
    assert client.get("/hospital").status_code == 401


def test_a_forged_login_is_none(service: Service) -> None:
    secret = service.settings.secret.get_secret_value()
    cookie = auth.write_cookie(secret, "1", "hash")
    answer = service.client().get("/api/recordings", headers={"cookie": f"lucina={cookie}"})
    assert answer.status_code == 401


def test_a_wrong_password_says_so_in_words(service: Service) -> None:
    answer = log_in(service, "wrong", headers={"accept-language": "zh"})
    assert answer.status_code == 401
    assert "账号或密码错误" in answer.text
    assert 'value="wrong"' not in answer.text


def test_too_many_wrong_passwords(service: Service) -> None:
    form = {"username": "mother4"}
    for _ in range(auth.FAILURES):
        assert log_in(service, "wrong", form=form).status_code == 401
    answer = log_in(service, form=form)  # even the right one
    assert answer.status_code == 429
    assert 0 < int(answer.headers["retry-after"]) <= auth.FAILURES_LAST_S + 1
    service.parts.failures.forget("mother4", "127.0.0.1")


def test_another_site_cannot_act(service: Service) -> None:
    for headers in (
        {"sec-fetch-site": "cross-site"},
        {"sec-fetch-site": "same-site"},
        {"origin": "https://evil.example"},
        {"origin": "null"},
    ):
        assert log_in(service, headers=headers).status_code == 403
    assert log_in(service, headers={"origin": service.url}).status_code == 303
    assert log_in(service, headers={"sec-fetch-site": "same-origin"}).status_code == 303


def test_demo_accounts_are_refused_outside_the_demo(tmp_path: Path) -> None:
    with Service(tmp_path, is_demo=False) as real:
        assert log_in(real).status_code == 401
        with writing(real.parts.engine) as conn:
            login = logins.begin(conn, 1, 1)
            person = logins.person_of(conn, login)
        assert person is not None and person.demo
        secret = real.settings.secret.get_secret_value()
        cookie = auth.write_cookie(secret, login, person.password_hash)
        answer = real.client().get("/api/recordings", headers={"cookie": f"lucina={cookie}"})
        assert answer.status_code == 401


def test_language(service: Service) -> None:
    client = service.client()
    assert '<html lang="zh">' in client.get("/login", headers={"accept-language": "zh-CN"}).text
    assert '<html lang="en">' in client.get("/login", headers={"accept-language": "fr"}).text
    chosen = client.post("/language", data={"language": "zh", "back": "/login"})
    assert chosen.headers["location"] == "/login"
    assert '<html lang="zh">' in client.get("/login", headers={"accept-language": "en"}).text


def test_pages_allow_no_foreign_code(service: Service) -> None:
    answer = service.client("centre").get("/centre")
    assert "default-src 'self'" in answer.headers["content-security-policy"]
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["cache-control"] == "no-store"
    assert "style=" not in answer.text
    assert "onclick" not in answer.text


def test_errors_are_said_in_words(service: Service) -> None:
    html = {"accept": "text/html", "accept-language": "zh"}
    missing = service.client("centre").get("/nosuch", headers=html)
    assert (missing.status_code, "没有这个页面" in missing.text) == (404, True)
    refused = service.client("mother1").get("/centre", headers=html)
    assert (refused.status_code, "您无权查看此页面" in refused.text) == (403, True)
    assert service.client("mother1").get("/centre").json() == {"detail": "not for this role"}


def test_a_huge_form_is_refused(service: Service) -> None:
    assert log_in(service, "x" * 100_000).status_code in (413, 422)
