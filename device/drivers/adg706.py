"""ADG706: one of sixteen inputs to one output; here the crystal that a receive channel hears.

It breaks before it makes. Its enable pin is not ours: the circuit opens all switches while a burst
leaves (hardware/wiring.csv: BURST_N). The truth table is from the data sheet of Analog Devices, as
known, not read again here: check it against the data sheet before a board is made.
"""

LINES = 4
SWITCHES = 1 << LINES


class Adg706:
    """lines: the pins of A0 to A3, in this order; each has value(0 or 1)."""

    def __init__(self, lines) -> None:
        if len(lines) != LINES:
            raise ValueError("%d lines are no address" % len(lines))
        self._lines = lines

    def select(self, switch: int) -> None:
        """Closes one: 1 to 16, as S1 to S16 of the data sheet."""
        if not 1 <= switch <= SWITCHES:
            raise ValueError("there is no switch S%d" % switch)
        for bit in range(LINES):
            self._lines[bit].value(switch - 1 >> bit & 1)

    def rest(self) -> None:
        """All lines low, so that no pin feeds a chip without power."""
        self.select(1)
