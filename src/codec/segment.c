#include "codec/segment.h"

#include <stdatomic.h>
#include <string.h>

#include "base/assert.h"
#include "base/buffer.h"
#include "base/vector.h"
#include "codec/points.h"
#include "codec/segment_slots.h"

#define FORMAT_VERSION 1u
#define FIELDS_MAX ((uint32_t)1 << 20)

/* An opened structure, NULL, or &corrupt_mark. */
typedef _Atomic(void *) slot;

struct qd_segment {
    struct qd_arena *arena; /* what is opened lives here; used under `lock` */
    struct qd_sections *sections;
    struct qd_slice bytes;
    uint32_t doc_count;
    uint32_t field_count;
    struct qd_segment_field *fields; /* fields[field_count], by name and by number */
    slot *slots;                     /* slots[field_count * QD_SEGMENT_SLOTS_PER_FIELD] */
    slot stored;
    slot ids;
    _Atomic(struct qd_loaded_column *) loaded; /* changed under `lock` */
    atomic_flag lock;  /* held while a structure is parsed; checksums are computed before */
    char corrupt_mark; /* its address stands for a corrupt structure, which is not parsed again and again */
};

/* ---- field table ---- */

static bool field_is_valid(const struct qd_segment_field *field)
{
    return field->index_options <= QD_INDEX_OFFSETS && field->column <= QD_COLUMN_BINARY &&
           field->point_dimensions <= QD_POINT_DIMENSIONS_MAX && field->point_bytes <= QD_POINT_BYTES_MAX &&
           (field->point_dimensions == 0) == (field->point_bytes == 0);
}

static enum qd_status read_fields(struct qd_segment *segment, struct qd_error *error)
{
    struct qd_slice name = qd_sections_name(segment->sections);
    struct qd_slice bytes;
    QD_TRY(qd_sections_find(segment->sections, QD_SECTION_FIELDS, QD_SECTION_NO_FIELD, &bytes, error));
    struct qd_reader reader = qd_reader_make(bytes);
    segment->field_count = qd_reader_u32(&reader);
    if (segment->field_count > FIELDS_MAX || segment->field_count > qd_reader_left(&reader)) {
        return qd_corrupt(error, name, 0, "too many fields");
    }
    segment->fields = QD_NEW_ARRAY(segment->arena, struct qd_segment_field, segment->field_count);
    for (uint32_t i = 0; i < segment->field_count; i++) {
        struct qd_segment_field *field = &segment->fields[i];
        field->name = qd_reader_sized(&reader);
        field->number = i;
        uint8_t index_options = qd_reader_byte(&reader);
        uint8_t norms = qd_reader_byte(&reader);
        uint8_t column = qd_reader_byte(&reader);
        field->index_options = (enum qd_index_options)index_options;
        field->has_norms = norms != 0;
        field->column = (enum qd_column_kind)column;
        field->point_dimensions = qd_reader_byte(&reader);
        field->point_bytes = qd_reader_byte(&reader);
        if (reader.failed || norms > 1 || !field_is_valid(field))
            return qd_corrupt(error, name, i, "field table");
        if (i > 0 && qd_slice_compare(field[-1].name, field->name) >= 0) {
            return qd_corrupt(error, name, i, "the field table is out of order");
        }
    }
    return qd_reader_left(&reader) == 0 ? QD_OK : qd_corrupt(error, name, 0, "field table is too long");
}

static enum qd_status read_meta(struct qd_segment *segment, struct qd_error *error)
{
    struct qd_slice bytes;
    QD_TRY(qd_sections_find(segment->sections, QD_SECTION_META, QD_SECTION_NO_FIELD, &bytes, error));
    struct qd_reader reader = qd_reader_make(bytes);
    uint32_t version = qd_reader_u32(&reader);
    segment->doc_count = qd_reader_u32(&reader);
    if (reader.failed || version != FORMAT_VERSION || segment->doc_count > QD_SEGMENT_DOCS_MAX) {
        return qd_corrupt(error, qd_sections_name(segment->sections), 0, "segment facts");
    }
    return QD_OK;
}

