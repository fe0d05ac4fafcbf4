"""Collects the official REST suite and the project's own corpus as pytest items.

    pytest compat-tests/official compat-tests/corpus --url http://127.0.0.1:9200 [-k …] [-x] [--junitxml …]

`--expected FILE` is the ratchet: a listed test that fails breaks the run, any other failure is expected.
`--results FILE` writes a line a test (pass, fail or skip, tab, file :: test); `--failures FILE` why, as JSON.
`--record` writes down what the server answers to `expect: reference` instead of comparing.
"""

import json
import os
import sys
import time
import zipfile
from pathlib import Path

import pytest

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE))

from runner import paper, suite, yaml_text  # noqa: E402
from runner.api import Catalogue  # noqa: E402
from runner.client import Client, ConnectionLost  # noqa: E402
from runner.steps import Failed, Server, Skipped  # noqa: E402
from runner.wipe import Wiper  # noqa: E402

SUITE_TESTS = "rest-api-spec/test/"
# A crashed server may be started anew by whoever runs it: how long a test waits for that, and how often in
# a row.
RECONNECT_WAIT_S = 3
AFTER_LOSS_MAX = 3


def pytest_addoption(parser):
    group = parser.getgroup("compat")
    group.addoption(
        "--url", default=os.environ.get("COMPAT_URL", "http://127.0.0.1:9200"), help="the server under test"
    )
    group.addoption("--expected", help="file that lists the tests that must pass")
    group.addoption("--results", help="write the outcome of every test to this file")
    group.addoption("--failures", help="write why tests failed to this file, as JSON")
    group.addoption("--record", action="store_true", help="record the answers of the reference")


def suite_jar():
    jar = os.environ.get("COMPAT_SUITE_JAR")
    if not jar:
        jar = HERE.parent / ".cache" / "rest-api-spec-3.1.0.jar"
    if not Path(jar).exists():
        pytest.exit(f"{jar} is missing: run `make compat-setup`", 4)
    return zipfile.ZipFile(jar)


class State:
    """What the whole session shares."""

    def __init__(self, config):
        self.config = config
        self.runner = None
        self.lost = 0
        self.outcomes = {}
        self.failures = {}
        self.touched = []
        self._jar = None
        expected = config.getoption("--expected")
        self.expected = paper.read_list(expected) if expected else None

    @property
    def jar(self):
        if self._jar is None:
            self._jar = suite_jar()
        return self._jar

    def start(self):
        client = Client(self.config.getoption("--url"))
        info = self.greet(client)
        catalogue = Catalogue(self.jar.namelist(), lambda name: self.jar.read(name).decode())
        server = Server(client, catalogue, info["version"]["number"], Wiper(client))
        self.runner = suite.Runner(server, self.config.getoption("--record"))

    def greet(self, client):
        deadline = time.monotonic() + RECONNECT_WAIT_S
        while True:
            try:
                return client.request("GET", "/").body
            except ConnectionLost:
                if time.monotonic() > deadline:
                    raise
                time.sleep(0.05)

    def run(self, case):
        if self.lost >= AFTER_LOSS_MAX:
            raise Failed("the server is gone", "", "the server is gone")
        try:
            if self.runner is None:
                self.start()
            execution = self.runner.run(case)
            self.lost = 0
            return execution
        except ConnectionLost as error:
            self.lost += 1
            self.runner = None
            raise Failed(f"the connection was lost: {error}", "the server crashed", case.id) from error


def pytest_configure(config):
    config.compat = None


def state(config):
    if config.compat is None:
        config.compat = State(config)
    return config.compat


def pytest_collect_file(file_path, parent):
    if file_path.name == "suite.toml" and file_path.parent.name == "official":
        return Official.from_parent(parent, path=file_path)
    if file_path.suffix == ".yml" and (HERE / "corpus") in file_path.parents:
        return Own.from_parent(parent, path=file_path)
    return None


