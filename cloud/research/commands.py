"""`lucina analyze`, `plot` and `evaluate`: what they take. Each imports its own when it runs."""

import os
import sys
from pathlib import Path
from typing import Annotated, Literal

import typer

from cloud.terminal import end, fail

Weeks = Annotated[float | None, typer.Option(min=10, max=45, help="Instead of what the file says.")]
Language = Annotated[Literal["en", "zh"], typer.Option(help="Of the words.")]
IgnoreMaternal = Annotated[
    bool, typer.Option("--ignore-maternal", help="Leave out the mother's rate.")
]


def analyze(
    paths: Annotated[list[Path], typer.Argument(metavar="PATH", help="Files or folders.")],
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object a line.")] = False,
    gestation_weeks: Weeks = None,
    trace: Annotated[
        bool, typer.Option("--trace", help="With --json: the baseline in bpm, 4 Hz.")
    ] = False,
    ignore_maternal: IgnoreMaternal = False,
    language: Language = "en",
) -> None:
    """Analyse recordings: .hea (or a WFDB record), .fhr, .fhrm, .csv, or folders of them.

    Absent values are null, and so is every "probability" that has no calibrated value yet.
    Exit code 1: a file in a folder could not be read; 2: a PATH could not.

    Example: lucina analyze 1001.hea --json --trace
    """
    from cloud.research.analyze import Plan, run

    plan = Plan(as_json, gestation_weeks, trace, ignore_maternal, language=language)
    end(run(paths, plan, sys.stdout, sys.stderr))


def plot(
    file: Annotated[
        str,
        typer.Argument(help="Recording (.hea .fhr .fhrm .csv) or synthetic:SCENARIO:SEED:MINUTES."),
    ],
    out: Annotated[
        Path | None, typer.Option(help=".png, .svg or .pdf; else NAME.png in this folder.")
    ] = None,
    speed: Annotated[int, typer.Option(help="Of the paper, cm/min: 1, 2 or 3.")] = 1,
    scale: Annotated[int, typer.Option(help="Of the rate, bpm/cm: 20 or 30.")] = 20,
    from_s: Annotated[float | None, typer.Option("--from", help="First recorded second.")] = None,
    to_s: Annotated[float | None, typer.Option("--to", help="Last recorded second.")] = None,
    gestation_weeks: Weeks = None,
    ignore_maternal: IgnoreMaternal = False,
    no_marks: Annotated[
        bool, typer.Option("--no-marks", help="Only what was measured, for an unbiased reader.")
    ] = False,
    language: Language = "en",
) -> None:
    """Draw the annotated strip at true paper scale; a PDF has pages of A4.

    Example: lucina plot 1001.hea --out strip.pdf --speed 3
    """
    from cloud.research.plot import Options, plot

    try:
        options = Options(speed, scale, from_s, to_s, not no_marks, language)
        plot(file, out, options, gestation_weeks, ignore_maternal, sys.stderr)
    except (ValueError, OSError) as error:
        fail(error)


def beside(
    recording: Annotated[int, typer.Argument(help="Number of a stored recording.")],
    source: Annotated[
        str,
        typer.Argument(help="What `lucina probe --doppler` was given: a file, or synthetic:..."),
    ],
    out: Annotated[Path, typer.Option(help="The picture: .png, .svg or .pdf.")] = Path(
        "beside.png"
    ),
) -> None:
    """Compare the fetal rate that was heard and stored with the one its sound was made from.

    Reads the store of `lucina cloud` (LUCINA_* variables), which may run meanwhile.

    Example: lucina beside 7 1001.hea --out beside.png
    """
    from cloud.config import ConfigError, load
    from cloud.research.plot_beside import beside as compare
    from cloud.store.db import DatabaseError, open_engine

    try:
        compare(open_engine(load().database_url), recording, source, out, typer.echo)
    except (ConfigError, DatabaseError, ValueError, OSError) as error:
        fail(error)


def evaluate(
    data: Annotated[
        Path, typer.Argument(help="Folder of recordings.", envvar="LUCINA_DATA")
    ] = Path("../shared/data"),
    only: Annotated[str, typer.Option(help="Some of the tables: events,speed,...")] = "",
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object.")] = False,
    out: Annotated[Path | None, typer.Option(help="Folder for strips of the worst.")] = None,
    write: Annotated[
        Path | None, typer.Option(help="Document whose tables between markers to replace.")
    ] = None,
    quick: Annotated[bool, typer.Option("--quick", help="A few recordings of each set.")] = False,
) -> None:
    """Measure every table of docs/analysis.md on the published recordings (docs/data.md).

    A set that is not there is told, its table left out. Exit code 2: nothing could be measured.

    Example: lucina evaluate ../shared/data --only events,speed --write docs/analysis.md
    """
    from cloud.research.evaluate import EVALUATIONS, Wanted, check, run
    from cloud.research.evaluations.plan import Plan

    names = tuple(filter(None, only.split(","))) or tuple(EVALUATIONS)
    wanted = Wanted(names, as_json, write)
    try:
        check(wanted, quick)
        plan = Plan(data, quick, os.cpu_count() or 1, out)
        end(run(plan, wanted, sys.stdout, sys.stderr))
    except (ValueError, OSError) as error:
        fail(error)
