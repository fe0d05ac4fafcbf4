/* Settings whose value is one of a few words.
 *
 * Used by the checks of cluster and index settings. One row per setting, with the words and the reference's
 * text for any other. Source: the answers of OpenSearch 3.8.0 to wrong values.
 */
#ifndef QD_COORDINATOR_SETTING_WORDS_H
#define QD_COORDINATOR_SETTING_WORDS_H

#include "base/slice.h"
#include "base/status.h"

/* Checks the text of a setting; one without a row takes every text. Errors: QD_ILLEGAL_ARGUMENT. */
QD_CHECKED enum qd_status qd_setting_words_check(const char *key, struct qd_slice text,
                                                 struct qd_error *error);

#endif
