"""NICE NG229 (2022), intrapartum: four features in white, amber or red. ALGORITHMS 5.9.

Of the concerning characteristics of variable decelerations two are measured: over 60 s, and long
under 70 bpm. The baseline at the last hourly review is not known to a strip: not evaluated.
"""

from models.scores.columns import LEAST_S, MARKED_BPM, REDUCED_BPM, late, longest_s
from models.scores.fall import LONG_S
from models.scores.measures import Measures
from models.scores.scale import Scale, Unknown
from models.scores.table import Hits, Item, Outcome, Table, missing

COLOURS = ("white", "amber", "red")


def nice(hits: Hits) -> Outcome:
    """Red, or amber in two features: pathological; amber in one: suspicious."""
    groups: dict[str, int] = {}
    for hit in hits:
        if hit.result is not None:
            colour = COLOURS.index(str(hit.result))
            groups[hit.item.group] = max(groups.get(hit.item.group, 0), colour)
    colours = list(groups.values())
    if 2 in colours or colours.count(1) >= 2:
        return None, "pathological"
    return missing(hits) or (None, "suspicious" if 1 in colours else "normal")


def concerning_minutes(m: Measures) -> float | Unknown:
    return m.repetitive_minutes(tuple(fall for fall in m.falls if fall.concerning))


def concerning_span_min(m: Measures) -> float:
    """From the first to the last variable deceleration with concerning characteristics."""
    found = [fall for fall in m.falls if fall.concerning]
    return (found[-1].end_s - found[0].start_s) / 60 if found else 0.0


NICE = Table(
    "nice_ng229",
    "2022",
    "NICE NG229 (2022), table of white, amber and red features; amendment on late decelerations",
    3600.0,
    (
        Item(
            Scale("contractions", "in 10 min", {"white": "<5", "amber": ">=5"}),
            Measures.contractions_per_10_min,
            "contractions",
        ),
        Item(
            Scale("baseline", "bpm", {"white": "110-160", "amber": "100-109", "red": "<100, >160"}),
            Measures.present_level,
            "baseline",
            "a rise of 20 bpm since the last review is not evaluated",
        ),
        Item(
            Scale("reduced", "min", {"white": "<30", "amber": "30-50", "red": ">50"}),
            lambda m: m.minutes_of_swing(lambda bpm: bpm < REDUCED_BPM),
            "variability",
        ),
        Item(
            Scale("increased", "min", {"white": "0", "amber": "1-10", "red": ">10"}),
            lambda m: m.minutes_of_swing(lambda bpm: bpm > MARKED_BPM),
            "variability",
        ),
        Item(
            Scale("sinusoidal", "min", {"white": "<10", "red": ">=10"}),
            Measures.sinusoidal_minutes,
            "variability",
        ),
        Item(
            Scale("repetitive_concerning", "min", {"white": "0", "amber": "1-30", "red": ">30"}),
            concerning_minutes,
            "decelerations",
            f"variable, over {LONG_S:.0f} s or long under 70 bpm; shape is not evaluated",
        ),
        Item(
            Scale("concerning", "min", {"white": "<=30", "amber": ">30"}),
            concerning_span_min,
            "decelerations",
        ),
        Item(
            Scale("late", "decelerations", {"white": "0", "red": ">=1"}),
            late,
            "decelerations",
        ),
        Item(
            Scale("prolonged", "s", {"white": "<180", "red": ">=180"}),
            lambda m: longest_s(m, "prolonged"),
            "decelerations",
            "NICE: 3 min or more",
        ),
    ),
    nice,
    least_s=LEAST_S,
)
