"""The paper under a strip: its colours, grid, numbers and times.

LOOK and FOUND are those of the live strip (cloud/web/static/). In grey print curves still differ by
their dashes, and rises from falls by their side of the baseline.
"""

from datetime import datetime

from cloud.drawing.marks import Strip
from cloud.drawing.pen import Box, Pen, Style
from cloud.research.said import say
from models.paper import NORMAL_BPM, RATE_TOP_MM, Paper

LOOK = {
    "paper": "#fffdf8",
    "thin": "#efe6da",
    "bold": "#dccbb5",
    "normal": "#eef6e9",
    "text": "#6a5f50",
    "hatch": "#b9b4ab",
    "fhr": "#14213d",
    "fhr2": "#2f7d4f",
    "mhr": "#b0488f",
    "toco": "#4a4f57",
    "outside": "#c8102e",
    "mark": "#c8102e",
    "press": "#00707a",
}
FOUND = {  # of what the analysis says: INK of cloud/web/static/marks.js
    "baseline": "#2b5fb8",
    "acceleration": "#1f6b3a",
    "deceleration": "#8a4a12",
    "contraction": "#56627a",
    "maternal": "#b0488f",
    "sinusoidal": "#7d4fa0",
}
SEEN_THROUGH, FAINTLY_SEEN = "50", "33"  # alpha, so that the grid can be read
INK, FAINT = "#1c1a17", "#8d8578"
CURVES = {
    "fhr": Style(LOOK["fhr"], 0.8),
    "fhr2": Style(LOOK["fhr2"], 0.7, (6, 1, 1, 1)),
    "mhr": Style(LOOK["mhr"], 0.7, (3, 1)),
    "unused": Style("#93a0bd", 0.6),
    "baseline": Style(FOUND["baseline"], 0.6, (8, 2)),
    "toco": Style(LOOK["toco"], 0.8),
}
AREAS = {kind: FOUND[kind] + SEEN_THROUGH for kind in ("acceleration", "deceleration")}
AREAS["contraction"] = FOUND["contraction"] + FAINTLY_SEEN
HATCHES = {  # colour and pattern, by cause
    "no signal": (LOOK["hatch"], "////"),
    "maternal": (FOUND["maternal"], "\\\\\\\\"),
    "doubled": ("#c99a2e", "xxxx"),
    "halved": ("#c99a2e", "++++"),
    "probe off": (LOOK["hatch"], "||||"),
    "not received": (LOOK["hatch"], "----"),
}
THIN_PT, BOLD_PT, NUMBER_PT = 0.35, 0.6, 6.5
TIMES_MM, CLOCK_MM = 2.3, 2.4  # below the strip, and from there to the time of day


def draw_grid(pen: Pen, paper: Paper) -> None:
    """Paper and lines; the places of the curves."""
    left, right = paper.left_mm, paper.right_mm
    for top, bottom in _plots(paper):
        pen.boxes([(left, top, right, bottom)], LOOK["paper"])
    low, high = (float(paper.rate_mm(bpm)) for bpm in NORMAL_BPM)
    pen.boxes([(left, high, right, low)], LOOK["normal"])
    ends: dict[bool, list[Box]] = {False: [], True: []}
    for second, bold in paper.second_lines():
        x = float(paper.x_mm(second))
        ends[bold] += [(x, top, x, bottom) for top, bottom in _plots(paper)]
    for value, bold in paper.rate_lines():
        y = float(paper.rate_mm(value))
        ends[bold].append((left, y, right, y))
    for value, bold in paper.toco_lines():
        y = float(paper.toco_mm(value))
        ends[bold].append((left, y, right, y))
    pen.lines(ends[False], LOOK["thin"], THIN_PT, "thin")
    pen.lines(ends[True], LOOK["bold"], BOLD_PT, "bold")


def _plots(paper: Paper) -> list[tuple[float, float]]:
    """(top, bottom) of the rate and of the uterine activity."""
    return [(RATE_TOP_MM, paper.rate_bottom_mm), (paper.toco_top_mm, paper.toco_bottom_mm)]


def draw_numbers(pen: Pen, paper: Paper, strip: Strip) -> None:
    """Values at the edges, and again inside a long strip; below, hours and minutes since the
    beginning, and the time of day."""
    rates = [(value, float(paper.rate_mm(value))) for value, bold in paper.rate_lines() if bold]
    tocos = [(value, float(paper.toco_mm(value))) for value, bold in paper.toco_lines() if bold]
    places = [(paper.left_mm - 1, "right", ""), (paper.right_mm + 1, "left", "")]
    places += [(x, "center", LOOK["paper"]) for x in paper.numbers_mm()]
    for x, align, background in places:
        for value, y in (*rates, *tocos):
            pen.text(str(value), x, y, NUMBER_PT, LOOK["text"], align, paper=background)
    left, language = paper.left_mm - 1, strip.language
    pen.text("bpm", left, RATE_TOP_MM - 3, NUMBER_PT, LOOK["text"], "right")
    pen.text(say(language, "toco"), left, paper.toco_top_mm - 3, NUMBER_PT, LOOK["text"], "right")
    for minute in paper.labelled_minutes():
        x, y = float(paper.x_mm(minute * 60)), paper.toco_bottom_mm + TIMES_MM
        since = f"{minute // 60}:{minute % 60:02}"
        pen.text(since, x, y, NUMBER_PT, LOOK["text"], "center")
        if strip.start_unix_s is not None:
            then = datetime.fromtimestamp(strip.start_unix_s + minute * 60, strip.zone)
            pen.text(f"{then:%H:%M}", x, y + CLOCK_MM, NUMBER_PT, LOOK["text"], "center")
