"""amqtt's broker with our rules: who gets in, which topics, and how much it keeps for whom.

What amqtt 0.12 does otherwise, and why it matters here: it throws away the session of a client id
before it has checked the password; a last will is not checked against the topic rule; a client
whose keep-alive ran out stays; each message is compared with every subscription; what absent or
slow clients have not fetched is kept without limit. Nothing is kept for absent clients here:
both hops repair losses by receipts.
"""

import asyncio
import logging
import ssl
import time
from collections import Counter
from collections.abc import Callable
from functools import partial
from typing import Any

from amqtt.adapters import StreamReaderAdapter, StreamWriterAdapter
from amqtt.broker import Broker
from amqtt.contexts import BrokerConfig, ListenerConfig
from amqtt.errors import AMQTTError, MQTTError
from amqtt.mqtt.connack import NOT_AUTHORIZED, ConnackPacket
from amqtt.mqtt.protocol.broker_handler import BrokerProtocolHandler
from amqtt.session import Session

from gateway.users import Users, may_use

log = logging.getLogger(__name__)
BACKLOG = 4096  # connects that may wait; 10 000 at once took 3 s with the usual 100
LARGEST_PACKET = 256 * 1024  # bytes; the largest message of ours is far below
LARGEST_FLIGHT = 2000  # messages a subscriber may leave unacknowledged; further ones are dropped
CONNECT_WITHIN_S = 10.0
COMPLAIN_EVERY_S = 60.0
LARGEST_COMPLAINTS = 1000
TLS = "tls"  # name of the second listener
REFUSED = 0x80  # SUBACK code
OVERRIDDEN = (
    "stream_connected",
    "_create_server_instance",
    "_initialize_client_session",
    "_handle_client_session",
    "_authenticate",
    "_topic_filtering",
    "_broadcast_message",
    "_cleanup_session",
    "add_subscription",
)


