/* Replacing the matches of a pattern, with Java's $1 and \\ in the replacement.
 *
 * Used by filter_pattern_replace.c and char_filter_pattern_replace.c. Source: java.util.regex.Matcher.
 */
#ifndef QD_ANALYSIS_PATTERN_REPLACE_H
#define QD_ANALYSIS_PATTERN_REPLACE_H

#include "analysis/pattern.h"

/* Literal text, or a group of the match. */
struct qd_pattern_piece {
    struct qd_slice text; /* when group is -1 */
    int32_t group;
};
QD_VECTOR_TYPE(qd_pattern_replacement, struct qd_pattern_piece);

/* One rewriting: set arena and all, read text. */
struct qd_pattern_rewrite {
    struct qd_arena *arena;
    bool all;                  /* every match, not only the first */
    struct qd_slice text;      /* the result */
    struct qd_offset_map *map; /* gets the shifts, or NULL */
};

/* Takes a replacement apart. Memory: the arena's. Errors: a dangling $ or backslash. */
QD_CHECKED enum qd_status qd_pattern_replacement_read(struct qd_arena *arena, struct qd_slice text,
                                                      struct qd_pattern_replacement *replacement,
                                                      struct qd_error *error);

/* Replaces matches in `text`. Errors: of the pattern engine. */
QD_CHECKED enum qd_status qd_pattern_rewrite(struct qd_pattern_matcher *matcher,
                                             const struct qd_pattern_replacement *replacement,
                                             struct qd_slice text, struct qd_pattern_rewrite *rewrite,
                                             struct qd_error *error);

#endif
