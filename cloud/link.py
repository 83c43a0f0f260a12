"""The service's connection to its broker: kept up, and subscribed again after each reconnect.

Messages arrive in the network thread. A `take` that blocks is back-pressure: reading stops, and
the broker keeps what comes. What the broker believes delivered counts for nothing here: senders
keep a frame until they have our receipt.
"""

import logging
import socket
from collections.abc import Callable
from secrets import token_hex
from typing import Any
from urllib.parse import unquote, urlsplit

from paho.mqtt.client import Client
from paho.mqtt.enums import CallbackAPIVersion, MQTTErrorCode

log = logging.getLogger(__name__)
KEEPALIVE_S = 10
RECONNECT_S = (1, 30)  # first and longest wait between attempts

Take = Callable[[str, bytes], None]


class Link:
    """MQTT 3.1.1 to `url`, mqtt(s)://user:password@host:port."""

    def __init__(self, url: str, topic: str, take: Take) -> None:
        self._address = urlsplit(url)
        self._topic = topic
        self._take = take
        client = Client(CallbackAPIVersion.VERSION2, client_id="cloud-" + token_hex(6))
        client.username_pw_set(
            unquote(self._address.username or "cloud"), unquote(self._address.password or "")
        )
        if self._address.scheme == "mqtts":
            client.tls_set()
        client.reconnect_delay_set(*RECONNECT_S)
        client.on_connect = self._on_connect
        client.on_subscribe = self._on_subscribe
        client.on_disconnect = self._on_disconnect
        client.on_socket_open = _no_delay
        client.on_message = self._on_message
        self._client = client

    @property
    def connected(self) -> bool:
        return self._client.is_connected()

    def start(self) -> None:
        """Connect now or, while the broker is away, as soon as it is back."""
        port = self._address.port or (8883 if self._address.scheme == "mqtts" else 1883)
        self._client.connect_async(self._address.hostname or "", port, KEEPALIVE_S)
        self._client.loop_start()

    def stop(self) -> None:
        self._client.disconnect()
        self._client.loop_stop()

    def publish(self, topic: str, data: bytes, qos: int) -> bool:
        """False: there is no connection now, and nothing was kept for later."""
        if not self.connected:
            return False
        return self._client.publish(topic, data, qos).rc == MQTTErrorCode.MQTT_ERR_SUCCESS

    def _on_connect(self, client: Client, _data: Any, _flags: Any, reason: Any, _more: Any) -> None:
        if reason.is_failure:
            log.error("broker %s:%s: %s", self._address.hostname, self._address.port, reason)
            return
        client.subscribe(self._topic, qos=1)
        log.info("broker %s:%s: connected", self._address.hostname, self._address.port)

    def _on_subscribe(self, _client: Client, _data: Any, _mid: int, codes: Any, _more: Any) -> None:
        if any(code.is_failure for code in codes):
            log.error("the broker does not let this user read %s", self._topic)

    def _on_disconnect(self, _client: Client, _data: Any, _flags: Any, reason: Any, _: Any) -> None:
        log.info("broker %s:%s: left (%s)", self._address.hostname, self._address.port, reason)

    def _on_message(self, _client: Client, _data: Any, message: Any) -> None:
        self._take(message.topic, message.payload)


def _no_delay(_client: Client, _data: Any, sock: Any) -> None:
    sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
