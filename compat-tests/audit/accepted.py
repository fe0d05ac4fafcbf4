"""Differences that are meant, each with its reason; differences.md tells of them too.

A rule gets the operation, the kind and the target of a probe, and one place: its path, what the reference has there
and what Quidditch has.
"""

import re

REFUSED_FRAMING = {
    "folded line",
    "two hosts",
    "unknown coding",
    "unknown method",
    "unknown version",
    "lower case method",
    "tls hello",
}


# The reference fails with a 500 or a text of its parser where Quidditch says what is wrong, and the reverse of
# what is no object: see "Where the reference breaks" and "Error text" of differences.md.
RAW_TARGETS = {"absolute target", "target without slash", "two slashes", "nul in target"}
BINARY = {"content type: cbor", "content type: smile"}
OF_BINARY = {"index", "create", "create_index", "put_mapping", "put_alias"}
WAITS = {"wait_for_completion", "wait_for_metadata_version"}
NOT_CLOSED = "Failed to close the XContentBuilder"


def accepted(operation, kind, target, where):
    """Whether all the places where two answers differ are known."""
    if no_answer(kind, target, where) or broken_there(operation, kind, where):
        return True
    return all(any(rule(operation, kind, *place) for rule in RULES) for place in where)


def no_answer(kind, target, where):
    """The reference never answers _cat/indices of nothing, and waits for what does not come."""
    silent = any(place[:2] == ("status", 0) for place in where)
    return silent and (target.startswith("GET /_cat/indices") or kind.split("=")[0] in WAITS)


def broken_there(operation, kind, where):
    """Null pointers of the reference, scripts whose text is no JSON, a point in time over no shard."""
    name = kind.split("=")[0]
    failed = any(place[:2] == ("status", 500) for place in where)
    if operation == "create_pit":
        return any("invalid id: [null]" in str(place[1]) for place in where)
    if operation == "put_script":
        return failed and name.startswith("body: ")
    return failed and name in ("suggest_field", "allow_partial_search_results")


def closes(operation, kind, path, expected, found):
    """After a framing error nothing that follows on the connection can be trusted."""
    return operation == "http" and path == "closed" and found is True


def refuses(operation, kind, path, expected, found):
    """What two readers may frame differently is refused."""
    return operation == "http" and kind in REFUSED_FRAMING


def reads_target(operation, kind, path, expected, found):
    """Targets that are no path."""
    return operation == "http" and kind in RAW_TARGETS


def says_more(operation, kind, path, expected, found):
    """A number that is too long, and a body that is no gzip."""
    return operation == "http" and (
        (kind == "length too large for a number" and path == "body.error.caused_by")
        or (kind == "bad gzip" and path.startswith("body.error."))
    )


def half_rendered(operation, kind, path, expected, found):
    """An error in the middle of an answer is followed by that of the writer, which is not done."""
    return path == "body.error.suppressed" and found == "<absent>" and NOT_CLOSED in str(expected)


def binary_text(operation, kind, path, expected, found):
    """JSON that is called CBOR or SMILE where the reference hands bytes on or reads them twice."""
    both_refuse = path != "status" or operation != "put_alias"
    return kind in BINARY and operation in OF_BINARY and both_refuse


def too_deep(operation, kind, path, expected, found):
    """Settings that are nested too deep are a 500."""
    return kind == "body: deep" and operation in ("put_settings", "put_cluster_settings") and expected == 500


def nothing_but_commas(operation, kind, path, expected, found):
    """ "," is no index; the reference takes it for all of them."""
    return kind == "index: blank list" and operation in ("put_mapping", "get_field_mapping", "validate_query")


def no_events(operation, kind, path, expected, found):
    """The reference's YAML writer fails over an answer without a body."""
    yaml = kind == "accept" or kind.endswith(": yaml")
    return operation == "clear_voting_exclusions" and yaml and (path == "body" or (expected, found) == (500, 200))


def binary_counts(operation, kind, path, expected, found):
    """Versions and sequence numbers count the requests of each server; in CBOR they are not taken out before."""

    def without_counts(text):
        return re.sub(r"(?s)(_version|_seq_no).{1,5}?(?=fresult|m_primary)", r"\1", str(text))

    return operation == "delete" and kind.endswith(": cbor") and without_counts(expected) == without_counts(found)


def metric_of_cluster(operation, kind, path, expected, found):
    """Cluster statistics have no metrics to choose from here."""
    return operation == "cluster_stats" and kind == "metric in the query"


RULES = [
    closes,
    refuses,
    reads_target,
    says_more,
    half_rendered,
    binary_text,
    too_deep,
    nothing_but_commas,
    no_events,
    binary_counts,
    metric_of_cluster,
]
