"""Telling a probe by Bluetooth. Runs under pytest and, unchanged, on MicroPython."""

import json
from binascii import crc32
from struct import pack

from device.provision import parse
from device.taking import BEGIN, Taking
from device.teach import MOST_REFUSED, WINDOW_MS, Window
from tests.device.fake_server import WRITE_ENCRYPTED, FakeServer
from tests.device.test_ble import finished
from tests.device.test_network import TOLD

WHOLE = json.dumps(TOLD).encode()
SECRETS = ("secret", "password", "CERTIFICATE", "ab" * 64)


def begin(document, length=None, crc=None):
    size = len(document) if length is None else length
    return pack("<HHI", BEGIN, size, crc32(document) if crc is None else crc)


class Phone:
    """Writes a document in pieces, each after the answer to the one before."""

    paired = True

    def __init__(self, document=WHOLE, piece=40, first=None):
        self.document = document
        self.piece = piece
        self.first = first or begin(document)
        self.answers = []
        self.lost = ()  # numbers of writes that get lost on the way

    def next(self, answer):
        if answer is not None:
            self.answers.append(answer)
        if answer is None:
            return self.first
        if not answer.startswith("at "):
            return None
        at = int(answer[3:])
        if len(self.answers) in self.lost:
            at += self.piece  # the next one comes in its place
        return pack("<H", at) + self.document[at : at + self.piece]


class Clock:
    ms = 0

    def now_ms(self):
        return self.ms


def keeper(kept):
    def keep(document):
        parse(document)
        kept.append(document)

    return keep


def met(*phones):
    """(documents kept, the window, the server) after a window with these phones."""
    kept = []
    clock = Clock()
    server = FakeServer(clock, phones)
    window = Window(server, str, clock, keeper(kept))
    assert finished(window.open()) == window.told == bool(kept)
    assert not server.on
    return kept, window, server


def test_a_document_in_pieces_is_kept_as_it_is():
    for piece in (18, 40, 242):
        phone = Phone(piece=piece)
        kept, _, server = met(phone)
        assert kept == [WHOLE] and parse(kept[0])["device"] == "p1"
        assert phone.answers[-1] == "ok"
        assert len(phone.answers) == 1 + (len(WHOLE) + piece - 1) // piece
        assert server.settings["le_secure"] and not server.settings["bond"]


def test_what_gets_lost_is_asked_for_again():
    phone = Phone()
    phone.lost = (2, 5)
    assert met(phone)[0] == [WHOLE]
    assert phone.answers[:3] == ["at 0", "at 40", "at 40"]


def test_a_bad_document_is_refused_and_the_next_one_is_taken():
    wrong = WHOLE.replace(b"8883", b"0")
    bad = Phone(wrong), Phone(first=begin(WHOLE, crc=7)), Phone(first=begin(WHOLE, length=60))
    kept, window, _ = met(*bad, Phone())
    assert kept == [WHOLE] and window.refused == 3
    said = [phone.answers[-1] for phone in bad]
    assert said == ["no: port is 0", "no: CRC-32", "no: more than the 60 bytes announced"]


def test_what_is_no_piece_is_refused_and_nothing_of_it_stays():
    kept = []
    taking = Taking(keeper(kept))
    for written, answer in (
        (b"", "no: 0 bytes are no piece"),
        (pack("<H", 0) + b"x", "no: not begun"),
        (begin(WHOLE)[:5], "no: 5 bytes are no beginning"),
        (begin(b""), "no: 0 bytes, at most 8192"),
        (begin(WHOLE, 8193), "no: 8193 bytes, at most 8192"),
        (begin(WHOLE), "at 0"),
        (pack("<H", 0) + WHOLE[:9], "at 9"),
        (pack("<H", 0) + WHOLE[:9], "at 9"),  # twice
        (begin(WHOLE), "at 0"),  # begun anew
        (pack("<H", 0) + WHOLE + b"x", "no: more than the %d bytes announced" % len(WHOLE)),
        (pack("<H", 0) + WHOLE, "no: not begun"),
        (begin(WHOLE), "at 0"),
        (pack("<H", 0) + WHOLE, "ok"),
        (pack("<H", 0) + WHOLE, "no: not begun"),
    ):
        assert taking.take(written) == answer
    assert kept == [WHOLE]


def test_a_phone_that_leaves_in_the_middle_leaves_nothing():
    class Shy(Phone):
        def next(self, answer):
            return None if answer == "at 80" else Phone.next(self, answer)

    late = Phone(first=pack("<H", 80) + WHOLE[80:])
    kept, window, _ = met(Shy(), late)
    assert kept == [] and window.refused == 1
    assert late.answers == ["no: not begun"]


def test_who_has_not_paired_is_refused_by_the_radio_and_by_us():
    phone = Phone()
    phone.paired = False
    kept, _, server = met(phone)
    document, _ = server.registered.characteristics
    assert kept == [] and phone.answers == [] and document.flags & WRITE_ENCRYPTED


def test_the_window_closes():
    kept, window, server = met()
    assert kept == [] and window.refused == 0
    assert server.clock.ms == WINDOW_MS and server.advertised == 1
    wrong = [Phone(first=b"\xff\xff") for _ in range(MOST_REFUSED + 2)]
    kept, window, server = met(*wrong)
    assert window.refused == server.advertised == MOST_REFUSED


def test_no_answer_and_nothing_that_can_be_read_has_a_secret():
    short = dict(TOLD, networks=[["home", "passwor"]])
    phones = [Phone(), Phone(WHOLE[:-1]), Phone(json.dumps(short).encode())]
    phones += [Phone(json.dumps(dict(TOLD, token="secret" * 20)).encode())]
    phones += [Phone(json.dumps(dict(TOLD, key="ab" * 63)).encode())]
    for phone in phones:
        _, _, server = met(phone)
        document, answer = server.registered.characteristics
        assert document.value == b"" and "read" not in document.options
        phone.answers.append(answer.value.decode())
        for text in phone.answers:
            assert not [secret for secret in SECRETS if secret[:6] in text], text
