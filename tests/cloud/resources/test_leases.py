"""Who has which box: handed out once, bound to the mother who has it, back with its condition."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any

import pytest

from cloud.alerts.answers import ReasonMissing, Refused
from cloud.store import changes, leases
from cloud.store.db import reading
from models.resources import Lease as Phase
from tests.cloud.alerts.world import T0_MS
from tests.cloud.resources.members import ASKER, BOX, CENTRE, DAY_MS, LENDER, OTHER, Members


def test_a_box_goes_to_a_mother_and_comes_back(members: Members) -> None:
    lease_id = members.hand_out()
    assert members.bound_to() == 1
    members.now_ms += DAY_MS // 2
    members.lease_act(lease_id, "return", said="belt torn")
    assert members.bound_to() is None
    lease = members.get_lease(lease_id)
    assert (lease.phase, lease.ended_ms) == (Phase.RETURNED, members.now_ms)
    with reading(members.engine) as conn:
        steps = [
            (s.event, s.text, s.person_id) for s in leases.steps_of(conn, [lease_id])[lease_id]
        ]
        kept = [(c.before["mother"], c.after["mother"]) for c in changes.of_mother(conn, 1)]
    assert steps == [("hand out", "new", 21), ("return", "belt torn", 21)]
    assert kept == [(1, None), (None, 1)]
    members.hand_out(mother_id=None)
    with reading(members.engine) as conn:
        assert [one.phase for one in leases.of_device(conn, BOX)] == [Phase.OUT, Phase.RETURNED]


def test_the_holder_passes_it_on(members: Members) -> None:
    lease_id = members.hand_out(mother_id=None)
    assert members.bound_to() is None
    members.lease_act(lease_id, "pass on", ASKER, mother_id=2)
    assert members.bound_to() == 2
    members.lease_act(lease_id, "pass on", ASKER, said="cleaned")
    assert members.bound_to() is None
    with pytest.raises(Refused, match="another member"):
        members.lease_act(lease_id, "return", ASKER)
    with pytest.raises(Refused, match="another member"):
        members.lease_act(lease_id, "pass on", OTHER, mother_id=2)


def test_a_box_that_only_the_mother_has_is_not_passed_on_to_nobody(members: Members) -> None:
    lease_id = members.hand_out(CENTRE, holder_id=None)
    with pytest.raises(ReasonMissing, match="who gets the box"):
        members.lease_act(lease_id, "pass on", CENTRE)


def test_longer_is_kept_with_from_when_to_when(members: Members) -> None:
    lease_id = members.hand_out()
    with pytest.raises(ReasonMissing, match="has passed"):
        members.lease_act(lease_id, "prolong", due_ms=T0_MS)
    members.lease_act(lease_id, "prolong", due_ms=T0_MS + 9 * DAY_MS)
    with reading(members.engine) as conn:
        text = leases.steps_of(conn, [lease_id])[lease_id][-1].text
    assert isinstance(text, dict)
    assert (text["before_ms"], text["due_ms"]) == (T0_MS + DAY_MS, T0_MS + 9 * DAY_MS)


def test_a_lost_box_records_for_nobody(members: Members) -> None:
    lease_id = members.hand_out()
    with pytest.raises(ReasonMissing, match="why"):
        members.lease_act(lease_id, "lose", said="")
    members.lease_act(lease_id, "lose", said="burnt")
    assert (members.bound_to(), members.get_lease(lease_id).phase) == (None, Phase.LOST)
    with pytest.raises(Refused, match="the box is lost"):
        members.lease_act(lease_id, "return")


@pytest.mark.parametrize(
    ("place", "given", "error"),
    [
        (OTHER, {}, LookupError),  # the lender's box
        (LENDER, {"device_id": "probe-1"}, LookupError),  # the centre's
        (LENDER, {"device_id": "nothing"}, LookupError),
        (LENDER, {"mother_id": 99}, LookupError),
        (LENDER, {"holder_id": None, "mother_id": 1}, LookupError),  # another hospital's mother
        (LENDER, {"holder_id": None, "mother_id": None}, ReasonMissing),
        (LENDER, {"holder_id": LENDER}, ReasonMissing),
        (LENDER, {"holder_id": 99}, ReasonMissing),
        (LENDER, {"due_ms": T0_MS}, ReasonMissing),
        (LENDER, {"condition": ""}, ReasonMissing),
    ],
)
def test_what_is_refused_changes_nothing(
    members: Members, place: int, given: dict[str, Any], error: type[Exception]
) -> None:
    with pytest.raises(error):
        members.hand_out(place, **given)
    with reading(members.engine) as conn:
        assert leases.visible(conn) == []
    assert members.bound_to() is None


def test_overdue_is_reminded_of(members: Members) -> None:
    lease_id = members.hand_out()
    for hours in (23, 24, 30, 48):
        members.sharing.tick(T0_MS + hours * 3_600_000)
    assert members.told() == [("overdue", ASKER), ("overdue", LENDER)] * 2
    members.lease_act(lease_id, "prolong", due_ms=T0_MS + 9 * DAY_MS)
    members.sharing.tick(T0_MS + 4 * DAY_MS)
    assert len(members.told()) == 4


def test_a_box_is_not_handed_out_twice(any_members: Members) -> None:
    members, start = any_members, Barrier(2)

    def hand_out(mother_id: int) -> str:
        start.wait()
        try:
            members.hand_out(mother_id=mother_id)
        except Refused:
            return "refused"
        return "done"

    with ThreadPoolExecutor(2) as pool:
        assert sorted(pool.map(hand_out, (1, 2))) == ["done", "refused"]
    with reading(members.engine) as conn:
        (lease,) = leases.of_device(conn, BOX)
    assert members.bound_to() == lease.mother_id
