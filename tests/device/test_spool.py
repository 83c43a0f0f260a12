"""What the spool keeps and what it may lose. Runs under pytest and on MicroPython."""

import os

from device import wire
from device.folder import Folder
from device.payloads import Receipt
from device.slots import SLOT, SlotFile
from device.spool import RAM_FRAMES, SPILL_EVERY_MS, Spool
from tests.device import scratch

SESSION = 0xABC


def frame(seq, size=33):
    payload = bytes((seq + n) % 256 for n in range(size))
    return wire.encode(wire.Frame(wire.TRACE, SESSION, seq, 1000 * seq, payload))


def fill(spool, count):
    for seq in range(spool.end, spool.end + count):
        spool.add(seq, frame(seq))


def wait(spool):
    """Long enough for everything to spill."""
    spool.tick(SPILL_EVERY_MS)
    spool.tick(2 * SPILL_EVERY_MS)


def whole(spool):
    """Every frame that is held is there, byte for byte."""
    for first, last in list(spool.held.pairs):
        for seq in range(first, last + 1):
            if spool.get(seq) != frame(seq):
                return False
    return True


def reopened(folder):
    """As after a power cut."""
    store = Folder(folder)
    return Spool.reopen(store, store.left_over()[0])


def in_folder(test):
    folder = scratch.new_folder()
    try:
        test(folder)
    finally:
        scratch.remove(folder)


def test_a_receipt_frees_what_it_says_and_nothing_else():
    spool = Spool(SESSION, None)
    fill(spool, 20)
    spool.free(Receipt(5, 15, ((5, 6), (9, 9))))
    assert spool.held.pairs == [[5, 6], [9, 9], [15, 19]]
    assert whole(spool)
    spool.free(Receipt(0, 0, ()))
    assert spool.held.count == 8
    spool.free(Receipt(20, 20, ()))
    assert spool.held.count == 0
    assert spool.dropped == 0


def test_in_memory_only_the_oldest_is_dropped_and_counted():
    spool = Spool(SESSION, None)
    fill(spool, RAM_FRAMES + 7)
    assert spool.held.pairs == [[7, RAM_FRAMES + 6]]
    assert spool.dropped == 7
    assert whole(spool)


def test_a_link_that_works_never_touches_the_file():
    def test(folder):
        spool = Spool(SESSION, Folder(folder))
        for seq in range(300):
            fill(spool, 1)
            spool.tick(seq * 100)
            spool.free(Receipt(max(0, seq - 2), max(0, seq - 2), ()))
        assert os.listdir(folder) == []
        assert spool.dropped == 0

    in_folder(test)


def test_what_has_no_receipt_in_time_is_in_the_file():
    def test(folder):
        spool = Spool(SESSION, Folder(folder))
        fill(spool, 5)
        spool.tick(SPILL_EVERY_MS)
        spool.tick(2 * SPILL_EVERY_MS - 1)
        assert os.listdir(folder) == []
        spool.tick(2 * SPILL_EVERY_MS)
        again = reopened(folder)
        assert again.session == SESSION
        assert again.held.pairs == [[0, 4]]
        assert whole(again)
        assert whole(spool)
        again.close()

    in_folder(test)


def test_more_frames_than_memory_holds_go_to_the_file():
    def test(folder):
        spool = Spool(SESSION, Folder(folder))
        fill(spool, 3 * RAM_FRAMES)
        assert spool.held.count == 3 * RAM_FRAMES
        assert spool.dropped == 0
        assert whole(spool)
        spool.close()
        again = reopened(folder)
        assert again.held.count == 3 * RAM_FRAMES
        assert whole(again)
        again.free(Receipt(3 * RAM_FRAMES, 3 * RAM_FRAMES, ()))
        again.close()
        assert os.listdir(folder) == []

    in_folder(test)


def test_a_full_file_drops_the_oldest_and_counts_it():
    def test(folder):
        spool = Spool(SESSION, Folder(folder), 200)
        fill(spool, 250)
        assert spool.held.pairs == [[50, 249]]
        assert spool.dropped == 50
        assert whole(spool)
        spool.close()
        again = reopened(folder)
        assert again.held.pairs == [[50, 249]]
        assert whole(again)
        again.close()

    in_folder(test)


def test_a_torn_slot_costs_its_frame_and_no_other():
    def test(folder):
        spool = Spool(SESSION, Folder(folder))
        fill(spool, 10)
        spool.close()
        with open(folder + "/" + Folder(folder).left_over()[0], "r+b") as file:
            file.seek(4 * SLOT + 30)
            file.write(b"\x55\xaa\x55")
        assert spool.get(4) is None
        assert spool.dropped == 1
        assert spool.held.pairs == [[0, 3], [5, 9]]
        again = reopened(folder)
        assert again.held.pairs == [[0, 3], [5, 9]]
        assert whole(again)
        again.close()

    in_folder(test)


def test_a_slot_that_still_holds_an_earlier_frame_is_not_taken_for_a_later():
    def test(folder):
        slots = SlotFile(folder + "/a", SESSION, 10)
        slots.put(3, frame(3))
        assert slots.get(3) == frame(3)
        assert slots.get(13) is None
        slots.put(13, frame(13))
        assert slots.get(3) is None
        assert list(slots.ranges()) == [(13, 13)]
        slots.remove()

    in_folder(test)


def test_a_file_that_ends_inside_a_slot_costs_its_last_frame():
    def test(folder):
        spool = Spool(SESSION, Folder(folder))
        fill(spool, 10)
        spool.close()
        path = folder + "/" + Folder(folder).left_over()[0]
        with open(path, "rb") as file:
            data = file.read()
        for n in (0, 1, 17, 18, 40, SLOT):
            with open(path, "wb") as file:
                file.write(data[: 9 * SLOT + n])
            again = reopened(folder)
            assert again.held.pairs == [[0, 9 if n == SLOT else 8]], n
            again.close()

    in_folder(test)


def test_a_frame_that_is_longer_than_a_slot_is_refused():
    spool = Spool(SESSION, None)
    try:
        spool.add(
            0,
            frame(0, SLOT),
        )
    except ValueError as error:
        assert "118 bytes" in str(error)
    else:
        raise AssertionError


def test_other_files_are_left_alone():
    def test(folder):
        for name in ("readme.txt", "x.spool", "zz-1.spool", "1-2-3.spool"):
            with open(folder + "/" + name, "wb") as file:
                file.write(b"x")
        assert Folder(folder).left_over() == []

    in_folder(test)


def test_a_folder_that_is_not_there_is_made():
    def test(folder):
        path = folder + "/new"
        assert Folder(path).left_over() == []
        assert os.listdir(path) == []
        os.rmdir(path)

    in_folder(test)


def test_when_the_file_cannot_be_made_memory_serves():
    spool = Spool(SESSION, Folder("/no/such/folder"))
    fill(spool, 10)
    wait(spool)
    assert whole(spool)
    fill(spool, RAM_FRAMES)
    assert spool.dropped == 10
    assert whole(spool)
