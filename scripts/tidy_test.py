"""Tests of tidy.py: a bad file of each kind is refused, and a good one is not.

usage: tidy_test.py
"""
import os
import subprocess
import sys
import tempfile
import textwrap
import unittest

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import tidy

TABLE = """
layer base:
layer platform: base
layer search: base
library unistd.h: platform/linux
library uv.h: platform/linux
header search/leaf.h: search
"""
GOOD_HEADER = "/* Points of the plane, for those who draw. */\n"


class Tidy(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.TemporaryDirectory()
        self.root = self.folder.name
        self.write("scripts/layers.txt", TABLE)
        self.table = tidy.read_table(os.path.join(self.root, "scripts/layers.txt"))

    def tearDown(self):
        self.folder.cleanup()

    def write(self, path, text):
        full = os.path.join(self.root, path)
        os.makedirs(os.path.dirname(full), exist_ok=True)
        with open(full, "w", encoding="utf-8") as file:
            file.write(textwrap.dedent(text))

    def problems(self, path, text, exceptions=None):
        self.write(path, text)
        report = tidy.Report()
        tidy.check_file(self.root, path, self.table, report)
        return tidy.judge(report, exceptions or {})[0]

    def refused(self, path, text, part, exceptions=None):
        found = self.problems(path, text, exceptions)
        self.assertTrue(any(part in problem for problem in found), "%r is not in %r" % (part, found))

    def accepted(self, path, text, exceptions=None):
        self.assertEqual(self.problems(path, text, exceptions), [])

    def test_good_file(self):
        self.accepted("src/search/query.c", """\
            #include "search/query.h"
            #include <stdlib.h>

            #include "base/slice.h"

            /* Comments may speak of time(NULL) and "open(x)". */
            static int time_of(struct clock *clock)
            {
                if (clock->time(clock) > 0) return 1;
                return clock->rand();
            }
            """)

    def test_include_upwards(self):
        self.refused("src/base/slice.c", '#include "search/query.h"\n', "layer base may not include search")

    def test_include_of_unknown_layer(self):
        self.refused("src/other/slice.c", '#include "base/slice.h"\n', "no layer")

    def test_include_without_folder(self):
        self.refused("src/base/slice.c", '#include "slice.h"\n', "name their folder")

    def test_implementation_of_platform(self):
        self.refused("src/search/query.c", '#include "platform/linux/linux_env.h"\n', "only node chooses")

    def test_simulation_outside_tests(self):
        self.refused("src/search/query.c", '#include "simulation/fake/fake_env.h"\n', "may not include simulation")
        self.accepted("src/search/query_test.c", '#include "simulation/fake/fake_env.h"\n')

    def test_header_of_one_layer(self):
        self.write("scripts/layers.txt", TABLE.replace("header search/leaf.h", "header base/leaf.h"))
        self.table = tidy.read_table(os.path.join(self.root, "scripts/layers.txt"))
        self.accepted("src/search/query.c", '#include "base/leaf.h"\n')
        self.refused("src/platform/clock.c", '#include "base/leaf.h"\n', "base/leaf.h belongs to search")
        self.accepted("src/platform/clock_test.c", '#include "base/leaf.h"\n')

    def test_library_elsewhere(self):
        self.refused("src/search/query.c", "#include <unistd.h>\n", "<unistd.h> belongs to platform/linux")
        self.accepted("src/platform/linux/disk.c", "#include <unistd.h>\n")

    def test_circle_in_table(self):
        self.write("scripts/layers.txt", "layer base: search\nlayer search: base\n")
        with self.assertRaises(ValueError):
            tidy.read_table(os.path.join(self.root, "scripts/layers.txt"))

    def test_banned_calls(self):
        for call in ("time(NULL)", "rand()", "fopen(a, b)", "usleep(5)", "getenv(a)", "pthread_create(a, b, c, d)",
                     "socket(1, 2, 3)", "printf(a)"):
            self.refused("src/search/query.c", "int f(void)\n{\n    return (int)%s;\n}\n" % call, "only for src/platform")
        self.accepted("src/platform/clock.c", "int f(void)\n{\n    return (int)time(NULL);\n}\n")

    def test_words(self):
        self.refused("src/base/slice.c", "/* TODO: more */\n", "unfinished")
        self.refused("src/base/slice.c", 'static const char format[] = "%p";\n', "pointers")
        self.refused("src/base/slice.c", "int a; \n", "blanks")
        self.refused("src/base/slice.c", "// comment\n", "comments")
        self.refused("src/base/slice.c", "int a;", "no end")

    def test_sizes(self):
        self.refused("src/base/slice.c", "static void f(void)\n{\n%s}\n" % ("    g();\n" * 68), "function 71")
        self.accepted("src/base/slice.c", "static void f(void)\n{\n%s}\n" % ("    g();\n" * 67))
        self.refused("src/base/slice.c", "int a;\n" * 1001, "file 1001")
        self.refused("src/base/slice.h", GOOD_HEADER + "\n" * 250, "header 251")
        self.refused("src/base/slice.c", "/* %s */\n" % ("x" * 105), "long-lines 1")
        self.accepted("src/base/slice_table.c", "/* %s */\n" % ("x" * 200) + "int a;\n" * 2000)
        self.refused("src/base/slice.c", "int f(int a, int b, int c, int (*d)(int, int), int e, int g, int h)\n{\n}\n",
                     "parameters 7")

    def test_nesting(self):
        deep = "int f(int a)\n{\n%s%s    return (struct x){ { 1 } }.y;\n}\n"
        self.refused("src/base/slice.c", deep % ("if (a) {\n" * 5, "}\n" * 5), "nesting 5")
        self.accepted("src/base/slice.c", deep % ("if (a) {\n" * 4, "}\n" * 4))

    def test_ratchet(self):
        long_ = "static void f(void)\n{\n%s}\n" % ("    g();\n" * 80)
        key = ("function", "src/base/slice.c:f")
        self.accepted("src/base/slice.c", long_, {key: 83})
        self.refused("src/base/slice.c", long_, "function 83, 82 is the limit", {key: 82})
        self.refused("src/base/slice.c", long_, "has shrunk to 83", {key: 90})
        self.refused("src/base/slice.c", "int a;\n", "is mended", {key: 83})

    def test_ratchet_never_rises(self):
        report = tidy.Report()
        report.measure("function", "a:f", 99)
        report.measure("function", "a:g", 75)
        self.assertEqual(tidy.judge(report, {("function", "a:f"): 80})[1], {("function", "a:f"): 80})

    def test_header_without_comment(self):
        self.refused("src/base/slice.h", "#define X 1\n", "begins with a comment")

    def test_function_without_comment(self):
        self.refused("src/base/slice.h", GOOD_HEADER + "#include <a.h>\n\nint qd_slice_size(int a);\n", "undocumented-function 1")
        self.accepted("src/base/slice.h", GOOD_HEADER + "#include <a.h>\n\n/* Size. */\nint qd_slice_size(int a,\n    int b);\n")
        self.refused("src/base/slice.h", GOOD_HEADER + "#include <a.h>\n\n/* Size. */\nint qd_slice_size(int a);\n\nint qd_b(void);\n",
                     "undocumented-function 1")
        self.refused("src/base/slice.h", GOOD_HEADER + "\nstatic inline int qd_f(void)\n{\n    return 1;\n}\n",
                     "undocumented-function 1")

    def test_field_without_comment(self):
        record = GOOD_HEADER + "/* A point. */\nstruct qd_point {\n    int x; /* right */\n    int y;%s\n};\n"
        self.refused("src/base/slice.h", record % "", "undocumented-field 1")
        self.accepted("src/base/slice.h", record % " /* up */")

    def test_symbols(self):
        report = tidy.Report()
        tidy.check_symbols("src/base/slice.c", "0000 T qd_slice_size\n0000 T slice_size\n", report)
        tidy.check_symbols("src/base/map.c", "                 U __read_chk\n                 U memcpy\n", report)
        tidy.check_symbols("src/platform/linux/disk.c", "                 U open\n", report)
        self.assertEqual(len(report.problems), 2, report.problems)
        self.assertIn("slice_size is visible", report.problems[0])
        self.assertIn("read() is only for src/platform", report.problems[1])

    def test_header_alone(self):
        self.write("src/base/good.h", GOOD_HEADER + "#include <stddef.h>\nextern size_t qd_good;\n")
        self.write("src/base/bad.h", GOOD_HEADER + "extern size_t qd_bad;\n")
        report = tidy.Report()
        tidy.check_headers_alone(self.root, ["src/base/good.h", "src/base/bad.h"], report)
        self.assertEqual(len(report.problems), 1, report.problems)
        self.assertIn("src/base/bad.h: does not compile alone", report.problems[0])

    def write_pages(self):
        for page in ("errors", "routes", "settings"):
            self.write("scripts/generate/%s.py" % page, "print('fresh')\n")
            self.write("spec/api/%s.md" % page, "fresh\n")

    def test_generated(self):
        self.write_pages()
        for text, count in (("fresh\n", 0), ("stale\n", 1)):
            self.write("spec/api/routes.md", text)
            report = tidy.Report()
            tidy.check_generated(self.root, report)
            self.assertEqual(len(report.problems), count, report.problems)

    def test_whole_program(self):
        self.write("src/base/bad.c", "int a;\n// no\n")
        self.write_pages()
        program = os.path.join(os.path.dirname(os.path.abspath(__file__)), "tidy.py")
        command = [sys.executable, program, "--root", self.root]
        run = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=False)
        self.assertEqual(run.returncode, 1)
        self.assertIn("src/base/bad.c:2: comments", run.stdout)
        os.remove(os.path.join(self.root, "src/base/bad.c"))
        self.write("src/base/good.c", "static int a;\n")
        run = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=False)
        self.assertEqual((run.returncode, run.stdout.splitlines()[-1]), (0, "1 passed, 0 failed"))


if __name__ == "__main__":
    suite = unittest.defaultTestLoader.loadTestsFromTestCase(Tidy)
    outcome = unittest.TextTestRunner(verbosity=0).run(suite)
    bad = len(outcome.failures) + len(outcome.errors)
    print("%d passed, %d failed" % (outcome.testsRun - bad, bad))
    sys.exit(1 if bad else 0)
