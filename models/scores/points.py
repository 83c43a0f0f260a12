"""Tables that add points: Fischer, Krebs, and the 10-point NST and CST of monitors.

ALGORITHMS 5.3 to 5.6. The sources are copies, screens and manuals of monitors, not the papers.
Where a source prints a limit in two cells, the better one has it. Kinds of event that a source
does not mention have no cell: the score is then not computable.
"""

from collections.abc import Callable

from models.scores.measures import Measures
from models.scores.scale import Scale, Unknown, Value
from models.scores.table import Item, Table, summed

THIRDS = {"normal": (8, 10), "suspicious": (5, 7), "pathological": (0, 4)}
FIRMWARE = "print routines of a monitor's firmware"
SCREEN = "screen tables of a Chinese monitoring system"


def _frequency(cells: dict[int, str]) -> Item:
    return Item(Scale("frequency", "cycles/min", cells), Measures.frequency)


def _baseline(cells: dict[int, str]) -> Item:
    return Item(Scale("baseline", "bpm", cells), Measures.level)


def _amplitude(cells: dict[int, str]) -> Item:
    return Item(Scale("amplitude", "bpm", cells), Measures.swing)


def _count(cells: dict[int, str]) -> Item:
    scale = Scale("accelerations", "in 30 min", cells)
    return Item(scale, lambda m: float(len(m.accelerations)))


def _movements(unit: str, cells: dict[int, str]) -> Item:
    return Item(Scale("movements", unit, cells), Measures.movements)


ABOVE_120: dict[int, str] = {0: "<100, >180", 1: "100-119, 161-180", 2: "120-160"}
ABOVE_110: dict[int, str] = {0: "<100, >180", 1: "100-109, 161-180", 2: "110-160"}
TO_30: dict[int, str] = {0: "<5", 1: "5-9, >30", 2: "10-30"}
TO_25: dict[int, str] = {0: "<5", 1: "5-9, >25", 2: "10-25"}
FROM_2: dict[int, str] = {0: "<2", 1: "2-6", 2: ">6"}
RISES: dict[int, str] = {0: "0", 1: "1-4", 2: ">4"}
RHYTHM: dict[int, str] = {0: "none", 1: "periodic", 2: "sporadic"}
DIP_0_S = 30.0  # a dip 0 is shorter: a spike


def dips(m: Measures) -> str | Unknown:
    """Fischer 1976: the worst dip. Variable and long or under 70 bpm is unfavourable."""
    falls = m.typed()
    if isinstance(falls, Unknown):
        return falls
    kinds = {fall.kind for fall in falls}
    for kind in ("prolonged", "unclassified", "late"):
        if kind in kinds:
            return kind
    variable = m.of_kind("variable")
    if any(fall.concerning for fall in variable):
        return "unfavourable variable"
    if "early" in kinds or any(fall.lasts_s >= DIP_0_S for fall in variable):
        return "favourable variable"
    return "dip 0" if variable else "none"


def counted(m: Measures) -> str | Unknown:
    """CN-A: kind, or how many."""
    word = worst_kind(m)
    if isinstance(word, Unknown) or word in ("late", "prolonged"):
        return word
    if len(m.falls) >= 8:
        return "8 or more"
    return "4 to 7" if word != "variable" and len(m.falls) >= 4 else word


def worst_kind(m: Measures) -> str | Unknown:
    """prolonged, late, variable, other or none."""
    falls = m.typed()
    if isinstance(falls, Unknown):
        return falls
    kinds = {fall.kind for fall in falls}
    named = [kind for kind in ("prolonged", "late", "variable") if kind in kinds]
    return named[0] if named else "other" if kinds else "none"


def modified(m: Measures) -> str | Unknown:
    """The modified score: late, prolonged, severe, more than two mild or early ones."""
    falls = m.typed()
    if isinstance(falls, Unknown):
        return falls
    kinds = {fall.kind for fall in falls}
    for kind in ("late", "prolonged", "unclassified"):
        if kind in kinds:
            return kind
    if any(fall.severe for fall in falls):
        return "severe variable"
    for kind in ("variable", "early"):
        if len(m.of_kind(kind)) > 2:
            return f"more than 2 {kind}"
    return "1 or 2 of a kind" if falls else "none"


def not_early(m: Measures) -> float | Unknown:
    falls = m.typed()
    if isinstance(falls, Unknown):
        return falls
    return float(sum(fall.kind != "early" for fall in falls))


def _kinds(
    value: Callable[[Measures], Value | Unknown], cells: dict[int, str], note: str = ""
) -> Item:
    return Item(Scale("decelerations", "", cells), value, note=note)


