"""Sends wrong requests to every route, to Quidditch and to the reference, and compares the errors.

    run.py --url URL --reference URL [--only TEXT] [--out FILE] [--list]

Compared are the status, the whole error body (type, reason, root causes), the Allow header, the content type and
the warnings, after runner/normalise.py. Of answers that are no error only status, content type and warnings are:
their bodies are the corpus's matter. `--only` takes probes whose kind, operation or target has the text. The exit
code is 1 when there is a difference that accepted.py does not give a reason for.
"""

import argparse
import itertools
import json
import re
import sys
import uuid
from collections import defaultdict
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent))

from audit import raw  # noqa: E402
from audit.accepted import accepted  # noqa: E402
from audit.probes import Generator, routes  # noqa: E402
from runner import normalise  # noqa: E402
from runner.client import Client, ConnectionLost  # noqa: E402

FIXTURE = '{"settings":{"number_of_shards":1,"number_of_replicas":0},"mappings":{"properties":{%s}}}' % ",".join(
    '"%s":{"type":"%s"}' % pair
    for pair in (("title", "text"), ("tag", "keyword"), ("number", "integer"), ("day", "date"))
)
INDICES = ("audit-open", "audit-other", "audit-closed", "audit-new")
DATED = "%3Caudit-%7Bnow%2Fd%7D%3E"
UNBLOCKED = {"index.blocks.read": None}
SCRIPTS_BY_ACCIDENT = ("audit-script", "audit-missing", "wrong!", "_audit", "a,b", "x" * 600, "-5")
# What takes back the work of an operation.
UNDO = {
    "create_index": [("DELETE", "/audit-new?ignore_unavailable=true", None)],
    **{
        name: [("DELETE", "/audit-open/_alias/audit-missing", None)]
        + [("DELETE", f"/{index}/_alias/audit-alias", None) for index in ("audit-closed", "audit-missing", DATED)]
        for name in ("put_alias", "update_aliases")
    },
    **{
        name: [("DELETE", f"/{index}?ignore_unavailable=true", None) for index in ("audit-missing", DATED)]
        for name in ("index", "create", "update", "bulk")
    },
    "close_index": [("POST", "/audit-open/_open", None)],
    "open_index": [("POST", "/audit-closed/_close", None)],
    "put_script": [("DELETE", f"/_scripts/{name}", None) for name in SCRIPTS_BY_ACCIDENT],
    "add_block": [
        ("PUT", f"/audit-open,audit-other,audit-missing,{DATED}/_settings?ignore_unavailable=true", UNBLOCKED)
    ],
}
MADE_BY_ACCIDENT = ("audit-missing", "+audit", "%3Caudit-%7Bnow%2Fd%7D%3E")
SHOWN_MAX = 200
# The reference gives a deprecation warning once for each X-Opaque-Id.
RUN = uuid.uuid4().hex
NUMBERS = itertools.count()
WAIT_S = 3


class Servers:
    """Quidditch and the reference, with the same indices in both."""

    def __init__(self, url, reference):
        self.clients = [Client(reference, WAIT_S), Client(url, WAIT_S)]

    def prepare(self):
        for client in self.clients:
            for name in (*INDICES, *MADE_BY_ACCIDENT):
                client.request("DELETE", f"/{name}?ignore_unavailable=true")
            for name in INDICES[:3]:
                self.need(client, "PUT", f"/{name}", FIXTURE)
            for number in (1, 2, 3):
                body = {"title": f"title {number}", "tag": "a", "number": number, "day": "2020-01-01"}
                self.need(client, "PUT", f"/audit-open/_doc/{number}?refresh=true", body)
            actions = [{"add": {"index": "audit-open", "alias": "audit-alias"}}]
            actions += [{"add": {"index": name, "alias": "audit-two"}} for name in INDICES[:2]]
            self.need(client, "POST", "/_aliases", {"actions": actions})
            self.need(client, "POST", "/audit-closed/_close", None)

    def restore(self, probe):
        """Undoes what a probe did that was taken."""
        if probe.unexpected:
            self.prepare()
        for method, path, body in UNDO.get(probe.route.operation, ()):
            for client in self.clients:
                client.request(method, path, None, body)

    def need(self, client, method, path, body):
        found = client.request(method, path, None, body)
        if found.status >= 300:
            sys.exit(f"audit: {client.url} refuses {method} {path}: {found.text[:300]}")

    def clean(self):
        for client in self.clients:
            for name in (*INDICES, *MADE_BY_ACCIDENT):
                client.request("DELETE", f"/{name}?ignore_unavailable=true")


def send(client, probe):
    """The part of an answer that is compared."""
    headers = {name: value for name, value in probe.headers.items() if value is not None}
    try:
        typed = "Content-Type" in probe.headers and probe.headers["Content-Type"] is None
        headers["X-Opaque-Id"] = f"{RUN}-{next(NUMBERS)}"
        found = client.request(probe.method, probe.target, None, probe.body, headers, typed=not typed)
    except ConnectionLost as error:
        return {"status": 0, "body": str(error)[:40]}
    out = {
        "status": found.status,
        "type": found.content_type,
        "allow": ordered(next((value for name, value in found.headers if name == "allow"), "")),
        "warnings": [normalise.text(text) for text in found.warnings()],
    }
    if found.status >= 400:
        out["body"] = trimmed(normalise.response(found).get("body"))
    return out


