/* The indices against the model: every document by get and mget, then searches and aggregations. */
#include <stdio.h>
#include <stdlib.h>

#include "simulation/query.h"

#define DOCUMENTS_MAX (QD_SIM_INDICES * QD_MODEL_IDS)
#define INTERVAL 250 /* of the histogram */

bool qd_run_excused(const struct qd_run *run)
{
    return run->faulty || run->damaged || qd_fake_env_crashed(run->env);
}

bool qd_client_usable(struct qd_run *run, const struct qd_request *request, const char *what)
{
    const struct qd_json *shards = qd_json_get(request->answer.root, "_shards");
    int64_t failed = 0;
    int64_t total = 0;
    int64_t successful = 0;
    qd_json_int64(qd_json_get(shards, "failed"), &failed);
    qd_json_int64(qd_json_get(shards, "total"), &total);
    qd_json_int64(qd_json_get(shards, "successful"), &successful);
    bool error = request->status >= 500 || request->status == 429 || failed > 0 || successful < total;
    /* A shard that could not be opened is one that is not there. */
    if (qd_run_excused(run) && qd_json_get(request->answer.root, "error") != NULL) error = true;
    if (!error) return true;
    if (run->damaged) run->end = run->end == QD_RUN_FAILED ? QD_RUN_FAILED : QD_RUN_DETECTED;
    if (!qd_run_excused(run)) qd_run_fail(run, "%s: status %d without a fault", what, request->status);
    return false;
}

/* ---- documents ---- */

static void describe(const struct qd_model_document *document, struct qd_buffer *out)
{
    if (!document->exists) {
        qd_buffer_text(out, "nothing");
    } else {
        qd_model_source(document, out);
    }
}

static void wrong_document(struct qd_run *run, const struct qd_model_slot *slot, uint32_t id,
                           const struct qd_model_document *seen)
{
    struct qd_buffer text = { 0 };
    describe(seen, &text);
    qd_buffer_text(&text, " is there; expected: ");
    for (uint32_t i = 0; i < slot->candidate_count && i < 3; i++) {
        if (i > 0) qd_buffer_text(&text, " or ");
        describe(&slot->candidates[i], &text);
    }
    qd_run_fail(run, "document %u: %.*s", id, (int)text.size, text.data);
    qd_buffer_deinit(&text);
}

/* `answer`: that of a get, or an entry of an mget's. */
static void check_got(struct qd_run *run, struct qd_model_slot *slot, uint32_t id,
                      const struct qd_json *answer, bool settle)
{
    struct qd_model_document seen;
    bool found = false;
    if (qd_json_get(answer, "error") != NULL) {
        if (!qd_run_excused(run)) qd_run_fail(run, "document %u cannot be read without a fault", id);
        return;
    }
    if (!qd_model_parse(qd_json_get(answer, "_source"), &seen)) {
        qd_run_fail(run, "document %u: its source is not what was sent", id);
    }
    for (uint32_t i = 0; i < slot->candidate_count; i++) {
        if (qd_model_equal(&slot->candidates[i], &seen)) found = true;
    }
    if (!found) wrong_document(run, slot, id, &seen);
    /* After a restart there is only what was recovered: the candidates that are not seen are out. */
    if (!found || !settle) return;
    qd_model_set(slot, &seen);
    slot->seq_no = -2;
    qd_json_int64(qd_json_get(answer, "_seq_no"), &slot->seq_no);
    qd_json_int64(qd_json_get(answer, "_primary_term"), &slot->term);
}

static void check_by_get(struct qd_run *run, struct qd_sim_index *index, bool settle)
{
    for (uint32_t id = 0; id < index->ids && run->end == QD_RUN_GOES_ON; id++) {
        char target[64];
        snprintf(target, sizeof(target), "/%s/_doc/%u", index->name, id);
        struct qd_request *request = qd_client_call(run, "GET", target, (struct qd_slice){ 0 });
        if (qd_client_usable(run, request, "get") && run->end == QD_RUN_GOES_ON) {
            check_got(run, &index->model.slots[id], id, request->answer.root, settle);
        }
        qd_client_free(request);
    }
}

