"""Frames of one session made small one after the other, and made whole again, byte for byte.

What is expected: the next second, the channels of the second before, samples that
stay as they are or move by little, and other frames that look like the last of their kind. The
model learns as it goes, so frames are read in the order of writing, from the first one on; what it
reaches is in docs/device.md. The numbers of the frames are not written. One walk serves both
directions: see device/rangecoder.py.
"""

from device import wire
from device.rangecoder import contexts, forget
from device.spoken import CHANNELS, RATE_HZ

SECOND_MS = 1000
_RUNS = 12  # a run of equal samples is told apart up to this length
_SIZES = 17  # of the exponent of a move
_BYTE, _WORD = 1, 2
_STEPS = tuple(_WORD if kind == "H" else _BYTE for _, kind, _ in CHANNELS)
# Places of the cells of one channel ...
_GAP_AT = 0  # + was a gap
_SAME_AT = 2  # + run
_SIGN_AT = _SAME_AT + _RUNS  # + way of the last move: none, up, down
_SIZE_AT = _SIGN_AT + 3  # + _SIZES * size of the last move + exponent
_TOP_AT = _SIZE_AT + 3 * _SIZES  # + exponent: the bit below the highest
_CHANNEL_CELLS = _TOP_AT + _SIZES
# ... and, after those of all channels, of all that is no sample
_REGULAR_AT = len(CHANNELS) * _CHANNEL_CELLS  # an expected trace? time? length?
_KIND_AT = _REGULAR_AT + 3  # a tree of three bits
_LIKE_AT = _KIND_AT + 8  # + _PLACES * kind + place: a byte as in the last frame of this kind?
_PLACES = 24
_LITERAL_AT = _LIKE_AT + 6 * _PLACES  # a tree of eight bits
_CELLS = _LITERAL_AT + 256
_ODD_TRACE = 0  # in the place of a kind: a TRACE that is no valid trace


