"""A device that sends its frames twice, in disorder, damaged or senseless; a thief's copy."""

import random
import secrets
from collections.abc import Iterator

import numpy as np

from cloud.drill.course import Course
from cloud.drill.ledger import Episode
from cloud.drill.sender import Refused, Sender, frames_of
from device import payloads, wire
from models.synth import synthetic
from models.trace import FS_HZ

DEPTH = 100  # frames by which one may overtake another
MOST_COPIES = 5
DAMAGED_SHARE = 0.3
PER_S = 60.0  # seconds recorded in one
GONE_S, GONE_SEED = (160, 220), 13
VICTIM = 1  # the mother whose device misbehaves; the others are real probes, and must not notice


def misbehaving(course: Course, number: int = VICTIM) -> tuple[Sender, list[bytes]]:
    """This mother's device in the hands of the drill, and the frames it has to bring home."""
    scenario, seed = course.replay.scenarios[number - 1]
    course.expect(number, scenario, seed)
    trace, _ = synthetic(seed, course.replay.minutes, scenario)
    session = secrets.randbits(32)  # new even where a seed is used again
    frames = frames_of(
        course.open_packer, session, round(PER_S), f"synthetic {scenario} {seed}", trace
    )
    return _device(course, number), frames


def _device(course: Course, number: int) -> Sender:
    device = course.rig.devices[number - 1]
    return Sender(course.rig.near_port, device, course.rig.tokens.devices[device])


def bring_home(course: Course, sender: Sender, frames: list[bytes]) -> None:
    course.ledger.must(sender.drain(frames), "the misbehaving device got no receipt for some")
    sender.close()


def signal_gone(course: Course) -> None:
    """A condition lasts while its signal is away for a minute: told once, and not taken back."""
    course.begin(but=VICTIM)
    trace, _ = synthetic(GONE_SEED, course.replay.minutes, "maternal")
    gone = slice(GONE_S[0] * FS_HZ, GONE_S[1] * FS_HZ)
    for samples in trace.channels().values():
        samples[gone] = np.nan
    course.ledger.faults = 1
    course.expect_these(VICTIM, [Episode("maternal_rate", 135.0, trace.end_s)])
    sender = _device(course, VICTIM)
    frames = frames_of(course.open_packer, secrets.randbits(32), round(PER_S), "gone", trace)
    sender.send(frames, PER_S)
    bring_home(course, sender, frames)


def duplicates(course: Course) -> None:
    course.begin(but=VICTIM)
    sender, frames = misbehaving(course)
    copies = [data for data in frames for _ in range(course.rng.randint(1, MOST_COPIES))]
    course.ledger.faults = len(copies) - len(frames)
    sender.send(copies, 3 * PER_S)
    bring_home(course, sender, frames)


def reorder(course: Course) -> None:
    course.begin(but=VICTIM)
    sender, frames = misbehaving(course)
    places = [at + course.rng.uniform(0, DEPTH) for at in range(len(frames))]
    order = sorted(range(len(frames)), key=lambda at: places[at])
    course.ledger.faults = sum(at != now for now, at in enumerate(order))
    sender.send([frames[at] for at in order], PER_S)
    bring_home(course, sender, frames)


def corrupt(course: Course) -> None:
    course.begin(but=VICTIM)
    sender, frames = misbehaving(course)
    messages = []
    for data in frames:
        if course.rng.random() < DAMAGED_SHARE:
            course.ledger.faults += 1
            bad = damaged(data, course.rng)
            messages += [bad, data] if course.rng.random() < 0.5 else [bad + data]
        else:
            messages.append(data)
    sender.send(messages, PER_S)
    bring_home(course, sender, frames)


def damaged(data: bytes, rng: random.Random) -> bytes:
    """A frame that must not get in: bits turned, cut, too long, of another version, or noise."""
    kind = rng.randrange(5)
    bad = bytearray(data)
    if kind == 0:
        for _ in range(rng.choice((1, 1, 4 * len(bad)))):
            bad[rng.randrange(len(bad))] ^= 1 << rng.randrange(8)
        return bytes(bad) if bytes(bad) != data else data[:-1]
    if kind == 1:
        return data[: rng.randrange(1, len(data))]
    if kind == 2:
        bad[wire.HEAD_SIZE - 2 : wire.HEAD_SIZE] = b"\xff\xff"  # says that it is 65 kB long
        return bytes(bad)
    if kind == 3:
        bad[2] = wire.VERSION + 1
        return bytes(bad)
    return rng.randbytes(rng.randrange(1, 2000))


