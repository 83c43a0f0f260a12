"""The figures as the page, the API and the export show them: of a member, and of all together."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Connection

from cloud.i18n import translate
from cloud.months import centre_zone, last_months
from cloud.sheets import Cell, Column, Sheet, as_xlsx, definitions, name_of
from cloud.statistics.chart import Series, bars
from cloud.statistics.columns import (
    ALL_MONTHS,
    BY_ID,
    CHARTS,
    EVERYBODY,
    FIGURES,
    RULES,
)
from cloud.statistics.figures import count, table
from cloud.store import people
from cloud.views import organisation_view

NOT_KNOWN = "not known"
COUNT = "count"
UNITS = {"pct": "%", "min": "min", "s": "s", "h": "per hour"}  # by the last part of a figure's id


def report(conn: Connection, months: int, now_ms: int, own_id: int | None = None) -> dict[str, Any]:
    """{zone, months: [names], members: [{organisation, months, all, rules}], total: {...}}.

    `own_id`: only this member beside the total; None: all of them. What belongs to no member has
    organisation null.
    """
    zone = centre_zone(conn)
    spans = last_months(months, now_ms, zone)
    found = count(conn, spans)
    places: list[int | None] = [one.id for one in people.all_organisations(conn)]
    if own_id is not None:
        places = [own_id]
    elif any(place is None for place, _ in found.groups()):
        places.append(None)
    members = []
    for place_id in places:
        place = people.get_organisation(conn, place_id or 0)
        row = table(found, spans, lambda one, wanted=place_id: one == wanted)  # type: ignore[misc]
        members.append({"organisation": organisation_view(place) if place else None, **row})
    return {
        "zone": zone,
        "months": [one.name for one in spans],
        "members": members,
        "total": table(found, spans, lambda _: True),
    }


def charts(
    found: Mapping[str, Any], member: Mapping[str, Any] | None, language: str
) -> list[dict[str, str]]:
    """The SVG of each figure of CHARTS: all members, and beside them the chosen one."""
    names = [translate(language, EVERYBODY)]
    tables = [found["total"]]
    if member is not None:
        names.append(name_of(member["organisation"], language))
        tables.append(member)
    drawn = []
    for id_ in CHARTS:
        figure = BY_ID[id_]
        series = [
            Series(name, [row[id_] for row in reversed(one["months"])])
            for name, one in zip(names, tables, strict=True)
        ]
        title = translate(language, figure.heading)
        summary = _in_words(found["months"], series, figure, language)
        unit = translate(language, UNITS.get(id_.rpartition("_")[2], COUNT))
        drawn.append({"id": id_, "svg": bars(id_, title, summary, unit, found["months"], series)})
    return drawn


def xlsx_of(found: Mapping[str, Any], language: str) -> bytes:
    """Figures by member and month, rules by member, and what each figure says."""
    named = [(name_of(one["organisation"], language), one) for one in found["members"]]
    named.append((translate(language, EVERYBODY), found["total"]))
    sheets = [
        _figures(found, named, language),
        _rules(named, language),
        definitions((*FIGURES, *RULES), found["zone"], language),
    ]
    return as_xlsx(sheets)


def shown(value: float | None, digits: int) -> str:
    """A figure in a table.

    >>> shown(None, 1), shown(0.25, 1), shown(3, 0)
    ('–', '0.2', '3')
    """
    return "–" if value is None else f"{value:.{digits}f}"


def _figures(
    found: Mapping[str, Any], named: Sequence[tuple[str, Mapping[str, Any]]], language: str
) -> Sheet:
    head = [translate(language, text) for text in ("Member", "Month", "Time zone")]
    rows: list[list[Cell]] = [[*head, *(translate(language, one.heading) for one in FIGURES)]]
    for name, one in named:
        whole = {"month": translate(language, ALL_MONTHS), **one["all"]}
        for row in (*one["months"], whole):
            values = (row[figure.id] for figure in FIGURES)
            rows.append([name, row["month"], found["zone"], *values])
    digits = [0, 0, 0, *(one.digits for one in FIGURES)]
    return Sheet(translate(language, "Statistics"), rows, digits)


def _rules(named: Sequence[tuple[str, Mapping[str, Any]]], language: str) -> Sheet:
    rows: list[list[Cell]] = [
        [translate(language, text) for text in ("Member", *(one.heading for one in RULES))]
    ]
    for name, one in named:
        rows += [[name, *(row[column.id] for column in RULES)] for row in one["rules"]]
    return Sheet(translate(language, "Rules"), rows, [0, *(one.digits for one in RULES)])


def _in_words(
    months: Sequence[str], series: Sequence[Series], figure: Column, language: str
) -> str:
    """What a chart shows, for who hears it."""
    said = []
    for one in series:
        pairs = []
        for month, value in zip(months, one.values, strict=True):
            text = translate(language, NOT_KNOWN) if value is None else shown(value, figure.digits)
            pairs.append(f"{month}: {text}")
        said.append(f"{one.name}: " + ", ".join(pairs))
    return "; ".join(said)
