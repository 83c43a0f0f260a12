"""Whatever happens, in whatever order, and through restarts: no alert is forgotten or doubled."""

import shutil
import tempfile
from pathlib import Path

import pytest
from hypothesis import HealthCheck, seed, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from cloud.alerts import calls
from cloud.alerts.holding import held
from cloud.alerts.reminding import Reminder
from cloud.alerts.service import Alerting, Refused
from cloud.alerts.stretches import rules_of, since_anew, stretches
from cloud.hospitals.consenting import Consenting
from cloud.hub import Hub
from cloud.store import alerts, consents, people
from cloud.store.alerts import Alert, Step
from cloud.store.db import open_engine, reading, writing
from models.alerts import ANSWERED, REMIND_AFTER_S, TRANSITIONS, WAITING, Phase
from models.rules import BY_ID, RANK
from tests.cloud.alerts import world
from tests.cloud.alerts.world import BRADYCARDIA, FAR, MIDDLE, MOTHER, NEAR, SIGNAL_LOST, T0_MS

FOLDER = tempfile.TemporaryDirectory()
EMPTY, STORE = Path(FOLDER.name) / "empty.sqlite", Path(FOLDER.name) / "lucina.sqlite"
ENGINE = open_engine(f"sqlite:///{STORE}")  # one for all: what it has compiled is used again
NOTES = {
    "raised",
    "recurred",
    "cleared",
    "mother_answer",
    "break_glass",
    "consent_kept",
    "joined",
    "reminded",
    "to call",
    "called",
    calls.NOT_NEEDED,
}  # steps that are no transition
LOW_RATE = BY_ID["low_rate"]  # a more urgent one of its episode is BRADYCARDIA
FEVER = BY_ID["fever"]  # never of an episode
RULES = st.sampled_from([BRADYCARDIA, LOW_RATE, FEVER, SIGNAL_LOST])
ACTORS = st.sampled_from([*world.WHO.values(), MOTHER])
EVENTS = st.sampled_from(["accept", "decline", "read", "acknowledge", "handle", "close"])
TAKEN = ("accept", "acknowledge")
PICK = st.integers(0, 5)


def empty_store() -> Path:
    if not EMPTY.exists():
        engine = world.make(EMPTY)
        world.record(engine)
        engine.dispose()
    return EMPTY


