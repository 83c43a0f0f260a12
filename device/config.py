"""What a probe has to be told, as the object in its CONFIG.json.

host, port, device, token   the broker, and who we are there
source                      a seconds file (device/seconds.py)
sound                       optional; a WAV file (device/sound.py): the fetal rate is heard in it
name, flags                 told in the start event (spoken.pack_start)
speed                       recorded seconds per second, 1..MAX_SPEED
spool                       a folder of this device alone, or null: in memory only
tls                         a PEM file of CA certificates to trust, or null
session                     optional; chosen at random when absent
drain_s                     optional; how long to wait for receipts at the end
"""

from device import wire

MAX_SPEED = 600
KEYS = (  # (key, types, needed)
    ("host", (str,), True),
    ("port", (int,), True),
    ("device", (str,), True),
    ("token", (str,), True),
    ("source", (str,), True),
    ("name", (str,), True),
    ("flags", (int,), True),
    ("speed", (int,), True),
    ("spool", (str, type(None)), True),
    ("tls", (str, type(None)), True),
    ("session", (int,), False),
    ("drain_s", (int, float), False),
    ("sound", (str,), False),
)


class ConfigError(ValueError):
    """The configuration cannot be used; the message names the key."""


def check(config) -> dict:
    """The configuration, or ConfigError that names the key."""
    if not isinstance(config, dict):
        raise ConfigError("the configuration is not an object")
    for key, types, needed in KEYS:
        if key not in config and needed:
            raise ConfigError("%s is missing" % key)
        if key in config and not isinstance(config[key], types):
            raise ConfigError("%s is %r" % (key, config[key]))
    for key in config:
        if key not in [known for known, _, _ in KEYS]:
            raise ConfigError("%s is not a known key" % key)
    for key, low, high in (
        ("speed", 1, MAX_SPEED),
        ("port", 1, 65535),
        ("flags", 0, 255),
        ("session", 1, wire.MAX_U32),
    ):
        if key in config and not low <= config[key] <= high:
            raise ConfigError("%s is %d, not in %d..%d" % (key, config[key], low, high))
    return config
