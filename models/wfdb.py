"""WFDB records as PhysioNet publishes them: a text header and samples of format 16.

The header's own sample count, initial values and checksums are checked, so that a file that was
cut or damaged on its way is not taken for a recording. (WFDB Applications Guide, header(5).)
"""

import re
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from models.grid import FormatError

INVALID = -32768  # WFDB: no sample, in format 16
CHANNELS = {
    "FHR": "fhr_bpm",
    "FHR1": "fhr_bpm",
    "FHR2": "fhr2_bpm",
    "MHR": "mhr_bpm",
    "UC": "toco",
    "TOCO": "toco",
}
GESTATION = re.compile(r"#\s*Gest\. weeks\s+(\d+(?:\.\d+)?)\s*$", re.MULTILINE)


@dataclass(frozen=True)
class Signal:
    """One signal line of a header."""

    file: str
    gain: float
    baseline: int
    initial: int
    checksum: int
    channel: str


@dataclass(frozen=True)
class Header:
    fs_hz: float
    count: int
    signals: tuple[Signal, ...]
    gestation_weeks: float | None


def read_header(name: str, data: bytes) -> Header:
    """The header file `name`; FormatError names what it lacks."""
    text = data.decode("latin-1")  # comments may hold anything
    lines = [line for line in text.splitlines() if line.strip() and not line.startswith("#")]
    if not lines:
        raise FormatError(f"{name}: the header is empty")
    words = lines[0].split()
    if len(words) < 4 or "/" in words[0]:
        raise FormatError(f"{name}: {lines[0]!r} is not RECORD SIGNALS RATE SAMPLES")
    signals = _number(name, "number of signals", words[1])
    if len(lines) != signals + 1 or signals < 1:
        raise FormatError(f"{name}: {signals} signals announced, {len(lines) - 1} described")
    rate = re.fullmatch(r"\d+(\.\d+)?", words[2])
    if not rate:
        raise FormatError(f"{name}: sampling rate {words[2]!r}")
    return Header(
        fs_hz=float(words[2]),
        count=_number(name, "number of samples", words[3]),
        signals=tuple(_signal(name, line) for line in lines[1:]),
        gestation_weeks=float(found[1]) if (found := GESTATION.search(text)) else None,
    )


def _signal(name: str, line: str) -> Signal:
    words = line.split(maxsplit=8)
    if len(words) < 9:
        raise FormatError(f"{name}: signal line {line!r} has {len(words)} of 9 fields")
    if words[1] != "16":
        raise FormatError(f"{name}: samples of format {words[1]}, only format 16 is read")
    gain = re.fullmatch(r"(\d+(?:\.\d+)?)(?:\((-?\d+)\))?(?:/\S+)?", words[2])
    if not gain or float(gain[1]) == 0:
        raise FormatError(f"{name}: gain {words[2]!r}")
    zero = _number(name, "ADC zero", words[4])
    return Signal(
        file=words[0],
        gain=float(gain[1]),
        baseline=zero if gain[2] is None else int(gain[2]),
        initial=_number(name, "initial value", words[5]),
        checksum=_number(name, "checksum", words[6]),
        channel=CHANNELS.get(words[8].strip().upper(), ""),
    )


def _number(name: str, field: str, word: str) -> int:
    if not re.fullmatch(r"-?\d+", word):
        raise FormatError(f"{name}: {field} {word!r} is not a whole number")
    return int(word)


def read_samples(
    name: str, header: Header, load: Callable[[str], bytes]
) -> dict[str, NDArray[np.float64]]:
    """Physical values (count,) by channel, NaN where the file says invalid."""
    files = {signal.file for signal in header.signals}
    if len(files) != 1:
        raise FormatError(f"{name}: signals in {len(files)} files, only one file is read")
    data_name = files.pop()
    data = load(data_name)
    width = 2 * len(header.signals)
    if len(data) != width * header.count:
        raise FormatError(
            f"{data_name}: {len(data) / width:g} samples, {name} announces {header.count}"
        )
    counts = np.frombuffer(data, "<i2").reshape(header.count, len(header.signals))
    channels = {}
    for column, signal in zip(counts.T, header.signals, strict=True):
        _check(data_name, signal, column)
        if signal.channel:
            physical = (column.astype(float) - signal.baseline) / signal.gain
            channels[signal.channel] = np.where(column == INVALID, np.nan, physical)
    return channels


def _check(name: str, signal: Signal, column: NDArray[np.int16]) -> None:
    total = int(column.sum(dtype=np.int64))
    if (total - signal.checksum) % 65536:
        raise FormatError(
            f"{name}: {signal.channel or 'signal'} has checksum {total % 65536}, "
            f"its header says {signal.checksum % 65536}: the file is damaged"
        )
    if len(column) and column[0] != signal.initial:
        raise FormatError(
            f"{name}: {signal.channel or 'signal'} begins with {column[0]}, "
            f"its header says {signal.initial}"
        )
