"""A connection to an MQTT broker that is kept up: the one place that connects again.

Full-jitter back-off, a fresh subscription after each connect, and a watchdog: a link that leaves
a message unanswered for WATCHDOG_S longer than it took to subscribe is closed and opened anew,
because TCP alone would wait for minutes. Nothing is kept for later here; that is the sender's
business.
"""

import logging
import random
import socket
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from typing import Any

import paho.mqtt.client as paho
from paho.mqtt.enums import CallbackAPIVersion, MQTTErrorCode, MQTTProtocolVersion

from gateway.config import Endpoint
from gateway.patience import (
    CONNECT_WITHIN_S,
    LET_IN_WITHIN_S,
    WATCHDOG_S,
    Watchdog,
    backoff_s,
    connect_s,
)
from gateway.secure import Secured, insist

log = logging.getLogger(__name__)
KEEPALIVE_S = 5
LARGEST_BACKOFF_S = 30.0  # where thousands may come back at once
NEAR_BACKOFF_S = 2.0  # to a broker that serves this client alone
IN_FLIGHT = 1000  # QoS 1 messages without PUBACK; what stock Mosquitto queues for a client


class Link:
    """on_message(topic, data) and on_up() are called in the link's own threads."""

    def __init__(
        self,
        name: str,
        endpoint: Endpoint,
        client_id: str,
        topic: str,
        on_message: Callable[[str, bytes], None],
        on_up: Callable[[], None] = lambda: None,
        largest_backoff_s: float = LARGEST_BACKOFF_S,
    ) -> None:
        self.name = name
        self._largest_backoff_s = largest_backoff_s
        self._endpoint = endpoint
        self._secured = Secured(endpoint.ca_file) if endpoint.tls else None
        self._client_id = client_id
        self._topic = topic
        self._on_message = on_message
        self._on_up = on_up
        self._client: paho.Client | None = None
        self._watchdog = Watchdog()
        self._gone = threading.Event()
        self._ending = threading.Event()
        self._up = threading.Event()
        self._told = ""
        self.since_s = time.monotonic()  # of being up or down
        self._subscribed_s = 0.0  # when it asked for its topic
        self.reconnects = 0
        self._thread = threading.Thread(target=self._run, name=f"link {name}", daemon=True)

    @property
    def up(self) -> bool:
        """Connected and subscribed."""
        return self._up.is_set()

    @property
    def room(self) -> int:
        """How many messages may be handed over before the broker has answered some."""
        return IN_FLIGHT - self._watchdog.owed if self.up else 0

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        self._ending.set()
        self._gone.set()
        if self._thread.is_alive():
            self._thread.join(2 * CONNECT_WITHIN_S)

    def wait_up(self, timeout_s: float) -> bool:
        return self._up.wait(timeout_s)

    def publish(self, topic: str, data: bytes, qos: int = 1) -> bool:
        """Hand over a message. False: the link is down, nothing was sent."""
        client = self._client
        if client is None or not self.up:
            return False
        if qos:
            self._watchdog.asked(time.monotonic())
        return client.publish(topic, data, qos).rc == MQTTErrorCode.MQTT_ERR_SUCCESS

    def _run(self) -> None:
        failures = 0
        while not self._ending.is_set():
            was_up = self._one_connection(connect_s(failures))
            failures = 0 if was_up else failures + 1
            self._ending.wait(backoff_s(failures, self._largest_backoff_s, random.uniform))

    def _one_connection(self, within_s: float) -> bool:
        """Connect and stay until it breaks. Whether it was up at all."""
        self._gone.clear()
        self._watchdog = Watchdog()
        self._client = client = self._new_client()
        client.connect_timeout = within_s
        try:
            client.connect(self._endpoint.host, self._endpoint.port, KEEPALIVE_S)
        except (OSError, ValueError) as error:
            self._tell(f"cannot connect ({error})")
            return False
        insist(client.socket())
        client.loop_start()
        if self._wait_up_or_gone():
            while not (self._gone.wait(0.2) or self._ending.is_set()):
                if self._watchdog.silent(time.monotonic()):
                    self._tell(f"no answer for {WATCHDOG_S:.0f} s")
                    break
        was_up = self.up
        self._close(client)
        return was_up

    def _wait_up_or_gone(self) -> bool:
        end_s = time.monotonic() + LET_IN_WITHIN_S
        while time.monotonic() < end_s and not (self._gone.is_set() or self._ending.is_set()):
            if self._up.wait(0.05):
                return True
        return self.up

    def _close(self, client: paho.Client) -> None:
        if self._up.is_set():
            self._up.clear()
            self.since_s = time.monotonic()
            self.reconnects += 1
            if not self._ending.is_set():
                self._tell("down")
        client.disconnect()
        with suppress(OSError, AttributeError):  # already closed
            client.socket().shutdown(socket.SHUT_RDWR)  # type: ignore[union-attr]
        client.loop_stop()

    def _new_client(self) -> paho.Client:
        client = paho.Client(
            CallbackAPIVersion.VERSION2,
            client_id=self._client_id,
            clean_session=True,
            protocol=MQTTProtocolVersion.MQTTv311,
            reconnect_on_failure=False,
        )
        client.max_inflight_messages_set(0)  # paho's own limit costs a search for each PUBACK
        if self._endpoint.user:
            client.username_pw_set(self._endpoint.user, self._endpoint.password)
        if self._secured is not None:
            client.tls_set_context(self._secured)  # type: ignore[arg-type]
        client.on_connect = self._connected
        client.on_subscribe = self._subscribed
        client.on_message = self._arrived
        client.on_publish = self._acknowledged
        client.on_disconnect = self._disconnected
        return client

    def _connected(self, client: paho.Client, _u: Any, _f: Any, code: Any, _p: Any) -> None:
        if code.is_failure:
            self._tell(f"refused: {code}")
            self._gone.set()
            return
        self._subscribed_s = time.monotonic()
        client.subscribe(self._topic, qos=1)

    def _subscribed(self, client: paho.Client, _u: Any, _m: Any, codes: list[Any], _p: Any) -> None:
        if any(code.is_failure for code in codes):
            self._tell(f"may not subscribe to {self._topic}")
            self._gone.set()
            return
        if self._secured is not None:
            self._secured.keep(client.socket())
        self.since_s = time.monotonic()
        self._watchdog.round_trip_s = self.since_s - self._subscribed_s
        self._up.set()
        self._tell("up")
        self._on_up()

    def _arrived(self, _c: Any, _u: Any, message: paho.MQTTMessage) -> None:
        self._watchdog.heard(time.monotonic())
        with suppress(UnicodeDecodeError):  # of a topic, which then is none of ours
            self._on_message(message.topic, bytes(message.payload))

    def _acknowledged(self, _c: Any, _u: Any, _m: Any, _r: Any, _p: Any) -> None:
        self._watchdog.answered(time.monotonic())

    def _disconnected(self, _c: Any, _u: Any, _f: Any, _r: Any, _p: Any) -> None:
        self._gone.set()

    def _tell(self, words: str) -> None:
        """Log a change; the same trouble again and again is said once."""
        if words == self._told:
            return
        self._told = words
        level = logging.INFO if words == "up" else logging.WARNING
        log.log(
            level,
            "link %s to %s:%d: %s",
            self.name,
            self._endpoint.host,
            self._endpoint.port,
            words,
        )
