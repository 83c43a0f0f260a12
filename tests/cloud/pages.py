"""Pages of the service in a real browser, opened as somebody who is logged in."""

import os
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from typing import Any

from tests import artefacts
from tests.cloud.web.service import Service

LARGE, PHONE = (1280, 800), (360, 740)  # CSS pixels
PICTURE_MS = 10_000  # at most, for the picture that a walk leaves
OpenPage = Callable[..., Any]


def wait_for_text(element: Any, pattern: str) -> None:
    """Until the element says it: what a page's clock or an event fills in comes a little later."""
    element.filter(has_text=re.compile(pattern)).wait_for()


def leave_picture(context: Any, name: str) -> None:
    """How the walk ended, for people to look at; in a test only, and never a reason to fail."""
    if "PYTEST_CURRENT_TEST" not in os.environ or not context.pages:
        return
    from playwright.sync_api import Error  # not there: browser tests are skipped, not broken

    with suppress(Error):
        path = artefacts.path_of(name)
        context.pages[-1].screenshot(path=path, quality=60, timeout=PICTURE_MS)


@contextmanager
def opening(service: Service, browser: Any) -> Iterator[OpenPage]:
    """A function that opens a page. At the end no script failed, no policy was broken, and nothing
    was asked of another server."""
    contexts: list[Any] = []
    names: list[str] = []
    problems: list[str] = []

    def asked(request: Any) -> None:
        if not request.url.startswith((f"{service.url}/", "data:", "blob:")):
            problems.append(f"asked another server: {request.url}")

    def open_(
        account: str, path: str, size: tuple[int, int] = LARGE, language: str = "en", **options: Any
    ) -> Any:
        """Without an account nobody is logged in; `options` are those of the browser's context."""
        viewport = {"width": size[0], "height": size[1]}
        context = browser.new_context(viewport=viewport, locale=language, **options)
        contexts.append(context)
        names.append(f"{len(contexts)}-{account or 'nobody'}-{language}")
        context.on("request", asked)
        if account:
            cookies = service.client(account).cookies
            context.add_cookies(
                [{"name": k, "value": v, "url": service.url} for k, v in cookies.items()]
            )
        page = context.new_page()
        page.on("pageerror", lambda error: problems.append(str(error)))
        page.on("console", lambda m: problems.append(m.text) if "Policy" in m.text else None)
        page.goto(service.url + path)
        return page

    yield open_
    for context, name in zip(contexts, names, strict=True):
        leave_picture(context, name)
        context.close()
    assert problems == []
