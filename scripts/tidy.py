"""Checks the rules of the house that a machine can keep; `make tidy` runs it.

usage: tidy.py [--root DIR] [--objects DIR] [--ratchet]

  --objects DIR   compiled files, for the rules about symbols
  --ratchet       lowers entries of scripts/tidy-exceptions.txt to what is measured now; it never raises or adds one

Rules: includes go down the layers and libraries stay in their folder (scripts/layers.txt); no effects outside
src/platform; sizes; header documentation; symbol prefixes; headers that compile alone; generated files are fresh.
A size that is already too large stands in scripts/tidy-exceptions.txt with its measure, and may only shrink.
"""
import argparse
import concurrent.futures
import os
import re
import subprocess
import sys
import tempfile

COLUMNS_MAX = 110
LIMITS = {"function": 70, "file": 1000, "header": 250, "parameters": 6, "nesting": 4,
          "long-lines": 0, "undocumented-function": 0, "undocumented-field": 0}

# Calls that reach outside the process. Names that are also ordinary verbs (open, read, write, send) are caught by the
# header that declares them and by the symbols that an object file asks for.
BANNED_CALLS = set("""
time clock clock_gettime gettimeofday localtime localtime_r gmtime gmtime_r mktime
sleep usleep nanosleep alarm
rand srand rand_r random srandom drand48 arc4random getrandom getentropy
pthread_create pthread_mutex_lock thrd_create mtx_lock
socket setsockopt getaddrinfo epoll_create1
fopen freopen fdopen fread fwrite fgets fputs fputc puts putchar printf vprintf fprintf vfprintf perror
remove rename tmpfile mkstemp unlink mkdir rmdir opendir mmap munmap fsync fdatasync
getenv setenv system popen fork execve signal sigaction dlopen
""".split())
BANNED_SYMBOLS = BANNED_CALLS | set("open openat open64 read pread pread64 write pwrite pwrite64 close lseek ftruncate stat fstat "
                                    "send recv sendto recvfrom connect bind listen accept accept4 poll select ioctl".split())
# main.c is the process: its command line, configuration file and lock stand before there is a platform.
# assert.c ends a process that cannot go on and says why on stderr.
EFFECT_EXEMPT = {"src/node/main.c", "src/base/assert.c"}
CONTROL = {"if", "for", "while", "switch"}
TOKEN = re.compile(r'[A-Za-z_]\w*|[0-9][\w.]*|->|[^\s\w]')


class Report:
    """What was found: problems, and measures that a ratchet entry may allow."""

    def __init__(self):
        self.problems = []
        self.measures = {}
        self.details = {}

    def problem(self, place, text):
        self.problems.append("%s: %s" % (place, text))

    def measure(self, kind, place, value):
        key = (kind, place)
        self.measures[key] = max(value, self.measures.get(key, 0))


def is_test_path(path):
    """Tests and what only tests include."""
    return re.search(r"(_test|_test_support)\.[ch]$|/test\.h$", path) is not None


def blank(text, keep_comments=False):
    """The text with comments, strings and preprocessor lines replaced by blanks; lines stay where they are."""
    def spaces(match):
        word = match.group(0)
        if word.startswith("/"):
            return word if keep_comments else re.sub(r"[^\n]", " ", word)
        return word[0] + re.sub(r"[^\n]", " ", word[1:-1]) + word[-1]
    text = re.sub(r'/\*.*?\*/|//[^\n]*|"(?:\\.|[^"\\\n])*"|\'(?:\\.|[^\'\\\n])*\'', spaces, text, flags=re.S)
    return re.sub(r"^[ \t]*#(?:[^\n]*\\\n)*[^\n]*", lambda m: re.sub(r"[^\n]", " ", m.group(0)), text, flags=re.M)


def tokens(code):
    """[(text, line)] of blanked code."""
    result, line, at = [], 1, 0
    for match in TOKEN.finditer(code):
        line += code.count("\n", at, match.start())
        at = match.start()
        result.append((match.group(0), line))
    return result


