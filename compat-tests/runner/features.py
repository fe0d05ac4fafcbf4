"""Which feature a failing test waits for, read from why it failed."""

import re

ENDPOINT = re.compile(r"no handler: (\w+) (\S+)")
# What names a feature in an error, and how the report calls it.
PATTERNS = [
    (re.compile(r"[Nn]o handler for type \[([\w-]+)\]"), "field type {}"),
    (re.compile(r"unknown query \[(\w+)\]"), "query {}"),
    (re.compile(r"aggregation type \[(\w+)\] is not supported"), "aggregation {}"),
    (re.compile(r"\[(\w+)\] is not supported by this version of Quidditch"), "search option {}"),
    (re.compile(r"failed to find global (\w+) under \[(\w+)\]"), "{} {}"),
    (re.compile(r"unknown setting \[([\w.]+)\]"), "setting {}"),
    (re.compile(r"contains unrecognized parameter: \[(\w+)\]"), "parameter {}"),
    (re.compile(r"illegal latitude|geo_"), "geo fields and queries"),
    (re.compile(r"compile error|script"), "scripts"),
]
# Endpoints that come together, by the start of their path without names.
FAMILIES = [
    ("/_template", "index templates"),
    ("/_index_template", "index templates"),
    ("/_component_template", "index templates"),
    ("/_snapshot", "snapshots"),
    ("/_ingest", "ingest pipelines"),
    ("/_search/pipeline", "search pipelines"),
    ("/_data_stream", "data streams"),
    ("/_scripts", "stored scripts"),
    ("/_reindex", "reindex, update and delete by query"),
    ("/{name}/_update_by_query", "reindex, update and delete by query"),
    ("/{name}/_delete_by_query", "reindex, update and delete by query"),
    ("/{name}/_split", "split, shrink and clone"),
    ("/{name}/_shrink", "split, shrink and clone"),
    ("/{name}/_clone", "split, shrink and clone"),
    ("/_list", "paged lists (_list)"),
]
# Folders of the official suite whose tests fail in a check, not in a call that is missing.
AREAS = {
    "indices.put_template": "index templates",
    "indices.get_template": "index templates",
    "indices.delete_template": "index templates",
    "indices.get_index_template": "index templates",
    "indices.put_index_template": "index templates",
    "indices.simulate_index_template": "index templates",
    "cat.templates": "index templates",
    "cluster.put_component_template": "index templates",
    "snapshot.": "snapshots",
    "cat.snapshots": "snapshots",
    "cat.repositories": "snapshots",
    "ingest": "ingest pipelines",
    "search_pipeline": "search pipelines",
    "wlm_stats_list": "paged lists (_list)",
    "indices.split": "split, shrink and clone",
    "indices.shrink": "split, shrink and clone",
    "indices.clone": "split, shrink and clone",
    "indices.rollover": "rollover",
    "cluster.voting_config_exclusions": "voting configuration exclusions",
}


def endpoint(path):
    for start, feature in FAMILIES:
        if path.startswith(start):
            return feature
    return f"endpoint {path}"


def of(name, cause):
    """The feature that the test `name`, which failed for `cause`, waits for."""
    found = ENDPOINT.search(cause)
    if found:
        return endpoint(found.group(2))
    for pattern, text in PATTERNS:
        found = pattern.search(cause)
        if found:
            return text.format(*found.groups())
    area = name.split("/")[1] if name.startswith("corpus/") else name.split("/")[0]
    if not name.startswith("corpus/"):
        for start, feature in AREAS.items():
            if area.startswith(start):
                return feature
        return f"exact answers of {area}"
    return f"exact answers of own cases: {area}"
