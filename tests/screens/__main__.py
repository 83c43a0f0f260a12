"""python -m tests.screens [icons | NAME ...]"""

import sys

from tests.screens import icons, pictures
from tests.servers import browser

with browser() as chromium:
    if sys.argv[1:] == ["icons"]:
        icons.draw(chromium)
    else:
        pictures.draw(chromium, sys.argv[1:])
