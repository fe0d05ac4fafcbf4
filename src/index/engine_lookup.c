/* Id look-ups: index buffer, tombstones, segments; and realtime gets. */
#include "base/assert.h"
#include "base/map.h"
#include "codec/columns.h"
#include "codec/ids.h"
#include "codec/stored.h"
#include "index/engine_internal.h"
#include "index/engine_run.h"
#include "index/record.h"

/* A numeric column of which every document has one value. */
static enum qd_status fact(struct qd_segment *segment, struct qd_slice name, qd_doc_id doc, int64_t *value,
                           struct qd_error *error)
{
    struct qd_numeric_column *column;
    QD_TRY(qd_segment_numeric(segment, name, &column, error));
    if (column == NULL || !qd_numeric_first(column, doc, value)) {
        return qd_corrupt(error, qd_segment_name(segment), doc, "a document without version or seq_no");
    }
    return QD_OK;
}

/* An id that is looked for. */
struct wanted {
    struct qd_slice id;
    uint64_t hash;
};

static enum qd_status find_in_segment(struct qd_engine_segment *segment, const struct wanted *wanted,
                                      struct qd_found *found, struct qd_error *error)
{
    if (segment->ids == NULL) {
        QD_TRY(qd_segment_ids(segment->held->segment, &segment->ids, error));
        if (segment->ids == NULL) {
            return qd_corrupt(error, qd_segment_name(segment->held->segment), 0, "a segment without ids");
        }
    }
    const struct qd_live_docs *live = qd_engine_live_now(segment);
    qd_doc_id doc = qd_ids_find_hashed(segment->ids, wanted->id, wanted->hash,
                                       live == NULL ? NULL : live->words);
    if (doc == QD_DOC_END) return QD_OK;
    struct qd_segment *from = segment->held->segment;
    QD_TRY(fact(from, QD_SLICE("_version"), doc, &found->version, error));
    QD_TRY(fact(from, QD_SLICE("_seq_no"), doc, &found->seq_no, error));
    QD_TRY(fact(from, QD_SLICE("_primary_term"), doc, &found->term, error));
    found->place = QD_FOUND_SEGMENT;
    found->doc = doc;
    found->segment = segment;
    return QD_OK;
}

static void from_entry(struct qd_found *found, enum qd_found_place place,
                       const struct qd_version_entry *entry)
{
    *found = (struct qd_found){ .place = place,
                                .version = entry->version,
                                .seq_no = entry->seq_no,
                                .term = entry->term,
                                .doc = entry->doc };
}

uint64_t qd_engine_expect(const struct qd_engine *engine, struct qd_slice id)
{
    uint64_t hash = qd_hash(id);
    qd_version_map_expect(&engine->recent, hash);
    if (engine->build != NULL) qd_version_map_expect(&engine->build->recent, hash);
    for (size_t i = 0; i < engine->segments.count; i++) {
        const struct qd_ids *ids = engine->segments.data[i]->ids;
        if (ids != NULL) qd_ids_expect(ids, hash);
    }
    return hash;
}

enum qd_status qd_engine_find(struct qd_engine *engine, struct qd_slice id, struct qd_found *found,
                              struct qd_error *error)
{
    return qd_engine_find_hashed(engine, id, qd_hash(id), found, error);
}

enum qd_status qd_engine_find_hashed(struct qd_engine *engine, struct qd_slice id, uint64_t hash,
                                     struct qd_found *found, struct qd_error *error)
{
    struct wanted wanted = { id, hash };
    *found = (struct qd_found){ .place = QD_FOUND_NOWHERE };
    const struct qd_version_entry *entry = qd_version_map_find_hashed(&engine->recent, id, hash);
    if (entry != NULL) {
        from_entry(found, QD_FOUND_BUFFER, entry);
        return QD_OK;
    }
    entry = engine->build == NULL ? NULL : qd_version_map_find_hashed(&engine->build->recent, id, hash);
    if (entry != NULL) {
        from_entry(found, QD_FOUND_SEALED, entry);
        return QD_OK;
    }
    entry = qd_version_map_find_hashed(&engine->tombstones, id, hash);
    if (entry != NULL) {
        int64_t age_ms = (int64_t)(qd_engine_now(engine) / 1000000) - entry->time_ms;
        if (age_ms <= engine->options.gc_deletes_ms) from_entry(found, QD_FOUND_TOMBSTONE, entry);
        return QD_OK;
    }
    for (size_t i = engine->segments.count; i > 0 && found->place == QD_FOUND_NOWHERE; i--) {
        QD_TRY(find_in_segment(engine->segments.data[i - 1], &wanted, found, error));
    }
    return QD_OK;
}

