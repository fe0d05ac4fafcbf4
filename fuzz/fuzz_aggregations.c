/* Aggregations of any bytes: parsed, run on a small shard, reduced and rendered; and partial results of any
 * bytes. Input: a request body, then, behind a 0 byte, an optional partial result. */
#include <stdlib.h>

/* The shard that the tests run on. */
#include "search/search_support_test.c"

#include "aggregation/aggregation_support_test.c"

static struct aggregation_world shards;

static void render(const struct qd_aggregations *aggregations, struct qd_slice partial,
                   struct qd_arena *arena)
{
    struct qd_slice partials[2] = { partial, partial };
    struct qd_buffer out = { 0 };
    struct qd_json_writer writer = { .out = &out };
    struct qd_json_document document;
    struct qd_error error;
    struct qd_aggregation_reduce reduce = { aggregations, partials, 2, 1000, true };
    qd_error_init(&error, arena);
    bool rendered = qd_aggregations_render(&reduce, arena, &writer, &error) == QD_OK;
    /* Names may repeat in keyed answers, as the reference's do: only then is the text no valid JSON here. */
    if (rendered && qd_json_parse(arena, qd_buffer_view(&out), &document, &error) != QD_OK &&
        error.status != QD_JSON_PARSE && error.status != QD_STREAM_CONSTRAINTS) {
        abort();
    }
    qd_buffer_deinit(&out);
}

static void run_tree(const struct qd_aggregations *aggregations, struct qd_slice partial,
                     struct qd_arena *arena)
{
    struct qd_aggregation_run *made = NULL;
    struct qd_query_result result;
    struct qd_error error;
    struct qd_buffer buffer = { 0 };
    struct qd_search_request request;
    struct qd_json_document empty = { 0 };
    qd_error_init(&error, arena);
    if (partial.data != NULL) render(aggregations, partial, arena);
    shards.shards[0].view.limits.max_buckets = 1000;
    if (qd_search_request_parse(&empty, arena, &request, &error) != QD_OK) abort();
    if (qd_aggregation_run_create(aggregations, &shards.shards[0].view, arena, &made, &error) != QD_OK) {
        return;
    }
    struct qd_hit_collector collector = qd_aggregation_run_collector(made);
    if (qd_search_query_phase(&shards.shards[0].view, &request, &collector, arena, &result, &error) ==
            QD_OK &&
        qd_aggregation_run_finish(made, &buffer, &error) == QD_OK) {
        render(aggregations, qd_buffer_view(&buffer), arena);
    }
    qd_aggregation_run_release(made);
    qd_buffer_deinit(&buffer);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (shards.shard_count == 0) {
        aggregation_world_open(&shards, 1);
        aggregation_world_fill(&shards, true);
    }
    struct qd_arena *arena = qd_arena_create(0);
    struct qd_slice body = qd_slice_make(data, size);
    struct qd_slice partial = { NULL, 0 };
    size_t zero = qd_slice_find_byte(body, '\0');
    if (zero != SIZE_MAX) {
        partial = qd_slice_from(body, zero + 1);
        body.size = zero;
    }
    struct qd_json_document document;
    struct qd_aggregations *aggregations;
    struct qd_error error;
    qd_error_init(&error, arena);
    if (qd_json_parse(arena, body, &document, &error) == QD_OK && qd_json_is_object(document.root) &&
        qd_aggregations_parse(&document, document.root, arena, &aggregations, &error) == QD_OK) {
        run_tree(aggregations, partial, arena);
    }
    qd_arena_destroy(arena);
    return 0;
}
