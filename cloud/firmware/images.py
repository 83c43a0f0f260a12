"""Is this an image that the maker signed, and newer than what we have? Pure but for the hashing."""

from collections.abc import Callable
from hashlib import sha256

from cloud.alerts.answers import Refused
from device import manifest
from device.manifest import Manifest, ManifestError
from device.p256 import verify

MAX_BYTES = 4 << 20  # more than the slot of any board


def checked(text: str, image: bytes, key: str, newest: Callable[[str], int]) -> Manifest:
    """What the manifest says of this image; Refused, with the words why not.

    key: the maker's public one in hexadecimal; newest: the version that a board has here, or 0.
    """
    if not key:
        raise Refused("The maker's key is not set: LUCINA_FIRMWARE_KEY.")
    try:
        signed = manifest.from_text(text)
        told = manifest.parse(signed)
    except (ManifestError, UnicodeError):
        raise Refused("This is no manifest.") from None
    if not verify(bytes.fromhex(key), signed[: manifest.BODY_SIZE], signed[manifest.BODY_SIZE :]):
        raise Refused("The signature is not the maker's.")
    if len(image) != told.size:
        raise Refused("The image has %(bytes)d bytes, its manifest says %(size)d.",
                      bytes=len(image), size=told.size)  # fmt: skip
    if sha256(image).digest() != told.digest:
        raise Refused("This is not the image that was signed.")
    before = newest(told.board)
    if told.version <= before:
        raise Refused("Version %(version)d is not newer than %(newest)d.",
                      version=told.version, newest=before)  # fmt: skip
    return told
