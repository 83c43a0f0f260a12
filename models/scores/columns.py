"""Tables of columns, of which the worst one counts: three-level NST and FIGO 2015.

ALGORITHMS 5.2 and 5.8. Where a column joins two conditions (a level, and for how long), each
condition is an item of its own. What a strip alone cannot tell (a rising or erratic baseline) is
not evaluated.
"""

from models.scores.measures import Measures
from models.scores.scale import Scale, Unknown
from models.scores.table import Item, Table, worst

NST_LEVELS = ("reactive", "suspicious", "non-reactive")
FIGO_LEVELS = ("normal", "suspicious", "pathological")
LEAST_S = 600.0  # models.quality.LEAST_SIGNAL_S: nothing is said about less
DECIDES_S = 2400.0
MARKED_BPM, REDUCED_BPM = 25.0, 5.0


def late(m: Measures) -> float | Unknown:
    falls = m.typed()
    return falls if isinstance(falls, Unknown) else float(len(m.of_kind("late")))


def longest_s(m: Measures, *kinds: str) -> float:
    return max((fall.lasts_s for fall in m.of_kind(*kinds)), default=0.0)


def minutes_to_two(m: Measures) -> float | Unknown:
    """How far back from the end the last two accelerations reach."""
    if len(m.accelerations) >= 2:
        return (m.end_s - m.accelerations[-2].start_s) / 60
    if m.lasts_s < DECIDES_S:
        minutes = {"minutes": m.lasts_s / 60}
        text = "fewer than two accelerations in %(minutes).0f min, 40 min decide"
        return Unknown(text, minutes)
    return m.lasts_s / 60


NST3 = Table(
    "nst_three_level",
    "SOGC 2007",
    "SOGC 2007, as the Chinese consensus of 2015 adopts it; printed table of SOGC read as a copy",
    4800.0,
    (
        Item(
            Scale(
                "baseline",
                "bpm",
                {"reactive": "110-160", "suspicious": "100-109, >160", "non-reactive": "<100"},
            ),
            Measures.present_level,
            note="rising and erratic baselines are not evaluated",
        ),
        Item(
            Scale("above_160", "min", {"reactive": "<30", "non-reactive": ">=30"}),
            lambda m: m.minutes_above(160),
        ),
        Item(
            Scale(
                "low_variability",
                "min",
                {"reactive": "<40", "suspicious": "40-79", "non-reactive": ">=80"},
            ),
            lambda m: m.minutes_of_swing(lambda bpm: bpm <= REDUCED_BPM),
        ),
        Item(
            Scale("high_variability", "min", {"reactive": "<=10", "non-reactive": ">10"}),
            lambda m: m.minutes_of_swing(lambda bpm: bpm >= MARKED_BPM),
        ),
        Item(
            Scale("sinusoidal", "min", {"reactive": "<10", "non-reactive": ">=10"}),
            Measures.sinusoidal_minutes,
        ),
        Item(
            Scale(
                "variable_deceleration",
                "s",
                {"reactive": "<30", "suspicious": "30-60", "non-reactive": ">60"},
            ),
            lambda m: longest_s(m, "variable", "prolonged"),
            note="the longest; prolonged ones too",
        ),
        Item(Scale("late", "decelerations", {"reactive": "0", "non-reactive": ">=1"}), late),
        Item(
            Scale(
                "two_accelerations",
                "min",
                {"reactive": "<40", "suspicious": "40-79", "non-reactive": ">=80"},
            ),
            minutes_to_two,
            note="back from the end; 10 bpm for 10 s before 32 weeks",
        ),
    ),
    worst(NST_LEVELS),
    least_s=1200.0,
)


def _repetitive(*kinds: str) -> Item:
    def value(m: Measures) -> float | Unknown:
        falls = m.typed()
        if isinstance(falls, Unknown):
            return falls
        return 0.0 if not m.of_kind(*kinds) else _percent(m.share(*kinds))

    cells = {"normal": "0-50", "suspicious": ">50"}
    return Item(Scale("repetitive", "% of contractions", cells), value)


def _percent(share: float | Unknown) -> float | Unknown:
    return share if isinstance(share, Unknown) else 100 * share


def reduced(m: Measures) -> bool:
    swing = m.swing()
    return not isinstance(swing, Unknown) and swing < REDUCED_BPM


def late_minutes(m: Measures, when_reduced: bool) -> float | Unknown:
    """Minutes of repetitive late or prolonged decelerations, for one of the two limits."""
    falls = m.typed()
    if isinstance(falls, Unknown):
        return falls
    if reduced(m) != when_reduced:
        return 0.0
    return m.repetitive_minutes(m.of_kind("late", "prolonged"))


def low_inside_s(m: Measures) -> float:
    """The longest deceleration with reduced variability inside it."""
    return max((f.lasts_s for f in m.falls if f.swing_bpm < REDUCED_BPM), default=0.0)


FIGO = Table(
    "figo_2015",
    "2015",
    "FIGO 2015 (Ayres-de-Campos et al.), table of the classes, as a review prints it",
    3600.0,
    (
        Item(
            Scale(
                "baseline",
                "bpm",
                {"normal": "110-160", "suspicious": "100-109, >160", "pathological": "<100"},
            ),
            Measures.present_level,
        ),
        Item(
            Scale("variability", "bpm", {"normal": "5-25", "suspicious": "<5, >25"}),
            Measures.swing,
        ),
        Item(
            Scale("reduced", "min", {"normal": "<=50", "pathological": ">50"}),
            lambda m: m.minutes_of_swing(lambda bpm: bpm < REDUCED_BPM),
        ),
        Item(
            Scale("reduced_in_deceleration", "s", {"normal": "<=180", "pathological": ">180"}),
            low_inside_s,
        ),
        Item(
            Scale("increased", "min", {"normal": "<=30", "pathological": ">30"}),
            lambda m: m.minutes_of_swing(lambda bpm: bpm > MARKED_BPM),
        ),
        Item(
            Scale("sinusoidal", "min", {"normal": "<=30", "pathological": ">30"}),
            Measures.sinusoidal_minutes,
        ),
        _repetitive("late", "variable", "prolonged"),
        Item(
            Scale("late_or_prolonged", "min", {"normal": "<=30", "pathological": ">30"}),
            lambda m: late_minutes(m, when_reduced=False),
            note="prolonged: from 2 min here; FIGO: over 3 min",
        ),
        Item(
            Scale("late_or_prolonged_flat", "min", {"normal": "<=20", "pathological": ">20"}),
            lambda m: late_minutes(m, when_reduced=True),
            note="prolonged: from 2 min here; FIGO: over 3 min",
        ),
        Item(
            Scale("longest_deceleration", "s", {"normal": "<=300", "pathological": ">300"}),
            lambda m: max((fall.lasts_s for fall in m.falls), default=0.0),
        ),
    ),
    worst(FIGO_LEVELS),
    least_s=LEAST_S,
)


COLUMNS = (NST3, FIGO)
