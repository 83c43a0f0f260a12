"""What is inside a frame, kind by kind: plain tuples in, bytes out, and back.

Unknown is a value: the GAP of a field's width on the wire, None in these tuples. Rates travel as
quarter beats per minute (what monitors put out and CTU-UHB and FHRMA hold), toco as half units.
"""

from collections import namedtuple
from struct import calcsize, pack, unpack, unpack_from

from device.wire import MAX_U32, WireError

MAX_U64 = 0xFFFFFFFFFFFFFFFF
RATE_HZ = 4  # samples a second in a TRACE
PER_BPM = 4  # wire counts per beat/min
PER_TOCO = 2  # wire counts per toco unit
GAP_16 = 0xFFFF
GAP_8 = 0xFF

# TRACE: u8 mask of channels present, then each channel's four samples in this order.
# (name, wire type, gap). FHR2 is a twin's heart or the second ultrasound input.
CHANNELS = (
    ("fhr", "H", GAP_16),  # quarter bpm
    ("fhr2", "H", GAP_16),  # quarter bpm
    ("mhr", "H", GAP_16),  # quarter bpm, the mother's pulse
    ("toco", "B", GAP_8),  # half units, 0..127
    ("quality", "B", GAP_8),  # signal quality, 0..100 %
)
Trace = namedtuple("Trace", ("fhr", "fhr2", "mhr", "toco", "quality"))
# each: a tuple of RATE_HZ counts with GAP where nothing was measured, or None: no such channel


def pack_trace(trace: Trace) -> bytes:
    mask = 0
    body = b""
    for bit, ((name, kind, gap), counts) in enumerate(zip(CHANNELS, trace)):
        if counts is None:
            continue
        if len(counts) != RATE_HZ:
            raise WireError("%s has %d samples, not %d" % (name, len(counts), RATE_HZ))
        if min(counts) < 0 or max(counts) > gap:
            raise WireError("%s count out of range" % name)
        mask |= 1 << bit
        body += pack("<4" + kind, *counts)
    return bytes((mask,)) + body


def unpack_trace(payload: bytes) -> Trace:
    if not payload or payload[0] >> len(CHANNELS):
        raise WireError("trace mask is missing or unknown")
    channels: list[object] = []
    at = 1
    for bit, (name, kind, _) in enumerate(CHANNELS):
        if not payload[0] >> bit & 1:
            channels.append(None)
            continue
        size = calcsize("<4" + kind)
        if at + size > len(payload):
            raise WireError("trace ends inside %s" % name)
        channels.append(unpack_from("<4" + kind, payload, at))
        at += size
    if at != len(payload):
        raise WireError("trace has %d bytes too many" % (len(payload) - at))
    return Trace(*channels)


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


def pack_vitals(values: dict[int, int]) -> bytes:
    """values: {code: count}; the count GAP_16 says it was tried and not measured."""
    body = b""
    for code, count in sorted(values.items()):
        if code not in VITAL_SIGNS or not 0 <= count <= GAP_16:
            raise WireError("vital sign %d = %d" % (code, count))
        body += pack("<BH", code, count)
    return body


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
START, STOP, MOVEMENT, CONTRACTION, COMMAND_DONE, PROBE_OFF, PROBE_ON = 1, 2, 3, 4, 5, 6, 7
BOOT, UPDATE, BATTERY = 8, 9, 10
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
Event = namedtuple("Event", ("code", "value", "data"))
UPDATE_OVER = MAX_U32  # no block is wanted: refused, done or given up
REPLAYED, SYNTHETIC = 1, 2  # flags of a start
Start = namedtuple("Start", ("boot_id", "speed", "flags", "name"))


def pack_event(event: Event) -> bytes:
    if event.code not in EVENTS:
        raise WireError("unknown event %d" % event.code)
    if not 0 <= event.value <= 0xFFFFFFFF:
        raise WireError("event value %d does not fit in 32 bits" % event.value)
    return pack("<BI", event.code, event.value) + bytes(event.data)


def unpack_event(payload: bytes) -> Event:
    if len(payload) < 5 or payload[0] not in EVENTS:
        raise WireError("unknown or short event")
    code, value = unpack_from("<BI", payload)
    return Event(code, value, bytes(payload[5:]))


def pack_start(start: Start) -> bytes:
    """The first frame of a session. speed: recorded seconds per second, 1 on a real probe."""
    if not 1 <= start.speed <= 0xFFFF:
        raise WireError("speed %d" % start.speed)
    data = pack("<HB", start.speed, start.flags) + start.name.encode()
    return pack_event(Event(START, start.boot_id, data))


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


