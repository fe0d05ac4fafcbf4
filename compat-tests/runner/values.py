"""Paths into responses, stashed values, and the comparisons of the test language."""

import re

SEGMENT = re.compile(r"(?<!\\)\.")
EMBEDDED = re.compile(r"\$\{([^}]+)\}")


class Stash(dict):
    """Values put aside by `set`; `body` is the last response."""

    def get_value(self, key, response):
        if key == "body":
            return response
        if key.startswith("body."):
            return lookup(response, key[5:], self)
        if key not in self:
            raise AssertionError(f"nothing is stashed as [{key}]")
        return self[key]

    def replace(self, value, response=None):
        """`value` with every `$name` and `${name}` replaced, keys included."""
        if isinstance(value, str):
            return self._replace_text(value, response)
        if isinstance(value, dict):
            return {self.replace(k, response): self.replace(v, response) for k, v in value.items()}
        if isinstance(value, list):
            return [self.replace(item, response) for item in value]
        return value

    def _replace_text(self, text, response):
        if "$" not in text:
            return text
        if "${" in text:
            return EMBEDDED.sub(lambda found: str(self.get_value(found.group(1), response)), text)
        if (
            text.startswith("$")
            and len(text) > 1
            and (text[1:] in self or text[1:].split(".")[0] in ("body",))
        ):
            return self.get_value(text[1:], response)
        if text.startswith("$") and re.fullmatch(r"\$\w+", text):
            return self.get_value(text[1:], response)
        return text


def segments(path):
    """The keys of a dotted path; `\\.` is a dot inside a key."""
    if path == "":
        return []
    return [part.replace("\\.", ".") for part in SEGMENT.split(path) if part != ""]


def lookup(value, path, stash):
    """What `path` leads to, None where a key is absent."""
    for key in segments(str(path)):
        if "$" in key:
            key = str(stash.replace(key))
        if isinstance(value, dict):
            if key == "_arbitrary_key_":
                if not value:
                    raise AssertionError(f"[{path}]: no key to choose from")
                value = next(iter(value))
            else:
                value = value.get(key)
        elif isinstance(value, list):
            try:
                value = value[int(key)]
            except ValueError:
                raise AssertionError(f"[{path}]: a list, but [{key}] is no number") from None
            except IndexError:
                return None
        else:
            return None
    return value


def java_text(value):
    """How Java prints a parsed value: what the regular expressions of `catch` were written against."""
    if isinstance(value, dict):
        return "{" + ", ".join(f"{k}={java_text(v)}" for k, v in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(java_text(item) for item in value) + "]"
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value)


def regex(text, comments):
    """A Java regular expression for Python. `comments`: white space means nothing, inside brackets
    neither.
    """
    if comments:
        text = _strip_class_space(text)
    flags = re.VERBOSE if comments else 0
    text = re.sub(r"\\p\{L\}", r"[^\\W\\d_]", text)
    return re.compile(text, flags)


def _strip_class_space(text):
    out, inside, at = [], False, 0
    while at < len(text):
        char = text[at]
        if char == "\\" and at + 1 < len(text):
            out.append(text[at : at + 2])
            at += 2
            continue
        if char == "[":
            inside = True
        elif char == "]":
            inside = False
        if not (inside and char.isspace()):
            out.append(char)
        at += 1
    return "".join(out)


def is_regex(value):
    return (
        isinstance(value, str)
        and len(value.strip()) > 1
        and value.strip()[0] == "/"
        and value.strip()[-1] == "/"
    )


def truthy(value):
    if value is None:
        return False
    return java_text(value).lower() not in ("", "false", "0")


def number(value):
    """A number from a number or its text."""
    if isinstance(value, bool) or value is None:
        return None
    if isinstance(value, (int, float)):
        return value
    try:
        return int(value)
    except (ValueError, TypeError):
        pass
    try:
        return float(value)
    except (ValueError, TypeError):
        return None


def same(expected, actual):
    """Deep equality where numbers are compared by value and booleans are no numbers."""
    if isinstance(expected, dict):
        return (
            isinstance(actual, dict)
            and expected.keys() == actual.keys()
            and all(same(value, actual[key]) for key, value in expected.items())
        )
    if isinstance(expected, list):
        return isinstance(actual, list) and len(expected) == len(actual) and all(map(same, expected, actual))
    if is_regex(expected) and isinstance(actual, str):
        return bool(regex(expected.strip()[1:-1], True).search(actual))
    if isinstance(expected, bool) or isinstance(actual, bool):
        return expected is actual
    if isinstance(expected, (int, float)) and isinstance(actual, (int, float)):
        return (
            float(expected) == float(actual)
            if isinstance(expected, float) or isinstance(actual, float)
            else expected == actual
        )
    return expected == actual


def difference(expected, actual, path=""):
    """The first place where two values differ, as one line; None when they are the same."""
    where = path or "the body"
    if isinstance(expected, dict) and isinstance(actual, dict):
        for key in expected:
            if key not in actual:
                return f"{where}: [{key}] is missing"
        for key in actual:
            if key not in expected:
                return f"{where}: [{key}] is not expected: {brief(actual[key])}"
        for key, value in expected.items():
            found = difference(value, actual[key], f"{path}.{key}" if path else str(key))
            if found:
                return found
        return None
    if isinstance(expected, list) and isinstance(actual, list):
        for index, (one, other) in enumerate(zip(expected, actual)):
            found = difference(one, other, f"{path}.{index}" if path else str(index))
            if found:
                return found
        if len(expected) != len(actual):
            return f"{where}: {len(expected)} elements expected, {len(actual)} found"
        return None
    if same(expected, actual):
        return None
    return f"{where}: expected {brief(expected)}, found {brief(actual)}"


def brief(value, limit=300):
    text = repr(value)
    return text if len(text) <= limit else text[:limit] + "…"
