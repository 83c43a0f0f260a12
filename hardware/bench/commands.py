"""`lucina listen` and `lucina bench`: what they take. Each imports its own when it runs."""

import subprocess
import sys
from pathlib import Path
from typing import Annotated

import typer

from cloud.terminal import end, fail

measuring = typer.Typer(help="Measure parts of Lucina against what was asked of them.")


def listen(
    file: Annotated[
        str,
        typer.Argument(
            help="Recording, beat times (.csv), .wav or synthetic:SCENARIO:SEED:MINUTES."
        ),
    ],
    out: Annotated[Path | None, typer.Option(help="Else NAME.wav in this folder.")] = None,
    seconds: Annotated[float, typer.Option(min=1, help="At most so long.")] = 60,
    snr: Annotated[float, typer.Option(help="Heart over noise, dB.")] = 12,
    vessel: Annotated[float, typer.Option(min=0, help="Mother's vessel over the heart.")] = 0.25,
    seed: int = 1,
) -> None:
    """Make the Doppler sound of a recording, and play it where this machine can.

    The sound is a model's, not the belly's. A mother is heard where her pulse was recorded.

    Example: lucina listen 1001.hea --seconds 20 --out 1001.wav
    """
    from hardware.bench.sounding import PLAYERS, play

    try:
        path = Path(file)
        if path.suffix != ".wav":
            path = _made(file, out, seconds, snr, vessel, seed)
            typer.echo(f"wrote {path}")
        elif not path.is_file():
            raise FileNotFoundError(2, "No such file", str(path))
        player = play(path)
    except (ValueError, OSError, subprocess.CalledProcessError) as error:
        fail(error)
    played = f"played with {player}" if player else f"no player here ({', '.join(PLAYERS)})"
    typer.echo(played)


def _made(
    file: str, out: Path | None, seconds: float, snr: float, vessel: float, seed: int
) -> Path:
    from hardware.bench.sounding import write_wav
    from hardware.bench.source import rhythm
    from models.doppler import Scene, sound

    name, beats, duration_s = rhythm(file)
    path = out or Path(f"{name.replace(' ', '-').replace('/', '-')}.wav")
    write_wav(path, sound(beats, min(seconds, duration_s), Scene(snr, vessel, 1.0), seed))
    return path


@measuring.callback()
def _measuring() -> None:
    pass


@measuring.command()
def device(
    seed: Annotated[int, typer.Option(help="Of all that is made.")] = 6,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON array of rows.")] = False,
    data: Annotated[
        Path, typer.Option(help="Folder of published recordings.", envvar="LUCINA_DATA")
    ] = Path("../shared/data"),
    thorough: Annotated[
        bool, typer.Option(help="Whole recordings and three days of soak: many minutes.")
    ] = False,
) -> None:
    """The firmware: rates out of Doppler sound, and what that costs. Under a minute on two cores.

    Beat times are real where DATA has fetal-beats/, else synthetic; the table says which.
    Exit code 1: a row is short of what it must reach.

    Example: lucina bench device --seed 7 --json
    """
    from hardware.bench.device import run
    from hardware.bench.row import Plan

    known = data if (data / "fetal-beats").is_dir() else None
    end(run(Plan(seed, known, thorough), as_json, sys.stdout))
