"""Sound as files, and as sound."""

import shutil
import subprocess
import wave
from pathlib import Path

import numpy as np

from models.doppler import SAMPLE_HZ, Audio, Floats, Scene

SCENE = Scene(snr_db=12.0, vessel=0.25, motions_per_min=1.0)
PLAYERS = ("paplay", "aplay", "afplay")  # PulseAudio, ALSA, macOS
BEATS_HEAD = "beat_s"


def write_wav(path: Path, *channels: Audio) -> None:
    """16 bits at SAMPLE_HZ; two channels are twins' beams."""
    with wave.open(str(path), "wb") as file:
        file.setnchannels(len(channels))
        file.setsampwidth(2)
        file.setframerate(SAMPLE_HZ)
        file.writeframes(np.stack(channels, axis=1).astype("<i2").tobytes())


def beats_of_file(path: Path) -> Floats | None:
    """Times in seconds from a file whose head line is beat_s; None: it is something else."""
    if path.suffix != ".csv" or not path.is_file():
        return None
    with path.open() as file:
        if file.readline().strip() != BEATS_HEAD:
            return None
        try:
            beats_s = np.loadtxt(file, ndmin=1)
        except ValueError as error:
            raise ValueError(f"{path.name}: {error}") from None
    if not len(beats_s) or beats_s[0] < 0 or not (np.diff(beats_s) > 0).all():
        raise ValueError(f"{path.name}: beat_s must be seconds that rise from 0")
    return beats_s


def play(path: Path) -> str | None:
    """Through the first player there is, to its end; its name, None without one."""
    for name in PLAYERS:
        player = shutil.which(name)
        if player:
            subprocess.run([player, str(path)], check=True)
            return name
    return None
