"""An analysis in words, for the terminal: a line, or a block with its scores."""

from math import isfinite

from models.analysis import Analysis
from models.scores.table import CHECK, Score


def line(name: str, analysis: Analysis) -> str:
    """Verdict, what was measured, and the first reason."""
    known = analysis.assessment
    why = f": {known.reasons[0].text % known.reasons[0].args}" if known.reasons else ""
    return f"{name}  {known.verdict.value}  {_measured(analysis)}{why}"


def block(name: str, analysis: Analysis) -> str:
    known = analysis.assessment
    lines = [
        f"{name}: {known.verdict.value}, {analysis.trace.duration_s / 60:.1f} min",
        f"  {_measured(analysis)}",
        *(
            f"  {reason.text % reason.args}  [{_clock(reason.start_s)}-{_clock(reason.end_s)}]"
            for reason in known.reasons
        ),
        f"  {_events(analysis)}",
        *(
            f"  {wave.kind} pattern {_clock(wave.start_s)}-{_clock(wave.end_s)}"
            for wave in analysis.sinusoidal
        ),
        f"  scores of the end of the strip ({CHECK}):",
        *(f"    {score_id:<20} {_score(score)}" for score_id, score in analysis.scores.items()),
        "  Decision support: a doctor reads.",
    ]
    return "\n".join(lines)


def _measured(analysis: Analysis) -> str:
    known = analysis.assessment
    figures = (
        ("baseline", known.baseline_bpm, "bpm", 0),
        ("variability", known.bandwidth_bpm, "bpm", 0),
        ("STV", known.stv_ms, "ms", 1),
        ("oscillations", analysis.oscillations_per_min, "/min", 1),
        ("loss", 100 * known.loss, "%", 0),
    )
    return ", ".join(
        f"{name} {_figure(value, places)} {unit}" for name, value, unit, places in figures
    )


def _figure(value: float, places: int) -> str:
    return f"{value:.{places}f}" if isfinite(value) else "?"


def _events(analysis: Analysis) -> str:
    known = analysis.assessment
    kinds = [dec.kind for dec in known.decelerations]
    counted = ", ".join(f"{kinds.count(kind)} {kind}" for kind in sorted(set(kinds)))
    return (
        f"accelerations {len(known.accelerations)}, decelerations {len(kinds)}"
        f"{f' ({counted})' if counted else ''}, contractions {len(known.contractions)}"
    )


def _score(score: Score) -> str:
    if score.why:
        return f"not computable: {score.why}"
    points = f"{score.points}/{score.table.most} " if score.points is not None else ""
    return f"{points}{score.band}"


def _clock(at_s: float) -> str:
    whole = int(at_s)
    return f"{whole // 3600}:{whole // 60 % 60:02}:{whole % 60:02}"