def matching_back(list_, close):
    """Index of the parenthesis that list_[close] closes."""
    depth = 0
    for i in range(close, -1, -1):
        if list_[i][0] == ")":
            depth += 1
        elif list_[i][0] == "(":
            depth -= 1
            if depth == 0:
                return i
    return -1


def count_parameters(list_, start, end):
    """Parameters between the parentheses list_[start] and list_[end]."""
    inner = [t for t, _ in list_[start + 1:end]]
    if not inner or inner == ["void"]:
        return 0
    depth, count = 0, 1
    for text in inner:
        depth += text in "([{"
        depth -= text in ")]}"
        count += text == "," and depth == 0
    return count


def skip_attributes(list_, i):
    """Walks back over __attribute__((...)) that ends at i."""
    while i > 0 and list_[i][0] == ")":
        start = matching_back(list_, i)
        if start <= 0 or list_[start - 1][0] not in ("__attribute__", "__attribute"):
            break
        i = start - 2
    return i


def is_block(list_, i):
    """Is the brace at i that of a statement (not an initialiser's or a compound literal's)?"""
    if i == 0:
        return False
    before = list_[i - 1][0]
    if before in ("else", "do", "{", "}", ";", ":"):
        return True
    if before != ")":
        return False
    start = matching_back(list_, i - 1)
    return start > 0 and re.match(r"[A-Za-z_]\w*$", list_[start - 1][0]) is not None and \
        list_[start - 1][0] not in ("return", "sizeof")


def functions(code):
    """[(name, first line, last line, parameters, nesting)] of the definitions in blanked code."""
    list_ = tokens(code)
    result, i = [], 0
    while i < len(list_):
        if list_[i][0] != "{":
            i += 1
            continue
        end = closing(list_, i)
        close = skip_attributes(list_, i - 1)
        if close > 0 and list_[close][0] == ")":
            start = matching_back(list_, close)
            name = list_[start - 1][0] if start > 0 else ""
            if re.match(r"[A-Za-z_]\w*$", name) and name not in CONTROL:
                first = list_[start - 1][1]
                result.append((name, first, list_[min(end, len(list_) - 1)][1], count_parameters(list_, start, close),
                               nesting(list_, i, end)))
        i = end + 1
    return result


def closing(list_, open_):
    depth = 0
    for i in range(open_, len(list_)):
        depth += list_[i][0] == "{"
        depth -= list_[i][0] == "}"
        if depth == 0:
            return i
    return len(list_)


def nesting(list_, open_, end):
    """The deepest control statement within a body."""
    stack, deepest = [], 0
    for i in range(open_ + 1, end):
        if list_[i][0] == "{":
            stack.append(is_block(list_, i))
            deepest = max(deepest, sum(stack))
        elif list_[i][0] == "}" and stack:
            stack.pop()
    return deepest


def read_table(path):
    """(layers, libraries, headers) of layers.txt; a row that names a layer below itself is refused."""
    layers, libraries, headers = {}, {}, {}
    with open(path, encoding="utf-8") as file:
        for number, line in enumerate(file, 1):
            line = line.split("#")[0].strip()
            if not line:
                continue
            kind, name, what = re.match(r"(\w+) +([^:]+): *(.*)", line).groups()
            if kind == "layer":
                unknown = [other for other in what.split() if other not in layers]
                if unknown:
                    raise ValueError("%s:%d: %s is not above" % (path, number, " ".join(unknown)))
                layers[name] = set(what.split()) | {name}
            elif kind == "header":
                headers[name] = what.split()
            else:
                libraries[name] = what.split()
    return layers, libraries, headers


