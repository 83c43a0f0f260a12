"""What the maker signs is what a board takes."""

from pathlib import Path

import pytest
from typer.testing import CliRunner

from device import manifest
from device.p256 import verify
from hardware.firmware import firmware, signed

RUN = CliRunner()


def test_a_key_an_image_and_a_manifest_that_the_board_believes(tmp_path: Path) -> None:
    key, image = tmp_path / "maker.pem", tmp_path / "firmware.bin"
    image.write_bytes(b"\x02\x00\x00\x00" + bytes(range(200)))
    made = RUN.invoke(firmware, ["key", str(key)])
    assert made.exit_code == 0
    assert key.stat().st_mode & 0o777 == 0o600
    words = ["sign", str(image), "--version", "2", "--board", "esp32s3", "--key", str(key)]
    assert RUN.invoke(firmware, words).exit_code == 0
    data = manifest.from_text((tmp_path / "firmware.bin.manifest").read_text())
    body, signature = data[: manifest.BODY_SIZE], data[manifest.BODY_SIZE :]
    assert verify(bytes.fromhex(made.stdout.strip()), body, signature)
    assert manifest.parse(data)[:3] == (2, 204, "esp32s3")


def test_a_key_is_never_written_over(tmp_path: Path) -> None:
    key = tmp_path / "maker.pem"
    key.write_text("mine")
    assert RUN.invoke(firmware, ["key", str(key)]).exit_code == 2
    assert key.read_text() == "mine"


def test_what_is_no_key_or_no_name_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ValueError):
        signed(b"x", 1, "esp32s3", b"no key")
    key = tmp_path / "maker.pem"
    RUN.invoke(firmware, ["key", str(key)])
    with pytest.raises(ValueError, match="does not fit"):
        signed(b"x", 1, "a name of more than 16", key.read_bytes())
