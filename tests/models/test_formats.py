import struct
from pathlib import Path

import numpy as np
import pytest

from models.completeness import gaps
from models.formats import FormatError, parse
from models.trace import on_wire_grid

FHR = [14000, 14025, 0, 14100, 14125, 14150, 14175, 14200]
TOCO = [1000, 1050, 1100, 1150, 0, 1200, 1250, 12750]


def folder(**files: bytes):
    """A load() over files in memory; a file is named with `_` for its dot."""
    known = {name.replace("_", "."): data for name, data in files.items()}

    def load(name: str) -> bytes:
        if name not in known:
            raise FileNotFoundError(name)
        return known[name]

    return load


def wfdb(fhr=FHR, toco=TOCO, rate="4", count=None, form="16", change=lambda text: text):
    counts = np.array([fhr, toco], "<i2").T
    sums = [int(column.sum(dtype=int)) % 65536 for column in counts.T]
    text = (
        f"r1 2 {rate} {len(counts) if count is None else count}\n"
        f"r1.dat {form} 100(0)/bpm 12 0 {counts[0, 0]} {sums[0]} 0 FHR\n"
        f"r1.dat {form} 100/nd 12 0 {counts[0, 1]} {sums[1]} 0 UC\n"
        "#Gest. weeks  37\n"
    )
    return {"r1_hea": change(text).encode(), "r1_dat": counts.tobytes()}


def fhrm(samples, **other):
    rows = b"".join(struct.pack("<HHHBB", *row) for row in samples)
    return folder(x_fhrm=struct.pack("<I", 1_700_000_000) + rows, **other)


def csv(*lines: str):
    return folder(c_csv="\n".join(("t_s,fhr_bpm,toco", *lines)).encode())


def test_a_wfdb_record_is_read_sample_for_sample():
    recording = parse("r1.hea", folder(**wfdb()))
    nan = np.nan
    assert (recording.name, recording.gestation_weeks, recording.note) == ("r1", 37.0, "")
    np.testing.assert_array_equal(
        recording.trace.fhr_bpm, np.float32([140, 140.25, nan, 141, 141.25, 141.5, 141.75, 142])
    )
    np.testing.assert_array_equal(
        recording.trace.toco, np.float32([10, 10.5, 11, 11.5, nan, 12, 12.5, 127.5])
    )
    assert np.isnan(recording.trace.mhr_bpm).all()
    assert parse("r1", folder(**wfdb())).trace.fhr_bpm[1] == 140.25


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda text: "", r"r1\.hea: the header is empty"),
        (lambda text: text.replace("r1 2 4", "r1 3 4"), "3 signals announced, 2 described"),
        (lambda text: text.replace(" 8\n", "\n"), "not RECORD SIGNALS RATE SAMPLES"),
        (lambda text: text.replace("r1 2 4", "r1 2 fast"), "sampling rate 'fast'"),
        (lambda text: text.replace(" 8\n", " 9\n"), r"r1\.dat: 8 samples, r1\.hea announces 9"),
        (lambda text: text.replace("dat 16", "dat 212"), "format 212"),
        (lambda text: text.replace("14000", "13000"), r"fhr_bpm begins with 14000.* says 13000"),
        (lambda text: text.replace("100(0)/bpm", "0/bpm"), "gain"),
        (lambda text: text.replace(" FHR", " ECG"), "no signal is called FHR"),
        (lambda text: text.replace("r1.dat 16 100/nd", "r2.dat 16 100/nd"), "in 2 files"),
        (lambda text: text.replace(" 14000 ", " x "), "initial value 'x'"),
        (lambda text: text.replace(" 0 FHR", ""), "7 of 9 fields"),
    ],
)
def test_a_wrong_header_is_refused_by_name(change, message):
    with pytest.raises(FormatError, match=message):
        parse("r1.hea", folder(**wfdb(change=change)))


def test_a_cut_or_changed_data_file_is_refused():
    files = wfdb()
    for size in range(len(files["r1_dat"])):
        with pytest.raises(FormatError, match="announces 8"):
            parse("r1", folder(**files | {"r1_dat": files["r1_dat"][:size]}))
    for at in range(len(files["r1_dat"])):
        bad = bytearray(files["r1_dat"])
        bad[at] ^= 4
        with pytest.raises(FormatError, match="damaged"):
            parse("r1", folder(**files | {"r1_dat": bytes(bad)}))


