"""The mother's own measurements as tables: early warning and glucose.

ALGORITHMS 7.1 and 7.3. Most values are from memory and not from the source: CHECK stands beside
each answer. A sign that was not measured is not normal: it is listed as missing.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from models.scores.scale import Scale, Value
from models.scores.table import CHECK as CHECK

MEOWS_SOURCE = "MEOWS (CEMACH 2007), values from memory"
MEOWS = (
    Scale(
        "temperature",
        "°C",
        {"red": "<35, >38", "yellow": "35-36", "normal": "36.1-38"},
        step=0.1,
    ),
    Scale(
        "systolic",
        "mmHg",
        {"red": "<90, >160", "yellow": "90-100, 150-160", "normal": "101-149"},
    ),
    Scale("diastolic", "mmHg", {"red": ">100", "yellow": "90-100", "normal": "<90"}),
    Scale("pulse", "/min", {"red": "<40, >120", "yellow": "40-50, 100-120", "normal": "51-99"}),
    Scale("breaths", "/min", {"red": "<10, >30", "yellow": "21-30", "normal": "10-20"}),
    Scale("spo2", "%", {"red": "<95", "normal": ">=95"}),
    Scale("consciousness", "", {"red": "pain, unresponsive", "yellow": "voice", "normal": "alert"}),
    Scale("pain", "score", {"yellow": ">=2", "normal": "0-1"}),
)


@dataclass(frozen=True)
class Sign:
    name: str
    value: Value
    cell: str | None
    result: str  # red, yellow, normal, or "no cell" for a value that is none


@dataclass(frozen=True)
class EarlyWarning:
    """One red or two yellow signs trigger. None: not triggered, but not all was measured."""

    triggered: bool | None
    signs: tuple[Sign, ...]
    missing: tuple[str, ...]
    source: str = MEOWS_SOURCE
    check: str = CHECK


def meows(measured: Mapping[str, Value]) -> EarlyWarning:
    """Of signs measured at one time, by the names of MEOWS."""
    unknown = set(measured) - {scale.id for scale in MEOWS}
    if unknown:
        raise ValueError(f"no sign is called {', '.join(sorted(unknown))}")
    signs = tuple(_sign(scale, measured[scale.id]) for scale in MEOWS if scale.id in measured)
    results = [sign.result for sign in signs]
    absent = tuple(scale.id for scale in MEOWS if scale.id not in measured)
    absent += tuple(sign.name for sign in signs if sign.result == "no cell")
    triggered = "red" in results or results.count("yellow") >= 2
    return EarlyWarning(True if triggered else None if absent else False, signs, absent)


def _sign(scale: Scale, value: Value) -> Sign:
    cell = scale.cell(value)
    return Sign(
        scale.id, value, cell.text if cell else None, str(cell.result if cell else "no cell")
    )


# -- glucose, mmol/L

OGTT = (  # 75 g; any one value is enough
    Scale(
        "fasting",
        "mmol/L",
        {"normal": "<5.1", "gestational diabetes": "5.1-6.9", "diabetes": ">=7.0"},
        step=0.1,
    ),
    Scale("1 h", "mmol/L", {"normal": "<10.0", "gestational diabetes": ">=10.0"}, step=0.1),
    Scale(
        "2 h",
        "mmol/L",
        {"normal": "<8.5", "gestational diabetes": "8.5-11.0", "diabetes": ">=11.1"},
        step=0.1,
    ),
)
TARGETS = tuple(  # of treatment
    Scale(
        when,
        "mmol/L",
        {
            "very low": "<3.3",
            "low": "3.3-3.8",
            "in target": f"3.9-{highest}",
            "high": f">{highest}",
        },
        step=0.1,
    )
    for when, highest in (("fasting", 5.2), ("1 h", 7.7), ("2 h", 6.6))
)
HBA1C = Scale("hba1c", "%", {"normal": "<6.5", "diabetes": ">=6.5"}, step=0.1)
OGTT_ORDER = ("normal", "gestational diabetes", "diabetes")


def tolerance(measured: Mapping[str, float]) -> str | None:
    """Of a 75 g test: the worst of its values; None when all are normal but one is missing."""
    cells = [scale.cell(measured[scale.id]) for scale in OGTT if scale.id in measured]
    worst = max((OGTT_ORDER.index(str(cell.result)) for cell in cells if cell), default=0)
    return OGTT_ORDER[worst] if worst or len(cells) == len(OGTT) else None
