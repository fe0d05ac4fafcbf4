/* The index against the model: every document by get, then searches. */
#include <stdio.h>

#include "simulation/client.h"

#define PAGE "10000"

/* Errors are legal only while faults are on, after a crash, or when damage was planted; then nothing can be
 * compared. */
static bool usable(struct qd_run *run, const struct qd_request *request, const char *what)
{
    int64_t failed = 0;
    qd_json_int64(qd_json_get(qd_json_get(request->answer.root, "_shards"), "failed"), &failed);
    if (request->status < 500 && failed == 0) return true;
    if (run->damaged) run->end = run->end == QD_RUN_FAILED ? QD_RUN_FAILED : QD_RUN_DETECTED;
    if (!run->damaged && !run->faulty && !qd_fake_env_crashed(run->env)) {
        qd_run_fail(run, "%s: status %d without a fault", what, request->status);
    }
    return false;
}

static void describe(const struct qd_model_document *document, struct qd_buffer *out)
{
    if (!document->exists) {
        qd_buffer_text(out, "nothing");
    } else {
        qd_model_source(document, out);
    }
}

static void wrong_document(struct qd_run *run, uint32_t id, const struct qd_model_document *seen)
{
    struct qd_buffer text = { 0 };
    const struct qd_model_slot *slot = &run->model.slots[id];
    describe(seen, &text);
    qd_buffer_text(&text, " is there; expected: ");
    for (uint32_t i = 0; i < slot->candidate_count && i < 3; i++) {
        if (i > 0) qd_buffer_text(&text, " or ");
        describe(&slot->candidates[i], &text);
    }
    qd_run_fail(run, "document %u: %.*s", id, (int)text.size, text.data);
    qd_buffer_deinit(&text);
}

static void check_document(struct qd_run *run, uint32_t id, bool settle)
{
    struct qd_model_slot *slot = &run->model.slots[id];
    struct qd_model_document seen;
    char target[64];
    snprintf(target, sizeof(target), "/t/_doc/%u", id);
    struct qd_request *request = qd_client_call(run, "GET", target, (struct qd_slice){ 0 });
    if (usable(run, request, "get") && run->end == QD_RUN_GOES_ON) {
        bool found = false;
        if (!qd_model_parse(qd_json_get(request->answer.root, "_source"), &seen)) {
            qd_run_fail(run, "document %u: its source is not what was sent", id);
        }
        for (uint32_t i = 0; i < slot->candidate_count; i++) {
            if (qd_model_equal(&slot->candidates[i], &seen)) found = true;
        }
        if (!found) wrong_document(run, id, &seen);
        /* After a restart there is only what was recovered: the candidates that are not seen are out. */
        if (found && settle) {
            qd_model_set(slot, &seen);
            slot->seq_no = -2;
            qd_json_int64(qd_json_get(request->answer.root, "_seq_no"), &slot->seq_no);
            qd_json_int64(qd_json_get(request->answer.root, "_primary_term"), &slot->term);
        }
    }
    qd_client_free(request);
}

void qd_check_documents(struct qd_run *run, bool settle)
{
    for (uint32_t id = 0; id < QD_MODEL_IDS && run->end == QD_RUN_GOES_ON; id++) {
        check_document(run, id, settle);
    }
}

/* ---- searches ---- */

/* A drawn query and the naive decision about one document. */
struct query {
    int kind;
    uint32_t key;
    uint32_t word, other_word;
    int64_t low, high;
};

static bool matches(const struct query *query, const struct qd_model_document *document)
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

static void write_query(const struct query *query, struct qd_buffer *out)
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

