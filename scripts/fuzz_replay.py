"""Replays the fuzz corpora and then fuzzes every target for a short while, several at once.

usage: fuzz_replay.py --seconds S --jobs J --build DIR [--seed N] TARGET...

The seed of the fresh inputs comes from the commit, so that every commit tries others; it is printed.

A crash leaves its input in DIR/artifacts/<target>-*; the command that replays it is printed.
"""
import argparse
import concurrent.futures
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time

# No input of these sizes may take longer or need more: bounds are part of what is tested.
LIMITS = ["-timeout=20", "-rss_limit_mb=2048", "-print_final_stats=0", "-verbosity=1"]


def told(output):
    """What the fuzzer said, without its progress."""
    return "\n".join(line for line in output.splitlines() if not re.match(r"#\d+\t", line))[-4000:]


def commit_seed():
    """A seed that is the same for the same commit; the time's where there is no repository."""
    head = subprocess.run(["git", "rev-parse", "HEAD"], capture_output=True, text=True, check=False).stdout
    return int(head[:7], 16) + 1 if re.match("[0-9a-f]{7}", head) else int(time.time())


def run(build, target, seconds, seed):
    """(target, passed, text) of one target."""
    binary = os.path.join(build, "fuzz_" + target)
    corpus = os.path.join("fuzz", "corpus", target)
    artifacts = os.path.join(build, "artifacts", target + "-")
    seeds = sorted(os.path.join(corpus, name) for name in os.listdir(corpus)) if os.path.isdir(corpus) else []
    if not seeds:
        return target, False, "no seed corpus in %s" % corpus
    replay = subprocess.run([binary, "-artifact_prefix=" + artifacts] + LIMITS[:2] + seeds, text=True, errors="replace",
                            stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False)
    if replay.returncode != 0:
        return target, False, told(replay.stdout)
    if seconds == 0:
        return target, True, "%d seeds" % len(seeds)
    scratch = tempfile.mkdtemp(prefix="quidditch-fuzz-")
    try:
        words = os.path.join(build, target + ".dict")
        dictionary = ["-dict=" + words] if os.path.exists(words) else []
        fresh = subprocess.run([binary, "-seed=%d" % seed] + dictionary + ["-max_total_time=%d" % seconds, "-artifact_prefix=" + artifacts] +
                               LIMITS + [scratch, corpus], text=True, errors="replace", stdout=subprocess.PIPE,
                               stderr=subprocess.STDOUT, check=False)
    finally:
        shutil.rmtree(scratch, ignore_errors=True)
    if fresh.returncode != 0:
        found = re.search(r"Test unit written to (\S+)", fresh.stdout)
        command = "\nreplay: %s %s\n" % (binary, found.group(1)) if found else ""
        return target, False, told(fresh.stdout) + command
    runs = re.search(r"Done (\d+) runs", fresh.stdout)
    return target, True, "%d seeds, %s fresh inputs" % (len(seeds), runs.group(1) if runs else "?")


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--seconds", type=int, default=10)
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--build", default="build/fuzz")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("targets", nargs="*")
    arguments = parser.parse_args()
    os.makedirs(os.path.join(arguments.build, "artifacts"), exist_ok=True)
    failed = 0
    seed = arguments.seed or commit_seed()
    if arguments.seconds > 0:
        print("fresh inputs from seed %d: make fuzz-replay FUZZ_SEED=%d" % (seed, seed), flush=True)
    with concurrent.futures.ThreadPoolExecutor(max_workers=arguments.jobs) as pool:
        for target, good, text in pool.map(lambda t: run(arguments.build, t, arguments.seconds, seed), arguments.targets):
            failed += not good
            print("%-20s %s  %s" % (target, "ok    " if good else "FAILED", text), flush=True)
    print("%d passed, %d failed" % (len(arguments.targets) - failed, failed))
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
