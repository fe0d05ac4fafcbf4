"""Runs the steps of one test: the whole language of the official suite, and `request` and `expect` of
our own corpus.
"""

import base64
import json
import re

from . import normalise, version, yaml_text
from .api import BadCall
from .client import NoAnswer
from .values import Stash, difference, is_regex, java_text, lookup, number, regex, same, truthy

FEATURES = {
    "allowed_warnings",
    "arbitrary_key",
    "catch_unauthorized",
    "close_to",
    "contains",
    "default_shards",
    "embedded_stash_key",
    "headers",
    "node_selector",
    "regex",
    "stash_in_key",
    "stash_in_path",
    "transform_and_set",
    "warnings",
    "yaml",
}
CATCHES = {
    "bad_request": 400,
    "unauthorized": 401,
    "forbidden": 403,
    "missing": 404,
    "request_timeout": 408,
    "conflict": 409,
    "unavailable": 503,
}
DO_OPTIONS = {"catch", "headers", "warnings", "allowed_warnings", "node_selector"}
# Where in the body a deprecated field stands is no part of the warning that tests name.
POSITION = re.compile(r"^\[[^\]]*\]\[-?\d+:-?\d+\] ")
# Positions and numbers, which differ from case to case of the same kind of failure.
PLACE = re.compile(r"(?<![A-Za-z_])-?\d+(?:\.\d+)?(?:[eE]-?\d+)?")
TRANSFORM = re.compile(r"#base64EncodeCredentials\(([^,]+),([^)]+)\)")


class Skipped(Exception):
    """The test does not apply to this server or this runner."""


class Failed(AssertionError):
    """A step failed. `api` is the last call by name, `cause` groups failures of the same kind."""

    def __init__(self, message, api, cause):
        super().__init__(message)
        self.api = api
        self.cause = cause


class Server:
    """What the steps need of the server under test: the client, the API descriptions and who it says
    it is.
    """

    def __init__(self, client, catalogue, number_text, wiper):
        self.client = client
        self.catalogue = catalogue
        self.version = number_text
        self.wiper = wiper


