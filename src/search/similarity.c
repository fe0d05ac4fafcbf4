#include "search/similarity.h"

#include <math.h>

#include "base/number.h"
#include "codec/norms.h"

enum qd_status qd_collection_stats_of(const struct qd_shard_view *view, struct qd_slice field,
                                      struct qd_collection_stats *stats, struct qd_error *error)
{
    *stats = (struct qd_collection_stats){ .max_doc = view->snapshot->doc_count };
    for (uint32_t i = 0; i < view->snapshot->segment_count; i++) {
        struct qd_terms *terms;
        QD_TRY(qd_segment_terms(view->snapshot->segments[i].segment, field, &terms, error));
        if (terms == NULL) continue;
        struct qd_terms_stats part = qd_terms_stats(terms);
        stats->doc_count += part.doc_count;
        stats->sum_doc_freq += part.sum_doc_freq;
        stats->sum_total_term_freq += part.sum_total_term_freq;
    }
    return QD_OK;
}

float qd_similarity_idf(uint64_t doc_freq, uint64_t doc_count)
{
    return (float)log(1 +
                      ((double)((int64_t)doc_count - (int64_t)doc_freq) + 0.5) / ((double)doc_freq + 0.5));
}

void qd_similarity_init(struct qd_similarity_scorer *scorer, const struct qd_similarity *similarity,
                        float boost, const struct qd_collection_stats *collection,
                        const struct qd_term_stats *terms, size_t count)
{
    *scorer = (struct qd_similarity_scorer){ .kind = similarity->kind,
                                             .boost = boost,
                                             .k1 = similarity->k1,
                                             .b = similarity->b,
                                             .terms = terms,
                                             .term_count = count,
                                             .doc_count = collection->doc_count };
    if (similarity->kind == QD_SIMILARITY_BOOLEAN) return;
    double sum = 0;
    for (size_t i = 0; i < count; i++)
        sum += (double)qd_similarity_idf((uint64_t)terms[i].doc_freq, collection->doc_count);
    scorer->idf = (float)sum;
    scorer->weight = boost * scorer->idf;
    scorer->average_length =
        collection->doc_count == 0
            ? 1.0f
            : (float)((double)collection->sum_total_term_freq / (double)collection->doc_count);
    for (int i = 0; i < 256; i++) {
        float length = (float)qd_norm_decode((uint8_t)i);
        scorer->norm_inverse[i] =
            1.0f / (scorer->k1 * ((1 - scorer->b) + scorer->b * length / scorer->average_length));
    }
}

static struct qd_explanation *long_value(struct qd_arena *arena, int64_t value, const char *text)
{
    struct qd_explanation *explanation = qd_explain_match(arena, (double)value, "%s", text);
    explanation->kind = QD_EXPLAIN_LONG;
    return explanation;
}

static struct qd_explanation *explain_term_idf(const struct qd_similarity_scorer *scorer,
                                               const struct qd_term_stats *term, struct qd_arena *arena)
{
    float idf = qd_similarity_idf((uint64_t)term->doc_freq, scorer->doc_count);
    struct qd_explanation *result =
        qd_explain_match(arena, (double)idf, "idf, computed as log(1 + (N - n + 0.5) / (n + 0.5)) from:");
    qd_explain_add(result, long_value(arena, term->doc_freq, "n, number of documents containing term"));
    qd_explain_add(result,
                   long_value(arena, (int64_t)scorer->doc_count, "N, total number of documents with field"));
    return result;
}

static struct qd_explanation *explain_idf(const struct qd_similarity_scorer *scorer, struct qd_arena *arena)
{
    if (scorer->term_count == 1) return explain_term_idf(scorer, &scorer->terms[0], arena);
    struct qd_explanation *result = qd_explain_match(arena, (double)scorer->idf, "idf, sum of:");
    for (size_t i = 0; i < scorer->term_count; i++)
        qd_explain_add(result, explain_term_idf(scorer, &scorer->terms[i], arena));
    return result;
}

static struct qd_explanation *explain_tf(const struct qd_similarity_scorer *scorer,
                                         struct qd_explanation *freq, uint8_t norm, struct qd_arena *arena)
{
    float frequency = (float)freq->value;
    float normalised = scorer->norm_inverse[norm];
    float value = 1.0f - 1.0f / (1.0f + frequency * normalised);
    struct qd_explanation *result = qd_explain_match(
        arena, (double)value, "tf, computed as freq / (freq + k1 * (1 - b + b * dl / avgdl)) from:");
    qd_explain_add(result, freq);
    qd_explain_add(result, qd_explain_match(arena, (double)scorer->k1, "k1, term saturation parameter"));
    qd_explain_add(result, qd_explain_match(arena, (double)scorer->b, "b, length normalization parameter"));
    uint32_t length = qd_norm_decode(norm);
    qd_explain_add(result, qd_explain_match(arena, (double)(float)length, "dl, length of field%s",
                                            norm > 39 ? " (approximate)" : ""));
    qd_explain_add(result,
                   qd_explain_match(arena, (double)scorer->average_length, "avgdl, average length of field"));
    return result;
}

struct qd_explanation *qd_similarity_explain(const struct qd_similarity_scorer *scorer,
                                             struct qd_explanation *freq, uint8_t norm,
                                             struct qd_arena *arena)
{
    char text[QD_NUMBER_TEXT_MAX];
    size_t size = qd_float_to_text((float)freq->value, text);
    float score = qd_similarity_score(scorer, (float)freq->value, norm);
    if (scorer->kind == QD_SIMILARITY_BOOLEAN) {
        struct qd_explanation *result =
            qd_explain_match(arena, (double)scorer->boost, "score(BooleanWeight), computed from:");
        qd_explain_add(result, qd_explain_match(arena, (double)scorer->boost, "boost, query boost"));
        return result;
    }
    struct qd_explanation *result = qd_explain_match(
        arena, (double)score, "score(freq=%.*s), computed as boost * idf * tf from:", (int)size, text);
    if (scorer->boost != 1.0f)
        qd_explain_add(result, qd_explain_match(arena, (double)scorer->boost, "boost"));
    qd_explain_add(result, explain_idf(scorer, arena));
    qd_explain_add(result, explain_tf(scorer, freq, norm, arena));
    return result;
}
