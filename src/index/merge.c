#include "index/merge.h"

#include <string.h>

#include "base/assert.h"
#include "codec/ids.h"
#include "index/merge_internal.h"

/* Stored fields are copied document by document with memory given back from here on. */
#define RECORD_MEMORY_MAX ((size_t)1 << 20)

static struct qd_merge_source *make_sources(const struct qd_merge_input *inputs, uint32_t count,
                                            struct qd_arena *arena, uint32_t *doc_count)
{
    struct qd_merge_source *sources = QD_NEW_ARRAY(arena, struct qd_merge_source, count);
    uint32_t base = 0;
    for (uint32_t i = 0; i < count; i++) {
        struct qd_merge_source *source = &sources[i];
        source->segment = inputs[i].held->segment;
        source->live = inputs[i].live;
        source->doc_count = inputs[i].held->doc_count;
        source->base = base;
        if (source->live == NULL) {
            base += source->doc_count;
            continue;
        }
        uint32_t *map = qd_arena_alloc(arena, (source->doc_count + 1) * sizeof(*map));
        for (uint32_t doc = 0; doc < source->doc_count; doc++) {
            map[doc] = qd_live_docs_get(source->live, doc) ? base++ : QD_DOC_END;
        }
        source->map = map;
    }
    *doc_count = base;
    return sources;
}

/* ---- the field table ---- */
struct field_list {
    struct qd_segment_field *fields; /* fields[count], ascending by name */
    uint32_t count;
};

/* What two segments know of a field that they share. Fields without norms or positions in one of them (a
 * mapping has changed meanwhile) go on without. */
static void join(struct qd_segment_field *to, const struct qd_segment_field *from)
{
    if (from->index_options != QD_INDEX_NONE &&
        (to->index_options == QD_INDEX_NONE || from->index_options < to->index_options)) {
        to->index_options = from->index_options;
    }
    to->has_norms = to->has_norms && from->has_norms;
    if (to->column == QD_COLUMN_NONE) to->column = from->column;
    if (to->point_dimensions == 0) {
        to->point_dimensions = from->point_dimensions;
        to->point_bytes = from->point_bytes;
    }
}

