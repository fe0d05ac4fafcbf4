#include "index/buffer.h"

#include <stdlib.h>
#include <stdio.h>
#include <string.h>

#include "base/assert.h"
#include "codec/norms.h"
#include "index/record.h"

/* Lucene's largest position. */
#define POSITION_MAX (INT32_MAX - 128)
/* Bytes that an error shows of an immense term. */
#define IMMENSE_PREFIX 30

static const struct qd_field version_field =
    { .name = QD_SLICE_INIT("_version"), .column = QD_COLUMN_NUMERIC };
static const struct qd_field seq_no_field = { .name = QD_SLICE_INIT("_seq_no"), .column = QD_COLUMN_NUMERIC };
static const struct qd_field term_field =
    { .name = QD_SLICE_INIT("_primary_term"), .column = QD_COLUMN_NUMERIC };

/* Buffers below this many documents grow as they like. */
#define SHAPE_DOCUMENTS_MIN 1024

/* A little more than last time. */
static uint32_t expected(uint32_t count)
{
    return count + count / 8;
}

/* The room that the field of this name took in the buffer before. */
static void reserve_field(struct qd_index_buffer *buffer, struct qd_buffer_field *field)
{
    const struct qd_field_shape *shape =
        buffer->shape == NULL ? NULL : qd_map_get(&buffer->shape->by_name, field->name);
    if (shape == NULL) return;
    size_t width = field->column == QD_COLUMN_NUMERIC    ? sizeof(int64_t)
                   : field->column == QD_COLUMN_ORDINALS ? sizeof(uint32_t)
                                                         : sizeof(struct qd_slice);
    if (shape->terms > 0) qd_inverter_reserve(&field->inverter, expected(shape->terms));
    if (shape->column > 0) {
        struct qd_column_size size = { expected(shape->column), expected(shape->values), width };
        qd_column_buffer_reserve(&field->values, buffer->arena, &size);
    }
    if (shape->points > 0 && field->point_bytes > 0) {
        qd_point_buffer_reserve(&field->points, buffer->arena, expected(shape->points), field->point_bytes);
    }
    if (shape->norms > 0) qd_norm_buffer_cover(&field->norms, buffer->arena, shape->norms);
}

static struct qd_buffer_field *add_field(struct qd_index_buffer *buffer, const struct qd_field *field)
{
    if (buffer->field_count == buffer->field_capacity) {
        uint32_t wanted = buffer->field_capacity == 0 ? 16 : buffer->field_capacity * 2;
        buffer->fields =
            qd_arena_grow(buffer->arena, buffer->fields, buffer->field_capacity * sizeof(*buffer->fields),
                                       wanted * sizeof(*buffer->fields));
        buffer->field_capacity = wanted;
    }
    struct qd_buffer_field *added = QD_NEW(buffer->arena, struct qd_buffer_field);
    qd_inverter_init(&added->inverter, buffer->arena, &buffer->pool, buffer->seed);
    added->name = qd_map_put(&buffer->by_name, field->name, added)->key;
    added->index_options = added->inverter.options = field->index_options;
    added->has_norms = field->has_norms;
    added->column = field->column;
    added->point_bytes = field->point_bytes;
    added->transposed = field->column == QD_COLUMN_ORDINALS && field->index_options == QD_INDEX_DOCS &&
                        !field->has_norms;
    reserve_field(buffer, added);
    buffer->fields[buffer->field_count++] = added;
    return added;
}

/* Names are short and nearly always equal when their sizes are. */
static inline bool same_name(struct qd_slice left, struct qd_slice right)
{
    if (left.size != right.size) return false;
    if (left.size < 8 || left.size > 16) return qd_slice_equal(left, right);
    uint64_t a[2];
    uint64_t b[2];
    memcpy(&a[0], left.data, 8);
    memcpy(&a[1], left.data + left.size - 8, 8);
    memcpy(&b[0], right.data, 8);
    memcpy(&b[1], right.data + right.size - 8, 8);
    return a[0] == b[0] && a[1] == b[1];
}

/* A field's options are those of the first document that brought it: what a mapping may change of a field
 * later (norms off) takes effect with the next segment. */
static struct qd_buffer_field *find_field(struct qd_index_buffer *buffer, const struct qd_field *field)
{
    if (buffer->guess < buffer->field_count &&
        same_name(buffer->fields[buffer->guess]->name, field->name)) {
        return buffer->fields[buffer->guess++];
    }
    for (uint32_t i = 0; i < buffer->field_count && i < 4; i++) {
        uint32_t at = buffer->guess + 1 + i;
        if (at >= buffer->field_count || !same_name(buffer->fields[at]->name, field->name)) continue;
        buffer->guess = at + 1;
        return buffer->fields[at];
    }
    struct qd_buffer_field *found = qd_map_get(&buffer->by_name, field->name);
    return found != NULL ? found : add_field(buffer, field);
}

