"""The spool of a board, on the log on flash. Runs under pytest and on MicroPython."""

import random

from device import wire
from device.flashlog import FlashLog
from device.flashstore import FlashStore
from device.payloads import Receipt
from device.spool import SPILL_EVERY_MS, Spool
from tests.device.flashes import JOURNAL, SECTOR, WornFlash, new_flash, trace


def spool_of(flash, session=7):
    return Spool(session, FlashStore(FlashLog(flash)))


def wait(spool):
    spool.tick(SPILL_EVERY_MS)
    spool.tick(2 * SPILL_EVERY_MS)


def add(spool, count):
    for seq in range(spool.end, spool.end + count):
        spool.add(seq, wire.encode(trace(seq)))


def test_the_spool_spills_into_the_log_and_reads_it_in_any_order():
    spool = spool_of(new_flash())
    add(spool, 300)
    wait(spool)
    for seq in (0, 1, 299, 100, 99, 101, 160, 2):
        assert spool.get(seq) == wire.encode(trace(seq))
    assert spool.dropped == 0


def test_a_restart_finds_all_frames_without_a_receipt():
    flash = new_flash()
    spool = spool_of(flash)
    add(spool, 300)
    wait(spool)
    spool.free(Receipt(280, 280, ()))
    spool.tick(10_000)
    del spool  # a board has one at a time
    store = FlashStore(FlashLog(flash))
    assert store.left_over() == [7]
    again = Spool.reopen(store, 7)
    assert again.held.pairs[-1][1] == 299
    assert 20 <= again.held.count < 280  # a sector is released as a whole
    assert again.get(299) == wire.encode(trace(299))
    again.free(Receipt(300, 300, ()))
    again.close()
    assert FlashStore(FlashLog(flash)).left_over() == []


def test_a_link_that_works_never_touches_the_flash():
    flash = new_flash()
    spool = spool_of(flash)
    for seq in range(300):
        add(spool, 1)
        spool.tick(seq * 100)
        spool.free(Receipt(max(0, seq - 2), max(0, seq - 2), ()))
    assert max(flash.erased) == 0


def test_what_the_ring_gave_up_is_counted_when_it_is_asked_for():
    flash = new_flash(4)
    spool = spool_of(flash)
    add(spool, 600)
    wait(spool)
    first = 0
    while spool.get(first) is None:
        first += 1
    assert first > 100
    assert spool.dropped == first
    assert spool.get(599) == wire.encode(trace(599))


def test_a_sector_that_goes_bad_gives_its_open_block_to_the_next():
    random.seed(1)
    flash = WornFlash((8 + JOURNAL) * SECTOR, random.getrandbits, SECTOR)
    spool = spool_of(flash)
    add(spool, 50)
    flash.bad = (1, 10)  # the sector that is written, one of the journal
    add(spool, 50)
    wait(spool)
    for seq in (40, 99, 70, 1):
        assert spool.get(seq) == wire.encode(trace(seq))
    again = FlashLog(flash)
    found = again.used_by(7)
    assert [again.firsts[sector] for sector in found[1:]] == [again.end_of(n) for n in found[:-1]]
    assert again.end_of(found[-1]) == 100