static void check_hits(struct qd_run *run, const struct query *query, const struct qd_json *answer,
                       bool sorted)
{
    const struct qd_json *hits = qd_json_get(qd_json_get(answer, "hits"), "hits");
    struct qd_json_iterator at = qd_json_iterate(hits);
    bool seen[QD_MODEL_IDS] = { false };
    int64_t previous = INT64_MIN;
    while (qd_json_next(&at)) {
        struct qd_model_document document;
        int64_t id = -1;
        if (!qd_json_int64(qd_json_get(at.value, "_id"), &id) || id < 0 || id >= QD_MODEL_IDS) {
            qd_run_fail(run, "a hit has an unknown id");
            return;
        }
        if (seen[id]) qd_run_fail(run, "document %lld is a hit twice", (long long)id);
        seen[id] = true;
        const struct qd_model_slot *slot = &run->model.slots[id];
        if (!qd_model_parse(qd_json_get(at.value, "_source"), &document)) {
            qd_run_fail(run, "a hit's source is wrong");
        }
        if (sorted && document.number < previous) qd_run_fail(run, "hits are not in order of n");
        previous = document.number;
        if (!qd_model_certain(slot)) continue;
        if (!qd_model_equal(&slot->candidates[0], &document)) wrong_document(run, (uint32_t)id, &document);
        if (!matches(query, &document)) {
            qd_run_fail(run, "document %lld is a hit and must not be", (long long)id);
        }
    }
    for (int id = 0; id < QD_MODEL_IDS; id++) {
        const struct qd_model_slot *slot = &run->model.slots[id];
        if (!qd_model_certain(slot) || seen[id] || !matches(query, &slot->candidates[0])) continue;
        qd_run_fail(run, "document %d must be a hit of query kind %d and is not", id, query->kind);
    }
}

/* Counts per key, when every document is certain. */
static void check_aggregation(struct qd_run *run, const struct query *query, const struct qd_json *answer)
{
    int64_t expected[QD_MODEL_KEYS] = { 0 };
    for (int id = 0; id < QD_MODEL_IDS; id++) {
        if (!qd_model_certain(&run->model.slots[id])) return;
        const struct qd_model_document *document = &run->model.slots[id].candidates[0];
        if (matches(query, document)) expected[document->key]++;
    }
    const struct qd_json *keys = qd_json_get(qd_json_get(answer, "aggregations"), "keys");
    struct qd_json_iterator at = qd_json_iterate(qd_json_get(keys, "buckets"));
    while (qd_json_next(&at)) {
        struct qd_slice name = qd_json_text(qd_json_get(at.value, "key"));
        int64_t count = 0;
        qd_json_int64(qd_json_get(at.value, "doc_count"), &count);
        int key = name.size == 2 ? name.data[1] - '0' : QD_MODEL_KEYS;
        if (key < 0 || key >= QD_MODEL_KEYS || expected[key] != count) {
            qd_run_fail(run, "terms aggregation: bucket %.*s has %lld documents", QD_SLICE_ARG(name),
                        (long long)count);
            return;
        }
        expected[key] = 0;
    }
    for (int key = 0; key < QD_MODEL_KEYS; key++) {
        if (expected[key] != 0) qd_run_fail(run, "terms aggregation: bucket k%d is missing", key);
    }
}

static void check_search(struct qd_run *run)
{
    struct query query = { .kind = (int)qd_draw(run, 7),
                           .key = (uint32_t)qd_draw(run, QD_MODEL_KEYS),
                           .word = (uint32_t)qd_draw(run, QD_MODEL_WORDS),
                           .other_word = (uint32_t)qd_draw(run, QD_MODEL_WORDS) };
    struct qd_buffer body = { 0 };
    bool sorted = qd_draw(run, 3) == 0;
    query.low = (int64_t)qd_draw(run, 1000) - 100;
    query.high = query.low + (int64_t)qd_draw(run, 500);
    qd_buffer_text(&body, "{\"size\":" PAGE ",\"query\":");
    write_query(&query, &body);
    if (sorted) qd_buffer_text(&body, ",\"sort\":[{\"n\":\"asc\"}]");
    qd_buffer_text(&body, ",\"aggs\":{\"keys\":{\"terms\":{\"field\":\"k\",\"size\":100}}}}");
    struct qd_request *request = qd_client_call(run, "POST", "/t/_search", qd_buffer_view(&body));
    if (usable(run, request, "search") && run->end == QD_RUN_GOES_ON) {
        if (request->status != 200) qd_run_fail(run, "search: status %d", request->status);
        check_hits(run, &query, request->answer.root, sorted);
        check_aggregation(run, &query, request->answer.root);
    }
    qd_client_free(request);
    qd_buffer_deinit(&body);
}

void qd_check_searches(struct qd_run *run)
{
    struct qd_request *request = qd_client_call(run, "POST", "/t/_refresh", (struct qd_slice){ 0 });
    bool fine = usable(run, request, "refresh");
    qd_client_free(request);
    for (int i = 0; i < 3 && fine && run->end == QD_RUN_GOES_ON; i++) check_search(run);
}
