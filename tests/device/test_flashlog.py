"""The log on flash: what it keeps, and power cuts. Runs under pytest and on MicroPython."""

import random

from device import payloads, wire
from device.flashlog import HEAD_SIZE, FlashError, FlashLog
from device.ranges import Ranges
from device.sim_flash import PowerCut, SimFlash
from device.squeeze import Model
from tests.device.flashes import JOURNAL, SECTOR, WornFlash, new_flash, trace


def odd(seq, session=7):
    """Frames of all other kinds, and a TRACE that is none."""
    kind = (wire.VITALS, wire.EVENT, wire.STATUS, wire.SOUND, wire.TRACE)[seq % 5]
    payload = bytes((seq * 7 + n) % 256 for n in range((0, 3, 33, 70)[seq % 4]))
    return wire.Frame(kind, session, seq, 977 * seq, payload)


def mixed(seq, session=7):
    return odd(seq, session) if seq % 10 == 3 else trace(seq, session)


def fill(log, count, session=7, first=0):
    for seq in range(first, first + count):
        log.append(mixed(seq, session))


def seqs_of(log, session=7):
    """Of the frames that can be read, as pairs; each must be what was appended."""
    found = Ranges()
    log.flush()
    for sector in log.used_by(session):
        reader = log.reader(sector, Model())
        frame = reader.next()
        while frame:
            assert frame == mixed(frame.seq, session)
            found.add(frame.seq)
            frame = reader.next()
    return found.pairs


def test_what_was_appended_is_there_after_a_restart():
    flash = new_flash()
    log = FlashLog(flash)
    fill(log, 200)
    fill(log, 3, session=8)
    again = FlashLog(flash)
    assert again.left_over() == [7, 8]
    assert seqs_of(again) == [[0, 199]]
    assert seqs_of(again, 8) == [[0, 2]]
    assert [again.end_of(n) for n in again.used_by(7)][-1] == 200


def test_the_ends_of_sectors_are_known_without_reading_them():
    flash = new_flash()
    log = FlashLog(flash)
    fill(log, 300)
    again = FlashLog(flash)
    sectors = again.used_by(7)
    skimmed = [again.reader(sector).skim() for sector in sectors]
    for sector in sectors[:-1]:
        flash.memory[sector][HEAD_SIZE] = 0  # no record can be read any more
    assert [again.end_of(sector) for sector in sectors] == skimmed


def test_the_ring_gives_up_the_oldest_and_wears_all_sectors_alike():
    flash = new_flash(5)
    log = FlashLog(flash)
    fill(log, 400)
    assert log.dropped > 0
    for part in (flash.erased[:5], flash.erased[5:]):  # the log, its journal
        assert max(part) - min(part) <= 1
    ((first, last),) = seqs_of(FlashLog(flash))
    assert last == 399
    assert first < 399 - 3 * 30


def test_a_released_sector_stays_released_and_is_used_again():
    flash = new_flash(4)
    log = FlashLog(flash)
    fill(log, 100)
    log.flush()
    first = log.used_by(7)[0]
    log.release(first)
    assert FlashLog(flash).used_by(7) == log.used_by(7)
    assert first not in log.used_by(7)
    fill(log, 150, first=100)
    assert log.dropped == 0 or first in log.used_by(7)


def test_a_hole_in_the_numbers_begins_a_sector():
    log = FlashLog(new_flash())
    fill(log, 5)
    fill(log, 5, first=9)
    assert [log.firsts[n] for n in log.used_by(7)] == [0, 9]
    assert seqs_of(log) == [[0, 4], [9, 13]]


def test_a_record_that_is_damaged_costs_its_sector_from_there_on_and_no_other():
    flash = new_flash()
    log = FlashLog(flash)
    fill(log, 200)
    first, second = log.used_by(7)[:2]
    flash.memory[first][300] ^= 4
    before, after = seqs_of(FlashLog(flash))
    assert before[0] == 0 and before[1] < log.firsts[second] - 1
    assert after == [log.firsts[second], 199]


def test_a_sector_that_does_not_keep_what_is_written_is_passed_over():
    random.seed(1)
    flash = WornFlash((12 + JOURNAL) * SECTOR, random.getrandbits, SECTOR)
    flash.bad = (0, 2)
    log = FlashLog(flash)
    fill(log, 200)
    assert seqs_of(FlashLog(flash)) == [[0, 199]]
    assert not set(log.used_by(7)) & {0, 2}
    flash.bad = range(12 + JOURNAL)
    try:
        fill(log, 200, first=200)
        assert False, "it must say that the flash is worn out"
    except FlashError:
        pass


def test_a_journal_that_keeps_nothing_costs_room_and_no_frame():
    random.seed(1)
    flash = WornFlash((8 + JOURNAL) * SECTOR, random.getrandbits, SECTOR)
    flash.bad = range(8, 8 + JOURNAL)
    fill(FlashLog(flash), 60)
    assert seqs_of(FlashLog(flash)) == [[0, 59]]


def test_reading_begins_in_the_middle_of_a_sector():
    log = FlashLog(SimFlash(4 * 4096, random.getrandbits))
    payload = payloads.pack_trace(payloads.Trace((560,) * 4, None, None, (20,) * 4, None))
    for seq in range(640):
        log.append(wire.Frame(wire.TRACE, 7, seq, 1000 * seq, payload))
    reader = log.reader(log.used_by(7)[0], Model())
    assert reader.skim(500) == 510  # to the end of the block
    assert reader.seq == 480  # the first with a new model
    while reader.seq <= 500:
        frame = reader.next()
    assert frame == wire.Frame(wire.TRACE, 7, 500, 500_000, payload)


def test_power_cuts_at_any_byte_lose_no_more_than_the_frame_under_way():
    """Random moments: inside records, heads, erases and releases, in a ring that is wrapping."""
    flash = new_flash(6, seed=3)
    log = FlashLog(flash)
    seq = 0
    for cut in range(60):
        flash.left = random.getrandbits(9) + random.getrandbits(13 if cut % 2 else 10)
        try:
            while True:
                log.append(mixed(seq))
                seq += 1
        except PowerCut:
            flash.power()
        log = FlashLog(flash)
        ranges = [(log.firsts[n], log.end_of(n)) for n in log.used_by(7)]
        ranges = [(first, end) for first, end in ranges if end > first]
        if ranges and ranges[-1][1] == seq + 1:
            seq += 1  # all of it was written, but for the check
        assert not ranges or ranges[-1][1] == seq
        assert [first for first, _ in ranges[1:]] == [end for _, end in ranges[:-1]]
        if cut % 20 == 19:
            assert seqs_of(log) == [[ranges[0][0], seq - 1]]
    assert seq > 500
