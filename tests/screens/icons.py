"""The icons of the app: static/icon.svg as PNG, one for each size of its manifest."""

from base64 import b64encode
from typing import Any

from cloud.render import WEB
from cloud.routes.shell import SIZES

FOLDER = WEB / "static"


def draw(browser: Any) -> None:
    source = b64encode((FOLDER / "icon.svg").read_bytes()).decode()
    for size in SIZES:
        page = browser.new_page(viewport={"width": size, "height": size})
        page.set_content(
            f'<style>body{{margin:0}}</style><img width="{size}" height="{size}"'
            f' src="data:image/svg+xml;base64,{source}">'
        )
        page.locator("img").evaluate("(img) => img.decode()")
        page.screenshot(path=FOLDER / f"icon-{size}.png")
        page.close()
