"""Tables whose result is a rule: NST (ACOG), CST categories, NICHD 2008.

ALGORITHMS 5.1, 5.6 and 5.7.
"""

from models.scores.fall import Fall
from models.scores.measures import NO_TOCO, Measures
from models.scores.scale import Scale, Unknown
from models.scores.table import Hits, Item, Outcome, Table, missing
from models.tiers import ABSENT_BPM, BASELINE_STEP_BPM, RECURRENT_SHARE

LONGEST_RISE_S = 120.0  # ACOG: 15 s to 2 min
TWENTY_MIN_S, FORTY_MIN_S = 1200.0, 2400.0


def results(hits: Hits) -> dict[str, object]:
    return {hit.item.scale.id: hit.result for hit in hits}


# -- NST, ACOG


def in_twenty_minutes(m: Measures) -> float:
    """The most accelerations in any 20 min."""
    rises = [r.start_s for r in m.accelerations if r.end_s - r.start_s < LONGEST_RISE_S]
    return float(max((sum(a <= b < a + TWENTY_MIN_S for b in rises) for a in rises), default=0))


def acog(hits: Hits) -> Outcome:
    found = results(hits)
    if found["accelerations"] == "reactive":
        return None, "reactive"
    if found["observed"] == "non-reactive":
        return None, "non-reactive"
    return Unknown("fewer than two accelerations so far: observe for 40 min")


NST = Table(
    "nst_acog",
    "ACOG",
    "ACOG practice bulletin on antepartum fetal surveillance, non-stress test",
    FORTY_MIN_S,
    (
        Item(
            Scale("accelerations", "in 20 min", {"reactive": ">=2", "non-reactive": "<2"}),
            in_twenty_minutes,
            note="15 bpm for 15 s to 2 min; before 32 weeks 10 bpm for 10 s",
        ),
        Item(
            Scale("observed", "min", {"reactive": "<40", "non-reactive": ">=40"}),
            lambda m: m.lasts_s / 60,
        ),
    ),
    acog,
    least_s=TWENTY_MIN_S,
)

# -- CST


def adequate(m: Measures) -> float | Unknown:
    """The most contractions of 40 s in any 10 min."""
    if m.contractions is None:
        return Unknown(NO_TOCO)
    starts = [c.start_s for c in m.contractions if c.end_s - c.start_s >= 40]
    return float(max((sum(a <= b < a + 600 for b in starts) for a in starts), default=0))


def late_percent(m: Measures) -> float | Unknown:
    falls = m.typed()
    if isinstance(falls, Unknown):
        return falls
    share = m.share("late")
    return share if isinstance(share, Unknown) else 100 * share


def is_significant(fall: Fall) -> bool:
    """Variable and concerning; a prolonged one is no less, and no strip with it is negative."""
    return fall.concerning or fall.kind == "prolonged"


def hyperstimulated(m: Measures) -> str:
    """Contractions come too often, or one with a deceleration is too long."""
    found = {fall.contraction for fall in m.falls if fall.kind == "late" or is_significant(fall)}
    longest = max((c.end_s - c.start_s for c in found if c), default=0.0)
    return "yes" if m.shortest_interval_s() < 120 or longest > 90 else "no"


def significant(m: Measures) -> float:
    return float(sum(is_significant(fall) for fall in m.falls))


def cst(hits: Hits) -> Outcome:
    found = results(hits)
    if found["late"] == "positive":
        return None, "positive"
    if lacks := missing(hits):
        return lacks
    if "suspicious" in (found["late"], found["significant_variable"]):
        hyper = found["often_or_long"] == "hyperstimulation"
        return None, "suspicious, hyperstimulation" if hyper else "suspicious"
    if found["contractions"] == "inadequate":
        return Unknown("fewer than three contractions of 40 s in 10 min")
    return None, "negative"


