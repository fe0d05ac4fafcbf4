#include <stdio.h>
#include <stdlib.h>

#include "base/assert.h"
#include "codec/columns.h"
#include "codec/ids.h"
#include "codec/points.h"
#include "codec/postings.h"
#include "codec/stored.h"
#include "index/engine_test_support.h"
#include "index/record.h"

static const struct qd_field body_field = { .name = QD_SLICE_INIT("body"),
                                            .index_options = QD_INDEX_POSITIONS,
                                            .has_norms = true,
                                            .position_increment_gap = 100,
                                            .similarity = { .discount_overlaps = true } };
static const struct qd_field n_field =
    { .name = QD_SLICE_INIT("n"), .column = QD_COLUMN_NUMERIC, .point_bytes = 8 };
static const struct qd_field tag_field = { .name = QD_SLICE_INIT("tag"),
                                           .index_options = QD_INDEX_DOCS,
                                           .column = QD_COLUMN_ORDINALS };

static struct qd_slice until(struct qd_slice *rest, char end)
{
    size_t at = qd_slice_find_byte(*rest, end);
    struct qd_slice part = at == SIZE_MAX ? *rest : qd_slice_sub(*rest, 0, at);
    *rest = at == SIZE_MAX ? (struct qd_slice){ NULL, 0 } : qd_slice_from(*rest, at + 1);
    return part;
}

static struct qd_token_list *tokens_of(struct qd_slice words, struct qd_arena *arena)
{
    struct qd_token_list *list = QD_NEW(arena, struct qd_token_list);
    list->final_offset = (uint32_t)words.size;
    struct qd_slice rest = words;
    while (rest.size > 0) {
        struct qd_slice word = until(&rest, ' ');
        if (word.size == 0) continue;
        uint32_t start = (uint32_t)(word.data - words.data);
        *QD_PUSH(arena, list) = (struct qd_token){ .term = word,
                                                   .start_offset = start,
                                                   .end_offset = start + (uint32_t)word.size,
                                                   .position_increment = 1,
                                                   .position_length = 1,
                                                   .type = "word" };
    }
    return list;
}

enum qd_status test_document_parse(void *context, struct qd_slice id, struct qd_slice routing,
                                   struct qd_slice source,
                                   struct qd_arena *arena, struct qd_document *document,
                                       struct qd_error *error)
{
    (void)context;
    (void)error;
    struct qd_slice rest = source;
    struct qd_slice words = until(&rest, '|');
    struct qd_slice *tag = QD_NEW(arena, struct qd_slice);
    int64_t *number = QD_NEW(arena, int64_t);
    *tag = until(&rest, '|');
    *number = rest.size == 0 ? 0 : strtoll(qd_arena_string(arena, rest), NULL, 10);
    struct qd_document_field *fields = QD_NEW_ARRAY(arena, struct qd_document_field, 3);
    fields[0] = (struct qd_document_field){ .field = &body_field,
                                            .token_lists = tokens_of(words, arena),
                                            .token_list_count = 1 };
    fields[1] = (struct qd_document_field){ .field = &n_field, .numbers = number, .number_count = 1 };
    fields[2] = (struct qd_document_field){ .field = &tag_field, .terms = tag, .term_count = 1 };
    *document = (struct qd_document){
        .id = id, .routing = routing, .source = source, .fields = fields, .field_count = 3
    };
    return QD_OK;
}

/* ---- life ---- */
static const struct qd_engine_parser parser = { NULL, test_document_parse };

enum qd_status world_open(struct world *world)
{
    qd_error_init(&world->error, world->arena);
    return qd_engine_open(world->env, QD_SLICE("indices/a/0"), &world->options, &parser, &world->engine,
                          &world->error);
}

void world_close(struct world *world)
{
    if (world->engine != NULL) qd_engine_close(world->engine);
    world->engine = NULL;
}

void world_begin(struct world *world, uint64_t seed, const struct qd_fake_options *fakes)
{
    struct qd_fake_options none = { .disk_on_loop = true };
    *world = (struct world){ .arena = qd_arena_create(0), .synced = -1, .random = seed * 2 + 1 };
    world->env = qd_fake_env_create(seed, fakes == NULL ? &none : fakes);
    world->options = (struct qd_engine_options){ .durability_request = true,
                                                 .flush_threshold_bytes = 1 << 20,
                                                 .buffer_bytes_max = 1 << 20,
                                                 .translog_generation_bytes = 1 << 20,
                                                 .merge_segments_per_tier = 2,
                                                 .merge_at_once_max = 3,
                                                 .merge_floor_bytes = 1,
                                                 .merge_segment_bytes_max = 1 << 30,
                                                 .gc_deletes_ms = 60000 };
}

