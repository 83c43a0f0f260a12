"""The document of an analysis as its page lists it: which lines, in which order, and where on the
strip each one leads to. The words are in web/templates/analysis.html."""

from collections.abc import Mapping, Sequence
from typing import Any

from cloud.research.said import clock, duration
from models.scores import TABLES
from models.tiers import JUDGED_S

FIRST = ("nichd", "figo_2015", "nice_ng229")  # ids of models.scores
ALWAYS = ("decelerations", "accelerations")  # said to be 0, too
KINDS = ("late", "variable", "prolonged")  # that the items of scores name
ABOUT = {  # what a score is for, and by whose limits: its title and its minutes stand beside it
    "nichd": "For labour, NICHD. The verdict of Lucina follows it, and two limits of FIGO.",
    "figo_2015": "For labour, FIGO.",
    "nice_ng229": "For labour, NICE: any late deceleration is enough for the worst class.",
    "cst": "Before labour: only decelerations beside contractions count.",
    "cst10": "Before labour: baseline, variability and what goes with contractions, in points.",
    "nst_acog": "Before labour, ACOG: only accelerations count.",
    "nst_three_level": "Before labour, SOGC: the worst item decides.",
    "stv_limit": "For babies who grow too slowly: only short-term variation counts.",
    "antepartum_criteria": "Before labour: says when a recording may end, not how bad one is.",
}
POINTS = "Before labour: the points of all items together."
DIFFER = (
    "Each score looks at its own minutes, for its own purpose, by its own limits. So scores may "
    "differ from each other and from the verdict of Lucina. A doctor weighs them."
)
UNCHECKED = (  # what stands once below all scores
    "Not compared with the printed guidelines yet: most of these tables come from copies, "
    "summaries, screens of monitors and memory. Compare them before clinical use."
)
REASSURING = ("normal", "negative", "reactive", "I", "not below")  # results and the verdict
DOUBTFUL = ("suspicious", "suspicious, hyperstimulation", "II", "unknown")
PROLONGED_S, GRAVE_S = 120.0, 300.0  # NICHD 2008; FIGO 2015: pathological by itself
ABOUT_VERDICT = "about %(from)s to %(to)s of the recording, by rules %(version)s"
EARLIER = "earlier, at %(at)s: a deceleration of %(length)s min, down to %(bpm)s bpm"
EARLIER_LATE = "earlier, at %(at)s: a late deceleration"
ALSO = "but at %(at)s: a deceleration of %(length)s min, down to %(bpm)s bpm"
SOURCES = {table.id: table.source for table in TABLES}
OLDER = (  # words of reasons that stored documents hold
    "Late decelerations: %(value)d",
    "Variable decelerations: %(value)d",
    "Prolonged decelerations: %(value)d",
    "Gradual decelerations of unknown kind: %(value)d",
)
# what a document leaves out
_SCORE: dict[str, Any] = {"because": [], "check": "", "points": None, "not_computable": False}
_ITEM = {"note": "", "unit": "", "because": None, "cell": None, "result": None}
LEAST_MINUTES = 2  # NICHD 2008, of a baseline: with fewer outside of events it is not determined
FEW_MINUTES = "fewer than %(least)d min outside of accelerations and decelerations"
Found = Mapping[str, Any]
Place = tuple[float, float]  # from and to, recorded seconds


def groups(found: Found) -> list[tuple[str, Sequence[Any], bool]]:
    """(name, its events, whether it is shown open) of each that there is something to say of."""
    quality = found["quality"]
    rows = [
        ("decelerations", found["decelerations"], True),
        ("accelerations", found["accelerations"], False),
        ("contractions", found["contractions"], False),
        ("rhythm", found["sinusoidal"], True),
        ("maternal", quality["maternal"], True),
        ("faults", _named(quality, ("doubled", "halved", "stuck")), False),
        ("small", _named(found, ("minor_decelerations", "minor_accelerations")), False),
        ("revised", found["revised"], False),
    ]
    always = ALWAYS + (("contractions",) if quality["toco"] else ())
    return [row for row in rows if row[1] or row[0] in always]


