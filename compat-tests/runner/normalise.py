"""Takes out of a response what differs between two runs of the same request: times, ids, names and
sizes of the machine.
"""

import json
import re

MASK = "*"
# Keys whose values never say anything about compatibility.
VOLATILE = {
    "took",
    "uuid",
    "index_uuid",
    "cluster_uuid",
    "_shards_time",
    "creation_date",
    "creation_date_string",
    "build_hash",
    "build_date",
    "timestamp",
    "allocation_id",
    "node",
    "scroll_id",
    "_scroll_id",
    "pit_id",
    "creation_time",
    "stack_trace",
    "primary_term_id",
    "took_millis",
    "time_in_millis",
    "start_time",
    "end_time",
    "start_time_in_millis",
    "end_time_in_millis",
    "duration_in_millis",
    "history_uuid",
    "translog_uuid",
    "commit_id",
    "state_uuid",
}
PATTERNS = [
    # Node ids and index uuids: 20 to 22 characters of base 64 of which some are upper case and some digits.
    (
        re.compile(
            r"(?<![A-Za-z0-9_-])(?=[A-Za-z0-9_-]*[0-9_-])(?=[A-Za-z0-9_-]*[A-Z])"
            r"(?=[A-Za-z0-9_-]*[a-z])[A-Za-z0-9_-]{20,22}(?![A-Za-z0-9_-])"
        ),
        "<id>",
    ),
    # One id in sixty has letters only: it is told from a word by the version digit of a uuid and by its capitals.
    (
        re.compile(
            r"(?<![A-Za-z0-9_-])(?=(?:[a-z]*[A-Z]){5})[A-Za-z]{8}[QRST][A-Za-z]{13}(?![A-Za-z0-9_-])"
        ),
        "<id>",
    ),
    (re.compile(r"\b127\.0\.0\.1(?::\d+)?\b|\[::1\](?::\d+)?"), "<address>"),
    # How Java prints an object that has no text.
    (re.compile(r"(?<=[A-Za-z])@[0-9a-f]{5,8}\b"), "@<hash>"),
    (re.compile(r"\{[^{}]*\}\{<id>\}(?:\{[^{}]*\})*"), "<node>"),
]


def text(value):
    for pattern, replacement in PATTERNS:
        value = pattern.sub(replacement, value)
    return value


def value(item):
    """`item` with volatile values replaced by `*`, keys that are ids replaced too."""
    if isinstance(item, dict):
        return {text(key): MASK if key in VOLATILE else value(inner) for key, inner in item.items()}
    if isinstance(item, list):
        return [value(inner) for inner in item]
    if isinstance(item, str):
        return text(item)
    return item


# What the reference puts together from sets whose order it draws anew at each start, so that only which
# members there are can be compared: the methods that a path allows, and the clauses of a maximum.
ALLOWED = re.compile(r"(?<= and method \[)(\w+\], allowed: )\[([A-Z]+(?:, [A-Z]+)*)\]")
MAXIMUM = re.compile(r"max (?:of|plus [\d.E-]+ times others of):")


def ordered(item):
    """`item` with such sets in an order of ours; every member stays."""
    if isinstance(item, dict):
        out = {key: ordered(inner) for key, inner in item.items()}
        if MAXIMUM.fullmatch(str(out.get("description"))) and isinstance(out.get("details"), list):
            out["details"] = sorted(out["details"], key=lambda part: json.dumps(part, sort_keys=True))
        return out
    if isinstance(item, list):
        return [ordered(inner) for inner in item]
    if isinstance(item, str):
        return ALLOWED.sub(lambda found: f"{found[1]}[{', '.join(sorted(found[2].split(', ')))}]", item)
    return item


def mask(item, keys):
    """Replaces what the path `keys` leads to; `*` stands for every key or element."""
    if not keys or item is None:
        return
    head, rest = keys[0], keys[1:]
    if isinstance(item, dict):
        names = list(item) if head == "*" else [head] if head in item else []
    elif isinstance(item, list):
        names = (
            range(len(item))
            if head == "*"
            else [int(head)] if head.isdigit() and int(head) < len(item) else []
        )
    else:
        return
    for name in names:
        if rest:
            mask(item[name], rest)
        else:
            item[name] = MASK


def response(found, masks=()):
    """{status, body} of a response, ready to be recorded or compared. Text bodies become lists of lines."""
    out = {"status": found.status}
    body = found.body
    if isinstance(body, str):
        body = [text(line.rstrip()) for line in body.split("\n")]
        while body and body[-1] == "":
            body.pop()
    elif body is not None:
        body = value(body)
        for path in masks:
            mask(body, path.split("."))
    if body is not None:
        out["body"] = body
    return out
