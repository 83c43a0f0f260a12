"""Many connections to a broker at once: a process of its own, for its own file descriptors.

python -m cloud.drill.storm PORT USER TOKEN    > "CONNECTED SLOWEST_SECONDS"
"""

import asyncio
import resource
import sys
import time

from cloud import mqtt

CONNECTIONS = 10_000
SPARE = 500  # file descriptors for everything else
WITHIN_S = 120.0  # the longest that one may take to get in


def lacks_descriptors() -> str:
    """Why this machine cannot open so many connections in one process."""
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    enough = most == resource.RLIM_INFINITY or most >= CONNECTIONS + SPARE
    return "" if enough else f"{most} open files at most (ulimit -Hn)"


async def _connect(port: int, user: str, token: str, number: int) -> float:
    """Seconds until the broker let it in; it stays connected. NaN: it was not let in."""
    began_s = time.monotonic()
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(mqtt.connect(f"storm-{number}", user, token, 0))
    answer = await reader.readexactly(4)
    _OPEN.append(writer)
    return time.monotonic() - began_s if answer[3] == 0 else float("nan")


_OPEN: list[asyncio.StreamWriter] = []  # all at once, not one after the other


async def _storm(port: int, user: str, token: str) -> None:
    tries = (_connect(port, user, token, number) for number in range(CONNECTIONS))
    waiting = [asyncio.wait_for(one, WITHIN_S) for one in tries]
    found = await asyncio.gather(*waiting, return_exceptions=True)
    times_s = [one for one in found if isinstance(one, float) and one == one]
    sys.stdout.write(f"{len(times_s)} {max(times_s, default=float('inf')):.1f}\n")


def main() -> None:
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
    asyncio.run(_storm(int(sys.argv[1]), sys.argv[2], sys.argv[3]))


if __name__ == "__main__":
    main()
