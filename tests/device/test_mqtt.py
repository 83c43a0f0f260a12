"""The MQTT client without sockets. Runs under pytest and on MicroPython."""

from device.mqtt import (
    ANSWER_MS,
    BACKOFF_BASE_MS,
    BACKOFF_TOP_MS,
    MAX_UNACKED,
    PING_AFTER_MS,
    Message,
    Mqtt,
    MqttError,
    backoff_ms,
)

HELLO = (
    b"\x10\x1b\x00\x04MQTT\x04\xc0\x00\x0f"  # session kept, user and password, 15 s
    b"\x00\x02d1\x00\x02d1\x00\x07s3cret!"
)
CONNACK = b"\x20\x02\x00\x00"
SUBSCRIBE_1 = b"\x82\x0b\x00\x01\x00\x06a/down\x01"
SUBACK_1 = b"\x90\x03\x00\x01\x01"
PINGREQ, PINGRESP = b"\xc0\x00", b"\xd0\x00"


def client():
    return Mqtt("d1", "d1", "s3cret!", ["a/down"])


def sent(mqtt):
    out, mqtt.out = b"".join(mqtt.out), []
    return out


def puback(packet_id):
    return b"\x40\x02" + bytes((packet_id >> 8, packet_id & 255))


def up():
    mqtt = client()
    mqtt.open(0)
    mqtt.feed(CONNACK + SUBACK_1, 0)
    sent(mqtt)
    return mqtt


def again(mqtt, subscribe_id, now_ms=0):
    """Another connection of the same client."""
    mqtt.open(now_ms)
    head = bytes((subscribe_id >> 8, subscribe_id & 255))
    mqtt.feed(CONNACK + b"\x90\x03" + head + b"\x01", now_ms)


def fails(function, *arguments):
    try:
        function(*arguments)
    except MqttError as error:
        return str(error)
    return ""


def test_logs_in_and_subscribes():
    mqtt = client()
    mqtt.open(0)
    assert sent(mqtt) == HELLO
    assert mqtt.feed(CONNACK, 5) == []
    assert sent(mqtt) == SUBSCRIBE_1
    assert not mqtt.ready
    mqtt.feed(SUBACK_1, 9)
    assert mqtt.up
    assert mqtt.ready


def test_publishes_with_qos_1():
    mqtt = up()
    assert mqtt.publish("a/up", b"xyz", 0) == 2
    assert sent(mqtt) == b"\x32\x0b\x00\x04a/up\x00\x02xyz"
    assert mqtt.unacked == 1
    mqtt.feed(puback(2), 0)
    assert mqtt.unacked == 0


def test_a_long_packet_has_a_long_length():
    mqtt = up()
    for size, head in ((119, b"\x32\x7f"), (120, b"\x32\x80\x01"), (1000, b"\x32\xf0\x07")):
        packet_id = mqtt.publish("a/up", bytes(size), 0)
        assert sent(mqtt)[: len(head)] == head
        mqtt.feed(puback(packet_id), 0)


def test_packet_ids_wrap_and_skip_what_is_in_flight():
    mqtt = up()
    assert mqtt.publish("a/up", b"", 0) == 2  # stays in flight
    ids = []
    for last in (None, 65_533):  # of the 65,530 between them, none says more
        mqtt.last_id = last or mqtt.last_id
        for _ in range(5):
            ids.append(mqtt.publish("a/up", b"", 0))
            mqtt.feed(puback(ids[-1]), 0)
            sent(mqtt)
    assert ids == [3, 4, 5, 6, 7, 65_534, 65_535, 1, 3, 4]
    assert mqtt.unacked == 1


def test_only_so_many_wait_for_their_puback():
    mqtt = up()
    for _ in range(MAX_UNACKED):
        assert mqtt.ready
        mqtt.publish("a/up", b"", 0)
    assert not mqtt.ready
    mqtt.feed(puback(4), 0)
    assert mqtt.ready
    mqtt.feed(puback(4) + puback(9999), 0)  # twice, and of nobody
    assert mqtt.unacked == MAX_UNACKED - 1


def test_after_a_reconnect_what_was_not_acknowledged_goes_again_with_dup():
    mqtt = up()
    for text in (b"one", b"two", b"three"):
        mqtt.publish("a/up", text, 0)
    first = sent(mqtt)
    mqtt.feed(puback(3), 0)
    again(mqtt, 5)
    out = sent(mqtt)
    repeats = out[out.find(b"a/down") + 7 :]
    one = b"\x32\x0b\x00\x04a/up\x00\x02one"
    three = b"\x32\x0d\x00\x04a/up\x00\x04three"
    assert first == one + b"\x32\x0b\x00\x04a/up\x00\x03two" + three
    assert repeats == b"\x3a" + one[1:] + b"\x3a" + three[1:]
    assert mqtt.unacked == 2
    again(mqtt, 6)
    assert sent(mqtt).endswith(b"\x3a" + three[1:])


def test_messages_arrive_and_qos_1_is_acknowledged():
    mqtt = up()
    qos_0 = b"\x30\x0b\x00\x06a/downabc"
    qos_1 = b"\x32\x0d\x00\x06a/down\x12\x34abc"
    repeated = b"\x3a" + qos_1[1:]
    assert mqtt.feed(qos_0, 0) == [Message("a/down", b"abc")]
    assert sent(mqtt) == b""
    assert mqtt.feed(qos_1 + repeated, 0) == [Message("a/down", b"abc")] * 2
    assert sent(mqtt) == puback(0x1234) * 2


