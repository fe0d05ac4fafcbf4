/* Assertions that stay on in release builds, and slow ones that run in debug and simulation builds only.
 *
 * Used by every layer. A failed assertion is a bug in this program: it prints the condition and aborts.
 */
#ifndef QD_BASE_ASSERT_H
#define QD_BASE_ASSERT_H

/* Prints "file:line: assertion failed: text" to standard error and aborts the process. Never returns. */
_Noreturn void qd_assert_fail(const char *file, int line, const char *text);

/* Prints "out of memory" to standard error and aborts the process: what an allocation that may not fail does.
 * Never returns. */
_Noreturn void qd_assert_memory_fail(void);

/* Checks an invariant in every build. Split compound conditions into several calls. */
#define qd_assert(condition) ((condition) ? (void)0 : qd_assert_fail(__FILE__, __LINE__, #condition))

/* Marks a place that no run may reach. */
#define qd_unreachable() qd_assert_fail(__FILE__, __LINE__, "unreachable")

#ifdef QD_DEBUG
/* Checks an invariant whose check is too slow for release builds. */
#define qd_assert_slow(condition) qd_assert(condition)
#else
#define qd_assert_slow(condition) ((void)0)
#endif

#endif
