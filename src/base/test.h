/* Unit tests: TEST(module, name) { ... } registers itself with the runner in base/test_main_test.c.
 *
 * Asserts are cmocka's (assert_int_equal, assert_true, assert_memory_equal, ...) plus the ones below.
 */
#ifndef QD_BASE_TEST_H
#define QD_BASE_TEST_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/slice.h"

/* One registered test. */
struct qd_test {
    const char *module;   /* file stem of what is tested */
    const char *name;     /* what holds, snake case */
    void (*run)(void **); /* the body */
    struct qd_test *next; /* list of all tests */
};

/* Adds a test to the list; called before main by the TEST macro. */
void qd_test_register(struct qd_test *test);

/* Defines and registers a test. */
#define TEST(module_, name_)                                                                   \
    static void test_##module_##_##name_(void **state_);                                       \
    static struct qd_test entry_##module_##_##name_ = { #module_, #name_,                      \
                                                        test_##module_##_##name_, NULL };      \
    __attribute__((constructor)) static void register_##module_##_##name_(void)                \
    {                                                                                          \
        qd_test_register(&entry_##module_##_##name_);                                          \
    }                                                                                          \
    static void test_##module_##_##name_(__attribute__((unused)) void **state_)

/* Compares a slice with a 0-terminated string and shows both. */
#define assert_slice(slice, text) qd_test_slice((slice), (text), __FILE__, __LINE__)

/* Compares a status. */
#define assert_ok(call) assert_int_equal((call), 0)

/* See assert_slice. */
void qd_test_slice(struct qd_slice slice, const char *text, const char *file, int line);

#endif
