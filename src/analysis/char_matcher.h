/* Sets of characters by class, as `token_chars` names them.
 *
 * Used by tokenizer_ngram.c and tokenizer_char_group.c. Source: CharMatcher of OpenSearch 3.8.0.
 */
#ifndef QD_ANALYSIS_CHAR_MATCHER_H
#define QD_ANALYSIS_CHAR_MATCHER_H

#include "analysis/component.h"

/* A character is in the set when its category's bit is set, or it is white space and `whitespace` is set, or
 * it is one of custom[custom_count]; every character is when `all` is set. */
struct qd_char_matcher {
    uint32_t categories; /* bit n: general category n of java.lang.Character */
    bool whitespace;     /* Character.isWhitespace */
    bool all;
    uint32_t *custom;
    size_t custom_count;
};

/* The classes of a name ("letter", "punctuation"); false when it is none. */
bool qd_char_matcher_add(struct qd_char_matcher *matcher, struct qd_slice name);

/* Reads `token_chars` and `custom_token_chars`. Errors: unknown names. */
QD_CHECKED enum qd_status qd_char_matcher_read(const struct qd_component_settings *settings,
                                               struct qd_char_matcher *matcher, struct qd_error *error);

/* True when the set holds the code point. */
bool qd_char_matcher_has(const struct qd_char_matcher *matcher, uint32_t code_point);

#endif
