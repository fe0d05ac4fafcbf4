#include "search/search_test_support.h"

#include <math.h>

#include "base/assert.h"
#include "base/json_writer.h"
#include "codec/ids.h"
#include "mapping/document.h"
#include "simulation/fake/fake_env.h"

#define must(call) qd_assert((call) == QD_OK)

static enum qd_status parse_again(void *context, struct qd_slice id, struct qd_slice routing,
                                  struct qd_slice source, struct qd_arena *arena,
                                  struct qd_document *document, struct qd_error *error)
{
    struct search_world *world = context;
    struct qd_json_document *json = QD_NEW(arena, struct qd_json_document);
    QD_TRY(qd_json_parse(arena, source, json, error));
    struct qd_document_input input = { .id = id, .routing = routing, .json = json };
    struct qd_slice update;
    return qd_document_parse(world->mapping, &input, arena, document, &update, error);
}

void search_world_open(struct search_world *world, const char *mapping, const char *analysis)
{
    *world = (struct search_world){ .arena = qd_arena_create(65536) };
    qd_error_init(&world->error, world->arena);
    struct qd_json_document document = { 0 };
    if (analysis != NULL)
        must(qd_json_parse(world->arena, qd_slice_from_string(analysis), &document, &world->error));
    struct qd_analysis_limits limits = { .max_ngram_diff = 1, .max_shingle_diff = 3 };
    must(qd_analysis_create(world->arena, document.root, &limits, &world->analysis, &world->error));
    struct qd_json_document *source = QD_NEW(world->arena, struct qd_json_document);
    must(qd_json_parse(world->arena, qd_slice_from_string(mapping), source, &world->error));
    struct qd_mapping_update update = { .registry = world->analysis,
                                        .limits = { 1000, 20, 50, 10000, 50000, false, true } };
    must(qd_mapping_merge(world->arena, &update, source->root, &world->mapping, &world->error));
    struct qd_fake_options fakes = { .disk_on_loop = true };
    world->env = qd_fake_env_create(1, &fakes);
    struct qd_engine_options options = { .durability_request = false,
                                         .flush_threshold_bytes = 1 << 30,
                                         .buffer_bytes_max = 1 << 30,
                                         .translog_generation_bytes = 1 << 30,
                                         .merge_segments_per_tier = 10,
                                         .merge_at_once_max = 10,
                                         .merge_floor_bytes = 1,
                                         .merge_segment_bytes_max = 1 << 30,
                                         .gc_deletes_ms = 60000 };
    struct qd_engine_parser *parser = QD_NEW(world->arena, struct qd_engine_parser);
    *parser = (struct qd_engine_parser){ world, parse_again };
    must(
        qd_engine_open(world->env, QD_SLICE("indices/a/0"), &options, parser, &world->engine, &world->error));
}

void search_world_close(struct search_world *world)
{
    if (world->snapshot != NULL) qd_snapshot_release(world->snapshot);
    qd_engine_close(world->engine);
    qd_fake_env_destroy(world->env);
    qd_arena_destroy(world->arena);
}

static void apply(struct search_world *world, enum qd_operation_kind kind, struct qd_slice id,
                  const struct qd_document *document)
{
    struct qd_operation operation = { .kind = kind,
                                      .id = id,
                                      .document = document,
                                      .version = -1,
                                      .if_seq_no = QD_SEQ_NO_NONE,
                                      .primary_term = 1 };
    qd_error_init(&operation.error, world->arena);
    must(qd_engine_apply(world->engine, &operation, &world->error));
    must(operation.status);
}

void search_world_index(struct search_world *world, const char *id, struct qd_slice source)
{
    struct qd_arena *arena = qd_arena_create(0);
    struct qd_json_document json;
    must(qd_json_parse(arena, source, &json, &world->error));
    struct qd_document document;
    for (int pass = 0; pass < 3; pass++) {
        struct qd_document_input input = { .id = qd_slice_from_string(id), .json = &json };
        struct qd_slice update;
        must(qd_document_parse(world->mapping, &input, arena, &document, &update, &world->error));
        if (update.size == 0) break;
        struct qd_json_document *changes = QD_NEW(world->arena, struct qd_json_document);
        must(qd_json_parse(world->arena, update, changes, &world->error));
        struct qd_mapping_update merge = { .old = world->mapping,
                                           .registry = world->analysis,
                                           .limits = { 1000, 20, 50, 10000, 50000, false, true } };
        must(qd_mapping_merge(world->arena, &merge, changes->root, &world->mapping, &world->error));
    }
    apply(world, QD_OPERATION_INDEX, document.id, &document);
    qd_arena_destroy(arena);
}

void search_world_delete(struct search_world *world, const char *id)
{
    apply(world, QD_OPERATION_DELETE, qd_slice_from_string(id), NULL);
}