void qd_engine_delete_found(struct qd_engine *engine, struct qd_slice id, const struct qd_found *found)
{
    if (found->place == QD_FOUND_BUFFER) {
        qd_index_buffer_delete(engine->buffer, found->doc);
    } else if (found->place == QD_FOUND_SEALED) {
        if (qd_planted(engine->env, "delete_lost_in_build")) return;
        qd_index_buffer_delete(engine->build->buffer, found->doc);
        (void)qd_version_map_remove(&engine->build->recent, id);
    } else if (found->place == QD_FOUND_SEGMENT) {
        struct qd_engine_segment *segment = found->segment;
        if (segment->pending == NULL) {
            segment->pending = qd_live_docs_create(segment->held->doc_count, qd_engine_live_now(segment));
        }
        bool was_live = qd_live_docs_clear(segment->pending, found->doc);
        qd_assert(was_live);
    }
}

static enum qd_status read_record(const struct qd_engine *engine, const struct qd_found *found,
                                  struct qd_arena *arena, struct qd_slice *record, struct qd_error *error)
{
    if (found->place == QD_FOUND_BUFFER) {
        *record = qd_arena_copy(arena, engine->buffer->records[found->doc]);
        return QD_OK;
    }
    if (found->place == QD_FOUND_SEALED) {
        *record = qd_arena_copy(arena, engine->build->buffer->records[found->doc]);
        return QD_OK;
    }
    struct qd_stored *stored;
    QD_TRY(qd_segment_stored(found->segment->held->segment, &stored, error));
    if (stored == NULL) {
        return qd_corrupt(error, qd_segment_name(found->segment->held->segment), 0,
                          "a segment without stored fields");
    }
    QD_TRY(qd_stored_get(stored, found->doc, arena, NULL, record, error));
    return QD_OK;
}

static enum qd_status get(struct qd_engine *engine, struct qd_slice id, struct qd_arena *arena,
                          struct qd_get_result *result, struct qd_error *error)
{
    struct qd_found found;
    QD_TRY(qd_engine_find(engine, id, &found, error));
    if (found.place == QD_FOUND_NOWHERE || found.place == QD_FOUND_TOMBSTONE) return QD_OK;
    struct qd_slice bytes;
    struct qd_record record;
    QD_TRY(read_record(engine, &found, arena, &bytes, error));
    QD_TRY(qd_record_parse(bytes, arena, &record, error));
    *result = (struct qd_get_result){ .found = true,
                                      .version = found.version,
                                      .seq_no = found.seq_no,
                                      .term = found.term,
                                      .source = record.source,
                                      .routing = record.routing,
                                      .record = bytes };
    return QD_OK;
}

enum qd_status qd_engine_get(struct qd_engine *engine, struct qd_slice id, struct qd_arena *arena,
                             struct qd_get_result *result, struct qd_error *error)
{
    QD_TRY(qd_engine_check(engine, error));
    uint64_t start = qd_engine_now(engine);
    *result = (struct qd_get_result){ .found = false };
    QD_TRY(get(engine, id, arena, result, error));
    engine->stats.get_total++;
    engine->stats.get_found += result->found;
    uint64_t spent = qd_engine_now(engine) - start;
    engine->stats.get_ns += spent;
    engine->stats.get_found_ns += result->found ? spent : 0;
    qd_engine_publish_stats(engine);
    return QD_OK;
}