static void check_by_mget(struct qd_run *run, struct qd_sim_index *index, bool settle)
{
    struct qd_buffer body = { 0 };
    uint32_t id = 0;
    qd_buffer_text(&body, "{\"docs\":[");
    for (uint32_t i = 0; i < index->ids; i++) {
        qd_buffer_format(&body, "%s{\"_index\":\"%s\",\"_id\":\"%u\"}", i > 0 ? "," : "", index->name, i);
    }
    qd_buffer_text(&body, "]}");
    struct qd_request *request = qd_client_call(run, "POST", "/_mget", qd_buffer_view(&body));
    if (qd_client_usable(run, request, "mget") && run->end == QD_RUN_GOES_ON) {
        struct qd_json_iterator at = qd_json_iterate(qd_json_get(request->answer.root, "docs"));
        while (id < index->ids && qd_json_next(&at) && run->end == QD_RUN_GOES_ON) {
            check_got(run, &index->model.slots[id], id, at.value, settle);
            id++;
        }
        if (id != index->ids && run->end == QD_RUN_GOES_ON) qd_run_fail(run, "mget: answers are missing");
    }
    qd_client_free(request);
    qd_buffer_deinit(&body);
}

void qd_check_documents(struct qd_run *run, bool settle)
{
    for (uint32_t i = 0; i < QD_SIM_INDICES && run->end == QD_RUN_GOES_ON; i++) {
        struct qd_sim_index *index = &run->indices[i];
        if (!qd_sim_is_open(index)) continue;
        if (qd_draw(run, 4) == 0) {
            check_by_get(run, index, settle);
        } else {
            check_by_mget(run, index, settle);
        }
    }
}

/* ---- searches ---- */

/* One search: what was asked, and what must come if every document is certain. */
struct search {
    struct qd_run *run;
    struct qd_sim_query query;
    uint32_t indices;               /* bits */
    char expression[32];
    int order;                      /* 0: by score, 1: n ascending, -1: n descending */
    bool after;                     /* search_after: only what is behind `after_number` */
    int64_t after_number;
    uint64_t from, size;
    bool certain;                   /* every document of the indices is certain */
    int64_t numbers[DOCUMENTS_MAX]; /* numbers[match_count]: n of all matches, in the order asked for */
    uint32_t keys[DOCUMENTS_MAX];   /* keys[match_count]: their keys; order as found */
    size_t match_count;
};

static const struct qd_model_slot *slot_at(const struct search *search, uint32_t place)
{
    uint32_t index = place / QD_MODEL_IDS;
    if ((search->indices & (1u << index)) == 0) return NULL;
    return &search->run->indices[index].model.slots[place % QD_MODEL_IDS];
}

static int compare_numbers(const void *left, const void *right)
{
    int64_t a = *(const int64_t *)left;
    int64_t b = *(const int64_t *)right;
    return a < b ? -1 : a > b;
}

/* What the model says, before order and paging. */
static void find_matches(struct search *search, int64_t *numbers)
{
    search->certain = true;
    search->match_count = 0;
    for (uint32_t place = 0; place < DOCUMENTS_MAX; place++) {
        const struct qd_model_slot *slot = slot_at(search, place);
        if (slot == NULL) continue;
        if (!qd_model_certain(slot)) search->certain = false;
        const struct qd_model_document *document = &slot->candidates[0];
        if (!qd_sim_query_matches(&search->query, document)) continue;
        search->keys[search->match_count] = document->key;
        numbers[search->match_count++] = document->number;
    }
}

static bool behind(const struct search *search, int64_t number)
{
    if (!search->after) return true;
    return search->order > 0 ? number > search->after_number : number < search->after_number;
}

