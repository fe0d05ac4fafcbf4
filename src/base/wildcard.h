/* Matching of simple wildcards.
 *
 * qd_wildcard_match is Lucene's wildcard of queries and filters; qd_simple_match is OpenSearch's
 * Regex.simpleMatch for index expressions, field patterns and settings. Linear in pattern plus text in
 * practice, never exponential.
 * Source: OpenSearch Regex.java, Lucene WildcardQuery.
 */
#ifndef QD_BASE_WILDCARD_H
#define QD_BASE_WILDCARD_H

#include <stdbool.h>
#include <stddef.h>

#include "base/slice.h"

/* True when the whole `text` (UTF-8) matches: `*` any run, `?` one code point, `\` takes the next
 * character literally. */
bool qd_wildcard_match(struct qd_slice pattern, struct qd_slice text);

/* True when the whole `text` matches `pattern`, where only `*` is special. */
bool qd_simple_match(struct qd_slice pattern, struct qd_slice text);

/* The same without regard to the case of ASCII letters. */
bool qd_simple_match_ignore_case(struct qd_slice pattern, struct qd_slice text);

/* True when any of patterns[count] matches. */
bool qd_simple_match_any(const struct qd_slice *patterns, size_t count, struct qd_slice text);

/* True when the pattern holds a `*`. */
bool qd_is_simple_pattern(struct qd_slice pattern);

/* True for "*". */
bool qd_is_match_all_pattern(struct qd_slice pattern);

#endif