def test_a_message_may_come_before_the_suback():
    mqtt = client()
    mqtt.open(0)
    messages = mqtt.feed(CONNACK + b"\x32\x0a\x00\x06a/down\x00\x01" + SUBACK_1, 0)
    assert messages == [Message("a/down", b"")]
    assert mqtt.up


def test_pings_when_it_is_quiet():
    mqtt = up()
    mqtt.tick(PING_AFTER_MS - 1)
    assert sent(mqtt) == b""
    mqtt.tick(PING_AFTER_MS)
    assert sent(mqtt) == PINGREQ
    mqtt.tick(PING_AFTER_MS + 10)
    assert sent(mqtt) == b""
    mqtt.feed(PINGRESP, PING_AFTER_MS + 20)
    mqtt.tick(2 * PING_AFTER_MS)
    assert sent(mqtt) == b""


def test_the_watchdog_bites_when_any_answer_is_overdue():
    silent = client()
    silent.open(0)
    no_suback = client()
    no_suback.open(0)
    no_suback.feed(CONNACK, 0)
    no_puback = up()
    no_puback.publish("a/up", b"", 0)
    for mqtt in (silent, no_suback, no_puback):
        mqtt.tick(ANSWER_MS - 1)
        assert fails(mqtt.tick, ANSWER_MS)
    no_pong = up()
    no_pong.tick(PING_AFTER_MS)
    no_pong.tick(PING_AFTER_MS + ANSWER_MS - 1)
    assert fails(no_pong.tick, PING_AFTER_MS + ANSWER_MS)


def test_a_slow_line_is_given_what_subscribing_took_on_it():
    for took_ms, granted_ms in ((300, 600), (2000, 4000), (9000, 6000)):
        mqtt = client()
        mqtt.open(0, 20_000)
        mqtt.tick(19_999)
        mqtt.feed(CONNACK, 19_999)
        mqtt.feed(SUBACK_1, 19_999 + took_ms)
        mqtt.publish("a/up", b"", 40_000)
        mqtt.tick(40_000 + ANSWER_MS + granted_ms - 1)
        assert fails(mqtt.tick, 40_000 + ANSWER_MS + granted_ms)
        mqtt.open(50_000)
        mqtt.tick(50_000 + ANSWER_MS - 1)
        assert fails(mqtt.tick, 50_000 + ANSWER_MS)  # another line


def test_the_watchdog_counts_from_the_question_and_from_each_answer():
    mqtt = up()
    mqtt.publish("a/up", b"", 4000)
    mqtt.tick(4000 + ANSWER_MS - 1)
    mqtt.publish("a/up", b"", 5000)
    mqtt.feed(puback(2), 5500)
    mqtt.tick(5500 + ANSWER_MS - 1)
    mqtt.feed(b"\x30\x08\x00\x06a/down", 7000)  # a message answers nothing
    assert fails(mqtt.tick, 5500 + ANSWER_MS)


def test_a_refusal_is_told_in_words():
    for code, words in ((4, "bad user name or password"), (5, "not authorised"), (77, "code 77")):
        mqtt = client()
        assert words in fails(mqtt.feed, b"\x20\x02\x00" + bytes((code,)), 0)
    mqtt = client()
    mqtt.feed(CONNACK, 0)
    assert "subscription" in fails(mqtt.feed, b"\x90\x03\x00\x01\x80", 0)


def test_a_broker_that_breaks_the_protocol_is_left():
    for data in (
        b"\x30\x05\x00\x03abc",  # a message before CONNACK
        b"\x20\x01\x00",
        CONNACK + CONNACK,
        CONNACK + b"\x90\x03\x00\x07\x01",  # SUBACK for another id
        CONNACK + b"\x90\x02\x00\x01",  # without its code
        CONNACK + b"\x40\x01\x00",
        CONNACK + b"\xd0\x01\x00",
        CONNACK + b"\x34\x05\x00\x01a\x00\x01",  # QoS 2 was not asked for
        CONNACK + b"\x30\x04\x00\x09ab",  # ends inside its topic
        CONNACK + b"\x32\x03\x00\x01a",  # no packet id
        CONNACK + b"\x30\x03\x00\x01\xff",  # topic is not UTF-8
        CONNACK + b"\x30\x01\x00",
        CONNACK + b"\x30\xff\xff\xff\xff\x01",  # length of five bytes
        CONNACK + b"\x30\xff\xff\x7f",  # more than we take
        CONNACK + b"\xf0\x00",
    ):
        mqtt = client()
        assert fails(mqtt.feed, data, 0), data


def test_back_off_has_full_jitter_and_a_bound():
    assert backoff_ms(0, 0.0) == 0
    assert backoff_ms(0, 0.5) == BACKOFF_BASE_MS // 2
    assert [backoff_ms(n, 0.9999) for n in range(4)] == [499, 999, 1999, 3999]
    for attempt in (6, 7, 100, 1_000_000):
        assert 0.99 * BACKOFF_TOP_MS < backoff_ms(attempt, 0.9999) < BACKOFF_TOP_MS
