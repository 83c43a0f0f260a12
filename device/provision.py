"""What a probe is told once, over USB or Bluetooth, and the text of the QR code on its box.

The document is JSON; the same keys are what device/firmware.py needs. Nothing is taken in part: the
first thing wrong is told with its key, and what was stored before stays.
"""

import json
from binascii import unhexlify
from collections import namedtuple

MAX_BYTES = 8192  # of the document: two certificates and a key
MAX_NETWORKS = 8
MAX_NAME = 60
TEXTS = {  # key: most bytes
    "device": 32,
    "token": 64,
    "host": 128,
    "name": MAX_NAME,
    "apn": 64,
    "ca": 4096,
    "certificate": 2048,
    "private_key": 2048,
    "key": 128,
}
NEEDED = ("device", "token", "host", "port", "ca", "key", "name")
Box = namedtuple("Box", ("device", "claim"))
BOX = "LUCINA:1"  # then :DEVICE:CLAIM
CLAIM_SIZE = 10
ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"  # no I, L, O, U: Crockford


class ProvisionError(ValueError):
    """Names the key that is wrong."""


def parse(data: bytes) -> dict:
    """The document as a dict: port a number, networks [[name, password]], key as bytes.

    channels (1 unless it is told) is 2 for a twin kit: a second transducer at J4."""
    if len(data) > MAX_BYTES:
        raise ProvisionError("%d bytes, at most %d" % (len(data), MAX_BYTES))
    try:
        told = json.loads(data)
    except (ValueError, UnicodeError):
        raise ProvisionError("no JSON") from None
    if not isinstance(told, dict):
        raise ProvisionError("not an object")
    for key in NEEDED:
        if key not in told:
            raise ProvisionError("%s is missing" % key)
    for key in told:
        _check(key, told[key])
    if ("certificate" in told) != ("private_key" in told):
        raise ProvisionError("certificate and private_key belong together")
    if not told.get("networks") and not told.get("apn"):
        raise ProvisionError("networks or apn is needed")
    told["key"] = _hex(told["key"])
    return told


def _check(key: str, value) -> None:
    if key == "port":
        if type(value) is not int or not 1 <= value <= 65535:
            raise ProvisionError("port is %r" % value)
    elif key == "channels":
        if type(value) is not int or value not in (1, 2):
            raise ProvisionError("channels is %r" % value)
    elif key == "networks":
        _check_networks(value)
    elif key not in TEXTS:
        raise ProvisionError("%s is not a known key" % key)
    elif not isinstance(value, str) or not 0 < len(value.encode()) <= TEXTS[key]:
        raise ProvisionError("%s is no text of 1 to %d bytes" % (key, TEXTS[key]))


def _check_networks(value) -> None:
    if not isinstance(value, list) or len(value) > MAX_NETWORKS:
        raise ProvisionError("networks is no list of at most %d" % MAX_NETWORKS)
    for entry in value:
        pair = isinstance(entry, list) and len(entry) == 2
        if not pair or not all(isinstance(text, str) for text in entry):
            raise ProvisionError("networks holds [name, password]")
        name, password = entry
        if not 1 <= len(name.encode()) <= 32 or (password and not 8 <= len(password) <= 63):
            raise ProvisionError("network %r does not fit 802.11" % name)


def _hex(text: str) -> bytes:
    try:
        key: bytes = unhexlify(text)
    except ValueError:
        key = b""
    if len(key) != 64:
        raise ProvisionError("key is no 64 bytes in hexadecimal")
    return key


def box_text(box: Box) -> str:
    """For the QR code; its last character is a check of the claim."""
    return "%s:%s:%s%s" % (BOX, box.device, box.claim, _mark(box.claim))


def read_box(text: str) -> Box:
    """What the mother's phone has read. The claim binds the probe to her, once."""
    parts = text.strip().upper().split(":")
    given = text.strip().split(":")
    if len(parts) != 4 or ":".join(parts[:2]) != BOX or not given[2]:
        raise ProvisionError("not the code of a box")
    claim, mark = parts[3][:-1], parts[3][-1:]
    if len(claim) != CLAIM_SIZE or any(letter not in ALPHABET for letter in claim):
        raise ProvisionError("claim is %r" % claim)
    if mark != _mark(claim):
        raise ProvisionError("claim was misread")
    return Box(given[2], claim)


def _mark(claim: str) -> str:
    """Finds every wrong letter."""
    total = 0
    for place, letter in enumerate(claim):
        total += (2 * place + 1) * ALPHABET.index(letter)
    return ALPHABET[total % len(ALPHABET)]
