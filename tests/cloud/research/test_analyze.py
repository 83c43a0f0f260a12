"""`lucina analyze`: files, folders, bad ones, and what is printed."""

import io
import json
import os
import pty
import re
import signal
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from typer.testing import CliRunner

import lucina
from cloud.research import analyze
from cloud.research.analyze import FEW, Plan, run
from tests.models.strips import strip

KEYS = {
    "recording", "duration_s", "fs_hz", "quality", "baseline_bpm", "stv_ms", "ltv_ms",
    "bandwidth_bpm", "oscillations_per_min", "accelerations", "decelerations", "contractions",
    "sinusoidal", "scores", "verdict", "reasons", "rules_version",
}  # fmt: skip


def write_csv(path: Path, minutes: float = 12, fs_hz: float = 4, mhr: float | None = None) -> Path:
    trace = strip(minutes, bumps=((200, 215, 240, 25), (400, 415, 440, 25)))
    step = round(4 / fs_hz)
    rows = ["t_s,fhr_bpm,toco" + (",mhr_bpm" if mhr else "")]
    for at in range(0, len(trace.fhr_bpm), step):
        rate = mhr or trace.fhr_bpm[at]
        rows.append(f"{at / 4},{rate:.2f},{trace.toco[at]:.1f}" + (f",{mhr}" if mhr else ""))
    path.write_text("\n".join(rows) + "\n")
    return path


def write_fhr(path: Path, minutes: float = 12) -> Path:
    trace = strip(minutes)
    layout = np.dtype([("a", "<u2"), ("b", "<u2"), ("toco", "u1"), ("quality", "u1")])
    rows = np.zeros(len(trace.fhr_bpm), layout)
    rows["a"], rows["toco"] = trace.fhr_bpm * 4, trace.toco * 2
    path.write_bytes(b"\0" * 4 + rows.tobytes())
    return path


def analyse(*paths: Path, cores: int = 1, **plan: object) -> tuple[int, str, list[str]]:
    out, err = io.StringIO(), io.StringIO()
    code = run(list(paths), Plan(**plan), out, err, cores)
    return code, out.getvalue(), err.getvalue().splitlines()


def told(out: str) -> list[dict]:
    return [json.loads(line, parse_constant=pytest.fail) for line in out.splitlines()]


def test_json_of_a_file_has_every_field(tmp_path):
    code, out, err = analyse(write_csv(tmp_path / "one.csv"), as_json=True)
    (data,) = told(out)
    assert (code, err) == (0, [])
    assert set(data) >= KEYS
    assert (data["recording"], data["duration_s"], data["fs_hz"]) == ("one", 720, 4)
    assert "baseline" not in data and data["note"] is None
    assert len(data["accelerations"]) == 2


def test_options_reach_the_analysis(tmp_path):
    path = write_csv(tmp_path / "hers.csv", mhr=85.0)
    usual, without = (
        told(analyse(path, as_json=True, ignore_maternal=ignore)[1])[0] for ignore in (False, True)
    )
    assert usual["quality"]["maternal"] and not without["quality"]["maternal"]
    plan = {"as_json": True, "with_baseline": True, "gestation_weeks": 30.5}
    (data,) = told(analyse(write_csv(tmp_path / "b.csv"), **plan)[1])
    assert len(data["baseline"]) == 4 * 720 and data["gestation_weeks"] == 30.5


def test_resampling_is_told(tmp_path):
    path = write_csv(tmp_path / "slow.csv", fs_hz=2)
    (data,) = told(analyse(path, as_json=True)[1])
    assert data["note"].startswith("2 Hz, read as 4 Hz")
    code, _, err = analyse(path)
    assert (code, err) == (0, [f"lucina: {path}: {data['note']}"])


def test_a_summary_for_people_names_the_verdict_and_the_scores(tmp_path):
    code, out, _ = analyse(write_csv(tmp_path / "one.csv"))
    assert code == 0 and out.startswith("one: normal, 12.0 min recorded\n")
    assert "(last 10 min)" in out and "(last 12 min)" in out  # not of 30 min that were not recorded
    assert "nichd                I\n" in out
    assert "krebs                not computable: 30 min are needed, 12 min are recorded" in out
    assert "check before clinical use" in out and "a doctor reads" in out


