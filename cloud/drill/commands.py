"""`lucina drill`: what it takes, and what it prints."""

import json
import logging
import signal
from collections.abc import Iterator, Sequence
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.table import Table

from cloud.drill.ledger import Ledger
from cloud.terminal import end, fail

Names = Annotated[list[str] | None, typer.Argument(help="Names of `lucina drill list`, or all.")]
Seed = Annotated[int, typer.Option(min=0, help="Of the moments and of what is sent.")]
Times = Annotated[
    int, typer.Option(min=1, max=1000, help="Each so many times as usual, with the next seeds.")
]
AsJson = Annotated[bool, typer.Option("--json", help="The ledger of each, for machines.")]
Strict = Annotated[bool, typer.Option("--strict", help="What cannot be run is an error too.")]
HEADINGS = (
    "drill,seed,faults,frames,lost,twice,altered,unknown,late,alerts,told,gaps,delay s,s,verdict"
)
BREACH, NOT_RUN, INTERRUPTED = 1, 2, 130


def drilling(open_packer: Any) -> Any:
    """The command; `open_packer` makes frames as a probe does."""

    def drill(
        names: Names = None,
        seed: Seed = 1,
        times: Times = 1,
        as_json: AsJson = False,
        strict: Strict = False,
    ) -> None:
        """Start a whole Lucina, put faults into it, and count what was lost: nothing may be.

        Exit code 1: something was lost, doubled, altered or not told; 2: a name is not known, or
        with --strict this machine cannot run one.

        Example: lucina drill kill-gateway duplicates --seed 7
        """
        from cloud.drill import place
        from cloud.drill.table import DRILLS

        wanted = list(DRILLS) if names in (None, [], ["all"]) else list(names or ())
        if wanted == ["list"]:
            _list(DRILLS)
            return
        unknown = [name for name in wanted if name not in DRILLS]
        if unknown:
            fail(ValueError(f"no drill {unknown[0]!r}: see lucina drill list"))
        place.move_into_own()
        end(show(wanted, seed, times, as_json, strict, open_packer))

    return drill


def show(
    names: Sequence[str], seed: int, times: int, as_json: bool, strict: bool, open_packer: Any
) -> int:
    """Run and print them; the exit code. What is done when it is interrupted is printed too."""
    logging.disable(logging.ERROR)  # what a drill does on purpose is no news
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    progress = Console(stderr=True)
    done: list[Ledger] = []
    interrupted = False
    try:
        for ledger in _run(names, seed, times, open_packer, progress):
            done.append(ledger)
            if not as_json:
                _print(ledger, progress)
    except KeyboardInterrupt:
        progress.print("lucina: stopped; everything it started has ended")
        interrupted = True
    finally:
        logging.disable(logging.NOTSET)
    if as_json:
        typer.echo(json.dumps([ledger.as_json() for ledger in done], indent=1))
    else:
        Console(width=None if progress.is_terminal else 150).print(table(done))
    return INTERRUPTED if interrupted else _code(done, strict)


def _run(
    names: Sequence[str], seed: int, times: int, open_packer: Any, progress: Console
) -> Iterator[Ledger]:
    """The ledger of each; meanwhile a line says which one is running."""
    from cloud.drill.run import drills
    from cloud.drill.table import DRILLS

    order = [name for name in names for _ in range(times * DRILLS[name].times)]
    now = 0
    with progress.status("") as status:

        def say(words: str) -> None:
            status.update(f"{now + 1} of {len(order)}: {order[now]}: {words}")

        for ledger in drills(names, seed, times, open_packer, say):
            now += 1
            yield ledger


def _code(done: Sequence[Ledger], strict: bool) -> int:
    if any(ledger.verdict == "FAILS" for ledger in done):
        return BREACH
    return NOT_RUN if strict and any(ledger.not_run for ledger in done) else 0


def _print(ledger: Ledger, console: Console) -> None:
    words = [f"{ledger.name} seed {ledger.seed}: {ledger.verdict}", ledger.not_run, *ledger.wrong]
    words += [f"{name} {value}" for name, value in ledger.facts.items()]
    console.print("; ".join(filter(None, words)), markup=False)


def table(done: Sequence[Ledger]) -> Table:
    out = Table(box=None)
    for heading in HEADINGS.split(","):
        out.add_column(heading, overflow="fold")
    for one in done:
        f, a = one.frames, one.alerts
        row = [one.seed, one.faults, f["made"], f["lost"], f["duplicate"], f["altered"]]
        row += [f["unknown"], f["reordered"], a["expected"], a["told"], one.gaps]
        figures = [""] * len(row) if one.not_run else [str(value) for value in row]
        times = ["", ""] if one.not_run else [f"{one.worst_delay_s:.1f}", f"{one.took_s:.0f}"]
        why = one.not_run or one.means
        out.add_row(one.name, *figures, *times, one.verdict + (f": {why}" if why else ""))
    return out


def _list(known: Any) -> None:
    out = Table("drill", "what happens", "how", "here", box=None)
    for name, drill in known.items():
        out.add_row(name, drill.what, drill.how, drill.lacks() or "yes")
    Console().print(out)
