"""Random events of the consortium, and what each has to count for: a second, plain way to count."""

from collections import Counter
from typing import Any

from hypothesis import strategies as st
from sqlalchemy import Connection, Engine, insert

from cloud.months import month
from cloud.store import people, tables
from cloud.store.db import writing
from models.resources import BED, MINUTES, PROBE
from tests.cloud.alerts.world import CENTRE, FAR, MIDDLE, NEAR

ZONE = "Asia/Shanghai"
NAME = "2026-09"
SPAN = month(NAME, ZONE)
HOUR_MS = 3_600_000
PLACES = (CENTRE, NEAR, MIDDLE, FAR)
GATEWAYS = {"g1": None, "g-near": NEAR, "g-unknown": None}  # the last is not in the store
HOME = {1: FAR, 2: FAR, None: None}  # the mothers' own hospital
LENT = {PROBE: "lent_probes", MINUTES: "lent_minutes", BED: "lent_beds"}

# at the edges of the month, and anywhere around it
times = st.one_of(
    st.sampled_from([SPAN.from_ms - 1, SPAN.from_ms, SPAN.to_ms - 1, SPAN.to_ms]),
    st.integers(SPAN.from_ms - 72 * HOUR_MS, SPAN.to_ms + 72 * HOUR_MS),
)
places = st.sampled_from(PLACES)
nobody_or_places = st.sampled_from((None, *PLACES))
later = st.integers(0, 5 * HOUR_MS)

recordings = st.tuples(
    st.just("recording"), times, st.sampled_from((1, 2, None)), st.sampled_from([*GATEWAYS]),
    st.none() | st.tuples(st.integers(0, 7200), st.integers(0, 7200)),
)  # fmt: skip
opinions = st.tuples(st.just("opinion"), times, places, st.sampled_from(("first", "expert")))
signatures = st.tuples(st.just("signature"), times, nobody_or_places, later)
asked = st.tuples(st.just("asked"), times, places, st.none() | st.tuples(
    st.sampled_from(("accept", "decline")), later
))  # fmt: skip
admissions = st.tuples(st.just("admission"), times, places)
referred = st.tuples(
    st.just("referral"), times, places, places, st.sampled_from(("up", "down")),
    st.sampled_from(("requested", "declined", "withdrawn", "closed")),
)  # fmt: skip
lent = st.tuples(
    st.just("lent"), times, places, st.sampled_from((PROBE, MINUTES, BED)), st.integers(1, 9),
    st.sampled_from(("handed out", "returned", "lost", "withdrawn")),
)  # fmt: skip
boxes = st.tuples(st.just("box"), times, places)
histories = st.lists(
    st.one_of(recordings, opinions, signatures, asked, admissions, referred, lent, boxes),
    max_size=25,
)


