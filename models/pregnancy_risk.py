"""The colour of a pregnancy's risk, as a table of criteria with the source of each.

The highest colour whose criterion is met wins; purple, an infection, stands beside it. Colours are
the risk of the pregnancy, never of a strip. The rule of 2017 (国卫妇幼发〔2017〕35号) was read as
hospitals print it, not itself: READ marks these rows, and CHECK stands beside each answer.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from math import floor

from models.scores.scale import limits
from models.scores.table import CHECK as CHECK

RISK_VERSION = "1"  # of the rows below; kept with each assessment
COLOURS = ("green", "yellow", "orange", "red")
READ = "five-colour rule of 2017, as hospitals print it (dcxfybjy.cn, chrk.com.cn, cmen.cc)"
READ_BMI = "five-colour rule of 2017, as a second summary has it: ALGORITHMS 7.4"
STEPS = {"age": 1.0, "bmi": 0.1}  # to which a measure is rounded
DUE_AFTER_DAYS = ((28, 28), (36, 14), (99, 7))  # below so many weeks: assess again after
DUE_SOURCE = "design: the rule asks for assessments again and again and names no interval"


@dataclass(frozen=True)
class Criterion:
    id: str
    colour: str  # of COLOURS, or purple
    text: str  # gettext message id
    source: str = READ
    measure: str = ""  # key of STEPS: found from her age or BMI, not chosen
    span: str = ""  # of that measure


CRITERIA = (
    Criterion("age_35", "yellow", "Age 35 to 39", measure="age", span="35-39"),
    Criterion("age_18", "yellow", "Age 18 or less", measure="age", span="<=18"),
    Criterion("bmi_low", "yellow", "BMI below 18.5", READ_BMI, "bmi", "<18.5"),
    Criterion("bmi_high", "yellow", "BMI above 25", READ_BMI, "bmi", "25.1-27.9"),
    Criterion("scar", "yellow", "Scarred uterus"),
    Criterion("gestational_diabetes", "yellow", "Gestational diabetes"),
    Criterion("hypertension", "yellow", "High blood pressure"),
    Criterion("twins", "yellow", "Twins or more"),
    Criterion("assisted", "yellow", "Assisted reproduction"),
    Criterion("mild_anaemia", "yellow", "Mild anaemia"),
    Criterion("platelets", "yellow", "Low platelets"),
    Criterion("rupture", "yellow", "Premature rupture of membranes", READ_BMI),
    Criterion("oligohydramnios", "yellow", "Too little amniotic fluid"),
    Criterion("polyhydramnios", "yellow", "Too much amniotic fluid"),
    Criterion("age_40", "orange", "Age 40 or more", measure="age", span=">=40"),
    Criterion("bmi_28", "orange", "BMI 28 or more", measure="bmi", span=">=28"),
    Criterion("pre_eclampsia", "orange", "Pre-eclampsia"),
    Criterion("diabetes", "orange", "Diabetes before the pregnancy", READ_BMI),
    Criterion("heart", "orange", "Heart disease"),
    Criterion("praevia", "orange", "Placenta praevia"),
    Criterion("severe_anaemia", "orange", "Severe anaemia"),
    Criterion("threat", "red", "A condition that may endanger her life"),
    Criterion("hepatitis", "purple", "Hepatitis", READ_BMI),
    Criterion("syphilis", "purple", "Syphilis", READ_BMI),
    Criterion("hiv", "purple", "HIV infection", READ_BMI),
    Criterion("tuberculosis", "purple", "Tuberculosis", READ_BMI),
)
BY_ID = {one.id: one for one in CRITERIA}
CHOSEN = tuple(one for one in CRITERIA if not one.measure)  # what a person ticks


@dataclass(frozen=True)
class Risk:
    colour: str
    purple: bool
    met: tuple[Criterion, ...]
    missing: tuple[str, ...]  # measures that nobody has given: the colour may be too low
    version: str = RISK_VERSION
    check: str = CHECK


def pregnancy_risk(age: int | None, bmi: float | None, chosen: Collection[str] = ()) -> Risk:
    """From age in whole years, BMI before pregnancy in kg/m², and ids of CHOSEN."""
    unknown = set(chosen) - {one.id for one in CHOSEN}
    if unknown:
        raise ValueError(f"no criterion is called {', '.join(sorted(unknown))}")
    given = {"age": age, "bmi": bmi}
    met = tuple(one for one in CRITERIA if one.id in chosen or _holds(one, given))
    ranks = [COLOURS.index(one.colour) for one in met if one.colour != "purple"]
    return Risk(
        colour=COLOURS[max(ranks, default=0)],
        purple=any(one.colour == "purple" for one in met),
        met=met,
        missing=tuple(name for name, value in given.items() if value is None),
    )


def _holds(one: Criterion, given: Mapping[str, float | None]) -> bool:
    value = given.get(one.measure)
    if value is None:
        return False
    step = STEPS[one.measure]
    low, high = limits(one.span, step)
    return low <= floor(value / step + 0.5) <= high


def bmi_of(height_cm: float | None, weight_kg: float | None) -> float | None:
    if not height_cm or not weight_kg:
        return None
    return weight_kg / (height_cm / 100) ** 2


def due_again_days(weeks: int | None) -> int:
    """Days after which it is assessed again, at so many weeks; unknown gestation: the shortest."""
    if weeks is None:
        return DUE_AFTER_DAYS[-1][1]
    return next(days for below, days in DUE_AFTER_DAYS if weeks < below)