class Official(pytest.File):
    """The official suite, read out of its jar."""

    def collect(self):
        jar = state(self.config).jar
        for name in sorted(jar.namelist()):
            if name.startswith(SUITE_TESTS) and name.endswith(".yml"):
                file = suite.File(name[len(SUITE_TESTS) :], jar.read(name).decode())
                for case in file.cases:
                    yield Item.from_parent(self, name=case.id, case=case)


class Own(pytest.File):
    """A file of the project's own corpus."""

    def collect(self):
        name = str(self.path.relative_to(HERE))
        file = suite.File(name, self.path.read_text(), self.path.with_suffix(".json"))
        for case in file.cases:
            yield Item.from_parent(self, name=case.id, case=case)


class Item(pytest.Item):
    def __init__(self, *, case, **rest):
        super().__init__(**rest)
        self.case = case

    def runtest(self):
        shared = state(self.config)
        try:
            execution = shared.run(self.case)
        except Skipped as reason:
            pytest.skip(str(reason))
        except Failed as error:
            shared.failures[self.case.id] = {"api": error.api, "cause": error.cause, "text": str(error)}
            raise
        if self.config.getoption("--record") and self.case.file.recorded_path:
            self.case.file.recorded[self.case.name] = execution.recorded
            if self.case.file not in shared.touched:
                shared.touched.append(self.case.file)

    def repr_failure(self, excinfo):
        if isinstance(excinfo.value, Failed):
            return f"{self.case.id}\n{excinfo.value}"
        return super().repr_failure(excinfo)

    def reportinfo(self):
        return self.path, None, self.case.id


def name_of(item):
    """What results and ratchets call a test."""
    return item.case.id if isinstance(item, Item) else f"{item.path.relative_to(HERE)} :: {item.name}"


@pytest.hookimpl(hookwrapper=True)
def pytest_runtest_makereport(item, call):
    outcome = yield
    report = outcome.get_result()
    if call.when != "call" and not (call.when == "setup" and report.outcome != "passed"):
        return
    shared = state(item.config)
    name = name_of(item)
    if report.failed and name not in shared.failures:
        shared.failures[name] = {
            "api": "",
            "cause": str(call.excinfo.value)[:200],
            "text": f"\n{call.excinfo.value}",
        }
    shared.outcomes[name] = {"passed": "pass", "failed": "fail", "skipped": "skip"}[report.outcome]
    if shared.expected is not None and report.failed and name not in shared.expected:
        report.outcome = "skipped"
        report.wasxfail = "not in the list of what passes"


def pytest_sessionfinish(session):
    shared = session.config.compat
    if shared is None:
        return
    if shared.runner is not None:
        try:
            shared.runner.clean()
        except (ConnectionLost, AssertionError) as error:
            print(f"\ncompat: not cleaned at the end: {error}")
    if session.config.getoption("--results"):
        paper.write_results(session.config.getoption("--results"), shared.outcomes)
    if session.config.getoption("--failures"):
        Path(session.config.getoption("--failures")).write_text(
            json.dumps(shared.failures, indent=1, ensure_ascii=False)
        )
    for file in shared.touched:
        paper.write_recorded(file)


def pytest_terminal_summary(terminalreporter, config):
    shared = config.compat
    if shared is None or not shared.outcomes:
        return
    counts = {
        kind: sum(1 for found in shared.outcomes.values() if found == kind)
        for kind in ("pass", "fail", "skip")
    }
    terminalreporter.write_line(
        f"compat: {counts['pass']} pass, {counts['fail']} fail, {counts['skip']} skipped"
    )
    if shared.expected is None:
        return
    broken = sorted(name for name in shared.expected if shared.outcomes.get(name, "pass") != "pass")
    new = sorted(
        name for name, found in shared.outcomes.items() if found == "pass" and name not in shared.expected
    )
    for name in broken:
        terminalreporter.write_line(f"  broken: {name}")
    if new:
        terminalreporter.write_line(
            f"compat: {len(new)} pass that are not listed; `make compat-accept` adds them"
        )


__all__ = ["yaml_text"]
