"""Reads test files into cases, and runs a case."""

import json
from pathlib import Path

from . import yaml_text
from .steps import Execution

NAME_MAX = 100


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
    """A parsed file: `setup`, `teardown` and its cases. With `shared: true` in our own files, setup
    runs once for all.
    """

    def __init__(self, name, text, recorded_path=None):
        self.name = name
        self.setup = []
        self.teardown = []
        self.shared = False
        self.masks = []
        self.parameters = ""
        self.cases = []
        self.recorded_path = recorded_path
        self.recorded = {}
        if recorded_path and recorded_path.exists():
            self.recorded = json.loads(recorded_path.read_text())
        for document in yaml_text.documents(text):
            for title, content in document.items():
                self._take(title, content)

    def _unique(self, name):
        """`name`, numbered when an earlier case has it."""
        taken = {case.name for case in self.cases}
        number, wanted = 1, name
        while wanted in taken:
            number += 1
            wanted = f"{name} ({number})"
        return wanted

    def _take(self, title, content):
        if title == "setup":
            self.setup = content or []
        elif title == "teardown":
            self.teardown = content or []
        elif title == "shared":
            self.shared = content
        elif title == "mask":
            self.masks = content
        elif title == "parameters":
            self.parameters = content
        elif title == "cases":
            for case in content:
                name, steps = expand(case, self.parameters)
                self.cases.append(Case(self._unique(name), steps, self))
        else:
            self.cases.append(Case(title, content or [], self))


def expand(case, parameters):
    """A row of `cases`: `METHOD /path`, [that, body], or {name, request, body, headers, mask}.
    `parameters` goes to each path.
    """
    if isinstance(case, str):
        case = {"request": case}
    elif isinstance(case, list):
        case = {"request": case[0], "body": case[1]}
    line = case["request"]
    name = case.get("name")
    if not name:
        name = line + (f" {json.dumps(case['body'], ensure_ascii=False)}" if "body" in case else "")
        name = " ".join(name.split())
        name = name if len(name) <= NAME_MAX else name[: NAME_MAX - 1] + "…"
    if parameters:
        line += ("&" if "?" in line else "?") + parameters
    request = {"line": line, **{key: case[key] for key in ("body", "headers") if key in case}}
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