def test_a_missing_file_is_told_as_missing():
    with pytest.raises(FileNotFoundError, match=r"r1\.hea"):
        parse("r1", folder())
    with pytest.raises(FileNotFoundError, match=r"r1\.dat"):
        parse("r1", folder(r1_hea=wfdb()["r1_hea"]))


@pytest.mark.parametrize("name", ["r1.edf", "r1.csv.gz", "r1."])
def test_an_unknown_format_is_refused(name):
    with pytest.raises(FormatError, match=r"unknown format, known are \.hea, \.fhr, "):
        parse(name, folder())


@pytest.mark.parametrize("fhr", [[-14000, *FHR[1:]], [30100, *FHR[1:]]])
def test_a_rate_nobody_can_have_is_refused(fhr):
    with pytest.raises(FormatError, match=r"r1\.hea: fhr_bpm is (-140|301) at sample 0"):
        parse("r1", folder(**wfdb(fhr=fhr)))


def test_a_recording_without_any_signal_is_read_and_says_so():
    recording = parse("r1", folder(**wfdb(fhr=[0] * 8)))
    assert recording.note == "no fetal heart rate in it"
    assert np.isnan(recording.trace.fhr_bpm).all()


def test_a_faster_record_is_read_by_its_latest_valid_value():
    fhr = [14000, 14100, 0, 0, 14400, 0, 0, 0, 0, 0, 15000, 0]
    recording = parse("r1", folder(**wfdb(fhr=fhr, toco=[1000] * 12, rate="8")))
    nan = np.nan
    np.testing.assert_array_equal(
        recording.trace.fhr_bpm, np.float32([140, 141, 144, nan, nan, 150])
    )
    assert recording.note == "8 Hz, read as 4 Hz: the latest valid value within 250 ms"


def test_a_slower_record_repeats_each_value_until_the_next_is_due():
    recording = parse("r1", folder(**wfdb(fhr=[14000, 0, 14200], toco=[1000] * 3, rate="1")))
    assert gaps(recording.trace.fhr_bpm) == [(1.0, 2.0)]
    assert recording.trace.fhr_bpm.tolist()[:4] == [140.0] * 4
    assert recording.note.startswith("1 Hz, read as 4 Hz: each value is repeated")
    with pytest.raises(FormatError, match=r"sampled at 0.2 Hz"):
        parse("r1", folder(**wfdb(rate="0.2")))


def test_fhrm_takes_the_higher_of_two_inputs_and_the_mother():
    rows = [(560, 0, 320, 20, 0), (0, 600, 0, 0, 0), (560, 580, 322, 255, 50), (0, 0, 0, 1, 0)]
    recording = parse("x.fhrm", fhrm(rows))
    nan = np.nan
    np.testing.assert_array_equal(recording.trace.fhr_bpm, np.float32([140, 150, 145, nan]))
    np.testing.assert_array_equal(recording.trace.mhr_bpm, np.float32([80, nan, 80.5, nan]))
    np.testing.assert_array_equal(recording.trace.toco, np.float32([10, nan, 127.5, 0.5]))
    np.testing.assert_array_equal(recording.trace.quality, np.float32([nan, nan, 50, nan]))
    assert np.isnan(recording.trace.fhr2_bpm).all()
    assert recording.note == "two ultrasound inputs, the higher rate is taken"
    assert on_wire_grid(recording.trace).toco[2] == 127.0


def test_fhr_has_six_bytes_a_sample():
    data = struct.pack("<I", 0) + struct.pack("<HHBB", 561, 0, 21, 0) * 2
    recording = parse("a.FHR", folder(**{"a.FHR": data}))
    assert recording.trace.fhr_bpm.tolist() == [140.25, 140.25]
    assert recording.trace.toco.tolist() == [10.5, 10.5]


