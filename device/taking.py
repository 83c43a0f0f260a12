"""Takes the document that a board is told in pieces, each answered. No I/O.

What is written, little-endian, and its answer:

    H 0xFFFF, H length, I crc   begin: CRC-32 of the whole document     "at 0"
    H offset, bytes             the next piece                          "at N", wanted next
                                the last one                            "ok", or "no: why"

A piece from another place is answered by where to go on. After "no" nothing of it is left, and a
new one may begin. An answer has nothing of what is kept on the board.
"""

from binascii import crc32
from struct import unpack_from

from device.provision import MAX_BYTES, ProvisionError

BEGIN = 0xFFFF
BEGIN_SIZE = 8
OK, NO = "ok", "no: "


class Taking:
    """keep(document) is called with a whole one, and raises ProvisionError when it is not right."""

    def __init__(self, keep) -> None:
        self._keep = keep
        self._document: bytearray | None = None
        self._at = self._crc = 0

    def take(self, written: bytes) -> str:
        """The answer to one write."""
        try:
            return self._take(written)
        except ProvisionError as error:
            self.forget()
            return NO + str(error)

    def forget(self) -> None:
        self._document = None

    def _take(self, written: bytes) -> str:
        if len(written) < 3:
            raise ProvisionError("%d bytes are no piece" % len(written))
        (offset,) = unpack_from("<H", written)
        if offset == BEGIN:
            self._begin(written)
        elif self._document is None:
            raise ProvisionError("not begun")
        elif offset == self._at:
            self._add(self._document, written[2:])
        if self._document is None:
            return OK
        return "at %d" % self._at

    def _begin(self, written: bytes) -> None:
        if len(written) != BEGIN_SIZE:
            raise ProvisionError("%d bytes are no beginning" % len(written))
        _, length, self._crc = unpack_from("<HHI", written)
        if not 0 < length <= MAX_BYTES:
            raise ProvisionError("%d bytes, at most %d" % (length, MAX_BYTES))
        self._document = bytearray(length)
        self._at = 0

    def _add(self, document: bytearray, piece: bytes) -> None:
        end = self._at + len(piece)
        if end > len(document):
            raise ProvisionError("more than the %d bytes announced" % len(document))
        document[self._at : end] = piece
        self._at = end
        if end < len(document):
            return
        if crc32(document) != self._crc:
            raise ProvisionError("CRC-32")
        self._keep(bytes(document))
        self.forget()