CST = Table(
    "cst",
    "category",
    "ACOG practice bulletin on antepartum fetal surveillance, contraction stress test",
    TWENTY_MIN_S,
    (
        Item(
            Scale("contractions", "of 40 s in 10 min", {"adequate": ">=3", "inadequate": "<3"}),
            adequate,
        ),
        Item(
            Scale(
                "late",
                "% of contractions",
                {"negative": "0", "suspicious": "1-49", "positive": ">=50"},
            ),
            late_percent,
        ),
        Item(
            Scale("significant_variable", "decelerations", {"negative": "0", "suspicious": ">=1"}),
            significant,
            note="prolonged ones too, from 2 min",
        ),
        Item(
            Scale("often_or_long", "", {"usual": "no", "hyperstimulation": "yes"}),
            hyperstimulated,
            note="more often than every 2 min, or over 90 s with a deceleration",
        ),
    ),
    cst,
    least_s=600.0,
)

# -- NICHD


def rounded_level(m: Measures) -> float | Unknown:
    level = m.present_level()
    return (
        level
        if isinstance(level, Unknown)
        else BASELINE_STEP_BPM * round(level / BASELINE_STEP_BPM)
    )


def recurrent(kind: str) -> Item:
    def value(m: Measures) -> float | Unknown:
        falls = m.typed()
        if isinstance(falls, Unknown):
            return falls
        recent = [c for c in m.contractions or () if c.start_s >= m.end_s - TWENTY_MIN_S]
        if not m.of_kind(kind):
            return 0.0
        if not recent:
            return Unknown("no contraction in the last 20 min")
        hit = {fall.contraction for fall in m.of_kind(kind)}
        return 100 * len(hit.intersection(recent)) / len(recent)

    limit = f"{RECURRENT_SHARE:.0%}".rstrip("%")
    cells = {"none": f"<{limit}", "recurrent": f">={limit}"}
    return Item(Scale(f"recurrent_{kind}", "% of contractions", cells), value)


def late_or_variable(m: Measures) -> float | Unknown:
    falls = m.typed()
    if isinstance(falls, Unknown):
        return falls
    return float(len(m.of_kind("late", "variable", "prolonged", "unclassified")))


def nichd(hits: Hits) -> Outcome:
    found = results(hits)
    absent = found["variability"] == "absent"
    recur = "recurrent" in (found["recurrent_late"], found["recurrent_variable"])
    if found["flat_falls"] == "recurrent" or found["sinusoidal"] == "sinusoidal":
        return None, "III"
    if absent and (recur or found["baseline"] == "bradycardia"):
        return None, "III"
    normal = (found["baseline"], found["variability"], found["decelerations"])
    known_not_normal = any(
        one not in (None, usual)
        for one, usual in zip(normal, ("normal", "moderate", "none"), strict=True)
    )
    if known_not_normal and not (absent and missing(hits)):
        return None, "II"
    return missing(hits) or (None, "I")


NICHD = Table(
    "nichd",
    "2008",
    "NICHD 2008, three-tier table; the same as the Chinese classes I to III",
    1800.0,
    (
        Item(
            Scale(
                "baseline",
                "bpm",
                {"bradycardia": "<110", "normal": "110-160", "tachycardia": ">160"},
            ),
            rounded_level,
            note=f"rounded to {BASELINE_STEP_BPM} bpm",
        ),
        Item(
            Scale(
                "variability",
                "bpm",
                {
                    "absent": f"<{ABSENT_BPM:g}",
                    "minimal": f"{ABSENT_BPM:g}-5",
                    "moderate": "5.1-25",
                    "marked": ">25",
                },
                step=0.1,
            ),
            lambda m: m.flat.swing_bpm if m.flat else m.swing(),
        ),
        Item(
            Scale("flat_falls", "", {"none": "no", "recurrent": "yes"}),
            lambda m: "yes" if m.flat and m.flat.recurrent else "no",
        ),
        Item(
            Scale("sinusoidal", "min", {"none": "<20", "sinusoidal": ">=20"}),
            Measures.sinusoidal_minutes,
        ),
        recurrent("late"),
        recurrent("variable"),
        Item(
            Scale("decelerations", "not early", {"none": "0", "present": ">=1"}),
            late_or_variable,
        ),
    ),
    nichd,
    least_s=600.0,
)
RULES = (NST, CST, NICHD)
