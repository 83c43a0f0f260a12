"""The books of the consortium have to agree with what happened: referrals, contributions,
statistics, school; see checks.py. What happened is counted here from steps and rows, once more.
"""

from collections import Counter
from math import isclose
from typing import Any

from cloud.contributions.columns import COLUMNS
from cloud.scenario.records import Records
from cloud.scenario.stage import Stage
from models import referrals
from models.resources import BED, MINUTES, PROBE, Phase

LENT = {"lent_probes": PROBE, "lent_minutes": MINUTES, "lent_beds": BED}
WAS_OUT = (Phase.OUT, Phase.RETURNED, Phase.LOST)
NEWS = {"escalated": "time up", "declined": "decline", "to_centre": "nobody left"}


def balance_right(stage: Stage, found: Records) -> list[str]:
    """The balance that the centre is shown is the count of what went up and down and came to
    something; what some sent others received; and nobody is on the way still."""
    counted = _referred(found)
    total, months = stage.shown["balance"]["total"], stage.shown["balance"]["months"]
    wrong = []
    for way in (referrals.UP, referrals.DOWN):
        sides = [sum(row[f"{side}_{way}"] for row in months) for side in ("sent", "came")]
        if {total[way], *sides} != {counted[way]}:
            wrong.append(f"{way}: {counted[way]} referrals, shown are {total[way]} and {sides}")
    open_ones = [one for one in found.referrals if one.phase not in referrals.OVER]
    return wrong + [f"referral {one.id} is {one.phase.value}" for one in open_ones]


def contributions_right(stage: Stage, found: Records) -> list[str]:
    """The ledger of the month: members add up to its total, the total is what happened, and both
    files have the same numbers."""
    ledger = stage.shown["ledger"]
    wrong = []
    for column in COLUMNS:
        sum_of = sum(row[column.id] or 0 for row in ledger["rows"])
        if column.sums and not isclose(sum_of, ledger["total"][column.id], abs_tol=1e-6):
            wrong.append(f"{column.id}: members {sum_of}, total {ledger['total'][column.id]}")
    wrong += _differences(_contributed(found), ledger["total"])
    shown = [
        float(value)
        for row in (*ledger["rows"], ledger["total"])
        for value in (_id(row), *(row[column.id] for column in COLUMNS))
        if value is not None
    ]
    for name in ("csv", "xlsx"):
        pairs = zip(shown, stage.shown[name], strict=False)
        same = all(isclose(a, b, rel_tol=1e-9, abs_tol=1e-9) for a, b in pairs)
        if len(shown) != len(stage.shown[name]) or not same:
            wrong.append(f"the ledger's {name} has other numbers than its page")
    return wrong


def statistics_right(stage: Stage, found: Records) -> list[str]:
    """The figures of all members together, and how often each rule spoke."""
    hers = {one.id for one in found.recordings if one.mother_id is not None}
    alerts = [one for one in found.alerts if one.recording_id in hers]
    patient = [one for one in alerts if one.kind == "patient"]
    read = [one for one in found.readings if one.recording_id in hers]
    events = Counter(step.event for one in patient for step in found.alert_steps[one.id])
    expected = {
        "recordings": len(hers),
        "wanted": len(read),
        "signed": sum(one.signed_ms is not None for one in read),
        "overdue": sum(one.overdue_ms is not None for one in read),
        "raised": sum(one.raised_ms is not None for one in read),
        "patient_alerts": len(patient),
        "technical_alerts": len(alerts) - len(patient),
        "judged": sum(one.useful is not None for one in alerts),
        **{figure: events[event] for figure, event in NEWS.items()},
        **{f"sent_{way}": count for way, count in _referred(found).items()},
    }
    total = stage.shown["statistics"]["total"]
    by_rule = {row["rule"]: row["alerts"] for row in total["rules"]}
    wrong = _differences(expected, total["all"])
    return wrong + _differences(Counter(one.rule for one in alerts), by_rule)


def school_right(stage: Stage, found: Records) -> list[str]:
    """Each lesson is shown as done by as many mothers as did it."""
    did = Counter(lesson for _, lesson in stage.learnt)
    courses = stage.shown["school"]["courses"]
    shown = {one["id"]: one["done"] for course in courses for one in course["lessons"]}
    unlike = [
        number
        for number in shown
        if not shown[number] == did[number] == found.learnt.get(number, 0)
    ]
    wrong = [f"lesson {one}: {did[one]} did it, shown are {shown[one]}" for one in unlike]
    return wrong + [f"lesson {one} is not shown" for one in did if one not in shown]


def _contributed(found: Records) -> dict[str, float]:
    steps = Counter(step.event for of in found.alert_steps.values() for step in of)
    admitted = [step for of in found.green_steps.values() for step in of if step.event == "admit"]
    lent: Counter[str] = Counter()
    for one in found.requests:
        lent[one.kind] += one.amount if one.phase in WAS_OUT else 0
    return {
        "recordings": sum(one.mother_id is not None for one in found.recordings),
        "signed": sum(one.signed_ms is not None for one in found.readings),
        "accepted": steps["accept"],
        "asked": steps["tell"],
        "admitted": len(admitted),
        "boxes": len(found.leases),
        **{column: lent[kind] for column, kind in LENT.items()},
        **{f"sent_{way}": count for way, count in _referred(found).items()},
    }


def _referred(found: Records) -> Counter[str]:
    void = {"decline", "withdraw"}
    return Counter(
        one.direction
        for one in found.referrals
        if not {step.event for step in found.referral_steps[one.id]} & void
    )


def _id(row: dict[str, Any]) -> int | None:
    place = row.get("organisation")
    return place["id"] if place else None


def _differences(expected: Any, shown: Any) -> list[str]:
    return [
        f"{name}: {count} happened, {shown.get(name)} shown"
        for name, count in expected.items()
        if shown.get(name) != count
    ]