/* Order and search_after. */
static size_t order_matches(struct search *search, const int64_t *numbers)
{
    size_t count = 0;
    int64_t sorted[DOCUMENTS_MAX];
    for (size_t i = 0; i < search->match_count; i++) sorted[i] = numbers[i];
    qsort(sorted, search->match_count, sizeof(sorted[0]), compare_numbers);
    for (size_t i = 0; i < search->match_count; i++) {
        int64_t number = sorted[search->order < 0 ? search->match_count - 1 - i : i];
        if (behind(search, number)) search->numbers[count++] = number;
    }
    return count;
}

/* A hit's slot; NULL: it was wrong. */
static const struct qd_model_slot *check_hit(struct search *search, const struct qd_json *hit, bool *seen,
                                             struct qd_model_document *document)
{
    struct qd_run *run = search->run;
    uint32_t index = qd_sim_index_named(qd_json_text(qd_json_get(hit, "_index")));
    int64_t id = -1;
    if (!qd_json_int64(qd_json_get(hit, "_id"), &id) || id < 0 || id >= QD_MODEL_IDS ||
        index == QD_SIM_INDICES || (search->indices & (1u << index)) == 0) {
        qd_run_fail(run, "a hit has an unknown index or id");
        return NULL;
    }
    size_t place = index * QD_MODEL_IDS + (size_t)id;
    const struct qd_model_slot *slot = &run->indices[index].model.slots[id];
    if (seen[place]) qd_run_fail(run, "document %lld is a hit twice", (long long)id);
    seen[place] = true;
    if (!qd_model_parse(qd_json_get(hit, "_source"), document)) {
        qd_run_fail(run, "a hit's source is wrong");
    }
    if (!qd_model_certain(slot)) return slot;
    if (!qd_model_equal(&slot->candidates[0], document)) wrong_document(run, slot, (uint32_t)id, document);
    if (!qd_sim_query_matches(&search->query, document)) {
        qd_run_fail(run, "document %lld is a hit and must not be", (long long)id);
    }
    return slot;
}

static void check_page(struct search *search, const struct qd_json *hits)
{
    struct qd_run *run = search->run;
    struct qd_json_iterator at = qd_json_iterate(qd_json_get(hits, "hits"));
    bool seen[DOCUMENTS_MAX] = { false };
    int64_t numbers[DOCUMENTS_MAX];
    size_t count = 0;
    find_matches(search, numbers);
    size_t expected = order_matches(search, numbers);
    expected = expected > search->from ? expected - search->from : 0;
    if (expected > search->size) expected = search->size;
    while (qd_json_next(&at) && run->end == QD_RUN_GOES_ON) {
        struct qd_model_document document;
        if (check_hit(search, at.value, seen, &document) == NULL) return;
        if (!behind(search, document.number)) qd_run_fail(run, "a hit is not behind search_after");
        if (search->certain && search->order != 0 && count < expected &&
            search->numbers[search->from + count] != document.number) {
            qd_run_fail(run, "hit %zu has n %lld instead of %lld", count, (long long)document.number,
                        (long long)search->numbers[search->from + count]);
        }
        count++;
    }
    if (search->certain && count != expected) {
        qd_run_fail(run, "%zu hits instead of %zu of query kind %d", count, expected, search->query.kind);
    }
    for (uint32_t place = 0; search->size >= DOCUMENTS_MAX && place < DOCUMENTS_MAX; place++) {
        const struct qd_model_slot *slot = slot_at(search, place);
        if (slot == NULL || !qd_model_certain(slot) || seen[place] || search->from > 0) continue;
        if (!qd_sim_query_matches(&search->query, &slot->candidates[0])) continue;
        if (!behind(search, slot->candidates[0].number)) continue;
        qd_run_fail(run, "document %u must be a hit of query kind %d and is not", place, search->query.kind);
    }
    int64_t total = -1;
    qd_json_int64(qd_json_get(qd_json_get(hits, "total"), "value"), &total);
    if (search->certain && total != (int64_t)search->match_count) {
        qd_run_fail(run, "the total is %lld instead of %zu", (long long)total, search->match_count);
    }
}

/* ---- aggregations ---- */

static double value_of(const struct qd_json *aggregations, const char *name)
{
    double value = -1e9;
    qd_json_double(qd_json_get(qd_json_get(aggregations, name), "value"), &value);
    return value;
}

