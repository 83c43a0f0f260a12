"""The probe's own Bluetooth client. Runs under pytest and, unchanged, on MicroPython."""

import asyncio

from device import gatt
from device.ble import Instruments
from tests.device.fake_aioble import Fake, Instrument, uuid

CUFF, METER, OXIMETER, OTHERS = "aa:00:00:00:00:01", "aa:02", "aa:03", "bb:04"
PEERS = {CUFF: 1, METER: None, OXIMETER: None}
HERS = b"\x08\x8e\x00\x5b\x00\x6c\x00\x01"  # 142/91 of user 1
HIS = b"\x08\x78\x00\x50\x00\x5d\x00\x02"  # 120/80 of user 2
GLUCOSE = b"\x02\x07\x00\xea\x07\x0b\x16\x05\x13\x1d\x64\xb0\x11"
GOOD, NO_FINGER = b"\x00\x61\x00\x48\x00", b"\x00\xff\x07\xff\x07"


def looked(*instruments):
    """What the client told, and the client, after one look."""
    told = []

    def tell(address, characteristic, data, measured):
        assert gatt.parse(characteristic, data).what == measured.what
        told.append((address, characteristic, gatt.counts_of(measured.values)))

    client = Instruments(Fake(*instruments), uuid, PEERS, tell)
    return told, client, finished(client.once(1000))


def finished(coroutine):
    """Nothing here waits: the first step is the last."""
    try:
        coroutine.send(None)
    except StopIteration as end:
        return end.value
    raise AssertionError("it waits for something")


def test_nobody_is_there():
    assert looked()[0] == [] and not looked()[2]


def test_a_cuff_that_is_not_hers_is_left_alone():
    cuff = Instrument(OTHERS, 0x1810, {0x2A35: [HERS]})
    told, _, was_there = looked(cuff)
    assert told == [] and not was_there and cuff.log == []


def test_a_cuff_tells_what_is_hers_until_it_hangs_up():
    cuff = Instrument(CUFF, 0x1810, {0x2A35: [HERS, HIS, HERS]})
    told, client, was_there = looked(Instrument(OTHERS, 0x1810, {}), cuff)
    assert told == [(CUFF, 0x2A35, {1: 142, 2: 91})] * 2
    assert was_there and client.trouble == "" and client.refused == 0
    assert cuff.log == [(0x2A35, "indicate")] and not cuff.connected and not cuff.paired


def test_a_meter_is_asked_for_its_last_record_and_waited_for():
    says = {0x2A18: [GLUCOSE], 0x2A52: []}
    meter = Instrument(METER, 0x1808, says, ending=asyncio.TimeoutError)
    told, client, _ = looked(meter)
    assert told == [(METER, 0x2A18, {6: 555})] and client.trouble == ""
    assert meter.log == [(0x2A18, "notify"), (0x2A52, "indicate"), (0x2A52, b"\x01\x06")]


def test_an_oximeter_that_runs_on_is_told_once_when_it_has_settled():
    says = {0x2A5F: [GOOD] * 9 + [NO_FINGER] + [GOOD] * 25}
    told, _, _ = looked(Instrument(OXIMETER, 0x1822, says))
    assert told == [(OXIMETER, 0x2A5F, {3: 970, 4: 288})]
    says = {0x2A5F: [GOOD] * 9}
    assert looked(Instrument(OXIMETER, 0x1822, says))[0] == []


def test_a_spot_check_is_preferred():
    oximeter = Instrument(OXIMETER, 0x1822, {0x2A5E: [GOOD], 0x2A5F: [GOOD] * 20})
    told, _, _ = looked(oximeter)
    assert told == [(OXIMETER, 0x2A5E, {3: 970, 4: 288})]


def test_an_instrument_that_wants_to_be_paired_is_paired():
    cuff = Instrument(CUFF, 0x1810, {0x2A35: [HERS]})
    cuff.wants_pairing = True
    assert len(looked(cuff)[0]) == 1 and cuff.paired


def test_what_goes_wrong_is_said_and_ends_the_look():
    cuff = Instrument(CUFF, 0x1810, {0x2A35: [HERS]})
    cuff.connects = False
    told, client, _ = looked(cuff)
    assert told == [] and client.trouble.startswith("Bluetooth: ")
    nothing = looked(Instrument(CUFF, 0x1810, {}))[1]
    assert nothing.trouble == "service 0x1810 of %s measures nothing we know" % CUFF


def test_a_value_that_is_none_is_refused_and_the_next_is_taken():
    told, client, _ = looked(Instrument(CUFF, 0x1810, {0x2A35: [HERS[:-1], HERS]}))
    assert len(told) == 1 and client.refused == 1 and CUFF in client.trouble
