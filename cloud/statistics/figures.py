"""The figures of members and of all, by month: sums first, shares and medians from the sums.

So that members add up to all and months to the whole time, nothing is averaged twice.
"""

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection

from cloud.months import Month
from cloud.store import figures as store
from cloud.store.counting import Histograms, Key, Span
from cloud.store.figures import PATIENT, Alerts, Measured, Read
from models.spread import MEDIAN, P90, quantile

HOUR_S = 3600
Values = dict[str, float | None]


@dataclass(frozen=True)
class Counted:
    """Everything that was counted in some months, by member and month."""

    measured: dict[Key, Measured]
    read: dict[Key, Read]
    turnaround_tenths: Histograms
    alerts: dict[tuple[Key, str], Alerts]
    accept_s: Histograms
    steps: dict[tuple[Key, str], int]
    referred: dict[tuple[Key, str], int]

    def groups(self) -> set[Key]:
        pairs = (*self.alerts, *self.steps, *self.referred)
        return {*self.measured, *self.read, *(key for key, _ in pairs)}


def count(conn: Connection, spans: Sequence[Span]) -> Counted:
    return Counted(
        measured=store.measured(conn, spans),
        read=store.read(conn, spans),
        turnaround_tenths=store.turnaround_tenths(conn, spans),
        alerts=store.alerts_by_rule(conn, spans),
        accept_s=store.accept_s(conn, spans),
        steps=store.steps(conn, spans),
        referred=store.referred(conn, spans),
    )


def table(
    found: Counted, months: Sequence[Month], is_member: Callable[[int | None], bool]
) -> dict[str, Any]:
    """{months: [{month, <figure>: ...}] newest first, all: {<figure>: ...}, rules: [...]} of the
    members for which `is_member` holds."""
    mine = {key for key in found.groups() if is_member(key[0])}
    rows = [
        {"month": one.name, **values(found, {key for key in mine if key[1] == number})}
        for number, one in enumerate(months)
    ]
    return {"months": rows[::-1], "all": values(found, mine), "rules": rules(found, mine)}


def values(found: Counted, keys: Collection[Key]) -> Values:
    """Every figure of these members and months together; None: of nothing."""
    measured = _sum(found.measured, keys)
    read = _sum(found.read, keys)
    raised = [one for (key, _), one in found.alerts.items() if key in keys]
    turnaround, accepted = _merged(found.turnaround_tenths, keys), _merged(found.accept_s, keys)
    hours = measured.get("recorded_s", 0.0) / HOUR_S
    loss = 1 - measured["good_s"] / measured["recorded_s"] if hours else None
    row: Values = {"recordings": measured.get("recordings", 0), "recorded_h": hours}
    row |= {"loss_pct": None if loss is None else 100 * loss}
    row |= {name: read.get(name, 0) for name in Read._fields}
    row |= {
        "turnaround_min": _minutes(quantile(turnaround, MEDIAN)),
        "turnaround_p90_min": _minutes(quantile(turnaround, P90)),
        "accept_s": quantile(accepted, MEDIAN),
        "accept_p90_s": quantile(accepted, P90),
    }
    return row | _of_alerts(raised, hours) | _pairs(found, keys)


def rules(found: Counted, keys: Collection[Key]) -> list[dict[str, Any]]:
    """Each rule that raised an alert: how often, per hour, and how useful; the most first."""
    hours = _sum(found.measured, keys).get("recorded_s", 0.0) / HOUR_S
    by_rule: dict[str, list[Alerts]] = {}
    for (key, rule), one in found.alerts.items():
        if key in keys:
            by_rule.setdefault(rule, []).append(one)
    rows = []
    for rule, ones in by_rule.items():
        sums = _of_alerts(ones, hours)
        kind = ones[0].kind
        rows.append(
            {
                "rule": rule,
                "kind": kind,
                "alerts": sum(one.raised for one in ones),
                "per_h": sums["patient_per_h" if kind == PATIENT else "technical_per_h"],
                "useful_pct": sums["useful_pct"],
                "judged": sums["judged"],
            }
        )
    return sorted(rows, key=lambda row: (-row["alerts"], row["rule"]))


def _of_alerts(raised: Iterable[Alerts], hours: float) -> Values:
    row: Values = {}
    useful = useless = 0
    counts = {"patient": [0, 0], "technical": [0, 0]}  # raised, in recordings that have ended
    for one in raised:
        counts[one.kind][0] += one.raised
        counts[one.kind][1] += one.in_ended
        useful, useless = useful + one.useful, useless + one.useless
    for kind, (count_, in_ended) in counts.items():
        row[f"{kind}_alerts"] = count_
        counts_all = in_ended or not count_  # else 0 would be said beside alerts that go on
        row[f"{kind}_per_h"] = in_ended / hours if hours and counts_all else None
    judged = useful + useless
    return row | {"judged": judged, "useful_pct": 100 * useful / judged if judged else None}


def _pairs(found: Counted, keys: Collection[Key]) -> Values:
    names = ("escalated", "declined", "to_centre", "sent_up", "sent_down", "came_up", "came_down")
    sums: Counter[str] = Counter()
    for counted in (found.steps, found.referred):
        for (key, name), count_ in counted.items():
            if key in keys:
                sums[name] += count_
    return {name: sums[name] for name in names}


def _sum(found: dict[Key, Any], keys: Collection[Key]) -> dict[str, float]:
    """Field by field; empty when there is none."""
    sums: Counter[str] = Counter()
    for key in keys:
        if key in found:
            sums.update(found[key]._asdict())
    return dict(sums)


def _merged(found: Histograms, keys: Collection[Key]) -> Counter[int]:
    merged: Counter[int] = Counter()
    for key in keys:
        merged.update(found.get(key, Counter()))
    return merged


def _minutes(tenths: int | None) -> float | None:
    return None if tenths is None else tenths / 10
