"""Starts the server, indexes this machine's Debian package catalogue and shows what can be asked of it.

usage: package_catalogue.py MARKER SERVER [server arguments]      (called by scripts/run)

MARKER is a file that exists while the catalogue is being loaded. The server stays in the foreground until it
is stopped; its exit code is this program's. Uses Python's standard library only.
"""
import http.client
import json
import os
import re
import signal
import subprocess
import sys
import threading
import time

INDEX = "packages"
BATCH_BYTES = 2_000_000

KEYWORD = {"type": "keyword"}
BODY = {
    "settings": {"index": {"number_of_shards": 1, "number_of_replicas": 0}},
    "mappings": {
        "dynamic": "strict",
        "properties": {
            "name": {"type": "keyword", "fields": {"text": {"type": "text"}}},
            "version": KEYWORD,
            "source": KEYWORD,
            "architecture": KEYWORD,
            "section": KEYWORD,
            "priority": KEYWORD,
            "essential": {"type": "boolean"},
            "maintainer": {"type": "text", "fields": {"raw": KEYWORD}},
            "homepage": KEYWORD,
            "tags": KEYWORD,
            "depends": KEYWORD,
            "recommends": KEYWORD,
            "provides": KEYWORD,
            "installed_size": {"type": "long"},
            "download_size": {"type": "long"},
            "description": {"type": "text", "analyzer": "english"},
        },
    },
}

EXAMPLES = [
    ("Packages about web servers, best first", {
        "size": 5, "_source": ["name", "description"],
        "query": {"match": {"description": "web server"}}}),
    ("The phrase \"text editor\"", {
        "size": 3, "_source": ["name", "description"],
        "query": {"match_phrase": {"description": "text editor"}}}),
    ("Games that need more than 1 GB, largest first", {
        "size": 5, "_source": ["name", "installed_size"],
        "query": {"bool": {"filter": [{"term": {"section": "games"}}, {"range": {"installed_size": {"gt": 1000000}}}]}},
        "sort": [{"installed_size": "desc"}]}),
    ("The five largest sections and the mean size of their packages", {
        "size": 0,
        "aggs": {"sections": {"terms": {"field": "section", "size": 5},
                              "aggs": {"mean_kib": {"avg": {"field": "installed_size"}}}}}}),
    ("Who looks after most packages that depend on Python", {
        "size": 0, "track_total_hits": True,
        "query": {"term": {"depends": "python3"}},
        "aggs": {"maintainers": {"terms": {"field": "maintainer.raw", "size": 3}}}}),
]


class Stopped(Exception):
    """The server ended while it was being asked."""


class Client:
    """One connection to the server."""

    def __init__(self, port):
        self.connection = http.client.HTTPConnection("127.0.0.1", port, timeout=120)

    def ask(self, method, path, body=None, kind="application/json"):
        data = body if isinstance(body, (bytes, type(None))) else json.dumps(body).encode()
        try:
            self.connection.request(method, path, data, {"Content-Type": kind} if data else {})
            response = self.connection.getresponse()
            answer = json.loads(response.read() or b"{}")
        except (OSError, http.client.HTTPException) as problem:
            raise Stopped() from problem
        return response.status, answer

    def must(self, method, path, body=None, kind="application/json"):
        status, answer = self.ask(method, path, body, kind)
        if status >= 300:
            sys.exit("%s %s answered %d: %s" % (method, path, status, json.dumps(answer)[:500]))
        return answer


def paragraphs(lines):
    """Yields the fields of each package: {name: text}; continued lines are joined."""
    fields, last = {}, None
    for line in lines:
        line = line.rstrip("\n")
        if not line:
            if fields:
                yield fields
            fields, last = {}, None
        elif line[0] in " \t":
            if last:
                fields[last] += "\n" + line.strip()
        else:
            last, _, value = line.partition(":")
            fields[last] = value.strip()
    if fields:
        yield fields


def names(relation):
    """The package names of "a (>= 1) | b, c:any": a, b and c, each once."""
    found = dict.fromkeys(re.split(r"[\s(:]", part.strip(), maxsplit=1)[0] for part in re.split(r"[,|]", relation))
    return [name for name in found if name]


def document(fields):
    """What is indexed of one package."""
    result = {"name": fields["Package"], "version": fields.get("Version", "")}
    for field, key in (("source", "Source"), ("architecture", "Architecture"), ("section", "Section"),
                       ("priority", "Priority"), ("maintainer", "Maintainer"), ("homepage", "Homepage"),
                       ("description", "Description")):
        if fields.get(key):
            result[field] = fields[key]
    for field, key in (("installed_size", "Installed-Size"), ("download_size", "Size")):
        if fields.get(key, "").isdigit():
            result[field] = int(fields[key])
    for field, keys in (("depends", ("Pre-Depends", "Depends")), ("recommends", ("Recommends",)),
                        ("provides", ("Provides",))):
        related = [name for key in keys if fields.get(key) for name in names(fields[key])]
        if related:
            result[field] = list(dict.fromkeys(related))
    if fields.get("Tag"):
        result["tags"] = [tag.strip() for tag in fields["Tag"].replace("\n", " ").split(",") if tag.strip()]
    if fields.get("Essential") == "yes":
        result["essential"] = True
    return result