class Execution:
    """One test while it runs: stash, last response, and what was recorded."""

    def __init__(self, server, expected=None):
        self.server = server
        self.stash = Stash()
        self.response = None
        self.api = ""
        self.expected = expected
        self.recorded = []
        self.masks = []

    def run(self, steps):
        for index, step in enumerate(steps or []):
            ((kind, argument),) = step.items()
            try:
                getattr(self, "step_" + kind)(argument)
            except (Skipped, Failed):
                raise
            except AssertionError as error:
                status = self.response.status if self.response else "no response"
                message = (
                    f"step {index + 1}, {kind} {brief_step(argument)}\n{error}\nafter {self.api} → {status}"
                )
                if self.response is not None and self.response.payload:
                    message += "\n" + self.response.text[:2000]
                raise Failed(message, self.api, getattr(error, "cause", None) or f"{kind}") from error

    def step_skip(self, argument):
        ranges = argument.get("version")
        if ranges and version.within(str(ranges), self.server.version):
            raise Skipped(f"version {ranges}: {argument.get('reason', '')}")
        features = argument.get("features", [])
        # A text is one feature, commas and all: that is how the official runner reads it.
        for feature in [features] if isinstance(features, str) else features:
            if feature not in FEATURES:
                raise Skipped(f"feature [{feature}] of the runner")

    # Calls.

    def step_do(self, argument):
        for name in argument:
            if name not in DO_OPTIONS:
                self.call(name, argument)

    def call(self, name, argument):
        self.api = name
        selector = argument.get("node_selector") or {}
        if "version" in selector and not version.within(selector["version"], self.server.version):
            raise AssertionError(f"no node of version {selector['version']}")
        arguments = self.stash.replace(argument[name] or {}, self.body())
        catch = argument.get("catch")
        try:
            method, path, query, rest = self.server.catalogue.build(name, arguments)
        except BadCall as error:
            if catch == "param":
                self.response = None
                return
            raise fail(f"bad call: {error}", "bad call") from error
        body = self.encode(rest.get("body"), self.server.catalogue.apis[name])
        headers = self.stash.replace(argument.get("headers") or {}, self.body())
        self.send(method, path, query, body, headers)
        ignored = [number(code) for code in listed(rest.get("ignore"))]
        self.check_status(catch, ignored)
        if catch is None:
            self.check_warnings(argument)

    def send(self, method, path, query, body, headers):
        self.server.wiper.saw(method, path, query)
        try:
            self.response = self.server.client.request(method, path, query, body, headers)
        except NoAnswer as error:
            raise Failed(f"{method} {path}: {error}", self.api, "no answer") from error

    def encode(self, body, spec):
        if body is None:
            return None
        bulk = (spec.get("body") or {}).get("serialize") == "bulk"
        if isinstance(body, list):
            return "".join((item.strip() if isinstance(item, str) else dumps(item)) + "\n" for item in body)
        if isinstance(body, str):
            parsed = json_values(body)
            if parsed is None:
                return body
            if bulk or len(parsed) > 1:
                return "".join(dumps(item) + "\n" for item in parsed)
            return dumps(parsed[0])
        return dumps(body) + ("\n" if bulk else "")

    def check_status(self, catch, ignored):
        status = self.response.status
        if catch is None:
            if status >= 400 and status not in ignored and self.response.method != "HEAD":
                raise fail(f"unexpected status {status}", error_cause(self.response))
            return
        catch = catch.strip()
        if catch in CATCHES:
            if status != CATCHES[catch]:
                raise fail(
                    f"status {status} instead of {CATCHES[catch]}",
                    f"catch {catch}: {error_cause(self.response)}",
                )
        elif catch == "param":
            # A client may also leave the refusal to the server.
            if status != 400:
                raise fail(f"status {status}: neither client nor server refused the call", "catch param")
        elif catch == "request":
            if status < 400 or status in CATCHES.values():
                raise fail(f"status {status} instead of an unnamed error", "catch request")
        elif is_regex(catch):
            if status < 400:
                raise fail(f"status {status} instead of an error", "an error is expected")
            body = self.response.body
            error = body.get("error") if isinstance(body, dict) else None
            if error is None:
                raise fail("the response has no error", "an error is expected")
            if not regex(catch[1:-1], False).search(java_text(error)):
                raise fail(
                    f"the error does not match {catch}: {java_text(error)}",
                    f"error text {catch}: {error_cause(self.response)}",
                )
        else:
            raise AssertionError(f"unknown catch [{catch}]")

    def check_warnings(self, argument):
        found = [POSITION.sub("", text) for text in self.response.warnings()]
        wanted = [self.stash.replace(text) for text in argument.get("warnings") or []]
        allowed = [self.stash.replace(text) for text in argument.get("allowed_warnings") or []]
        for text in wanted:
            if text not in found:
                raise fail(f"no warning [{text}] among {found}", "a warning header is missing")
        for text in found:
            if text not in wanted and text not in allowed:
                raise fail(f"unexpected warning [{text}]", "unexpected warning header")

    def step_request(self, argument):
        """`METHOD /path?query` with the sibling keys `body` and `headers`; no status is expected."""
        if isinstance(argument, str):
            argument = {"line": argument}
        method, _, path = argument["line"].partition(" ")
        self.api = f"{method} {path.split('?')[0]}"
        body = argument.get("body")
        if isinstance(body, list):
            body = "".join((item if isinstance(item, str) else dumps(item)) + "\n" for item in body)
        elif body is not None and not isinstance(body, str):
            body = dumps(body)
        self.send(method, self.stash.replace(path), None, body, argument.get("headers") or {})

    def step_expect(self, argument):
        """`reference`: the answer is the recorded one. `{reference: {mask: [path, …]}}` leaves more
        values out.
        """
        masks = []
        if isinstance(argument, dict):
            masks = (argument.get("reference") or {}).get("mask", [])
        found = normalise.response(self.response, masks + self.masks)
        if self.expected is None:
            self.recorded.append(found)
            return
        if len(self.recorded) >= len(self.expected):
            raise fail("nothing is recorded: run `make compat-record`", "not recorded")
        expected = self.expected[len(self.recorded)]
        self.recorded.append(found)
        if found["status"] != expected["status"]:
            raise fail(
                f"status {found['status']} instead of {expected['status']}",
                f"status: {error_cause(self.response)}",
            )
        message = difference_strict(
            normalise.ordered(expected.get("body")), normalise.ordered(found.get("body"))
        )
        if message:
            raise fail(message, "body: " + PLACE.sub("*", message)[:160])

    # Values.

    def body(self):
        return self.response.body if self.response else None

    def value(self, path):
        if path == "$body":
            return self.body()
        if path == "" and self.response is not None and self.response.method == "HEAD":
            return self.response.status < 400
        if isinstance(path, str) and path.startswith("$"):
            whole = self.stash.replace(path, self.body())
            if not isinstance(whole, str) or path[1:] in self.stash:
                return whole
        return lookup(self.body(), path, self.stash)

    def step_set(self, argument):
        for path, name in argument.items():
            self.stash[name] = self.value(path)

    def step_transform_and_set(self, argument):
        for name, text in argument.items():
            found = TRANSFORM.match(text)
            if found:
                user, password = (str(self.value(part.strip())) for part in found.groups())
                self.stash[name] = base64.b64encode(f"{user}:{password}".encode()).decode()
            else:
                self.stash[name] = text

    def step_match(self, argument):
        for path, expected in argument.items():
            expected = self.stash.replace(expected, self.body())
            if is_regex(expected):
                actual = self.response.text if path == "$body" else self.value(path)
                text = actual if isinstance(actual, str) else java_text(actual)
                if not regex(expected.strip()[1:-1], True).search(text):
                    raise fail(f"{path}: {text[:1500]!r} does not match {expected}", f"match {path}")
                continue
            actual = self.value(path)
            if path == "$body" and isinstance(expected, str):
                actual = self.response.text
            if not same(expected, actual):
                raise fail(f"{path}: {difference(expected, actual)}", f"match {path}")

    def step_is_true(self, path):
        if not truthy(self.value(path)):
            raise fail(f"{path} is {self.value(path)!r}", f"is_true {path}")

    def step_is_false(self, path):
        if truthy(self.value(path)):
            raise fail(f"{path} is {self.value(path)!r}", f"is_false {path}")

    def step_length(self, argument):
        for path, expected in argument.items():
            expected = number(self.stash.replace(expected))
            actual = self.value(path)
            if actual is None or isinstance(actual, (int, float)) or len(actual) != expected:
                size = None if actual is None or isinstance(actual, (int, float)) else len(actual)
                raise fail(f"{path}: {size} elements instead of {expected}", f"length {path}")

    def compare(self, argument, name, holds):
        for path, expected in argument.items():
            expected = number(self.stash.replace(expected))
            actual = number(self.value(path))
            if actual is None or not holds(actual, expected):
                raise fail(f"{path}: {actual} is not {name} {expected}", f"{name} {path}")

    def step_gt(self, argument):
        self.compare(argument, "gt", lambda a, b: a > b)

    def step_gte(self, argument):
        self.compare(argument, "gte", lambda a, b: a >= b)

    def step_lt(self, argument):
        self.compare(argument, "lt", lambda a, b: a < b)

    def step_lte(self, argument):
        self.compare(argument, "lte", lambda a, b: a <= b)

    def step_close_to(self, argument):
        for path, bounds in argument.items():
            actual = number(self.value(path))
            if actual is None or abs(actual - number(bounds["value"])) > number(bounds["error"]):
                raise fail(f"{path}: {actual} is not close to {bounds}", f"close_to {path}")

    def step_contains(self, argument):
        for path, expected in argument.items():
            expected = self.stash.replace(expected, self.body())
            actual = self.value(path)
            if isinstance(actual, str):
                if str(expected) not in actual:
                    raise fail(f"{path}: {actual!r} does not contain {expected!r}", f"contains {path}")
                continue
            items = actual if isinstance(actual, list) else []
            if not any(holds(expected, item) for item in items):
                raise fail(f"{path}: nothing in {actual!r} has {expected!r}", f"contains {path}")