void world_end(struct world *world)
{
    world_close(world);
    qd_fake_env_destroy(world->env);
    qd_arena_destroy(world->arena);
    free(world->log);
}

void world_check_recovered(struct world *world)
{
    struct qd_engine_stats stats;
    qd_engine_stats(world->engine, &stats);
    assert_true(stats.max_seq_no >= world->synced);
    assert_true(stats.max_seq_no < (int64_t)world->log_count);
    world->log_count = (size_t)(stats.max_seq_no + 1);
    world->synced = stats.max_seq_no;
}

void world_crash(struct world *world)
{
    qd_fake_env_crash(world->env);
    world_close(world);
    qd_fake_env_restart(world->env);
    assert_ok(world_open(world));
    world->restarted = true;
    world_check_recovered(world);
}

/* ---- operations ---- */
uint32_t world_below(struct world *world, uint32_t bound)
{
    world->random ^= world->random << 13;
    world->random ^= world->random >> 7;
    world->random ^= world->random << 17;
    return (uint32_t)((world->random >> 20) % bound);
}

void world_source(struct world *world, char source[MODEL_SOURCE])
{
    size_t at = 0;
    uint32_t words = world_below(world, 6);
    for (uint32_t i = 0; i < words; i++) {
        uint32_t word = world_below(world, 12);
        at += (size_t)snprintf(source + at, MODEL_SOURCE - at, "%s%s%u", i == 0 ? "" : " ",
                               word % 3 == 0 ? "longishword" : "w", word);
    }
    snprintf(source + at, MODEL_SOURCE - at, "|t%u|%d", world_below(world, 5),
             (int)world_below(world, 2000) - 1000);
}

void world_model(const struct world *world, struct model_document documents[MODEL_IDS])
{
    memset(documents, 0, MODEL_IDS * sizeof(*documents));
    for (size_t i = 0; i < world->log_count; i++) {
        const struct model_operation *operation = &world->log[i];
        documents[operation->id] = (struct model_document){ !operation->is_delete, operation->version,
                                                            operation->seq_no, operation->source };
    }
}

static struct model_operation *log_operation(struct world *world, uint32_t id, const char *source)
{
    if (world->log_count == world->log_capacity) {
        world->log_capacity = world->log_capacity * 2 + 64;
        world->log = realloc(world->log, world->log_capacity * sizeof(*world->log));
        qd_assert(world->log != NULL);
    }
    struct model_operation *operation = &world->log[world->log_count];
    *operation = (struct model_operation){ .id = id, .is_delete = source == NULL,
                                           .seq_no = (int64_t)world->log_count };
    if (source != NULL) snprintf(operation->source, sizeof(operation->source), "%s", source);
    struct model_document documents[MODEL_IDS];
    world_model(world, documents);
    operation->version = documents[id].version + 1;
    world->log_count++;
    return operation;
}

static enum qd_status change(struct world *world, uint32_t id, const char *source)
{
    char name[32];
    snprintf(name, sizeof(name), id % 2 == 0 ? "id%u" : "a-rather-long-id-%u", id);
    struct model_document before[MODEL_IDS];
    world_model(world, before);
    struct model_operation *expected = log_operation(world, id, source);
    struct qd_arena *arena = qd_arena_create(0);
    struct qd_document document;
    struct qd_operation operation = { .kind = source == NULL ? QD_OPERATION_DELETE : QD_OPERATION_INDEX,
                                      .id = qd_slice_from_string(name),
                                      .version = -1,
                                      .if_seq_no = QD_SEQ_NO_NONE,
                                      .primary_term = 1 };
    qd_error_init(&operation.error, arena);
    if (source != NULL) {
        assert_ok(test_document_parse(NULL, operation.id, (struct qd_slice){ NULL, 0 },
                                      qd_slice_from_string(source), arena, &document, &world->error));
        operation.document = &document;
    }
    enum qd_status status = qd_engine_apply(world->engine, &operation, &world->error);
    if (status == QD_OK) {
        assert_ok(operation.status);
        assert_int_equal(operation.seq_no, expected->seq_no);
        /* A restart forgets deletes that were committed: the next version may begin anew. */
        if (world->restarted && !before[id].exists && operation.result_version == 1) expected->version = 1;
        assert_int_equal(operation.result_version, expected->version);
        enum qd_operation_result old = before[id].exists ? QD_RESULT_UPDATED : QD_RESULT_CREATED;
        if (source == NULL) old = before[id].exists ? QD_RESULT_DELETED : QD_RESULT_NOT_FOUND;
        assert_int_equal(operation.result, old);
    }
    qd_arena_destroy(arena);
    return status;
}

