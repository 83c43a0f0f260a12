"""Offers and requests: promised once, handed out, returned, overdue; by whom; two at once."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any

import pytest

from cloud.alerts.answers import ReasonMissing, Refused
from cloud.deps import Principal
from cloud.resources import views
from cloud.store import changes, resources
from cloud.store.db import reading
from models.resources import BED, MINUTES, Phase
from tests.cloud.resources.members import ASKER, CENTRE, DAY_MS, LENDER, OTHER, SPAN, Members


def view(members: Members, request_id: int, place: int) -> dict[str, Any]:
    role = "centre" if place == CENTRE else "hospital"
    who = Principal(role, 10 * place + 1, place)
    with reading(members.engine) as conn:
        return views.request_views(conn, [members.get(request_id)], who, members.now_ms)[0]


def test_from_the_offer_to_the_return(members: Members) -> None:
    offer_id, request_id = members.offer(), members.ask()
    (match,) = view(members, request_id, LENDER)["matches"]
    assert (match["id"], match["fits"], match["km"], match["may"]) == (offer_id, True, 22.2, True)
    members.act(request_id, "promise", offer_id=offer_id)
    assert members.get_offer(offer_id).left == 1
    assert view(members, request_id, ASKER)["may"] == ["withdraw"]
    members.act(request_id, "hand out", said="charged")
    assert members.get(request_id).out_ms == members.now_ms
    members.act(request_id, "return", said="belt torn")
    assert members.get_offer(offer_id).left == 3
    found = view(members, request_id, LENDER)
    assert (found["phase"], found["may"]) == ("returned", [])
    said = [(step["event"], step["text"]) for step in found["steps"]]
    assert said == [
        ("ask", ""),
        ("promise", "whole"),
        ("hand out", "charged"),
        ("return", "belt torn"),
    ]


def test_minutes_that_were_read_do_not_come_back(members: Members) -> None:
    offer_id = members.offer(kind=MINUTES, amount=120)
    request_id = members.ask(kind=MINUTES, amount=90)
    for event in ("promise", "hand out", "return"):
        members.act(request_id, event, offer_id=offer_id, said="")
    assert members.get_offer(offer_id).left == 30


@pytest.mark.parametrize(("event", "place"), [("take back", LENDER), ("withdraw", ASKER)])
def test_a_promise_that_is_not_kept_is_free_again(members: Members, event: str, place: int) -> None:
    offer_id, request_id = members.offer(), members.ask()
    members.act(request_id, "promise", offer_id=offer_id)
    with pytest.raises(ReasonMissing):
        members.act(request_id, event, place, said="")
    members.act(request_id, event, place, said="broken")
    assert members.get_offer(offer_id).left == 3
    now = members.get(request_id)
    assert now.phase is (Phase.WANTED if event == "take back" else Phase.WITHDRAWN)
    assert (now.offer_id is None) == (event == "take back")


def test_what_is_lost_stays_lost(members: Members) -> None:
    offer_id, request_id = members.offer(), members.ask()
    members.act(request_id, "promise", offer_id=offer_id)
    members.act(request_id, "hand out")
    members.act(request_id, "lose", said="left in a taxi")
    assert (members.get_offer(offer_id).left, members.get(request_id).phase) == (1, Phase.LOST)


@pytest.mark.parametrize(
    ("event", "place", "allowed"),
    [
        ("promise", LENDER, True),
        ("promise", CENTRE, True),
        ("promise", ASKER, False),
        ("promise", OTHER, False),
        ("withdraw", CENTRE, True),
        ("withdraw", LENDER, False),
    ],
)
def test_who_may(members: Members, event: str, place: int, allowed: bool) -> None:
    offer_id, request_id = members.offer(), members.ask()
    if allowed:
        members.act(request_id, event, place, offer_id)
        return
    with pytest.raises(Refused, match="another member"):
        members.act(request_id, event, place, offer_id)
    assert members.get(request_id).phase is Phase.WANTED


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"amount": 1}, "1 of 2 are free"),
        ({"kind": BED}, "something else"),
        ({"from_ms": SPAN["from_ms"] + 90 * 60_000}, "2 h too late"),
        ({"to_ms": SPAN["to_ms"] - DAY_MS}, "24 h too short"),
    ],
)
def test_what_does_not_fit_is_not_promised(members: Members, given: Any, words: str) -> None:
    offer_id, request_id = members.offer(**given), members.ask()
    with pytest.raises(Refused, match=words):
        members.act(request_id, "promise", offer_id=offer_id)
    assert members.get_offer(offer_id).promised == 0


def test_nobody_lends_to_itself_and_nothing_that_is_withdrawn(members: Members) -> None:
    own_id, other_id, request_id = members.offer(ASKER), members.offer(), members.ask()
    with pytest.raises(Refused, match="own"):
        members.act(request_id, "promise", ASKER, own_id)
    with pytest.raises(Refused):
        members.withdraw(other_id, OTHER)
    members.withdraw(other_id)
    with pytest.raises(Refused, match="already"):
        members.withdraw(other_id)
    with pytest.raises(Refused, match="no such offer"):
        members.act(request_id, "promise", CENTRE, other_id)
    with reading(members.engine) as conn:
        assert [one.id for one in resources.offered(conn, members.now_ms)] == [own_id]
        newest, first = changes.of_organisation(conn, LENDER)
    assert (newest.before, newest.after) == ({"id": other_id, "left": 3}, None)
    assert (first.before, first.after["amount"], first.person_id) == (None, 3, 21)


@pytest.mark.parametrize("given", [{"to_ms": SPAN["from_ms"]}, {"from_ms": 1, "to_ms": 2}])
def test_a_time_that_is_none_is_refused(members: Members, given: dict[str, int]) -> None:
    with pytest.raises(ReasonMissing):
        members.offer(**given)
    with pytest.raises(ReasonMissing):
        members.ask(**given)


def test_a_probe_is_handed_over_with_its_condition(members: Members) -> None:
    offer_id, request_id = members.offer(), members.ask()
    members.act(request_id, "promise", offer_id=offer_id)
    with pytest.raises(ReasonMissing, match="condition"):
        members.act(request_id, "hand out", said="")


def test_overdue_is_shown_and_reminded_of_once_a_day_until_it_is_back(members: Members) -> None:
    offer_id, request_id = members.offer(), members.ask()
    members.act(request_id, "promise", offer_id=offer_id)
    members.act(request_id, "hand out")
    members.sharing.tick(SPAN["to_ms"] - 1)
    assert members.told() == []
    for hours in (0, 1, 23, 24):
        members.now_ms = SPAN["to_ms"] + hours * 3_600_000
        members.sharing.tick(members.now_ms)
    assert members.told() == [("overdue", ASKER), ("overdue", LENDER)] * 2
    assert view(members, request_id, ASKER)["overdue"]
    members.act(request_id, "return")
    members.sharing.tick(members.now_ms + 2 * DAY_MS)
    assert len(members.told()) == 4
    assert not view(members, request_id, ASKER)["overdue"]


def test_an_offer_is_not_promised_twice(any_members: Members) -> None:
    """The last two probes, for two requests at the same moment."""
    members, start = any_members, Barrier(2)
    offer_id = members.offer(amount=2)
    wanted = [members.ask(), members.ask(OTHER)]

    def promise(request_id: int) -> str:
        start.wait()
        try:
            members.act(request_id, "promise", offer_id=offer_id)
        except Refused:
            return "refused"
        return "done"

    with ThreadPoolExecutor(2) as pool:
        assert sorted(pool.map(promise, wanted)) == ["done", "refused"]
    assert members.get_offer(offer_id).promised == 2
    phases = {members.get(request_id).phase for request_id in wanted}
    assert phases == {Phase.WANTED, Phase.PROMISED}


def test_compare_and_set_does_not_trust_what_was_read(members: Members) -> None:
    """Whoever read that two were left gets none once they are gone."""
    offer_id = members.offer(amount=2)
    with members.engine.connect() as conn:
        assert resources.set_aside(conn, offer_id, 2, members.now_ms)
        assert not resources.set_aside(conn, offer_id, 1, members.now_ms)
        resources.put_back(conn, offer_id, 2)
        assert not resources.set_aside(conn, offer_id, 3, members.now_ms)
        assert not resources.set_aside(conn, offer_id, 1, SPAN["to_ms"])
        conn.rollback()
