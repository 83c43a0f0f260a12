"""The firmware's main loop: seconds become frames, commands are obeyed, everything is watched.

No module of a board is imported here. `board` (device/board_sim.py, device/board_esp32s3.py) has

    seconds(now_ms)      packed TRACE payloads that are complete since the last call
    ended                nothing more will come: a replay is over
    extras(now_ms)       what else happened: ("vitals", {code: count}) or (event code, value)
    battery_percent()    spoken.GAP_8: not known
    placement()          contact, own_heart, best_percent of spoken.Status
    held(now_ms, recording)   a button was: begin a recording, or end the one that runs
    free_kib()           memory, spoken.GAP_16: not known
    new_session()        a number for the session that a command starts
    zero_toco(), set_time(unix_ms), find_me(), alert(text), battery_low(), power(mode)
    note(task)           remembered through a reset: what is done now
    feed()               the watchdog, which resets after WATCHDOG_MS without it
    stalled(), restart(), off()   do not come back
    cellular, trial, confirm()    the modem is used; new firmware on trial; keep it
"""

from device import spoken, wire
from device.packer import Packer

WATCHDOG_MS = 8000
STALL_MS = 6000  # without a second while it records: reset before the watchdog would
STATUS_MS = 10_000
MOVED_MS = 2000  # between two, when how well the probe is placed has changed
GOODBYES, GOODBYE_MS = 40, 50  # 2 s: how long an empty battery waits for the last receipts
REMEMBERED = 32  # the cloud repeats a command until it has seen the answer
LINK, SENSORS, FLASH, CARE = 1, 2, 3, 4  # tasks: report.TASKS has their names


class App:
    """`start` is told at the beginning of each session; `boot` is the data of a BOOT event;
    `care` makes a care.Care when it is called with (tell, now_ms)."""

    def __init__(self, board, uplink, clock, start, boot: bytes = b"", care=None) -> None:
        self._board = board
        self._uplink = uplink
        self._clock = clock
        self._start = start
        self._boot = boot
        self._obeyed: list[int] = []
        self._owed: list[int] = []  # commands that were obeyed between sessions
        self._placed = (spoken.GAP_8, spoken.GAP_8)  # as told last
        self._status_ms = self._second_ms = clock.now_ms()
        self._care = care and care(self.tell, clock.now_ms())
        self.packer = Packer(0)  # of the running session, or of the last one
        self.running = False  # between the start and the stop event

    @property
    def idle(self) -> bool:
        """Nothing to do but to wait for a command."""
        busy = self.running or not self._uplink.drained
        return not busy and not (self._care and self._care.busy)

    def begin(self, session: int) -> None:
        self.packer = Packer(session)
        self._uplink.begin(session)
        self._uplink.add(self.packer.start(self._start))
        self._status_ms = self._second_ms = self._clock.now_ms()
        self.running = True
        if self._boot:
            self.tell(spoken.BOOT, self._start.boot_id, self._boot)
            self._boot = b""
        for number in self._owed:
            self.tell(spoken.COMMAND_DONE, number)
        self._owed = []

    def end(self) -> None:
        self._uplink.add(self.packer.stop())
        self.running = False

    def tell(self, code: int, value: int, data: bytes = b"") -> None:
        if self.running:
            self._uplink.add(self.packer.event(code, value, data))

    def turn(self, wait_ms: int):
        """Once around, at most wait_ms at the link. Returns [(id, Command)] that were obeyed."""
        board = self._board
        board.note(LINK)
        obeyed = []
        for frame in self._uplink.step(wait_ms):
            if frame.kind == wire.BLOCK:
                self._block(frame)
            else:
                obeyed += self._obey(frame)
        now_ms = self._clock.now_ms()
        if board.held(now_ms, self.running):
            self._turn_over()
        if self.running:
            board.note(SENSORS)
            self._sense(now_ms)
        board.note(CARE)
        if self.running and self._status_due(now_ms):
            self._status_ms = now_ms
            self._uplink.add(self.packer.status(self._status()))
            if self._care and self._care.empty():
                self._stop_for_good()
        if self._care:
            self._care.tick(now_ms, self.running)
        board.feed()
        return obeyed

    def _turn_over(self) -> None:
        if self.running:
            self.end()
        else:
            self.begin(self._board.new_session())

    def _sense(self, now_ms: int) -> None:
        for payload in self._board.seconds(now_ms):
            self._uplink.add(self.packer.trace(payload))
            self._second_ms = now_ms
        for what, value in self._board.extras(now_ms):
            if what == "vitals":
                self._uplink.add(self.packer.vitals(value))
            else:
                self.tell(what, value)
        if self._board.ended:
            self.end()
        elif now_ms - self._second_ms >= STALL_MS:
            self._board.stalled()

    def _stop_for_good(self) -> None:
        """The battery is empty: what is held is safe in the store when the board goes off."""
        self.end()
        for _ in range(GOODBYES):
            if not self._uplink.drained:
                self._uplink.step(GOODBYE_MS)
        self._uplink.close()
        self._board.off()

    def _obey(self, frame: wire.Frame):
        """Do what a command says, once, and say that it was done."""
        if frame.seq in self._obeyed:
            return []
        try:
            command = spoken.unpack_command(frame.payload)
        except wire.WireError:
            return []  # of a newer protocol: it is repeated until it is too old
        self._obeyed.append(frame.seq)
        if len(self._obeyed) > REMEMBERED:
            self._obeyed.pop(0)
        if command.code == spoken.COMMAND_START and not self.running:
            self.begin(self._board.new_session())
        if self.running:
            self.tell(spoken.COMMAND_DONE, frame.seq)
        else:
            self._owed.append(frame.seq)
        self._do(command.code, command.text)
        return [(frame.seq, command)]

    def _do(self, code: int, text: str) -> None:
        if code == spoken.COMMAND_STOP and self.running:
            self.end()
        elif code == spoken.COMMAND_ZERO_TOCO:
            self._board.zero_toco()
        elif code == spoken.COMMAND_FIND_ME:
            self._board.find_me()
        elif code == spoken.COMMAND_ALERT:
            self._board.alert(text)
        elif code == spoken.COMMAND_SET_TIME and text.isdigit():
            self._board.set_time(int(text))
        elif code == spoken.COMMAND_UPDATE and self._care:
            self._care.offer(text, self._clock.now_ms())

    def _block(self, frame: wire.Frame) -> None:
        if not self._care:
            return
        try:
            offset, data = spoken.unpack_block(frame.payload)
        except wire.WireError:
            return
        self._board.note(FLASH)
        self._care.block(offset, data, self._clock.now_ms())

    def _status_due(self, now_ms: int) -> bool:
        """Now and then; soon after the place became better or worse, for who moves the probe."""
        waited_ms = now_ms - self._status_ms
        if waited_ms >= STATUS_MS:
            return True
        return waited_ms >= MOVED_MS and bool(self._board.placement()[:2] != self._placed)

    def _status(self) -> spoken.Status:
        contact, own_heart, best_percent = self._board.placement()
        self._placed = (contact, own_heart)
        uplink = self._uplink
        return spoken.Status(
            self._board.battery_percent(),
            contact,
            uplink.waiting,
            uplink.resent,
            min(uplink.reconnects, spoken.GAP_16 - 1),
            self._board.free_kib(),
            uplink.dropped,
            own_heart,
            best_percent,
        )
