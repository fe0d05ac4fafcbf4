"""Sends the same seeded random requests to Quidditch and to the reference, and compares the answers.

    run.py --url URL --reference URL [--seeds 10] [--seed N] [--requests 500] [--index differential]

Everything is compared but times, ids and node names (runner/normalise.py). Each kind of difference is printed once, with its
smallest request; the exit code is 1 when there is any.
"""

import argparse
import itertools
import json
import re
import sys
from collections import defaultdict
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent))

from differential.accepted import accepted, breaks  # noqa: E402
from differential.aggregations import Aggregations  # noqa: E402
from differential.generate import Generator  # noqa: E402
from differential.options import LEAVES, Options  # noqa: E402
from runner import normalise  # noqa: E402
from runner.client import Client, ConnectionLost  # noqa: E402

DOCUMENTS = 70
SHRINK_STEPS_MAX = 60
KINDS_SHOWN_MAX = 40
QUERIES = {*LEAVES, "bool", "dis_max", "constant_score", "boosting", "function_score"}


def places(expected, found, path=""):
    """Every place where two answers differ: (path, expected, found), numbers in paths as *."""
    if isinstance(expected, dict) and isinstance(found, dict):
        for key in sorted(expected.keys() | found.keys()):
            inner = f"{path}.{key}" if path else key
            if key not in expected or key not in found:
                yield inner, expected.get(key, "<absent>"), found.get(key, "<absent>")
            else:
                yield from places(expected[key], found[key], inner)
    elif isinstance(expected, list) and isinstance(found, list):
        if len(expected) != len(found):
            yield f"{path}.length", len(expected), len(found)
        for one, other in zip(expected, found):
            yield from places(one, other, f"{path}.*")
    elif type(expected) is not type(found) or expected != found:
        yield path, expected, found


# Explanations of several clauses, whose order is that of a hash map of Java objects.
UNORDERED = re.compile(r"(sum|max) of:|max plus .* of:|Failure to (meet condition|match minimum)|No matching clause")


def explanations(item):
    """The answer with the details of explanations in one order where the reference has none."""
    if isinstance(item, list):
        return [explanations(inner) for inner in item]
    if not isinstance(item, dict):
        return item
    found = {key: explanations(inner) for key, inner in item.items()}
    if isinstance(found.get("details"), list) and UNORDERED.match(str(found.get("description"))):
        found["details"].sort(key=lambda detail: json.dumps(detail, sort_keys=True))
    return found


def answer(client, request):
    method, path, body = request
    try:
        return explanations(normalise.response(client.request(method, path, None, body)))
    except ConnectionLost as error:
        return {"status": 0, "body": f"no answer: {error}"}


def differences(servers, request):
    expected, found = (answer(server, request) for server in servers)
    if breaks(expected, found):
        return []
    return [place for place in places(expected, found) if not accepted(request, *place)]


def kind_of(request, place):
    """What differences are grouped by: the kind of request, the place and, of errors, the status or type."""
    where, expected, found = place
    shown = f": {expected} / {found}" if where in ("status", "body.error.type") else ""
    return f"{request[1].split('/')[2].split('?')[0]} {where}{shown}"


def queries_in(item):
    """The queries below an item, the nearest first."""
    items = item.values() if isinstance(item, dict) else item if isinstance(item, list) else ()
    for inner in items:
        if isinstance(inner, dict) and len(inner) == 1 and next(iter(inner)) in QUERIES:
            yield inner
        else:
            yield from queries_in(inner)


def smaller(body):
    """Bodies with one thing less, or with a query replaced by one of its parts."""
    if isinstance(body, dict) and len(body) == 1 and next(iter(body)) in QUERIES:
        yield from queries_in(body)
    if isinstance(body, dict):
        for key in body:
            yield {name: value for name, value in body.items() if name != key}
        for key, value in body.items():
            for less in smaller(value):
                yield {**body, key: less}
    elif isinstance(body, list):
        for at in range(len(body)):
            if len(body) > 1:
                yield body[:at] + body[at + 1 :]
            for less in smaller(body[at]):
                yield body[:at] + [less] + body[at + 1 :]