static void reserve_documents(struct qd_index_buffer *buffer, uint32_t count)
{
    uint32_t old = buffer->doc_capacity;
    uint32_t wanted = (count + 63) / 64 * 64;
    buffer->ids =
        qd_arena_grow(buffer->arena, buffer->ids, old * sizeof(*buffer->ids), wanted * sizeof(*buffer->ids));
    buffer->records = qd_arena_grow(buffer->arena, buffer->records, old * sizeof(*buffer->records),
                                    wanted * sizeof(*buffer->records));
    buffer->live = qd_arena_grow(buffer->arena, buffer->live, old / 8, wanted / 8);
    memset((char *)buffer->live + old / 8, 0, (wanted - old) / 8);
    buffer->doc_capacity = wanted;
}

struct qd_index_buffer *qd_index_buffer_create(uint64_t seed, const struct qd_buffer_shape *shape)
{
    struct qd_arena *arena = qd_arena_create(64 * 1024);
    struct qd_index_buffer *buffer = QD_NEW(arena, struct qd_index_buffer);
    buffer->arena = arena;
    buffer->seed = seed;
    buffer->shape = shape;
    qd_byte_pool_init(&buffer->pool, arena);
    qd_map_init(&buffer->by_name, arena);
    buffer->primary_term = add_field(buffer, &term_field);
    buffer->seq_no = add_field(buffer, &seq_no_field);
    buffer->version = add_field(buffer, &version_field);
    if (shape != NULL) reserve_documents(buffer, expected(shape->doc_count));
    return buffer;
}

struct qd_buffer_shape *qd_index_buffer_shape(const struct qd_index_buffer *buffer)
{
    if (buffer->doc_count < SHAPE_DOCUMENTS_MIN) return NULL;
    struct qd_arena *arena = qd_arena_create(0);
    struct qd_buffer_shape *shape = QD_NEW(arena, struct qd_buffer_shape);
    shape->arena = arena;
    shape->doc_count = buffer->doc_count;
    qd_map_init(&shape->by_name, arena);
    for (uint32_t i = 0; i < buffer->field_count; i++) {
        const struct qd_buffer_field *field = buffer->fields[i];
        struct qd_field_shape *to = QD_NEW(arena, struct qd_field_shape);
        *to = (struct qd_field_shape){ .terms = field->inverter.term_count,
                                       .column = field->values.count,
                                       .values = field->values.value_count,
                                       .points = field->points.count,
                                       .norms = field->norms.count > 0 ? buffer->doc_count : 0 };
        qd_map_put(&shape->by_name, field->name, to);
    }
    return shape;
}

void qd_buffer_shape_destroy(struct qd_buffer_shape *shape)
{
    if (shape != NULL) qd_arena_destroy(shape->arena);
}

void qd_index_buffer_destroy(struct qd_index_buffer *buffer)
{
    if (buffer == NULL) return;
    qd_buffer_deinit(&buffer->record_scratch);
    qd_arena_destroy(buffer->arena);
}

size_t qd_index_buffer_size(const struct qd_index_buffer *buffer)
{
    return qd_arena_size(buffer->arena);
}

/* ---- checking ---- */
static enum qd_status immense_term(const struct qd_field *field, struct qd_slice term, struct qd_error *error)
{
    char prefix[IMMENSE_PREFIX * 6 + 1];
    size_t at = 0;
    for (int i = 0; i < IMMENSE_PREFIX; i++) {
        int written =
            snprintf(prefix + at, sizeof(prefix) - at, "%s%d", i == 0 ? "" : ", ", (int8_t)term.data[i]);
        at += (size_t)written;
    }
    (void)qd_error_set(error, QD_ILLEGAL_ARGUMENT, "bytes can be at most %d in length; got %zu",
                       QD_TERM_SIZE_MAX, term.size);
    if (error != NULL) error->type_override = "max_bytes_length_exceeded_exception";
    return qd_error_wrap(
        error, QD_ILLEGAL_ARGUMENT,
        "Document contains at least one immense term in field=\"%.*s\" (whose UTF8 encoding is "
        "longer than the max length %d), all of which were skipped.  Please correct the "
        "analyzer to not produce such terms.  The prefix of the first immense term is: "
        "'[%.*s]...', original message: bytes can be at most %d in length; got %zu",
        QD_SLICE_ARG(field->name), QD_TERM_SIZE_MAX, (int)at, prefix, QD_TERM_SIZE_MAX, term.size);
}