def ordered(methods):
    """The order of methods is that of Java's hash codes, another one after each start."""
    return ",".join(sorted(methods.split(",")))


def trimmed(body):
    """The body of an error without what the reference draws by lot."""
    if isinstance(body, dict):
        for name in ("cluster_name", "_seq_no", "_version"):
            body.pop(name, None)
        body = json.loads(re.sub(r"current version \[\d+\]", "current version [*]", json.dumps(body)))
    if isinstance(body, dict) and isinstance(body.get("error"), str):
        parts = re.split(r"(allowed: \[)([A-Z, ]*)(\])", body["error"])
        if len(parts) > 2:
            parts[2] = ", ".join(sorted(parts[2].split(", ")))
        body["error"] = "".join(parts)
    return body


def places(expected, found, path=""):
    """Every place where two answers differ: (path, expected, found)."""
    if isinstance(expected, dict) and isinstance(found, dict):
        for key in sorted(expected.keys() | found.keys()):
            inner = f"{path}.{key}" if path else key
            if key not in expected or key not in found:
                yield inner, expected.get(key, "<absent>"), found.get(key, "<absent>")
            else:
                yield from places(expected[key], found[key], inner)
    elif isinstance(expected, list) and isinstance(found, list) and len(expected) == len(found):
        for one, other in zip(expected, found):
            yield from places(one, other, f"{path}.*")
    elif type(expected) is not type(found) or expected != found:
        yield path, expected, found


def audit_routes(servers, only):
    """Yields (probe, expected, found) of every probe."""
    everything = routes()
    generator = Generator(everything)
    for route in everything:
        print(f"\r{route.method} {route.path:60}", end="", file=sys.stderr, flush=True)
        for probe in generator.of(route):
            if only and not any(only in text for text in (probe.kind, route.operation, probe.target)):
                continue
            answers = [send(client, probe) for client in servers.clients]
            yield probe.route.operation, probe.kind, f"{probe.method} {probe.target[:200]}", probe.body, answers
            if any(0 < answer["status"] < 300 for answer in answers):
                servers.restore(probe)


def audit_raw(servers, only):
    for kind, data in raw.RAW.items():
        if only and only not in kind and only != "raw":
            continue
        answers = []
        for client in servers.clients:
            found = raw.answer(client.host, client.port, data)
            try:
                found["body"] = normalise.value(json.loads(found["body"])) if found["status"] >= 400 else None
            except ValueError:
                found["body"] = found["body"].decode("latin-1")
            found["allow"], found["body"] = ordered(found["allow"] or ""), trimmed(found["body"])
            answers.append(found)
        yield "http", kind, f"raw: {kind}", None, answers


def kind_of(operation, kind, expected, found, where):
    """What differences are grouped by: statuses and the first place, with the texts of reasons."""
    place, one, other = where[0]
    shape = re.sub(r"audit[-\w]*|\d+", "…", f"{one} / {other}")
    return f"{expected['status']}/{found['status']} {place}: {shape[:160]}"


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--url", required=True)
    parser.add_argument("--reference", required=True)
    parser.add_argument("--only", default="")
    parser.add_argument("--out", default="build/compat/audit.json")
    options = parser.parse_args()
    servers = Servers(options.url, options.reference)
    servers.prepare()
    count, known, found_differences = 0, 0, []
    try:
        for source in (audit_raw, audit_routes):
            for operation, kind, target, body, (expected, found) in source(servers, options.only):
                count += 1
                where = list(places(expected, found))
                if where and accepted(operation, kind, target, where):
                    known += 1
                elif where:
                    found_differences.append((operation, kind, target, body, expected, found, where))
    finally:
        servers.clean()
    report(options.out, count, known, found_differences)
    sys.exit(1 if found_differences else 0)


def report(out, count, known, found_differences):
    groups = defaultdict(list)
    for entry in found_differences:
        operation, kind, _, _, expected, found, where = entry
        groups[kind_of(operation, kind, expected, found, where)].append(entry)
    ordered = sorted(groups.items(), key=lambda item: -len(item[1]))
    for name, entries in ordered[:SHOWN_MAX]:
        operations = sorted({entry[0] for entry in entries})
        kinds = sorted({entry[1] for entry in entries})
        print(f"{len(entries):5} {name}")
        print(f"      {entries[0][2]}  {str(entries[0][3] or '')[:100]}")
        print(f"      of {', '.join(operations)[:150]}; {', '.join(kinds)[:150]}")
    Path(out).parent.mkdir(parents=True, exist_ok=True)
    names = ("operation", "kind", "target", "body", "expected", "found")
    rows = [dict(zip(names, (*entry[:3], str(entry[3]), *entry[4:6]))) for entry in found_differences]
    Path(out).write_text(json.dumps(rows, indent=1, ensure_ascii=False))
    print(f"audit: {count} probes, {len(found_differences)} differ ({len(groups)} kinds), {known} with a reason")


if __name__ == "__main__":
    main()
