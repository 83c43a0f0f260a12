"""The maker's side of new firmware: `lucina firmware key|sign`. The board can only check.

A key is a private key of P-256 in PEM; its public half, 64 bytes in hexadecimal, goes into the
boards when they are provisioned.
"""

from hashlib import sha256
from pathlib import Path
from typing import Annotated

import typer
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, utils

from device import manifest, p256

firmware = typer.Typer(help="Sign firmware for the probes.", no_args_is_help=True)


@firmware.command()
def key(path: Annotated[Path, typer.Argument(help="File to write; it must not exist.")]) -> None:
    """Make a signing key, and print what the boards must know of it.

    Example: lucina firmware key maker.pem
    """
    private = ec.generate_private_key(ec.SECP256R1())
    pem = private.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
    try:
        with path.open("xb") as file:
            path.chmod(0o600)
            file.write(pem)
    except OSError as error:
        _fail(str(error))
    typer.echo(public_of(private).hex())


@firmware.command()
def sign(
    image: Annotated[Path, typer.Argument(help="The firmware, as it goes into a slot.")],
    version: Annotated[int, typer.Option(min=1, help="Larger than that of any image before.")],
    board: Annotated[str, typer.Option(help="Name of the board it is for.")],
    key_file: Annotated[Path, typer.Option("--key", help="The signing key (PEM).")],
) -> None:
    """Write IMAGE.manifest: the text of the command `update`.

    Example: lucina firmware sign firmware.bin --version 12 --board esp32s3 --key maker.pem
    """
    try:
        text = signed(image.read_bytes(), version, board, key_file.read_bytes())
    except (OSError, ValueError) as error:
        _fail(str(error))
    target = image.with_name(image.name + ".manifest")
    target.write_text(text + "\n")
    typer.echo(str(target))


def signed(image: bytes, version: int, board: str, pem: bytes) -> str:
    """The manifest in base64. ValueError when the key or a field is none."""
    private = serialization.load_pem_private_key(pem, None)
    if not isinstance(private, ec.EllipticCurvePrivateKey) or private.curve.name != "secp256r1":
        raise ValueError("the key is not one of P-256")
    told = manifest.Manifest(version, len(image), board, sha256(image).digest())
    body = manifest.pack_body(told)
    r, s = utils.decode_dss_signature(private.sign(body, ec.ECDSA(hashes.SHA256())))
    signature = r.to_bytes(32, "big") + s.to_bytes(32, "big")
    assert p256.verify(public_of(private), body, signature)
    return manifest.to_text(body + signature)


def public_of(private: ec.EllipticCurvePrivateKey) -> bytes:
    """x and y, as device/p256.py takes them."""
    numbers = private.public_key().public_numbers()
    return numbers.x.to_bytes(32, "big") + numbers.y.to_bytes(32, "big")


def _fail(words: str) -> None:
    typer.echo(f"lucina: {words}", err=True)
    raise typer.Exit(2)