static enum qd_status check_tokens(const struct qd_document_field *field, struct qd_error *error)
{
    for (uint32_t i = 0; i < field->token_list_count; i++) {
        const struct qd_token_list *list = &field->token_lists[i];
        for (size_t k = 0; k < list->count; k++) {
            if (list->data[k].term.size > QD_TERM_SIZE_MAX) {
                return immense_term(field->field, list->data[k].term, error);
            }
        }
    }
    return QD_OK;
}

static enum qd_status check_terms(const struct qd_document_field *field, struct qd_error *error)
{
    if (field->field->column == QD_COLUMN_BINARY && field->field->index_options == QD_INDEX_NONE) {
        return QD_OK;
    }
    for (uint32_t i = 0; i < field->term_count; i++) {
        if (field->terms[i].size <= QD_TERM_SIZE_MAX) continue;
        if (field->field->index_options != QD_INDEX_NONE) {
            return immense_term(field->field, field->terms[i], error);
        }
        return qd_error_set(error, QD_ILLEGAL_ARGUMENT, "DocValuesField \"%.*s\" is too large, must be <= %d",
                            QD_SLICE_ARG(field->field->name), QD_TERM_SIZE_MAX);
    }
    return QD_OK;
}

enum qd_status qd_index_buffer_check(const struct qd_document *document, struct qd_error *error)
{
    if (document->terms_fit) return QD_OK;
    for (uint32_t i = 0; i < document->field_count; i++) {
        QD_TRY(check_tokens(&document->fields[i], error));
        QD_TRY(check_terms(&document->fields[i], error));
    }
    return QD_OK;
}

/* ---- inverting ---- */

/* Where the next token of a field stands. */
struct inversion {
    int64_t position; /* of the token before, -1 at first */
    uint32_t offset;  /* what the values before took */
    uint32_t length;  /* tokens */
    uint32_t overlaps;/* tokens with increment 0 */
    uint32_t unique;  /* distinct terms */
};

static void invert_token(struct qd_buffer_field *to, const struct qd_token *token, uint32_t term,
                         uint32_t doc, struct inversion *state)
{
    state->position += token->position_increment;
    if (state->position < 0) state->position = 0;
    if (state->position > POSITION_MAX) state->position = POSITION_MAX;
    state->overlaps += token->position_increment == 0;
    state->length++;
    struct qd_occurrence occurrence = { doc, (uint32_t)state->position, state->offset + token->start_offset,
                                        state->offset + token->end_offset };
    state->unique += qd_inverter_add(&to->inverter, term, &occurrence);
}

static void invert_list(struct qd_buffer_field *to, const struct qd_token_list *list, uint32_t doc,
                        struct inversion *state)
{
    for (size_t start = 0; start < list->count; start += QD_INVERTER_BATCH) {
        struct qd_slice terms[QD_INVERTER_BATCH];
        uint32_t numbers[QD_INVERTER_BATCH];
        size_t left = list->count - start;
        uint32_t count = left < QD_INVERTER_BATCH ? (uint32_t)left : QD_INVERTER_BATCH;
        for (uint32_t i = 0; i < count; i++) terms[i] = list->data[start + i].term;
        qd_inverter_intern_all(&to->inverter, terms, count, numbers);
        for (uint32_t i = 0; i < count; i++) {
            invert_token(to, &list->data[start + i], numbers[i], doc, state);
        }
    }
}

static void add_norm(struct qd_index_buffer *buffer, struct qd_buffer_field *to, const struct qd_field *field,
                     uint32_t doc, const struct inversion *state)
{
    uint32_t length = state->length;
    if (to->index_options == QD_INDEX_DOCS) {
        length = state->unique;
    } else if (field->similarity.discount_overlaps) {
        length -= state->overlaps;
    }
    qd_norm_buffer_set(&to->norms, buffer->arena, doc, state->length == 0 ? 0 : qd_norm_encode(length));
}

static void invert_text(struct qd_index_buffer *buffer, struct qd_buffer_field *to,
                        const struct qd_document_field *from, uint32_t doc)
{
    struct inversion state = { .position = -1 };
    /* Text has no ordinals. */
    qd_assert(!to->transposed);
    for (uint32_t i = 0; i < from->token_list_count; i++) {
        const struct qd_token_list *list = &from->token_lists[i];
        invert_list(to, list, doc, &state);
        state.position += (int64_t)list->final_position_increment + from->field->position_increment_gap;
        state.offset += list->final_offset + 1;
    }
    if (to->has_norms) add_norm(buffer, to, from->field, doc, &state);
}

