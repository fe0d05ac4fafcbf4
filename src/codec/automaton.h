/* Byte automata for prefix, wildcard, regexp and fuzzy terms.
 *
 * Used by queries (term dictionary intersection, highlighting) and index sorting of names. A compiled
 * automaton is an immutable DFA over UTF-8 bytes. Building is bounded by a work limit, as Lucene's
 * determinization is.
 * Source: Lucene RegExp syntax (flags ALL, NONE, ANYSTRING, AUTOMATON, COMPLEMENT, EMPTY, INTERSECTION,
 * INTERVAL) and LevenshteinAutomata; OpenSearch's regexp documentation.
 */
#ifndef QD_CODEC_AUTOMATON_H
#define QD_CODEC_AUTOMATON_H

#include <stdbool.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/slice.h"
#include "base/status.h"

/* Default of max_determinized_states. */
#define QD_AUTOMATON_WORK_DEFAULT 10000

/* regexp flags, as OpenSearch's RegexpFlag. */
enum qd_regexp_flags {
    QD_REGEXP_NONE = 0,
    QD_REGEXP_INTERSECTION = 1,
    QD_REGEXP_COMPLEMENT = 2,
    QD_REGEXP_EMPTY = 4,
    QD_REGEXP_ANYSTRING = 8,
    QD_REGEXP_AUTOMATON = 16,
    QD_REGEXP_INTERVAL = 32,
    QD_REGEXP_ALL = 61 /* all but COMPLEMENT, which has to be asked for by name in 3.8.0 */
};

struct qd_automaton;

/* Builders. `case_insensitive` folds ASCII letters for prefix, wildcard and term, and by Unicode's simple
 * case folding for regexp (single characters, not ranges), as 3.8.0 does. Wildcard: ? any character, any run,
 * \ escapes. Fuzzy: edits 0..2, prefix_length in code points, transpositions as in Damerau. Memory: `arena`.
 * Errors: QD_TOO_COMPLEX_TO_DETERMINIZE; of regexps also QD_ILLEGAL_ARGUMENT (syntax) and QD_NUMBER_FORMAT (a
 * count beyond 2^31 - 1), with the reference's texts. */
QD_CHECKED enum qd_status qd_automaton_prefix(struct qd_arena *arena, struct qd_slice prefix,
                                              bool case_insensitive,
                                              struct qd_automaton **automaton, struct qd_error *error);
QD_CHECKED enum qd_status qd_automaton_wildcard(struct qd_arena *arena, struct qd_slice pattern,
                                                bool case_insensitive,
                                                struct qd_automaton **automaton, struct qd_error *error);
QD_CHECKED enum qd_status qd_automaton_term(struct qd_arena *arena, struct qd_slice term,
                                            bool case_insensitive,
                                            struct qd_automaton **automaton, struct qd_error *error);
struct qd_regexp_options {
    unsigned flags;        /* enum qd_regexp_flags */
    bool case_insensitive;
    int64_t work_max;      /* max_determinized_states */
};
QD_CHECKED enum qd_status qd_automaton_regexp(struct qd_arena *arena, struct qd_slice pattern,
                                              const struct qd_regexp_options *options,
                                              struct qd_automaton **automaton, struct qd_error *error);
struct qd_fuzzy_options {
    int edits;           /* 0, 1 or 2 */
    int prefix_length;   /* code points that must be equal */
    bool transpositions; /* a swap of neighbours is one edit */
};
QD_CHECKED enum qd_status qd_automaton_fuzzy(struct qd_arena *arena, struct qd_slice term,
                                             const struct qd_fuzzy_options *options,
                                             struct qd_automaton **automaton, struct qd_error *error);

/* State 0 is the start; a state is dead when it can never accept. step gives -1 for no transition. */
int32_t qd_automaton_step(const struct qd_automaton *automaton, int32_t state, uint8_t byte);
bool qd_automaton_accepts(const struct qd_automaton *automaton, int32_t state);

/* True when the whole of `text` is accepted. */
bool qd_automaton_matches(const struct qd_automaton *automaton, struct qd_slice text);

/* The smallest byte >= `byte` with a transition out of `state`, or -1. */
int qd_automaton_next_byte(const struct qd_automaton *automaton, int32_t state, int byte);

/* A common prefix of all accepted strings (may be empty). */
struct qd_slice qd_automaton_prefix_of(const struct qd_automaton *automaton);

#endif
