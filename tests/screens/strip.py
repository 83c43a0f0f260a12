"""Draws the picture again that tests/cloud/web/test_strip.py compares with."""

from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any

from cloud.render import WEB
from tests.cloud.web import strip_picture


def draw(browser: Any) -> None:
    handler = partial(SimpleHTTPRequestHandler, directory=str(WEB))
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        page = browser.new_page()
        page.goto(f"http://127.0.0.1:{server.server_port}/static/")
        strip_picture.keep(strip_picture.drawn(page))
        server.shutdown()
