#include "base/assert.h"

#include <stdio.h>
#include <stdlib.h>

_Noreturn void qd_assert_fail(const char *file, int line, const char *text)
{
    fprintf(stderr, "%s:%d: assertion failed: %s\n", file, line, text);
    abort();
}

_Noreturn void qd_assert_memory_fail(void)
{
    fputs("out of memory\n", stderr);
    abort();
}
