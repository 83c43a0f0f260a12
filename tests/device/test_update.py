"""New firmware: what is taken, what is refused, power cuts, roll-back. Also on MicroPython.

The manifests were signed with the private key of RFC 6979, appendix A.2.5, for the images of
image(); WRONG_KEY with another.
"""

import random
import sys
from struct import pack

from device.region import Region
from device.sim_flash import PowerCut, SimFlash
from device.sim_slots import SimSlots
from device.update import Update
from tests.device.test_p256 import KEY

SECTOR = 1024
SIZE = 5000
BLOCK = 250  # bytes in a message
# bytes of flash between two power cuts, no multiple of anything: in blocks, marks and erases, at
# their ends. The slow interpreters have some of them, for all take the same way.
STEP = 131 if sys.implementation.name == "cpython" else 937
SECOND = (
    "TFVGVwIAAACIEwAAc2ltAAAAAAAAAAAAAAAAAOd4weowWbFaDS44Tz7WWE46bdtcE8tbhzupKoZ9ZYUJEWsB"
    "QRzK4gCOabJdIypfmjCLfRRaOwkD6L+xNWoOuT5VwE9ji5asUZ9k45ejugi7m54QtYs2MA71KUBJcsFpBw=="
)
THIRD = (
    "TFVGVwMAAACIEwAAc2ltAAAAAAAAAAAAAAAAACEiOK/Gqemtq7WEAts/VBIegg9fYj6QA2udEinmnTtbKt8c"
    "jrd7s1/xj2rcAPVOnHeI63lMNZ/W4NpS+OmLmEu2oZltG7Wvz5reE9jMCJoyk88sh243qalBQCwdr52pww=="
)
WRONG_KEY = (
    "TFVGVwIAAACIEwAAc2ltAAAAAAAAAAAAAAAAAOd4weowWbFaDS44Tz7WWE46bdtcE8tbhzupKoZ9ZYUJSVzv"
    "jvAaFV9lfLdzX8vFKb68aTHknzJZLnDkwBJg9WkItvhdFdjnvVh+GLcN9Qn8bAnu+M9Fwq0LBWAKjwmQqQ=="
)
OTHER_BOARD = (
    "TFVGVwIAAACIEwAAZXNwMzJzMwAAAAAAAAAAAOd4weowWbFaDS44Tz7WWE46bdtcE8tbhzupKoZ9ZYUJIqXi"
    "xW94eQl3KA1J3+joMaKzdghhaQhG+ryMOXHMpMcobP0ibAhV5I3uAxXObtHoUH4hE+J97JrnI/6eRYV6VQ=="
)
OTHER_IMAGE = (
    "TFVGVwIAAACIEwAAc2ltAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAlSi5"
    "w7Z49M7Syj/5w90AHJivYTvGU4tq2gl7UA76kDdebc9YAwJ0zcjmHa7Qawgg39zmvE+YVBlbqfuBNiR0vg=="
)
TOO_LARGE = (
    "TFVGVwIAAAAoIwAAc2ltAAAAAAAAAAAAAAAAAOd4weowWbFaDS44Tz7WWE46bdtcE8tbhzupKoZ9ZYUJDvbO"
    "ekJN6SS4JPSr7vjj5v2UNicKhBtv7C+/Ykg0ZwYVo5ub9egCArcJ4f50yvyuwj5mQ7O8HY2SwB0ZTp9Bag=="
)