class Ground:
    """What events refer to: one of each, made long before the month."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        with writing(engine) as conn:
            people.add_gateway(conn, "g-near", "token", NEAR)
            self.recording_id = _recording(conn, 0, 1, "g1", 0)
            self.green_ids = {place: _green(conn, place) for place in PLACES}

    def keep(self, conn: Connection, events: list[Any]) -> None:
        for number, (kind, at_ms, *rest) in enumerate(events, start=1):
            getattr(self, f"_{kind}")(conn, number, at_ms, *rest)

    def _recording(
        self,
        conn: Connection,
        number: int,
        at_ms: int,
        mother_id: int,
        gateway_id: str,
        signal: Any,
    ) -> None:
        recording_id = _recording(conn, number, mother_id, gateway_id, at_ms)
        if signal is not None:
            seconds = {"recorded_s": max(signal), "good_s": min(signal), "frames_ms": 0}
            _add(conn, tables.recording_signal, recording_id=recording_id, **seconds)

    def _opinion(self, conn: Connection, number: int, at_ms: int, place: int, rank: str) -> None:
        reading_id = self._reading(conn, place, 0)
        _add(
            conn, tables.reading_opinions, reading_id=reading_id, at_ms=at_ms, rank=rank,
            person_id=10 * place + 1, organisation_id=place, said="normal", features="{}",
            findings="", advice="", blind=True,
        )  # fmt: skip

    def _signature(
        self, conn: Connection, number: int, at_ms: int, place: int | None, took_ms: int
    ) -> None:
        self._reading(conn, place, at_ms - took_ms, at_ms)

    def _reading(
        self, conn: Connection, holder: int | None, wanted_ms: int, signed_ms: int | None = None
    ) -> int:
        return _add(
            conn, tables.readings, recording_id=self.recording_id, priority="routine", blind=True,
            phase="told", wanted_ms=wanted_ms, deadline_ms=0, holder_id=holder, reason='""',
            signed_ms=signed_ms, sentences="[]", to_mother="",
        )  # fmt: skip

    def _asked(self, conn: Connection, number: int, at_ms: int, place: int, answer: Any) -> None:
        alert_id = _add(
            conn, tables.alerts, recording_id=self.recording_id, rule="rule", kind="patient",
            priority="high", onset_s=number, at_s=number, reason="{}", raised_ms=at_ms,
            phase="told",
        )  # fmt: skip
        steps = [("tell", at_ms)] + ([(answer[0], at_ms + answer[1])] if answer else [])
        for event, step_ms in steps:
            _add(
                conn, tables.alert_steps, alert_id=alert_id, at_ms=step_ms, event=event,
                phase="told", organisation_id=place, text='""',
            )  # fmt: skip

    def _admission(self, conn: Connection, number: int, at_ms: int, place: int) -> None:
        _add(
            conn, tables.green_steps, green_id=self.green_ids[place], at_ms=at_ms, event="admit",
            phase="admitted", text='""',
        )  # fmt: skip

    def _referral(
        self, conn: Connection, number: int, at_ms: int, place: int, to: int, way: str, phase: str
    ) -> None:
        _add(
            conn, tables.referrals, direction=way, urgent=False, mother_id=1, from_id=place,
            to_id=to, criteria="[]", reason="", notes="", phase=phase, requested_ms=at_ms,
            transport="",
        )  # fmt: skip

    def _lent(
        self, conn: Connection, number: int, at_ms: int, place: int, kind: str, amount: int,
        phase: str,
    ) -> None:  # fmt: skip
        _add(
            conn, tables.resource_requests, organisation_id=FAR, kind=kind, amount=amount,
            from_ms=0, to_ms=0, note="", phase=phase, made_ms=0, lender_id=place,
            out_ms=None if phase == "withdrawn" else at_ms,
        )  # fmt: skip

    def _box(self, conn: Connection, number: int, at_ms: int, place: int) -> None:
        _add(
            conn, tables.leases, device_id="probe-1", lender_id=place, from_ms=at_ms, due_ms=0,
            deposit="", policy="", phase="returned",
        )  # fmt: skip


def expected(events: list[Any]) -> Counter[tuple[int | None, str]]:
    """{(organisation, column): count}, one event after the other."""
    found: Counter[tuple[int | None, str]] = Counter()
    for kind, at_ms, *rest in events:
        if kind == "asked" and rest[1] and rest[1][0] == "accept" and _in(at_ms + rest[1][1]):
            found[rest[0], "accepted"] += 1
        if _in(at_ms):
            found.update(dict(_counts(kind, rest)))
    return found


def _counts(kind: str, rest: Any) -> list[tuple[tuple[int | None, str], int]]:
    place = rest[0]
    if kind == "recording":
        mother_id, gateway_id, signal = rest
        if mother_id is None:
            return []
        place = GATEWAYS[gateway_id] or HOME[mother_id]
        seconds = (max(signal), min(signal)) if signal else (0, 0)
        return [((place, "recordings"), 1), ((place, "recorded_s"), seconds[0]),
                ((place, "good_s"), seconds[1])]  # fmt: skip
    if kind == "opinion":
        return [((place, f"{rest[1]}_opinions"), 1)]
    if kind == "asked":
        return [((place, "asked"), 1), ((place, "answered"), int(rest[1] is not None))]
    if kind == "referral":
        _, to, way, phase = rest
        pair = [((place, f"sent_{way}"), 1), ((to, f"came_{way}"), 1)]
        return [] if phase in ("declined", "withdrawn") else pair
    if kind == "lent":
        _, which, amount, phase = rest
        return [] if phase == "withdrawn" else [((place, LENT[which]), amount)]
    names = {"signature": "signed", "admission": "admitted", "box": "boxes"}
    return [((place, names[kind]), 1)]


def _in(at_ms: int) -> bool:
    return SPAN.from_ms <= at_ms < SPAN.to_ms


def _recording(
    conn: Connection, number: int, mother_id: int | None, gateway_id: str, at_ms: int
) -> int:
    return _add(
        conn, tables.recordings, device_id="probe-1", session=1000 + number,
        gateway_id=gateway_id, mother_id=mother_id, name="", speed=1, replayed=False,
        synthetic=False, start_ms=at_ms, resent=0, damaged=0, opened_ms=at_ms,
        last_frame_ms=at_ms,
    )  # fmt: skip


def _green(conn: Connection, place: int) -> int:
    return _add(
        conn, tables.green_channels, mother_id=1, organisation_id=place, phase="closed",
        opened_ms=0, expected_how="[]", bed=False, team="",
    )  # fmt: skip


def _add(conn: Connection, table: Any, **values: Any) -> int:
    key = next(iter(table.primary_key.columns))
    return int(conn.execute(insert(table).values(values).returning(key)).scalar_one())
