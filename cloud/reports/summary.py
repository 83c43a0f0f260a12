"""The first pages of a report as lines: reading, rules, measures, completeness, scores."""

from collections.abc import Iterator, Mapping
from typing import Any

from cloud import findings
from cloud.i18n import say as said
from cloud.i18n import translate
from cloud.reports.facts import Facts
from cloud.reports.layout import Line
from cloud.reports.words import CLASSES, UNITS, figure, name_of, plain, say, time_of
from cloud.research.said import clock, duration

HEAD_PT, SMALL_PT = 9.0, 6.5
ABOVE_MM, INDENT_MM = 3.2, 3.0
MOST_GAPS = 12
FIRST = ("nichd", "figo_2015", "nice_ng229")  # scores: guidelines first, as on the page


def lines_of(facts: Facts, language: str) -> list[Line]:
    return [
        *_reading(facts, language),
        *(_found(facts.document, language) if facts.document else _nothing(facts, language)),
        *_annotated(facts, language),
        *_pressed(facts, language),
        *(() if facts.plain else _completeness(facts, language)),
        *(_scores(facts.document, language) if facts.document else ()),
    ]


def _heading(language: str, word: str) -> Line:
    return Line(say(language, word), HEAD_PT, bold=True, above_mm=ABOVE_MM, keep=True)


def _reading(facts: Facts, language: str) -> Iterator[Line]:
    """What a doctor said; by whom and when, or that nobody has, stands in the head of each page."""
    one = facts.reading
    if one is None:
        return
    yield _heading(language, "her words" if facts.plain else "reading")
    signed = one if facts.plain else one["signed"]
    if not facts.plain:
        word = translate(language, CLASSES[signed["class"]])
        yield Line(say(language, "class"), tail=word, bold=True)
        yield from _opinion(one["opinions"], language)
        if signed["confirmed"]:
            yield Line(say(language, "confirmed"))
        yield Line(say(language, "to mother"), above_mm=1.0, keep=True)
    told = [translate(language, text) for text in signed["sentences"]]
    for text in (*told, signed["to_mother"]):
        if text:
            yield Line(text, indent_mm=INDENT_MM)


def signature(facts: Facts, language: str) -> str:
    """Who signed it where and when, or that nobody has."""
    if facts.reading is None:
        return say(language, "hidden" if facts.hidden else "not read")
    signed = facts.reading if facts.plain else facts.reading["signed"]
    at_ms = signed["signed_ms"] if facts.plain else signed["at_ms"]
    place = name_of(signed, language)
    time = time_of(at_ms, facts.zone)
    return plain(language, "read", person=signed["person"] or "–", organisation=place, time=time)


def _opinion(opinions: list[Mapping[str, Any]], language: str) -> Iterator[Line]:
    """What the one who signed saw: the newest opinion."""
    for one in opinions[-1:]:
        for name, value in one["features"].items():
            if name == "baseline_bpm":
                yield Line(translate(language, "Baseline"), tail=f"{value:g} bpm")
            else:
                values = [value] if isinstance(value, str) else value
                words = ", ".join(translate(language, word) for word in values)
                yield Line(translate(language, name.capitalize()), tail=words)
        for name in ("findings", "advice"):
            if one[name]:
                yield Line(say(language, name), above_mm=1.0, keep=True)
                yield Line(one[name], indent_mm=INDENT_MM)


def _nothing(facts: Facts, language: str) -> Iterator[Line]:
    if not facts.plain and not facts.hidden:
        yield _heading(language, "rules")
        yield Line(say(language, "no analysis"))


def _found(document: Mapping[str, Any], language: str) -> Iterator[Line]:
    yield _heading(language, "rules")
    minutes = findings.minutes_of(document, 30)
    verdict = translate(language, document["verdict"])
    yield Line(verdict, bold=True, tail=say(language, "looked", minutes=minutes))
    for one in findings.said_of(document)[1:]:
        yield Line(said(language, one), bold=True)
    for one in document["reasons"]:
        words = said(language, {"text": one["message"], "args": one["args"]})
        yield Line(f"{words} [{clock(one['start_s'])}-{clock(one['end_s'])}]")
    yield Line(say(language, "made by"), SMALL_PT)
    yield _heading(language, "measured")
    swing_bpm, why = findings.variability(document)
    for word, value, places, most in (
        ("baseline", document["baseline_bpm"], 0, 10),
        ("variability", swing_bpm, 0, 30),
        ("oscillations", document["oscillations_per_min"], 1, 30),
        ("stv", document["stv_ms"], 1, 0),
        ("ltv", document["ltv_ms"], 0, 0),
    ):
        minutes = findings.minutes_of(document, most)
        yield Line(say(language, word, minutes=minutes), tail=figure(value, places, UNITS[word]))
        if word == "variability" and why:
            yield Line(said(language, why), SMALL_PT)
    loss = document["quality"]["loss"]
    yield Line(say(language, "contractions"), tail=figure(document["activity"]["per_10_min"], 1))
    yield Line(say(language, "loss"), tail=figure(None if loss is None else 100 * loss, 0, "%"))
    yield _heading(language, "events")
    for word, name in (
        ("accelerations",) * 2,
        ("decelerations",) * 2,
        ("squeezes", "contractions"),
    ):
        yield Line(say(language, word), tail=str(len(document[name])))
    if not document["quality"]["toco"]:
        yield Line(say(language, "no toco", minutes=findings.minutes_of(document, 30)), SMALL_PT)


