"""Reads test files into cases, and runs a case."""
import json
from pathlib import Path

from . import yaml_text
from .steps import Execution


class Case:
    """One test: its steps and those of its file around them."""

    def __init__(self, name, steps, file):
        self.name = name
        self.steps = steps
        self.file = file

    @property
    def id(self):
        return f"{self.file.name} :: {self.name}"


class File:
    """A parsed file: `setup`, `teardown` and its cases. With `shared: true` in our own files, setup runs once for all."""

    def __init__(self, name, text, recorded_path=None):
        self.name = name
        self.setup = []
        self.teardown = []
        self.shared = False
        self.masks = []
        self.cases = []
        self.recorded_path = recorded_path
        self.recorded = {}
        if recorded_path and recorded_path.exists():
            self.recorded = json.loads(recorded_path.read_text())
        for document in yaml_text.documents(text):
            for title, content in document.items():
                self._take(title, content)

    def _take(self, title, content):
        if title == "setup":
            self.setup = content or []
        elif title == "teardown":
            self.teardown = content or []
        elif title == "shared":
            self.shared = content
        elif title == "mask":
            self.masks = content
        elif title == "cases":
            self.cases += [Case(*expand(case), self) for case in content]
        else:
            self.cases.append(Case(title, content or [], self))


def expand(case):
    """A row of `cases`: `METHOD /path`, or that and a body, or {name, request, body, mask}."""
    if isinstance(case, str):
        return case, [{"request": case}, {"expect": "reference"}]
    if isinstance(case, list):
        line, body = case
        return f"{line} {json.dumps(body, ensure_ascii=False)}", [{"request": {"line": line, "body": body}}, {"expect": "reference"}]
    request = {"line": case["request"]}
    if "body" in case:
        request["body"] = case["body"]
    if "headers" in case:
        request["headers"] = case["headers"]
    name = case.get("name") or case["request"] + (f" {json.dumps(case['body'], ensure_ascii=False)}" if "body" in case else "")
    return name, [{"request": request}, {"expect": {"reference": {"mask": case.get("mask", [])}}}]


class Runner:
    """Runs cases one after another, and keeps a shared set-up while its file's cases follow each other."""

    def __init__(self, server, record=False):
        self.server = server
        self.record = record
        self.standing = None

    def run(self, case):
        file = case.file
        expected = None if self.record or not file.recorded_path else file.recorded.get(case.name, [])
        execution = Execution(self.server, expected)
        execution.masks = file.masks
        try:
            if not (file.shared and self.standing is file):
                self.clean()
                execution.run(file.setup)
                if file.shared:
                    self.standing = file
            execution.run(case.steps)
        finally:
            try:
                if file.teardown:
                    execution.run(file.teardown)
            finally:
                if not file.shared:
                    self.clean()
        return execution

    def clean(self):
        self.standing = None
        self.server.wiper.wipe()


def read_directory(directory):
    """The files of the project's own corpus below `directory`."""
    for path in sorted(Path(directory).rglob("*.yml")):
        yield File(str(path.relative_to(directory)), path.read_text(), path.with_suffix(".json"))
