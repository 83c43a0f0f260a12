"""The story of the demo: wishes of its page, carried out on real processes; refused elsewhere."""

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from cloud import story
from cloud.child import Child
from cloud.story import Wish
from cloud.telling import Teller
from tests.cloud.web.service import Service

WAITS = "print('a part ready on nothing', flush=True); import time; time.sleep(600)"


@pytest.fixture
def parts(tmp_path: Path) -> Iterator[list[Child]]:
    """A gateway and two probes, as processes that do nothing."""
    names = ("gateway", "probe-1", "probe-2")
    options = ["--replay", "own.hea", "--speed", "10"]
    found = [Child(n, [sys.executable, "-c", WAITS, *options], tmp_path / n) for n in names]
    for child in found:
        child.start()
    yield found
    for child in found:
        child.stop()


def pid(child: Child) -> int:
    assert child.process is not None
    return child.process.pid


def test_wishes_are_carried_out(parts: list[Child], tmp_path: Path) -> None:
    gateway, first, second = parts
    teller = Teller(tmp_path, gateway, parts[1:], 10)
    begun = [pid(child) for child in parts]
    teller.tick()
    assert [pid(child) for child in parts] == begun  # nothing was wished

    def wish(number: int, chapter: str, speed: int, cut: bool) -> None:
        asked = Wish(number, chapter, speed, cut)
        story.write(tmp_path, asked)
        assert not story.is_done(tmp_path, asked)
        teller.tick()
        assert story.is_done(tmp_path, asked)

    wish(1, "bradycardia", 10, cut=False)
    assert pid(first) != begun[1] and pid(second) == begun[2]
    assert first.argv[-4:] == ["--replay", "synthetic:bradycardia:13:30", "--speed", "10"]
    playing = pid(first)
    wish(2, "bradycardia", 10, cut=True)
    assert gateway.ended() is not None and teller.has_stopped(gateway)
    assert pid(first) == playing and not teller.has_stopped(first)
    wish(3, "bradycardia", 10, cut=False)
    assert gateway.ended() is None and pid(first) == playing
    wish(4, "bradycardia", 20, cut=False)
    assert second.argv[-4:] == ["--replay", "own.hea", "--speed", "20"]
    assert pid(first) != playing and pid(second) != begun[2]
    playing = pid(first)
    wish(5, "bradycardia", 20, cut=False)  # the same chapter again, from its beginning
    assert pid(first) != playing


def test_the_page_of_the_demo(service: Service) -> None:
    anybody, home = service.client(), service.settings.home
    assert anybody.get("/").headers["location"] == "/demo"
    assert "start it with <code>lucina run</code>" in anybody.get("/demo").text
    assert anybody.post("/demo/story", data={"link": "cut"}).status_code == 409
    story.write(home, Wish(0, "", 4, cut=False))
    story.finish(home, Wish(0, "", 4, cut=False))
    assert '<option value="4" selected>' in anybody.get("/demo").text
    assert anybody.post("/demo/story", data={"chapter": "flat"}).status_code == 303
    assert anybody.post("/demo/story", data={"link": "cut"}).status_code == 303
    assert story.read(home) == Wish(2, "flat", 4, cut=True, asked="cut")
    waiting = anybody.get("/demo")
    assert "The link is being cut" in waiting.text and waiting.headers["refresh"]
    story.finish(home, Wish(2, "flat", 4, cut=True))
    done = anybody.get("/demo")
    assert "Lin Xiaoyu plays chapter 3" in done.text and "refresh" not in done.headers
    for wrong in ({"chapter": "nosuch"}, {"speed": 0}, {"link": "burn"}):
        assert anybody.post("/demo/story", data=wrong).status_code == 422
    entered = anybody.post("/demo/enter", data={"username": "county"})
    assert entered.status_code == 303
    assert anybody.get("/api/alerts").status_code == 200  # as somebody, now
    assert anybody.post("/demo/enter", data={"username": "nobody"}).status_code == 404
