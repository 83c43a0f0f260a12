"""Members that share: what they publish, ask for and hand out, on a clock of the test's own."""

from functools import partial
from typing import Any

from sqlalchemy import Engine, select

from cloud.hub import Hub
from cloud.resources import lease_moves, moves
from cloud.resources.lease_moves import Wanted
from cloud.resources.service import Sharing
from cloud.store import leases, people, resources
from cloud.store.db import reading, writing
from cloud.store.leases import Lease
from cloud.store.resources import Offer, Request
from cloud.store.tables import messages
from models.resources import PROBE
from tests.cloud.alerts import world
from tests.cloud.alerts.world import CENTRE, FAR, MIDDLE, NEAR, T0_MS

LENDER, OTHER, ASKER = NEAR, MIDDLE, FAR  # 22 km apart each; the mothers are the asker's
WHO = {place: world.WHO[place, 1] for place in (CENTRE, LENDER, OTHER, ASKER)}
DAY_MS = 24 * 3600 * 1000
SPAN = {"from_ms": T0_MS, "to_ms": T0_MS + 7 * DAY_MS}
BOX = "probe-lent"


class Members:
    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        self.hub = Hub()
        self.sharing = Sharing(engine, self.hub)
        self.now_ms = T0_MS
        with writing(engine) as conn:
            people.add_gateway(conn, "g-lender", "token", LENDER)
            people.add_device(conn, BOX, "token", "g-lender")

    def offer(self, place: int = LENDER, **given: Any) -> int:
        wanted = {"kind": PROBE, "amount": 3, **SPAN, "place": "", "note": "", **given}
        do = partial(moves.publish, wanted=wanted, actor=WHO[place], now_ms=self.now_ms)
        return self.sharing.change(do)

    def ask(self, place: int = ASKER, **given: Any) -> int:
        wanted = {"kind": PROBE, "amount": 2, **SPAN, "within_km": None, "note": "", **given}
        do = partial(moves.ask, wanted=wanted, actor=WHO[place], now_ms=self.now_ms)
        return self.sharing.change(do)

    def act(
        self, request_id: int, event: str, place: int = LENDER, offer_id: int | None = None,
        said: str = "whole",
    ) -> int:  # fmt: skip
        do = partial(
            moves.act, request_id=request_id, event=event, offer_id=offer_id, said=said,
            actor=WHO[place], now_ms=self.now_ms,
        )  # fmt: skip
        return self.sharing.change(do)

    def withdraw(self, offer_id: int, place: int = LENDER) -> int:
        do = partial(moves.withdraw_offer, offer_id=offer_id, actor=WHO[place], now_ms=self.now_ms)
        return self.sharing.change(do)

    def hand_out(self, place: int = LENDER, **given: Any) -> int:
        usual = {
            "device_id": BOX, "holder_id": ASKER, "mother_id": 1, "due_ms": T0_MS + DAY_MS,
            "deposit": "500", "policy": "P-1", "condition": "new",
        }  # fmt: skip
        do = partial(
            lease_moves.hand_out, wanted=Wanted(**{**usual, **given}), actor=WHO[place],
            now_ms=self.now_ms,
        )  # fmt: skip
        return self.sharing.change(do)

    def lease_act(
        self, lease_id: int, event: str, place: int = LENDER, said: str = "whole", **given: Any
    ) -> int:
        usual = {"due_ms": None, "mother_id": None, **given}
        do = partial(
            lease_moves.act, lease_id=lease_id, event=event, said=said, actor=WHO[place],
            now_ms=self.now_ms, **usual,
        )  # fmt: skip
        return self.sharing.change(do)

    def get_offer(self, offer_id: int) -> Offer:
        with reading(self.engine) as conn:
            found = resources.get_offer(conn, offer_id)
        assert found is not None
        return found

    def get(self, request_id: int) -> Request:
        with reading(self.engine) as conn:
            found = resources.get(conn, request_id)
        assert found is not None
        return found

    def get_lease(self, lease_id: int) -> Lease:
        with reading(self.engine) as conn:
            found = leases.get(conn, lease_id)
        assert found is not None
        return found

    def bound_to(self) -> int | None:
        with reading(self.engine) as conn:
            found = people.get_device(conn, BOX)
        assert found is not None
        return found.mother_id

    def told(self) -> list[tuple[str, int]]:
        """(step, organisation) of what the outbox has for staff."""
        with reading(self.engine) as conn:
            query = select(messages.c.step, messages.c.organisation_id).order_by(messages.c.id)
            return [(row[0], row[1]) for row in conn.execute(query)]