def check_includes(path, text, table, report):
    layers, libraries, headers = table
    parts = path.split("/")
    is_test = is_test_path(path)
    for number, line in enumerate(text.split("\n"), 1):
        match = re.match(r'#\s*include\s+(["<])([^">]+)[">]', line)
        if not match:
            continue
        place, header = "%s:%d" % (path, number), match.group(2)
        if match.group(1) == "<":
            for prefix, folders in libraries.items():
                allowed = any(path.startswith("src/%s/" % folder) for folder in folders)
                if header.startswith(prefix) and not allowed and not is_test and path not in EFFECT_EXEMPT:
                    report.problem(place, "<%s> belongs to %s" % (header, " ".join(folders)))
            continue
        layer = header.split("/")[0]
        if "/" not in header:
            report.problem(place, 'includes name their folder: "%s"' % header)
        elif layer == "simulation" and is_test:
            continue
        elif parts[1] not in layers:
            report.problem(place, "src/%s is no layer of scripts/layers.txt" % parts[1])
        elif re.match(r"platform/(linux|tls)/", header) and parts[1] not in ("platform", "node"):
            report.problem(place, "only node chooses an implementation of the platform: %s" % header)
        elif layer not in layers[parts[1]]:
            report.problem(place, "layer %s may not include %s" % (parts[1], layer))
        elif parts[1] not in headers.get(header, [parts[1]]) and not is_test:
            report.problem(place, "%s belongs to %s" % (header, " ".join(headers[header])))


def check_calls(path, code, report):
    if path.startswith("src/platform/") or path in EFFECT_EXEMPT or is_test_path(path):
        return
    list_ = tokens(code)
    for i, (text, line) in enumerate(list_[:-1]):
        if text not in BANNED_CALLS or list_[i + 1][0] != "(":
            continue
        before = list_[i - 1][0] if i else ""
        # A member or a declaration of that name is somebody else.
        if before in (".", "->", "*") or re.match(r"[A-Za-z_]\w*$", before) and before not in ("return", "else", "do"):
            continue
        report.problem("%s:%d" % (path, line), "%s() is only for src/platform" % text)


def check_words(path, text, report):
    for number, line in enumerate(text.split("\n"), 1):
        place = "%s:%d" % (path, number)
        if re.search(r"\b(TODO|FIXME|XXX|HACK)\b", line):
            report.problem(place, "unfinished work goes into an issue, not into the code")
        if re.search(r'"[^"]*%p', line):
            report.problem(place, "printed pointers differ from run to run")
        if re.search(r"[ \t]+$", line):
            report.problem(place, "blanks at the end of a line")
        if re.match(r"\s*//", line):
            report.problem(place, "comments are /* */")
    if not text.endswith("\n"):
        report.problem(path, "the last line has no end")


def check_sizes(path, text, code, report):
    lines = text.split("\n")[:-1]
    table = path.endswith("_table.c")
    if path.endswith(".h"):
        report.measure("header", path, len(lines))
    elif not table:
        report.measure("file", path, len(lines))
    if not table:
        long = [number for number, line in enumerate(lines, 1) if len(line.expandtabs(4)) > COLUMNS_MAX]
        report.measure("long-lines", path, len(long))
        report.details[("long-lines", path)] = "lines " + ", ".join(map(str, long[:20]))
    for name, first, last, parameters, deep in functions(code):
        place = "%s:%s" % (path, name)
        report.measure("function", place, last - first + 1)
        report.measure("parameters", place, parameters)
        report.measure("nesting", place, deep)


FIELD_OR_MEMBER = re.compile(r"[\w\])][^{}]*[;,]|^\s*\w+\s*(=[^,]*)?$")


