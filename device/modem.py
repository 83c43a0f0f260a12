"""Brings a cellular modem into data mode: AT commands out, lines in. No I/O and no clock.

The commands are those of 3GPP TS 27.007 and V.250, which every module speaks. feed() what the modem
says, tick() often, send what `out` gives; when `state` is DATA the serial line belongs to PPP.
"""

TALKING, DATA, FAILED = "talking", "data", "failed"
# (command, what its answer must have, ms to wait, how often to try)
DIALOGUE = (
    ("AT", "OK", 500, 20),  # it is still starting
    ("ATE0", "OK", 1000, 3),
    ("AT+CMEE=1", "OK", 1000, 3),
    ("AT+CPIN?", "+CPIN: READY", 5000, 6),
    ("AT+CEREG?", ",1|,5", 2000, 60),  # registered, at home or roaming
    ("AT+CSQ", "+CSQ: ", 1000, 3),
    ('AT+CGDCONT=1,"IP","%s"', "OK", 1000, 3),
    ("ATD*99#", "CONNECT", 30_000, 2),
)
PAUSE_MS = 1000  # after a refusal
MAX_LINE = 256
ENDS = ("OK", "ERROR", "+CME ERROR", "NO CARRIER", "NO DIALTONE", "BUSY", "CONNECT")


class Modem:
    def __init__(self, apn: str, now_ms: int) -> None:
        self._apn = apn
        self._step = 0
        self._tries = 0
        self._line = b""
        self._seen = False  # the answer has what it must have
        self._wait_ms = now_ms  # until then nothing is sent
        self._deadline_ms = 0  # of the answer; 0: nothing was asked
        self.state = TALKING
        self.error = ""
        self.rssi_dbm: int | None = None
        self.out = b""

    def feed(self, data: bytes, now_ms: int) -> None:
        self._line += data
        while b"\n" in self._line and self.state == TALKING:
            line, self._line = self._line.split(b"\n", 1)
            self._hear(line.strip().decode("ascii", "ignore"), now_ms)
        self._line = self._line[-MAX_LINE:]

    def tick(self, now_ms: int) -> None:
        if self.state != TALKING:
            return
        if self._deadline_ms:
            if now_ms >= self._deadline_ms:
                self._again("no answer", now_ms)
        elif now_ms >= self._wait_ms:
            self._ask(now_ms)

    def _ask(self, now_ms: int) -> None:
        command, _, timeout_ms, _ = DIALOGUE[self._step]
        if "%s" in command:
            command = command % self._apn
        self._tries += 1
        self._seen = False
        self._deadline_ms = now_ms + timeout_ms
        self.out += command.encode() + b"\r"

    def _hear(self, line: str, now_ms: int) -> None:
        if not line or not self._deadline_ms:
            return  # what it says unasked
        wanted = DIALOGUE[self._step][1]
        if any(part in line for part in wanted.split("|")):
            self._seen = True
            if line.startswith("+CSQ: "):
                self._strength(line[6:].split(",")[0])
        if not line.startswith(ENDS):
            return
        if not self._seen:
            self._again(line, now_ms)
            return
        self._deadline_ms = self._tries = 0
        self._wait_ms = now_ms
        self._step += 1
        if self._step == len(DIALOGUE):
            self.state = DATA

    def _again(self, why: str, now_ms: int) -> None:
        command, _, _, tries = DIALOGUE[self._step]
        self._deadline_ms = 0
        self._wait_ms = now_ms + PAUSE_MS
        if self._tries >= tries:
            self.state = FAILED
            self.error = "%s: %s" % (command, why)

    def _strength(self, text: str) -> None:
        """TS 27.007, 8.5: 0..31, 99 not known."""
        if text.isdigit() and int(text) <= 31:
            self.rssi_dbm = 2 * int(text) - 113
