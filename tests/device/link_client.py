"""Publishes N numbered messages over device/link.py and prints what became of it as JSON.

Run by tests/device/test_link.py under CPython and under MicroPython:
    link_client.py PORT COUNT SECONDS [HOST CA.pem]
It ends when COUNT messages are acknowledged, or after SECONDS.
"""

import json
import sys

from device.clock import system_clock
from device.link import Link
from device.mqtt import Mqtt


def main(port, count, seconds, host="127.0.0.1", ca=None):
    clock = system_clock()
    pem = None
    if ca:
        with open(ca, "rb") as file:
            pem = file.read()
    mqtt = Mqtt("d1", "d1", "secret", ["lucina/1/dev/d1/down"])
    link = Link(host, int(port), mqtt, clock, pem)
    received = sent = slowest_ms = 0
    errors = []
    last_id = 0
    wrapped = False
    while clock.now_ms() < 1000 * int(seconds) and (sent < int(count) or mqtt.unacked):
        before_ms = clock.now_ms()
        received += len(link.step(50))
        slowest_ms = max(slowest_ms, clock.now_ms() - before_ms)
        if link.error and link.error not in errors:
            errors.append(link.error)
        while sent < int(count) and link.ready:
            packet_id = mqtt.publish("lucina/1/dev/d1/up", b"%d" % sent, clock.now_ms())
            wrapped = wrapped or packet_id < last_id
            last_id = packet_id
            sent += 1
    link.close()
    line = {"acknowledged": sent - mqtt.unacked, "connections": link.connections}
    line.update({"errors": errors, "received": received, "wrapped": wrapped})
    line.update({"ms": clock.now_ms(), "slowest_ms": slowest_ms})
    print(json.dumps(line))


main(*sys.argv[1:])