def test_a_summary_in_chinese_has_no_english_sentence(tmp_path):
    _, out, _ = analyse(write_csv(tmp_path / "one.csv"), language="zh")
    assert "正常, 已记录 12.0 分钟" in out and "最近 12 分钟" in out
    assert "krebs                无法计算：需要 30 分钟，已记录 12 分钟" in out
    assert re.findall(r"[a-z]{3,} [a-z]{3,}", out) == []


def test_a_folder_is_one_line_a_recording_by_name_with_those_below(tmp_path):
    write_csv(tmp_path / "b.csv")
    (tmp_path / "a").mkdir()
    write_fhr(tmp_path / "a" / "x.fhr")
    (tmp_path / "a" / "x.fhrh").write_text("1 $ ACC 60\n")
    code, out, err = analyse(tmp_path)
    assert [line.split()[0] for line in out.splitlines()] == ["b", "x"]
    assert (code, err) == (0, [])


def test_bad_files_in_a_folder_are_named_and_the_rest_is_done(tmp_path):
    whole = write_fhr(tmp_path / "a.fhr")
    (tmp_path / "cut.fhr").write_bytes(whole.read_bytes()[:1001])
    (tmp_path / "empty.csv").write_text("")
    (tmp_path / "lost.hea").write_text("lost 1 4 10\nlost.dat 16 100 16 0 0 0 0 FHR\n")
    code, out, err = analyse(tmp_path, as_json=True)
    assert code == 1 and [data["recording"] for data in told(out)] == ["a"]
    for name, line in zip(("cut.fhr", "empty.csv", "lost.dat"), err, strict=True):
        assert line.startswith(f"lucina: {tmp_path / name}: ")


def test_other_tables_beside_recordings_are_left_out(tmp_path):
    write_csv(tmp_path / "a.csv")
    (tmp_path / "clinical.csv").write_text("record,pH,Apgar1\n1001,7.14,6\n")
    code, out, err = analyse(tmp_path, as_json=True)
    assert code == 0 and [data["recording"] for data in told(out)] == ["a"]
    assert err == [f"lucina: {tmp_path / 'clinical.csv'}: a table of something else, left out"]
    for text in ("time,fhr\n0,140\n", "0,140,20\n", "nothing\n"):
        (tmp_path / "clinical.csv").write_text(text)
        assert analyse(tmp_path)[0] == 1


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("gone.fhr", "gone.fhr: No such file or directory"),
        ("notes.txt", "notes.txt: unknown format"),
        ("cut.fhr", "cut.fhr: 5 bytes is not 4 and a multiple of 6: the file is cut"),
        ("folder", "no recording (.hea, .fhr, .fhrm, .csv) in this folder"),
        ("out.hea", "out.hea: names '../x.dat', which is not in its folder"),
    ],
)
def test_a_path_that_cannot_be_read_is_one_line_and_code_2(tmp_path, name, words):
    (tmp_path / "notes.txt").write_text("hello")
    (tmp_path / "cut.fhr").write_bytes(b"12345")
    (tmp_path / "folder").mkdir()
    (tmp_path / "out.hea").write_text("out 1 4 10\n../x.dat 16 100 16 0 0 0 0 FHR\n")
    good = write_fhr(tmp_path / "good.fhr")
    code, out, err = analyse(tmp_path / name, good, as_json=True)
    assert code == 2 and len(err) == 1
    assert words in err[0]
    assert [data["recording"] for data in told(out)] == ["good"]


def test_nothing_measured_is_unknown_and_no_error(tmp_path):
    path = tmp_path / "lost.csv"
    path.write_text("t_s,fhr_bpm,toco\n" + "".join(f"{n / 4},0,0\n" for n in range(9)))
    code, out, _ = analyse(path, as_json=True, with_baseline=True)
    (data,) = told(out)
    assert (code, data["verdict"], data["baseline_bpm"]) == (0, "unknown", None)
    assert data["note"] == "no fetal heart rate in it"
    assert analyse(path)[1].startswith("lost: unknown")


