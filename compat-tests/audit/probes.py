"""The requests of the audit: what is sent to every route of spec/api/routes.md.

A probe is a request that is wrong in one way. Only indices whose names start with `audit-` are ever named, and
routes that work on every index when none is named get one in the query, so that the reference may be shared.
"""

import re
from dataclasses import dataclass, field, replace
from pathlib import Path
from urllib.parse import quote

ROUTES = Path(__file__).resolve().parents[2] / "spec" / "api" / "routes.md"
ROW = re.compile(r"^\| ([A-Z]+) \| `([^`]+)` \| (\w+) \| ([^|]*) \|$")
METHODS = ("GET", "POST", "PUT", "DELETE", "HEAD", "OPTIONS", "PATCH")
COMMON = ("error_trace", "filter_path", "format", "human", "pretty")
JSON = {"Content-Type": "application/json"}

# What stands for the parts of a path in braces.
VALUES = {
    "index": "audit-open",
    "id": "1",
    "name": "audit-alias",
    "alias": "audit-alias",
    "fields": "title",
    "metric": "docs",
    "index_metric": "docs",
    "nodeId": "_local",
    "indices": "audit-open",
    "metrics": "os",
    "nodes": "_local",
    "repository": "audit-repository",
    "thread_pool_patterns": "search",
    "task_id": "audit:1",
    "scroll_id": "audit",
    "block": "read",
    "context": "score",
}
# Paths in which a part means something else.
PATH_VALUES = {
    ("/_cluster/state", "metric"): "metadata",
    ("/_nodes/stats", "metric"): "os",
    ("/_nodes/{nodeId}/stats", "metric"): "os",
    ("/_settings", "name"): "index.number_of_shards",
    ("/{index}/_setting", "name"): "index.number_of_shards",
    ("/_stats", "metric"): "docs",
    ("/_scripts", "id"): "audit-script",
    ("/_render", "id"): "audit-script",
    ("/_cat/templates", "name"): "audit-template",
}
# The body with which a parameter is probed: one the operation takes.
BODIES = {
    "index": '{"title":"x"}',
    "create": '{"title":"x"}',
    "update": '{"doc":{"title":"x"}}',
    "bulk": '{"index":{"_index":"audit-open","_id":"1"}}\n{"title":"x"}\n',
    "mget": '{"docs":[{"_index":"audit-open","_id":"1"}]}',
    "msearch": '{"index":"audit-open"}\n{"query":{"match_all":{}}}\n',
    "put_mapping": '{"properties":{"title":{"type":"text"}}}',
    "put_settings": '{"index":{"number_of_replicas":0}}',
    "put_cluster_settings": "{}",
    "update_aliases": '{"actions":[{"add":{"index":"audit-open","alias":"audit-alias"}}]}',
    "analyze": '{"text":"a b"}',
    "explain": '{"query":{"match_all":{}}}',
    "scroll": '{"scroll_id":"audit"}',
    "clear_scroll": '{"scroll_id":"audit"}',
    "delete_pit": '{"pit_id":["audit"]}',
    "create_index": "{}",
    "put_script": '{"script":{"lang":"mustache","source":"{}"}}',
    "search_template": '{"source":"{}"}',
    "render_template": '{"source":"{}"}',
    "msearch_template": '{"index":"audit-open"}\n{"source":"{}"}\n',
}
QUERIES = {
    "create_pit": {"keep_alive": "1s"},
    "cancel_tasks": {"actions": "audit"},
    "field_caps": {"fields": "title"},
    "health": {"timeout": "50ms"},
}
# Whose plain request names another index than audit-open.
INDEX_OF = {"create_index": "audit-new", "delete_index": "audit-missing"}
# Without an index these change all indices of the server, or all its contexts.
EVERYTHING = {
    "clear_cache",
    "close_index",
    "delete_all_pits",
    "delete_index",
    "flush",
    "force_merge",
    "open_index",
    "put_alias",
    "put_settings",
    "refresh",
}