# STATUS: the device about itself
STATUS = "<BBIIHHIBB"
STATUS_TOP = (GAP_8, GAP_8, MAX_U32, MAX_U32, GAP_16, GAP_16, MAX_U32, GAP_8, GAP_8)
OLD_STATUS_SIZE = 18  # from probes that did not help to place themselves
Status = namedtuple(
    "Status",
    (
        "battery_percent",  # 0..100, GAP_8 unknown
        "contact",  # 0 none, 1 weak, 2 good, 3 steady, GAP_8 unknown
        "spooled",  # frames without a receipt
        "resent",  # frames sent more than once since the boot
        "reconnects",  # of the link since the boot
        "free_kib",  # memory, GAP_16 unknown
        "dropped",  # frames given up since the boot: spool full, or a torn slot
        "own_heart",  # 1: it is probably the mother's own, 0: not, GAP_8 unknown
        "best_percent",  # best quality of this search for the heart, GAP_8 unknown
    ),
)


def pack_status(status: Status) -> bytes:
    _check(status, STATUS_TOP, "status")
    return pack(STATUS, *status)


def unpack_status(payload: bytes) -> Status:
    if len(payload) == OLD_STATUS_SIZE:
        payload += bytes((GAP_8, GAP_8))
    if len(payload) != calcsize(STATUS):
        raise WireError("status of %d bytes" % len(payload))
    return Status(*unpack(STATUS, payload))


# RECEIPT: frame.session says which. frame.seq = stored: 0..stored-1 are kept for good.
# payload: u32 seen, then pairs (u32 first, u32 last) that are missing below seen.
# So everything below `seen` that is in no pair is kept, and the sender may forget it.
MAX_RANGES = 64
Receipt = namedtuple("Receipt", ("stored", "seen", "missing"))  # missing: ((first, last), ...)


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


def unpack_receipt(frame) -> Receipt:
    if len(frame.payload) % 8 != 4:
        raise WireError("receipt of %d bytes" % len(frame.payload))
    (seen,) = unpack_from("<I", frame.payload)
    missing = []
    after = frame.seq
    for at in range(4, len(frame.payload), 8):
        first, last = unpack_from("<II", frame.payload, at)
        if not after <= first <= last < seen:
            raise WireError("receipt ranges out of order")
        missing.append((first, last))
        after = last + 1
    if frame.seq > seen:
        raise WireError("receipt stored %d but saw only %d" % (frame.seq, seen))
    return Receipt(frame.seq, seen, tuple(missing))


# COMMAND: frame.session it is about (0: the device), frame.seq = id of the command;
# payload: u8 code, then UTF-8 text. The device answers with the event COMMAND_DONE.
COMMAND_START, COMMAND_STOP, COMMAND_ZERO_TOCO, COMMAND_FIND_ME, COMMAND_ALERT = 1, 2, 3, 4, 5
COMMAND_SET_TIME, COMMAND_UPDATE = 6, 7
COMMANDS = {
    COMMAND_START: "start",
    COMMAND_STOP: "stop",
    COMMAND_ZERO_TOCO: "zero_toco",
    COMMAND_FIND_ME: "find_me",
    COMMAND_ALERT: "alert",  # text: "PHASE PRIORITY", what the buzzer and the LED show
    COMMAND_SET_TIME: "set_time",  # text: Unix time in ms
    COMMAND_UPDATE: "update",  # text: device/manifest.py in base64
}
Command = namedtuple("Command", ("code", "text"))


def pack_command(command: Command) -> bytes:
    if command.code not in COMMANDS:
        raise WireError("unknown command %d" % command.code)
    text: bytes = command.text.encode()
    return bytes((command.code,)) + text


def unpack_command(payload: bytes) -> Command:
    if not payload or payload[0] not in COMMANDS:
        raise WireError("unknown command")
    try:
        return Command(payload[0], bytes(payload[1:]).decode())
    except (UnicodeError, ValueError):
        raise WireError("command text is not UTF-8") from None


# BLOCK: frame.session is 0; payload: u32 offset in the image, then bytes of it.
def pack_block(offset: int, data: bytes) -> bytes:
    return pack("<I", offset) + data


def unpack_block(payload: bytes):
    """(offset, data)"""
    if len(payload) < 5:
        raise WireError("block of %d bytes" % len(payload))
    return unpack_from("<I", payload)[0], payload[4:]


# STAMP: first in each message of a gateway. Its wall clock now, and what that clock showed
# when frame.session began, as far as it can tell (least delay seen). frame.seq is 0.
STAMP = "<QQI"
STAMP_TOP = (MAX_U64, MAX_U64, MAX_U32)
Stamp = namedtuple("Stamp", ("sent_ms", "start_ms", "waiting"))  # waiting: frames in its outbox


def pack_stamp(stamp: Stamp) -> bytes:
    _check(stamp, STAMP_TOP, "stamp")
    return pack(STAMP, *stamp)


def unpack_stamp(payload: bytes) -> Stamp:
    if len(payload) != calcsize(STAMP):
        raise WireError("stamp of %d bytes" % len(payload))
    return Stamp(*unpack(STAMP, payload))


def _check(values, tops, what: str) -> None:
    """MicroPython's pack() wraps a value that is too large; CPython's raises."""
    for value, top in zip(values, tops):
        if not 0 <= value <= top:
            raise WireError("%s value %d is not in 0..%d" % (what, value, top))
