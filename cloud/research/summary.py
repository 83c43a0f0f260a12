"""An analysis in words, for the terminal: a line, or a block with its scores."""

from cloud import i18n
from cloud.findings import minutes_of
from cloud.research.said import clock, figure, reason_text
from models.analysis import Analysis
from models.scores.table import CHECK, Lack, Score
from models.scores.words import LABELS
from models.verdict import Argument

WORDS = {
    "minutes": "%(minutes)s min recorded",
    "baseline": "baseline %(value)s bpm (last %(minutes)d min)",
    "variability": "variability %(value)s bpm (last %(minutes)d min)",
    "stv": "STV %(value)s ms",
    "oscillations": "oscillations %(value)s a minute",
    "loss": "loss %(value)s %%",
    "events": "accelerations %(rises)d, decelerations %(falls)s, contractions %(squeezes)d",
    "wave": "%(kind)s %(start)s-%(end)s",
    "suspect": "sinusoidal pattern suspected",
    "sinusoidal": "sinusoidal pattern",
    "pseudo": "pseudo-sinusoidal pattern",
    "early": "early",
    "late": "late",
    "variable": "variable",
    "prolonged": "prolonged",
    "unclassified": "kind unknown",
    "scores": "scores of the end of the strip (%(check)s):",
    "not computable": "not computable: %(why)s",
    "doctor": "Decision support: a doctor reads.",
}


def line(name: str, analysis: Analysis, language: str = "en") -> str:
    """Verdict, what was measured, and the first reason."""
    known = analysis.assessment
    why = f": {reason_text(language, known.reasons[0])}" if known.reasons else ""
    verdict = i18n.translate(language, known.verdict.value)
    return f"{name}  {verdict}  {_measured(analysis, language)}{why}"


def block(name: str, analysis: Analysis, language: str = "en") -> str:
    known = analysis.assessment
    minutes = figure(analysis.trace.duration_s / 60, 1)
    lines = [
        f"{name}: {i18n.translate(language, known.verdict.value)}, "
        f"{_say(language, 'minutes', minutes=minutes)}",
        f"  {_measured(analysis, language)}",
        *(f"  {reason_text(language, reason)}" for reason in known.reasons),
        f"  {_events(analysis, language)}",
        *(
            "  "
            + _say(
                language,
                "wave",
                kind=WORDS[wave.kind],
                start=clock(wave.start_s),
                end=clock(wave.end_s),
            )
            for wave in analysis.sinusoidal
        ),
        f"  {_say(language, 'scores', check=CHECK)}",
        *(f"    {id_:<20} {_score(score, language)}" for id_, score in analysis.scores.items()),
        f"  {_say(language, 'doctor')}",
    ]
    return "\n".join(lines)


def _say(language: str, word: str, **fields: Argument) -> str:
    """The text of a key of WORDS; fields that are texts themselves are translated too."""
    return i18n.say(language, {"text": WORDS[word], "args": fields})


def _measured(analysis: Analysis, language: str) -> str:
    known = analysis.assessment
    figures = (
        ("baseline", known.baseline_bpm, 0, 10),
        ("variability", known.bandwidth_bpm, 0, 30),
        ("stv", known.stv_ms, 1, 0),
        ("oscillations", analysis.oscillations_per_min, 1, 0),
        ("loss", 100 * known.loss, 0, 0),
    )
    whole = {"duration_s": analysis.trace.duration_s}
    return ", ".join(
        _say(language, word, value=figure(value, places), minutes=minutes_of(whole, most))
        for word, value, places, most in figures
    )


def _events(analysis: Analysis, language: str) -> str:
    known = analysis.assessment
    kinds = [dec.kind for dec in known.decelerations]
    counted = ", ".join(
        f"{kinds.count(kind)} {_say(language, kind)}" for kind in sorted(set(kinds))
    )
    return _say(
        language,
        "events",
        rises=len(known.accelerations),
        falls=f"{len(kinds)} ({counted})" if counted else f"{len(kinds)}",
        squeezes=len(known.contractions),
    )


def _score(score: Score, language: str) -> str:
    if score.lacks:
        why = "; ".join(_lack(lack, language) for lack in score.lacks)
        return _say(language, "not computable", why=why)
    points = f"{score.points}/{score.table.most} " if score.points is not None else ""
    return f"{points}{i18n.translate(language, str(score.band))}"


def _lack(lack: Lack, language: str) -> str:
    args = dict(lack.unknown.args)
    why = i18n.say(language, {"text": lack.unknown.text, "args": args})
    items = ", ".join(i18n.translate(language, LABELS[item]) for item in lack.items)
    return f"{items}: {why}" if items else why