WRONG_BODIES = {
    "unclosed object": b'{"query":',
    "unclosed string": b'{"query": "a',
    "word": b"garbage",
    "two documents": b"{} {}",
    "blank": b" ",
    "null": b"null",
    "array": b"[]",
    "array of number": b"[1]",
    "string": b'"text"',
    "number": b"1",
    "true": b"true",
    "object": b"{}",
    "unknown member": b'{"audit_unknown":1}',
    "unknown object": b'{"audit_unknown":{"a":1}}',
    "unknown array": b'{"audit_unknown":[1]}',
    "double member": b'{"query":{"match_all":{}},"query":{"match_all":{}}}',
    "bad utf-8": b'{"query":"\xff\xfe"}',
    "control character": b'{"query":"a\x01b"}',
    "comment": b'{/* a */"query":1}',
    "single quotes": b"{'query':1}",
    "not a number": b'{"query":NaN}',
    "byte order mark": b"\xef\xbb\xbf{}",
    "comma at the end": b'{"query":1,}',
    "bare name": b"{query:1}",
    "deep": b'{"a":' * 1100 + b"1" + b"}" * 1100,
    "unclosed array": b"[",
    "closing brace": b"}",
    "lines": b'{"index":{}}\n{"a":1}\n',
    "line without end": b'{"index":{"_index":"audit-open"}}\n{"a":1}',
    "typed members": b'{"query":1,"size":"a","docs":1,"ids":2,"actions":3,"properties":4,"settings":5,"mappings":6}',
    "strings for members": b'{"query":"a","docs":"a","doc":"a","text":{},"scroll_id":{},"pit_id":{},"aliases":"a"}',
}
WRONG_TYPES = {
    "no content type": {"Content-Type": None},
    "xml": {"Content-Type": "application/xml"},
    "text": {"Content-Type": "text/plain"},
    "not a media type": {"Content-Type": "garbage"},
    "charset": {"Content-Type": "application/json; charset=latin1"},
    "bad charset": {"Content-Type": "application/json; nothing"},
    "upper case": {"Content-Type": "APPLICATION/JSON"},
    "ndjson": {"Content-Type": "application/x-ndjson"},
    "form": {"Content-Type": "application/x-www-form-urlencoded"},
    "vendor": {"Content-Type": "application/vnd.opensearch+json; compatible-with=7"},
    "yaml": {"Content-Type": "application/yaml"},
    "cbor": {"Content-Type": "application/cbor"},
    "smile": {"Content-Type": "application/smile"},
}
ACCEPTS = ("application/xml", "text/plain", "garbage", "application/yaml", "*/*", "application/json;q=0.5")
INDEX_NAMES = {
    "missing index": "audit-missing",
    "closed index": "audit-closed",
    "alias of two": "audit-two",
    "alias": "audit-alias",
    "upper case": "audit-Upper",
    "blank": "audit-a b",
    "hash sign": "audit-a#b",
    "question mark": "audit-a?b",
    "underscore first": "_audit",
    "hyphen first": "-audit",
    "plus first": "+audit",
    "dot": ".",
    "two dots": "..",
    "long": "audit-" + "a" * 250,
    "remote": "audit:x",
    "list": "audit-open,audit-missing",
    "list with closed": "audit-open,audit-closed",
    "excluded": "audit-open,-audit-open",
    "wildcard without match": "audit-nothing-*",
    "date math": "<audit-{now/d}>",
    "open date math": "<audit-{now",
    "bad date math": "<audit-{nope}>",
    "blank list": ",",
}


@dataclass(frozen=True)
class Route:
    method: str
    path: str
    operation: str
    parameters: tuple

    @property
    def parts(self):
        return re.findall(r"\{(\w+)\}", self.path)


@dataclass(frozen=True)
class Probe:
    """One request; `kind` groups probes in the report."""

    route: Route
    kind: str
    method: str
    path: str
    query: dict = field(default_factory=dict)
    body: bytes = None
    headers: dict = field(default_factory=dict)

    @property
    def target(self):
        pairs = "&".join(
            quote(key, safe="") + ("" if value is None else "=" + quote(value, safe=",*"))
            for key, value in self.query.items()
        )
        return self.path + ("?" + pairs if pairs else "")

    @property
    def unexpected(self):
        """Whether a route that should not exist would change something."""
        return self.method != self.route.method and self.method in ("PUT", "POST", "DELETE")


def routes():
    found = []
    for line in ROUTES.read_text().splitlines():
        row = ROW.match(line)
        if row and row.group(1) != "method":
            found.append(Route(row.group(1), row.group(2), row.group(3), tuple(row.group(4).split())))
    return found


def value_of(path, part):
    fitting = [start for start, name in PATH_VALUES if name == part and start in path]
    if fitting:
        return PATH_VALUES[(max(fitting, key=len), part)]
    return VALUES.get(part, "audit")


def fill(path, values=None):
    """`path` with values for its parts in braces."""

    def replacement(found):
        value = (values or {}).get(found.group(1))
        return quote(value_of(path, found.group(1)) if value is None else value, safe=",")

    return re.sub(r"\{(\w+)\}", replacement, path)


