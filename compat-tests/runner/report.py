"""What the results say: the ratchet, the failures by cause, and the report of an API a row.

report.py accept RESULTS EXPECTED      add every passing test to the ratchet
report.py failures DIRECTORY           print the failing tests grouped by cause, most frequent first
report.py write DIRECTORY JAR          report.md and report.html from results.tsv and failures.json there
"""

import html
import json
import re
import sys
from collections import defaultdict
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from runner import features, paper  # noqa: E402

HERE = Path(__file__).resolve().parent.parent
HEADER = (
    "# The tests that Quidditch passes. One of them failing breaks the build; `make compat-accept` adds what "
    "newly passes.\n"
)
NAMED_MAX = 400
# What a failing call of the suite waits for, when the cause is an unknown route or feature: the feature's
# words.
ROUTE = re.compile(
    r"(no handler found|Incorrect HTTP method) for uri \[([^?\]]*).*?\] and method \[(\w+)\]", re.S
)
# The word after these is an operation, every other one a name.
FAMILIES = {"_cat", "_cluster", "_nodes", "_ingest", "_search", "_list", "_tasks"}
NAMES = [
    (re.compile(r"\[[^\]/]*/[A-Za-z0-9_-]{22}\]"), "[index]"),
    (re.compile(r"\[[^\]]*\]\[\d+:\d+\]"), "[…]"),
    (re.compile(r"\d{5,}"), "N"),
]


def accept(results_path, expected_path):
    results = paper.read_results(results_path)
    listed = paper.read_list(expected_path)
    # A test that was run and fails leaves the list only by hand, so that a loss is never accepted by
    # accident.
    listed |= {name for name, found in results.items() if found == "pass"}
    broken = sorted(name for name in listed if results.get(name) == "fail")
    Path(expected_path).write_text(HEADER + "".join(f"{name}\n" for name in sorted(listed)))
    print(f"{expected_path}: {len(listed)} tests")
    for name in broken:
        print(f"  listed, but it fails: {name}")


def cause_of(failure):
    """The failure without what differs from test to test, so that equal causes have equal texts."""
    text = failure["cause"]
    found = ROUTE.search(text)
    if found:
        return f"no handler: {found.group(3)} {route(found.group(2))}"
    for pattern, replacement in NAMES:
        text = pattern.sub(replacement, text)
    return text


def route(path):
    """The path with names of things as {name}."""
    words = path.strip("/").split("/")
    kept = [
        word if word.startswith("_") or (at and words[at - 1] in FAMILIES) else "{name}"
        for at, word in enumerate(words)
    ]
    return "/" + "/".join(kept)


def groups(failures):
    """[(cause, [(test, failure)])], the most frequent first."""
    found = defaultdict(list)
    for name, failure in failures.items():
        cause = cause_of(failure)
        key = cause if cause.startswith("no handler") else f"{failure['api']}: {cause}"
        found[key].append((name, failure))
    return sorted(found.items(), key=lambda item: (-len(item[1]), item[0]))


def failures_text(directory):
    results = paper.read_results(directory / "results.tsv")
    failures = json.loads((directory / "failures.json").read_text())
    counts = {
        kind: sum(1 for value in results.values() if value == kind) for kind in ("pass", "fail", "skip")
    }
    lines = [
        "# Failing compatibility tests: "
        f"{counts['pass']} pass, {counts['fail']} fail, {counts['skip']} skipped",
        "",
    ]
    ordered = groups(failures)
    lines += ["| tests | first failing call: cause |", "| ---: | --- |"]
    lines += [f"| {len(tests)} | {cause.replace('|', '/')[:200]} |" for cause, tests in ordered[:60]]
    lines.append("")
    for cause, tests in ordered:
        lines += [f"## {len(tests)}: {cause}", ""]
        for name, failure in tests[:40]:
            detail = " ".join(failure["text"].split("\n")[1:2])[:200]
            lines.append(f"- {name}: {detail}")
        lines += [f"- … and {len(tests) - 40} more"] if len(tests) > 40 else []
        lines.append("")
    return "\n".join(lines)


def api_of(name):
    """The row of the report that a test belongs to: the suite's folder, or the area of our own corpus."""
    parts = name.split(" :: ")[0].split("/")
    return parts[1] if parts[0] == "corpus" else parts[0]