def _fischer(variant: str, source: str, *items: Item) -> Table:
    id_ = f"fischer_{variant.lower()}"
    return Table(id_, variant, source, 1800.0, items, summed(THIRDS), most=10, bands=THIRDS)


FISCHER = (
    _fischer(
        "F76",
        "Fischer 1976, from a copy of the German Wikipedia",
        _baseline(ABOVE_110),
        _amplitude(TO_30),
        Item(Scale("zero_crossings", "/min", FROM_2), Measures.frequency, note="cycles a minute"),
        Item(Scale("accelerations", "", RHYTHM), Measures.periodic),
        _kinds(
            dips,
            {0: "late, unfavourable variable", 1: "favourable variable", 2: "none, dip 0"},
        ),
    ),
    _fischer(
        "CN_A",
        FIRMWARE,
        _baseline(ABOVE_120),
        _amplitude(TO_30),
        _frequency(FROM_2),
        _count(RISES),
        _kinds(counted, {0: "late, 8 or more", 1: "variable, 4 to 7", 2: "none, other"}),
    ),
    _fischer(
        "CN_B",
        SCREEN,
        _baseline(ABOVE_110),
        _amplitude(TO_30),
        _frequency(FROM_2),
        _count(RISES),
        _kinds(worst_kind, {0: "late", 1: "variable", 2: "none, other"}),
    ),
    _fischer(
        "modified",
        "a Chinese hospital's monitoring system",
        _baseline(ABOVE_110),
        _amplitude({0: "<3", 1: "3-5, >25", 2: "6-25"}),
        _frequency({0: "<2", 1: "2-5", 2: ">5"}),
        _count({0: "0", 1: "1-2", 2: ">2"}),
        _kinds(
            modified,
            {
                0: "late, prolonged, severe variable",
                1: "more than 2 variable, more than 2 early",
                2: "none, 1 or 2 of a kind",
            },
            "one or two of a kind are not in the source: taken as none",
        ),
    ),
)
KREBS_BANDS = {"normal": (9, 12), "suspicious": (6, 8), "pathological": (0, 5)}
KREBS = Table(
    "krebs",
    "monitor",
    f"{FIRMWARE}; bands from a Russian cardiology wiki",
    1800.0,
    (
        _baseline(ABOVE_120),
        _amplitude(TO_25),
        _frequency({0: "<3", 1: "3-6", 2: ">6"}),
        _count(RISES),
        Item(
            Scale("decelerations", "in 30 min", {0: ">=2", 1: "1", 2: "0"}),
            not_early,
            note="early ones are not counted",
        ),
        _movements("in 30 min", RISES),
    ),
    summed(KREBS_BANDS),
    most=12,
    bands=KREBS_BANDS,
)
NST_BANDS = {"reactive": (8, 10), "suspicious": (6, 7), "non-reactive": (0, 5)}


def rise_time(m: Measures) -> float | Unknown:
    rise = m.rise_with_movement()
    if isinstance(rise, Unknown):
        return rise
    return rise.end_s - rise.start_s if rise else 0.0


def rise_height(m: Measures) -> float | Unknown:
    rise = m.rise_with_movement()
    if isinstance(rise, Unknown):
        return rise
    return rise.amplitude_bpm if rise else 0.0


def _nst10(variant: str, source: str, baseline: dict[int, str]) -> Table:
    from_10: dict[int, str] = {0: "<10", 1: "10-14", 2: ">=15"}
    items = (
        _baseline(baseline),
        _amplitude(TO_30),
        Item(Scale("fm_rise_time", "s", from_10), rise_time),
        Item(Scale("fm_rise_amp", "bpm", from_10), rise_height),
        _movements("in 20 min", {0: "0", 1: "1-2", 2: ">=3"}),
    )
    id_ = f"nst10_{variant.lower()}"
    return Table(id_, variant, source, 1200.0, items, summed(NST_BANDS), most=10, bands=NST_BANDS)


NST10 = (
    _nst10("standard", FIRMWARE, {0: "<100", 1: "100-119, >160", 2: "120-160"}),
    _nst10("L", SCREEN, {0: "<100", 1: "100-109, >160", 2: "110-160"}),
)
CST10 = Table(
    "cst10",
    "monitor",
    FIRMWARE,
    1200.0,
    (
        _baseline(ABOVE_120),
        _amplitude(TO_25),
        _frequency(FROM_2),
        Item(Scale("accelerations", "", RHYTHM), Measures.periodic),
        _kinds(worst_kind, {0: "late, other", 1: "variable", 2: "none"}),
    ),
    summed({}),
    most=10,
)
POINTS = (*NST10, *FISCHER, KREBS, CST10)
