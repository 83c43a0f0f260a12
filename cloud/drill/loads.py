"""Too much of everything: connections, restarts, pages that do not read, a day of arrears."""

import json
import math
import socket
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import httpx2

from cloud.drill.ceiling import of_handshakes
from cloud.drill.course import Course
from cloud.drill.mosquitto import lacks_mosquitto
from cloud.drill.process import cpu_s, wait_until
from cloud.drill.rig import ENV
from cloud.drill.rigs import OnMosquitto
from cloud.drill.storm import CONNECTIONS, lacks_descriptors

PAGES = 20  # that do not read what they get
MOST_GROWTH_MB = 150.0  # of the cloud meanwhile
STORM_WITHIN_S = {"plain": 10.0, "mutual TLS": 30.0}
ROUNDS = ("", " again")  # hands shaken in full, then what was agreed on before is taken up
PAUSE_S = 1.0  # between two restarts
BACK_FILL_BYTES_PER_S = 125_000.0  # 1 Mbit/s
BACK_FILL_S = 60.0
LIVE = (2, 3, 4)  # mothers who are recorded meanwhile, each frame of whom is to be stored in
LIVE_P99_S = 3.0
LIVE_MINUTES = 2


def lacks_storm() -> str:
    return lacks_descriptors() or lacks_mosquitto()


def storm(course: Course) -> None:
    """Ten thousand connect to the cloud's broker at once, and all get in; then with TLS, in full,
    and once more when the lines of all have broken."""
    assert isinstance(course.rig, OnMosquitto)
    course.ledger.facts["openssl"] = asdict(of_handshakes(course.rig.mutual))
    course.begin()
    for way, args in course.rig.storms.items():
        program = [sys.executable, "-m", "cloud.drill.storm", *args]
        env = {**course.rig.gateway.env, **ENV}
        with subprocess.Popen(program, stdout=subprocess.PIPE, text=True, env=env) as knocking:
            assert knocking.stdout is not None
            for again in ROUNDS[: 1 if way == "plain" else 2]:
                course.say(f"{CONNECTIONS} connect at once: {way}{again}")
                before_s = cpu_s(course.rig.broker.pid)
                told = json.loads(knocking.stdout.readline() or "{}")
                told["broker_cpu_s"] = round(cpu_s(course.rig.broker.pid) - before_s, 2)
                _judge_storm(course, way + again, STORM_WITHIN_S[way], told)


def _judge_storm(course: Course, way: str, within_s: float, told: dict[str, Any]) -> None:
    course.ledger.faults += CONNECTIONS
    course.ledger.facts[way] = told
    last_s = told.get("last_s") or math.inf
    words = f"{way}: {told.get('connected')} got in, the last after {last_s} s"
    all_in = told.get("connected") == CONNECTIONS
    course.ledger.must(all_in and last_s <= within_s, words)


def restarts(course: Course) -> None:
    """One part after the other is stopped and started, politely or not, all the time."""
    course.begin()
    parts = [course.rig.gateway, course.rig.broker, course.rig.cloud]
    end_s = time.monotonic() + 0.8 * course.replay.wall_s
    while time.monotonic() < end_s:
        one = course.rng.choice(parts)
        course.ledger.faults += 1
        course.say(f"restart {course.ledger.faults}: {one.name}")
        one.stop() if course.rng.random() < 0.5 else one.kill()
        course.rig.start(one)
        time.sleep(course.rng.uniform(0, PAUSE_S))


def slow_consumer(course: Course) -> None:
    """Open pages that stop reading: nobody waits for them, and they are not kept for ever."""
    centre = course.rig.sign_in("centre")
    cookies = "; ".join(f"{name}={value}" for name, value in centre.cookies.items())
    pages = [_page(course.rig.url, cookies) for _ in range(PAGES)]
    course.ledger.faults = PAGES
    before_mb = _memory_mb(course.rig.cloud.pid)
    course.begin()
    course.wait_for_probes()
    course.wait_for_store()
    grown_mb = _memory_mb(course.rig.cloud.pid) - before_mb
    course.ledger.facts["grown_mb"] = round(grown_mb, 1)
    course.ledger.must(grown_mb <= MOST_GROWTH_MB, f"the cloud has grown by {grown_mb:.0f} MB")
    answer = centre.get("/healthz")
    course.ledger.must(answer.status_code == httpx2.codes.OK, "the pages do not answer")
    for page in pages:
        page.close()


def _page(url: str, cookies: str) -> socket.socket:
    """A connection that asked for all events and never reads one."""
    parts = urlsplit(url)
    sock = socket.create_connection((parts.hostname, parts.port), 10)
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
    head = f"GET /events HTTP/1.1\r\nHost: {parts.netloc}\r\nCookie: {cookies}\r\n\r\n"
    sock.sendall(head.encode())
    return sock


def _memory_mb(pid: int) -> float:
    lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("VmRSS")) / 1024


def outage_a_day(course: Course) -> None:
    """The line is down for a whole recorded day; its frames then come home at 1 Mbit/s, while
    others are recorded live over the same line."""
    course.rig.far.cut()
    course.ledger.faults = 1
    course.say("the line is down for a recorded day")
    course.begin(wait=False)
    course.wait_for_probes()
    course.rig.far.up.bytes_per_s = BACK_FILL_BYTES_PER_S
    for number in LIVE:
        course.expect_these(number, [])
        course.rig.probe(number, f"synthetic:normal:{number}:{LIVE_MINUTES}", 1)
    wait_until(lambda: set(_devices(course, LIVE)) <= course.devices_heard(), 60, "the live ones")
    course.say("the line is back, at 1 Mbit/s")
    healed_ms, before = time.time() * 1000, course.rig.far.connections
    course.rig.far.connect()
    wait_until(lambda: course.rig.far.connections > before, 60, "the gateway")
    drains_ms = time.time() * 1000
    course.wait_for_store(of=course.rig.devices[:1])
    back_ms = time.time() * 1000
    took_s = (back_ms - healed_ms) / 1000
    course.ledger.facts["back_fill_s"] = round(took_s, 1)
    course.ledger.must(took_s <= BACK_FILL_S, f"back-filled in {took_s:.0f} s")
    course.wait_for_probes()
    course.wait_for_store()
    course.rig.far.heal()
    _judge_live(course, drains_ms, back_ms)


def _devices(course: Course, numbers: Sequence[int]) -> list[str]:
    return [course.rig.devices[number - 1] for number in numbers]


def _judge_live(course: Course, since_ms: float, until_ms: float) -> None:
    """Of the frames that the live ones sent in this time: how long until each was stored."""
    delays_s = course.delays_s(_devices(course, LIVE), since_ms, until_ms)
    p99_s = sorted(delays_s)[math.ceil(0.99 * len(delays_s)) - 1] if delays_s else math.inf
    course.ledger.facts |= {"live_frames": len(delays_s), "live_p99_s": round(p99_s, 2)}
    words = f"live frames stored after {p99_s:.1f} s (p99 of {len(delays_s)})"
    course.ledger.must(p99_s <= LIVE_P99_S, words)
