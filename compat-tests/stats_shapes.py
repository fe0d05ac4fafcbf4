#!/usr/bin/env python3
"""Lists the members of statistics that one server has and the other has not.

    compat-tests/stats_shapes.py http://127.0.0.1:9200 http://127.0.0.1:9201

The first server is the one under test, the second the reference. Both get an index `stats-shapes`, some
documents and searches, and are asked for every kind of statistics; values are not compared, only which members
there are and of what kind. Cat tables are compared by their column names. Ends with 1 when there is a
difference that is not in KNOWN.
"""

import json
import re
import sys
import urllib.error
import urllib.request

INDEX = "stats-shapes"

# Members that are allowed to differ, as patterns of whole paths, with the reason. All of them are described in
# differences.md.
KNOWN = [
    (r".*\.jvm\.(mem\.pools|gc\.collectors|buffer_pools)\..*", "there is no virtual machine"),
    (r".*\.(adaptive_selection|modules|plugins|attributes|settings|io_stats)(\[\].*|\..*)?", "differ by node"),
    (r".*\.jvm\.(gc_collectors|input_arguments|memory_pools)\[\]", "there is no virtual machine"),
    (r".*\.network_types\..*", "the network is another one"),
    (r".*\.script_cache\.contexts\[\]\..*", "contexts of scripts"),
    (r".*\.cgroup(\..*)?", "absent where the groups cannot be read"),
    (r".*\.(file_sizes|available_cores)(\..*)?", "differ by data"),
    (r".*\.(ingest|aggregations|search_pipelines|analysis|packaging_types)(\..*)?", "what is built in differs"),
    (r".*\.retention_leases\.leases\[\]\..*", "there are no leases"),
    (r".*\.user_data\.min_retained_seq_no", "Lucene's; nothing is retained by sequence number"),
    (r".*\.breakers\..*", "which there are follows the configuration"),
]

JSON_PATHS = [
    "/_nodes/stats/_all?level=shards&human",
    "/_nodes/stats/_all?level=indices",
    "/_nodes?human",
    f"/{INDEX}/_stats?level=shards&human&groups=_all",
    "/_cluster/stats?human",
    f"/{INDEX}/_recovery?detailed&human",
    f"/{INDEX}/_segments",
    "/_tasks?detailed",
]

CAT_TABLES = ["aliases", "allocation", "cluster_manager", "count", "fielddata", "health", "indices", "nodeattrs",
              "nodes", "pending_tasks", "plugins", "recovery", "repositories", "segments", "shards",
              "segment_replication", "tasks", "templates", "thread_pool"]


def ask(server, method, path, body=None):
    request = urllib.request.Request(server + path, method=method, data=body.encode() if body else None,
                                     headers={"content-type": "application/json"})
    try:
        with urllib.request.urlopen(request) as answer:
            return answer.read().decode()
    except urllib.error.HTTPError as error:
        return error.read().decode()


def prepare(server):
    ask(server, "DELETE", f"/{INDEX}")
    ask(server, "PUT", f"/{INDEX}", '{"settings":{"number_of_shards":1,"number_of_replicas":0}}')
    ask(server, "PUT", f"/{INDEX}/_doc/1?refresh=true", '{"n":1}')
    ask(server, "POST", f"/{INDEX}/_flush")
    ask(server, "GET", f"/{INDEX}/_search", '{"stats":["group"]}')


def kind(value):
    if isinstance(value, bool):
        return "boolean"
    if isinstance(value, (int, float)):
        return "number"
    return {str: "text", type(None): "null"}.get(type(value), "?")


def members(value, path, found):
    """Adds every path of a document; names that are ids become *."""
    if isinstance(value, dict):
        for name, inner in value.items():
            if re.fullmatch(r"[A-Za-z0-9_-]{22}(:\d+)?|\d+", name):
                name = "*"
            members(inner, f"{path}.{name}", found)
        if not value:
            found[path] = "object"
    elif isinstance(value, list):
        for inner in value:
            members(inner, path + "[]", found)
    else:
        found[path] = kind(value)


def own(values):
    """What belongs to the index, of a map by index or by [index][shard]."""
    return {name: value for name, value in values.items() if name == INDEX or name.startswith(f"[{INDEX}]")}


def only_own_index(document):
    """Other indices of a server that is in use say nothing, and of tasks there is only one."""
    nodes = document.get("nodes", {})
    for node in nodes.values() if isinstance(nodes, dict) else []:
        if not isinstance(node, dict):
            continue
        for place in (node.get("indices"), node.get("caches", {}).get("request_cache")):
            for level in ("indices", "shards"):
                if isinstance(place, dict) and isinstance(place.get(level), dict):
                    place[level] = own(place[level])
        if "tasks" in node:
            node["tasks"] = {"0": next((t for t in node["tasks"].values() if "parent_task_id" not in t), {})}
    return document


def json_shape(server, path):
    found = {}
    members(only_own_index(json.loads(ask(server, "GET", path))), "", found)
    return found


def cat_columns(server, table):
    lines = ask(server, "GET", f"/_cat/{table}?help").splitlines()
    return {f"{line.split('|')[0].strip()} {line.split('|')[1].strip()}" for line in lines if "|" in line}


def excuse(path):
    return next((reason for pattern, reason in KNOWN if re.fullmatch(pattern, path)), None)


def report(title, missing, extra, other):
    bad = 0
    for mark, paths in (("missing", missing), ("extra", extra), ("other kind", other)):
        for path in sorted(paths):
            reason = excuse(path)
            bad += reason is None
            print(f"{title}  {mark}  {path}" + (f"  (known: {reason})" if reason else ""))
    return bad


def main():
    tested, reference = sys.argv[1:3]
    bad = 0
    for server in (tested, reference):
        prepare(server)
    for path in JSON_PATHS:
        left, right = json_shape(tested, path), json_shape(reference, path)
        # An object without members and one with members are the same member.
        objects = lambda a, b: {p for p in a if a[p] == "object" and any(q.startswith(p + ".") for q in b)}
        skip = objects(left, right) | objects(right, left)
        covered = lambda p: any(p == s or p.startswith(s + ".") for s in skip)
        missing = {p for p in right if p not in left and not covered(p)}
        extra = {p for p in left if p not in right and not covered(p)}
        other = {p for p in left if p in right and "null" not in (left[p], right[p]) and left[p] != right[p]}
        bad += report(path, missing, extra, other)
    for table in CAT_TABLES:
        left, right = cat_columns(tested, table), cat_columns(reference, table)
        bad += report(f"/_cat/{table}", right - left, left - right, set())
    for server in (tested, reference):
        ask(server, "DELETE", f"/{INDEX}")
    print(f"{bad} differences that are not known")
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())
