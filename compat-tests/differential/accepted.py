"""Differences that are accepted. Each rule has its reason in ../differences.md."""

import re

RANGE = re.compile(r"(Approximate\()?(?P<field>[\w.]+):\[[^\[\]]* TO [^\[\]]*\]\)?")
WORD = re.compile(r"[^\s\[\](),|]+")


def hash_of_object(where, expected, found):
    """Java prints objects without a text of their own as class and hash."""
    return isinstance(expected, str) and "<hash>" in expected


def order_in_description(where, expected, found):
    """Explanations print sets and maps in Java's hash order; the same words in another order say the same."""
    if not where.endswith(("description", "explanation")) or not isinstance(expected, str) or not isinstance(found, str):
        return False
    return sorted(WORD.findall(expected)) == sorted(WORD.findall(found))


def form_of_range(where, expected, found):
    """Which of the equal forms of a top-level range explains itself depends on what the reference optimised."""
    if not where.endswith("_explanation.description"):
        return False
    ranges = RANGE.fullmatch(str(expected)), RANGE.fullmatch(str(found))
    return None not in ranges and ranges[0]["field"] == ranges[1]["field"]


def form_of_all(where, expected, found):
    """Everything, sorted by a number, is walked by the points of that field: so it explains itself there."""
    form = RANGE.fullmatch(str(expected)) if where.endswith("_explanation.description") else None
    return form is not None and form[1] is not None and found == "*:*"


RULES = [hash_of_object, order_in_description, form_of_range, form_of_all]

# Requests that the reference cannot answer at all, by what it says of them; here they are answered.
ANSWERED = [
    ("unsupported_operation_exception", None),  # everything, sorted by a half_float or scaled_float
    ("null_pointer_exception", r"Cannot invoke .* because .* is null"),  # suggest_field without suggest_text, ...
]


def is_known(error):
    return any(
        error.get("type") == kind and (reason is None and error.get("reason") is None
                                       or reason is not None and re.fullmatch(reason, str(error.get("reason"))))
        for kind, reason in ANSWERED
    )


def breaks(expected, found):
    """Where the reference fails with 5xx its answer is no example: a request may be refused here, and answered
    when it is of a kind that is known."""
    if expected["status"] < 500 or found["status"] >= 500:
        return False
    if found["status"] >= 400:
        return True
    error = expected["body"].get("error") if isinstance(expected["body"], dict) else None
    causes = error.get("root_cause", []) if isinstance(error, dict) else []
    return bool(causes) and all(is_known(cause) for cause in causes)


def is_everything(query):
    """Queries that match everything by their form."""
    if query is None:
        return True
    kind, body = next(iter(query.items())) if isinstance(query, dict) and len(query) == 1 else (None, None)
    if kind == "bool":
        return not any(body.get(name) for name in ("must", "should", "filter", "must_not"))
    return kind == "match_all" or (kind == "exists" and body.get("field") in ("_id", "_index", "_seq_no"))


def loses(request, where, expected, found):
    """Everything, sorted by a number: the reference walks the points of that field and loses documents
    that have none, and counts what search_after leaves."""
    body = request[2]
    if not isinstance(body, dict) or not body.get("sort") or not is_everything(body.get("query")):
        return False
    return where in ("body.hits.total.value", "body.hits.hits.length") and expected < found


def accepted(request, where, expected, found):
    return loses(request, where, expected, found) or any(rule(where, expected, found) for rule in RULES)