enum qd_status qd_segment_open(struct qd_arena *arena, struct qd_slice name, struct qd_slice bytes,
                               struct qd_segment **segment, struct qd_error *error)
{
    struct qd_segment *opened = QD_NEW(arena, struct qd_segment);
    opened->arena = arena;
    opened->bytes = bytes;
    atomic_flag_clear(&opened->lock);
    QD_TRY(qd_sections_open(arena, name, bytes, &opened->sections, error));
    QD_TRY(read_meta(opened, error));
    QD_TRY(read_fields(opened, error));
    size_t slot_count = (size_t)opened->field_count * QD_SEGMENT_SLOTS_PER_FIELD;
    opened->slots = qd_arena_alloc(arena, slot_count * sizeof(*opened->slots));
    for (size_t i = 0; i < slot_count; i++) atomic_init(&opened->slots[i], NULL);
    atomic_init(&opened->stored, NULL);
    atomic_init(&opened->ids, NULL);
    atomic_init(&opened->loaded, NULL);
    *segment = opened;
    return QD_OK;
}

uint32_t qd_segment_doc_count(const struct qd_segment *segment)
{
    return segment->doc_count;
}

const struct qd_sections *qd_segment_sections(const struct qd_segment *segment)
{
    return segment->sections;
}

struct qd_slice qd_segment_name(const struct qd_segment *segment)
{
    return qd_sections_name(segment->sections);
}

uint64_t qd_segment_size(const struct qd_segment *segment)
{
    return segment->bytes.size;
}

uint32_t qd_segment_field_count(const struct qd_segment *segment)
{
    return segment->field_count;
}

const struct qd_segment_field *qd_segment_field_at(const struct qd_segment *segment, uint32_t number)
{
    qd_assert(number < segment->field_count);
    return &segment->fields[number];
}

const struct qd_segment_field *qd_segment_field(const struct qd_segment *segment, struct qd_slice name)
{
    uint32_t low = 0;
    uint32_t high = segment->field_count;
    while (low < high) {
        uint32_t middle = low + (high - low) / 2;
        int order = qd_slice_compare(segment->fields[middle].name, name);
        if (order == 0) return &segment->fields[middle];
        if (order < 0) low = middle + 1;
        else high = middle;
    }
    return NULL;
}

/* ---- structures ---- */

static void take_lock(struct qd_segment *segment)
{
    while (atomic_flag_test_and_set_explicit(&segment->lock, memory_order_acquire)) __builtin_ia32_pause();
}

static slot *slot_of(struct qd_segment *segment, const struct qd_segment_field *field,
                     enum qd_segment_slot_kind kind)
{
    if (kind == QD_SEGMENT_SLOT_STORED) return &segment->stored;
    if (kind == QD_SEGMENT_SLOT_IDS) return &segment->ids;
    return &segment->slots[(size_t)field->number * QD_SEGMENT_SLOTS_PER_FIELD + kind];
}

/* Fills an empty slot, under the lock of the segment. */
static enum qd_status fill_slot(struct qd_segment *segment, const struct qd_segment_field *field,
                                const struct qd_segment_structure *structure, slot *to,
                                struct qd_error *error)
{
    struct qd_segment_opening opening = { segment->arena, segment->sections, field, segment->doc_count };
    enum qd_status status = QD_OK;
    take_lock(segment);
    if (atomic_load_explicit(to, memory_order_relaxed) == NULL) {
        void *opened = NULL;
        status = structure->open(&opening, &opened, error);
        if (status != QD_OK) opened = &segment->corrupt_mark;
        atomic_store_explicit(to, opened, memory_order_release);
    }
    atomic_flag_clear_explicit(&segment->lock, memory_order_release);
    return status;
}

enum qd_status qd_segment_slot_get(struct qd_segment *segment, const struct qd_segment_field *field,
                                   const struct qd_segment_structure *structure, void **result,
                                   struct qd_error *error)
{
    slot *from = slot_of(segment, field, structure->slot);
    void *found = atomic_load_explicit(from, memory_order_acquire);
    if (found == NULL) {
        uint32_t number = field == NULL ? QD_SECTION_NO_FIELD : field->number;
        *result = NULL;
        if (qd_sections_size(segment->sections, structure->section, number) == 0) return QD_OK;
        /* The checksum is what takes long: it is computed before the lock is taken. */
        struct qd_slice bytes;
        QD_TRY(qd_sections_find(segment->sections, structure->section, number, &bytes, error));
        QD_TRY(fill_slot(segment, field, structure, from, error));
        found = atomic_load_explicit(from, memory_order_acquire);
    }
    if (found == &segment->corrupt_mark) {
        return qd_corrupt(error, qd_sections_name(segment->sections), 0, "was found corrupt before");
    }
    *result = found;
    return QD_OK;
}

/* ---- loaded columns ---- */

