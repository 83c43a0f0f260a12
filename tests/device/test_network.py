"""Provisioning and the modem, without any of them. Runs under pytest and on MicroPython."""

import json

from device import modem
from device.modem import DATA, DIALOGUE, FAILED, PAUSE_MS, Modem
from device.provision import Box, ProvisionError, box_text, parse, read_box

TOLD = {
    "device": "p1",
    "token": "secret",
    "host": "gw.example",
    "port": 8883,
    "ca": "-----BEGIN CERTIFICATE-----",
    "key": "ab" * 64,
    "name": "bed 3",
    "networks": [["home", "password"], ["open", ""]],
}


def refused(change, why):
    told = dict(TOLD)
    for key in change:
        if change[key] is None:
            told.pop(key)
        else:
            told[key] = change[key]
    try:
        parse(json.dumps(told).encode())
        assert False, change
    except ProvisionError as error:
        assert why in str(error), error


def test_a_whole_document_is_taken():
    told = parse(json.dumps(TOLD).encode())
    assert told["key"] == b"\xab" * 64
    assert told["networks"][0] == ["home", "password"]


def test_what_is_wrong_is_named():
    refused({"port": 0}, "port is 0")
    refused({"port": "8883"}, "port is")
    refused({"channels": 3}, "channels is 3")
    refused({"host": None}, "host is missing")
    refused({"hots": "x"}, "hots is not a known key")
    refused({"token": ""}, "token")
    refused({"name": "x" * 61}, "name")
    refused({"key": "zz"}, "key is no 64 bytes")
    refused({"networks": [["home", "short"]]}, "does not fit 802.11")
    refused({"networks": ["home"]}, "[name, password]")
    refused({"networks": None}, "networks or apn")
    refused({"certificate": "x"}, "belong together")
    for noise in (b"{", b"[]", b"\xff", b"x" * 9000):
        try:
            parse(noise)
            assert False, noise
        except ProvisionError:
            pass


def test_the_code_on_the_box_is_read_and_misreadings_are_found():
    box = Box("probe-7", "7KQ2M9XA0T")
    text = box_text(box)
    assert read_box(text) == box
    assert read_box(" %s\n" % text) == box
    for at in range(len(text) - 11, len(text)):
        wrong = text[:at] + ("3" if text[at] != "3" else "4") + text[at + 1 :]
        try:
            read_box(wrong)
            assert False, wrong
        except ProvisionError:
            pass
    for noise in ("", "LUCINA:1", "LUCINA:2:p:7KQ2M9XA0TX", "http://x", text[:-1]):
        try:
            read_box(noise)
            assert False, noise
        except ProvisionError:
            pass


ANSWERS = {
    "AT+CPIN?": "+CPIN: READY\r\n\r\nOK",
    "AT+CEREG?": "+CEREG: 0,5\r\n\r\nOK",
    "AT+CSQ": "+CSQ: 17,99\r\n\r\nOK",
    "ATD*99#": "CONNECT 115200",
}


def talk(answers, until_ms=200_000):
    """A modem that answers each command; None: it is silent."""
    there = Modem("internet", 0)
    asked = []
    now_ms = 0
    while there.state == modem.TALKING and now_ms < until_ms:
        there.tick(now_ms)
        command, there.out = there.out.decode().strip(), b""
        if command:
            asked.append(command)
            answer = answers.get(command, "OK")
            if isinstance(answer, list):
                answer = answer.pop(0) if len(answer) > 1 else answer[0]
            if answer is not None:
                for byte in ("\r\nRDY\r\n" + answer + "\r\n").encode():
                    there.feed(bytes((byte,)), now_ms)
        now_ms += 100
    return there, asked


def test_the_dialogue_ends_in_data_mode():
    there, asked = talk(dict(ANSWERS))
    assert there.state == DATA
    assert len(asked) == len(DIALOGUE)
    assert 'AT+CGDCONT=1,"IP","internet"' in asked
    assert there.rssi_dbm == -79


def test_it_waits_for_the_start_and_for_the_network():
    answers = dict(ANSWERS)
    answers["AT"] = [None, None, "OK"]
    answers["AT+CEREG?"] = [
        "+CEREG: 0,2\r\n\r\nOK",
        "+CEREG: 0,2\r\n\r\nOK",
        "+CEREG: 0,1\r\n\r\nOK",
    ]
    there, asked = talk(answers)
    assert there.state == DATA
    assert asked.count("AT") == 3
    assert asked.count("AT+CEREG?") == 3


def test_what_does_not_get_better_is_told():
    for answers, why in (
        ({"AT": None}, "AT: no answer"),
        ({"AT+CPIN?": "+CME ERROR: 10"}, "AT+CPIN?: +CME ERROR: 10"),
        ({"ATD*99#": "NO CARRIER"}, "ATD*99#: NO CARRIER"),
    ):
        there, _ = talk(dict(ANSWERS, **answers))
        assert (there.state, there.error) == (FAILED, why)
    assert PAUSE_MS > 0


def test_noise_does_not_fill_the_memory():
    there = Modem("x", 0)
    there.tick(0)
    for _ in range(50):
        there.feed(b"\xff\x00abc" * 40, 1)
    kept = [value for value in there.__dict__.values() if isinstance(value, bytes)]
    assert kept and max(map(len, kept)) <= modem.MAX_LINE