class Generator:
    """Makes the probes of one route."""

    def __init__(self, all_routes):
        self.routes = all_routes
        self.paths = {}
        for route in all_routes:
            self.paths.setdefault(route.path, set()).add(route.method)

    def takes_index(self, route):
        """Whether the route stands for another one whose path names the index."""
        return "{index}" not in route.path and any(
            other.operation == route.operation and "{index}" in other.path for other in self.routes
        )

    def base(self, route):
        query = dict(QUERIES.get(route.operation, {}))
        if self.takes_index(route):
            query["index"] = INDEX_OF.get(route.operation, "audit-open")
        values = {"index": INDEX_OF.get(route.operation)}
        body = BODIES.get(route.operation)
        if route.operation == "put_alias":
            body = '{"alias":"audit-alias"}' if "{name}" not in route.path else None
        if route.operation in ("mget", "bulk") and "{index}" in route.path:
            body = '{"ids":["1"]}' if route.operation == "mget" else '{"index":{"_id":"1"}}\n{"title":"x"}\n'
        return Probe(
            route,
            "plain",
            route.method,
            fill(route.path, values),
            query,
            body.encode() if body else None,
            dict(JSON) if body else {},
        )

    def of(self, route):
        base = self.base(route)
        harmless = route.operation not in EVERYTHING or "{index}" in route.path
        if harmless:
            yield base
            yield from self.bodies(base)
            yield from self.accepts(base)
        yield from self.unknown(base)
        yield from self.parameters(base)
        yield from self.names(base)
        if route.method == min(self.paths[route.path]):
            yield from self.methods(base)

    def unknown(self, base):
        for name in ("audit_unknown", "", "prety", "INDEX"):
            yield replace(base, kind="unknown parameter", query={**base.query, name: "1"})
        yield replace(base, kind="unknown parameters", query={**base.query, "zeta": "1", "alpha": "2"})
        for known in (*base.route.parameters, *COMMON):
            near = known[:-1] + ("x" if known[-1] != "x" else "y")
            yield replace(base, kind="near parameter", query={**base.query, near: "1"})

    def parameters(self, base):
        names = dict.fromkeys((*base.route.parameters, *COMMON, *base.route.parts))
        for name in names:
            for value in ("wrong!", "", None, "-5", "1.5", "99999999999", "true"):
                if base.route.operation in EVERYTHING and name in ("index", "name", "expand_wildcards"):
                    continue
                if base.route.operation in EVERYTHING and "{index}" not in base.route.path and value != "wrong!":
                    continue
                yield replace(base, kind=f"{name}={value}", query={**base.query, name: value})
        if base.route.method == "GET":
            for part in ("index", "name", "id", "metric", "nodes", "nodeId", "fields"):
                if part not in names:
                    yield replace(base, kind=f"{part} in the query", query={**base.query, part: value_of("", part)})

    def names(self, base):
        route = base.route
        for kind, name in INDEX_NAMES.items():
            wild = "*" in name or name in (",", ".", "..") or name.startswith("-")
            if wild and route.operation in EVERYTHING:
                continue
            if "index" in route.parts:
                yield replace(base, kind=f"index: {kind}", path=fill(route.path, {"index": name}))
            elif self.takes_index(route) and not wild:
                yield replace(base, kind=f"?index: {kind}", query={**base.query, "index": name})
        if "index" in route.parts:
            for option in ("ignore_unavailable", "allow_no_indices"):
                if option in route.parameters:
                    for value in ("true", "false"):
                        yield replace(
                            base,
                            kind=f"missing, {option}={value}",
                            path=fill(route.path, {"index": "audit-missing"}),
                            query={**base.query, option: value},
                        )
        for part in route.parts:
            if part == "index":
                continue
            for value in ("audit-missing", "wrong!", "_audit", "a,b", "x" * 600, "-5"):
                if route.operation in EVERYTHING and value == "_all":
                    continue
                yield replace(base, kind=f"{{{part}}}", path=fill(route.path, {part: value}))

    def bodies(self, base):
        query = {**base.query}
        if base.route.operation == "cancel_tasks":
            query["actions"] = "audit"
        for kind, body in WRONG_BODIES.items():
            yield replace(base, kind=f"body: {kind}", query=query, body=body, headers=dict(JSON))
        yield replace(base, kind="body: none", body=None, headers={})
        yield replace(base, kind="body: none, typed", body=None, headers=dict(JSON))
        for kind, headers in WRONG_TYPES.items():
            yield replace(base, kind=f"content type: {kind}", body=base.body or b"{}", headers=headers)
            yield replace(base, kind=f"content type, no body: {kind}", body=None, headers=headers)
        yield replace(base, kind="source", query={**query, "source": "{}"}, body=None, headers={})
        for media in ("application/json", "garbage", "", "application/x-ndjson"):
            yield replace(
                base,
                kind="source with type",
                query={**query, "source": "{", "source_content_type": media},
                body=None,
                headers={},
            )

    def accepts(self, base):
        for accept in ACCEPTS:
            yield replace(base, kind="accept", headers={**base.headers, "Accept": accept})
            bad = {**base.query, "audit_unknown": "1"}
            yield replace(base, kind="accept of an error", query=bad, headers={"Accept": accept})

    def methods(self, base):
        """Methods that the path has not, in the path and with parts that lead nowhere."""
        for method in METHODS:
            if method in self.paths[base.route.path] or (method == "HEAD" and base.method == "GET"):
                continue
            yield replace(base, kind=f"method {method}", method=method, body=None, headers={})
        if base.route.method == "GET":
            for end in ("/audit/audit/audit", "/"):
                yield replace(base, kind="longer path", path=base.path.rstrip("/") + end)
