"""The analysis still says of a kept strip what it said when the file was made."""

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from models.trace import FS_HZ, Trace
from tests.models.make_golden import COMMAND, PER_UNIT, result

FILE = Path(__file__).parent / "golden" / "bradycardia.json"


def test_the_golden_strip():
    golden = json.loads(FILE.read_text())
    assert golden["made by"] == COMMAND
    channels = {}
    for name, per_unit in PER_UNIT.items():
        counts = np.array(golden["counts, 0 is lost"][name], np.float32)
        channels[name] = np.where(counts == 0, np.float32(np.nan), counts / np.float32(per_unit))
    trace = replace(Trace.empty(len(channels["toco"]) / FS_HZ), **channels)
    same(json.loads(json.dumps(result(trace))), {k: golden[k] for k in ("assessment", "changes")})


def same(now, then, where: str = "") -> None:
    if isinstance(then, dict):
        assert now.keys() == then.keys(), where
        for key in then:
            same(now[key], then[key], f"{where}.{key}")
    elif isinstance(then, list):
        assert len(now) == len(then), where
        for at, value in enumerate(then):
            same(now[at], value, f"{where}[{at}]")
    elif isinstance(then, float):
        assert now == pytest.approx(then, abs=0.01), where
    else:
        assert now == then, where
