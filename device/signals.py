"""What the buzzer and the LED do: patterns as data. No I/O and no clock.

A pattern is (colour, ((on_ms, off_ms, tone_hz), ...), times); tone 0 is silent, times 0: until the
next one.
"""

RED, AMBER, GREEN, DARK = "red", "amber", "green", "dark"
FIND_ME = (GREEN, ((200, 200, 2700), (200, 1400, 2100)), 15)
PRESSED = (GREEN, ((120, 0, 2100),), 1)  # a button was, and something is done
LEARNING = (AMBER, ((500, 500, 0),), 0)  # waits to be told by Bluetooth
BATTERY_LOW = (AMBER, ((80, 4920, 0),), 0)
NOTHING = (DARK, (), 1)
# IEC 60601-1-8, table 3: bursts of ten, three and one pulses tell the priorities apart
ALERTS = {
    "high": (RED, ((150, 100, 960),) * 5 + ((150, 500, 960),) + ((150, 100, 960),) * 4, 0),
    "medium": (AMBER, ((200, 200, 800), (200, 200, 800), (200, 5000, 800)), 0),
    "low": (AMBER, ((250, 15_000, 640),), 0),
}
OVER = ("handled", "closed")  # phases of an alert that is not shown any more
ANSWERED = ("accepted", "acknowledged")  # somebody has taken it on: a light, no sound
HELP_COMES = (GREEN, ((1000, 1000, 0),), 0)


def of_alert(text: str):
    """For the text of the command: "PHASE PRIORITY". An unknown one is shown, not passed over."""
    phase, _, priority = text.partition(" ")
    if phase in OVER:
        return NOTHING
    if phase in ANSWERED:
        return HELP_COMES
    return ALERTS.get(priority, ALERTS["medium"])
