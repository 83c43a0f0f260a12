"""Small flashes, some of them worn, and frames to fill them; for both interpreters."""

import random

from device import payloads, wire
from device.sim_flash import SimFlash

SECTOR = 512  # smaller than a real one, so that a few frames fill it


JOURNAL = 9  # sectors of it, for 30 frames


def new_flash(sectors=8, seed=1):
    """sectors: beside those of the journal."""
    random.seed(seed)
    return SimFlash((sectors + JOURNAL) * SECTOR, random.getrandbits, SECTOR)


def trace(seq, session=7):
    """A second that moves now and then, with gaps."""
    rate = 560 + seq * seq * 7 % 61 - 30
    fhr = (rate, rate, rate + (seq % 5 == 0), payloads.GAP_16 if seq % 11 == 0 else rate)
    toco = (20 + seq % 3,) * 4
    payload = payloads.pack_trace(payloads.Trace(fhr, None, fhr, toco, None))
    return wire.Frame(wire.TRACE, session, seq, 1000 * seq, payload)


class WornFlash(SimFlash):
    """Sectors in `bad` keep one bit whatever is written."""

    bad = ()

    def program(self, address, data):
        super().program(address, data)
        if address // self.SECTOR in self.bad:
            self.memory[address // SECTOR][address % SECTOR] |= 1
