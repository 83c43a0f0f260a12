"""kill -9 at random moments of a replay, and the count of what it cost."""

import json
import random
import time
from collections import Counter
from dataclasses import dataclass

from rich.table import Table

from models import whole
from models.synth import synthetic
from tests.e2e.rig import Rig
from tests.servers import Process

SLACK_S = 60.0  # the longest window of a rule that is raised in these
SCENARIOS = (("bradycardia", 22), ("maternal", 13))  # (name, seed) of each mother


@dataclass(frozen=True)
class Episode:
    """A rule is true from its second at_s to over_s."""

    rule: str
    at_s: float
    over_s: float


@dataclass(frozen=True)
class Outcome:
    """What is left after the kills. Nothing lost and nothing doubled is all zeros."""

    killed: str
    kills: int
    frames_made: int
    frames_lost: int
    frames_doubled: int
    alerts_expected: int
    alerts_lost: int
    alerts_doubled: int
    alerts_shifted: int  # told once, but not for the second that an undisturbed look finds
    resent: int
    completeness: tuple[str, ...]
    took_s: float
    harm: tuple[str, ...]  # of each recording whose alerts are not as expected: both lists


def run(rig: Rig, victims: list[Process], seed: int, minutes: int, speed: int) -> Outcome:
    """Replay all SCENARIOS, kill -9 and restart the victims in their order, wait, count.

    The moments of the kills are spread over the replay by `seed`; a victim stays dead for up to
    two seconds.
    """
    rng = random.Random(seed)
    began_s = time.monotonic()
    for number, (scenario, scenario_seed) in enumerate(SCENARIOS, start=1):
        rig.probe(number, f"synthetic:{scenario}:{scenario_seed}:{minutes}", speed)
    recordings = [rig.recording_id(number) for number in range(1, len(SCENARIOS) + 1)]
    replay_s = 60 * minutes / speed
    moments = sorted(rng.uniform(0, 0.95 * replay_s) for _ in victims)
    since_s = time.monotonic()
    for moment_s, victim in zip(moments, victims, strict=True):
        time.sleep(max(0.0, since_s + moment_s - time.monotonic()))
        victim.kill()
        time.sleep(rng.uniform(0, 2))
        rig.start(victim)
    for recording in recordings:
        rig.wait_complete(recording, 90 + replay_s)
    return _count(rig, victims, recordings, minutes, time.monotonic() - began_s)


def _count(
    rig: Rig, victims: list[Process], recordings: list[int], minutes: int, took_s: float
) -> Outcome:
    frames = Counter[str]()
    alerts = Counter[str]()
    reports, harm = [], []
    centre = rig.sign_in("centre")
    for recording, (scenario, seed) in zip(recordings, SCENARIOS, strict=True):
        row = rig.rows("SELECT frames_made, resent FROM recordings WHERE id = :r", r=recording)[0]
        seqs = Counter(frame.seq for frame in rig.stored(recording))
        frames["made"] += row.frames_made
        frames["resent"] += row.resent
        frames["lost"] += sum(seq not in seqs for seq in range(row.frames_made))
        frames["doubled"] += seqs.total() - len(seqs)
        expected = expected_alerts(scenario, seed, minutes)
        raised = raised_alerts(rig, recording)
        lost, doubled, shifted = compare(expected, raised)
        if lost or doubled:
            harm.append(f"{scenario}: expected {expected}, raised {raised}")
        alerts.update(expected=len(expected), lost=lost, doubled=doubled, shifted=shifted)
        report = centre.get(f"/api/recordings/{recording}/completeness").json()
        reports.append(str(report["text"]).split(", gap")[0])
    return Outcome(
        "+".join(sorted({victim.name for victim in victims})), len(victims),
        frames["made"], frames["lost"], frames["doubled"], alerts["expected"], alerts["lost"],
        alerts["doubled"], alerts["shifted"], frames["resent"], tuple(reports), took_s, tuple(harm),
    )  # fmt: skip


def expected_alerts(scenario: str, seed: int, minutes: int) -> list[Episode]:
    """What the whole recording, looked at undisturbed, has to raise."""
    trace, _ = synthetic(seed, minutes, scenario)
    found = whole.changes(trace)
    over = {(c.rule.id, c.onset_s): c.at_s for c in found if c.what == "cleared"}
    return [
        Episode(c.rule.id, c.at_s, over.get((c.rule.id, c.onset_s), trace.end_s))
        for c in found
        if c.what == "raised"
    ]


def raised_alerts(rig: Rig, recording: int) -> list[tuple[str, float]]:
    """(rule, second that made it true) of each alert, and of each time it says it recurred.

    link_lost runs on the wall clock and is what a long kill has to raise: not counted here.
    """
    sql = "SELECT id, rule, at_s FROM alerts WHERE recording_id = :r AND rule <> 'link_lost'"
    steps = "SELECT text FROM alert_steps WHERE alert_id = :a AND event = 'recurred'"
    found = []
    for alert in rig.rows(sql, r=recording):
        again = [json.loads(step.text)["at_s"] for step in rig.rows(steps, a=alert.id)]
        found += [(alert.rule, at_s) for at_s in (alert.at_s, *again)]
    return sorted(found)


def compare(expected: list[Episode], raised: list[tuple[str, float]]) -> tuple[int, int, int]:
    """How many episodes were not told, told twice or without being there, told at another second.

    A second that comes late was unknown when its rule was looked at: the alert is then told once
    the rule is true in what is known, which is another second of the same episode.
    """
    told = [
        [at_s for rule, at_s in raised if rule == e.rule and e.at_s - SLACK_S <= at_s <= e.over_s]
        for e in expected
    ]
    lost = sum(not seconds for seconds in told)
    shifted = sum(bool(s) and e.at_s not in s for e, s in zip(expected, told, strict=True))
    return lost, len(raised) - sum(bool(seconds) for seconds in told), shifted


def table(outcomes: list[Outcome]) -> Table:
    out = Table(title="kill -9 at random moments of a replay")
    headings = "killed,kills,frames,lost,doubled,alerts,lost,doubled,shifted,resent,completeness,s"
    for heading in headings.split(","):
        out.add_column(heading, overflow="fold")
    for o in outcomes:
        counts = (o.kills, o.frames_made, o.frames_lost, o.frames_doubled, o.alerts_expected,
                  o.alerts_lost, o.alerts_doubled, o.alerts_shifted, o.resent)  # fmt: skip
        said = "\n".join(o.completeness)
        out.add_row(o.killed, *map(str, counts), said, f"{o.took_s:.0f}")
    return out