static void check_numbers(struct search *search, const struct qd_json *aggregations, const int64_t *numbers)
{
    int64_t sum = 0;
    int64_t max = INT64_MIN;
    for (size_t i = 0; i < search->match_count; i++) {
        sum += numbers[i];
        if (numbers[i] > max) max = numbers[i];
    }
    if (value_of(aggregations, "sum") != (double)sum) {
        qd_run_fail(search->run, "sum aggregation: %f instead of %lld", value_of(aggregations, "sum"),
                    (long long)sum);
    }
    if (search->match_count > 0 && value_of(aggregations, "max") != (double)max) {
        qd_run_fail(search->run, "max aggregation: %f instead of %lld", value_of(aggregations, "max"),
                    (long long)max);
    }
}

static void check_keys(struct search *search, const struct qd_json *keys, const int64_t *numbers)
{
    int64_t count[QD_MODEL_KEYS] = { 0 };
    int64_t sum[QD_MODEL_KEYS] = { 0 };
    for (size_t i = 0; i < search->match_count; i++) {
        count[search->keys[i]]++;
        sum[search->keys[i]] += numbers[i];
    }
    struct qd_json_iterator at = qd_json_iterate(qd_json_get(keys, "buckets"));
    while (qd_json_next(&at)) {
        struct qd_slice name = qd_json_text(qd_json_get(at.value, "key"));
        int64_t documents = 0;
        qd_json_int64(qd_json_get(at.value, "doc_count"), &documents);
        int key = name.size == 2 ? name.data[1] - '0' : QD_MODEL_KEYS;
        if (key < 0 || key >= QD_MODEL_KEYS || count[key] != documents ||
            value_of(at.value, "s") != (double)sum[key]) {
            qd_run_fail(search->run, "terms aggregation: bucket %.*s has %lld documents, sum %f",
                        QD_SLICE_ARG(name), (long long)documents, value_of(at.value, "s"));
            return;
        }
        count[key] = 0;
    }
    for (int key = 0; key < QD_MODEL_KEYS; key++) {
        if (count[key] != 0) qd_run_fail(search->run, "terms aggregation: bucket k%d is missing", key);
    }
}

/* Numbers are -100 .. 899. */
static void check_histogram(struct search *search, const struct qd_json *histogram, const int64_t *numbers)
{
    int64_t count[8] = { 0 };
    for (size_t i = 0; i < search->match_count; i++) count[(numbers[i] + 2 * INTERVAL) / INTERVAL]++;
    struct qd_json_iterator at = qd_json_iterate(qd_json_get(histogram, "buckets"));
    while (qd_json_next(&at)) {
        double key = -1e9;
        int64_t documents = 0;
        qd_json_double(qd_json_get(at.value, "key"), &key);
        qd_json_int64(qd_json_get(at.value, "doc_count"), &documents);
        int64_t place = (int64_t)key / INTERVAL + 2;
        if (place < 0 || place >= 8 || count[place] != documents) {
            qd_run_fail(search->run, "histogram: bucket %f has %lld documents", key, (long long)documents);
            return;
        }
        count[place] = 0;
    }
    for (int place = 0; place < 8; place++) {
        if (count[place] != 0) qd_run_fail(search->run, "histogram: bucket %d is missing", place);
    }
}

/* Counts and sums, when every document is certain. */
static void check_aggregations(struct search *search, const struct qd_json *aggregations)
{
    int64_t numbers[DOCUMENTS_MAX];
    find_matches(search, numbers);
    if (!search->certain) return;
    check_numbers(search, aggregations, numbers);
    check_keys(search, qd_json_get(aggregations, "keys"), numbers);
    check_histogram(search, qd_json_get(aggregations, "steps"), numbers);
}

/* ---- sending ---- */