enum qd_status world_index(struct world *world, uint32_t id, const char *source)
{
    return change(world, id, source);
}

enum qd_status world_delete(struct world *world, uint32_t id)
{
    return change(world, id, NULL);
}

enum qd_status world_sync(struct world *world)
{
    enum qd_status status = qd_engine_sync(world->engine, &world->error);
    if (status == QD_OK) world->synced = (int64_t)world->log_count - 1;
    return status;
}

enum qd_status world_merge(struct world *world, uint32_t segments_max, bool *did)
{
    struct qd_merge *merge = qd_engine_merge_plan(world->engine, segments_max, false);
    *did = merge != NULL;
    if (merge == NULL) return QD_OK;
    enum qd_status run = qd_merge_run(merge, &world->error);
    enum qd_status status = qd_engine_merge_install(world->engine, merge, run != QD_OK, &world->error);
    return run != QD_OK ? run : status;
}

/* ---- checks ---- */
static void name_of(uint32_t id, char name[32])
{
    snprintf(name, 32, id % 2 == 0 ? "id%u" : "a-rather-long-id-%u", id);
}

void world_check_gets(struct world *world)
{
    struct model_document documents[MODEL_IDS];
    world_model(world, documents);
    struct qd_arena *arena = qd_arena_create(0);
    for (uint32_t id = 0; id < MODEL_IDS; id++) {
        char name[32];
        name_of(id, name);
        struct qd_get_result result;
        assert_ok(qd_engine_get(world->engine, qd_slice_from_string(name), arena, &result, &world->error));
        assert_int_equal(result.found, documents[id].exists);
        if (!result.found) continue;
        assert_int_equal(result.version, documents[id].version);
        assert_int_equal(result.seq_no, documents[id].seq_no);
        assert_slice(result.source, documents[id].source);
    }
    qd_arena_destroy(arena);
}

/* What a snapshot shows of one id. */
struct seen {
    uint32_t count; /* live documents */
    const struct qd_snapshot_segment *segment;
    qd_doc_id doc;
};

static uint32_t id_of(struct qd_slice name)
{
    char text[32];
    snprintf(text, sizeof(text), "%.*s", QD_SLICE_ARG(name));
    const char *digits = text + strcspn(text, "0123456789");
    return (uint32_t)strtoul(digits, NULL, 10);
}

static bool is_live(const struct qd_snapshot_segment *segment, qd_doc_id doc)
{
    return segment->live == NULL || (segment->live[doc / 64] >> (doc % 64) & 1) != 0;
}

static void collect(struct world *world, const struct qd_snapshot *snapshot, struct seen seen[MODEL_IDS])
{
    uint32_t live = 0;
    for (uint32_t i = 0; i < snapshot->segment_count; i++) {
        const struct qd_snapshot_segment *segment = &snapshot->segments[i];
        struct qd_ids *ids;
        assert_ok(qd_segment_ids(segment->segment, &ids, &world->error));
        uint32_t in_segment = 0;
        for (qd_doc_id doc = 0; doc < qd_segment_doc_count(segment->segment); doc++) {
            if (!is_live(segment, doc)) continue;
            struct seen *to = &seen[id_of(qd_ids_at(ids, doc))];
            *to = (struct seen){ to->count + 1, segment, doc };
            in_segment++;
        }
        assert_int_equal(in_segment, segment->live_count);
        live += in_segment;
    }
    assert_int_equal(live, snapshot->live_count);
}

/* How often `word` stands in the body of a source, and where first. */
static uint32_t occurrences(const char *source, const char *word, uint32_t *first)
{
    uint32_t count = 0;
    uint32_t position = 0;
    size_t size = strlen(word);
    const char *at = source;
    while (*at != 0 && *at != '|') {
        size_t length = strcspn(at, " |");
        if (length == size && memcmp(at, word, size) == 0 && count++ == 0) *first = position;
        position++;
        at += length;
        if (*at == ' ') at++;
    }
    return count;
}

