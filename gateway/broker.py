"""The embedded MQTT broker: in a thread of the gateway, or alone as `lucina broker`.

Good for some hundred probes (docs say how many); beyond that use Mosquitto and a broker URL.
"""

import asyncio
import logging
import signal
import threading
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from amqtt.errors import BrokerError

from gateway.config import GatewayError, TlsListener
from gateway.guarded import Guarded
from gateway.users import Users

CLOUD_SERVICES = frozenset({"cloud"})  # users of a cloud-side broker that may use every topic
START_WITHIN_S = 10.0


class CannotListen(GatewayError):  # noqa: N818 - says what is the matter
    """The address cannot be listened on; the message names it and what to do."""


def serve(
    host: str,
    port: int,
    users_file: Path,
    services: frozenset[str] = CLOUD_SERVICES,
    tls: TlsListener | None = None,
) -> None:
    """A broker until SIGTERM or SIGINT. Prints `broker ready on HOST:PORT` when it listens."""
    _quiet()
    asyncio.run(_until_signal(host, port, Users(users_file), services, tls))


async def _until_signal(
    host: str, port: int, users: Users, services: frozenset[str], tls: TlsListener | None
) -> None:
    ended = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, ended.set)
    broker = await _started(host, port, users, services, tls)
    print(f"broker ready on {host}:{port}", flush=True)  # noqa: T201 - others wait for it
    await ended.wait()
    await broker.shutdown()


class BrokerThread:
    """The broker beside other threads. start() returns when it listens, or raises.

    To its own process it is what a Link is to others: on_message(topic, data) gets what clients
    publish, in the broker's thread; publish() sends to the subscribers.
    """

    def __init__(
        self,
        host: str,
        port: int,
        users: Users,
        services: frozenset[str] = frozenset(),
        tls: TlsListener | None = None,
        on_message: Callable[[str, bytes], None] = lambda _topic, _data: None,
    ) -> None:
        _quiet()
        self._args = (host, port, users, services, tls, on_message)
        self._thread = threading.Thread(target=self._run, name="broker", daemon=True)
        self._listening = threading.Event()
        self._failed: BaseException | None = None
        self._loop = asyncio.new_event_loop()
        self._broker: Guarded | None = None

    @property
    def up(self) -> bool:
        return self._broker is not None and self._thread.is_alive()

    @property
    def dropped(self) -> int:
        """Messages that a slow subscriber did not get."""
        return self._broker.dropped if self._broker else 0

    def start(self) -> None:
        self._thread.start()
        if not self._listening.wait(START_WITHIN_S):
            raise CannotListen(f"the broker did not start within {START_WITHIN_S:.0f} s")
        if self._failed is not None:
            raise self._failed

    def stop(self) -> None:
        if self._broker is not None and self.up:
            ended = asyncio.run_coroutine_threadsafe(self._broker.shutdown(), self._loop)
            with suppress(TimeoutError):
                ended.result(5.0)
            self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(5.0)

    def publish(self, topic: str, data: bytes, qos: int = 1) -> bool:
        """Hand over a message. False: the broker has ended, nothing was sent."""
        if self._broker is None or not self.up:
            return False
        self._loop.call_soon_threadsafe(self._broker.spread, topic, data, qos)
        return True

    def _run(self) -> None:
        asyncio.set_event_loop(self._loop)
        try:
            self._broker = self._loop.run_until_complete(_started(*self._args))
        except BaseException as error:
            self._failed = error
            return
        finally:
            self._listening.set()
        self._loop.run_forever()


async def _started(
    host: str,
    port: int,
    users: Users,
    services: frozenset[str],
    tls: TlsListener | None,
    on_message: Callable[[str, bytes], None] = lambda _topic, _data: None,
) -> Guarded:
    secure = (*tls.listen, tls.context()) if tls else None
    broker = Guarded(host, port, users, services, secure, on_message)
    try:
        await broker.start()
    except BrokerError as error:
        why = error.__cause__
        reason = why.strerror if isinstance(why, OSError) and why.strerror else str(error)
        where = " or ".join(
            f"port {p} on {h}" for h, p in ((host, port), *([tls.listen] if tls else []))
        )
        raise CannotListen(
            f"{where} cannot be used ({reason}): choose another, or end its user"
        ) from None
    return broker


def _quiet() -> None:
    """amqtt reports each port probe as an error; what matters is logged by gateway.guarded."""
    for name in ("amqtt", "transitions"):
        logging.getLogger(name).setLevel(logging.CRITICAL)