def check_header_documentation(path, text, report):
    """Counts declarations and fields without a comment. A comment covers the declarations that follow it without an
    empty line between; a field may also carry its comment on its own line or above."""
    lines = text.split("\n")
    if not lines or not lines[0].startswith("/*") or len(lines[0]) < 10:
        report.problem(path, "a header begins with a comment: what it is for, who uses it")
    code = blank(text).split("\n")
    commented = blank(text, keep_comments=True).split("\n")
    undocumented_functions = undocumented_fields = depth = 0
    covered = in_record = in_body = False
    statement = ""
    for number, line in enumerate(code):
        has_comment = "/*" in commented[number] or "*/" in commented[number]
        stripped = line.strip()
        if not stripped:
            covered = has_comment or (covered and commented[number].strip() != "")
            continue
        if depth == 0:
            statement = (statement + " " + stripped).strip()
            covered = covered or has_comment
            if stripped.endswith(";") and "{" not in statement:
                if "(" in statement and not covered and not statement.startswith(("typedef", "_Static_assert", "static_assert")):
                    undocumented_functions += 1
                statement = ""
            elif "{" in stripped:
                in_record = re.match(r"(typedef )?(struct|union|enum)\b[^()]*\{", statement) is not None
                in_body = not in_record
                if in_body and not covered and "(" in statement:
                    undocumented_functions += 1
                field_covered = False
        elif in_record and not in_body and FIELD_OR_MEMBER.search(stripped) and not stripped.startswith("}"):
            if not enum_member(statement, stripped) and not has_comment and not field_comment_near(commented, code, number):
                undocumented_fields += 1
        depth += line.count("{") - line.count("}")
        if depth == 0 and ("}" in line):
            statement = "" if line.rstrip().endswith((";", "}")) else statement
    if undocumented_functions:
        report.measure("undocumented-function", path, undocumented_functions)
    if undocumented_fields:
        report.measure("undocumented-field", path, undocumented_fields)


def enum_member(statement, line):
    """A member of an enumeration whose names say what they mean is documented by the enumeration's comment."""
    return statement.startswith(("enum", "typedef enum")) and not line.endswith(";")


def field_comment_near(commented, code, number):
    """The line above or below is a comment of this field (a long one, or one that was wrapped)."""
    above = commented[number - 1].strip() if number else ""
    if above.endswith("*/") and not code[number - 1].strip():
        return True
    below = commented[number + 1].strip() if number + 1 < len(commented) else ""
    return below.startswith("/*") and not code[number].rstrip().endswith((";", ","))


def check_objects(objects, report):
    """Symbol prefixes, and the system functions that an object asks for, of every compiled file."""
    for folder, _, names in sorted(os.walk(os.path.join(objects, "src"))):
        for name in sorted(names):
            source = os.path.relpath(os.path.join(folder, name), objects)[:-2] + ".c"
            if not name.endswith(".o") or not os.path.exists(source):
                continue
            listing = subprocess.run(["nm", "-g", os.path.join(folder, name)], stdout=subprocess.PIPE, text=True,
                                     check=True).stdout
            check_symbols(source, listing, report)


def check_symbols(source, listing, report):
    for line in listing.splitlines():
        kind, symbol = line.split()[-2:]
        if kind != "U":
            prefixed = symbol.startswith(("qd_", "quidditch_")) or (symbol == "main" and source == "src/node/main.c")
            if not prefixed and not is_test_path(source) and not symbol.startswith("__"):
                report.problem(source, "%s is visible to other files: qd_<module>_<verb>, or static" % symbol)
            continue
        plain = re.sub(r"^__(\w+?)(_chk|_2)?$", r"\1", symbol)
        plain = re.sub(r"^isoc99_", "", plain)
        effect = plain in BANNED_SYMBOLS or plain.startswith(("pthread_", "uv_", "thrd_"))
        if effect and not source.startswith("src/platform/") and source not in EFFECT_EXEMPT and \
                not is_test_path(source):
            report.problem(source, "%s() is only for src/platform" % plain)


def check_headers_alone(root, headers, report):
    """Every header compiles without anything before it."""
    def compile_one(path):
        name = re.sub(r"^(src|include)/", "", path)
        with tempfile.NamedTemporaryFile("w", suffix=".c") as file:
            file.write('#include "%s"\n' % name)
            file.flush()
            run = subprocess.run(["gcc", "-std=c17", "-D_GNU_SOURCE", "-march=x86-64-v2", "-Isrc", "-Iinclude", "-I.",
                                  "-fsyntax-only", file.name], cwd=root, stderr=subprocess.PIPE, text=True, check=False)
        return path, run.returncode, run.stderr
    with concurrent.futures.ThreadPoolExecutor(max_workers=os.cpu_count()) as pool:
        for path, code, errors in pool.map(compile_one, headers):
            if code != 0:
                report.problem(path, "does not compile alone: " + errors.strip().split("\n")[0])


