"""The providers of the scripted day on this machine, speaking HTTP: text messages, calls, webhooks.

Text messages arrive; a call is answered or not, by the last digit of the number; a webhook is taken
and nobody says ever that it was handed on.
"""

import json
import threading
from collections import Counter
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qsl, urlsplit

KEY = "a key of the scripted day, at least"  # of accounts at providers that are invented
NOT_ANSWERED = "7"  # the last digit of telephones that nobody picks up


class Receiver:
    """start() listens on a free port of the loopback address until stop()."""

    def __init__(self) -> None:
        self.taken: Counter[str] = Counter()
        self._called: dict[str, str] = {}  # call id: number
        receiver = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"
            disable_nagle_algorithm = True

            def do_POST(self) -> None:
                self.rfile.read(int(self.headers.get("content-length", 0)))
                data = json.dumps(receiver.answer(self.path, self.headers)).encode()
                head = f"HTTP/1.1 200 OK\r\ncontent-length: {len(data)}\r\n\r\n".encode()
                self.wfile.write(head + data)

            def log_message(self, *args: Any) -> None:
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self._thread = threading.Thread(target=self._server.serve_forever, daemon=True)

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    @property
    def channels(self) -> dict[str, str]:
        """The settings of the channels that lead here."""
        host = f"127.0.0.1:{self._server.server_port}"
        secret = KEY.replace(" ", "%20")
        return {
            "channel_sms": f"alibaba+plain://day:{secret}@{host}?sign=L&staff=S&mother=M",
            "channel_voice": f"alibaba+plain://day:{secret}@{host}?staff=S&mother=M",
            "channel_webhook": f"hook+plain://:{secret}@{host}/hook",
        }

    def answer(self, path: str, headers: Any) -> dict[str, Any]:
        asked = dict(parse_qsl(urlsplit(path).query))
        action = headers.get("x-acs-action", "webhook")
        self.taken[action] += 1
        number = f"{action} {self.taken[action]}"
        if action == "SendSms":
            return {"Code": "OK", "BizId": number}
        if action == "QuerySendDetails":
            return {"SmsSendDetailDTOs": {"SmsSendDetailDTO": [{"SendStatus": 3}]}}
        if action == "SingleCallByTts":
            self._called[number] = asked.get("CalledNumber", "")
            return {"Code": "OK", "CallId": number}
        if action == "QueryCallDetailByCallId":
            picked_up = not self._called.get(asked["CallId"], "").endswith(NOT_ANSWERED)
            times = {"startDate": "1"} if picked_up else {"state": "200010", "endDate": "1"}
            return {"Code": "OK", "Data": json.dumps(times)}
        return {}