class Channel:
    """What is remembered of the samples of one channel."""

    def __init__(self) -> None:
        self.forget()

    def forget(self) -> None:
        self.value = 0  # the last that was measured
        self.gap = False
        self.run = 0  # samples since it moved
        self.way = 0  # of the last move
        self.size = 0

    def moved(self, move: int) -> None:
        self.value += move
        self.run = 0 if move else min(self.run + 1, _RUNS - 1)
        if move:
            self.way = 1 if move > 0 else 2
            self.size = min(_exponent(abs(move)) // 2, 2)


class Model:
    """Both sides hold one: about 2.5 kB, made once and used for one sector after the other."""

    def __init__(self, session: int = 0) -> None:
        self.cells = contexts(_CELLS)
        self.channels = [Channel() for _ in CHANNELS]
        self.begin(session)

    def begin(self, session: int) -> None:
        """As if nothing had been seen yet."""
        self.session = session
        forget(self.cells)
        for channel in self.channels:
            channel.forget()
        self.t_ms = 0  # expected next
        self.mask = 0  # of the last trace
        self.last = [b""] * 6  # payloads by kind

    def squeeze(self, coder, frame: wire.Frame) -> None:
        """Into an Encoder with our cells. Only frames of this session, of the kinds
        wire.RECORDED."""
        self._walk(coder, frame)

    def restore(self, coder, seq: int) -> wire.Frame:
        """The next frame, from a Decoder with our cells. Noise gives noise: check before."""
        kind, t_ms, payload = self._walk(coder, None)
        return wire.Frame(kind, self.session, seq, t_ms, payload)

    def _walk(self, coder, frame):
        kind, t_ms, mask = self._head(coder, frame)
        given = frame.payload if frame else b""
        if kind == wire.TRACE:
            self.mask = mask
            payload = self._trace(coder, given)
        else:
            payload = self._other(coder, kind, given)
            self.last[kind] = payload
        self.t_ms = t_ms + (SECOND_MS if kind == wire.TRACE else 0)
        return kind or wire.TRACE, t_ms, payload

    def _head(self, coder, frame):
        """(kind, t_ms, mask of the channels)."""
        kind, t_ms, mask = _told(frame) if frame else (0, 0, 0)
        expected = (wire.TRACE, self.t_ms, self.mask)
        if not coder.bit(_REGULAR_AT, (kind, t_ms, mask) != expected):
            return expected
        kind = _tree(coder, _KIND_AT, kind, 3)
        if coder.bit(_REGULAR_AT + 1, t_ms != self.t_ms):
            t_ms = coder.number(t_ms >> 16, 16) << 16 | coder.number(t_ms & 0xFFFF, 16)
        else:
            t_ms = self.t_ms
        if kind == wire.TRACE:
            mask = _tree(coder, _LITERAL_AT, mask, 8)
        return kind, t_ms, mask

    def _trace(self, coder, given: bytes) -> bytes:
        payload = bytearray((self.mask,))
        for index, channel in enumerate(self.channels):
            if not self.mask >> index & 1:
                continue
            base, step = index * _CHANNEL_CELLS, _STEPS[index]
            for _ in range(RATE_HZ):
                at = len(payload)
                value = 0
                if given:
                    value = given[at] if step == _BYTE else given[at] | given[at + 1] << 8
                value = _sample(coder, base, channel, value, CHANNELS[index][2])
                payload.append(value & 0xFF)
                if step == _WORD:
                    payload.append(value >> 8)
        return bytes(payload)

    def _other(self, coder, kind: int, given: bytes) -> bytes:
        last = self.last[kind]
        size = len(given)
        if coder.bit(_REGULAR_AT + 2, size != len(last)):
            size = coder.number(size, 11)
        else:
            size = len(last)
        payload = bytearray()
        for at in range(size):
            byte = given[at] if given else 0
            same = _LIKE_AT + _PLACES * kind + min(at, _PLACES - 1)
            if at < len(last) and not coder.bit(same, byte != last[at]):
                payload.append(last[at])
            else:
                payload.append(_tree(coder, _LITERAL_AT, byte, 8))
        return bytes(payload)


def _told(frame: wire.Frame):
    """Its kind, t_ms, and mask: of a TRACE that is one."""
    payload = frame.payload
    if frame.kind != wire.TRACE:
        return frame.kind, frame.t_ms, 0
    size = 1
    for index, step in enumerate(_STEPS):
        if payload and payload[0] >> index & 1:
            size += RATE_HZ * step
    if not payload or payload[0] >> len(_STEPS) or size != len(payload):
        return _ODD_TRACE, frame.t_ms, 0
    return wire.TRACE, frame.t_ms, payload[0]


def _sample(coder, base: int, channel: Channel, value: int, gap: int) -> int:
    channel.gap = bool(coder.bit(base + _GAP_AT + channel.gap, value == gap))
    if channel.gap:
        return gap
    move = value - channel.value
    if coder.bit(base + _SAME_AT + channel.run, move != 0):
        down = coder.bit(base + _SIGN_AT + channel.way, move < 0)
        size = _magnitude(coder, base, channel.size, abs(move))
        move = -size if down else size
    else:
        move = 0
    channel.moved(move)
    return channel.value


def _magnitude(coder, base: int, like: int, value: int) -> int:
    """1 or more: how many bits it has, then the bits."""
    wanted = _exponent(value)
    exponent = 0
    while coder.bit(base + _SIZE_AT + _SIZES * like + exponent, exponent < wanted):
        exponent += 1
    if not exponent:
        return 1
    top = coder.bit(base + _TOP_AT + exponent, value >> exponent - 1 & 1)
    rest = coder.number(value & (1 << exponent - 1) - 1, exponent - 1)
    return int(1 << exponent | top << exponent - 1 | rest)


def _exponent(value: int) -> int:
    """Of the highest bit; 0 for 0."""
    exponent = 0
    while value > 1:
        value >>= 1
        exponent += 1
    return exponent


def _tree(coder, base: int, value: int, bits: int) -> int:
    node: int = 1
    for at in range(bits - 1, -1, -1):
        node = node << 1 | coder.bit(base + node, value >> at & 1)
    return node - (1 << bits)