def catalogue():
    """All packages that apt knows. An empty list is fetched first."""
    for attempt in (1, 2):
        output = subprocess.run(["apt-cache", "dumpavail"], stdout=subprocess.PIPE, check=True).stdout
        packages = [fields for fields in paragraphs(output.decode("utf-8", "replace").split("\n")) if "Package" in fields]
        if packages or attempt == 2:
            return packages
        print("apt has no package list yet: fetching it", flush=True)
        update = ["apt-get", "update", "-qq"]
        subprocess.run(update if os.geteuid() == 0 else ["sudo", "-n"] + update, check=False)
    return []


def bar(done, total, started):
    """A progress bar, on a terminal only."""
    if not sys.stdout.isatty():
        return
    width = 40
    filled = width * done // max(total, 1)
    rate = done / max(time.monotonic() - started, 1e-9)
    sys.stdout.write("\r[%s%s] %d of %d packages, %d a second " % ("#" * filled, "." * (width - filled), done, total, rate))
    sys.stdout.flush()


def send(client, lines, count, refresh="false"):
    answer = client.must("POST", "/_bulk?refresh=" + refresh, b"".join(lines), "application/x-ndjson")
    if answer.get("errors"):
        bad = next(item for item in answer["items"] if "error" in item["index"])
        sys.exit("indexing failed: " + json.dumps(bad)[:500])
    return count


def load(client, packages):
    """Indexes the packages through _bulk; what an interrupted load left is written over, since ids are names."""
    status, answer = client.ask("PUT", "/" + INDEX, BODY)
    if status >= 300 and answer["error"]["type"] != "resource_already_exists_exception":
        sys.exit("creating the index %s failed: %s" % (INDEX, json.dumps(answer)[:500]))
    started = time.monotonic()
    lines, size, waiting, done = [], 0, 0, 0
    for fields in packages:
        identity = "%s_%s" % (fields["Package"], fields.get("Architecture", "all"))
        action = json.dumps({"index": {"_index": INDEX, "_id": identity}})
        line = (action + "\n" + json.dumps(document(fields), ensure_ascii=False) + "\n").encode()
        lines.append(line)
        size += len(line)
        waiting += 1
        if size >= BATCH_BYTES:
            done += send(client, lines, waiting)
            lines, size, waiting = [], 0, 0
            bar(done, len(packages), started)
    if lines:
        done += send(client, lines, waiting, refresh="true")
    bar(done, len(packages), started)
    seconds = time.monotonic() - started
    print("%sindexed %d packages in %.1f s (%d a second)" % ("\n" if sys.stdout.isatty() else "", done, seconds,
                                                             done / max(seconds, 1e-9)), flush=True)


def show_answer(answer):
    total = answer["hits"].get("total")
    if total:
        print("    %s%d documents" % ("at least " if total["relation"] == "gte" else "", total["value"]))
    for hit in answer["hits"]["hits"]:
        source = dict(hit.get("_source", {}))
        name = source.pop("name", hit["_id"])
        parts = ["%s: %s" % pair for pair in source.items()]
        score = "" if hit.get("_score") is None else "%8.4f  " % hit["_score"]
        print("    %s%-28s %s" % (score, name, "; ".join(parts)[:100]))
    for aggregation in answer.get("aggregations", {}).values():
        for bucket in aggregation["buckets"]:
            more = ["%s %.1f" % (name, value["value"]) for name, value in bucket.items() if isinstance(value, dict)]
            print("    %6d  %s  %s" % (bucket["doc_count"], bucket["key"], " ".join(more)))


def show_examples(client, port):
    for title, body in EXAMPLES:
        started = time.monotonic()
        status, answer = client.ask("POST", "/%s/_search" % INDEX, body)
        milliseconds = 1000 * (time.monotonic() - started)
        print("\n%s: %.1f ms over HTTP, %d ms in the server" % (title, milliseconds, answer.get("took", 0)))
        print("  POST /%s/_search %s" % (INDEX, json.dumps(body)))
        if status == 200:
            show_answer(answer)
        else:
            print("    %d: %s" % (status, json.dumps(answer)[:300]))
    print("\nThe server answers on http://127.0.0.1:%d; Ctrl-C stops it." % port, flush=True)


def watch(output, ready, port):
    """Passes the server's lines on and takes the port from the first."""
    for line in output:
        found = re.search(r"http on port (\d+)", line)
        if found:
            port.append(int(found.group(1)))
            ready.set()
        print(line, end="", flush=True)
    ready.set()


def main():
    marker, command = sys.argv[1], sys.argv[2:]
    try:
        os.makedirs(os.path.dirname(os.path.abspath(marker)), exist_ok=True)
        open(marker, "w", encoding="utf-8").close()
    except OSError as problem:
        sys.exit("the data directory cannot be made: %s" % problem)
    packages = catalogue()
    server = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, lambda *_: server.poll() is None and server.send_signal(signal.SIGTERM))
    ready, port = threading.Event(), []
    threading.Thread(target=watch, args=(server.stdout, ready, port), daemon=True).start()
    ready.wait()
    try:
        if port:
            client = Client(port[0])
            load(client, packages)
            os.remove(marker)
            show_examples(client, port[0])
    except Stopped:
        pass
    except SystemExit:
        server.terminate()
        server.wait()
        raise
    return server.wait()


if __name__ == "__main__":
    try:
        sys.exit(main())
    except KeyboardInterrupt:
        sys.exit(130)