/* A field of the document that is being added, and where it goes. */
struct destination {
    struct qd_buffer_field *to;
    uint64_t hash;              /* of a single term */
    bool single;                /* one term, and nothing else, goes to the inverter */
};

static void add_term(struct qd_buffer_field *to, uint32_t term, const struct qd_occurrence *occurrence,
                     struct inversion *state)
{
    if (to->index_options == QD_INDEX_NONE || to->transposed) return;
    state->unique += qd_inverter_add(&to->inverter, term, occurrence);
    state->offset = occurrence->end + 1;
    state->length++;
}

/* Terms of keyword-like fields; their numbers go to the ordinal column, when there is one. */
static void invert_terms(struct qd_index_buffer *buffer, const struct destination *destination,
                         const struct qd_document_field *from, uint32_t doc)
{
    struct qd_buffer_field *to = destination->to;
    struct inversion state = { .position = -1 };
    uint32_t *column = NULL;
    if (to->column == QD_COLUMN_ORDINALS) {
        column = qd_column_buffer_add(&to->values, buffer->arena, doc, from->term_count, sizeof(*column));
    }
    for (uint32_t start = 0; start < from->term_count; start += QD_INVERTER_BATCH) {
        uint32_t numbers[QD_INVERTER_BATCH];
        uint32_t left = from->term_count - start;
        uint32_t count = left < QD_INVERTER_BATCH ? left : QD_INVERTER_BATCH;
        if (destination->single) {
            numbers[0] = qd_inverter_intern_expected(&to->inverter, from->terms[0], destination->hash);
        } else {
            qd_inverter_intern_all(&to->inverter, from->terms + start, count, numbers);
        }
        for (uint32_t i = 0; column != NULL && i < count; i++) column[start + i] = numbers[i];
        for (uint32_t i = 0; i < count; i++) {
            uint32_t size = (uint32_t)from->terms[start + i].size;
            struct qd_occurrence occurrence = { doc, start + i, state.offset, state.offset + size };
            add_term(to, numbers[i], &occurrence, &state);
        }
    }
    if (to->has_norms) add_norm(buffer, to, from->field, doc, &state);
}

static void add_points(struct qd_index_buffer *buffer, struct qd_buffer_field *to,
                       const struct qd_document_field *from, uint32_t doc)
{
    if (to->point_bytes == 8) {
        for (uint32_t i = 0; i < from->number_count; i++) {
            uint64_t sortable = __builtin_bswap64((uint64_t)from->numbers[i] ^ ((uint64_t)1 << 63));
            memcpy(qd_point_buffer_add(&to->points, buffer->arena, doc, 8), &sortable, 8);
        }
        return;
    }
    for (uint32_t i = 0; i < from->term_count; i++) {
        qd_assert(from->terms[i].size == to->point_bytes);
        memcpy(qd_point_buffer_add(&to->points, buffer->arena, doc, to->point_bytes), from->terms[i].data,
               to->point_bytes);
    }
}

static int compare_terms(const void *left, const void *right)
{
    return qd_slice_compare(*(const struct qd_slice *)left, *(const struct qd_slice *)right);
}

/* A document's terms in order, each once. */
static const struct qd_slice *distinct_terms(struct qd_index_buffer *buffer,
                                             const struct qd_document_field *from, uint32_t *count)
{
    *count = from->term_count;
    if (from->term_count < 2) return from->terms;
    struct qd_slice *terms = QD_NEW_ARRAY(buffer->arena, struct qd_slice, from->term_count);
    memcpy(terms, from->terms, from->term_count * sizeof(*terms));
    qsort(terms, from->term_count, sizeof(*terms), compare_terms);
    *count = 0;
    for (uint32_t i = 0; i < from->term_count; i++) {
        if (*count == 0 || !qd_slice_equal(terms[*count - 1], terms[i])) terms[(*count)++] = terms[i];
    }
    return terms;
}

