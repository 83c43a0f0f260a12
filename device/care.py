"""What the firmware looks after beside recording: battery, modes of power, new firmware.

Made for a board by whoever starts device/app.py; a replay does without.
"""

from device import power, spoken

TRIAL_MS = 60_000  # new firmware is confirmed after this time
ASK_MS = 5000  # for a block that does not come
ASK_BYTES = 8192  # of an image, between two questions
MAX_WORDS = 60  # bytes of a reason in an event


class Care:
    """`tell(event code, value, data)` makes an event while a session runs, else nothing.
    update: None when the flash is broken, which would have to keep its notes."""

    def __init__(self, board, uplink, update, tell, now_ms: int) -> None:
        self._board = board
        self._uplink = uplink
        self._update = update
        self._tell = tell
        self._since_ms = self._asked_ms = now_ms
        self._asked_at = 0
        self._mode = ""
        self._low = False
        self._restart = False

    @property
    def busy(self) -> bool:
        """With new firmware."""
        return self._restart or bool(self._update and self._update.wanted is not None)

    def tick(self, now_ms: int, recording: bool) -> None:
        wanted = self._update and self._update.wanted
        waiting = self._uplink.waiting
        self._enter(
            power.mode(
                recording, self._uplink.up, self._board.cellular, waiting, wanted is not None
            )
        )
        if self._board.trial and now_ms - self._since_ms >= TRIAL_MS:
            self._board.confirm()
        if wanted is not None and now_ms - self._asked_ms >= ASK_MS:
            self._ask(now_ms, wanted)
        if self._restart and not recording and self._uplink.drained:
            self._board.restart()

    def empty(self) -> bool:
        """Look at the battery. A low one is told once; True: finish, tell, stop."""
        percent = self._board.battery_percent()
        if percent == spoken.GAP_8 or percent > power.LOW_PERCENT:
            self._low = False
            return False
        empty = percent <= power.EMPTY_PERCENT
        if not self._low or empty:
            self._low = True
            self._tell(spoken.BATTERY, percent)
            self._board.battery_low()
        return bool(empty)

    def offer(self, text: str, now_ms: int) -> None:
        """The command `update`."""
        update = self._update
        refused = update.offer(text) if update else "the flash is broken"
        if refused or not update:
            self._say(refused)
        else:
            self._ask(now_ms, update.at)

    def block(self, offset: int, data: bytes, now_ms: int) -> None:
        update = self._update
        if not update or not update.take(offset, data):
            return
        self._asked_ms = now_ms
        if update.whole:
            self._restart = update.finish()
            self._say(spoken.UPDATE_TAKEN if self._restart else "not what was signed")
        elif update.at - self._asked_at >= ASK_BYTES:
            self._ask(now_ms, update.at)

    def _enter(self, mode: str) -> None:
        if mode != self._mode:
            self._mode = mode
            self._board.power(mode)

    def _ask(self, now_ms: int, at: int) -> None:
        self._asked_ms = now_ms
        self._asked_at = at
        self._tell(spoken.UPDATE, at)

    def _say(self, words: str) -> None:
        self._tell(spoken.UPDATE, spoken.UPDATE_OVER, words.encode()[:MAX_WORDS])