def poison(course: Course) -> None:
    """Sound by its CRC, senseless inside: it is kept as it came, and nobody stumbles over it."""
    course.begin(but=VICTIM)
    sender, frames = misbehaving(course)
    session = wire.decode(frames[0]).session
    plain = frames[:-1]
    poisoned: list[bytes] = []
    for at, frame in enumerate(_senseless(session, len(plain), course.rng)):
        poisoned.append(wire.encode(frame))
        plain.insert(10 + 20 * at, poisoned[-1])
    course.ledger.faults = len(poisoned)
    made = len(plain) + 1
    stop = payloads.pack_event(payloads.Event(payloads.STOP, made, b""))
    end_ms = wire.decode(frames[-1]).t_ms
    plain.append(wire.encode(wire.Frame(wire.EVENT, session, made - 1, end_ms, stop)))
    sender.send(plain, PER_S)
    bring_home(course, sender, plain)


def _senseless(session: int, seq: int, rng: random.Random) -> Iterator[wire.Frame]:
    bodies = [
        (wire.TRACE, b""),
        (wire.TRACE, b"\xff\xff\xff"),
        (wire.TRACE, rng.randbytes(wire.MAX_PAYLOAD)),
        (wire.EVENT, b""),
        (wire.EVENT, b"\xfa" + bytes(4)),
        (wire.EVENT, bytes((payloads.START,)) + bytes(4) + b"\x01\x00\x00\xff\xfe\x00"),
        (wire.EVENT, bytes((payloads.BOOT,)) + rng.randbytes(200)),
        (wire.VITALS, b"\x63\x01\x02"),
        (wire.VITALS, b"\x01\x00"),
        (wire.STATUS, b"\x01"),
        (wire.SOUND, rng.randbytes(300)),
    ]
    for number, (kind, body) in enumerate(bodies):
        yield wire.Frame(kind, session, seq + number, 1000 * (10 + number), body)


def replayed(course: Course) -> None:
    """Somebody who has heard all that a probe sent, and has another device's token."""
    course.begin(but=VICTIM)
    sender, frames = misbehaving(course)
    sender.send(frames, 3 * PER_S)
    bring_home(course, sender, frames)
    rig, tokens = course.rig, course.rig.tokens.devices
    mine, other, port = rig.devices[VICTIM - 1], rig.devices[2], rig.local_port
    course.ledger.faults = 4
    try:
        Sender(port, mine, "not-its-token").open()
        course.ledger.wrong.append("a wrong token was let in")
    except Refused:
        pass
    thief = Sender(port, other, tokens[other])
    thief.send(frames, 10 * PER_S)  # its own name, another's frames: they are its own
    course.ledger.must(thief.drain(frames), "a device's own topic was refused")
    for data in _changed(frames):
        thief.publish(data, device=mine)  # under another's name: refused by the broker
    thief.close()
    copy = Sender(port, mine, tokens[mine])  # with a stolen token: what was kept stays as it was
    copy.send(_changed(frames), 10 * PER_S)
    copy.close()
    course.expect(3, *course.replay.scenarios[VICTIM - 1])
    course.replayed(other, frames)


def _changed(frames: list[bytes]) -> list[bytes]:
    """The same numbers, other contents, sound."""
    found = (wire.decode(data) for data in frames)
    return [wire.encode(one._replace(payload=one.payload[::-1])) for one in found]


def cloned(course: Course) -> None:
    """Two devices with one name and one token send at once."""
    course.begin(but=VICTIM)
    sender, frames = misbehaving(course)
    clone, others = misbehaving(course)
    course.ledger.faults = 1
    for one, two in zip(frames, others, strict=True):
        sender.send([one], 2 * PER_S)
        clone.send([two], 2 * PER_S)
    bring_home(course, sender, frames)
    bring_home(course, clone, others)
