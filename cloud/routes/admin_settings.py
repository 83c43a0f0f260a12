"""The administrator's pages of what others have set, and who changed what, when: duty rosters,
consents, alert settings.

A roster is kept by PUT /api/organisations/{organisation_id}/duties; consents are the mothers' own,
and rules come with a version of the service, so these are shown only.
"""

from collections.abc import Collection
from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import Response
from sqlalchemy import Connection

from cloud import i18n
from cloud.alerts.names import CONDITIONS
from cloud.deps import Now, ServicesDep, ShownOrganisation, Who
from cloud.hospitals import organising
from cloud.render import language_of, page
from cloud.store import cases, changes, consents, duties, opinions, people
from cloud.store.changes import Change
from cloud.store.db import reading
from cloud.store.people import Mother
from models.rules import CATALOGUE_VERSION, RULES, Rule

router = APIRouter(tags=["administration"])
SHOWN = 200  # rows
CHANGES = 100
CONSENTS = ("consent", "teaching use", "break_glass")
UNITS = {  # of the limits that are no heart rates, by what is measured or by the rule
    "spo2": "%", "glucose": "mmol/L", "temperature": "°C", "battery": "%", "clock_offset_s": "s",
    "sinusoidal": "min", "low_variability_50": "bpm", "low_variability_40": "bpm",
    "tachysystole": "/10 min", "miscounted": "s", "gap": "s", "severe_pressures": "readings",
}  # fmt: skip
ALERTING = ("reads_blind", "on_call", "by_roster", "ways")


@router.get("/admin/duties", summary="Who is on duty where, and who changed each roster last")
def duties_page(request: Request, who: Who, parts: ServicesDep, now_ms: Now) -> Response:
    with reading(parts.engine) as conn:
        places = people.all_organisations(conn)
        last = changes.last_of_organisations(conn, "duties")
        ids = [one.id for one in places[:SHOWN]]
        there = [one for role in duties.ROLES for one in duties.on_duty(conn, ids, role, now_ms)]
        rows = [
            {
                "place": place,
                "there": [one for one in there if one.organisation_id == place.id],
                "change": last.get(place.id),
                "person": _name(conn, last.get(place.id)),
            }
            for place in places[:SHOWN]
        ]
    return page(request, "admin_duties.html", who, rows=rows, count=len(places))


@router.get("/admin/organisations/{organisation_id}/duties", summary="The roster of one of them")
def roster_page(
    request: Request, place: ShownOrganisation, who: Who, parts: ServicesDep, now_ms: Now
) -> Response:
    with reading(parts.engine) as conn:
        own = organising.organisation_view(conn, place, now_ms)
    return page(request, "admin_roster.html", who, place=place, own=own)


@router.get("/admin/consents", summary="What mothers have decided, and who changed what")
def consents_page(request: Request, who: Who, parts: ServicesDep) -> Response:
    with reading(parts.engine) as conn:
        found = [people.get_mother(conn, i) for i in consents.newest_deciders(conn, SHOWN)]
        rows = [_consents_of(conn, mother) for mother in found if mother is not None]
        said = _said(conn, CONSENTS)
    return page(request, "admin_consents.html", who, rows=rows, said=said, shown=SHOWN)


def limit_of(rule: Rule, language: str) -> str:
    """Its limit with the unit; empty where there is none, or where it only means that it is so."""
    if rule.limit == 0 or (rule.where == "report" and rule.limit == 1):
        return ""
    if rule.where == "strip" and rule.limit < 1:
        return f"{100 * rule.limit:g} %"
    unit = "bpm" if rule.where == "trace" else UNITS.get(rule.measure or rule.id, "")
    return f"{rule.limit:g} {i18n.translate(language, unit)}".rstrip()


@router.get("/admin/alerts", summary="Which alert settings hold, and who changed what")
def alerts_page(request: Request, who: Who, parts: ServicesDep) -> Response:
    with reading(parts.engine) as conn:
        places = [
            {"place": one, "blind": opinions.reads_blind(conn, one.id)}
            for one in people.all_organisations(conn)[:SHOWN]
        ]
        said = _said(conn, ALERTING)
    return page(
        request, "admin_alerts.html", who, places=places, said=said,
        rules=[(rule, limit_of(rule, language_of(request))) for rule in RULES],
        version=CATALOGUE_VERSION, settings=parts.settings, names=CONDITIONS,
    )  # fmt: skip


def _consents_of(conn: Connection, mother: Mother) -> dict[str, Any]:
    given = consents.of_mother(conn, mother.id, mother.organisation_id)
    named = {one.organisation_id for one in given.decisions} - {None, mother.organisation_id}
    places = [people.get_organisation(conn, one) for one in sorted(filter(None, named))]
    return {
        "mother": mother,
        "own": people.get_organisation(conn, mother.organisation_id or 0),
        "own_allowed": given.holds_for(mother.organisation_id or 0),
        "named": [(place, given.holds_for(place.id)) for place in places if place is not None],
        "others": given.for_all,
        "teaching": cases.allows(conn, mother.id),
    }


def _said(conn: Connection, kinds: Collection[str]) -> list[dict[str, Any]]:
    """Each change with the names that it speaks of, newest first."""
    return [
        {
            "change": one,
            "person": _name(conn, one),
            "mother": people.get_mother(conn, one.mother_id) if one.mother_id else None,
            "place": people.get_organisation(conn, one.organisation_id or 0),
        }
        for one in changes.of_kinds(conn, kinds, CHANGES)
    ]


def _name(conn: Connection, change: Change | None) -> str | None:
    person = people.get_person(conn, change.person_id) if change and change.person_id else None
    return person.name if person else None
