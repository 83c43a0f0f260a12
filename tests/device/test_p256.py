"""Signatures of P-256: RFC 6979, appendix A.2.5, and what must be refused. Also on MicroPython."""

from binascii import unhexlify

from device.p256 import N, P, verify

KEY = unhexlify(
    "60FED4BA255A9D31C961EB74C6356D68C049B8923B61FA6CE669622E60F29FB6"
    "7903FE1008B8BC99A41AE9E95628BC64F2F1B20C2D7E9F5177A3C294D4462299"
)
SAMPLE = unhexlify(
    "EFD48B2AACB6A8FD1140DD9CD45E81D69D2C877B56AAF991C34D0EA84EAF3716"
    "F7CB1C942D657C41D436C7A1B6E29F65F3E900DBB9AFF4064DC4AB2F843ACDA8"
)
TEST = unhexlify(
    "F1ABB023518351CD71D881567B1EA663ED3EFCF6C5132B354F28D3B0B7D38367"
    "019F4113742A2B14BD25926B49C649155F267E60D3814B4C0CC84250E46F0083"
)


def number(value):
    return value.to_bytes(32, "big")


def test_the_signatures_of_the_standard_are_right():
    assert verify(KEY, b"sample", SAMPLE)
    assert verify(KEY, b"test", TEST)


def test_anything_changed_is_refused():
    assert not verify(KEY, b"test", SAMPLE)
    assert not verify(KEY, b"Sample", SAMPLE)
    for at in (0, 31, 32, 63):
        wrong = bytearray(SAMPLE)
        wrong[at] ^= 1
        assert not verify(KEY, b"sample", bytes(wrong))


def test_numbers_out_of_range_are_refused():
    r, s = SAMPLE[:32], SAMPLE[32:]
    for wrong in (bytes(32), number(N), number(N + int.from_bytes(r, "big") % 1000), b"\xff" * 32):
        assert not verify(KEY, b"sample", wrong + s)
        assert not verify(KEY, b"sample", r + wrong)
    assert not verify(KEY, b"sample", SAMPLE[:63])
    assert not verify(KEY, b"sample", SAMPLE + b"\x00")


def test_a_point_beside_the_curve_is_no_key():
    x, y = KEY[:32], KEY[32:]
    for wrong in (x + number(5), bytes(64), number(P) + y, y + x, x):
        assert not verify(wrong, b"sample", SAMPLE)
