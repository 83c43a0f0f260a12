"""Recording files: WFDB (`.hea` with `.dat`), FHRMA's `.fhr` and `.fhrm`, and CSV.

CSV has a first line `t_s,fhr_bpm,toco` or `t_s,fhr_bpm,toco,mhr_bpm`, then one line a sample with
rising seconds. In every format 0 means lost, and in CSV so do an empty field and `nan`.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from models.grid import (
    LONGEST_S,
    check_rate,
    lost_to_nan,
    on_grid,
    rate_note,
    resampled,
)
from models.grid import FormatError as FormatError
from models.trace import PER_BPM, PER_TOCO, Samples, Trace
from models.wfdb import read_header, read_samples

Load = Callable[[str], bytes]
CLOCK_BYTES = 4  # .fhr and .fhrm: u32, Unix seconds of the first sample
CSV_COLUMNS = ("t_s", "fhr_bpm", "toco", "mhr_bpm")
NO_SIGNAL = "no fetal heart rate in it"
TWIN_BPM, TWIN_SHARE = 5.0, 0.1  # another rate: so far apart, in so much of the time with both
SECOND = "the second fetal rate is not judged"
TWINS = "a second fetal rate differs from the first (twins?) and is not judged"


@dataclass(frozen=True, eq=False)
class Recording:
    """A recording read from a file. `note` says what a reader should know about how."""

    name: str
    trace: Trace
    gestation_weeks: float | None
    note: str
    start_unix_s: int | None = None  # clock at the first sample


def parse(name: str, load: Load) -> Recording:
    """Read the recording called `name`; without a suffix it is a WFDB record.

    load(sibling) returns the bytes of a file in the same folder or raises FileNotFoundError.
    FormatError says which file is wrong, where, and how.
    """
    stem, dot, suffix = name.rpartition(".")
    readers = {"hea": _wfdb, "fhr": _fhr, "fhrm": _fhrm, "csv": _csv}
    if not dot:
        return _wfdb(name + ".hea", name, load)
    if suffix.lower() not in readers:
        raise FormatError(f"{name}: unknown format, known are .{', .'.join(readers)}")
    return readers[suffix.lower()](name, stem, load)


def _recording(
    name: str, channels: dict[str, Samples], note: str, gestation_weeks: float | None = None
) -> Recording:
    lost = np.full(len(channels["fhr_bpm"]), np.nan, np.float32)
    trace = Trace(
        channels["fhr_bpm"],
        channels.get("fhr2_bpm", lost),
        channels.get("mhr_bpm", lost),
        channels.get("toco", lost),
        channels.get("quality", lost),
    )
    notes = [note, NO_SIGNAL if np.isnan(trace.fhr_bpm).all() else "", _second(trace)]
    return Recording(name, trace, gestation_weeks, "; ".join(filter(None, notes)))


def _second(trace: Trace) -> str:
    """What to know about a second fetal rate; only one is judged."""
    if np.isnan(trace.fhr2_bpm).all():
        return ""
    apart = np.abs(trace.fhr_bpm - trace.fhr2_bpm)
    known = apart[np.isfinite(apart)]
    other = not len(known) or (known > TWIN_BPM).mean() > TWIN_SHARE
    return TWINS if other else SECOND


def _wfdb(name: str, stem: str, load: Load) -> Recording:
    header = read_header(name, load(name))
    samples = read_samples(name, header, load)
    if "fhr_bpm" not in samples:
        raise FormatError(f"{name}: no signal is called FHR")
    if not header.count:
        raise FormatError(f"{name}: 0 samples")
    channels = {
        channel: resampled(lost_to_nan(values, channel, name), header.fs_hz, name)
        for channel, values in samples.items()
    }
    return _recording(stem, channels, rate_note(header.fs_hz), header.gestation_weeks)


def _fhr(name: str, stem: str, load: Load) -> Recording:
    return _fhrma(name, stem, load(name), ("fhr1", "fhr2"))


def _fhrm(name: str, stem: str, load: Load) -> Recording:
    return _fhrma(name, stem, load(name), ("fhr1", "fhr2", "mhr"))


def _fhrma(name: str, stem: str, data: bytes, rates: tuple[str, ...]) -> Recording:
    """The two ultrasound inputs are one fetus: the file cannot tell of twins."""
    layout = np.dtype([*((rate, "<u2") for rate in rates), ("toco", "u1"), ("quality", "u1")])
    if len(data) <= CLOCK_BYTES:
        raise FormatError(f"{name}: {len(data)} bytes, no sample in it")
    if (len(data) - CLOCK_BYTES) % layout.itemsize:
        raise FormatError(
            f"{name}: {len(data)} bytes is not {CLOCK_BYTES} and a multiple of {layout.itemsize}: "
            "the file is cut"
        )
    raw = np.frombuffer(data, layout, offset=CLOCK_BYTES)
    bpm = {rate: lost_to_nan(raw[rate] / PER_BPM, rate, name) for rate in rates}
    channels = {
        "fhr_bpm": np.fmax(bpm["fhr1"], bpm["fhr2"]),
        "toco": lost_to_nan(raw["toco"] / PER_TOCO, "toco", name),
        "quality": lost_to_nan(raw["quality"].astype(float), "quality", name),
    }
    if "mhr" in bpm:
        channels["mhr_bpm"] = bpm["mhr"]
    both = np.isfinite(bpm["fhr1"]) & np.isfinite(bpm["fhr2"])
    note = "two ultrasound inputs, the higher rate is taken" if both.any() else ""
    singles = {channel: values.astype(np.float32) for channel, values in channels.items()}
    clock_s = int.from_bytes(data[:CLOCK_BYTES], "little")  # 0: not known
    return replace(_recording(stem, singles, note), start_unix_s=clock_s or None)


def _csv(name: str, stem: str, load: Load) -> Recording:
    try:
        lines = load(name).decode("utf-8-sig").splitlines()
    except UnicodeDecodeError as error:
        raise FormatError(f"{name}: not UTF-8 text at byte {error.start}") from None
    if not lines:
        raise FormatError(f"{name}: the file is empty")
    columns = tuple(word.strip() for word in lines[0].split(","))
    if columns not in (CSV_COLUMNS[:3], CSV_COLUMNS):
        raise FormatError(f"{name}: line 1 is {lines[0]!r}, not {','.join(CSV_COLUMNS)}")
    rows = [_row(name, n, line, columns) for n, line in enumerate(lines[1:], 2)]
    if not rows:
        raise FormatError(f"{name}: no line after the first")
    table = np.array(rows)
    times_s = table[:, 0]
    fs_hz = _check_times(name, times_s)
    channels = {
        column: on_grid(times_s, lost_to_nan(table[:, at], column, name, 2, "line"))
        for at, column in enumerate(columns)
        if at > 0
    }
    late = f"the first sample is at {times_s[0]:g} s, read as 0 s" if times_s[0] else ""
    return _recording(stem, channels, "; ".join(filter(None, (rate_note(fs_hz), late))))


def _row(name: str, line_number: int, line: str, columns: tuple[str, ...]) -> list[float]:
    words = line.split(",")
    if len(words) != len(columns):
        raise FormatError(f"{name}: line {line_number} has {len(words)} of {len(columns)} fields")
    row = []
    for column, word in zip(columns, words, strict=True):
        try:
            row.append(float(word.strip() or "nan"))
        except ValueError:
            raise FormatError(f"{name}: {column} is {word!r} at line {line_number}") from None
    return row


def _check_times(name: str, times_s: NDArray[np.float64]) -> float:
    """The sampling rate in Hz. FormatError where times do not rise or a time is none."""
    for at in np.flatnonzero(~np.isfinite(times_s)):
        raise FormatError(f"{name}: t_s is {times_s[at]:g} at line {at + 2}")
    for at in np.flatnonzero(np.diff(times_s) <= 0):
        raise FormatError(
            f"{name}: t_s is {times_s[at + 1]:g} at line {at + 3}, after {times_s[at]:g}"
        )
    if times_s[-1] - times_s[0] > LONGEST_S:
        raise FormatError(f"{name}: t_s spans {times_s[-1] - times_s[0]:g} s, at most {LONGEST_S}")
    fs_hz = round(1 / float(np.median(np.diff(times_s))), 3) if len(times_s) > 1 else 4.0
    check_rate(fs_hz, name)
    return fs_hz
