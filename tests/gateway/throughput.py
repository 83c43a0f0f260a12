"""Frames a second through intake, outbox and uplink: python -m tests.gateway.throughput

200 devices send one frame a message, each with at most --window frames without a receipt of the
gateway; a stand-in of the cloud, a process of its own, keeps and receipts what comes. Mosquitto on
the cloud's side; on the devices' side Mosquitto, or with --embedded the broker in the gateway.
"""

import argparse
import asyncio
import multiprocessing
import os
import statistics
import tempfile
import time
from pathlib import Path

from device import payloads, wire
from tests.gateway.parts import Cloud, gateway_process
from tests.process import Process, free_port, wait_until
from tests.servers import start_mosquitto

DEVICES = 200


def packet(kind: int, body: bytes) -> bytes:
    size, length = b"", len(body)
    while True:
        size += bytes((length % 128 | (128 if length > 127 else 0),))
        length //= 128
        if not length:
            return bytes((kind,)) + size + body


def text(value: str) -> bytes:
    return len(value).to_bytes(2, "big") + value.encode()


class Device:
    """A small MQTT client, cheap enough for hundreds in one process."""

    def __init__(self, name: str, window: int, rate_hz: float) -> None:
        self.name = name
        self.window = window
        self.rate_hz = rate_hz
        self.sent = 0
        self.receipted = 0
        self.delays_s: list[float] = []
        self._times_s: dict[int, float] = {}
        self._free = asyncio.Event()

    async def run(self, port: int, end_s: float) -> None:
        reader, self.writer = await asyncio.open_connection("127.0.0.1", port)
        connect = text("MQTT") + b"\x04\xc2\x00\x00" + text(self.name) * 2 + text("token")
        subscribe = b"\x00\x01" + text(wire.device_down(self.name)) + b"\x01"
        self.writer.write(packet(0x10, connect) + packet(0x82, subscribe))
        listening = asyncio.ensure_future(self._listen(reader))
        await asyncio.sleep(1.0)
        while time.monotonic() < end_s:
            await self._send_one()
        while self.receipted < self.sent and time.monotonic() < end_s + 10:
            await asyncio.sleep(0.05)
        listening.cancel()
        self.writer.close()

    async def _send_one(self) -> None:
        seq = self.sent
        counts = (560, 561, 562, 563)
        body = payloads.pack_trace(payloads.Trace(counts, None, counts, (20,) * 4, (90,) * 4))
        data = wire.encode(wire.Frame(wire.TRACE, 1, seq, 1000 * seq, body))
        head = text(wire.device_up(self.name)) + (seq % 65535 + 1).to_bytes(2, "big")
        self._times_s[seq] = time.monotonic()
        self.sent += 1
        self.writer.write(packet(0x32, head + data))
        if self.rate_hz:
            await asyncio.sleep(1 / self.rate_hz)
        while self.sent - self.receipted >= self.window:
            self._free.clear()
            await self._free.wait()

    async def _listen(self, reader: asyncio.StreamReader) -> None:
        while True:
            kind = (await reader.readexactly(1))[0]
            size, shift = 0, 0
            while True:
                byte = (await reader.readexactly(1))[0]
                size |= (byte & 127) << shift
                shift += 7
                if byte < 128:
                    break
            body = await reader.readexactly(size)
            if kind >> 4 != 3:
                continue
            start = 2 + int.from_bytes(body[:2], "big")
            if kind & 6:
                self.writer.write(b"\x40\x02" + body[start : start + 2])
                start += 2
            self._receipt(payloads.unpack_receipt(wire.decode(body[start:])))

    def _receipt(self, receipt: payloads.Receipt) -> None:
        now_s = time.monotonic()
        for seq in range(self.receipted, receipt.stored):
            self.delays_s.append(now_s - self._times_s.pop(seq))
        self.receipted = max(self.receipted, receipt.stored)
        self._free.set()


def cloud_main(port: int, count: "multiprocessing.sharedctypes.Synchronized[int]") -> None:
    cloud = Cloud(port)
    while True:
        time.sleep(0.1)
        count.value = len(cloud.kept)


def cpu_s(process: Process) -> float:
    fields = Path(f"/proc/{process.pid}/stat").read_text().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def rss_mib(process: Process) -> float:
    pages = int(Path(f"/proc/{process.pid}/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 2**20


async def load(devices: list[Device], port: int, seconds: float) -> None:
    end_s = time.monotonic() + 1.0 + seconds
    await asyncio.gather(*(device.run(port, end_s) for device in devices))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--embedded", action="store_true")
    parser.add_argument("--seconds", type=float, default=10.0)
    parser.add_argument("--window", type=int, default=30)
    parser.add_argument("--devices", type=int, default=DEVICES)
    parser.add_argument("--rate", type=float, default=0.0, help="frames a second of each; 0: all")
    options = parser.parse_args()
    devices = [Device(f"d{n}", options.window, options.rate) for n in range(options.devices)]
    with tempfile.TemporaryDirectory() as name:
        measure(devices, Path(name), options.embedded, options.seconds)


def measure(devices: list[Device], folder: Path, embedded: bool, seconds: float) -> None:
    count = multiprocessing.Value("q", 0)
    with start_mosquitto(folder / "cloud") as far, start_mosquitto(folder / "near") as near:
        port = free_port() if embedded else near.port
        with gateway_process(
            folder / "gateway",
            far.port,
            listen=port,
            broker_port=0 if embedded else port,
            tokens={device.name: "token" for device in devices},
        ) as gateway:
            gateway.wait_for("ready")
            cloud = multiprocessing.Process(target=cloud_main, args=(far.port, count), daemon=True)
            cloud.start()
            before_s, began_s = cpu_s(gateway), time.monotonic()
            asyncio.run(load(devices, port, seconds))
            sent = sum(device.receipted for device in devices)
            at_end = count.value
            took_s = time.monotonic() - began_s - 1.0
            wait_until(lambda: count.value >= sent, 60, "all frames in the cloud")
            drained_s = time.monotonic() - began_s - 1.0
            used_s = cpu_s(gateway) - before_s
            cloud.kill()
            delays_s = sorted(delay for device in devices for delay in device.delays_s)
            print(
                f"{'embedded' if embedded else 'mosquitto'}: {len(devices)} devices,"
                f" {sent} frames receipted in {took_s:.1f} s = {sent / took_s:.0f}/s;"
                f" in the cloud then {at_end}, all after {drained_s:.1f} s"
                f" = {sent / drained_s:.0f}/s; gateway {used_s / sent * 1e6:.0f} us CPU a frame,"
                f" {rss_mib(gateway):.0f} MiB; receipt delay median"
                f" {statistics.median(delays_s) * 1000:.0f} ms,"
                f" p99 {delays_s[int(len(delays_s) * 0.99)] * 1000:.0f} ms"
            )
            print(gateway.stderr[-600:])


if __name__ == "__main__":
    main()
