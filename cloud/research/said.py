"""The words of a strip on paper in both languages. English is the msgid, as on the pages."""

from math import isfinite

from cloud import i18n
from models.verdict import Argument, Reason

WORDS = {
    "recording": "Recording %(name)s",
    "synthetic": "SYNTHETIC RECORDING: made by a program, not measured",
    "page": "page %(page)d of %(pages)d",
    "part": "%(start)s to %(end)s of %(whole)s",
    "starts": "began %(time)s UTC",
    "weeks": "%(weeks)s weeks of pregnancy",
    "no weeks": "gestation unknown",
    "paper": "%(speed)d cm/min, %(scale)d bpm/cm, true size at 100 %%",
    "verdict": "Verdict of the last %(minutes)d min: %(verdict)s",
    "more": "and %(count)d more",
    "baseline is": "baseline %(value)s bpm (last %(minutes)d min)",
    "variability is": "variability %(value)s bpm (last %(minutes)d min)",
    "stv is": "STV %(value)s ms",
    "loss is": "loss %(value)s %%",
    "hers is": "taken for the mother's pulse %(value)s %%",
    "rules": "Rules %(version)s",
    "normal": "normal",
    "suspicious": "suspicious",
    "pathological": "pathological",
    "unknown": "unknown",
    "decision": "Decision support: a doctor reads.",
    "how to read": "lag: onset after that of the contraction; %%: how sure the analysis is",
    "bar": "this bar is 5 cm",
    "fhr": "fetal heart rate",
    "fhr2": "second fetal rate",
    "mhr": "mother's pulse",
    "unused": "not used",
    "baseline": "baseline",
    "normal band": "normal band 110-160",
    "acceleration": "acceleration",
    "lag": "lag %(value)s s",
    "early": "early",
    "late": "late",
    "variable": "variable",
    "prolonged": "prolonged",
    "deceleration": "deceleration",
    "unclassified": "deceleration",
    "reason": "where a reason holds",
    "contraction": "contraction",
    "presses": "pressed by the mother: a movement; at the foot: a contraction",
    "no signal": "no signal",
    "no signal for": "no signal %(time)s",
    "probe off": "probe off",
    "probe off for": "probe off %(time)s",
    "not received": "not received",
    "not received for": "not received %(time)s",
    "maternal": "mother's pulse or noise",
    "doubled": "doubled",
    "halved": "halved",
    "sinusoidal": "sinusoidal",
    "suspect": "suspect sinusoidal",
    "pseudo": "pseudo-sinusoidal",
    "toco": "toco",
}


def say(language: str, word: str, **fields: Argument) -> str:
    """The text of a key of WORDS."""
    return i18n.translate(language, WORDS[word]) % fields


def reason_text(language: str, reason: Reason) -> str:
    """The sentence, and the seconds that it is about."""
    words = i18n.say(language, reason.to_json())
    return f"{words} [{clock(reason.start_s)}-{clock(reason.end_s)}]"


def figure(value: float, places: int = 0) -> str:
    return f"{value:.{places}f}" if isfinite(value) else "?"


def duration(lasts_s: float) -> str:
    """Minutes and seconds."""
    whole = int(lasts_s)
    return f"{whole // 60}:{whole % 60:02}"


def clock(at_s: float) -> str:
    """Hours, minutes and seconds since the recording began."""
    whole = int(at_s)
    return f"{whole // 3600}:{whole // 60 % 60:02}:{whole % 60:02}"
