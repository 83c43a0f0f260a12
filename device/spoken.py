"""What a probe itself says and hears, inside a frame: the half of device/payloads.py it needs.

The other half reads what a probe says and names it in words, which no board does: its memory is
small. Unknown is a value: the GAP of a field's width on the wire, None in these tuples. Rates
travel as quarter beats per minute (what monitors put out and CTU-UHB and FHRMA hold), toco as half
units.
"""

from collections import namedtuple
from struct import calcsize, pack, unpack_from

from device.wire import MAX_U32, WireError

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


# VITALS: repeated (u8 code, u16 count); codes from 1 on, see payloads.VITAL_SIGNS
LAST_VITAL_SIGN = 7


def pack_vitals(values: dict[int, int]) -> bytes:
    """values: {code: count}; the count GAP_16 says it was tried and not measured."""
    body = b""
    for code, count in sorted(values.items()):
        if not 0 < code <= LAST_VITAL_SIGN or not 0 <= count <= GAP_16:
            raise WireError("vital sign %d = %d" % (code, count))
        body += pack("<BH", code, count)
    return body


# EVENT: u8 code, u32 value, then bytes that only START, BOOT and UPDATE use; see payloads.EVENTS
START, STOP, MOVEMENT, CONTRACTION, COMMAND_DONE, PROBE_OFF, PROBE_ON = 1, 2, 3, 4, 5, 6, 7
BOOT, UPDATE, BATTERY = 8, 9, 10
Event = namedtuple("Event", ("code", "value", "data"))
UPDATE_OVER = MAX_U32  # no block is wanted: refused, done or given up
UPDATE_TAKEN = "it runs after the next start"  # said with it; all else is why not
REPLAYED, SYNTHETIC = 1, 2  # flags of a start
Start = namedtuple("Start", ("boot_id", "speed", "flags", "name"))


def pack_event(event: Event) -> bytes:
    if not 0 < event.code <= BATTERY:
        raise WireError("unknown event %d" % event.code)
    if not 0 <= event.value <= 0xFFFFFFFF:
        raise WireError("event value %d does not fit in 32 bits" % event.value)
    return pack("<BI", event.code, event.value) + bytes(event.data)


def pack_start(start: Start) -> bytes:
    """The first frame of a session. speed: recorded seconds per second, 1 on a real probe."""
    if not 1 <= start.speed <= 0xFFFF:
        raise WireError("speed %d" % start.speed)
    data = pack("<HB", start.speed, start.flags) + start.name.encode()
    return pack_event(Event(START, start.boot_id, data))


# BOOT: the data of that event
REPORT = "<BBHHIB"
POWER_ON, HARD, WATCHDOG, WOKEN, SOFT, STALLED = 0, 1, 2, 3, 4, 5  # causes, see payloads.RESETS
Report = namedtuple(
    "Report",
    (
        "cause",  # of the reset
        "task",  # what was done then, see payloads.TASKS; told of a watchdog or a stall
        "faults",  # by bit, see payloads.FAULTS
        "free_kib",  # memory, GAP_16 unknown
        "version",  # of the firmware
        "trial",  # 1: this firmware has not been confirmed yet
    ),
)


def pack_report(report: Report) -> bytes:
    data: bytes = pack(REPORT, *report)
    return data


# STATUS: the device about itself
STATUS = "<BBIIHHIBB"
STATUS_TOP = (GAP_8, GAP_8, MAX_U32, MAX_U32, GAP_16, GAP_16, MAX_U32, GAP_8, GAP_8)
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
    check_fields(status, STATUS_TOP, "status")
    return pack(STATUS, *status)


# RECEIPT: frame.session says which. frame.seq = stored: 0..stored-1 are kept for good.
# payload: u32 seen, then pairs (u32 first, u32 last) that are missing below seen.
# So everything below `seen` that is in no pair is kept, and the sender may forget it.
MAX_RANGES = 64  # of a receipt
Receipt = namedtuple("Receipt", ("stored", "seen", "missing"))  # missing: ((first, last), ...)


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
Command = namedtuple("Command", ("code", "text"))


def unpack_command(payload: bytes) -> Command:
    if not payload or not 0 < payload[0] <= COMMAND_UPDATE:
        raise WireError("unknown command")
    try:
        return Command(payload[0], bytes(payload[1:]).decode())
    except (UnicodeError, ValueError):
        raise WireError("command text is not UTF-8") from None


# BLOCK: frame.session is 0; payload: u32 offset in the image, then bytes of it.
def unpack_block(payload: bytes):
    """(offset, data)"""
    if len(payload) < 5:
        raise WireError("block of %d bytes" % len(payload))
    return unpack_from("<I", payload)[0], payload[4:]


def check_fields(values, tops, what: str) -> None:
    """MicroPython's pack() wraps a value that is too large; CPython's raises."""
    for value, top in zip(values, tops):
        if not 0 <= value <= top:
            raise WireError("%s value %d is not in 0..%d" % (what, value, top))
