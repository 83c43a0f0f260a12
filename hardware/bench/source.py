"""What `lucina probe` replays: a recording as a seconds file, and if asked as Doppler sound too."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import typer

from device import payloads, seconds
from hardware.bench.sounding import SCENE, beats_of_file, write_wav
from models import formats, synth
from models.counts import seconds_of
from models.doppler import Beats, Floats, beats_of, sound
from models.trace import Trace, on_wire_grid

SEED = 1


def replayed(words: str, folder: Path) -> dict[str, object]:
    """Write `words` as a seconds file into `folder`; its path, name and flags for the probe."""
    name, trace, flags = read(words)
    return _written(trace, folder) | {"name": name, "flags": flags}


def heard(words: str, folder: Path) -> dict[str, object]:
    """The same, but the fetal rate is for the probe to hear: only its sound is written.

    A file of beat times (head line beat_s) will do too: nothing but its heart is known.
    """
    beats_s = beats_of_file(Path(words))
    if beats_s is None:
        name, trace, flags = read(words)
        beats_s = beats_of(trace.fhr_bpm)
    else:
        name, flags = Path(words).stem, payloads.REPLAYED
        trace = Trace.empty(np.ceil(beats_s[-1]))
    mother_s = beats_of(trace.mhr_bpm)
    audio = sound(Beats(beats_s, mother_s), trace.duration_s, SCENE, SEED)
    path = folder / "sound.wav"
    write_wav(path, audio)
    lost = np.full_like(trace.fhr_bpm, np.nan)
    others = replace(trace, fhr_bpm=lost, fhr2_bpm=lost, quality=lost)
    told: dict[str, object] = {
        "sound": str(path),
        "name": f"{name}, heard",
        "flags": flags | payloads.SYNTHETIC,
    }
    return _written(others, folder) | told


def read(words: str) -> tuple[str, Trace, int]:
    """Name, trace on the wire's grid and flags of a file or of synthetic:SCENARIO:SEED:MINUTES."""
    if words.startswith("synthetic:"):
        name, trace = synth.named(words)
        return name, trace, payloads.REPLAYED | payloads.SYNTHETIC
    path = Path(words)
    recording = formats.parse(path.name, lambda sibling: (path.parent / sibling).read_bytes())
    if recording.note:
        typer.echo(f"lucina: {recording.name}: {recording.note}", err=True)
    return recording.name, on_wire_grid(recording.trace), payloads.REPLAYED


def rhythm(words: str) -> tuple[str, Beats, float]:
    """Name, beats and seconds of what there is to hear in a file."""
    beats_s: Floats | None = beats_of_file(Path(words))
    if beats_s is not None:
        return Path(words).stem, Beats(beats_s), float(np.ceil(beats_s[-1]))
    name, trace, _ = read(words)
    beats = Beats(beats_of(trace.fhr_bpm), beats_of(trace.mhr_bpm))
    return name, beats, trace.duration_s


def _written(trace: Trace, folder: Path) -> dict[str, object]:
    path = folder / "seconds"
    gaps = [gap for _, _, gap in payloads.CHANNELS]
    seconds.write(str(path), map(payloads.Trace._make, seconds_of(trace, gaps)))
    return {"source": str(path)}
