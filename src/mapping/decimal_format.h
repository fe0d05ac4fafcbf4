/* java.text.DecimalFormat with the root locale's symbols, for patterns such as "0.00", "#,##0.##", "$0.0%".
 *
 * Used by value formats. Exponents ("0.#E0") are supported without grouping. Source: java.text.DecimalFormat.
 */
#ifndef QD_MAPPING_DECIMAL_FORMAT_H
#define QD_MAPPING_DECIMAL_FORMAT_H

#include "base/arena.h"
#include "base/slice.h"

/* The text of `value` in `pattern`. Memory: the arena's. */
struct qd_slice qd_decimal_format(struct qd_slice pattern, double value, struct qd_arena *arena);

/* The same for a whole number in digits, possibly with a minus, which keeps every one of them. */
struct qd_slice qd_decimal_format_whole(struct qd_slice pattern, struct qd_slice number,
                                        struct qd_arena *arena);

/* Reads what qd_decimal_format prints back, as far as it is a plain number; false when it is none. */
bool qd_decimal_unformat(struct qd_slice pattern, struct qd_slice text, double *value);

#endif
