/* Scores of a term in a document: BM25 in Lucene's float arithmetic, and the boolean similarity.
 *
 * Used by term, phrase, synonym and combined-field nodes. Source: Lucene 10.5 BM25Similarity,
 * BooleanSimilarity.
 */
#ifndef QD_SEARCH_SIMILARITY_H
#define QD_SEARCH_SIMILARITY_H

#include "codec/postings.h"
#include "mapping/mapping.h"
#include "search/query_node.h"

/* Statistics of a field over the whole shard, deleted documents included. */
struct qd_collection_stats {
    uint64_t max_doc;
    uint64_t doc_count; /* with the field; 0: the field has no term */
    uint64_t sum_total_term_freq;
    uint64_t sum_doc_freq;
};

/* Statistics of a term. */
struct qd_term_stats {
    struct qd_slice term;
    int64_t doc_freq;
    int64_t total_term_freq;
};

/* Scores by frequency and norm, for one weight. */
struct qd_similarity_scorer {
    enum qd_similarity_kind kind;
    float boost;
    float weight; /* boost * idf */
    float idf;
    float k1, b, average_length;
    float norm_inverse[256];           /* by norm byte */
    const struct qd_term_stats *terms; /* terms[term_count], for explanations */
    size_t term_count;
    uint64_t doc_count;
};

/* Gathers the field's statistics over the view. Errors: QD_CORRUPTION. */
QD_CHECKED enum qd_status qd_collection_stats_of(const struct qd_shard_view *view, struct qd_slice field,
                                                 struct qd_collection_stats *stats, struct qd_error *error);

/* Makes a scorer of terms[count] (several: a phrase, whose idfs add up). `terms` must live as long. */
void qd_similarity_init(struct qd_similarity_scorer *scorer, const struct qd_similarity *similarity,
                        float boost, const struct qd_collection_stats *collection,
                        const struct qd_term_stats *terms, size_t count);

/* The score of `freq` occurrences in a document with norm byte `norm` (1 for fields without norms). */
static inline float qd_similarity_score(const struct qd_similarity_scorer *scorer, float freq, uint8_t norm)
{
    if (scorer->kind == QD_SIMILARITY_BOOLEAN) return scorer->boost;
    return scorer->weight - scorer->weight / (1.0f + freq * scorer->norm_inverse[norm]);
}

/* Explains a score: "score(freq=..), computed as ...". `freq` is the explanation of the frequency. */
struct qd_explanation *qd_similarity_explain(const struct qd_similarity_scorer *scorer,
                                             struct qd_explanation *freq, uint8_t norm,
                                             struct qd_arena *arena);

/* The idf of one term, as a float. */
float qd_similarity_idf(uint64_t doc_freq, uint64_t doc_count);

#endif
