"""Files that the runner reads and writes: lists of tests, results, recorded answers."""

import json
from pathlib import Path

WIDTH = 110


def read_list(path):
    """The test names of a ratchet file; `#` starts a comment line."""
    path = Path(path)
    if not path.exists():
        return set()
    return {line for line in path.read_text().splitlines() if line and not line.startswith("#")}


def write_results(path, outcomes):
    Path(path).parent.mkdir(parents=True, exist_ok=True)
    Path(path).write_text("".join(f"{found}\t{name}\n" for name, found in outcomes.items()))


def read_results(path):
    lines = Path(path).read_text().splitlines()
    return {line.split("\t", 1)[1]: line.split("\t", 1)[0] for line in lines if "\t" in line}


def dump(value):
    """JSON as UTF-8 can carry it: half a surrogate pair is escaped."""
    line = json.dumps(value, ensure_ascii=False)
    return line if line.isprintable() else json.dumps(value)


def compact(value, indent=0):
    """JSON in which whatever fits in a line stands in one."""
    line = dump(value)
    if len(line) + indent <= WIDTH or not isinstance(value, (dict, list)) or not value:
        return line
    inner = " " * (indent + 1)
    if isinstance(value, dict):
        rows = [f"{inner}{dump(key)}: {compact(item, indent + 1)}" for key, item in value.items()]
        return "{\n" + ",\n".join(rows) + "\n" + " " * indent + "}"
    rows = [inner + compact(item, indent + 1) for item in value]
    return "[\n" + ",\n".join(rows) + "\n" + " " * indent + "]"


def write_recorded(file):
    """The recorded answers of a corpus file, in the order of its cases; those of cases that are gone
    are dropped.
    """
    kept = {case.name: file.recorded[case.name] for case in file.cases if case.name in file.recorded}
    file.recorded_path.write_text(compact(kept) + "\n")