def shorter(path):
    """Paths with one parameter less."""
    path, _, parameters = path.partition("?")
    parameters = parameters.split("&") if parameters else []
    for at in range(len(parameters)):
        less = parameters[:at] + parameters[at + 1 :]
        yield path + ("?" + "&".join(less) if less else "")


def shrink(servers, request, kind):
    """The smallest request that a few greedy steps find which still differs in the same way."""
    for _ in range(SHRINK_STEPS_MAX):
        method, path, body = request
        smaller_ones = [(method, less, body) for less in shorter(path)]
        for less in itertools.chain(smaller_ones, ((method, path, less) for less in smaller(body))):
            if any(kind_of(request, place) == kind for place in differences(servers, less)):
                request = less
                break
        else:
            break
    return request


def fill(servers, generator, index):
    definition = generator.index()
    lines = []
    for number in range(DOCUMENTS):
        lines += [
            json.dumps({"index": {"_id": str(number)}}),
            json.dumps(generator.document(), ensure_ascii=False),
        ]
    bulk = "\n".join(lines) + "\n"
    for server in servers:
        server.request("DELETE", f"/{index}?ignore_unavailable=true")
        server.request("PUT", f"/{index}", None, definition)
        server.request("POST", f"/{index}/_bulk?refresh=true", None, bulk)
        server.request("POST", f"/{index}/_forcemerge?max_num_segments=1")
        server.request("POST", f"/{index}/_refresh")


def run_seed(servers, index, generator, seed, count, found):
    fill(servers, generator, index)
    differing = 0
    for number in range(count):
        request = generator.request(index)
        places_found = differences(servers, request)
        if not places_found:
            continue
        differing += 1
        kinds = {kind_of(request, place): place for place in places_found}
        # A wrong status makes everything else differ: it alone is told.
        status = [kind for kind in kinds if " status" in kind]
        for kind in status or list(kinds)[:3]:
            entry = found[kind]
            if not entry:
                small = shrink(servers, request, kind)
                places_small = [
                    place for place in differences(servers, small) if kind_of(small, place) == kind
                ]
                entry.append((seed, number, small, places_small[0] if places_small else kinds[kind]))
            else:
                entry.append(None)
    for server in servers:
        server.request("DELETE", f"/{index}")
    return differing


def report(found, sent, differing):
    print(
        f"differential: {sent} requests, {differing} answered differently, {len(found)} kinds of difference"
    )
    ordered = sorted(found.items(), key=lambda item: -len(item[1]))
    for kind, entries in ordered[:KINDS_SHOWN_MAX]:
        seed, number, (method, path, body), (where, expected, actual) = entries[0]
        print(f"\n{len(entries)} × {kind}   (first: seed {seed}, request {number})")
        print(f"  {method} {path} {json.dumps(body, ensure_ascii=False)}")
        print(f"  {where}: reference {json.dumps(expected, ensure_ascii=False)[:300]}")
        print(f"  {' ' * len(where)}  quidditch {json.dumps(actual, ensure_ascii=False)[:300]}")
    if len(ordered) > KINDS_SHOWN_MAX:
        print(f"\n… and {len(ordered) - KINDS_SHOWN_MAX} rarer kinds")


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--url", required=True)
    parser.add_argument("--reference", required=True)
    parser.add_argument("--seed", type=int, help="only this seed")
    parser.add_argument("--seeds", type=int, default=10)
    parser.add_argument("--only", choices=["generator", "options", "aggregations"], help="only requests of this kind")
    parser.add_argument("--index", default="differential", help="what the indices' names begin with")
    parser.add_argument("--requests", type=int, default=500, help="requests a seed")
    options = parser.parse_args()
    servers = (Client(options.reference), Client(options.url))
    seeds = [options.seed] if options.seed is not None else range(1, options.seeds + 1)
    found, differing = defaultdict(list), 0
    kinds = [Generator, Options, Aggregations]
    kinds = [kind for kind in kinds if options.only in (None, kind.__name__.lower())]
    for seed in seeds:
        for kind in kinds:
            index = f"{options.index}-{kind.__name__.lower()}-{seed}"
            differing += run_seed(servers, index, kind(seed), seed, options.requests // len(kinds), found)
    report(found, len(seeds) * options.requests, differing)
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