def _named(found: Found, kinds: Sequence[str]) -> list[dict[str, Any]]:
    rows = [{**event, "what": kind} for kind in kinds for event in found.get(kind) or ()]
    return sorted(rows, key=lambda row: row["start_s"])


def ranked(scores: Mapping[str, Found]) -> list[tuple[str, Found]]:
    """Guidelines first, then other results, at last what cannot be computed."""

    def rank(row: tuple[str, Found]) -> int:
        name, score = row
        if score["not_computable"]:
            return len(FIRST) + 1
        return FIRST.index(name) if name in FIRST else len(FIRST)

    whole = {
        name: {**_SCORE, **score, "items": {i: {**_ITEM, **it} for i, it in score["items"].items()}}
        for name, score in scores.items()
    }
    return sorted(whole.items(), key=rank)


def minutes_of(found: Found, most: int) -> int:
    """Whole minutes that a value about the last `most` is really about.

    >>> minutes_of({"duration_s": 350.0}, 10), minutes_of({"duration_s": 3600.0}, 10)
    (5, 10)
    """
    return min(most, int(found["duration_s"] // 60))


def variability(found: Found) -> tuple[float | None, dict[str, Any] | None]:
    """In bpm, or None and why. Documents of older versions do not say of how many minutes."""
    if found.get("bandwidth_minutes", LEAST_MINUTES) < LEAST_MINUTES:
        return None, {"text": FEW_MINUTES, "args": {"least": LEAST_MINUTES}}
    return found["bandwidth_bpm"], None


def source_of(name: str, score: Found) -> str:
    """Of the table as it is now; documents of older versions have other words."""
    return str(SOURCES.get(name, score["source"]))


def unsaid(found: Found, result: str, from_s: float) -> Found | None:
    """The gravest deceleration of the recording of which this result, about what came after
    `from_s`, does not speak, in words: nothing reassures while one stands beside it. None: there
    is none, or the result is grave itself."""
    least_s = PROLONGED_S if result in REASSURING else GRAVE_S if result in DOUBTFUL else None
    if least_s is None:
        return None
    falls = found["decelerations"]
    longest = max(falls, key=_lasts_s, default=None)
    if longest and _lasts_s(longest) >= least_s:
        text = EARLIER if longest["start_s"] < from_s else ALSO
        nadir = longest.get("nadir_bpm")
        args = {"at": clock(longest["start_s"]), "length": duration(_lasts_s(longest))}
        return {"text": text, "args": args | {"bpm": None if nadir is None else f"{nadir:.0f}"}}
    late = [one for one in falls if one["kind"] == "late" and one["start_s"] < from_s]
    if late and result in REASSURING:
        return {"text": EARLIER_LATE, "args": {"at": clock(late[-1]["start_s"])}}
    return None


def _lasts_s(event: Found) -> float:
    return float(event["end_s"] - event["start_s"])


def said_of(found: Found) -> list[Found]:
    """What stands beside the verdict: which minutes it is about, and what it does not speak of."""
    begin_s = found["at_s"] - found["duration_s"]
    from_s = max(begin_s, found["at_s"] - JUDGED_S)
    args = {"from": clock(from_s), "to": clock(found["at_s"]), "version": found["rules_version"]}
    beside = unsaid(found, found["verdict"], from_s)
    return [{"text": ABOUT_VERDICT, "args": args}, *([beside] if beside else [])]


def about(name: str) -> str:
    """One line about the score with this id: what it is for, and by whose limits."""
    return ABOUT.get(name, POINTS)


def place_of(label: str, score: Found, found: Found) -> Place:
    """Where an item of a score lies: the longest deceleration or acceleration that it counts, else
    all that the score is about."""
    words = label.lower()
    events: Sequence[Any] = ()
    if "deceleration" in words:
        kind = next((one for one in KINDS if one in words), None)
        events = [one for one in found["decelerations"] if kind in (None, one["kind"])]
    elif "acceleration" in words:
        events = found["accelerations"]
    inside = [one for one in events if score["start_s"] < one["end_s"] <= score["end_s"]]
    longest = max(inside, key=lambda one: one["end_s"] - one["start_s"], default=score)
    return longest["start_s"], longest["end_s"]
