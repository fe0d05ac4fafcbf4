/* Checks that n-gram tokenizers and filters share.
 *
 * Used by tokenizer_ngram.c and filter_ngram.c.
 */
#ifndef QD_ANALYSIS_NGRAM_H
#define QD_ANALYSIS_NGRAM_H

#include "analysis/component.h"

/* Errors: the difference is above index.max_ngram_diff. */
QD_CHECKED enum qd_status qd_ngram_check_difference(const struct qd_component_settings *settings, int32_t min,
                                                    int32_t max, struct qd_error *error);

/* Errors: lengths that are not 1 <= min <= max. */
QD_CHECKED enum qd_status qd_ngram_check(int32_t min, int32_t max, struct qd_error *error);

#endif
