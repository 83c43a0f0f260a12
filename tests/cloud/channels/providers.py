"""Servers on this machine that speak the providers' protocols, and refuse what they would refuse.

with Provider() as provider:
    provider.behaviour = "hang" | "slow" (takes it, does not answer) | "broken" | "refuse" | "good"
    ... provider.taken: what came in, signature checked, as dictionaries

Each checks a signature by the provider's own description, from the request as it came over the
wire; nothing of cloud.channels is used here.
"""

import hashlib
import hmac
import json
import threading
import time
from base64 import b64encode
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Self
from urllib.parse import parse_qsl, urlsplit

from tests.cloud.channels import pushed

KEY_ID, KEY = "test-key-id", "test key/secret+1"
APP_ID, APP_SECRET = "wx1234567890", "app-secret-of-the-tests"
HOOK_SECRET = "a secret of at least twenty-four bytes"
HANGS_S = 30.0


class Provider:
    """All of them on one port: which one is asked says the request."""

    def __init__(self) -> None:
        self.behaviour = "good"
        self.taken: list[dict[str, Any]] = []
        self.tokens = 0  # access tokens given out
        self.bad_tokens: set[str] = set()
        self.reports: dict[str, Any] = {}  # what a query about a message answers
        self.released = threading.Event()
        provider = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers.get("content-length", 0)))
                status, answer = provider.answer(self, body)
                data = answer if isinstance(answer, bytes) else json.dumps(answer).encode()
                self.send_response(status)
                self.send_header("content-length", str(len(data)))
                self.end_headers()
                self.wfile.write(data)

            def log_message(self, *args: Any) -> None:
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self.host = f"127.0.0.1:{self._server.server_port}"

    def __enter__(self) -> Self:
        threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self.released.set()
        self._server.shutdown()
        self._server.server_close()

    def answer(self, request: BaseHTTPRequestHandler, body: bytes) -> tuple[int, Any]:
        if self.behaviour == "hang":
            self.released.wait(HANGS_S)
            return 200, {}
        if self.behaviour == "slow":
            self._webhook(request, body)
            self.released.wait(HANGS_S)
        if self.behaviour == "broken":
            return 502, b"<html>Bad gateway</html>"
        headers = request.headers
        if "x-acs-action" in headers:
            return self._alibaba(request)
        if "x-tc-action" in headers:
            return self._tencent(request, body)
        if request.path.startswith("/cgi-bin/"):
            return self._wechat(request, body)
        if headers.get("content-encoding") == "aes128gcm":
            return self._push(request, body)
        return self._webhook(request, body)

    def _alibaba(self, request: BaseHTTPRequestHandler) -> tuple[int, Any]:
        query = urlsplit(request.path).query
        if not acs3_is_right(request.headers, query):
            return 400, {"Code": "SignatureDoesNotMatch", "Message": "no", "RequestId": "r"}
        params = dict(parse_qsl(query))
        action = request.headers["x-acs-action"]
        if action in self.reports:
            return 200, {"Code": "OK", "Message": "OK", "RequestId": "r", **self.reports[action]}
        if action.startswith("Query"):
            return 200, {"Code": "OK", "Message": "OK", "SmsSendDetailDTOs": {}, "Data": ""}
        if self.behaviour == "refuse":
            return 200, {"Code": "isv.MOBILE_NUMBER_ILLEGAL", "Message": "号码", "RequestId": "r"}
        self.taken.append({"action": action, **params})
        name = f"biz-{len(self.taken)}"
        known = {"SendSms": {"BizId": name}, "SingleCallByTts": {"CallId": name}}
        return 200, {"Code": "OK", "Message": "OK", "RequestId": "r", **known[action]}

    def _tencent(self, request: BaseHTTPRequestHandler, body: bytes) -> tuple[int, Any]:
        if not tc3_is_right(request.headers, body):
            error = {"Code": "AuthFailure.SignatureFailure", "Message": "no"}
            return 200, {"Response": {"Error": error, "RequestId": "r"}}
        params = json.loads(body)
        code = "Ok"
        if self.behaviour == "refuse":
            code = "FailedOperation.PhoneNumberInBlacklist"
        else:
            self.taken.append({"action": request.headers["x-tc-action"], **params})
        status = {
            "SerialNo": f"serial-{len(self.taken)}" if code == "Ok" else "",
            "PhoneNumber": params["PhoneNumberSet"][0],
            "Fee": 1,
            "SessionContext": params["SessionContext"],
            "Code": code,
            "Message": "send success",
            "IsoCode": "CN",
        }
        return 200, {"Response": {"SendStatusSet": [status], "RequestId": "r"}}

    def _wechat(self, request: BaseHTTPRequestHandler, body: bytes) -> tuple[int, Any]:
        url, given = urlsplit(request.path), json.loads(body)
        if url.path == "/cgi-bin/stable_token":
            if (given["appid"], given["secret"]) != (APP_ID, APP_SECRET):
                return 200, {"errcode": 40125, "errmsg": "invalid appsecret"}
            self.tokens += 1
            return 200, {"access_token": f"token-{self.tokens}", "expires_in": 7200}
        token = dict(parse_qsl(url.query)).get("access_token", "")
        if not token.startswith("token-") or token in self.bad_tokens:
            return 200, {"errcode": 42001, "errmsg": "access_token expired"}
        if self.behaviour == "refuse":
            return 200, {"errcode": 43004, "errmsg": "require subscribe"}
        self.taken.append(given)
        return 200, {"errcode": 0, "errmsg": "ok", "msgid": 200228332 + len(self.taken)}

    def _push(self, request: BaseHTTPRequestHandler, body: bytes) -> tuple[int, Any]:
        if not pushed.vapid_is_right(request.headers.get("authorization", ""), self.host):
            return 403, b"unauthorized"
        if self.behaviour == "refuse":
            return 410, b"gone"
        topic = request.headers["topic"]
        clear = json.loads(pushed.decrypt(body))
        self.taken.append({"topic": topic, "ttl": request.headers["ttl"], **clear})
        return 201, b""

    def _webhook(self, request: BaseHTTPRequestHandler, body: bytes) -> tuple[int, Any]:
        signed = f"{request.headers['webhook-id']}.{request.headers['webhook-timestamp']}.".encode()
        right = hmac.new(HOOK_SECRET.encode(), signed + body, hashlib.sha256).digest()
        if request.headers["webhook-signature"] != "v1," + b64encode(right).decode():
            return 401, b"bad signature"
        if self.behaviour == "refuse":
            return 410, b"gone"
        self.taken.append(json.loads(body))
        return 200, {}


