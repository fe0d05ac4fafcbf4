"""Differences that are accepted. Each rule has its reason in ../differences.md."""

import re

WORD = re.compile(r"[^\s\[\](),|]+")


def hash_of_object(where, expected, found):
    """Java prints objects without a text of their own as class and hash."""
    return isinstance(expected, str) and "<hash>" in expected


def order_in_description(where, expected, found):
    """Explanations print sets and maps in Java's hash order; the same words in another order say the same."""
    if not where.endswith("description") or not isinstance(expected, str) or not isinstance(found, str):
        return False
    return sorted(WORD.findall(expected)) == sorted(WORD.findall(found))


RULES = [hash_of_object, order_in_description]


def accepted(where, expected, found):
    return any(rule(where, expected, found) for rule in RULES)