void search_world_refresh(struct search_world *world)
{
    bool changed;
    must(qd_engine_refresh(world->engine, &changed, &world->error));
    if (world->snapshot != NULL) qd_snapshot_release(world->snapshot);
    world->snapshot = qd_engine_acquire(world->engine);
    world->view = (struct qd_shard_view){ .snapshot = world->snapshot,
                                          .mapping = world->mapping,
                                          .analysis = world->analysis,
                                          .index_name = QD_SLICE("search-test"),
                                          .index_uuid = QD_SLICE("uuid"),
                                          .node_id = QD_SLICE("node"),
                                          .shard_count = 1,
                                          .now_ms = 1600000000000 };
    static const struct qd_slice everything = QD_SLICE_INIT("*");
    world->view.limits = (struct qd_search_limits){ .max_clause_count = 1024,
                                                    .max_terms_count = 65536,
                                                    .max_regex_length = 1000,
                                                    .max_query_string_length = 32000,
                                                    .max_nested_depth = 20,
                                                    .max_result_window = 10000,
                                                    .max_docvalue_fields = 100,
                                                    .max_analyzed_offset = 1000000,
                                                    .allow_expensive_queries = true,
                                                    .default_fields = &everything,
                                                    .default_field_count = 1 };
}

void search_world_merge(struct search_world *world)
{
    struct qd_merge *merge = qd_engine_merge_plan(world->engine, 1, false);
    if (merge == NULL) return;
    must(qd_merge_run(merge, &world->error));
    must(qd_engine_merge_install(world->engine, merge, false, &world->error));
    search_world_refresh(world);
}

static void write_error(const struct qd_error *error, struct qd_json_writer *writer)
{
    qd_json_begin_object(writer);
    qd_json_member_text(writer, "error", qd_status_type(error->status));
    qd_json_member_string(writer, "reason", error->reason);
    qd_json_end_object(writer);
}

static enum qd_status run(struct search_world *world, struct qd_slice body, struct qd_json_writer *writer)
{
    struct qd_arena *arena = world->arena;
    struct qd_json_document *document = QD_NEW(arena, struct qd_json_document);
    struct qd_search_request *request = QD_NEW(arena, struct qd_search_request);
    struct qd_query_result result;
    struct qd_error *error = &world->error;
    QD_TRY(qd_json_parse(arena, body, document, error));
    QD_TRY(qd_search_request_parse(document, arena, request, error));
    QD_TRY(qd_search_query_phase(&world->view, request, NULL, arena, &result, error));
    uint32_t from = request->from < 0 ? 0 : (uint32_t)request->from;
    uint32_t count = result.doc_count < from ? 0 : result.doc_count - from;
    struct qd_slice *hits = QD_NEW_ARRAY(arena, struct qd_slice, count + 1);
    QD_TRY(qd_search_fetch_phase(&world->view, request, result.docs + from, count, arena, hits, error));
    qd_json_begin_object(writer);
    qd_json_member_int(writer, "total", (int64_t)result.total);
    qd_json_member_text(writer, "relation", result.total_is_lower_bound ? "gte" : "eq");
    qd_json_name(writer, "max_score");
    if (isnan(result.max_score)) qd_json_null(writer);
    else qd_json_float_value(writer, result.max_score);
    qd_json_member_array(writer, "hits");
    for (uint32_t i = 0; i < count; i++) qd_json_raw(writer, hits[i]);
    qd_json_end_array(writer);
    qd_json_end_object(writer);
    return QD_OK;
}

struct qd_slice search_world_search(struct search_world *world, struct qd_slice body)
{
    struct qd_buffer out = { 0 };
    struct qd_json_writer writer = { .out = &out };
    qd_error_init(&world->error, world->arena);
    if (run(world, body, &writer) != QD_OK) {
        out.size = 0;
        writer.comma = false;
        write_error(&world->error, &writer);
    }
    struct qd_slice text = qd_arena_copy(world->arena, qd_buffer_view(&out));
    qd_buffer_deinit(&out);
    return text;
}

static enum qd_status prepare(struct search_world *world, struct qd_slice body, struct qd_prepared **prepared)
{
    struct qd_json_document *document = QD_NEW(world->arena, struct qd_json_document);
    struct qd_query *query;
    qd_error_init(&world->error, world->arena);
    QD_TRY(qd_json_parse(world->arena, body, document, &world->error));
    QD_TRY(
        qd_query_parse(document, qd_json_get(document->root, "query"), world->arena, &query, &world->error));
    return qd_query_prepare(query, &world->view, true, world->arena, prepared, &world->error);
}

struct qd_slice search_world_text(struct search_world *world, struct qd_slice body)
{
    struct qd_prepared *prepared;
    if (prepare(world, body, &prepared) != QD_OK)
        return qd_arena_format(world->arena, "error: %s: %.*s", qd_status_type(world->error.status),
                               QD_SLICE_ARG(world->error.reason));
    return qd_prepared_text(prepared, world->arena);
}

struct qd_slice search_world_explain(struct search_world *world, struct qd_slice body, const char *id)
{
    struct qd_prepared *prepared;
    struct qd_buffer out = { 0 };
    struct qd_json_writer writer = { .out = &out };
    if (prepare(world, body, &prepared) != QD_OK) {
        write_error(&world->error, &writer);
    } else {
        for (uint32_t i = 0; i < world->snapshot->segment_count; i++) {
            struct qd_ids *ids;
            bool matched;
            must(qd_segment_ids(world->snapshot->segments[i].segment, &ids, &world->error));
            qd_doc_id doc = qd_ids_find(ids, qd_slice_from_string(id), world->snapshot->segments[i].live);
            if (doc == QD_DOC_END) continue;
            must(qd_prepared_explain(prepared, i, doc, world->arena, &writer, &matched, &world->error));
        }
    }
    struct qd_slice text = qd_arena_copy(world->arena, qd_buffer_view(&out));
    qd_buffer_deinit(&out);
    return text;
}
