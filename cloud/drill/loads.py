"""Too much of everything: connections, restarts, pages that do not read, a day of arrears."""

import socket
import subprocess
import sys
import time
from pathlib import Path
from urllib.parse import urlsplit

import httpx2

from cloud.drill.course import Course
from cloud.drill.mosquitto import lacks_mosquitto
from cloud.drill.rig import ENV
from cloud.drill.rigs import OnMosquitto
from cloud.drill.storm import CONNECTIONS, lacks_descriptors

PAGES = 20  # that do not read what they get
MOST_GROWTH_MB = 150.0  # of the cloud meanwhile
STORM_WITHIN_S = {"plain": 10.0, "mutual TLS": 30.0}
PAUSE_S = 1.0  # between two restarts
BACK_FILL_BYTES_PER_S = 125_000.0  # 1 Mbit/s
BACK_FILL_S = 60.0


def lacks_storm() -> str:
    return lacks_descriptors() or lacks_mosquitto()


def storm(course: Course) -> None:
    """Ten thousand connect to the cloud's broker at once, and all get in; then with TLS."""
    assert isinstance(course.rig, OnMosquitto)
    course.begin()
    for way, args in course.rig.storms.items():
        course.say(f"{CONNECTIONS} connect at once: {way}")
        course.ledger.faults += CONNECTIONS
        program = [sys.executable, "-m", "cloud.drill.storm", *args]
        env = {**course.rig.gateway.env, **ENV}
        done = subprocess.run(program, capture_output=True, text=True, check=False, env=env)
        connected, last_s = done.stdout.split() or ("0", "inf")
        course.ledger.facts |= {f"{way}: connected": int(connected), f"{way}: s": float(last_s)}
        words = f"{way}: {connected} got in, the last after {last_s} s {done.stderr[-200:]}"
        in_time = float(last_s) <= STORM_WITHIN_S[way]
        course.ledger.must(int(connected) == CONNECTIONS and in_time, words)


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
    """The line is down for a whole recorded day; its frames then come home at 1 Mbit/s."""
    course.rig.far.cut()
    course.ledger.faults = 1
    course.say("the line is down for a recorded day")
    course.begin(wait=False)
    course.wait_for_probes()
    course.rig.far.up.bytes_per_s = BACK_FILL_BYTES_PER_S
    course.say("the line is back, at 1 Mbit/s")
    healed_s = time.monotonic()
    course.rig.far.connect()
    course.wait_for_store()
    took_s = time.monotonic() - healed_s
    course.rig.far.heal()
    course.ledger.facts["back_fill_s"] = round(took_s, 1)
    course.ledger.must(took_s <= BACK_FILL_S, f"back-filled in {took_s:.0f} s")
