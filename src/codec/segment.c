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

/* A loaded column as one segment has it. */
struct loaded {
    struct qd_loaded_column *column;
    struct loaded *next;
};

struct qd_segment {
    struct qd_segment *base; /* a twin: the segment whose slots it uses; else the segment itself */
    struct qd_arena *arena;  /* what is opened lives here; used under `lock` */
    struct qd_sections *sections;
    struct qd_slice bytes;
    uint32_t doc_count;
    uint32_t field_count;
    struct qd_segment_field *fields; /* fields[field_count], by name and by number */
    slot *slots;                     /* slots[field_count * QD_SEGMENT_SLOTS_PER_FIELD] */
    slot stored;
    slot ids;
    _Atomic(struct loaded *) loaded; /* changed under `lock` */
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
    opened->base = opened;
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

enum qd_status qd_segment_slot_get(struct qd_segment *twin, const struct qd_segment_field *field,
                                   const struct qd_segment_structure *structure, void **result,
                                   struct qd_error *error)
{
    struct qd_segment *segment = twin->base;
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

static struct loaded *first_loaded(const struct qd_segment *segment)
{
    return atomic_load_explicit(&segment->loaded, memory_order_acquire);
}

const struct qd_loaded_column *qd_segment_loaded(const struct qd_segment *segment, struct qd_slice field)
{
    for (const struct loaded *at = first_loaded(segment); at != NULL; at = at->next) {
        if (qd_slice_equal(at->column->field, field)) return at->column;
    }
    return NULL;
}

void qd_segment_visit_loaded(const struct qd_segment *segment, qd_loaded_visitor *visit, void *context)
{
    for (const struct loaded *at = first_loaded(segment); at != NULL; at = at->next) {
        visit(context, at->column);
    }
}

static void release_column(struct qd_loaded_column *column)
{
    if (atomic_fetch_sub_explicit(&column->references, 1, memory_order_acq_rel) != 1) return;
    if (column->breaker != NULL) qd_breaker_release(column->breaker, column->bytes);
    qd_buffer_deinit(&column->image);
    qd_arena_destroy(column->arena);
}

/* Under the lock, or before others know the segment. */
static void push_loaded(struct qd_segment *segment, struct qd_loaded_column *column)
{
    struct loaded *added = QD_NEW(segment->arena, struct loaded);
    added->column = column;
    added->next = atomic_load_explicit(&segment->loaded, memory_order_relaxed);
    atomic_store_explicit(&segment->loaded, added, memory_order_release);
}

void qd_segment_add_loaded(struct qd_segment *segment, struct qd_loaded_column *loaded)
{
    atomic_init(&loaded->references, 1);
    if (loaded->breaker != NULL) qd_breaker_add(loaded->breaker, loaded->bytes);
    take_lock(segment);
    bool again = qd_segment_loaded(segment, loaded->field) != NULL;
    if (!again) push_loaded(segment, loaded);
    atomic_flag_clear_explicit(&segment->lock, memory_order_release);
    if (again) release_column(loaded);
}

void qd_segment_release_loaded(struct qd_segment *segment)
{
    struct loaded *at = atomic_exchange(&segment->loaded, NULL);
    for (; at != NULL; at = at->next) release_column(at->column);
}

/* Whether a list of names between commas, or everything, has a name. */
static bool is_dropped(struct qd_slice names, struct qd_slice name)
{
    if (names.size == 0) return true;
    while (names.size > 0) {
        const char *comma = memchr(names.data, ',', names.size);
        size_t size = comma == NULL ? names.size : (size_t)(comma - names.data);
        if (qd_slice_equal(qd_slice_make(names.data, size), name)) return true;
        size_t skipped = comma == NULL ? size : size + 1;
        names = qd_slice_make(names.data + skipped, names.size - skipped);
    }
    return false;
}

struct qd_segment *qd_segment_twin(struct qd_arena *arena, struct qd_segment *of, struct qd_slice dropped)
{
    struct qd_segment *twin = QD_NEW(arena, struct qd_segment);
    twin->base = of->base;
    twin->arena = arena;
    twin->sections = of->sections;
    twin->bytes = of->bytes;
    twin->doc_count = of->doc_count;
    twin->field_count = of->field_count;
    twin->fields = of->fields;
    atomic_flag_clear(&twin->lock);
    atomic_init(&twin->loaded, NULL);
    for (const struct loaded *at = first_loaded(of); at != NULL; at = at->next) {
        if (is_dropped(dropped, at->column->field)) continue;
        atomic_fetch_add_explicit(&at->column->references, 1, memory_order_relaxed);
        push_loaded(twin, at->column);
    }
    return twin;
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
