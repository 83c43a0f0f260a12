"""The recordings of `fhrma/` with the lowest F1, drawn as strips with the experts' marks below."""

from dataclasses import dataclass
from functools import partial
from html import escape
from pathlib import Path

from cloud.research.evaluations import agreeing
from cloud.research.evaluations.events import (
    LEARNED,
    Both,
    against,
    marked_by_experts,
    out_of_fold,
)
from cloud.research.evaluations.plan import NotMeasuredError, Plan
from cloud.research.evaluations.table import Cell, Table
from cloud.research.event_marks import Marked
from cloud.research.plot import Options, save
from models.agreement import Spans
from models.analysis import Analysis, analyse
from models.paper import Paper

WORST = 10
SHIPPED = "`assess()`, which was trained on them"
COLUMNS = (
    "recording",
    "F1",
    *(f"{kind}: {what}" for kind in ("acc.", "dec.") for what in ("both", "missed", "extra")),
)
COLOURS = {"accelerations": "#2e7d32", "decelerations": "#c62828"}
BAR_MM, LANE_MM = 3, 5
NOTE = "Strips: `lucina evaluate --only worst --out FOLDER`, then FOLDER/index.html."
PAGE = """<!doctype html><html lang="en"><meta charset="utf-8"><title>Worst recordings</title>
<style>body {{ font: 14px sans-serif }} figure {{ overflow-x: auto; margin: 0 0 2em }}</style>
<h1>The recordings that agree least with the experts</h1>
<p>The strips show what lucina finds as shipped. Below each, from the top: accelerations of the
experts, of lucina; decelerations of the experts, of lucina, which is a lucina that never saw the
recording; grey: what the experts called unreliable. Look for events that one has and the other has
not, and at the baseline there.</p>
{figures}</html>
"""


@dataclass(frozen=True)
class Found:
    """One recording: where, how well the events agree, and which they are."""

    path: Path
    both: Both
    events: dict[str, Spans]

    @property
    def f1(self) -> float:
        return (self.both[0] + self.both[1]).f1


def measure(plan: Plan) -> list[Table]:
    files = plan.files("fhrma", "*.fhrh")
    found = plan.mapped(shipped, files) if plan.quick else [unseen(path) for path in files]
    worst = sorted((one for one in found if one.f1 == one.f1), key=lambda one: one.f1)[:WORST]
    if not worst:
        raise NotMeasuredError("no recording has an event")
    if plan.out:
        plan.out.mkdir(parents=True, exist_ok=True)
        figures = plan.mapped(partial(drawn, plan.out), worst)
        page = PAGE.format(figures="\n".join(figures))
        (plan.out / "index.html").write_text(page, encoding="utf-8")
    what = SHIPPED if plan.quick else LEARNED
    title = f"the {len(worst)} recordings of FHRMA on which experts and the {what} agree least"
    return [Table(title, COLUMNS, tuple(_row(one) for one in worst), (NOTE,))]


def unseen(path: Path) -> Found:
    """The events of a judge that never saw the recording."""
    one = out_of_fold(path.parent.parent)[path.stem]
    events = {"accelerations": one.accelerations, "decelerations": one.decelerations}
    return Found(path, one.agreement, events)


def shipped(path: Path) -> Found:
    """The events of a recording as assess() gives them."""
    marked = marked_by_experts(path)
    events = _events(analyse(marked.trace))
    return Found(path, against(marked, *events.values()), events)


def _events(analysis: Analysis) -> dict[str, Spans]:
    known = analysis.assessment
    return {
        "accelerations": agreeing.spans(known.accelerations),
        "decelerations": agreeing.spans(known.decelerations),
    }


def _row(found: Found) -> tuple[Cell, ...]:
    counts = ((one.match, one.only_expert, one.only_method) for one in found.both)
    return (found.path.stem, found.f1, *(count for both in counts for count in both))


def drawn(out: Path, found: Found) -> str:
    """Draw the strip into `out`; its part of the page."""
    marked = marked_by_experts(found.path)
    picture = f"{marked.name}.png"
    save(analyse(marked.trace), marked.name, out / picture, Options())
    paper = Paper(1, 20, 0.0, marked.trace.duration_s)
    rises, falls = (
        f"{one.match} both, {one.only_expert} missed, {one.only_method} extra" for one in found.both
    )
    return (
        f"<h2>{escape(marked.name)}: F1 {found.f1:.2f}</h2>"
        f"<p>Accelerations: {rises}. Decelerations: {falls}.</p>"
        f'<figure><img src="{escape(picture)}" alt="" style="width: {paper.width_mm:.1f}mm">'
        f"<br>{_bars(paper, marked, found)}</figure>"
    )


def _bars(paper: Paper, marked: Marked, found: Found) -> str:
    """The marks of both on the time axis of the strip, as SVG."""
    lanes = [
        (kind, spans)
        for kind in COLOURS
        for spans in (getattr(marked.marks, kind), found.events[kind])
    ]
    height = LANE_MM * len(lanes)
    bars = [_bar(paper, span, 0, height, "#ddd") for span in marked.marks.unreliable]
    bars += [
        _bar(paper, span, LANE_MM * at + 1, BAR_MM, COLOURS[kind])
        for at, (kind, spans) in enumerate(lanes)
        for span in spans
    ]
    size = f'viewBox="0 0 {paper.width_mm:.1f} {height}" style="width: {paper.width_mm:.1f}mm"'
    return f'<svg xmlns="http://www.w3.org/2000/svg" {size}>{"".join(bars)}</svg>'


def _bar(paper: Paper, span: tuple[float, float], top: float, height: float, colour: str) -> str:
    left, right = (float(paper.x_mm(second)) for second in span)
    return (
        f'<rect x="{left:.2f}" y="{top}" width="{right - left:.2f}" height="{height}" '
        f'fill="{colour}"><title>{span[0]:.0f}-{span[1]:.0f} s</title></rect>'
    )
