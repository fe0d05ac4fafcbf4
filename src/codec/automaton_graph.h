/* Automata over code points while they are being built: states and edges, possibly nondeterministic.
 *
 * Used by the builders of automaton.h only. A graph is immutable once made; every operation gives a new one
 * in the build's arena. State 0 is the start; a graph without states accepts nothing. The constructions give
 * as many states and edges as Lucene's, because the error that refuses an automaton names both numbers.
 * Source: Lucene Operations and Automata (behaviour), Rabin and Scott's subset construction.
 */
#ifndef QD_CODEC_AUTOMATON_GRAPH_H
#define QD_CODEC_AUTOMATON_GRAPH_H

#include "base/arena.h"
#include "base/slice.h"
#include "base/status.h"
#include "base/vector.h"
#include "codec/automaton.h"

/* The greatest code point. Surrogates are let through: no term holds them. */
#define QD_CODE_POINT_MAX 0x10FFFFu
/* Edges and states that one build may make in all graphs together. */
#define QD_AUTOMATON_BUDGET ((uint32_t)1 << 22)

/* Code points min..max lead from `from` to `to`. */
struct qd_automaton_edge {
    uint32_t from, to;
    uint32_t min, max;
};

struct qd_automaton_graph {
    uint32_t state_count;
    uint32_t edge_count;
    uint8_t *accept;                 /* accept[state_count], 0 or 1 */
    struct qd_automaton_edge *edges; /* ascending by from, min, max, to */
    uint32_t *starts;                /* starts[state_count + 1]: where the edges of a state begin */
};

/* What all operations of one build share. */
struct qd_automaton_build {
    struct qd_arena *arena; /* of all graphs; dropped at the end */
    uint32_t spent;         /* states and edges made so far */
    bool exhausted;         /* more than the budget was asked for; graphs are then empty */
    int64_t work_max;       /* for determinizing; the error names it */
};

/* A graph that is still open. */
struct qd_automaton_open {
    struct qd_automaton_build *build;
    QD_VECTOR(uint8_t) accept;
    QD_VECTOR(struct qd_automaton_edge) edges;
};

/* Starts a graph, adds a state (returns its number), an edge; ends it, merging edges that touch. */
struct qd_automaton_open qd_automaton_graph_open(struct qd_automaton_build *build);
uint32_t qd_automaton_graph_state(struct qd_automaton_open *open, bool accept);
void qd_automaton_graph_edge(struct qd_automaton_open *open, struct qd_automaton_edge edge);
const struct qd_automaton_graph *qd_automaton_graph_close(struct qd_automaton_open *open);

/* Leaves: nothing, the empty string, one code point of ranges[count], any one, any string, a given string. */
const struct qd_automaton_graph *qd_automaton_graph_nothing(struct qd_automaton_build *build);
const struct qd_automaton_graph *qd_automaton_graph_empty_string(struct qd_automaton_build *build);
/* A run of code points. */
struct qd_code_point_range {
    uint32_t min, max;
};
const struct qd_automaton_graph *qd_automaton_graph_one_of(struct qd_automaton_build *build,
                                                           const struct qd_code_point_range *ranges,
                                                           size_t count);
const struct qd_automaton_graph *qd_automaton_graph_any(struct qd_automaton_build *build);
const struct qd_automaton_graph *qd_automaton_graph_any_string(struct qd_automaton_build *build);

/* Operations. */
const struct qd_automaton_graph *qd_automaton_graph_concatenate(struct qd_automaton_build *build,
                                                                const struct qd_automaton_graph *const *parts,
                                                                size_t count);
const struct qd_automaton_graph *qd_automaton_graph_union(struct qd_automaton_build *build,
                                                          const struct qd_automaton_graph *const *parts,
                                                          size_t count);
const struct qd_automaton_graph *qd_automaton_graph_optional(struct qd_automaton_build *build,
                                                             const struct qd_automaton_graph *graph);
const struct qd_automaton_graph *qd_automaton_graph_repeat(struct qd_automaton_build *build,
                                                           const struct qd_automaton_graph *graph);
/* `max` below 0: no upper bound. */
const struct qd_automaton_graph *qd_automaton_graph_repeat_range(struct qd_automaton_build *build,
                                                                 const struct qd_automaton_graph *graph,
                                                                 int32_t min,
                                                                 int32_t max);
const struct qd_automaton_graph *qd_automaton_graph_intersect(struct qd_automaton_build *build,
                                                              const struct qd_automaton_graph *left,
                                                              const struct qd_automaton_graph *right);

/* The same language by a deterministic graph; itself when it is deterministic. Fails when the sets of states
 * hold ten times `work_max` states or more together, Lucene's measure. Errors: QD_TOO_COMPLEX_TO_DETERMINIZE.
 * */
QD_CHECKED enum qd_status qd_automaton_graph_determinize(struct qd_automaton_build *build,
                                                         const struct qd_automaton_graph *graph,
                                                         int64_t work_max,
                                                         const struct qd_automaton_graph **result,
                                                         struct qd_error *error);

/* What `graph` does not accept. Errors: as determinize. */
QD_CHECKED enum qd_status qd_automaton_graph_complement(struct qd_automaton_build *build,
                                                        const struct qd_automaton_graph *graph,
                                                        int64_t work_max,
                                                        const struct qd_automaton_graph **result,
                                                        struct qd_error *error);

/* Determinizes and compiles to bytes. Memory: `arena`. Errors: QD_TOO_COMPLEX_TO_DETERMINIZE. */
QD_CHECKED enum qd_status qd_automaton_compile(struct qd_automaton_build *build,
                                               const struct qd_automaton_graph *graph, struct qd_arena *arena,
                                               struct qd_automaton **automaton, struct qd_error *error);

/* The graph without states that are not on a way from the start to an accepting one. */
const struct qd_automaton_graph *qd_automaton_graph_trim(struct qd_automaton_build *build,
                                                         const struct qd_automaton_graph *graph);

/* A decimal number in [min, max]: of exactly `digits` digits, or with any number of leading zeros when that
 * is 0. */
const struct qd_automaton_graph *qd_automaton_interval(struct qd_automaton_build *build, uint32_t min,
                                                       uint32_t max,
                                                       uint32_t digits);

/* The code points that are the same as `code_point` but for case, itself included, ascending: by Unicode's
 * simple folding, or for ASCII letters only. Returns how many of out[8]. */
size_t qd_automaton_case_variants(uint32_t code_point, bool unicode, uint32_t *out);

#endif
