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


RULES = [hash_of_object, order_in_description, form_of_range]


def breaks(expected, found):
    """Where the reference fails with 5xx at a request that is refused or answered here, its answer is no example."""
    return expected["status"] >= 500 and found["status"] < 500


def accepted(where, expected, found):
    return any(rule(where, expected, found) for rule in RULES)
