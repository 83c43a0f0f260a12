"""What one device is told by the gateway while the cloud is away. No I/O and no clock.

The probe shows one pattern, that of the last ALERT command. So the gateway never shows less than
what the cloud has said, tells each new cause by a command of its own, and in the end gives back
what the cloud said last. The probe's answer (command_done) is part of the recording: it reaches
the cloud with it, and says what she has heard and when.
"""

from collections.abc import Collection, Sequence
from typing import NamedTuple

from device import payloads, wire
from device.payloads import Command, WarningId
from models.alerts import ANSWERED, Phase
from models.rules import BY_ID, RANK

FIRST_AGAIN_S = 5.0  # as the cloud repeats its commands
LONGEST_AGAIN_S = 60.0
MOST_TRIES = 12  # of taking a pattern back: a probe that is off shows none
OVER = 0  # code: nothing new, a pattern is taken back
NOTHING, LINK = "closed low", "link low"
OVER_PHASES = (Phase.HANDLED.value, Phase.CLOSED.value)
SILENT = frozenset(phase.value for phase in ANSWERED)


class Cause(NamedTuple):
    """Why a device is warned."""

    code: int  # of payloads.WARNINGS
    session: int

    @property
    def text(self) -> str:
        """Of the command: phase and priority."""
        rule = BY_ID[payloads.WARNINGS[self.code]]
        return LINK if rule.where == "link" else f"edge {rule.priority}"


class Sending(NamedTuple):
    cause: Cause
    data: bytes
    is_news: bool  # neither a repeat nor a pattern that is taken back


class Warned:
    """One device. `count`: any number, another one after each start of the gateway."""

    def __init__(self, count: int) -> None:
        self.text = ""  # what it shows by the gateway's word; empty: what the cloud has said
        self.cloud_text = ""
        self._cloud_number = -1  # of the cloud's last command
        self._count = count
        self._done: set[tuple[int, int]] = set()  # code and session of what it has shown
        self._asked: tuple[Cause, str] | None = None  # the command it has not answered yet
        self._number = 0
        self._data = b""
        self._tries = 0
        self._again_s = 0.0

    @property
    def cloud_sounds(self) -> bool:
        return loudness(self.cloud_text) > 0

    @property
    def shows_link(self) -> bool:
        return self.text == LINK

    @property
    def is_over(self) -> bool:
        """Nothing is shown, and nothing has to be sent."""
        return not self.text and not self.cloud_text and self._asked is None

    def shows(self, cause: Cause) -> bool:
        """Whether it was told this, and the cloud has said nothing since."""
        return bool(self.text) and _key(cause) in self._done

    def cloud_said(self, number: int, text: str) -> None:
        """The cloud's own command goes to the device: that is what it shows. A device obeys a
        number once, so one that is repeated changes nothing."""
        if number == self._cloud_number:
            return
        self._cloud_number = number
        self._done.clear()
        over = text.partition(" ")[0] in OVER_PHASES
        self.cloud_text, self.text, self._asked = "" if over else text, "", None

    def done(self, number: int) -> None:
        """The device has obeyed this command."""
        told = payloads.unpack_warning_id(number)
        if told is None:
            return
        if told.code != OVER:
            self._done.add((told.code, told.session))
        if self._asked is not None and number == self._number:
            self._asked = None

    def send(
        self, causes: Sequence[Cause], still: Collection[Cause], now_s: float
    ) -> Sending | None:
        """What to send now. causes: what the cloud does not know, worst first; still: all that is
        true."""
        self._done &= {_key(cause) for cause in (*causes, *still)}
        wanted = self._wanted(causes)
        if wanted is not None and wanted != self._asked:
            return self._ask(wanted, now_s)
        if self._asked is None or now_s < self._again_s:
            return None
        if self._asked[0].code == OVER and self._tries >= MOST_TRIES:
            self._asked = None
            return None
        self._tries += 1
        self._again_s = now_s + min(LONGEST_AGAIN_S, FIRST_AGAIN_S * 2.0**self._tries)
        return Sending(self._asked[0], self._data, is_news=False)

    def _wanted(self, causes: Sequence[Cause]) -> tuple[Cause, str] | None:
        """Cause and text of the command that is due, None when it shows what it should."""
        text = max((self.cloud_text, *(cause.text for cause in causes)), key=loudness)
        new = next((cause for cause in causes if _key(cause) not in self._done), None)
        if new is not None:
            return new, text
        if causes:
            return None if text == self.text else (Cause(OVER, causes[0].session), text)
        return (Cause(OVER, 0), "") if self.text else None

    def _ask(self, wanted: tuple[Cause, str], now_s: float) -> Sending:
        (code, session), self.text = wanted
        self._asked = wanted
        self._count += 1
        self._number = payloads.pack_warning_id(WarningId(code, self._count, session))
        words = self.text or self.cloud_text or NOTHING
        body = payloads.pack_command(Command(payloads.COMMAND_ALERT, words))
        self._data = wire.encode(wire.Frame(wire.COMMAND, session, self._number, 0, body))
        self._tries = 0
        self._again_s = now_s + FIRST_AGAIN_S
        return Sending(wanted[0], self._data, is_news=code != OVER)


def _key(cause: Cause) -> tuple[int, int]:
    return cause.code, cause.session & payloads.WARNING_SESSIONS


def loudness(text: str) -> int:
    """How urgent a pattern is: 0 makes no sound."""
    phase, _, priority = text.partition(" ")
    return 0 if not text or phase in SILENT else 1 + RANK.get(priority, RANK["medium"])
