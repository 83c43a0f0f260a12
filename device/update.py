"""Takes a new firmware block by block into the slot that does not run. No clock, no network.

The manifest (device/manifest.py) comes first, by a command; what it does not allow is refused
before anything is erased. Then blocks are taken in their order. Each whole sector of the image is
marked in a sector of notes, so that after a power cut the device asks for the next one, not for
the first:

    4s   magic b"LUU1"
    124s manifest
    ..   a byte for each sector of the image: 0xFF, 0 when it is written

The slots do the rest, as the boot loader of an ESP32 does: try the new image once, go back to the
old one at the next reset unless confirm() was called before. `slots` has BLOCK (bytes of an erase),
size, version (of the image that runs), trial (is it on trial?), erase(offset), write(offset, data),
read(offset, buffer), try_other() and confirm(). Nothing is believed that the maker's key has not
signed, and the version must be larger than the one that runs; while an image is on trial nothing
else is taken.
"""

from hashlib import sha256

from device import manifest, p256
from device.manifest import ManifestError

MAGIC = b"LUU1"
HEAD_SIZE = 4 + manifest.SIZE
READ_BYTES = 256


class Update:
    """`notes` is one sector of flash: read(at, buffer), program(at, data), erase()."""

    def __init__(self, slots, notes, key: bytes, board: str) -> None:
        self._slots = slots
        self._notes = notes
        self._key = key
        self._board = board
        self._manifest: manifest.Manifest | None = None
        self.at = 0  # bytes of the image that are written
        self._resume()

    @property
    def wanted(self) -> int | None:
        """The offset of the next block; None when nothing is under way."""
        return self.at if self._manifest else None

    @property
    def whole(self) -> bool:
        return self._manifest is not None and self.at == self._manifest.size

    def offer(self, text: str) -> str:
        """A manifest from above, in base64. Returns why it is not taken; "" when it is."""
        try:
            signed = manifest.from_text(text)
            offered = self._checked(signed)
        except ManifestError as error:
            return str(error)
        if self._manifest == offered:
            return ""  # goes on where it was
        self.forget()
        self._notes.erase()
        self._notes.program(0, MAGIC + signed)
        self._manifest, self.at = offered, 0
        return ""

    def take(self, offset: int, data: bytes) -> bool:
        """The next block: not longer than to the end of a sector. False: not the wanted one."""
        if not self._manifest or offset != self.at or not data:
            return False
        block = self._slots.BLOCK
        if len(data) > min(block - offset % block, self._manifest.size - offset):
            return False
        if offset % block == 0:
            self._slots.erase(offset)
        self._slots.write(offset, data)
        self.at += len(data)
        if self.at % block == 0:
            self._notes.program(HEAD_SIZE + self.at // block - 1, b"\x00")
        return True

    def finish(self) -> bool:
        """When it is whole: is it what was signed? Then it runs at the next start, on trial."""
        good = self.whole and self._digest() == self._manifest.digest  # type: ignore[union-attr]
        self.forget()
        if good:
            self._slots.try_other()
        return good

    def forget(self) -> None:
        if self._manifest:
            self._notes.program(0, bytes(4))
        self._manifest, self.at = None, 0

    def _checked(self, signed: bytes) -> manifest.Manifest:
        offered = manifest.parse(signed)
        if not self._is_signed(signed):
            raise ManifestError("the signature is not the maker's")
        if self._slots.trial:
            raise ManifestError("version %d is on trial" % self._slots.version)
        if offered.board != self._board:
            raise ManifestError("built for %s, this is %s" % (offered.board, self._board))
        if offered.version <= self._slots.version:
            raise ManifestError("version %d is not newer" % offered.version)
        if not 0 < offered.size <= self._slots.size:
            raise ManifestError("%d bytes do not fit" % offered.size)
        return offered

    def _is_signed(self, signed: bytes) -> bool:
        body, signature = signed[: manifest.BODY_SIZE], signed[manifest.BODY_SIZE :]
        return p256.verify(self._key, body, signature)

    def _resume(self) -> None:
        head = bytearray(HEAD_SIZE)
        self._notes.read(0, head)
        if head[:4] != MAGIC:
            return
        try:
            self._manifest = self._checked(bytes(head[4:]))
        except ManifestError:  # torn, or it is the one that runs now
            return
        block = self._slots.BLOCK
        mark = bytearray(1)
        while self.at + block <= self._manifest.size:
            self._notes.read(HEAD_SIZE + self.at // block, mark)
            if mark[0]:
                return
            self.at += block

    def _digest(self) -> bytes:
        hashed = sha256()
        buffer = bytearray(READ_BYTES)
        for at in range(0, self.at, READ_BYTES):
            part = memoryview(buffer)[: min(READ_BYTES, self.at - at)]
            self._slots.read(at, part)
            hashed.update(part)
        return hashed.digest()
