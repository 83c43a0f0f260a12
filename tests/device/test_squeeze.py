"""Frames made small and whole again, byte for byte. Runs under pytest and on MicroPython."""

import random

from device import payloads, wire
from device.rangecoder import Decoder, Encoder, contexts
from device.squeeze import Model


def test_bits_and_numbers_come_back_whatever_was_expected():
    for seed in range(40):
        random.seed(seed)
        chance = random.getrandbits(8)
        there, back = contexts(3), contexts(3)
        said = [(random.getrandbits(2), random.getrandbits(8) < chance) for _ in range(90)]
        coder = Encoder(there)
        for cell, bit in said:
            coder.number(37 * bit, 7) if cell == 3 else coder.bit(cell, bit)
        heard = Decoder(back, coder.finish())
        for cell, bit in said:
            found = heard.number(0, 7) == 37 if cell == 3 else heard.bit(cell, 0)
            assert found == bit
        assert there == back


def test_what_is_expected_costs_next_to_nothing():
    cells = contexts(1)
    for _ in range(100):
        Encoder(cells).bit(0, 0)
    coder = Encoder(cells)
    for _ in range(100):
        coder.bit(0, 0)
    assert len(coder.finish()) <= 1


def there_and_back(make, count):
    """Frames made by make(seq), in blocks of one, two and three; the bytes of each block."""
    there, back = Model(9), Model(9)
    sizes = []
    at = 0
    while at < count:
        block = [make(seq) for seq in range(at, at + 1 + len(sizes) % 3)]
        at += len(block)
        coder = Encoder(there.cells)
        for frame in block:
            there.squeeze(coder, frame)
        data = bytes(coder.finish())
        sizes.append(len(data))
        coder = Decoder(back.cells, data)
        for frame in block:
            assert back.restore(coder, frame.seq) == frame
    return sizes


def test_any_payload_of_any_kind_comes_back():
    random.seed(4)

    def noise(seq):
        kind = wire.RECORDED[seq % len(wire.RECORDED)]
        payload = bytes(random.getrandbits(8) for _ in range(random.getrandbits(6)))
        return wire.Frame(kind, 9, seq, random.getrandbits(30) * 4, payload)

    there_and_back(noise, 120)


def test_any_trace_comes_back():
    random.seed(5)

    def trace(seq):
        channels = []
        for _, kind, gap in payloads.CHANNELS:
            top = 16 if kind == "H" else 8
            near = [min(gap, 300 % gap + random.getrandbits(3)) for _ in range(4)]
            wild = [
                (0, gap, gap - 1, random.getrandbits(top))[random.getrandbits(2)] for _ in range(4)
            ]
            counts = (None, near, near, wild)[random.getrandbits(2)]
            channels.append(counts)
        payload = payloads.pack_trace(payloads.Trace(*channels))
        return wire.Frame(wire.TRACE, 9, seq, 1000 * seq, payload)

    there_and_back(trace, 120)


def test_a_steady_second_takes_less_than_a_byte():
    def still(seq):
        payload = payloads.pack_trace(payloads.Trace((560,) * 4, None, (300,) * 4, (20,) * 4, None))
        return wire.Frame(wire.TRACE, 9, seq, 1000 * seq, payload)

    assert sum(there_and_back(still, 150)[50:]) < 50
