"""The store of a board: every session's frames in one log on the flash."""

from device import wire
from device.flashlog import FlashLog
from device.flashsector import Reader
from device.slots import SlotRing
from device.squeeze import Model

_NEAR = 32  # frames: rather read on than look where reading can begin
_READ_FRAMES = 12  # kept from the last reading: what is sent again is rarely squeezed out again


class FlashStore:
    RAM_FRAMES = 16  # a frame waits for its receipt for a second there, so this is plenty

    def __init__(self, log: FlashLog) -> None:
        self._log = log
        self._spare: Memory | None = Memory()

    def left_over(self) -> list[int]:
        return self._log.left_over()

    def name(self, session: int, _capacity: int) -> int:
        """As left_over() has it."""
        return session

    def open(self, session: int, _capacity: int) -> "FlashFile":
        self._log.flush()  # the open block may be of this session, by another file
        memory, self._spare = self._spare or Memory(), None
        return FlashFile(self._log, session, memory, self._take_back)

    def reopen(self, session: int):
        """(session, capacity, file) of one of left_over()."""
        return session, wire.MAX_U32, self.open(session, wire.MAX_U32)

    def _take_back(self, memory: "Memory") -> None:
        memory.ring.clear()
        self._spare = memory


class Memory:
    """For reading: made early and kept, for later there may be no such piece in the heap."""

    def __init__(self) -> None:
        self.model = Model()
        self.ring = SlotRing(_READ_FRAMES)


class FlashFile:
    """The frames of one session, put in the order of their numbers."""

    def __init__(self, log: FlashLog, session: int, memory: Memory, give_back) -> None:
        self._log = log
        self._memory = memory
        self._session = session
        self._give_back = give_back
        self._parts = [Part(log, sector) for sector in log.used_by(session)]
        for part in self._parts:
            part.end = log.end_of(part.sector)
        self._reader: Reader | None = None
        self._read = memory.ring

    def put(self, seq: int, data: bytes) -> None:
        sector = self._log.append(wire.decode(data))
        last = self._parts[-1] if self._parts else None
        if not last or not last.alive() or last.sector != sector:
            part = Part(self._log, sector)
            if last:  # its open block may have moved here
                last.end = min(last.end, part.first)
            self._parts.append(part)
        self._parts[-1].end = seq + 1

    def get(self, seq: int) -> bytes | None:
        """None when it is not there, was given up, or what came before it is damaged."""
        if self._read.holder(seq) == seq:
            return self._read.get(seq)
        part = self._part_of(seq)
        if part is None:
            return None
        pending = self._log.pending(self._session, seq)
        if pending is not None:
            return pending
        reader = self._reader
        near = reader and reader.sector == part.sector and reader.seq <= seq < reader.seq + _NEAR
        if not reader or not near:
            self._reader = reader = self._log.reader(part.sector, self._memory.model)
            reader.skim(seq)
        while reader.seq <= seq:
            frame = reader.next()
            if frame is None:
                part.end = reader.seq
                return None
            self._read.put(frame.seq, wire.encode(frame))
        return self._read.get(seq)

    def ranges(self):
        """(first, last) of what is there, ascending."""
        return [(part.first, part.end - 1) for part in self._parts if part.end > part.first]

    def sync(self) -> None:
        """put() has done it."""

    def keep(self, held) -> None:
        """Release the sectors that have none of these, but for the one that is written."""
        kept = self._parts[-1:]
        for part in reversed(self._parts[:-1]):
            if held.touches(part.first, part.end - 1):
                kept.append(part)
            elif part.alive():
                self._log.release(part.sector)
        self._parts = kept[::-1]

    def remove(self) -> None:
        for part in self._parts:
            if part.alive():
                self._log.release(part.sector)
        self._parts = []
        self._give_back(self._memory)

    def _part_of(self, seq: int):
        for part in self._parts:
            if part.first <= seq < part.end:
                return part if part.alive() else None
        return None


class Part:
    """What a sector holds of a session, until the log takes it for something else."""

    def __init__(self, log: FlashLog, sector: int) -> None:
        self._log = log
        self._turn = log.turns[sector]
        self.sector = sector
        self.first = self.end = log.firsts[sector]

    def alive(self) -> bool:
        alive: bool = self._log.turns[self.sector] == self._turn
        return alive