/* Walks a term in a segment and compares every live document with the model. */
static uint32_t check_term(struct world *world, const struct qd_snapshot_segment *segment, const char *word,
                           const struct model_document documents[MODEL_IDS], struct qd_arena *arena)
{
    struct qd_terms *terms;
    struct qd_ids *ids;
    struct qd_term_info info;
    assert_ok(qd_segment_terms(segment->segment, QD_SLICE("body"), &terms, &world->error));
    assert_ok(qd_segment_ids(segment->segment, &ids, &world->error));
    if (terms == NULL || !qd_terms_find(terms, qd_slice_from_string(word), &info)) return 0;
    struct qd_postings postings;
    uint32_t live = 0;
    qd_postings_init(&postings, arena, terms, &info, QD_POSTINGS_FREQS | QD_POSTINGS_POSITIONS);
    for (qd_doc_id doc = qd_postings_next(&postings); doc != QD_DOC_END; doc = qd_postings_next(&postings)) {
        if (!is_live(segment, doc)) continue;
        live++;
        uint32_t first = 0;
        uint32_t expected = occurrences(documents[id_of(qd_ids_at(ids, doc))].source, word, &first);
        assert_int_equal(qd_postings_freq(&postings), expected);
        assert_int_equal(qd_postings_next_position(&postings), first);
    }
    return live;
}

static void check_terms(struct world *world, const struct qd_snapshot *snapshot,
                        const struct model_document documents[MODEL_IDS], struct qd_arena *arena)
{
    for (uint32_t i = 0; i < 12; i++) {
        char word[32];
        snprintf(word, sizeof(word), "%s%u", i % 3 == 0 ? "longishword" : "w", i);
        uint32_t expected = 0;
        for (uint32_t id = 0; id < MODEL_IDS; id++) {
            uint32_t first;
            expected += documents[id].exists && occurrences(documents[id].source, word, &first) > 0;
        }
        uint32_t found = 0;
        for (uint32_t k = 0; k < snapshot->segment_count; k++) {
            found += check_term(world, &snapshot->segments[k], word, documents, arena);
        }
        assert_int_equal(found, expected);
    }
}

/* Columns, points and the stored record of one document. */
static void check_document(struct world *world, const struct seen *seen,
                           const struct model_document *document, struct qd_arena *arena)
{
    struct qd_segment *segment = seen->segment->segment;
    struct qd_numeric_column *n;
    struct qd_ordinal_column *tags;
    struct qd_points *points;
    struct qd_stored *stored;
    assert_ok(qd_segment_numeric(segment, QD_SLICE("n"), &n, &world->error));
    assert_ok(qd_segment_ordinals(segment, QD_SLICE("tag"), &tags, &world->error));
    assert_ok(qd_segment_points(segment, QD_SLICE("n"), &points, &world->error));
    assert_ok(qd_segment_stored(segment, &stored, &world->error));
    struct qd_slice rest = qd_slice_from_string(document->source);
    (void)until(&rest, '|');
    struct qd_slice tag = until(&rest, '|');
    int64_t expected = strtoll(qd_arena_string(arena, rest), NULL, 10);
    int64_t value;
    assert_true(qd_numeric_first(n, seen->doc, &value));
    assert_int_equal(value, expected);
    const struct qd_numeric_column *ordinals = qd_ordinal_numbers(tags);
    assert_int_equal(qd_numeric_count(ordinals, seen->doc), 1);
    struct qd_slice term = qd_ordinal_term(tags, (uint32_t)qd_numeric_at(ordinals, seen->doc, 0), arena);
    assert_true(qd_slice_equal(term, tag));
    uint64_t sortable = __builtin_bswap64((uint64_t)expected ^ ((uint64_t)1 << 63));
    uint64_t *bits = qd_arena_zalloc(arena, qd_segment_doc_count(segment) / 8 + 8);
    qd_points_range(points, (const uint8_t *)&sortable, (const uint8_t *)&sortable, bits);
    assert_true((bits[seen->doc / 64] >> (seen->doc % 64) & 1) != 0);
    struct qd_slice bytes;
    struct qd_record record;
    assert_ok(qd_stored_get(stored, seen->doc, arena, NULL, &bytes, &world->error));
    assert_ok(qd_record_parse(bytes, arena, &record, &world->error));
    assert_slice(record.source, document->source);
}

void world_check_snapshot(struct world *world)
{
    struct model_document documents[MODEL_IDS];
    struct seen seen[MODEL_IDS] = { { 0 } };
    world_model(world, documents);
    struct qd_arena *arena = qd_arena_create(0);
    struct qd_snapshot *snapshot = qd_engine_acquire(world->engine);
    collect(world, snapshot, seen);
    for (uint32_t id = 0; id < MODEL_IDS; id++) {
        assert_int_equal(seen[id].count, documents[id].exists);
        if (documents[id].exists) check_document(world, &seen[id], &documents[id], arena);
    }
    check_terms(world, snapshot, documents, arena);
    qd_snapshot_release(snapshot);
    qd_arena_destroy(arena);
}