def _annotated(facts: Facts, language: str) -> Iterator[Line]:
    """What readers marked on the strip, each with its place and who said it."""
    if facts.annotations:
        yield _heading(language, "annotated")
    for one in facts.annotations:
        ends = sorted({one["from_s"], one["to_s"]})
        yield Line(one["text"], tail="-".join(clock(end) for end in ends), keep=True)
        who = one["person"], name_of(one, language), time_of(one["at_ms"], facts.zone)
        yield Line(", ".join(who), SMALL_PT, indent_mm=INDENT_MM)


def _pressed(facts: Facts, language: str) -> Iterator[Line]:
    """What she felt, with its places; nothing when she pressed nothing."""
    if not facts.presses:
        return
    yield _heading(language, "pressed")
    for kind, word in (("movement", "movements"), ("contraction", "squeezes")):
        places = [clock(one.at_s) for one in facts.presses if one.kind == kind]
        if places:
            yield Line(say(language, word), tail=str(len(places)), keep=True)
            yield Line(", ".join(places), SMALL_PT, indent_mm=INDENT_MM)


def _completeness(facts: Facts, language: str) -> Iterator[Line]:
    found = facts.completeness
    yield _heading(language, "completeness")
    missing = sum(last - first + 1 for first, last in found["missing"])
    args = {name: found[name] for name in ("stored", "resent", "damaged")}
    args |= {"missing": missing, "made": found["frames_made"]}
    yield Line(plain(language, "so far" if found["frames_made"] is None else "complete", **args))
    for gap in facts.gaps[:MOST_GAPS]:
        cause = translate(language, gap.cause)
        words = plain(language, "gap", length=duration(gap.to_s - gap.from_s), cause=cause)
        yield Line(words, indent_mm=INDENT_MM, tail=clock(gap.from_s))
    if len(facts.gaps) > MOST_GAPS:
        yield Line(say(language, "more", count=len(facts.gaps) - MOST_GAPS), indent_mm=INDENT_MM)
    offset = facts.recording.clock_offset_ms
    yield Line(say(language, "no offset" if offset is None else "offset", ms=offset))


def _scores(document: Mapping[str, Any], language: str) -> Iterator[Line]:
    yield _heading(language, "scores")
    lacking: dict[str, list[str]] = {}  # titles, by what their tables lack
    for _, one in sorted(document["scores"].items(), key=_rank):
        lacks = one.get("because", ())
        result = "" if lacks else _band(one, language)
        title = translate(language, one["title"])
        if lacks:
            why = plain(language, "not computable", why=said(language, lacks[0]))
            lacking.setdefault(why, []).append(title)
            continue
        yield Line(title, bold=True, above_mm=1.2, keep=True, tail=result)
        if beside := findings.unsaid(document, one["band"], one["start_s"]):
            yield Line(said(language, beside), SMALL_PT, bold=True, keep=True)
        items = list(one["items"].values())
        for n, item in enumerate(items, 1):
            label = translate(language, item["label"])
            more = n < len(items)
            tail = _cell(item, language)
            yield Line(label, SMALL_PT, indent_mm=INDENT_MM, tail=tail, keep=more)
    for why, titles in lacking.items():
        yield Line(f"{why}: {'; '.join(titles)}", SMALL_PT, above_mm=1.0)


def _rank(named: tuple[str, Mapping[str, Any]]) -> int:
    name, one = named
    if "not_computable" in one:
        return 9
    return FIRST.index(name) if name in FIRST else 8


def _band(one: Mapping[str, Any], language: str) -> str:
    band = translate(language, str(one["band"]))
    if one["points"] is None:
        return band
    return plain(language, "points", points=one["points"], max=one["max"], band=band)


def _cell(item: Mapping[str, Any], language: str) -> str:
    """The value measured, the cell that it hits, and what that counts."""
    if item["value"] is None or item["cell"] is None:
        return said(language, item["because"]) if item.get("because") else "–"
    value = item["value"]
    unit = translate(language, item["unit"]) if item["unit"] else ""
    shown = translate(language, value) if isinstance(value, str) else f"{round(value, 1):g}"
    cell = translate(language, item["cell"])
    words = plain(language, "item", value=f"{shown} {unit}".rstrip(), cell=cell)
    return f"{words}: {translate(language, str(item['result']))}"
