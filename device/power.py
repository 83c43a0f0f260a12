"""What the board takes from its battery in each mode, and which mode it should be in. No I/O.

Currents are what the firmware assumes, at 3.7 V; hardware/ computes its own from the parts, and a
test there checks that these are not less.
"""

from collections import namedtuple

Mode = namedtuple("Mode", ("current_ma", "radio", "analog"))  # are these two on?
SLEEP, READY, UPDATE, LOCATE = "sleep", "ready", "update", "locate"
RECORD_WIFI, RECORD_CELLULAR, RECORD_OFFLINE = "record_wifi", "record_cellular", "record_offline"
DRAIN = "drain"
MODES = {
    SLEEP: Mode(0.06, False, False),  # wakes by the button, by movement and by the clock
    READY: Mode(7, True, False),  # waits for a start; the radio is there 10 s in 240 s
    RECORD_WIFI: Mode(74, True, True),
    RECORD_CELLULAR: Mode(107, True, True),
    RECORD_OFFLINE: Mode(97, True, True),  # Wi-Fi searches 10 s in 60 s, the modem 75 s in 5 min
    DRAIN: Mode(185, True, True),  # what was kept leaves as fast as receipts come
    UPDATE: Mode(150, True, False),
    LOCATE: Mode(37, True, False),  # buzzer and LED: where am I?
}
LOW_PERCENT = 15  # from here on it is told, and measurements that can wait are rare
EMPTY_PERCENT = 5  # finish the frame, tell, stop
SEARCH_MS, SEARCH_EVERY_MS = 10_000, 60_000  # of the radio, while there is no network
CONTACT_MS, CONTACT_EVERY_MS = 10_000, 240_000  # of the radio, while there is nothing to do
OXIMETER_MS = 30_000  # of light for one value of oxygen saturation
OXIMETER_EVERY_MS, OXIMETER_EVERY_MS_LOW = 300_000, 900_000
DRAIN_FRAMES = 60  # that wait: from here on it is a drain


def mode(recording: bool, up: bool, cellular: bool, waiting: int, updating: bool) -> str:
    """The mode that fits; `waiting` counts frames without a receipt, `up` is the link."""
    if not recording:
        return UPDATE if updating else READY
    if not up:
        return RECORD_OFFLINE
    if waiting >= DRAIN_FRAMES:
        return DRAIN
    return RECORD_CELLULAR if cellular else RECORD_WIFI


def searches(now_ms: int, lost_ms: int) -> bool:
    """May the radio look for a network now? lost_ms: when the last one was lost."""
    return (now_ms - lost_ms) % SEARCH_EVERY_MS < SEARCH_MS


def in_contact(now_ms: int, idle_ms: int) -> bool:
    """Is the radio of an idle board on now? idle_ms: since when it is idle."""
    return (now_ms - idle_ms) % CONTACT_EVERY_MS < CONTACT_MS


def oximeter_on(now_ms: int, battery_percent: int) -> bool:
    low = battery_percent <= LOW_PERCENT
    return now_ms % (OXIMETER_EVERY_MS_LOW if low else OXIMETER_EVERY_MS) < OXIMETER_MS


def hours_left(mode_name: str, capacity_mah: float, battery_percent: int) -> float:
    return capacity_mah * battery_percent / 100 / float(MODES[mode_name].current_ma)
