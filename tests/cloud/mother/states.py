"""Every state of a mother's page by static/happening.js, and what must never stand beside what."""

import re
from itertools import product
from typing import Any

from models.alerts import Phase
from models.rules import RULES

SIGNALS = ("searching", "unclear", "found")
RECORDINGS: list[dict[str, Any] | None] = [
    None,
    *(
        {"stale": stale, "done": done, "signal": signal}
        for stale, done, signal in product((False, True), (False, True), SIGNALS)
    ),
]
FACTS = {
    "lost": (False, True),
    "alert": ("", "patient", "technical"),
    "person": (None, "Dr Zhou"),
    "going": ("", "on_my_way", "ambulance"),
    "expected": ("", "coming", "here"),
    "waiting": ("", "waiting", "late"),
    "calm": (False, True),
    "minutes": (20,),
    "recording": RECORDINGS,
}
ANSWERS = {"patient": (None, "on_my_way", "ambulance", "call_me"), "technical": (None, "done")}
STEPS = ((), ("to call",), ("to call", "called"))
ASKED_MS = 1_790_000_000_000
NOWS_MS = (ASKED_MS + 60_000, ASKED_MS + 200_000)  # before and after she calls herself
OPEN = [phase.value for phase in Phase if phase not in (Phase.HANDLED, Phase.CLOSED)]

SAID = """async (given) => {
    const [facts, alerts] = JSON.parse(given);
    const { happening, sentences } = await import("/static/happening.js");
    const orders = alerts.map(([alert, expected, nowMs]) => sentences(alert, expected, nowMs));
    return JSON.stringify([facts.map(happening), orders]);
}"""

# Two that contradict each other, as patterns of what may stand on one page.
CONTRADICTIONS = [
    (
        "Nothing needs your attention",
        "expects you|ALERT|Looking|not clear|Waiting|arrives|has come|lost",
    ),
    (
        "Nothing needs your attention",
        "Your recording is running|are recorded|on your way|an ambulance",
    ),
    ("The heartbeat is found", "not clear|Looking|Nothing arrives|No recording|Waiting|ALERT"),
    ("are recorded|You may", "not clear|Looking|[Mm]ove the probe|switched on|Minutes left|ALERT"),
    ("Nobody is watching", "can see|looking after|expects you|ALERT|on your way"),
    ("No person is watching", "ALERT|expects you|looking after|can see|Nobody can see"),
    ("No recording is running", "Minutes left|heartbeat|can see your recording|Waiting"),
    ("Begin a recording", "expects you|ALERT|Minutes left|Waiting|on your way"),
    ("Lie on your left|[Mm]ove the probe|Hold the probe", "Go to the hospital|expects you|You may"),
    ("Looking|not clear|Waiting", "expects you"),
]
OF_AN_ALERT = [
    ("Keep your phone free", "[Cc]all the hospital|nobody answers|Go to the hospital"),
    ("Go to the hospital", "Lie|[Cc]all the hospital|Keep|nobody answers"),
    ("call 120 yourself", "[Cc]all the hospital|[Nn]obody has called"),
    ("Nobody has called", "Keep your phone free|If nobody"),
    ("asked to look", ""),  # who knows stands below, with its time
]


def every_fact() -> list[dict[str, Any]]:
    return [dict(zip(FACTS, values, strict=True)) for values in product(*FACTS.values())]


def every_alert() -> list[tuple[dict[str, Any], str, int]]:
    """Each rule in each phase, with each answer of hers, called or not, in time or
    not, expected or not."""
    found = []
    for rule in RULES:
        kinds = product(OPEN, ANSWERS[rule.kind], STEPS, FACTS["expected"], NOWS_MS)
        for phase, answer, events, expected, now_ms in kinds:
            asked = ("nobody left", *events) if phase == "centre" else events
            steps = [{"event": event, "at_ms": ASKED_MS} for event in asked]
            alert = {"mother_text": rule.mother_text, "kind": rule.kind, "phase": phase}
            found.append((alert | {"mother_answer": answer, "steps": steps}, expected, now_ms))
    return found


def on_the_page(fact: dict[str, Any], said: dict[str, Any]) -> str:
    """All that stands there in this state, of the written parts too."""
    shown = {
        "Nothing needs your attention now.": said["calm"],
        "Begin a recording": said["begin"],
        "Minutes left": said["left"],
        "East Lake expects you.": fact["expected"] == "coming",
        "East Lake is looking after you.": fact["expected"] == "here",
        "ALERT": fact["alert"],
    }
    return "\n".join(
        [said["now"], said["todo"], said["watching"], *(k for k, v in shown.items() if v)]
    )


def contradictions(words: str, pairs: list[tuple[str, str]]) -> list[tuple[str, str]]:
    return [pair for pair in pairs if all(re.search(one, words) for one in pair)]
