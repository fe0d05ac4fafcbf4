"""What is wrong with a request before it has a route: framing, header lines, lengths and targets.

Each is bytes for a connection of its own; the answer is everything up to the end of one response, and whether the
server closes the connection after it.
"""

import socket

WAIT_S = 3


def request(line, *headers, body=b""):
    return "\r\n".join([line, *headers]).encode("latin-1") + b"\r\n\r\n" + body


HOST = "Host: 127.0.0.1"
CLOSE = "Connection: close"
RAW = {
    "negative length": request("POST /_analyze HTTP/1.1", HOST, "Content-Length: -1"),
    "length is a word": request("POST /_analyze HTTP/1.1", HOST, "Content-Length: five"),
    "length with sign": request("POST /_analyze HTTP/1.1", HOST, "Content-Length: +2", body=b"{}"),
    "length too large for a number": request("POST /_analyze HTTP/1.1", HOST, "Content-Length: " + "9" * 30),
    "length above the limit": request("POST /_analyze HTTP/1.1", HOST, "Content-Length: 200000000"),
    "two lengths": request("POST /_analyze HTTP/1.1", HOST, "Content-Length: 2", "Content-Length: 3", body=b"{} "),
    "two equal lengths": request("POST /_analyze HTTP/1.1", HOST, "Content-Length: 2", "Content-Length: 2", body=b"{}"),
    "length and chunks": request(
        "POST /_analyze HTTP/1.1", HOST, "Content-Length: 2", "Transfer-Encoding: chunked", body=b"0\r\n\r\n"
    ),
    "bad chunk size": request("POST /_analyze HTTP/1.1", HOST, "Transfer-Encoding: chunked", body=b"zz\r\n{}\r\n0\r\n\r\n"),
    "unknown coding": request("POST /_analyze HTTP/1.1", HOST, "Transfer-Encoding: audit", body=b"{}"),
    "no colon": request("GET / HTTP/1.1", HOST, "audit"),
    "blank before colon": request("GET / HTTP/1.1", HOST, "audit : 1"),
    "empty header name": request("GET / HTTP/1.1", HOST, ": 1"),
    "folded line": request("GET / HTTP/1.1", HOST, "audit: 1", " 2"),
    "no host": request("GET / HTTP/1.1"),
    "two hosts": request("GET / HTTP/1.1", HOST, HOST),
    "old version": request("GET / HTTP/1.0"),
    "unknown version": request("GET / HTTP/3.7", HOST),
    "no version": request("GET /", HOST),
    "version is a word": request("GET / AUDIT", HOST),
    "unknown method": request("AUDIT / HTTP/1.1", HOST),
    "lower case method": request("get / HTTP/1.1", HOST),
    "trace": request("TRACE / HTTP/1.1", HOST),
    "connect": request("CONNECT 127.0.0.1:80 HTTP/1.1", HOST),
    "patch": request("PATCH /audit-open/_doc/1 HTTP/1.1", HOST),
    "asterisk": request("OPTIONS * HTTP/1.1", HOST),
    "absolute target": request("GET http://127.0.0.1/audit-missing HTTP/1.1", HOST),
    "target without slash": request("GET audit-missing HTTP/1.1", HOST),
    "long target": request("GET /audit-missing?a=" + "a" * 5000 + " HTTP/1.1", HOST),
    "long header": request("GET / HTTP/1.1", HOST, "audit: " + "a" * 20000),
    "open escape": request("GET /audit-%4 HTTP/1.1", HOST),
    "bad escape": request("GET /audit-%zz HTTP/1.1", HOST),
    "open escape in query": request("GET /?pretty=%4 HTTP/1.1", HOST),
    "bad escape in query": request("GET /?pretty=%zz HTTP/1.1", HOST),
    "bad utf-8 in path": request("GET /audit-%ff HTTP/1.1", HOST),
    "two slashes": request("GET //audit-missing//_search HTTP/1.1", HOST),
    "slash at the end": request("GET /audit-missing/_search/ HTTP/1.1", HOST),
    "dots": request("GET /audit-missing/../_search HTTP/1.1", HOST),
    "fragment": request("GET /audit-missing#a HTTP/1.1", HOST),
    "question mark only": request("GET /audit-missing? HTTP/1.1", HOST),
    "ampersands": request("GET /?&&pretty&& HTTP/1.1", HOST),
    "equals only": request("GET /?= HTTP/1.1", HOST),
    "expect unknown": request("POST /_analyze HTTP/1.1", HOST, "Expect: audit", "Content-Length: 2", body=b"{}"),
    "bad gzip": request(
        "POST /_analyze HTTP/1.1",
        HOST,
        "Content-Type: application/json",
        "Content-Encoding: gzip",
        "Content-Length: 2",
        body=b"{}",
    ),
    "unknown encoding": request(
        "POST /_analyze HTTP/1.1",
        HOST,
        "Content-Type: application/json",
        "Content-Encoding: audit",
        "Content-Length: 14",
        body=b'{"text":"a b"}',
    ),
    "two content types": request(
        "POST /_analyze HTTP/1.1",
        HOST,
        "Content-Type: application/json",
        "Content-Type: application/yaml",
        "Content-Length: 14",
        body=b'{"text":"a b"}',
    ),
    "two equal content types": request(
        "POST /_analyze HTTP/1.1",
        HOST,
        "Content-Type: application/json",
        "Content-Type: application/json",
        "Content-Length: 14",
        body=b'{"text":"a b"}',
    ),
    "connection close": request("GET /audit-missing HTTP/1.1", HOST, CLOSE),
    "body of get": request(
        "GET /_analyze HTTP/1.1", HOST, "Content-Type: application/json", "Content-Length: 14", body=b'{"text":"a b"}'
    ),
    "nul in target": request("GET /audit-\x00 HTTP/1.1", HOST),
    "line feeds only": b"GET /audit-missing HTTP/1.1\nHost: a\n\n",
    "tls hello": b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + b"\r\n\r\n",
}


def exchange(host, port, data):
    """(bytes of the answer, whether the connection was closed)."""
    with socket.create_connection((host, port), WAIT_S) as connection:
        connection.sendall(data)
        connection.settimeout(WAIT_S)
        found = b""
        while not complete(found):
            try:
                more = connection.recv(65536)
            except socket.timeout:
                return found, False
            except ConnectionError:
                return found, True
            if not more:
                return found, True
            found += more
        connection.settimeout(0.25)
        try:
            return found, connection.recv(1) == b""
        except socket.timeout:
            return found, False
        except ConnectionError:
            return found, True


def complete(found):
    head, end, body = found.partition(b"\r\n\r\n")
    if not end:
        return False
    for line in head.split(b"\r\n")[1:]:
        name, _, value = line.partition(b":")
        if name.lower() == b"content-length":
            return len(body) >= int(value)
    return b"chunked" not in head.lower() or body.endswith(b"0\r\n\r\n")


def answer(host, port, data):
    """{status, headers that matter, body, closed}."""
    found, closed = exchange(host, port, data)
    head, _, body = found.partition(b"\r\n\r\n")
    lines = head.decode("latin-1").split("\r\n")
    headers = dict(
        (name.lower(), value.strip()) for name, _, value in (line.partition(":") for line in lines[1:])
    )
    words = lines[0].split(" ")
    return {
        "status": int(words[1]) if len(words) > 1 and words[1].isdigit() else 0,
        "content-type": headers.get("content-type"),
        "allow": headers.get("allow"),
        "body": body,
        "closed": closed,
    }