static void draw_search(struct search *search)
{
    struct qd_run *run = search->run;
    search->query = qd_sim_query_draw(run);
    search->size = 10000;
    uint64_t choice = qd_draw(run, 6);
    if (choice < 2) return;
    search->order = qd_draw(run, 2) == 0 ? 1 : -1;
    search->after = choice == 2;
    search->after_number = (int64_t)qd_draw(run, 1000) - 100;
    if (choice != 3) return;
    search->from = qd_draw(run, 30);
    search->size = qd_draw(run, 30);
}

static void write_search(const struct search *search, struct qd_buffer *body)
{
    qd_buffer_format(body, "{\"size\":%llu,\"query\":", (unsigned long long)search->size);
    qd_sim_query_write(&search->query, body);
    if (search->from > 0) qd_buffer_format(body, ",\"from\":%llu", (unsigned long long)search->from);
    if (search->order != 0) {
        qd_buffer_format(body, ",\"sort\":[{\"n\":\"%s\"}]", search->order > 0 ? "asc" : "desc");
    }
    if (search->after) qd_buffer_format(body, ",\"search_after\":[%lld]", (long long)search->after_number);
    qd_buffer_format(body,
                     ",\"aggs\":{\"keys\":{\"terms\":{\"field\":\"k\",\"size\":100},\"aggs\":{\"s\":{\"sum\":"
                     "{\"field\":\"n\"}}}},\"sum\":{\"sum\":{\"field\":\"n\"}},\"max\":{\"max\":{\"field\":"
                     "\"n\"}},\"steps\":{\"histogram\":{\"field\":\"n\",\"interval\":%d,"
                     "\"min_doc_count\":1}}}}",
                     INTERVAL);
}

static void check_search(struct search *search)
{
    struct qd_run *run = search->run;
    struct qd_buffer body = { 0 };
    char target[64];
    draw_search(search);
    write_search(search, &body);
    snprintf(target, sizeof(target), "/%s/_search", search->expression);
    struct qd_request *request = qd_client_call(run, "POST", target, qd_buffer_view(&body));
    if (qd_client_usable(run, request, "search") && run->end == QD_RUN_GOES_ON) {
        if (request->status != 200) qd_run_fail(run, "search: status %d", request->status);
        check_page(search, qd_json_get(request->answer.root, "hits"));
        check_aggregations(search, qd_json_get(request->answer.root, "aggregations"));
    }
    qd_client_free(request);
    qd_buffer_deinit(&body);
}

static void check_count(struct search *search)
{
    struct qd_run *run = search->run;
    struct qd_buffer body = { 0 };
    int64_t numbers[DOCUMENTS_MAX];
    int64_t count = -1;
    char target[64];
    search->query = qd_sim_query_draw(run);
    qd_buffer_text(&body, "{\"query\":");
    qd_sim_query_write(&search->query, &body);
    qd_buffer_text(&body, "}");
    snprintf(target, sizeof(target), "/%s/_count", search->expression);
    struct qd_request *request = qd_client_call(run, "POST", target, qd_buffer_view(&body));
    if (qd_client_usable(run, request, "count") && run->end == QD_RUN_GOES_ON) {
        find_matches(search, numbers);
        qd_json_int64(qd_json_get(request->answer.root, "count"), &count);
        if (search->certain && count != (int64_t)search->match_count) {
            qd_run_fail(run, "_count is %lld instead of %zu", (long long)count, search->match_count);
        }
    }
    qd_client_free(request);
    qd_buffer_deinit(&body);
}

void qd_check_searches(struct qd_run *run)
{
    char expression[32];
    char target[64];
    uint32_t indices = qd_sim_draw_indices(run, expression, sizeof(expression));
    if (indices == 0) return;
    snprintf(target, sizeof(target), "/%s/_refresh", expression);
    struct qd_request *request = qd_client_call(run, "POST", target, (struct qd_slice){ 0 });
    bool fine = qd_client_usable(run, request, "refresh");
    qd_client_free(request);
    for (int i = 0; i < 3 && fine && run->end == QD_RUN_GOES_ON; i++) {
        struct search search = { .run = run, .indices = indices };
        snprintf(search.expression, sizeof(search.expression), "%s", expression);
        if (i == 2) check_count(&search);
        else check_search(&search);
    }
}