const struct qd_loaded_column *qd_segment_loaded(const struct qd_segment *segment, struct qd_slice field)
{
    const struct qd_loaded_column *at = atomic_load_explicit(&segment->loaded, memory_order_acquire);
    if (field.size == 0) return at;
    while (at != NULL && !qd_slice_equal(at->field, field)) at = at->next;
    return at;
}

static void destroy_loaded(struct qd_loaded_column *loaded)
{
    qd_buffer_deinit(&loaded->image);
    qd_arena_destroy(loaded->arena);
}

void qd_segment_add_loaded(struct qd_segment *segment, struct qd_loaded_column *loaded)
{
    take_lock(segment);
    bool again = qd_segment_loaded(segment, loaded->field) != NULL;
    if (!again) {
        if (loaded->breaker != NULL) qd_breaker_add(loaded->breaker, loaded->bytes);
        loaded->next = atomic_load_explicit(&segment->loaded, memory_order_relaxed);
        atomic_store_explicit(&segment->loaded, loaded, memory_order_release);
    }
    atomic_flag_clear_explicit(&segment->lock, memory_order_release);
    if (again) destroy_loaded(loaded);
}

void qd_segment_release_loaded(struct qd_segment *segment)
{
    struct qd_loaded_column *at = atomic_exchange(&segment->loaded, NULL);
    while (at != NULL) {
        struct qd_loaded_column *next = at->next;
        if (at->breaker != NULL) qd_breaker_release(at->breaker, at->bytes);
        destroy_loaded(at);
        at = next;
    }
}

/* ---- writing ---- */

struct qd_segment_writer {
    struct qd_arena *arena;
    struct qd_sections_writer *sections;
    uint32_t doc_count;
    QD_VECTOR(struct qd_segment_field) fields;
};

struct qd_segment_writer *qd_segment_writer_create(struct qd_arena *arena, struct qd_sink sink,
                                                   uint32_t doc_count)
{
    qd_assert(doc_count <= QD_SEGMENT_DOCS_MAX);
    struct qd_segment_writer *writer = QD_NEW(arena, struct qd_segment_writer);
    writer->arena = arena;
    writer->sections = qd_sections_writer_create(arena, sink);
    writer->doc_count = doc_count;
    return writer;
}

uint32_t qd_segment_writer_begin_field(struct qd_segment_writer *writer, const struct qd_segment_field *field)
{
    uint32_t number = (uint32_t)writer->fields.count;
    qd_assert(number < FIELDS_MAX);
    qd_assert(field_is_valid(field));
    if (number > 0) {
        qd_assert(qd_slice_compare(writer->fields.data[number - 1].name, field->name) < 0);
    }
    struct qd_segment_field *added = QD_PUSH(writer->arena, &writer->fields);
    *added = *field;
    added->name = qd_arena_copy(writer->arena, field->name);
    added->number = number;
    return number;
}

struct qd_sections_writer *qd_segment_writer_sections(struct qd_segment_writer *writer)
{
    return writer->sections;
}

static void write_fields(struct qd_segment_writer *writer)
{
    struct qd_buffer table = { 0 };
    qd_buffer_u32(&table, (uint32_t)writer->fields.count);
    for (size_t i = 0; i < writer->fields.count; i++) {
        const struct qd_segment_field *field = &writer->fields.data[i];
        qd_buffer_sized(&table, field->name);
        qd_buffer_byte(&table, (uint8_t)field->index_options);
        qd_buffer_byte(&table, field->has_norms ? 1 : 0);
        qd_buffer_byte(&table, (uint8_t)field->column);
        qd_buffer_byte(&table, field->point_dimensions);
        qd_buffer_byte(&table, field->point_bytes);
    }
    qd_sections_begin(writer->sections, QD_SECTION_FIELDS, QD_SECTION_NO_FIELD);
    qd_sections_append(writer->sections, table.data, table.size);
    qd_sections_end(writer->sections);
    qd_buffer_deinit(&table);
}

enum qd_status qd_segment_writer_finish(struct qd_segment_writer *writer, uint64_t *size,
                                        struct qd_error *error)
{
    uint32_t meta[2] = { FORMAT_VERSION, writer->doc_count };
    qd_sections_begin(writer->sections, QD_SECTION_META, QD_SECTION_NO_FIELD);
    qd_sections_append(writer->sections, meta, sizeof(meta));
    qd_sections_end(writer->sections);
    write_fields(writer);
    return qd_sections_finish(writer->sections, size, error);
}
