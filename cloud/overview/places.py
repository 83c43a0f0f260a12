"""Who stands in the drawing: hospitals, and the mothers who are watched or have an open alert."""

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from sqlalchemy import Connection

from cloud.hospitals.planner import Planner
from cloud.overview.plan_of_places import Place
from cloud.store import hidden, people, recordings
from cloud.store.people import Organisation

_ORDER = ("high", "medium", "low")


def places(
    conn: Connection, planner: Planner, rows: Sequence[Mapping[str, Any]],
    alerts: Collection[Mapping[str, Any]], greens: Collection[Mapping[str, Any]],
    language: str, now_ms: int,
) -> tuple[list[Place], int]:  # fmt: skip
    """The places, and how many mothers have none. `rows`: cloud.hospitals.views.hospitals."""
    on_call = {row["id"]: row["on_call_now"] for row in rows}
    known = [o for o in people.all_organisations(conn) if None not in (o.latitude, o.longitude)]
    found = [_organisation(one, on_call, language) for one in known]
    number = {one.id: n for n, one in enumerate(known)}
    goes_to = {a["mother"]["id"]: a["organisation"] for a in alerts if a["organisation"]}
    goes_to |= {one["mother"]["id"]: one["organisation"] for one in greens}
    nowhere = 0
    for mother_id, mark in _watched(conn, alerts).items():
        mother = people.get_mother(conn, mother_id)
        assert mother is not None  # a recording or an alert refers to her
        origin = planner.origin(conn, mother, now_ms)
        if origin.at is None or not origin.is_hers:
            nowhere += 1
            continue
        to = number.get(goes_to[mother_id]["id"]) if mother_id in goes_to else None
        link = f"/mothers/{mother_id}"
        found.append(Place("mother", mother.name, *origin.at, mark=mark, link=link, to=to))
    return found, nowhere


def _organisation(one: Organisation, on_call: Mapping[int, bool], language: str) -> Place:
    assert one.latitude is not None and one.longitude is not None  # see above
    name = one.name_zh if language == "zh" else one.name
    mark = "" if on_call.get(one.id, True) else "off"
    return Place(one.kind, name, one.latitude, one.longitude, mark, one.level)


def _watched(conn: Connection, alerts: Collection[Mapping[str, Any]]) -> dict[int, str]:
    """{mother: priority of her worst alert}, "" without one."""
    running = {
        row.mother_id: ""
        for row in recordings.open_now(conn)
        if row.mother_id is not None and not hidden.is_hidden(conn, row.mother_id)
    }
    for alert in sorted(alerts, key=lambda one: -_ORDER.index(one["priority"])):
        running[alert["mother"]["id"]] = alert["priority"]
    return running
