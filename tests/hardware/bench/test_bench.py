"""The bench: its numpy twins, its meter, its rows and its commands, on the real firmware."""

import io
import json
import wave
from array import array
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
from typer.testing import CliRunner

import lucina
from device import autocorrelation, payloads
from device.config import check
from device.fhr import HOP
from device.seconds import SecondsFile
from device.sound import Heard, SoundError, SoundFile
from hardware.bench import device, fast
from hardware.bench.arithmetic import Meter, watched
from hardware.bench.hearing import hear, samples
from hardware.bench.row import Plan, Row, Share, Tally
from hardware.bench.sounding import beats_of_file, write_wav
from hardware.bench.source import heard, replayed
from models.beams import Place, beam_sounds, gains
from models.doppler import Beats, Scene, sound, steady_beats

BITS = 1 << 30  # what a 32-bit MicroPython keeps without allocating


def test_the_twins_in_numpy_give_the_firmwares_numbers() -> None:
    rng = np.random.default_rng(5)
    for spread in (3, 300, 2047):
        wave_ = array("H", rng.integers(1024 - spread // 2, 1025 + spread // 2, 600).tolist())
        found = []
        for functions in (autocorrelation, fast):
            middle = functions.mean(wave_, 600)
            energy, alike = array("I", [0] * 601), array("H", [0] * 92)
            functions.energies(wave_, 600, middle, energy)
            functions.likenesses(wave_, 150, middle, energy, 10, 101, alike)
            products = [functions.product(wave_, 600, middle, lag) for lag in (1, 48, 400)]
            found.append((middle, energy, alike, products))
        assert found[0] == found[1]


@pytest.mark.parametrize("kind", ["square", "noise", "heart"])
def test_no_number_in_the_path_leaves_30_bits(kind: str) -> None:
    size = 14 * HOP
    made = {
        "square": array("H", [4095 * (n // 4 & 1) * (n // 400 & 1) for n in range(size)]),
        "noise": array("H", np.random.default_rng(1).integers(0, 2, size).astype("H") * 4095),
        "heart": samples(sound(Beats(steady_beats(240, 4)), 3.5, Scene(20), 1)),
    }[kind]
    meter = Meter()
    with watched(meter) as firmware:
        path = firmware.Doppler(1)
        for start in range(0, size, HOP):
            path.hear(made[start : start + HOP], None, payloads.GAP_16)
    assert 1 << 24 < meter.greatest < BITS
    assert 12 * 2000 * 3.5 < meter.products < 150_000 * 3.5


def test_one_heart_on_two_channels_is_one_and_two_are_two() -> None:
    one = sound(Beats(steady_beats(140, 18, 0.01, 1)), 18, Scene(10), 1)
    echo = sound(Beats(steady_beats(140, 18, 0.01, 1)), 18, Scene(10), 2)
    other = sound(Beats(steady_beats(132, 18, 0.01, 2)), 18, Scene(10), 2)
    assert np.isnan(hear(one, echo).second_bpm[-4:]).all()
    assert hear(one, other).second_bpm[-4:] == pytest.approx(132, abs=4)


def test_a_share_and_its_interval() -> None:
    even = Share([Tally(120, 108)] * 10)
    assert even.value == 0.9
    assert even.interval == pytest.approx((0.826, 0.945), abs=0.001)  # Wilson, 100 trials
    uneven = Share([Tally(120, 120)] * 9 + [Tally(120, 0)])
    assert uneven.interval[0] < even.interval[0]
    assert np.isnan(Share([]).value)


def test_a_row_says_what_it_reached() -> None:
    assert Row("lost", 0, 0, 0, True, 300, percent=False).reached == "aim"
    assert Row("right", 0.96, 0.95, 0.99, False, 80).reached == "must"
    assert Row("wrong", 0.02, 0.01, 0.003, True, 80).reached == "short"


def test_the_table_in_words_and_as_json(monkeypatch: pytest.MonkeyPatch) -> None:
    lost = Row("frames lost", 0, 0, 0, True, 300, percent=False)
    monkeypatch.setattr(device, "ROWS", (lambda plan, pool: lambda: [lost],))
    out = io.StringIO()
    assert device.run(Plan(1, None), True, out) == 0
    (row,) = json.loads(out.getvalue())
    assert (row["task"], row["reached"]) == ("frames lost", "aim")
    out = io.StringIO()
    device.run(Plan(1, None), False, out)
    assert "| frames lost | 0 |  | <= 0 | <= 0 | 300 | aim |" in out.getvalue()
    short = Row("right", 0.5, 0.9, 0.95, False, 80, (0.4, 0.6))
    monkeypatch.setattr(device, "ROWS", (lambda plan, pool: lambda: [short],))
    assert device.run(Plan(1, None), False, out) == 1
    assert "| right | 50.00 % | 40.00 % - 60.00 % |" in out.getvalue()


def test_a_recording_is_heard_by_the_firmware(tmp_path: Path) -> None:
    told = heard("synthetic:normal:3:1", tmp_path)
    assert check({**told, "host": "h", "port": 1, "device": "d", "token": "t", **RUN})
    firmware = Heard(SoundFile(str(told["sound"])), SecondsFile(str(told["source"])))
    found = [payloads.unpack_trace(payload) for payload in iter(firmware.next, None)]
    replayed("synthetic:normal:3:1", tmp_path)
    recorded = SecondsFile(str(tmp_path / "seconds"))
    true = [payloads.unpack_trace(payload) for payload in iter(recorded.next, None)]
    assert [second.toco for second in found] == [second.toco for second in true]
    ours, theirs = (np.ravel([second.fhr for second in one]) / 4.0 for one in (found, true))
    known = (ours < 300) & (theirs < 300)
    assert known[16:].mean() > 0.9
    assert np.median(np.abs(ours - theirs)[known]) < 3
    assert firmware.placement.level == 3


RUN = {"speed": 1, "spool": None, "tls": None}


def test_beat_times_are_a_file_too(tmp_path: Path) -> None:
    path = tmp_path / "beats.csv"
    path.write_text("beat_s\n" + "".join(f"{0.4 * n:.3f}\n" for n in range(30)))
    beats_s = beats_of_file(path)
    assert beats_s is not None
    assert len(beats_s) == 30
    assert heard(str(path), tmp_path)["flags"] == payloads.REPLAYED | payloads.SYNTHETIC
    path.write_text("beat_s\n2\n1\n")
    with pytest.raises(ValueError, match=r"beats\.csv: beat_s"):
        beats_of_file(path)


def test_a_sound_of_another_kind_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "x.wav"
    for head in (b"", b"RIFF" + bytes(40)):
        path.write_bytes(head)
        with pytest.raises(SoundError, match=r"x\.wav is not a WAV file"):
            SoundFile(str(path))
    with wave.open(str(path), "wb") as file:
        file.setparams((1, 2, 8000, 0, "NONE", ""))
        file.writeframes(bytes(100))
    with pytest.raises(SoundError, match="8000 Hz"):
        SoundFile(str(path))


def test_two_channels_travel_in_one_file(tmp_path: Path) -> None:
    path = tmp_path / "twins.wav"
    left, right = np.full(HOP, 16, np.int16), np.full(HOP, -16, np.int16)
    write_wav(path, left, right)
    file = SoundFile(str(path))
    assert file.read()
    assert (file.first[0], file.second[0]) == (2049, 2047)
    assert not file.read()


def test_listen_writes_a_sound(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))  # no player
    out = tmp_path / "out.wav"
    words = ["listen", "synthetic:normal:1:1", "--seconds", "3", "--out", str(out)]
    ran = CliRunner().invoke(lucina.app, words)
    assert ran.exit_code == 0, ran.output
    assert "no player here" in ran.output
    with wave.open(str(out)) as file:
        assert (file.getframerate(), file.getnframes()) == (2000, 6000)
    assert CliRunner().invoke(lucina.app, ["listen", "absent.wav"]).exit_code == 2


def test_nine_beams_find_a_heart_beside_the_probe(tmp_path: Path) -> None:
    place = Place(15, 5)
    loud = gains(place)
    assert gains(Place(0, 0))[0] == 1 and max(loud) == loud[1] > 0.7 > 0.3 > loud[0]
    heart = Beats(steady_beats(140, 14, 0.01))
    path = tmp_path / "nine.wav"
    write_wav(path, *beam_sounds(heart, 14, Scene(10), 1, loud))
    silent = payloads.Trace(*[None] * 3, (0,) * 4, None)
    source = iter([payloads.pack_trace(silent)] * 14)
    firmware = Heard(SoundFile(str(path)), SimpleNamespace(next=lambda: next(source, None)))
    rates = [payloads.unpack_trace(payload).fhr for payload in iter(firmware.next, None)]
    assert np.array(rates[-2:]) / 4 == pytest.approx(140, abs=8)
