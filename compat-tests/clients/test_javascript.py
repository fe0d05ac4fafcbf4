"""@opensearch-project/opensearch: runs javascript.js once and gives a test for each of its checks."""

import re
import shutil
import subprocess
import uuid
from pathlib import Path

import pytest

HERE = Path(__file__).resolve().parent
MODULES = HERE.parent.parent / ".cache" / "clients" / "node_modules"
CHECKS = re.findall(r"^  async (\w+) \(\)", (HERE / "javascript.js").read_text(), re.M)
RUN_TIMEOUT_S = 120


@pytest.fixture(scope="session")
def results(url):
    if shutil.which("node") is None or not MODULES.exists():
        pytest.skip("node or the client is missing: run `make clients`")
    run = subprocess.run(
        ["node", str(HERE / "javascript.js"), url, "clients-js-" + uuid.uuid4().hex[:8]],
        env={"PATH": "/usr/bin:/bin:/usr/local/bin", "NODE_PATH": str(MODULES)},
        capture_output=True,
        text=True,
        timeout=RUN_TIMEOUT_S,
        check=False,
    )
    found = {}
    for line in run.stdout.splitlines():
        state, _, rest = line.partition(": ")
        found[state.split()[-1]] = (line.startswith("ok "), rest)
    return found or {"": (False, run.stderr)}


@pytest.mark.parametrize("name", CHECKS)
def test_javascript(results, name):
    passed, why = results.get(name, (False, results.get("", (0, "it did not run"))[1]))
    assert passed, why
