#include <fnmatch.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/assert.h"
#include "base/test.h"

static struct qd_test *first;
static struct qd_test **last = &first;

void qd_test_register(struct qd_test *test)
{
    *last = test;
    last = &test->next;
}

void qd_test_slice(struct qd_slice slice, const char *text, const char *file, int line)
{
    if (qd_slice_is(slice, text)) return;
    print_error("expected: %s\n but was: %.*s\n", text, QD_SLICE_ARG(slice));
    _fail(file, line);
}

/* "module", "module/name" or a part with * ; no argument runs everything. */
static int selected(const struct qd_test *test, int count, char **patterns)
{
    char full[256];
    snprintf(full, sizeof(full), "%s/%s", test->module, test->name);
    for (int i = 0; i < count; i++) {
        if (fnmatch(patterns[i], full, 0) == 0 || fnmatch(patterns[i], test->module, 0) == 0) return 1;
    }
    return count == 0;
}

int main(int argc, char **argv)
{
    size_t count = 0;
    for (struct qd_test *test = first; test != NULL; test = test->next) count++;
    struct CMUnitTest *tests = calloc(count + 1, sizeof(*tests));
    char(*names)[256] = calloc(count + 1, sizeof(*names));
    qd_assert(tests != NULL);
    qd_assert(names != NULL);
    size_t used = 0;
    for (struct qd_test *test = first; test != NULL; test = test->next) {
        if (!selected(test, argc - 1, argv + 1)) continue;
        snprintf(names[used], sizeof(names[used]), "%s/%s", test->module, test->name);
        tests[used] = (struct CMUnitTest){ names[used], test->run, NULL, NULL, NULL };
        used++;
    }
    if (used == 0) {
        fputs("no test has such a name\n", stderr);
        free(tests);
        free(names);
        return 2;
    }
    int failed = _cmocka_run_group_tests("quidditch", tests, used, NULL, NULL);
    printf("%zu passed, %d failed\n", used - (size_t)failed, failed);
    free(tests);
    free(names);
    return failed == 0 ? 0 : 1;
}