def acs3_is_right(headers: Any, query: str) -> bool:
    scheme, _, fields = headers["authorization"].partition(" ")
    given = dict(part.split("=", 1) for part in fields.split(","))
    signed = given["SignedHeaders"].split(";")
    needed = {"host", "x-acs-action", "x-acs-content-sha256", "x-acs-date", "x-acs-version"}
    lines = [f"{name}:{headers[name].strip()}" for name in signed]
    empty = hashlib.sha256(b"").hexdigest()
    parts = ["POST", "/", query, *lines, "", given["SignedHeaders"], empty]
    hashed = hashlib.sha256("\n".join(parts).encode()).hexdigest()
    to_sign = f"ACS3-HMAC-SHA256\n{hashed}".encode()
    right = hmac.new(KEY.encode(), to_sign, hashlib.sha256).hexdigest()
    sorted_query = "&".join(sorted(query.split("&")))
    return (
        scheme == "ACS3-HMAC-SHA256"
        and given["Credential"] == KEY_ID
        and given["Signature"] == right
        and needed <= set(signed)
        and signed == sorted(signed)
        and query == sorted_query
        and headers["x-acs-content-sha256"] == empty
    )


def tc3_is_right(headers: Any, body: bytes) -> bool:
    scheme, _, fields = headers["authorization"].partition(" ")
    given = dict(part.split("=", 1) for part in fields.split(", "))
    key_id, date, service, end = given["Credential"].split("/")
    at = headers["x-tc-timestamp"]
    if abs(time.time() - int(at)) > 300 or end != "tc3_request" or key_id != KEY_ID:
        return False
    lines = [
        f"{name}:{headers[name].strip().lower()}" for name in given["SignedHeaders"].split(";")
    ]
    body_sha256 = hashlib.sha256(body).hexdigest()
    parts = ["POST", "/", "", *lines, "", given["SignedHeaders"], body_sha256]
    hashed = hashlib.sha256("\n".join(parts).encode()).hexdigest()
    to_sign = "\n".join([scheme, at, f"{date}/{service}/{end}", hashed])

    def sign(key: bytes, words: str) -> bytes:
        return hmac.new(key, words.encode(), hashlib.sha256).digest()

    key = sign(sign(sign(b"TC3" + KEY.encode(), date), service), "tc3_request")
    right = hmac.new(key, to_sign.encode(), hashlib.sha256).hexdigest()
    return date == time.strftime("%Y-%m-%d", time.gmtime(int(at))) and given["Signature"] == right
