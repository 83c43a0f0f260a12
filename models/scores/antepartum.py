"""Antepartum: limits of short-term variation by gestation, and a published list of criteria.

ALGORITHMS 4.1 and 5.10. What needs centiles for gestation, which are not public, is not
evaluated: the list can say "not met", never "met".
"""

from models.scores.measures import NO_MOVEMENTS, Measures
from models.scores.rules import results
from models.scores.scale import Scale, Unknown
from models.scores.table import Hits, Item, Outcome, Table, missing

HOUR_S, LEAST_S = 3600.0, 600.0
SHORT_S = 1800.0  # a longer strip may have a larger deceleration
END_S = 60.0  # the end of a strip [design]
NO_CENTILE = "not evaluated: centiles for gestation are not public"
OTHER_ROW = "for another gestation"
OTHER_LENGTH = {True: "for a strip over 30 min", False: "for a strip up to 30 min"}
STV_ROWS = (  # from week, to week, limit in ms, source
    (26, 29, 2.6, "TRUFFLE"),
    (29, 32, 3.0, "TRUFFLE"),
    (32, 34, 3.5, "ISUOG 2020"),
    (34, 99, 4.5, "ISUOG 2020"),
)


def _stv_row(low: int, high: int, limit: float, source: str) -> Item:
    """It has a value when the gestation is its own."""

    def value(m: Measures) -> float | Unknown:
        if m.gestation_weeks is None:
            return Unknown("gestation is not known")
        return m.short_term_ms() if low <= m.gestation_weeks < high else Unknown(OTHER_ROW)

    scale = Scale(
        f"from_week_{low}", "ms", {"below": f"<{limit}", "not below": f">={limit}"}, step=0.01
    )
    return Item(scale, value, note=source)


def stv(hits: Hits) -> Outcome:
    bands = [str(hit.result) for hit in hits if hit.result is not None]
    lacks = [hit.lack for hit in hits if hit.lack and hit.why != OTHER_ROW]
    if bands:
        return None, bands[0]
    return lacks[0] if lacks else Unknown("no limit before 26 weeks")


STV = Table(
    "stv_limit",
    "action limits",
    "ISUOG 2020 and TRUFFLE, action limits of short-term variation in early growth restriction",
    HOUR_S,  # never to be read before an hour
    tuple(_stv_row(*row) for row in STV_ROWS),
    stv,
)


def _criterion(name: str, unit: str, met: str, not_met: str, step: float = 1.0) -> Scale:
    return Scale(name, unit, {"met": met, "not met": not_met}, step)


def lost_beats(m: Measures, long: bool) -> float | Unknown:
    """Of the largest deceleration, for the limit of a short or of a long strip."""
    if (m.lasts_s > SHORT_S) != long:
        return Unknown(OTHER_LENGTH[long])
    return max((fall.lost_beats for fall in m.falls), default=0.0)


def alive(m: Measures) -> str | Unknown:
    """A movement or three accelerations."""
    if len(m.accelerations) >= 3 or m.movements_s:
        return "yes"
    return Unknown(NO_MOVEMENTS) if m.movements_s is None else "no"


def at_the_end(m: Measures) -> str:
    falling = any(fall.end_s > m.end_s - END_S for fall in m.falls)
    return "deceleration" if falling else "none"


def acceleration(m: Measures) -> str | Unknown:
    return "yes" if m.accelerations else Unknown(NO_CENTILE)


def high_episode(m: Measures) -> str:
    return "yes" if any(episode.kind == "high" for episode in m.episodes) else "no"


def criteria(hits: Hits) -> Outcome:
    """Not met, or what would be needed to say more."""
    found = results(hits)
    if "not met" in found.values():
        return None, "not met" if found["observed"] == "an hour" else "not met yet"
    other = OTHER_LENGTH.values()
    return missing(tuple(hit for hit in hits if hit.why not in other))


CRITERIA = Table(
    "antepartum_criteria",
    "eight criteria",
    "list of antepartum criteria printed in a monitor's manual, condensed",
    HOUR_S,
    (
        Item(
            _criterion("high_episode", "", "yes", "no"),
            high_episode,
            note="32 ms in 5 of 6 minutes, whatever the gestation",
        ),
        Item(_criterion("high_episode_centile", "", "yes", "no"), lambda _: Unknown(NO_CENTILE)),
        Item(
            _criterion("lost_beats", "beats", "<=20", ">20"),
            lambda m: lost_beats(m, long=False),
            note="largest deceleration, up to 30 min",
        ),
        Item(
            _criterion("lost_beats_long", "beats", "<=100", ">100"),
            lambda m: lost_beats(m, long=True),
            note="largest deceleration, over 30 min",
        ),
        Item(_criterion("basal_rate", "bpm", "116-160", "<116, >160"), Measures.level),
        Item(_criterion("movement_or_three_accelerations", "", "yes", "no"), alive),
        Item(
            _criterion("sinusoidal", "min", "<10", ">=10"),
            Measures.sinusoidal_minutes,
        ),
        Item(_criterion("stv", "ms", ">=3.0", "<3.0", step=0.01), Measures.short_term_ms),
        Item(
            _criterion("acceleration_or_movements", "", "yes", "no"),
            acceleration,
            note="15 bpm for 15 s; 10 bpm for 10 s before 32 weeks",
        ),
        Item(
            Scale("observed", "min", {"less": "<60", "an hour": ">=60"}),
            lambda m: m.lasts_s / 60,
            note="the criteria may still be met until an hour is over",
        ),
        Item(_criterion("end_of_strip", "", "none", "deceleration"), at_the_end),
    ),
    criteria,
    least_s=LEAST_S,
)
ANTEPARTUM = (STV, CRITERIA)
