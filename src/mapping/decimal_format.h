/* java.text.DecimalFormat with the root locale's symbols, for patterns such as "0.00", "#,##0.##", "$0.0%",
 * "##0.#E0", "0;(0)".
 *
 * Used by value formats. A pattern is checked once, where a request names it; the other functions take
 * patterns that were checked, and show or read with one that is not as with an empty one. Source:
 * java.text.DecimalFormat.
 */
#ifndef QD_MAPPING_DECIMAL_FORMAT_H
#define QD_MAPPING_DECIMAL_FORMAT_H

#include "base/arena.h"
#include "base/slice.h"
#include "base/status.h"

/* Whether `pattern` is one. Errors: QD_ILLEGAL_ARGUMENT with Java's words. */
QD_CHECKED enum qd_status qd_decimal_format_check(struct qd_slice pattern, struct qd_error *error);

/* The text of `value` in `pattern`. Memory: the arena's. */
struct qd_slice qd_decimal_format(struct qd_slice pattern, double value, struct qd_arena *arena);

/* The same for a whole number in digits, possibly with a minus, which keeps every one of them; `number` has
 * no more than QD_DECIMAL_WHOLE_MAX digits. Memory: the arena's. */
struct qd_slice qd_decimal_format_whole(struct qd_slice pattern, struct qd_slice number,
                                        struct qd_arena *arena);
#define QD_DECIMAL_WHOLE_MAX 20

/* Reads what qd_decimal_format prints back: a number at the beginning of `text`, between the pattern's prefix
 * and suffix. False when there is none; *value is unchanged then. */
bool qd_decimal_unformat(struct qd_slice pattern, struct qd_slice text, double *value);

#endif
