"""Runs the steps of `make check` one after another and sums what they counted.

usage: check.py STEP...       each STEP is a make target

A step's last "N passed" and "M failed" are added up; a step that prints neither counts as one. Every step runs,
also after a failure. The last line is "N passed, M failed".
"""
import os
import re
import subprocess
import sys
import time


def count(output, code):
    """(passed, failed) of one step, from the last line that tells."""
    passed = failed = 0
    for line in output.splitlines():
        good, bad = re.search(r"(\d+) passed", line), re.search(r"(\d+) failed", line)
        if good or bad:
            passed, failed = int(good.group(1)) if good else 0, int(bad.group(1)) if bad else 0
    if code != 0 and failed == 0:
        failed = 1
    if code == 0 and passed == 0:
        passed = 1
    return passed, failed


def run(step):
    process = subprocess.Popen([os.environ.get("MAKE", "make"), "--no-print-directory", "-s", "-j" + os.environ.get("JOBS", "2"), step],
                               stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, errors="replace")
    lines = []
    for line in process.stdout:
        # The unit tests' runner names every test twice; only what went wrong is worth a reader's time.
        if not line.startswith(("[ RUN      ]", "[       OK ]")):
            print(line, end="", flush=True)
        lines.append(line)
    return count("".join(lines), process.wait())


def main():
    rows = []
    for step in sys.argv[1:]:
        print("== make %s" % step, flush=True)
        started = time.monotonic()
        passed, failed = run(step)
        rows.append((step, passed, failed, time.monotonic() - started))
    print("== make check")
    for step, passed, failed, seconds in rows:
        print("%-16s %6d passed %4d failed %7.1f s" % (step, passed, failed, seconds))
    failed = sum(row[2] for row in rows)
    print("%d passed, %d failed" % (sum(row[1] for row in rows), failed))
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