def _image(version):
    data = bytearray(SIZE)  # at once: a small heap has no room to let it grow
    data[:4] = pack("<I", version)
    for n in range(SIZE - 4):
        data[4 + n] = (version * 31 + n * n // 7) % 256
    return data


IMAGES = {version: _image(version) for version in (2, 3)}


def image(version):
    return IMAGES[version]


class Board:
    """With version 1 in its first slot. on() is a start."""

    def __init__(self, seed=1):
        random.seed(seed)
        self.flash = SimFlash(13 * SECTOR, random.getrandbits, SECTOR)
        self.slots = SimSlots(Region(self.flash, 0, 12 * SECTOR))
        self.flash.program(0, pack("<I", 1))
        self.on()

    def on(self):
        self.flash.power()
        self.slots.boot()
        self.update = Update(self.slots, Region(self.flash, 12 * SECTOR, SECTOR), KEY, "sim")

    def offer(self, text):
        return self.update.offer(text)

    def send(self, data, until=SIZE):
        """Blocks as they are asked for."""
        while not self.update.whole and self.update.at < until:
            at = self.update.at
            end = min(at + BLOCK, at + SECTOR - at % SECTOR, len(data))
            assert self.update.take(at, data[at:end])


def test_a_signed_newer_image_runs_after_the_next_start_and_stays_when_confirmed():
    board = Board()
    board.offer(SECOND)
    board.send(image(2))
    assert board.update.finish()
    assert board.slots.version == 1  # until the next start
    board.on()
    assert (board.slots.version, board.slots.trial) == (2, True)
    board.slots.confirm()
    board.on()
    board.on()
    assert (board.slots.version, board.slots.trial) == (2, False)
    board.offer(THIRD)
    board.send(image(3))
    assert board.update.finish()
    board.on()
    assert board.slots.version == 3


def test_an_image_that_is_not_confirmed_is_rolled_back():
    board = Board()
    board.offer(SECOND)
    board.send(image(2))
    assert board.update.finish()
    board.on()
    assert board.slots.version == 2
    board.on()  # it was reset before its self-test was passed
    assert (board.slots.version, board.slots.trial) == (1, False)
    board.on()
    assert board.slots.version == 1


def refused(board, text, why):
    before = [bytes(sector) for sector in board.flash.memory]
    assert why in board.offer(text)
    assert [bytes(sector) for sector in board.flash.memory] == before
    assert board.update.wanted is None


def test_wrong_keys_boards_versions_and_sizes_are_refused_and_nothing_is_touched():
    board = Board()
    refused(board, WRONG_KEY, "signature")
    refused(board, OTHER_BOARD, "built for esp32s3")
    refused(board, TOO_LARGE, "do not fit")
    refused(board, SECOND[:-4], "no manifest")
    refused(board, "???", "no manifest")
    changed = "A" if SECOND[8] != "A" else "B"
    refused(board, SECOND[:8] + changed + SECOND[9:], "signature")
    refused(board, SECOND[:16] + "////" + SECOND[20:], "no text")  # bytes of 0xFF for a board


def test_a_downgrade_and_the_same_version_are_refused():
    board = Board()
    board.offer(THIRD)
    board.send(image(3))
    assert board.update.finish()
    board.on()
    refused(board, THIRD, "on trial")
    board.slots.confirm()
    refused(board, SECOND, "version 2 is not newer")
    refused(board, THIRD, "version 3 is not newer")


def test_an_image_that_is_not_the_signed_one_never_runs():
    board = Board()
    board.offer(SECOND)
    wrong = bytearray(image(2))
    wrong[4321] ^= 1
    board.send(wrong)
    assert not board.update.finish()
    board.on()
    assert board.slots.version == 1
    assert board.update.wanted is None


def test_only_the_wanted_block_is_taken():
    board = Board()
    assert not board.update.take(0, b"x")  # nothing was offered
    board.offer(SECOND)
    data = image(2)
    assert not board.update.take(BLOCK, data[BLOCK : 2 * BLOCK])
    assert not board.update.take(0, b"")
    assert not board.update.take(0, data[: SECTOR + 1])  # over the end of a sector
    assert board.update.take(0, data[:BLOCK])
    assert not board.update.take(0, data[:BLOCK])
    assert board.update.wanted == BLOCK
    assert not board.update.finish()


def test_a_transfer_that_was_cut_goes_on_at_its_last_sector():
    board = Board()
    board.offer(SECOND)
    board.send(image(2), 3 * SECTOR + 100)
    board.on()
    assert board.update.wanted == 3 * SECTOR
    board.offer(SECOND)  # offered again: nothing is lost
    assert board.update.wanted == 3 * SECTOR
    board.send(image(2))
    assert board.update.finish()
    board.on()
    assert board.slots.version == 2


def test_another_manifest_begins_again():
    board = Board()
    board.offer(SECOND)
    board.send(image(2), 3 * SECTOR)
    board.offer(THIRD)
    assert board.update.wanted == 0
    board.send(image(3))
    assert board.update.finish()


def cut_after(count, seed):
    """An update during which the power fails after so many bytes of flash. False: it was over."""
    board = Board(seed)
    board.flash.left = count
    try:
        board.offer(SECOND)
        board.send(image(2))
        assert board.update.finish()
        done = True
    except PowerCut:
        done = False
    left = board.flash.left
    board.on()
    if board.slots.version == 2:
        return False
    assert board.slots.version == 1
    assert not done or left > 0
    board.offer(SECOND)
    board.send(image(2))
    assert board.update.finish()
    board.on()
    assert board.slots.version == 2
    return True


def test_power_cuts_in_every_block_and_every_step_leave_one_firmware_that_runs():
    count = cuts = 0
    while cut_after(count, count):
        count += STEP
        cuts += 1
    assert cuts > 8000 // STEP
