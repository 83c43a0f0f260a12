"""A browser that subscribed to web push: its keys, and what its push service checks.

Written from RFC 8188, 8291 and 8292; the vector of RFC 8291 section 5 is in test_protocols.py.
"""

import hashlib
import json
import time
from base64 import urlsafe_b64decode, urlsafe_b64encode

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

BROWSER = ec.generate_private_key(ec.SECP256R1())
AUTH = hashlib.sha256(b"auth of the tests").digest()[:16]


def b64(data: bytes) -> str:
    return urlsafe_b64encode(data).rstrip(b"=").decode()


def unb64(text: str) -> bytes:
    return urlsafe_b64decode(text + "=" * (-len(text) % 4))


def point_of(key: ec.EllipticCurvePublicKey) -> bytes:
    return key.public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)


def subscription(host: str, name: str = "one") -> dict[str, object]:
    keys = {"p256dh": b64(point_of(BROWSER.public_key())), "auth": b64(AUTH)}
    return {"endpoint": f"http://{host}/push/{name}", "keys": keys}


def decrypt(
    message: bytes, browser: ec.EllipticCurvePrivateKey = BROWSER, auth: bytes = AUTH
) -> bytes:
    salt, size, name = message[:16], int.from_bytes(message[16:20]), message[20]
    sender = message[21 : 21 + name]
    sealed = message[21 + name :]
    assert len(sealed) <= size
    secret = browser.exchange(
        ec.ECDH(), ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), sender)
    )
    info = b"WebPush: info\0" + point_of(browser.public_key()) + sender
    ikm = HKDF(hashes.SHA256(), 32, auth, info).derive(secret)
    key = HKDF(hashes.SHA256(), 16, salt, b"Content-Encoding: aes128gcm\0").derive(ikm)
    nonce = HKDF(hashes.SHA256(), 12, salt, b"Content-Encoding: nonce\0").derive(ikm)
    clear = AESGCM(key).decrypt(nonce, sealed, None).rstrip(b"\0")
    assert clear[-1:] == b"\x02"  # the last record
    return clear[:-1]


def vapid_is_right(authorization: str, host: str) -> bool:
    scheme, _, fields = authorization.partition(" ")
    given = dict(part.strip().split("=", 1) for part in fields.split(","))
    signed, _, signature = given["t"].rpartition(".")
    head, claims = (json.loads(unb64(part)) for part in signed.split("."))
    raw = unb64(signature)
    key = ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), unb64(given["k"]))
    der = encode_dss_signature(int.from_bytes(raw[:32]), int.from_bytes(raw[32:]))
    try:
        key.verify(der, signed.encode(), ec.ECDSA(hashes.SHA256()))
    except InvalidSignature:
        return False
    return (
        scheme.lower() == "vapid"
        and head["alg"] == "ES256"
        and claims["aud"] == f"http://{host}"
        and claims["sub"].startswith("mailto:")
        and 0 < claims["exp"] - time.time() <= 24 * 3600
    )
