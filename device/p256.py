"""Is this ECDSA signature (NIST P-256, SHA-256) right? Nothing here can sign.

FIPS 186-5, section 6.4.2, with the curve of SP 800-186. Why not Ed25519: MicroPython has SHA-256 on
every board and SHA-512 on none. No library of MicroPython's has either (looked for on PyPI and in
micropython-lib). Numbers are public, so taking the same time for all of them is not needed.
"""

from hashlib import sha256

P = 2**256 - 2**224 + 2**192 + 2**96 - 1
N = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551
B = 0x5AC635D8AA3A93E7B3EBBD55769886BC651D06B0CC53B0F63BCE3C3E27D2604B
G = (
    0x6B17D1F2E12C4247F8BCE6E563A440F277037D812DEB33A0F4A13945D898C296,
    0x4FE342E2FE1A7F9B8EE7EB4A7C0F9E162BCE33576B315ECECBB6406837BF51F5,
)
BITS = 256
NOWHERE = (0, 1, 0)  # the point at infinity; points are (X, Y, Z) for x = X/Z^2, y = Y/Z^3


def verify(public: bytes, message: bytes, signature: bytes) -> bool:
    """public: x and y, signature: r and s, 32 bytes each, big-endian."""
    if len(public) != 64 or len(signature) != 64:
        return False
    point = _number(public[:32]), _number(public[32:])
    r, s = _number(signature[:32]), _number(signature[32:])
    if not (_on_curve(point) and 0 < r < N and 0 < s < N):
        return False
    inverse = pow(s, N - 2, N)
    hashed = _number(sha256(message).digest())
    x, _, z = _sum_of_multiples(hashed * inverse % N, r * inverse % N, point)
    if not z:
        return False
    z = pow(z, P - 2, P)
    return bool(x * z * z % P % N == r)


def _number(data: bytes) -> int:
    return int.from_bytes(data, "big")


def _on_curve(point) -> bool:
    x, y = point
    return bool(x < P and y < P and (y * y - x * x * x + 3 * x - B) % P == 0)


def _sum_of_multiples(u: int, v: int, point):
    """u G + v point, bit by bit from the highest (Shamir's trick)."""
    g, q = (G[0], G[1], 1), (point[0], point[1], 1)
    both = _add(g, q)
    total = NOWHERE
    for at in range(BITS - 1, -1, -1):
        total = _double(total)
        chosen = (None, q, g, both)[(u >> at & 1) << 1 | v >> at & 1]
        if chosen:
            total = _add(total, chosen)
    return total


def _double(point):
    x, y, z = point
    if not y or not z:
        return NOWHERE
    yy = y * y % P
    s = 4 * x * yy % P
    zz = z * z % P
    m = 3 * (x - zz) * (x + zz) % P
    doubled_x = (m * m - 2 * s) % P
    return doubled_x, (m * (s - doubled_x) - 8 * yy * yy) % P, 2 * y * z % P


def _add(one, other):
    if not one[2] or not other[2]:
        return other if not one[2] else one
    x1, y1, z1 = one
    x2, y2, z2 = other
    zz1, zz2 = z1 * z1 % P, z2 * z2 % P
    u, s = x1 * zz2 % P, y1 * zz2 * z2 % P
    h, r = (x2 * zz1 - u) % P, (y2 * zz1 * z1 - s) % P
    if not h:
        return NOWHERE if r else _double(one)
    hh = h * h % P
    hhh, uhh = h * hh % P, u * hh % P
    x = (r * r - hhh - 2 * uhh) % P
    return x, (r * (uhh - x) - s * hhh) % P, h * z1 * z2 % P
