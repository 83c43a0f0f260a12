"""The words of a report in both languages. English is the msgid, as on the pages."""

from collections.abc import Mapping
from datetime import datetime, tzinfo
from typing import Any

from cloud import i18n

WORDS = {
    "title": "Report of recording %(number)d",
    "number": "No. %(number)d",
    "nobody": "not bound to a mother",
    "weeks": "%(weeks)s weeks of pregnancy",
    "no weeks": "gestation unknown",
    "risk": "Pregnancy risk: %(colour)s",
    "recording": "Recording %(number)d",
    "device": "device %(device)s",
    "began": "began %(time)s",
    "open": "still running: what follows is not on this paper",
    "synthetic": "SYNTHETIC RECORDING: made by a program, not measured",
    "replayed": "REPLAYED RECORDING: not measured now",
    "not read": "Not read yet by a doctor.",
    "hidden": "Blind: what the computer and others found is not printed.",
    "read": "Read and signed by %(person)s, %(organisation)s, %(time)s",
    "reading": "Reading",
    "class": "Signed class",
    "confirmed": "The measured values are right",
    "findings": "Findings",
    "advice": "Advice to the clinic",
    "to mother": "The mother is told",
    "her words": "What the doctor says",
    "rules": "Assessment by the rules",
    "made by": "Made by the computer. It advises; a doctor reads the strip.",
    "no analysis": "There is no analysis of this recording.",
    "looked": "of the last %(minutes)d min",
    "measured": "Measured",
    "baseline": "Baseline of the last %(minutes)d min",
    "variability": "Variability of the last %(minutes)d min",
    "oscillations": "Oscillations of the last %(minutes)d min",
    "stv": "Short-term variation",
    "ltv": "Long-term variation",
    "contractions": "Contractions in 10 min",
    "loss": "Without a usable fetal rate",
    "events": "Events",
    "accelerations": "Accelerations",
    "decelerations": "Decelerations",
    "squeezes": "Contractions",
    "pressed": "Pressed by the mother",
    "movements": "Movements",
    "annotated": "Marked by readers",
    "no toco": "No toco in the last %(minutes)d min: contractions are not known.",
    "completeness": "Completeness",
    "complete": "%(stored)d of %(made)d frames stored, %(missing)d missing, %(resent)d resent, "
    "%(damaged)d damaged on the way",
    "so far": "%(stored)d frames stored so far, %(missing)d missing, %(resent)d resent, "
    "%(damaged)d damaged on the way",
    "gap": "%(length)s without a heart rate: %(cause)s",
    "more": "and %(count)d more",
    "offset": "Clock offset of the gateway: %(ms)d ms",
    "no offset": "Clock offset of the gateway: not known",
    "scores": "Scores",
    "points": "%(points)d of %(max)d, %(band)s",
    "not computable": "not computable: %(why)s",
    "item": "%(value)s, cell %(cell)s",
    "scale": "%(speed)d cm/min, %(scale)d bpm/cm, axis %(low)d-%(high)d, true size at 100 %%",
    "verify": "Is this paper still right? The code leads to the answer, without a name.",
    "no address": "No code: the service does not know its public address (LUCINA_PUBLIC_URL).",
    "fingerprint": "Fingerprint %(digest)s",
    "printed": "Printed %(time)s",
}
CLASSES = {
    "normal": "normal",
    "suspicious": "suspicious",
    "pathological": "pathological",
    "unreadable": "cannot be read",
}
UNITS = {"baseline": "bpm", "variability": "bpm", "oscillations": "/min", "stv": "ms", "ltv": "ms"}


def say(language: str, word: str, **fields: Any) -> str:
    """The text of a key of WORDS; fields that are texts themselves are translated too."""
    return i18n.say(language, {"text": WORDS[word], "args": fields})


def plain(language: str, word: str, **fields: Any) -> str:
    """The same with fields as they are: names and numbers are no texts of ours."""
    return i18n.translate(language, WORDS[word]) % fields


def time_of(at_ms: int | None, zone: tzinfo) -> str:
    if at_ms is None:
        return "–"
    at = datetime.fromtimestamp(at_ms // 1000, zone)
    return at.isoformat(sep=" ", timespec="seconds")


def name_of(one: Mapping[str, Any], language: str) -> str:
    """The organisation of a view that has its names as organisation and organisation_zh."""
    name = one["organisation_zh"] if language == "zh" else one["organisation"]
    return str(name or one["organisation"] or "–")


def figure(value: float | None, places: int, unit: str = "") -> str:
    return "–" if value is None else f"{value:.{places}f} {unit}".rstrip()
