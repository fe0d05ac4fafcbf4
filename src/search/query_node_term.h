/* Term nodes and the term scorer, which phrases, synonyms and blended terms also use.
 *
 * Used by src/search. Source: Lucene 10.5 TermQuery, TermStates, TermScorer.
 */
#ifndef QD_SEARCH_QUERY_NODE_TERM_H
#define QD_SEARCH_QUERY_NODE_TERM_H

#include "codec/norms.h"
#include "codec/postings.h"
#include "search/query_node.h"
#include "search/similarity.h"

/* A term in every segment of a view. */
struct qd_term_states {
    struct qd_term_info *infos; /* infos[segment_count]; doc_freq 0: not in that segment */
    struct qd_terms **terms;    /* terms[segment_count]; the field's dictionary, or NULL */
    int64_t doc_freq;           /* sums */
    int64_t total_term_freq;
};

/* Looks a term up in all segments. Errors: QD_CORRUPTION. */
QD_CHECKED enum qd_status qd_term_states_of(const struct qd_shard_view *view, struct qd_slice field,
                                            struct qd_slice term, struct qd_arena *arena,
                                            struct qd_term_states *states, struct qd_error *error);

/* A term node in a field named `field`, which need not be mapped (_index_prefix sub-fields). `has_norms` and
 * `similarity` say how it scores. */
struct qd_term_field {
    struct qd_slice name;
    struct qd_similarity similarity;
    bool has_norms;
    bool has_freqs;
    const struct qd_field *field; /* or NULL */
};
/* The term field of a mapped field. */
struct qd_term_field qd_term_field_of(const struct qd_field *field);

struct qd_term_node {
    struct qd_node node;
    struct qd_term_field field;
    struct qd_slice term;
    bool stats_given; /* doc_freq and total_term_freq below hold instead of the real ones */
    int64_t doc_freq, total_term_freq;
    struct qd_term_states states;
    struct qd_term_stats stats;
    struct qd_similarity_scorer scorer;
    bool found; /* the term is somewhere in the shard */
};
extern const struct qd_node_kind qd_term_node_kind;

struct qd_term_node *qd_term_node_new(struct qd_arena *arena, struct qd_term_field field,
                                      struct qd_slice term);

/* Appends "field:" and a term as Lucene prints it (bytes in hex when they are no UTF-8). */
void qd_term_text(struct qd_slice field, struct qd_slice term, struct qd_buffer *out);
void qd_term_bytes_text(struct qd_slice term, struct qd_buffer *out);

/* A scorer over one term of a segment. `similarity` NULL: score is `constant`. `norms` NULL: none. */
struct qd_term_scorer_input {
    const struct qd_terms *terms;
    const struct qd_term_info *info;
    const struct qd_similarity_scorer *similarity;
    const uint8_t *norms;
    float constant;
};
struct qd_scorer *qd_scorer_term(struct qd_arena *arena, const struct qd_term_scorer_input *input);

/* The norm bytes of a field in a segment, NULL when there are none. */
QD_CHECKED enum qd_status qd_segment_norm_bytes(const struct qd_segment_context *segment,
                                                const struct qd_term_field *field, const uint8_t **norms,
                                                struct qd_error *error);

#endif
