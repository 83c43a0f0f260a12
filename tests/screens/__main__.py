"""python -m tests.screens [icons | strip | NAME ...]"""

import sys

from tests.screens import icons, pictures, strip
from tests.servers import browser

with browser() as chromium:
    if sys.argv[1:] == ["icons"]:
        icons.draw(chromium)
    elif sys.argv[1:] == ["strip"]:
        strip.draw(chromium)
    else:
        pictures.draw(chromium, sys.argv[1:])
