"""Differences that are meant, each with its reason; differences.md tells of them too.

A rule gets the operation, the kind and the target of a probe, and one place: its path, what the reference has there
and what Quidditch has.
"""

REFUSED_FRAMING = {
    "folded line",
    "two hosts",
    "unknown coding",
    "unknown method",
    "unknown version",
    "lower case method",
    "tls hello",
}


def accepted(operation, kind, target, where):
    """Whether all the places where two answers differ are known."""
    if no_answer(target, where) or broken_there(kind, where):
        return True
    return all(any(rule(operation, kind, *place) for rule in RULES) for place in where)


def no_answer(target, where):
    """The reference never answers _cat/indices of nothing."""
    return target.startswith("GET /_cat/indices") and any(place[:2] == ("status", 0) for place in where)


def broken_there(kind, where):
    """Null pointers of the reference."""
    name = kind.split("=")[0]
    failed = any(place[:2] == ("status", 500) for place in where)
    return failed and name in ("suggest_field", "allow_partial_search_results")


def closes(operation, kind, path, expected, found):
    """After a framing error nothing that follows on the connection can be trusted."""
    return operation == "http" and path == "closed" and found is True


def refuses(operation, kind, path, expected, found):
    """What two readers may frame differently is refused."""
    return operation == "http" and kind in REFUSED_FRAMING


RULES = [closes, refuses]
