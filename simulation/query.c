#include "simulation/query.h"

struct qd_sim_query qd_sim_query_draw(struct qd_run *run)
{
    struct qd_sim_query query = { .kind = (int)qd_draw(run, 7),
                                  .key = (uint32_t)qd_draw(run, QD_MODEL_KEYS),
                                  .word = (uint32_t)qd_draw(run, QD_MODEL_WORDS),
                                  .other_word = (uint32_t)qd_draw(run, QD_MODEL_WORDS) };
    query.low = (int64_t)qd_draw(run, 1000) - 100;
    query.high = query.low + (int64_t)qd_draw(run, 500);
    return query;
}

bool qd_sim_query_matches(const struct qd_sim_query *query, const struct qd_model_document *document)
{
    bool has_word = (document->words & (1u << query->word)) != 0;
    bool has_other = (document->words & (1u << query->other_word)) != 0;
    bool in_range = document->number >= query->low && document->number <= query->high;
    if (!document->exists) return false;
    switch (query->kind) {
    case 0: return true;
    case 1: return document->key == query->key;
    case 2: return in_range;
    case 3: return has_word;
    case 4: return has_word && in_range && document->key != query->key;
    case 5: return has_word || has_other;
    default: return has_word && has_other && document->number >= query->low;
    }
}

void qd_sim_query_write(const struct qd_sim_query *query, struct qd_buffer *out)
{
    long long low = (long long)query->low;
    long long high = (long long)query->high;
    switch (query->kind) {
    case 0: qd_buffer_text(out, "{\"match_all\":{}}"); break;
    case 1: qd_buffer_format(out, "{\"term\":{\"k\":\"k%u\"}}", query->key); break;
    case 2: qd_buffer_format(out, "{\"range\":{\"n\":{\"gte\":%lld,\"lte\":%lld}}}", low, high); break;
    case 3: qd_buffer_format(out, "{\"match\":{\"t\":\"w%u\"}}", query->word); break;
    case 4:
        qd_buffer_format(
            out,
            "{\"bool\":{\"must\":[{\"match\":{\"t\":\"w%u\"}}],\"filter\":[{\"range\":{\"n\":{\"gte\":%lld,"
            "\"lte\":%lld}}}],\"must_not\":[{\"term\":{\"k\":\"k%u\"}}]}}",
            query->word, low, high, query->key);
        break;
    case 5: qd_buffer_format(out, "{\"match\":{\"t\":\"w%u w%u\"}}", query->word, query->other_word); break;
    default:
        qd_buffer_format(
            out,
            "{\"bool\":{\"filter\":[{\"match\":{\"t\":{\"query\":\"w%u w%u\",\"operator\":\"and\"}}},"
            "{\"range\":{\"n\":{\"gte\":%lld}}}]}}",
            query->word, query->other_word, low);
        break;
    }
}
