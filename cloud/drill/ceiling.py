"""What a handshake costs a machine at least: OpenSSL's own client and server, nothing else."""

import re
import subprocess
from dataclasses import dataclass

from cloud.drill.mosquitto import AUTHORITY, Mutual
from cloud.drill.process import cpu_s, free_port, listening, program, wait_until

MEASURED_S = 3
_DONE = re.compile(r"(\d+) connections in ([\d.]+)s")


@dataclass(frozen=True)
class Ceiling:
    """CPU of one handshake in full with certificates both ways, ms."""

    client_ms: float
    server_ms: float


def of_handshakes(mutual: Mutual) -> Ceiling:
    """One after the other for MEASURED_S."""
    port = free_port()
    openssl = program("openssl", "apt-get install openssl")
    own = ["-CAfile", str(mutual.folder / f"{AUTHORITY}.pem"), "-cert"]
    server = [*own, str(mutual.folder / "server.pem"), "-key", str(mutual.folder / "server.key")]
    listen = [openssl, "s_server", "-accept", str(port), "-Verify", "1", "-quiet", "-www", *server]
    _, certificate, key = mutual.files
    knock = [openssl, "s_time", "-connect", f"127.0.0.1:{port}", "-new", "-time", str(MEASURED_S)]
    quiet = subprocess.DEVNULL
    with subprocess.Popen(listen, stdin=quiet, stdout=quiet, stderr=quiet) as process:
        try:
            wait_until(lambda: listening(port), 10, "openssl s_server")
            before_s = cpu_s(process.pid)
            client = [*knock, *own, certificate, "-key", key]
            done = subprocess.run(client, capture_output=True, text=True, check=False)
            took_s = cpu_s(process.pid) - before_s
        finally:
            process.kill()
    found = _DONE.search(done.stdout)
    if found is None:
        raise RuntimeError(f"openssl s_time: {done.stderr[-200:]}")
    count = int(found[1])
    return Ceiling(round(1000 * float(found[2]) / count, 2), round(1000 * took_s / count, 2))