static void add_to_list(struct field_list *list, const struct qd_segment_field *field)
{
    uint32_t low = 0;
    uint32_t high = list->count;
    while (low < high) {
        uint32_t middle = low + (high - low) / 2;
        if (qd_slice_compare(list->fields[middle].name, field->name) < 0) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    if (low < list->count && qd_slice_equal(list->fields[low].name, field->name)) {
        join(&list->fields[low], field);
        return;
    }
    memmove(&list->fields[low + 1], &list->fields[low], (list->count - low) * sizeof(*list->fields));
    list->fields[low] = *field;
    list->count++;
}

static struct field_list make_field_list(const struct qd_merge_state *state, struct qd_arena *arena)
{
    uint32_t total = 0;
    for (uint32_t i = 0; i < state->source_count; i++) {
        total += qd_segment_field_count(state->sources[i].segment);
    }
    struct field_list list = { QD_NEW_ARRAY(arena, struct qd_segment_field, total + 1), 0 };
    for (uint32_t i = 0; i < state->source_count; i++) {
        const struct qd_segment *segment = state->sources[i].segment;
        uint32_t count = qd_segment_field_count(segment);
        for (uint32_t k = 0; k < count; k++) add_to_list(&list, qd_segment_field_at(segment, k));
    }
    return list;
}

/* ---- parts ---- */
static enum qd_status merge_column(struct qd_merge_state *state, const struct qd_segment_field *field,
                                   struct qd_error *error)
{
    switch (field->column) {
    case QD_COLUMN_NONE: return QD_OK;
    case QD_COLUMN_NUMERIC: return qd_merge_numeric(state, field, error);
    case QD_COLUMN_ORDINALS: return qd_merge_ordinals(state, field, error);
    case QD_COLUMN_BINARY: return qd_merge_binary(state, field, error);
    }
    qd_unreachable();
}

static enum qd_status merge_field(struct qd_merge_state *state, struct qd_segment_field *field,
                                  struct qd_error *error)
{
    const uint8_t *norms = NULL;
    field->number = qd_segment_writer_begin_field(state->writer, field);
    if (field->has_norms) QD_TRY(qd_merge_norms(state, field, &norms, error));
    if (field->index_options != QD_INDEX_NONE) QD_TRY(qd_merge_postings(state, field, norms, error));
    QD_TRY(merge_column(state, field, error));
    if (field->point_dimensions > 0) QD_TRY(qd_merge_points(state, field, error));
    qd_arena_reset(state->scratch);
    return QD_OK;
}

static enum qd_status copy_records(struct qd_merge_state *state, const struct qd_merge_source *source,
                                   struct qd_stored *from, struct qd_stored_writer *writer,
                                       struct qd_error *error)
{
    struct qd_arena *arena = qd_arena_create(64 * 1024);
    struct qd_arena *cache_arena = qd_arena_create(0);
    struct qd_stored_cache *cache = qd_stored_cache_create(cache_arena);
    enum qd_status status = QD_OK;
    for (uint32_t doc = 0; doc < source->doc_count && status == QD_OK; doc++) {
        struct qd_slice record;
        if (qd_merge_map(source, doc) == QD_DOC_END) continue;
        status = qd_stored_get(from, doc, arena, cache, &record, error);
        if (status == QD_OK) qd_stored_writer_add(writer, record);
        if (qd_arena_size(arena) > RECORD_MEMORY_MAX) qd_arena_reset(arena);
    }
    (void)state;
    qd_arena_destroy(cache_arena);
    qd_arena_destroy(arena);
    return status;
}

static enum qd_status merge_stored(struct qd_merge_state *state, const struct qd_image_options *options,
                                   struct qd_arena *arena, struct qd_error *error)
{
    struct qd_stored_writer *writer =
        qd_stored_writer_create(arena, state->sections, options->codec, options->level, state->doc_count);
    for (uint32_t i = 0; i < state->source_count; i++) {
        const struct qd_merge_source *source = &state->sources[i];
        struct qd_stored *from;
        QD_TRY(qd_segment_stored(source->segment, &from, error));
        if (from == NULL) return qd_corrupt(error, qd_segment_name(source->segment), 0, "no stored fields");
        if (source->map == NULL) {
            QD_TRY(qd_stored_writer_copy(writer, from, error));
        } else {
            QD_TRY(copy_records(state, source, from, writer, error));
        }
    }
    qd_stored_writer_finish(writer);
    return QD_OK;
}

static enum qd_status merge_ids(struct qd_merge_state *state, struct qd_error *error)
{
    struct qd_slice *ids = qd_arena_alloc(state->scratch, (state->doc_count + 1) * sizeof(*ids));
    for (uint32_t i = 0; i < state->source_count; i++) {
        const struct qd_merge_source *source = &state->sources[i];
        struct qd_ids *from;
        QD_TRY(qd_segment_ids(source->segment, &from, error));
        if (from == NULL) return qd_corrupt(error, qd_segment_name(source->segment), 0, "no ids");
        for (uint32_t doc = 0; doc < source->doc_count; doc++) {
            qd_doc_id target = qd_merge_map(source, doc);
            if (target != QD_DOC_END) ids[target] = qd_ids_at(from, doc);
        }
    }
    qd_ids_write(state->scratch, state->sections, ids, state->doc_count);
    return QD_OK;
}

static enum qd_status merge_all(struct qd_merge_state *state, const struct qd_image_options *options,
                                struct qd_arena *arena, struct qd_error *error)
{
    struct field_list list = make_field_list(state, arena);
    for (uint32_t i = 0; i < list.count; i++) QD_TRY(merge_field(state, &list.fields[i], error));
    QD_TRY(merge_stored(state, options, arena, error));
    QD_TRY(merge_ids(state, error));
    return qd_segment_writer_finish(state->writer, NULL, error);
}

enum qd_status qd_merge_write(const struct qd_merge_input *inputs, uint32_t count,
                              const struct qd_image_options *options, struct qd_sink sink,
                                  struct qd_error *error)
{
    struct qd_arena *arena = qd_arena_create(64 * 1024);
    struct qd_merge_state state = { .source_count = count, .scratch = qd_arena_create(256 * 1024) };
    state.sources = make_sources(inputs, count, arena, &state.doc_count);
    qd_assert(state.doc_count > 0);
    state.writer = qd_segment_writer_create(arena, sink, state.doc_count);
    state.sections = qd_segment_writer_sections(state.writer);
    enum qd_status status = merge_all(&state, options, arena, error);
    qd_arena_destroy(state.scratch);
    qd_arena_destroy(arena);
    return status;
}
