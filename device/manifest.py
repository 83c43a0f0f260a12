"""What a firmware image is, signed by its maker.

    4s   magic     b"LUFW"
    I    version   only ever larger
    I    size      bytes of the image
    16s  board     for which it is built, padded with zeros
    32s  digest    SHA-256 of the image
    64s  signature ECDSA P-256 with SHA-256 of all before it: r and s

Little-endian but for the signature. One file for the board and for the maker's `lucina firmware`.
"""

from binascii import a2b_base64, b2a_base64
from collections import namedtuple
from struct import pack, unpack

MAGIC = b"LUFW"
BODY = "<4sII16s32s"
BODY_SIZE = 60
SIZE = BODY_SIZE + 64
MAX_BOARD = 16  # bytes of its name

Manifest = namedtuple("Manifest", ("version", "size", "board", "digest"))


class ManifestError(ValueError):
    """This is no manifest, or not one for us."""


def pack_body(manifest: Manifest) -> bytes:
    """What is signed."""
    board = manifest.board.encode()
    if not 0 < len(board) <= MAX_BOARD or len(manifest.digest) != 32:
        raise ManifestError("board %r or digest does not fit" % manifest.board)
    body: bytes = pack(
        BODY,
        MAGIC,
        manifest.version,
        manifest.size,
        board + bytes(MAX_BOARD - len(board)),
        manifest.digest,
    )
    return body


def parse(data: bytes) -> Manifest:
    """Of a whole manifest, signature not looked at."""
    if len(data) != SIZE or data[:4] != MAGIC:
        raise ManifestError("%d bytes are no manifest" % len(data))
    _, version, size, board, digest = unpack(BODY, data[:BODY_SIZE])
    try:
        name = bytes(board).rstrip(b"\x00").decode()
    except UnicodeError:  # anybody's bytes, or a note that was torn
        raise ManifestError("the board's name is no text") from None
    return Manifest(version, size, name, bytes(digest))


def to_text(data: bytes) -> str:
    """For the text of a command."""
    return b2a_base64(data).decode().strip()


def from_text(text: str) -> bytes:
    try:
        data: bytes = a2b_base64(text.encode())
        return data
    except ValueError:
        raise ManifestError("no base64") from None