class Guarded(Broker):  # type: ignore[misc]
    """A listener for plain TCP and, where given, one for TLS: (host, port, context).

    inbox gets every permitted message, without a connection of its own.
    """

    def __init__(
        self,
        host: str,
        port: int,
        users: Users,
        services: frozenset[str],
        tls: tuple[str, int, ssl.SSLContext] | None = None,
        inbox: Callable[[str, bytes], None] = lambda _topic, _data: None,
    ) -> None:
        gone = [name for name in OVERRIDDEN if not hasattr(Broker, name)]
        if gone:  # a rule that nobody calls would let everybody in
            raise RuntimeError(f"this version of amqtt has no {', '.join(gone)}: use 0.12")
        listeners = {"default": {"type": "tcp", "bind": f"{host}:{port}"}}
        if tls is not None:
            listeners[TLS] = {"type": "tcp", "bind": f"{tls[0]}:{tls[1]}"}
        config = BrokerConfig.from_dict({"listeners": listeners, "plugins": {}})
        super().__init__(config)
        self.users = users
        self._services = services
        self._inbox = inbox
        self._context = tls[2] if tls else None
        self._wild: set[str] = set()  # filters with wildcards; the others are looked up
        self._flight: Counter[str] = Counter()  # messages under way, by client id
        self._complaints: dict[str, float] = {}  # when it was logged, monotonic
        self._lines: dict[str, Any] = {}  # where the newest connection of a client id is written to
        self.dropped = 0  # messages that a slow subscriber did not get

    def allowed(self, user: str | None, topic: str | None) -> bool:
        if user is None or topic is None or not self.users.has(user):
            return False
        if user in self._services:
            return topic.startswith("lucina/1/")
        return may_use(user, topic)

    async def stream_connected(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, listener_name: str
    ) -> None:
        await self._client_connected(listener_name, _Reader(reader), _Writer(writer))

    async def _create_server_instance(
        self, listener_name: str, _type: Any, address: str | None, port: int, _ssl: Any
    ) -> asyncio.Server:
        context = self._context if listener_name == TLS else None
        connected = partial(self.stream_connected, listener_name=listener_name)
        return await asyncio.start_server(
            connected, address, port, reuse_address=True, ssl=context, backlog=BACKLOG
        )

    async def _initialize_client_session(
        self, reader: Any, writer: Any, remote_address: str, remote_port: int
    ) -> tuple[BrokerProtocolHandler, Session]:
        """Reads CONNECT and checks it before anything that exists is touched."""
        connect = BrokerProtocolHandler.init_from_connect(reader, writer, self.plugins_manager)
        try:
            handler, session = await asyncio.wait_for(connect, CONNECT_WITHIN_S)
        except Exception as error:  # whatever a stranger's bytes bring up in amqtt
            await writer.close()
            raise AMQTTError(f"no CONNECT from {remote_address}:{remote_port}") from error
        name = session.username or ""
        bad_will = session.will_flag and not self.allowed(name, session.will_topic)
        if not self.users.knows(name, session.password or "") or bad_will:
            self._complain(f"refused {name[:60]!r} from {remote_address}")
            await ConnackPacket.build(0, NOT_AUTHORIZED).to_stream(writer)
            await writer.close()
            raise MQTTError("refused")
        session.client_id = f"{name}/{session.client_id}"  # nobody takes over another's session
        session.clean_session = True
        session.parent = 0
        session.keep_alive = -(-session.keep_alive * 3 // 2)  # MQTT 3.1.2.10: one and a half times
        handler.handle_read_timeout = partial(_hang_up, writer)
        # amqtt ends the older one only when that has been set up: of two at once both would stay,
        # one of them heard but never answered
        if session.client_id in self._lines:
            _hang_up(self._lines[session.client_id])
        self._lines[session.client_id] = writer
        await self._cleanup_session(session.client_id)
        return handler, session

    async def _handle_client_session(
        self, reader: Any, writer: Any, session: Session, *args: Any
    ) -> None:
        try:
            await super()._handle_client_session(reader, writer, session, *args)
        except (ConnectionError, asyncio.CancelledError):
            await writer.close()
        finally:
            if self._lines.get(session.client_id) is writer:
                del self._lines[session.client_id]

    async def _authenticate(self, session: Session, _: ListenerConfig) -> bool:
        return self.users.has(session.username or "")

    async def _topic_filtering(self, session: Session, topic: str, action: Any) -> bool:
        if self.allowed(session.username, topic):
            return True
        self._complain(f"{session.username} may not {action} {topic[:200]}")
        return False

    def _complain(self, words: str) -> None:
        """Log it, but the same words not again and again."""
        now_s = time.monotonic()
        if now_s - self._complaints.get(words, -COMPLAIN_EVERY_S) < COMPLAIN_EVERY_S:
            return
        if len(self._complaints) >= LARGEST_COMPLAINTS:
            self._complaints.clear()
        self._complaints[words] = now_s
        log.warning("%s", words)

    async def add_subscription(self, subscription: tuple[str, int], session: Session) -> int:
        code: int = await super().add_subscription(subscription, session)
        if code != REFUSED and ("+" in subscription[0] or "#" in subscription[0]):
            self._wild.add(subscription[0])
        return code

    async def _broadcast_message(
        self, _session: Any, topic: str | None, data: Any, force_qos: int | None = None
    ) -> None:
        """Hands on a permitted message, without amqtt's queue in between."""
        if topic is not None:
            self._inbox(topic, bytes(data))
            self.spread(topic, data, force_qos)

    def spread(self, topic: str, data: bytes, qos: int | None = None) -> None:
        """To each subscriber, with the QoS it asked for or a lower one."""
        filters = [topic, *(wild for wild in self._wild if self._matches(topic, wild))]
        for name in filters:
            for session, asked in self._subscriptions.get(name, ()):
                if self.allowed(session.username, topic):
                    self._deliver(session, topic, data, asked if qos is None else min(asked, qos))

    def _deliver(self, session: Session, topic: str, data: Any, qos: int) -> None:
        handler = self._get_handler(session)
        if handler is None or session.transitions.state != "connected":
            return
        if self._flight[session.client_id] >= LARGEST_FLIGHT:
            self.dropped += 1
            return
        self._flight[session.client_id] += 1
        delivery = asyncio.ensure_future(handler.mqtt_publish(topic, data, qos, retain=False))
        delivery.add_done_callback(partial(self._delivered, session.client_id))

    def _delivered(self, client_id: str, delivery: asyncio.Future[Any]) -> None:
        self._flight[client_id] -= 1
        if not self._flight[client_id]:
            del self._flight[client_id]
        if not delivery.cancelled() and delivery.exception() is not None:
            self.dropped += 1


class _Reader(StreamReaderAdapter):  # type: ignore[misc]
    async def read(self, n: int = -1) -> bytes:
        if n > LARGEST_PACKET:
            raise ConnectionAbortedError(f"a packet of {n} bytes")
        data: bytes = await super().read(n)
        return data


class _Writer(StreamWriterAdapter):  # type: ignore[misc]
    async def close(self) -> None:
        """Sends what is buffered in the background: a peer that hangs holds nobody up."""
        self.is_closed = True
        self._writer.close()


def _hang_up(writer: _Writer) -> None:
    writer.is_closed = True
    writer._writer.transport.abort()
