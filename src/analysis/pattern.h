/* Java regular expressions over UTF-8, by ICU's engine.
 *
 * Used inside src/analysis only. A pattern is checked when a component is created; the compiled form lives
 * for one run of the component, because it is neither shareable between threads nor arena memory. Source:
 * java.util.regex.Pattern; ICU's syntax is the same but for rare constructs.
 */
#ifndef QD_ANALYSIS_PATTERN_H
#define QD_ANALYSIS_PATTERN_H

#include "analysis/component.h"

/* A checked pattern. */
struct qd_pattern {
    const uint16_t *units; /* units[unit_count], UTF-16 */
    int32_t unit_count;
    uint32_t flags; /* ICU's */
    int32_t group_count;
    struct qd_slice text; /* as it was written, for messages */
};

/* Checks `text` with ICU flags. Memory: the arena's. Errors: QD_ILLEGAL_ARGUMENT (pattern_syntax_exception).
 */
QD_CHECKED enum qd_status qd_pattern_create(struct qd_arena *arena, struct qd_slice text, uint32_t flags,
                                            struct qd_pattern **pattern, struct qd_error *error);

/* Appends `text`, a Java pattern, in ICU's syntax: \\w, \\d, \\s, \\b and POSIX classes mean ASCII in Java.
 */
struct qd_buffer;
void qd_pattern_translate(struct qd_slice text, struct qd_buffer *out);

/* Reads "CASE_INSENSITIVE|COMMENTS" into ICU flags. Errors: "Unknown regex flag [...]". */
QD_CHECKED enum qd_status qd_pattern_flags(struct qd_slice text, uint32_t *flags, struct qd_error *error);

/* A pattern at work on one text after another; qd_pattern_close gives it back (NULL does nothing). */
struct qd_pattern_matcher;
QD_CHECKED enum qd_status qd_pattern_open(const struct qd_pattern *pattern, struct qd_arena *arena,
                                          struct qd_pattern_matcher **matcher, struct qd_error *error);
void qd_pattern_close(struct qd_pattern_matcher *matcher);

/* Sets the text that qd_pattern_find searches; it must stay until the next call. */
QD_CHECKED enum qd_status qd_pattern_reset(struct qd_pattern_matcher *matcher, struct qd_slice text,
                                           struct qd_error *error);

/* Looks for the next match. Errors: QD_ILLEGAL_ARGUMENT when the engine gives up (stack, time). */
QD_CHECKED enum qd_status qd_pattern_find(struct qd_pattern_matcher *matcher, bool *found,
                                          struct qd_error *error);

/* Byte range of a group of the last match; false when it took no part. */
bool qd_pattern_group(const struct qd_pattern_matcher *matcher, int32_t group, size_t *start, size_t *end);

/* True when the whole of `text` matches. */
QD_CHECKED enum qd_status qd_pattern_matches(struct qd_pattern_matcher *matcher, struct qd_slice text,
                                             bool *matches, struct qd_error *error);

#endif