static void add_values(struct qd_index_buffer *buffer, struct qd_buffer_field *to,
                       const struct qd_document_field *from, uint32_t doc)
{
    if (to->column == QD_COLUMN_NUMERIC && from->number_count > 0) {
        int64_t *values =
            qd_column_buffer_add(&to->values, buffer->arena, doc, from->number_count, sizeof(*values));
        values[0] = from->numbers[0];
        for (uint32_t i = 1; i < from->number_count; i++) values[i] = from->numbers[i];
        if (from->number_count > 1) qd_sort_int64(values, from->number_count);
    } else if (to->column == QD_COLUMN_BINARY && from->term_count > 0) {
        uint32_t count;
        const struct qd_slice *terms = distinct_terms(buffer, from, &count);
        struct qd_slice *values =
            qd_column_buffer_add(&to->values, buffer->arena, doc, count, sizeof(*values));
        for (uint32_t i = 0; i < count; i++) {
            values[i] = qd_arena_copy(buffer->arena, terms[i]);
        }
    }
}

static bool wants_terms(const struct qd_buffer_field *to, const struct qd_document_field *from)
{
    bool indexed = to->index_options != QD_INDEX_NONE && from->token_list_count == 0;
    return from->term_count > 0 && (indexed || to->column == QD_COLUMN_ORDINALS);
}

static void add_document_field(struct qd_index_buffer *buffer, const struct destination *destination,
                               const struct qd_document_field *from, uint32_t doc)
{
    struct qd_buffer_field *to = destination->to;
    if (from->token_list_count > 0 && to->index_options != QD_INDEX_NONE) invert_text(buffer, to, from, doc);
    if (wants_terms(to, from)) invert_terms(buffer, destination, from, doc);
    if (to->point_bytes > 0 && !qd_buffer_field_points_in_column(to)) add_points(buffer, to, from, doc);
    add_values(buffer, to, from, doc);
}

/* Fields of one document that are begun together: their single terms are looked up side by side. */
#define FIELD_BATCH 32

static void add_document_fields(struct qd_index_buffer *buffer, const struct qd_document_field *fields,
                                uint32_t count, uint32_t doc)
{
    struct destination destinations[FIELD_BATCH];
    for (uint32_t i = 0; i < count; i++) {
        struct destination *at = &destinations[i];
        at->to = find_field(buffer, fields[i].field);
        at->single = fields[i].term_count == 1 && fields[i].token_list_count == 0 &&
                     wants_terms(at->to, &fields[i]);
        at->hash = at->single ? qd_inverter_expect(&at->to->inverter, fields[i].terms[0]) : 0;
    }
    for (uint32_t i = 0; i < count; i++) {
        const struct destination *at = &destinations[i];
        if (at->single) qd_inverter_expect_entry(&at->to->inverter, at->hash);
    }
    for (uint32_t i = 0; i < count; i++) {
        add_document_field(buffer, &destinations[i], &fields[i], doc);
    }
}

/* ---- documents ---- */
static void grow_documents(struct qd_index_buffer *buffer)
{
    if (buffer->doc_count < buffer->doc_capacity) return;
    reserve_documents(buffer, buffer->doc_capacity == 0 ? 64 : buffer->doc_capacity * 2);
}

static void add_fact(struct qd_index_buffer *buffer, struct qd_buffer_field *field, uint32_t doc,
                     int64_t value)
{
    int64_t *slot = qd_column_buffer_add(&field->values, buffer->arena, doc, 1, sizeof(*slot));
    *slot = value;
}

qd_doc_id qd_index_buffer_add(struct qd_index_buffer *buffer, const struct qd_document *document,
                              const struct qd_buffer_facts *facts)
{
    grow_documents(buffer);
    qd_doc_id doc = buffer->doc_count++;
    buffer->ids[doc] = qd_arena_copy(buffer->arena, document->id);
    buffer->records[doc] = qd_record_make(document, buffer->arena, &buffer->record_scratch);
    buffer->live[doc / 64] |= (uint64_t)1 << (doc % 64);
    buffer->guess = 3;
    for (uint32_t start = 0; start < document->field_count; start += FIELD_BATCH) {
        uint32_t left = document->field_count - start;
        add_document_fields(buffer, document->fields + start, left < FIELD_BATCH ? left : FIELD_BATCH, doc);
    }
    add_fact(buffer, buffer->version, doc, facts->version);
    add_fact(buffer, buffer->seq_no, doc, facts->seq_no);
    add_fact(buffer, buffer->primary_term, doc, facts->primary_term);
    return doc;
}

void qd_index_buffer_delete(struct qd_index_buffer *buffer, qd_doc_id doc)
{
    uint64_t bit = (uint64_t)1 << (doc % 64);
    qd_assert((buffer->live[doc / 64] & bit) != 0);
    buffer->live[doc / 64] &= ~bit;
    buffer->deleted_count++;
}