@pytest.mark.parametrize("size", [0, 4, 5, 11])
def test_a_cut_fhrma_file_is_refused(size):
    data = (struct.pack("<I", 0) + bytes(16))[:size]
    with pytest.raises(FormatError, match=r"x\.fhrm: .*(no sample|cut)"):
        parse("x.fhrm", folder(x_fhrm=data))
    with pytest.raises(FormatError, match="fhr2 is 301 at sample 1"):
        parse("x.fhrm", fhrm([(560, 0, 0, 0, 0), (0, 1204, 0, 0, 0)]))


def test_csv_is_read_and_lost_values_are_lost():
    lines = ("0,140,10", "0.25,0,", "0.5,nan,12", "0.75,141.5,0", " 1.00 , 142 ,13.5")
    recording = parse("c.csv", csv(*lines))
    nan = np.nan
    np.testing.assert_array_equal(recording.trace.fhr_bpm, np.float32([140, nan, nan, 141.5, 142]))
    np.testing.assert_array_equal(recording.trace.toco, np.float32([10, nan, 12, nan, 13.5]))
    assert (recording.name, recording.note, recording.gestation_weeks) == ("c", "", None)


def test_csv_may_have_the_mother_and_begin_late_and_have_holes():
    text = b"\xef\xbb\xbft_s,fhr_bpm,toco,mhr_bpm\n" + b"".join(
        b"%.2f,140,10,80\n" % (60 + n / 4) for n in (0, 1, 2, 3, 8, 9)
    )
    recording = parse("c.csv", folder(c_csv=text))
    assert gaps(recording.trace.mhr_bpm) == [(1.0, 2.0)]
    assert recording.note == "the first sample is at 60 s, read as 0 s"


@pytest.mark.parametrize(
    ("lines", "message"),
    [
        (("0,140,10", "0.25,-1,10"), "fhr_bpm is -1 at line 3"),
        (("0,140,10", "0.25,140,500"), "toco is 500 at line 3, possible are 0 to 127.5"),
        (("0,140,10", "0.25,inf,10"), "fhr_bpm is inf at line 3"),
        (("0,140,10", "0.25,141,10", "0.25,142,10"), "t_s is 0.25 at line 4, after 0.25"),
        (("5,140,10", "4,141,10"), "t_s is 4 at line 3, after 5"),
        (("0,140,10", "nan,141,10"), "t_s is nan at line 3"),
        (("0,140,10", "1,x,10"), "fhr_bpm is 'x' at line 3"),
        (("0,140,10", "1,140"), "line 3 has 2 of 3 fields"),
        (("0,140,10", "60,140,10"), "at least 1 Hz"),
        (("0,140,10", ".25,140,10", "9e9,140,10"), "t_s spans"),
        ((), "no line after the first"),
    ],
)
def test_a_wrong_csv_is_refused_by_line(lines, message):
    with pytest.raises(FormatError, match=rf"c\.csv: .*{message}"):
        parse("c.csv", csv(*lines))


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"", "the file is empty"),
        (b"\xff\xfe\x00", "not UTF-8 text at byte 0"),
        (b"time;fhr\n0;140\n", "line 1 is 'time;fhr'"),
    ],
)
def test_a_file_that_is_no_csv_is_refused(data, message):
    with pytest.raises(FormatError, match=message):
        parse("c.csv", folder(c_csv=data))


@pytest.mark.real
def test_real_recordings_are_read_as_published(data_dir: Path):
    recording = parse("1001.hea", lambda name: (data_dir / "ctu-uhb" / name).read_bytes())
    assert recording.gestation_weeks == 37.0
    assert recording.trace.duration_s == 4800.0
    assert recording.trace.fhr_bpm[:3].tolist() == [150.5, 150.5, 151.0]
    sent = on_wire_grid(recording.trace)
    np.testing.assert_array_equal(sent.fhr_bpm, recording.trace.fhr_bpm)

    for pattern in ("fhrma/*.fhr", "fhrma-false-signals/val/*.fhrm"):
        path = sorted(data_dir.glob(pattern))[0]
        trace = parse(path.name, lambda name, path=path: (path.parent / name).read_bytes()).trace
        assert trace.duration_s > 600 and 100 < np.nanmedian(trace.fhr_bpm) < 170
