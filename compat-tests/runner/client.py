"""A small HTTP/1.1 client over one kept-alive connection. Fast enough that the server, not the client,
is measured.
"""

import json
import socket
from urllib.parse import quote, urlsplit


class ConnectionLost(Exception):
    """The server closed the connection or does not answer."""


class NoAnswer(ConnectionLost):
    """The server holds the connection open and says nothing."""


class Response:
    """Status, headers (lower-case names, in order) and body of one answer; the body is parsed when it
    is asked for.
    """

    def __init__(self, method, status, headers, payload):
        self.method = method
        self.status = status
        self.headers = headers
        self.payload = payload
        self._body = None
        self._parsed = False

    @property
    def content_type(self):
        for name, value in self.headers:
            if name == "content-type":
                return value
        return ""

    @property
    def text(self):
        return self.payload.decode("utf-8", "replace")

    @property
    def body(self):
        """Parsed JSON or YAML, text for anything else, None when there is no body."""
        if not self._parsed:
            self._body = self._parse()
            self._parsed = True
        return self._body

    def _parse(self):
        if not self.payload:
            return None
        if "yaml" in self.content_type:
            from . import yaml_text

            return yaml_text.value(self.text)
        if "json" in self.content_type or self.payload[:1] in (b"{", b"["):
            try:
                return json.loads(self.payload)
            except ValueError:
                return self.text
        return self.text

    def warnings(self):
        """The texts of the Warning headers, without their code, agent and date."""
        found = []
        for name, value in self.headers:
            if name == "warning":
                found.append(_warning_text(value))
        return found


def _warning_text(value):
    start = value.find('"')
    if start < 0:
        return value
    text, at = [], start + 1
    while at < len(value) and value[at] != '"':
        if value[at] == "\\" and at + 1 < len(value):
            at += 1
        text.append(value[at])
        at += 1
    return "".join(text)


class Client:
    """Sends requests to one server, one at a time."""

    def __init__(self, url, timeout_s=35):
        parts = urlsplit(url)
        self.url = url
        self.host = parts.hostname
        self.port = parts.port or 80
        self.timeout_s = timeout_s
        self._socket = None
        self._file = None

    def close(self):
        if self._socket:
            self._file.close()
            self._socket.close()
            self._socket = None

    def _connect(self):
        try:
            self._socket = socket.create_connection((self.host, self.port), self.timeout_s)
        except OSError as error:
            raise ConnectionLost(f"{self.url}: {error}") from error
        self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._file = self._socket.makefile("rb", 65536)

    def request(self, method, path, query=None, body=None, headers=None, typed=True):
        """Sends; `query` is a dict of texts, `body` bytes, text or a JSON value. A stale connection is
        opened anew once. `typed` adds a content type to a body without one.
        """
        target = path
        if query:
            pairs = "&".join(f"{quote(k, safe='')}={quote(v, safe=',*')}" for k, v in query.items())
            target += ("&" if "?" in path else "?") + pairs
        if body is None:
            data = b""
        elif isinstance(body, bytes):
            data = body
        elif isinstance(body, str):
            data = body.encode()
        else:
            data = json.dumps(body, ensure_ascii=False).encode()
        names = {name.lower() for name in headers} if headers else ()
        lines = [f"{method} {target} HTTP/1.1", f"Host: {self.host}:{self.port}"]
        if data and typed and "content-type" not in names:
            lines.append("Content-Type: application/json")
        if headers:
            lines += [f"{name}: {value}" for name, value in headers.items()]
        if data or method in ("POST", "PUT"):
            lines.append(f"Content-Length: {len(data)}")
        message = "\r\n".join(lines).encode() + b"\r\n\r\n" + data
        fresh = self._socket is None
        try:
            return self._exchange(method, message)
        except NoAnswer:
            raise
        except ConnectionLost:
            self.close()
            if fresh:
                raise
            return self._exchange(method, message)

    def _exchange(self, method, message):
        if self._socket is None:
            self._connect()
        try:
            self._socket.sendall(message)
            return self._read(method)
        except socket.timeout as error:
            self.close()
            raise NoAnswer(f"{self.url}: no answer within {self.timeout_s} s") from error
        except OSError as error:
            self.close()
            raise ConnectionLost(f"{self.url}: {error}") from error

    def _read(self, method):
        line = self._file.readline()
        if not line:
            raise ConnectionLost(f"{self.url}: the server closed the connection")
        status = int(line.split(b" ", 2)[1])
        headers, length, chunked, closing = [], None, False, False
        while True:
            line = self._file.readline().rstrip(b"\r\n")
            if not line:
                break
            name, _, value = line.decode("utf-8", "replace").partition(":")
            name, value = name.lower(), value.strip()
            headers.append((name, value))
            if name == "content-length":
                length = int(value)
            elif name == "transfer-encoding":
                chunked = "chunked" in value.lower()
            elif name == "connection":
                closing = value.lower() == "close"
        if method == "HEAD" or status in (204, 304):
            payload = b""
        elif chunked:
            payload = self._read_chunks()
        elif length is not None:
            payload = self._file.read(length)
            if len(payload) < length:
                raise ConnectionLost(f"{self.url}: the body ends early")
        else:
            payload, closing = self._file.read(), True
        if closing:
            self.close()
        return Response(method, status, headers, payload)

    def _read_chunks(self):
        parts = []
        while True:
            size = int(self._file.readline().split(b";")[0] or b"0", 16)
            if size == 0:
                while self._file.readline().strip():
                    pass
                return b"".join(parts)
            parts.append(self._file.read(size))
            self._file.readline()