# Generators that need nothing but the tree: (command, the file that they write). Each prints the file.
GENERATED = [(["scripts/generate/%s.py" % page], "spec/api/%s.md" % page) for page in ("errors", "routes", "settings")]


def check_generated(root, report):
    for command, path in GENERATED:
        run = subprocess.run([sys.executable] + command, cwd=root, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
                             check=False)
        if run.returncode != 0:
            report.problem(path, "cannot be generated: " + run.stderr.strip())
            continue
        try:
            with open(os.path.join(root, path), encoding="utf-8") as file:
                fresh = file.read() == run.stdout
        except OSError:
            fresh = False
        if not fresh:
            report.problem(path, "is out of date: python3 %s > %s" % (" ".join(command), path))


def sources(root):
    found = []
    for top in ("src", "include", "simulation", "fuzz"):
        for folder, _, names in os.walk(os.path.join(root, top)):
            found += [os.path.relpath(os.path.join(folder, name), root) for name in names if name.endswith((".c", ".h"))]
    return sorted(found)


def check_file(root, path, table, report):
    with open(os.path.join(root, path), encoding="utf-8") as file:
        text = file.read()
    code = blank(text)
    check_words(path, text, report)
    check_sizes(path, text, code, report)
    if path.startswith("src/"):
        check_includes(path, text, table, report)
        check_calls(path, code, report)
    if path.endswith(".h"):
        check_header_documentation(path, text, report)


def read_exceptions(path):
    exceptions = {}
    if os.path.exists(path):
        with open(path, encoding="utf-8") as file:
            for line in file:
                if line.strip() and not line.startswith("#"):
                    kind, place, value = line.split()
                    exceptions[(kind, place)] = int(value)
    return exceptions


HEAD = """# What was already too large or undocumented when `make tidy` came: kind, place, measure. Entries may only
# shrink and vanish: after mending one, `make tidy-ratchet` lowers it. Nothing is added.
"""


def write_exceptions(path, exceptions):
    with open(path, "w", encoding="utf-8") as file:
        file.write(HEAD)
        for (kind, place), value in sorted(exceptions.items()):
            file.write("%s %s %d\n" % (kind, place, value))


def judge(report, exceptions):
    """(problems, the exceptions as they should be)."""
    problems, kept = list(report.problems), {}
    for key, value in report.measures.items():
        limit, allowed = LIMITS[key[0]], exceptions.get(key)
        if value > max(limit, allowed or 0):
            more = " (%s)" % report.details[key] if key in report.details else ""
            problems.append("%s: %s %d, %d is the limit%s" % (key[1], key[0], value, max(limit, allowed or 0), more))
        if allowed is not None and value > limit:
            kept[key] = min(value, allowed)
    for key, value in exceptions.items():
        if key not in kept:
            problems.append("%s: %s is mended: make tidy-ratchet" % (key[1], key[0]))
        elif kept[key] < value:
            problems.append("%s: %s has shrunk to %d: make tidy-ratchet" % (key[1], key[0], kept[key]))
    return problems, kept


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--root", default=".")
    parser.add_argument("--objects")
    parser.add_argument("--ratchet", action="store_true")
    arguments = parser.parse_args()
    os.chdir(arguments.root)
    report = Report()
    table = read_table("scripts/layers.txt")
    files = sources(".")
    for path in files:
        check_file(".", path, table, report)
    if arguments.objects:
        check_objects(arguments.objects, report)
    check_headers_alone(".", [path for path in files if path.endswith(".h")], report)
    check_generated(".", report)
    exceptions = read_exceptions("scripts/tidy-exceptions.txt")
    problems, kept = judge(report, exceptions)
    if arguments.ratchet:
        write_exceptions("scripts/tidy-exceptions.txt", kept)
        problems, kept = judge(report, kept)
    for problem in problems:
        print(problem)
    print("tidy: %d files, %d problems, %d exceptions left" % (len(files), len(problems), len(kept)))
    print("%d passed, %d failed" % (max(0, len(files) - len(problems)), len(problems)))
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
