"""The scripted hour through the real service, as a process; and that a play can be played again."""

import json
import subprocess

import pytest
from typer.testing import CliRunner

from cloud.scenario.commands import commands
from cloud.scenario.run import Outcome
from device.packer import Packer
from models.rules import RULES
from tests.cloud.scenario.conftest import Playing
from tests.servers import LUCINA


@pytest.mark.slow
@pytest.mark.timeout(600)
def test_the_hour_ends_with_every_check_holding() -> None:
    ended = subprocess.run(
        [LUCINA, "scenario", "hour", "--json"], capture_output=True, text=True, check=False
    )
    found = json.loads(ended.stdout)
    assert {name: wrong for name, wrong in found["checks"].items() if wrong} == {}
    assert (ended.returncode, found["holds"]) == (0, True)
    assert {rule.id for rule in RULES} - set(found["alerts"]) == {"not_assessed"}
    assert found["people"] == {"mothers": 40, "organisations": 6}
    assert found["restarts"] == 1
    assert found["simulated_s"] >= 3600


def test_few_minutes_hold_all_checks_but_that_of_every_kind(outcome: Outcome) -> None:
    wrong = {name: words for name, words in outcome.checks.items() if words}
    assert set(wrong) == {"alerts of every kind"}


def test_the_same_seed_gives_the_same_transcript(playing: Playing, outcome: Outcome) -> None:
    assert playing(3).lines == outcome.lines


def test_silence_is_escalated_across_the_restart(outcome: Outcome) -> None:
    """The hospital is silent, the service ends and begins within its 60 s."""
    ((ended_ms, began_ms),) = outcome.stage.restarts
    steps = [s for of in outcome.found.alert_steps.values() for s in of]
    told_ms = next(step.at_ms for step in steps if step.event == "tell")
    up_ms = next(step.at_ms for step in steps if step.event == "time up")
    assert told_ms < ended_ms < began_ms < up_ms
    assert abs(up_ms - told_ms - 60_000) <= 1000


def test_a_folder_that_is_not_there_is_named() -> None:
    ended = CliRunner().invoke(commands(Packer), ["hour", "--data", "no/such/folder"])
    assert ended.exit_code == 2
    assert "no/such/folder" in ended.output


def test_a_transcript_that_cannot_be_written_is_named() -> None:
    ended = CliRunner().invoke(commands(Packer), ["hour", "--transcript", "no/such/file.txt"])
    assert ended.exit_code == 2
    assert "no/such/file.txt" in ended.output
