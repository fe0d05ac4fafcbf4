"""Prints a libFuzzer dictionary of the words that requests are made of: names in the tables and parsers of the
sources, and the parts of paths and the parameters of spec/api/routes.md.

usage: python3 scripts/generate/fuzz_dictionary.py > build/fuzz/rest.dict
"""
import glob
import os
import re
import sys

SOURCES = ["src/search/*.c", "src/aggregation/*.c", "src/mapping/*.c", "src/analysis/*.c", "src/coordinator/*.c"]
WORD = r"([a-z_][a-zA-Z_.]{1,40})"


def main():
    root = os.path.join(os.path.dirname(__file__), "..", "..")
    words = set()
    for pattern in SOURCES:
        for path in glob.glob(os.path.join(root, pattern)):
            if path.endswith("_test.c"):
                continue
            with open(path, encoding="utf-8") as source:
                text = source.read()
            words.update('"%s"' % word for word in re.findall(r'\{ "%s"' % WORD, text))
            words.update('"%s"' % word for word in re.findall(r'qd_slice_is\([^,]+, "%s"\)' % WORD, text))
    with open(os.path.join(root, "spec", "api", "routes.md"), encoding="utf-8") as routes:
        for row in re.findall(r"^\| [A-Z]+ \| `([^`]+)` \| [^|]+ \|([^|]*)\|", routes.read(), flags=re.M):
            words.update("/" + part for part in row[0].split("/") if part and part[0] != "{")
            words.update(name + "=" for name in row[1].split())
    for word in sorted(words):
        sys.stdout.write('"%s"\n' % word.replace("\\", "\\\\").replace('"', '\\"'))


if __name__ == "__main__":
    main()