def holds(expected, item):
    """Is `item` the expected value or, both being objects, has it the expected properties?"""
    if isinstance(expected, dict) and isinstance(item, dict):
        return all(key in item and same(value, item[key]) for key, value in expected.items())
    return same(expected, item)


def difference_strict(expected, found):
    """As `difference`, but 1 and 1.0 are two things: clients see which of them was sent."""
    message = difference(expected, found)
    if message:
        return message
    if json.dumps(expected, sort_keys=True) != json.dumps(found, sort_keys=True):
        return "an integer where a fraction is expected, or the other way round"
    return None


def fail(message, cause):
    error = AssertionError(message)
    error.cause = cause
    return error


def error_cause(response):
    """The innermost type and reason of an error, short: what failures are grouped by."""
    body = response.body
    if isinstance(body, dict) and isinstance(body.get("error"), dict):
        error = body["error"]
        root = error.get("root_cause") or [error]
        return f"{response.status} {root[0].get('type')}: {str(root[0].get('reason'))[:140]}"
    if isinstance(body, dict) and "error" in body:
        return f"{response.status} {str(body['error'])[:160]}"
    return str(response.status)


def listed(value):
    if value is None:
        return []
    return value if isinstance(value, list) else [value]


def dumps(value):
    return json.dumps(value, ensure_ascii=False)


def json_values(text):
    """The JSON values that follow each other in `text`; None when it is something else."""
    decoder, at, values = json.JSONDecoder(), 0, []
    length = len(text)
    while True:
        while at < length and text[at].isspace():
            at += 1
        if at >= length:
            return values or None
        try:
            value, at = decoder.raw_decode(text, at)
        except ValueError:
            return None
        values.append(value)


def brief_step(argument):
    text = dumps(argument)
    return text if len(text) <= 300 else text[:300] + "…"


__all__ = ["Execution", "Failed", "Server", "Skipped", "yaml_text"]
