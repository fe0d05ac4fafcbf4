#include "aggregation/aggregation_test_support.h"

#include "base/assert.h"
#include "base/json_writer.h"

static const char mapping[] =
    "{\"properties\":{\"k\":{\"type\":\"keyword\"},\"t\":{\"type\":\"text\"},\"l\":{\"type\":\"long\"},"
    "\"i\":{\"type\":\"integer\"},\"d\":{\"type\":\"double\"},\"f\":{\"type\":\"float\"},\"hf\":{\"type\":"
    "\"half_float\"},\"sf\":{\"type\":\"scaled_float\",\"scaling_factor\":100},\"b\":{\"type\":\"boolean\"},"
    "\"dt\":{\"type\":\"date\"},\"dn\":{\"type\":\"date_nanos\"},\"ip\":{\"type\":\"ip\"},\"ul\":{\"type\":"
    "\"unsigned_long\"},\"nodv\":{\"type\":\"keyword\",\"doc_values\":false},\"nodvl\":{\"type\":\"long\","
    "\"doc_values\":false},\"m\":{\"type\":\"long\"},\"km\":{\"type\":\"keyword\"}}}";

static const char *const documents[] = {
    ("{\"k\":\"a\",\"t\":\"hello "
     "world\",\"l\":1,\"i\":1,\"d\":1.5,\"f\":1.1,\"hf\":0.5,\"sf\":1.23,\"b\":true,"
     "\"dt\":\"2020-01-15T10:00:00Z\",\"dn\":\"2020-01-15T10:00:00.123456789Z\",\"ip\":\"1.2.3.4\","
     "\"ul\":18446744073709551615,\"m\":[1,2,2],\"km\":[\"x\",\"y\"]}"),
    ("{\"k\":\"b\",\"l\":2,\"i\":2,\"d\":2.5,\"f\":2.2,\"hf\":1.5,\"sf\":4.56,\"b\":false,"
     "\"dt\":\"2020-02-15T23:30:00Z\",\"dn\":\"2020-02-15T10:00:00.5Z\",\"ip\":\"10.0.0.1\",\"ul\":5,\"m\":["
     "3],"
     "\"km\":[\"x\"]}"),
    ("{\"k\":\"a\",\"l\":3,\"i\":3,\"d\":-3.5,\"f\":3.3,\"hf\":2.5,\"sf\":7.89,\"b\":true,"
     "\"dt\":\"2020-02-20T00:00:00Z\",\"dn\":\"2020-02-20T10:00:00.000000001Z\",\"ip\":\"::1\","
     "\"ul\":9223372036854775808,\"m\":[],\"km\":[\"z\",\"y\"]}"),
    ("{\"k\":\"c\",\"l\":10,\"i\":4,\"d\":100,\"f\":4.4,\"hf\":3.5,\"sf\":0.1,\"dt\":\"2020-05-01T12:00:"
     "00Z\","
     "\"dn\":\"2020-05-01T10:00:00Z\",\"ip\":\"10.0.0.2\"}"),
    ("{\"l\":10,\"d\":0.1}"),
};

void aggregation_world_open(struct aggregation_world *world, size_t shard_count)
{
    *world = (struct aggregation_world){ .shard_count = shard_count, .max_buckets = 65535 };
    for (size_t i = 0; i < shard_count; i++) search_world_open(&world->shards[i], mapping, NULL);
}

void aggregation_world_close(struct aggregation_world *world)
{
    for (size_t i = 0; i < world->shard_count; i++) search_world_close(&world->shards[i]);
}

void aggregation_world_fill(struct aggregation_world *world, bool segments)
{
    static const char *const ids[] = { "0", "1", "2", "3", "4" };
    for (size_t i = 0; i < sizeof(documents) / sizeof(documents[0]); i++) {
        struct search_world *shard = &world->shards[i % world->shard_count];
        search_world_index(shard, ids[i], qd_slice_from_string(documents[i]));
        if (segments) search_world_refresh(shard);
    }
    for (size_t i = 0; i < world->shard_count; i++) search_world_refresh(&world->shards[i]);
}

/* The partial result of one shard. */
static enum qd_status collect_shard(struct search_world *shard, const struct qd_search_request *request,
                              const struct qd_aggregations *aggregations, struct qd_slice *partial)
{
    struct qd_aggregation_run *run = NULL;
    struct qd_query_result result;
    struct qd_buffer buffer = { 0 };
    QD_TRY(qd_aggregation_run_create(aggregations, &shard->view, shard->arena, &run, &shard->error));
    struct qd_hit_collector collector = qd_aggregation_run_collector(run);
    enum qd_status status = qd_search_query_phase(&shard->view, request, &collector, shard->arena, &result,
                                                  &shard->error);
    if (status == QD_OK) status = qd_aggregation_run_finish(run, &buffer, &shard->error);
    qd_aggregation_run_release(run);
    *partial = qd_arena_copy(shard->arena, qd_buffer_view(&buffer));
    qd_buffer_deinit(&buffer);
    return status;
}

static enum qd_status run_all(struct aggregation_world *world, struct qd_slice body,
                              struct qd_json_writer *writer, struct qd_error **error)
{
    struct qd_arena *arena = world->shards[0].arena;
    struct qd_json_document *document = QD_NEW(arena, struct qd_json_document);
    struct qd_search_request *request = QD_NEW(arena, struct qd_search_request);
    struct qd_slice partials[AGGREGATION_SHARDS_MAX];
    struct qd_aggregations *aggregations;
    *error = &world->shards[0].error;
    QD_TRY(qd_json_parse(arena, body, document, *error));
    QD_TRY(qd_search_request_parse(document, arena, request, *error));
    if (request->aggregations == NULL) return QD_OK;
    QD_TRY(qd_aggregations_parse(document, request->aggregations, arena, &aggregations, *error));
    for (size_t i = 0; i < world->shard_count; i++) {
        *error = &world->shards[i].error;
        QD_TRY(collect_shard(&world->shards[i], request, aggregations, &partials[i]));
    }
    struct qd_aggregation_reduce reduce = { .aggregations = aggregations,
                                            .partials = partials,
                                            .count = world->shard_count,
                                            .max_buckets = world->max_buckets,
                                            .typed_keys = world->typed_keys };
    return qd_aggregations_render(&reduce, arena, writer, *error);
}

struct qd_slice aggregation_world_run(struct aggregation_world *world, struct qd_slice body)
{
    struct qd_arena *arena = world->shards[0].arena;
    struct qd_buffer out = { 0 };
    struct qd_json_writer writer = { .out = &out };
    struct qd_error *error = NULL;
    for (size_t i = 0; i < world->shard_count; i++) {
        qd_error_init(&world->shards[i].error, world->shards[i].arena);
        world->shards[i].view.limits.max_buckets = world->max_buckets;
    }
    enum qd_status status = run_all(world, body, &writer, &error);
    struct qd_slice text = qd_arena_copy(arena, qd_buffer_view(&out));
    qd_buffer_deinit(&out);
    if (status == QD_OK) return text;
    const char *type = error->type_override != NULL ? error->type_override : qd_status_type(error->status);
    return qd_arena_format(arena, "error: %s: %.*s", type, QD_SLICE_ARG(error->reason));
}
