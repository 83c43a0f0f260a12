"""What is inside a frame, kind by kind: plain tuples in, bytes out, and back.

What a probe itself needs of it is in device/spoken.py and told on here; the rest, and the words, is
for those who read what it says. Unknown is a value: the GAP of a field's width on the wire, None in
these tuples.
"""

from collections import namedtuple
from struct import calcsize, pack, unpack, unpack_from

from device.spoken import *  # noqa: F403  both halves under one name
from device.spoken import (
    BATTERY,
    BOOT,
    COMMAND_ALERT,
    COMMAND_DONE,
    COMMAND_FIND_ME,
    COMMAND_SET_TIME,
    COMMAND_START,
    COMMAND_STOP,
    COMMAND_UPDATE,
    COMMAND_ZERO_TOCO,
    CONTRACTION,
    GAP_8,
    HARD,
    MAX_RANGES,
    MOVEMENT,
    POWER_ON,
    PROBE_OFF,
    PROBE_ON,
    REPORT,
    SOFT,
    STALLED,
    START,
    STATUS,
    STOP,
    UPDATE,
    WATCHDOG,
    WOKEN,
    Command,
    Event,
    Receipt,
    Report,
    Start,
    Status,
    check_fields,
)
from device.wire import MAX_U32, WireError

MAX_U64 = 0xFFFFFFFFFFFFFFFF


# VITALS: repeated (u8 code, u16 count). (name, counts per unit, unit)
VITAL_SIGNS = {
    1: ("systolic", 1, "mmHg"),
    2: ("diastolic", 1, "mmHg"),
    3: ("spo2", 10, "%"),
    4: ("pulse", 4, "/min"),
    5: ("respiration", 10, "/min"),
    6: ("glucose", 100, "mmol/L"),
    7: ("temperature", 100, "Cel"),
}


def unpack_vitals(payload: bytes) -> dict[int, int]:
    if not payload or len(payload) % 3:
        raise WireError("vitals of %d bytes" % len(payload))
    values = {}
    for at in range(0, len(payload), 3):
        code, count = unpack_from("<BH", payload, at)
        if code not in VITAL_SIGNS or code in values:
            raise WireError("vital sign %d unknown or twice" % code)
        values[code] = count
    return values


# EVENT: u8 code, u32 value, then bytes that only START, BOOT and UPDATE use
EVENTS = {
    START: "start",  # value: boot id; data: see pack_start
    STOP: "stop",  # value: frames of this session, this one included
    MOVEMENT: "movement",  # value: 0
    CONTRACTION: "contraction",  # value: 0
    COMMAND_DONE: "command_done",  # value: id of the command
    PROBE_OFF: "probe_off",  # value: 0
    PROBE_ON: "probe_on",  # value: 0
    BOOT: "boot",  # value: boot id; data: device/report.py
    UPDATE: "update",  # value: offset of the wanted block, UPDATE_OVER; data: what is to be said
    BATTERY: "battery",  # value: per cent that are left
}


def unpack_event(payload: bytes) -> Event:
    if len(payload) < 5 or payload[0] not in EVENTS:
        raise WireError("unknown or short event")
    code, value = unpack_from("<BI", payload)
    return Event(code, value, bytes(payload[5:]))


def unpack_start(event: Event) -> Start:
    if event.code != START or len(event.data) < 3:
        raise WireError("not a start")
    speed, flags = unpack_from("<HB", event.data)
    if speed < 1:
        raise WireError("speed 0")
    try:
        name = event.data[3:].decode()
    except (UnicodeError, ValueError):
        raise WireError("name is not UTF-8") from None
    return Start(event.value, speed, flags, name)


OLD_STATUS_SIZE = 18  # from probes that did not help to place themselves


def unpack_status(payload: bytes) -> Status:
    if len(payload) == OLD_STATUS_SIZE:
        payload += bytes((GAP_8, GAP_8))
    if len(payload) != calcsize(STATUS):
        raise WireError("status of %d bytes" % len(payload))
    return Status(*unpack(STATUS, payload))