def test_many_are_done_by_processes_in_the_order_of_their_names(tmp_path):
    count = FEW + 3
    for n in range(count):
        write_fhr(tmp_path / f"r{n:02}.fhr", 1)
    (tmp_path / "r05.fhr").write_bytes(b"")
    code, out, err = analyse(tmp_path, cores=2, as_json=True)
    names = [data["recording"] for data in told(out)]
    assert names == [f"r{n:02}" for n in range(count) if n != 5]
    assert code == 1 and len(err) == 1 and "r05.fhr" in err[0]


def test_a_full_folder_is_worked_on_a_few_at_a_time(tmp_path, monkeypatch):
    """However many files there are, only the answers ahead of the one being told are held."""
    count, most = 120, 0
    for n in range(count):
        write_fhr(tmp_path / f"r{n:03}.fhr", 1 / 12)
    held: list[Path] = []
    began = analyze.ProcessPoolExecutor.submit

    def submit(pool, work, path, plan):
        nonlocal most
        held.append(path)
        most = max(most, len(held))
        return began(pool, work, path, plan)

    monkeypatch.setattr(analyze.ProcessPoolExecutor, "submit", submit)
    answers = analyze._answers(analyze.files(tmp_path, io.StringIO()), Plan(as_json=True), 2)
    names = []
    for one in answers:
        held.remove(one.path)
        names.append(json.loads(one.text)["recording"])
    assert names == [f"r{n:03}" for n in range(count)]
    assert most <= 2 * analyze.AHEAD + 1


def test_the_command_line(tmp_path):
    path = write_csv(tmp_path / "one.csv")
    ask = CliRunner().invoke
    good = ask(lucina.app, ["analyze", str(path), "--json", "--trace", "--ignore-maternal"])
    assert good.exit_code == 0 and told(good.stdout)[0]["baseline"]
    weeks = ask(lucina.app, ["analyze", str(path), "--json", "--gestation-weeks", "31"])
    assert told(weeks.stdout)[0]["gestation_weeks"] == 31
    assert ask(lucina.app, ["analyze", str(tmp_path / "gone")]).exit_code == 2
    assert ask(lucina.app, ["analyze", str(path), "--gestation-weeks", "99"]).exit_code == 2
    assert "calibrated" in ask(lucina.app, ["analyze", "--help"]).stdout


def test_a_terminal_sees_a_bar_and_a_pipe_only_the_answers(tmp_path):
    for name in ("a.fhr", "b.fhr"):
        write_fhr(tmp_path / name, 1)
    ours, theirs = pty.openpty()
    command = [sys.executable, "-m", "lucina", "analyze", str(tmp_path), "--json"]
    done = subprocess.run(
        command, stdout=subprocess.PIPE, stderr=theirs, cwd=Path(lucina.__file__).parent,
        env=os.environ | {"TERM": "xterm", "COLUMNS": "80"}, timeout=60,
    )  # fmt: skip
    os.close(theirs)
    seen = os.read(ours, 65536).decode()
    os.close(ours)
    assert [data["recording"] for data in told(done.stdout.decode())] == ["a", "b"]
    assert "analyze" in seen and "2/2" in seen


def test_an_interrupt_ends_it_without_a_traceback(tmp_path):
    first = write_fhr(tmp_path / "first.fhr", 60)
    for n in range(200):
        (tmp_path / f"r{n:03}.fhr").write_bytes(first.read_bytes())
    command = [sys.executable, "-m", "lucina", "analyze", str(tmp_path)]
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
        cwd=Path(lucina.__file__).parent,
    ) as child:  # fmt: skip
        assert child.stdout.readline().startswith("first")
        child.send_signal(signal.SIGINT)
        out, err = child.communicate(timeout=60)
    assert len(out.splitlines()) < 200
    assert child.returncode not in (0, None)
    assert "Traceback" not in err


@pytest.mark.real
def test_a_wfdb_record_is_read_by_header_or_by_name(data_dir):
    folder = data_dir / "ctu-uhb"
    (by_name,) = told(analyse(folder / "1001", as_json=True)[1])
    (by_header,) = told(analyse(folder / "1001.hea", as_json=True)[1])
    del by_name["file"], by_header["file"]
    assert by_name == by_header