class History(RuleBasedStateMachine):
    def __init__(self) -> None:
        super().__init__()
        for left in STORE.parent.glob(f"{STORE.name}*"):
            left.unlink()
        shutil.copy(empty_store(), STORE)
        self.now_ms = T0_MS
        self.second = 0.0  # of the recording
        self.told: dict[str, list[float]] = {
            one.id: [] for one in (BRADYCARDIA, LOW_RATE, FEVER, SIGNAL_LOST)
        }
        self.present = dict.fromkeys(self.told, False)
        self.rows: list[tuple[Alert, list[Step]]] = []  # as they were after the last rule
        self.start()

    def start(self) -> None:
        self.alerting = Alerting(ENGINE, Hub())

    def teardown(self) -> None:
        ENGINE.dispose()

    def all(self) -> list[tuple[Alert, list[Step]]]:
        with reading(ENGINE) as conn:
            rows = alerts.visible(conn)
            steps = alerts.steps_of(conn, [row.id for row in rows])
        return [(row, steps[row.id]) for row in rows]

    @rule(which=RULES)
    def begins(self, which: world.Rule) -> None:
        if self.present[which.id]:
            return
        self.second += 1000
        self.told[which.id].append(self.second)
        self.present[which.id] = True
        assert world.raised(self.alerting, 1, self.second, self.now_ms, which) is not None

    @rule(which=RULES)
    def ends(self, which: world.Rule) -> None:
        if self.present[which.id]:
            self.second += 1000
            self.present[which.id] = False
            assert self.alerting.cleared(1, which.id, self.second, self.now_ms) is not None

    @rule(which=RULES, pick=PICK)
    def is_found_again(self, which: world.Rule, pick: int) -> None:
        known = self.told[which.id]
        if known:
            onset_s = known[pick % len(known)]
            assert world.raised(self.alerting, 1, onset_s, self.now_ms, which) is None

    @precondition(lambda self: any(self.told.values()))
    @rule(pick=PICK, actor=ACTORS, event=EVENTS)
    def acts(self, pick: int, actor: world.Actor, event: str) -> None:
        alert_id = pick % len(self.rows) + 1
        try:
            self.alerting.act(alert_id, event, actor, "because", self.now_ms)
        except Refused:
            return

    @precondition(lambda self: any(self.told.values()))
    @rule(pick=PICK, place=st.sampled_from([NEAR, MIDDLE, FAR]))
    def is_delivered(self, pick: int, place: int) -> None:
        self.alerting.delivered(pick % len(self.rows) + 1, place, self.now_ms)

    @rule(seconds=st.sampled_from([1, 20, 59, 60, 61, 300]))
    def time_passes(self, seconds: int) -> None:
        self.now_ms += 1000 * seconds
        self.alerting.escalate_due(self.now_ms)
        Reminder(ENGINE, self.alerting).tick(self.now_ms)

    @rule(place=st.sampled_from([None, NEAR, MIDDLE, FAR]), allowed=st.booleans())
    def decides(self, place: int | None, allowed: bool) -> None:
        """Her consent holds for whoever is asked now, or it was asked because nobody is left."""
        self.now_ms += 1
        Consenting(ENGINE, Hub(), self.alerting).decide(1, place, allowed, MOTHER, self.now_ms)
        with reading(ENGINE) as conn:
            consent = consents.of_mother(conn, 1, FAR)
        for alert, steps in self.all():
            if alert.phase in WAITING and not consent.holds_for(alert.organisation_id or 0):
                tell = [step for step in steps if step.event == "tell"][-1]
                assert not isinstance(tell.text, str) and tell.text["break_glass"]

    @rule(place=st.sampled_from([NEAR, MIDDLE, FAR]), on_call=st.booleans())
    def changes_shift(self, place: int, on_call: bool) -> None:
        with writing(ENGINE) as conn:
            people.set_organisation(conn, place, on_call=on_call)

    @rule()
    def restarts(self) -> None:
        ENGINE.dispose()
        self.start()

    @invariant()
    def nothing_is_forgotten_or_doubled(self) -> None:
        self.rows = self.all()
        for alert, steps in self.rows:
            self.check_unanswered(alert)
            self.check_owner(alert, steps)
            self.check_steps(alert, steps)
        for name in self.told:
            self.check_rule(name)

    def check_unanswered(self, alert: Alert) -> None:
        """It is within its deadline, or at the centre."""
        if alert.phase in WAITING:
            assert alert.deadline_ms is not None
            assert self.now_ms < alert.deadline_ms <= self.now_ms + 60_000
            assert alert.organisation_id is not None
        else:
            assert alert.deadline_ms is None
            assert alert.phase in ANSWERED | {Phase.CENTRE}
        after_s = REMIND_AFTER_S.get((alert.phase, alert.priority))
        if after_s is None:
            assert alert.remind_ms is None
        else:
            assert alert.remind_ms is not None
            assert self.now_ms < alert.remind_ms <= self.now_ms + 1000 * after_s

    def check_owner(self, alert: Alert, steps: list[Step]) -> None:
        """As urgent as it is now there is one at most, and no hospital is asked twice."""
        last = since_anew(steps)
        owners = [step.person_id for step in last if step.event in TAKEN]
        assert owners == ([alert.person_id] if alert.phase in ANSWERED else [])
        asked = [step.organisation_id for step in last if step.event == "tell"]
        assert len(asked) == len(set(asked))
        assert alert.priority == max(
            (BY_ID[rule].priority for rule in rules_of(alert, steps)), key=RANK.get
        )

    def check_steps(self, alert: Alert, steps: list[Step]) -> None:
        """Each is in the table of models.alerts."""
        phase = Phase.RAISED
        for step in steps:
            if step.event not in NOTES:
                phase = TRANSITIONS[phase, step.event]
            assert step.phase is phase
        assert alert.phase is phase

    def check_rule(self, name: str) -> None:
        """Each onset is told once; what is still present, and only that, is said to hold."""
        told = [one.onset_s for row in self.rows for one in stretches(*row) if one.rule == name]
        assert sorted(told) == self.told[name]
        holds = any(name in held(alert, steps) for alert, steps in self.rows)
        assert holds == self.present[name]


SETTINGS = settings(
    max_examples=25,
    stateful_step_count=30,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow],
)
TestHistory = History.TestCase
TestHistory.settings = SETTINGS


@pytest.mark.slow
@pytest.mark.timeout(3600)
@pytest.mark.parametrize("part", range(20))
def test_five_hundred_histories(part: int) -> None:
    """10 000 in all, in parts that processes can share (make drill)."""
    many = settings(SETTINGS, max_examples=500, database=None)
    run_state_machine_as_test(seed(part)(History), settings=many)
