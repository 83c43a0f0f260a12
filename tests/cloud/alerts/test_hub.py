"""Events reach every page that may see them, in order, and no page can hold up the others."""

import asyncio
import threading
from typing import Any

from cloud.hub import Event, Hub, Viewer, may_see

CENTRE = Viewer("centre", 1)
HOSPITAL = Viewer("hospital", 2)
OTHER_HOSPITAL = Viewer("hospital", 3)
MOTHER = Viewer("mother", None, 5)
OTHER_MOTHER = Viewer("mother", None, 6)


def event(number: int, kind: str = "trace", asked: int | None = None) -> Event:
    data: dict[str, Any] = {"id": number, "organisation": {"id": asked} if asked else None}
    return Event(kind, 1, 5, frozenset({2}), data)


def test_who_may_see() -> None:
    everybody = (CENTRE, HOSPITAL, OTHER_HOSPITAL, MOTHER, OTHER_MOTHER, Viewer("device"))
    seen = [may_see(viewer, 5, frozenset({2})) for viewer in everybody]
    assert seen == [True, True, False, True, False, False]
    assert not may_see(Viewer("hospital", None), 5, frozenset({2}))
    assert not may_see(Viewer("mother"), None, None)  # nobody's recording is not every mother's
    assert may_see(Viewer("admin"), None, None)


def test_each_page_gets_what_it_may_see_in_order() -> None:
    async def run() -> None:
        hub = Hub()
        pages = {v: hub.subscribe(v) for v in (CENTRE, HOSPITAL, OTHER_HOSPITAL, MOTHER)}
        for number in range(3):
            hub.publish(event(number))
        for viewer in (CENTRE, HOSPITAL, MOTHER):
            assert [(await anext(pages[viewer])).data["id"] for _ in range(3)] == [0, 1, 2]
        pages[OTHER_HOSPITAL].close()
        assert [e async for e in pages[OTHER_HOSPITAL]] == []

    asyncio.run(run())


def test_many_threads_lose_nothing() -> None:
    async def run() -> list[int]:
        hub = Hub(limit=4000)
        page = hub.subscribe(CENTRE)

        def publish(first: int) -> None:
            for number in range(first, first + 500):
                hub.publish(event(number))

        threads = [threading.Thread(target=publish, args=(1000 * n,)) for n in range(4)]
        for thread in threads:
            thread.start()
        async with asyncio.timeout(20):
            found = [(await anext(page)).data["id"] for _ in range(2000)]
        for thread in threads:
            thread.join()
        return found

    found = asyncio.run(run())
    for n in range(4):
        mine = [number for number in found if number // 1000 == n]
        assert mine == list(range(1000 * n, 1000 * n + 500))


def test_a_slow_page_is_cut_off_and_the_others_go_on() -> None:
    async def run() -> None:
        hub = Hub(limit=10)
        slow, quick = hub.subscribe(CENTRE), hub.subscribe(CENTRE)
        for number in range(11):
            hub.publish(event(number))
            assert (await anext(quick)).data["id"] == number
        assert slow.cut_off
        assert [e async for e in slow] == []
        hub.publish(event(99))
        assert (await anext(quick)).data["id"] == 99
        assert not quick.cut_off

    asyncio.run(run())


def test_an_alert_is_handed_over_only_when_the_page_has_taken_it() -> None:
    async def run() -> None:
        hub = Hub()
        page = hub.subscribe(HOSPITAL)
        hub.publish(event(8, "alert", asked=2))
        assert page.offered == {(8, 2)}
        assert page.handed == set()
        await anext(page)
        assert page.handed == {(8, 2)}
        assert hub.subscribers_of(2) == (page,)
        page.close()
        assert hub.subscribers_of(2) == ()

    asyncio.run(run())


def test_a_page_whose_loop_has_ended_is_forgotten() -> None:
    hub = Hub()

    async def open_page() -> None:
        hub.subscribe(CENTRE)

    asyncio.run(open_page())
    hub.publish(event(1))
    assert not hub.has_subscribers