def table(directory):
    """[(api, suite passed, suite passed by the reference, own passed, own cases)], and the totals as
    last row.
    """
    results = paper.read_results(directory / "results.tsv")
    reference = paper.read_results(HERE / "expected" / "opensearch.tsv")
    rows = defaultdict(lambda: [0, 0, 0, 0])
    for name, found in results.items():
        row = rows[api_of(name)]
        if name.startswith("corpus/"):
            row[2] += found == "pass"
            row[3] += 1
        elif reference.get(name) == "pass":
            row[0] += found == "pass"
            row[1] += 1
    ordered = [(api, *rows[api]) for api in sorted(rows)]
    return ordered + [("**all**", *(sum(row[index] for row in ordered) for index in range(1, 5)))]


def by_feature(failures):
    """[(row of the feature table, [(test, cause)])], the most frequent first."""
    reference = paper.read_results(HERE / "expected" / "opensearch.tsv")
    found = defaultdict(list)
    for name, failure in sorted(failures.items()):
        cause = cause_of(failure)
        found[features.of(name, cause, reference.get(name))].append((name, cause))
    return sorted(found.items(), key=lambda item: (-len(item[1]), item[0]))


def waiting_lines(failures):
    """Every failing test under the feature that it waits for."""
    ordered = by_feature(failures)
    lines = ["", "## What failing tests wait for", "", "| tests | feature |", "| ---: | --- |"]
    lines += [f"| {len(tests)} | {feature} |" for feature, tests in ordered]
    for feature, tests in ordered:
        lines += ["", f"### {feature}: {len(tests)}", ""]
        lines += [f"- {name}: {cause[:160]}" for name, cause in tests]
    return lines


def write(directory):
    failures = json.loads((directory / "failures.json").read_text())
    lines = [
        "# Compatibility with OpenSearch 3.8.0",
        "",
        "Suite: tests of the official REST suite that the reference passes.",
        "Own: cases of this project's corpus, whose answers were recorded from the reference.",
        "",
        "| API | suite: Quidditch | suite: reference | own cases passed | own cases |",
        "| --- | ---: | ---: | ---: | ---: |",
    ]
    lines += [
        f"| {api} | {passed or ''} | {total or ''} | {own or ''} | {cases or ''} |"
        for api, passed, total, own, cases in table(directory)
    ]
    differences = HERE / "differences.md"
    if differences.exists():
        lines += ["", *differences.read_text().replace("\n# ", "\n## ").replace("# ", "## ", 1).split("\n")]
    lines += [
        "",
        "## Failures by cause",
        "",
        "| tests | first failing call: cause | first test |",
        "| ---: | --- | --- |",
    ]
    for cause, tests in groups(failures)[:NAMED_MAX]:
        lines.append(f"| {len(tests)} | {cause.replace('|', '/')[:200]} | {tests[0][0]} |")
    lines += [*waiting_lines(failures), ""]
    (directory / "report.md").write_text("\n".join(lines))
    (directory / "report.html").write_text(page(lines))
    print(f"{directory}/report.md and report.html")


def page(lines):
    """The Markdown of this report (headings, paragraphs, lists and tables) as HTML."""
    out = [
        "<!doctype html><meta charset=utf-8><title>Compatibility</title>",
        "<style>body{font:15px sans-serif;max-width:70em;margin:2em auto}td,th{padding:2px 10px;"
        "border-bottom:1px solid #ddd;"
        "text-align:left}td{vertical-align:top}</style>",
    ]
    in_table = False
    for line in lines:
        row = line.startswith("|")
        if in_table and not row:
            out.append("</table>")
        if row and not in_table:
            out.append("<table>")
        in_table = row
        if row:
            if set(line) <= set("|-: "):
                continue
            out.append(
                "<tr>" + "".join(f"<td>{inline(cell)}</td>" for cell in line.strip("|").split("|")) + "</tr>"
            )
        elif line.startswith("#"):
            level = len(line) - len(line.lstrip("#"))
            out.append(f"<h{level}>{inline(line.lstrip('# '))}</h{level}>")
        elif line.startswith("- "):
            out.append(f"<li>{inline(line[2:])}</li>")
        elif line:
            out.append(f"<p>{inline(line)}</p>")
    if in_table:
        out.append("</table>")
    return "\n".join(out) + "\n"


def inline(text):
    text = html.escape(text.strip())
    text = re.sub(r"`([^`]*)`", r"<code>\1</code>", text)
    return re.sub(r"\*\*([^*]*)\*\*", r"<b>\1</b>", text)


def main(arguments):
    command, rest = arguments[0], arguments[1:]
    if command == "accept":
        accept(*rest)
    elif command == "failures":
        print(failures_text(Path(rest[0])))
    elif command == "write":
        write(Path(rest[0]))


if __name__ == "__main__":
    main(sys.argv[1:])