def pack_receipt(receipt: Receipt) -> bytes:
    """Too many ranges for one message: the rest waits for the next, so `seen` is lowered."""
    missing = receipt.missing
    seen = receipt.seen
    if len(missing) > MAX_RANGES:
        seen = missing[MAX_RANGES][0]
        missing = missing[:MAX_RANGES]
    body = pack("<I", seen)
    for first, last in missing:
        body += pack("<II", first, last)
    return body


COMMANDS = {
    COMMAND_START: "start",
    COMMAND_STOP: "stop",
    COMMAND_ZERO_TOCO: "zero_toco",
    COMMAND_FIND_ME: "find_me",
    COMMAND_ALERT: "alert",  # text: "PHASE PRIORITY", what the buzzer and the LED show
    COMMAND_SET_TIME: "set_time",  # text: Unix time in ms
    COMMAND_UPDATE: "update",  # text: device/manifest.py in base64
}


def pack_command(command: Command) -> bytes:
    if command.code not in COMMANDS:
        raise WireError("unknown command %d" % command.code)
    text: bytes = command.text.encode()
    return bytes((command.code,)) + text


# A gateway warns by ALERT commands of its own while the cloud is away. Their ids say of what, so
# that command_done, which is part of the recording, tells the cloud what she has heard:
# bit 31 set (never in ids of the cloud), 5 bits code, 12 bits count, 14 low bits of the session.
WARNINGS = {
    0: "",  # nothing new: a pattern is taken back
    1: "link_lost",  # the cloud does not answer
    2: "bradycardia_80",
    3: "bradycardia_100",
    4: "signal_lost",
    5: "maternal_rate",
    6: "pressure_severe",
    7: "pressure_repeat",
}
OF_GATEWAY = 1 << 31
WARNING_COUNTS = 1 << 12
WARNING_SESSIONS = (1 << 14) - 1
WarningId = namedtuple("WarningId", ("code", "count", "session"))  # code: of WARNINGS


def pack_warning_id(warning: WarningId) -> int:
    if warning.code not in WARNINGS:
        raise WireError("unknown warning %d" % warning.code)
    count = warning.count % WARNING_COUNTS
    session = warning.session & WARNING_SESSIONS
    number: int = OF_GATEWAY | warning.code << 26 | count << 14 | session
    return number


def unpack_warning_id(number: int):
    """None: the id of a command of the cloud, or of a newer gateway."""
    code = number >> 26 & 31
    if not number & OF_GATEWAY or code not in WARNINGS:
        return None
    return WarningId(code, number >> 14 & WARNING_COUNTS - 1, number & WARNING_SESSIONS)


def pack_block(offset: int, data: bytes) -> bytes:
    return pack("<I", offset) + data


# BOOT: the data of that event, as device/report.py packs it
RESETS = {
    POWER_ON: "power on",
    HARD: "reset pin",
    WATCHDOG: "watchdog",
    WOKEN: "woken",
    SOFT: "restart",
    STALLED: "no samples",  # the firmware itself saw that they no longer came
}
TASKS = ("starting", "link", "sensors", "flash", "care")  # numbers: device/app.py
FAULTS = (  # by bit
    "memory",
    "flash",
    "ultrasound",
    "toco",
    "oximeter",
    "battery gauge",
    "motion",
    "temperature",
)


def unpack_report(data: bytes) -> Report:
    if len(data) != calcsize(REPORT):
        raise WireError("boot report of %d bytes" % len(data))
    return Report(*unpack(REPORT, data))


def fault_names(faults: int) -> list[str]:
    return [name for bit, name in enumerate(FAULTS) if faults >> bit & 1]


# STAMP: first in each message of a gateway. Its wall clock now, and what that clock showed
# when frame.session began, as far as it can tell (least delay seen). frame.seq is 0.
STAMP = "<QQI"
STAMP_TOP = (MAX_U64, MAX_U64, MAX_U32)
Stamp = namedtuple("Stamp", ("sent_ms", "start_ms", "waiting"))  # waiting: frames in its outbox


def pack_stamp(stamp: Stamp) -> bytes:
    check_fields(stamp, STAMP_TOP, "stamp")
    return pack(STAMP, *stamp)


def unpack_stamp(payload: bytes) -> Stamp:
    if len(payload) != calcsize(STAMP):
        raise WireError("stamp of %d bytes" % len(payload))
    return Stamp(*unpack(STAMP, payload))
