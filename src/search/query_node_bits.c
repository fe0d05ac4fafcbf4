#include "search/query_node_bits.h"

#include <math.h>
#include <stdlib.h>

#include "base/number.h"
#include "codec/columns.h"
#include "codec/ids.h"
#include "codec/norms.h"
#include "codec/points.h"
#include "codec/postings.h"
#include "search/id_bytes.h"
#include "search/query_node_term.h"

enum qd_status qd_bits_scorer(struct qd_node *node, const struct qd_segment_context *segment,
                              qd_bits_fill *fill, struct qd_scorer **scorer, struct qd_error *error)
{
    size_t count = ((size_t)segment->doc_count + 63) / 64;
    if (count == 0) return QD_OK;
    uint64_t *words = QD_NEW_ARRAY(segment->arena, uint64_t, count);
    QD_TRY(fill(node, segment, words, error));
    struct qd_scorer *bits = qd_scorer_bits(segment->arena, words, segment->doc_count, node->boost);
    if (bits->cost > 0) *scorer = bits;
    return QD_OK;
}

/* ---- sets of numbers ---- */
struct number_set_node {
    struct qd_node node;
    const struct qd_field *field;
    const int64_t *numbers;
    size_t count;
};

void qd_node_number_text(const struct qd_field *field, int64_t number, bool raw, struct qd_buffer *out)
{
    char text[QD_NUMBER_TEXT_MAX];
    if (!raw && (field->type == QD_FIELD_FLOAT || field->type == QD_FIELD_HALF_FLOAT))
        qd_buffer_append(out, text, qd_float_to_text((float)qd_value_double(field, number), text));
    else if (!raw && field->type == QD_FIELD_DOUBLE)
        qd_buffer_append(out, text, qd_double_to_text(qd_value_double(field, number), text));
    else if (field->type == QD_FIELD_UNSIGNED_LONG)
        qd_buffer_format(out, "%llu", (unsigned long long)((uint64_t)number ^ (UINT64_C(1) << 63)));
    else qd_buffer_append(out, text, qd_int64_to_text(number, text));
}

static void number_list_text(const struct number_set_node *self, bool raw, const char *separator,
                             struct qd_buffer *out)
{
    for (size_t i = 0; i < self->count; i++) {
        if (i > 0) qd_buffer_text(out, separator);
        qd_node_number_text(self->field, self->numbers[i], raw, out);
    }
}

/* The column's half of the text. That of an unsigned_long has no name, and its numbers stand as in the
 * reference's open-addressed table: zero, which it keeps beside the table, then slot by slot. */
static void number_column_text(const struct number_set_node *self, struct qd_buffer *out)
{
    bool hashed = self->field->type == QD_FIELD_UNSIGNED_LONG;
    if (!hashed) qd_buffer_slice(out, self->field->name);
    qd_buffer_text(out, ": [");
    if (!hashed) {
        number_list_text(self, true, ", ", out);
        qd_buffer_byte(out, ']');
        return;
    }
    size_t slots = 1;
    while (slots <= self->count * 3 / 2) slots *= 2;
    struct qd_arena *arena = qd_arena_create(0);
    const int64_t **table = QD_NEW_ARRAY(arena, const int64_t *, slots);
    const int64_t *zero = NULL;
    for (size_t i = 0; i < self->count; i++) {
        uint64_t value = (uint64_t)self->numbers[i] ^ (UINT64_C(1) << 63);
        size_t at = (size_t)(value ^ value >> 32) & (slots - 1);
        while (table[at] != NULL) at = (at + 1) & (slots - 1);
        if (value == 0) zero = &self->numbers[i];
        else table[at] = &self->numbers[i];
    }
    if (zero != NULL) qd_buffer_byte(out, '0');
    bool first = zero == NULL;
    for (size_t i = 0; i < slots; i++) {
        if (table[i] == NULL) continue;
        if (!first) qd_buffer_text(out, ", ");
        qd_node_number_text(self->field, *table[i], true, out);
        first = false;
    }
    qd_arena_destroy(arena);
    qd_buffer_byte(out, ']');
}

static void number_set_text(const struct qd_node *node, struct qd_buffer *out)
{
    const struct number_set_node *self = (const struct number_set_node *)node;
    bool both = self->field->indexed && self->field->column != QD_COLUMN_NONE;
    if (both) qd_buffer_text(out, "IndexOrDocValuesQuery(indexQuery=");
    if (self->field->indexed) {
        qd_buffer_slice(out, self->field->name);
        qd_buffer_text(out, ":{");
        number_list_text(self, false, " ", out);
        qd_buffer_byte(out, '}');
    }
    if (both) qd_buffer_text(out, ", dvQuery=");
    if (self->field->column != QD_COLUMN_NONE) number_column_text(self, out);
    if (both) qd_buffer_byte(out, ')');
}

/* The doc values answer for one document. */
static void number_set_explain_text(const struct qd_node *node, struct qd_buffer *out)
{
    const struct number_set_node *self = (const struct number_set_node *)node;
    if (self->field->column == QD_COLUMN_NONE) {
        number_set_text(node, out);
        return;
    }
    number_column_text(self, out);
}

void qd_node_point_bytes(int64_t number, uint8_t *bytes)
{
    uint64_t value = (uint64_t)number ^ (UINT64_C(1) << 63);
    for (int i = 0; i < 8; i++) bytes[i] = (uint8_t)(value >> (56 - 8 * i));
}

static enum qd_status fill_numbers(const struct qd_field *field, const struct qd_segment_context *segment,
                                   int64_t lower, int64_t upper, uint64_t *words, struct qd_error *error)
{
    struct qd_points *points = NULL;
    if (field->indexed) QD_TRY(qd_segment_points(segment->segment, field->name, &points, error));
    if (points != NULL) {
        uint8_t from[8];
        uint8_t to[8];
        qd_node_point_bytes(lower, from);
        qd_node_point_bytes(upper, to);
        (void)qd_points_range(points, from, to, words);
        return QD_OK;
    }
    struct qd_numeric_column *column;
    QD_TRY(qd_segment_numeric(segment->segment, field->name, &column, error));
    if (column != NULL) qd_numeric_match_range(column, lower, upper, 0, segment->doc_count, words);
    return QD_OK;
}

static enum qd_status number_set_fill(const struct qd_node *node, const struct qd_segment_context *segment,
                                      uint64_t *words, struct qd_error *error)
{
    const struct number_set_node *self = (const struct number_set_node *)node;
    for (size_t i = 0; i < self->count; i++)
        QD_TRY(fill_numbers(self->field, segment, self->numbers[i], self->numbers[i], words, error));
    return QD_OK;
}

static enum qd_status number_set_scorer(struct qd_node *node, const struct qd_segment_context *segment,
                                        struct qd_scorer **scorer, struct qd_error *error)
{
    return qd_bits_scorer(node, segment, number_set_fill, scorer, error);
}

static const struct qd_node_kind number_set_kind = { .name = "PointInSetQuery",
                                                     .text = number_set_text,
                                                     .explain_text = number_set_explain_text,
                                                     .scorer = number_set_scorer };

struct qd_node *qd_node_number_set(struct qd_arena *arena, const struct qd_field *field,
                                   const int64_t *numbers, size_t count)
{
    struct number_set_node *self = QD_NEW(arena, struct number_set_node);
    self->node.kind = &number_set_kind;
    self->field = field;
    self->numbers = numbers;
    self->count = count;
    return &self->node;
}

/* ---- sets of terms ---- */
struct term_set_node {
    struct qd_node node;
    const struct qd_field *field;
    const struct qd_slice *terms; /* ascending, distinct */
    size_t count;
    bool rewritten; /* stands in the constant that it has become */
};

static void column_terms_text(const struct term_set_node *self, struct qd_buffer *out)
{
    qd_buffer_slice(out, self->field->name);
    qd_buffer_text(out, ":(");
    for (size_t i = 0; i < self->count; i++) {
        if (i > 0) qd_buffer_byte(out, ' ');
        qd_term_bytes_text(self->terms[i], out);
    }
    qd_buffer_byte(out, ')');
}

static void term_set_text(const struct qd_node *node, struct qd_buffer *out)
{
    const struct term_set_node *self = (const struct term_set_node *)node;
    bool ip = self->field->type == QD_FIELD_IP;
    bool both = ip && self->field->indexed && self->field->column != QD_COLUMN_NONE;
    if (both) {
        qd_buffer_text(out, "IndexOrDocValuesQuery(indexQuery=");
        qd_buffer_slice(out, self->field->name);
        qd_buffer_text(out, ":{");
        for (size_t i = 0; i < self->count; i++) {
            if (i > 0) qd_buffer_byte(out, ' ');
            qd_node_address_text(self->terms[i], out);
        }
        qd_buffer_text(out, "}, dvQuery=");
    }
    column_terms_text(self, out);
    if (both) qd_buffer_byte(out, ')');
}

/* Of addresses the column answers for one document, by a constant. */
static void term_set_explain_text(const struct qd_node *node, struct qd_buffer *out)
{
    const struct term_set_node *self = (const struct term_set_node *)node;
    if (self->field->type != QD_FIELD_IP || self->field->column == QD_COLUMN_NONE) {
        term_set_text(node, out);
        return;
    }
    qd_buffer_text(out, "ConstantScore(");
    column_terms_text(self, out);
    qd_buffer_byte(out, ')');
}

static enum qd_status fill_postings(const struct qd_segment_context *segment, struct qd_slice field,
                                    const struct qd_slice *terms, size_t count, uint64_t *words,
                                    struct qd_error *error)
{
    struct qd_terms *dictionary;
    QD_TRY(qd_segment_terms(segment->segment, field, &dictionary, error));
    if (dictionary == NULL) return QD_OK;
    for (size_t i = 0; i < count; i++) {
        struct qd_term_info info;
        if (!qd_terms_find(dictionary, terms[i], &info)) continue;
        struct qd_term_scorer_input input = { .terms = dictionary, .info = &info };
        struct qd_scorer *scorer = qd_scorer_term(segment->arena, &input);
        qd_scorer_into_bits(scorer, 0, segment->doc_count, words);
    }
    return QD_OK;
}

static enum qd_status fill_ordinals(const struct qd_segment_context *segment, struct qd_slice field,
                                    const struct qd_slice *terms, size_t count, uint64_t *words,
                                    struct qd_error *error)
{
    struct qd_ordinal_column *column;
    QD_TRY(qd_segment_ordinals(segment->segment, field, &column, error));
    for (size_t i = 0; column != NULL && i < count; i++) {
        uint32_t ordinal;
        if (!qd_ordinal_find(column, terms[i], &ordinal)) continue;
        qd_numeric_match_range(qd_ordinal_numbers(column), ordinal, ordinal, 0, segment->doc_count, words);
    }
    return QD_OK;
}

static enum qd_status term_set_fill(const struct qd_node *node, const struct qd_segment_context *segment,
                                    uint64_t *words, struct qd_error *error)
{
    const struct term_set_node *self = (const struct term_set_node *)node;
    struct qd_points *points = NULL;
    if (self->field->point_bytes == 16)
        QD_TRY(qd_segment_points(segment->segment, self->field->name, &points, error));
    if (points != NULL) {
        for (size_t i = 0; i < self->count; i++) {
            const uint8_t *bytes = (const uint8_t *)self->terms[i].data;
            if (self->terms[i].size == 16) (void)qd_points_range(points, bytes, bytes, words);
        }
        return QD_OK;
    }
    if (self->field->index_options != QD_INDEX_NONE)
        return fill_postings(segment, self->field->name, self->terms, self->count, words, error);
    return fill_ordinals(segment, self->field->name, self->terms, self->count, words, error);
}

static enum qd_status term_set_scorer(struct qd_node *node, const struct qd_segment_context *segment,
                                      struct qd_scorer **scorer, struct qd_error *error)
{
    return qd_bits_scorer(node, segment, term_set_fill, scorer, error);
}

static void term_set_leaves(const struct qd_node *node, const struct qd_leaf_visitor *visitor)
{
    const struct term_set_node *self = (const struct term_set_node *)node;
    for (size_t i = 0; i < self->count; i++) {
        struct qd_query_leaf leaf = { .kind = QD_LEAF_TERM,
                                      .field = self->field->name,
                                      .terms = &self->terms[i],
                                      .term_count = 1,
                                      .boost = visitor->boost };
        visitor->visit(visitor->context, &leaf);
    }
}

/* Looked for in a column alone, the reference makes a constant of it. */
static enum qd_status term_set_rewrite(struct qd_node *node, struct qd_query_context *context,
                                       struct qd_node **result, struct qd_error *error)
{
    (void)error;
    const struct term_set_node *self = (const struct term_set_node *)node;
    bool by_column = self->field->type == QD_FIELD_KEYWORD && !self->field->indexed;
    if (!by_column || self->rewritten) return QD_OK;
    struct term_set_node *copy = QD_NEW(context->arena, struct term_set_node);
    *copy = *self;
    copy->rewritten = true;
    *result = qd_node_constant(context->arena, &copy->node);
    return QD_OK;
}

static const struct qd_node_kind term_set_kind = { .name = "TermInSetQuery",
                                                   .text = term_set_text,
                                                   .explain_text = term_set_explain_text,
                                                   .rewrite = term_set_rewrite,
                                                   .scorer = term_set_scorer,
                                                   .leaves = term_set_leaves };

static int compare_slices(const void *left, const void *right)
{
    return qd_slice_compare(*(const struct qd_slice *)left, *(const struct qd_slice *)right);
}

static size_t sort_distinct(struct qd_slice *terms, size_t count)
{
    if (count == 0) return 0;
    qsort(terms, count, sizeof(*terms), compare_slices);
    size_t kept = 1;
    for (size_t i = 1; i < count; i++) {
        if (!qd_slice_equal(terms[i], terms[kept - 1])) terms[kept++] = terms[i];
    }
    return kept;
}

struct qd_node *qd_node_term_set(struct qd_arena *arena, const struct qd_field *field, struct qd_slice *terms,
                                 size_t count)
{
    struct term_set_node *self = QD_NEW(arena, struct term_set_node);
    self->node.kind = &term_set_kind;
    self->field = field;
    self->terms = terms;
    self->count = sort_distinct(terms, count);
    return &self->node;
}

static void exact_text(const struct qd_node *node, struct qd_buffer *out)
{
    const struct term_set_node *self = (const struct term_set_node *)node;
    qd_buffer_slice(out, self->field->name);
    qd_buffer_text(out, ":[");
    for (int side = 0; side < 2; side++) {
        qd_buffer_text(out, side == 0 ? "[" : " TO [");
        for (size_t i = 0; i < self->terms[0].size; i++)
            qd_buffer_format(out, "%s%x", i == 0 ? "" : " ", (unsigned)(uint8_t)self->terms[0].data[i]);
        qd_buffer_byte(out, ']');
    }
    qd_buffer_byte(out, ']');
}

static const struct qd_node_kind exact_kind = { .name = "SortedSetDocValuesRangeQuery",
                                                .text = exact_text,
                                                .scorer = term_set_scorer };

struct qd_node *qd_node_exact(struct qd_arena *arena, const struct qd_field *field, struct qd_slice term)
{
    struct term_set_node *self = QD_NEW(arena, struct term_set_node);
    self->node.kind = &exact_kind;
    self->field = field;
    struct qd_slice *one = QD_NEW(arena, struct qd_slice);
    *one = term;
    self->terms = one;
    self->count = 1;
    return &self->node;
}

/* ---- ids ---- */
struct ids_node {
    struct qd_node node;
    const struct qd_slice *ids;
    size_t count;
};

/* The identifiers as they stand in the reference's index, by their bytes there. */
static void ids_text(const struct qd_node *node, struct qd_buffer *out)
{
    const struct ids_node *self = (const struct ids_node *)node;
    struct qd_arena *arena = qd_arena_create(0);
    struct qd_slice *bytes = QD_NEW_ARRAY(arena, struct qd_slice, self->count + 1);
    struct qd_buffer one = { 0 };
    for (size_t i = 0; i < self->count; i++) bytes[i] = qd_arena_copy(arena, qd_id_bytes(self->ids[i], &one));
    qsort(bytes, self->count, sizeof(*bytes), compare_slices);
    qd_buffer_text(out, "_id:(");
    for (size_t i = 0; i < self->count; i++) {
        if (i > 0) qd_buffer_byte(out, ' ');
        qd_term_bytes_text(bytes[i], out);
    }
    qd_buffer_byte(out, ')');
    qd_buffer_deinit(&one);
    qd_arena_destroy(arena);
}

static enum qd_status ids_fill(const struct qd_node *node, const struct qd_segment_context *segment,
                               uint64_t *words, struct qd_error *error)
{
    const struct ids_node *self = (const struct ids_node *)node;
    struct qd_ids *ids;
    QD_TRY(qd_segment_ids(segment->segment, &ids, error));
    for (size_t i = 0; ids != NULL && i < self->count; i++) {
        qd_doc_id doc = qd_ids_find(ids, self->ids[i], segment->live);
        if (doc != QD_DOC_END) words[doc / 64] |= UINT64_C(1) << (doc % 64);
    }
    return QD_OK;
}

static enum qd_status ids_scorer(struct qd_node *node, const struct qd_segment_context *segment,
                                 struct qd_scorer **scorer, struct qd_error *error)
{
    return qd_bits_scorer(node, segment, ids_fill, scorer, error);
}

static const struct qd_node_kind ids_kind = { .name = "TermInSetQuery",
                                              .text = ids_text,
                                              .scorer = ids_scorer };

struct qd_node *qd_node_ids(struct qd_arena *arena, struct qd_slice *ids, size_t count)
{
    struct ids_node *self = QD_NEW(arena, struct ids_node);
    self->node.kind = &ids_kind;
    self->ids = ids;
    self->count = sort_distinct(ids, count);
    return &self->node;
}

/* ---- exists ---- */
struct exists_node {
    struct qd_node node;
    const struct qd_field *field;
};

static void exists_text(const struct qd_node *node, struct qd_buffer *out)
{
    qd_buffer_text(out, "FieldExistsQuery [field=");
    qd_buffer_slice(out, ((const struct exists_node *)node)->field->name);
    qd_buffer_byte(out, ']');
}

static enum qd_status exists_column(const struct qd_field *field, const struct qd_segment_context *segment,
                                    uint64_t *words, struct qd_error *error)
{
    if (field->column == QD_COLUMN_NUMERIC) {
        struct qd_numeric_column *column;
        QD_TRY(qd_segment_numeric(segment->segment, field->name, &column, error));
        if (column != NULL) qd_numeric_exists(column, 0, segment->doc_count, words);
    } else if (field->column == QD_COLUMN_ORDINALS) {
        struct qd_ordinal_column *column;
        QD_TRY(qd_segment_ordinals(segment->segment, field->name, &column, error));
        if (column != NULL) qd_numeric_exists(qd_ordinal_numbers(column), 0, segment->doc_count, words);
    } else if (field->column == QD_COLUMN_BINARY) {
        struct qd_binary_column *column;
        QD_TRY(qd_segment_binary(segment->segment, field->name, &column, error));
        if (column != NULL) qd_binary_exists(column, 0, segment->doc_count, words);
    }
    return QD_OK;
}

static enum qd_status exists_fill(const struct qd_node *node, const struct qd_segment_context *segment,
                                  uint64_t *words, struct qd_error *error)
{
    const struct qd_field *field = ((const struct exists_node *)node)->field;
    if (field->column != QD_COLUMN_NONE) return exists_column(field, segment, words, error);
    struct qd_norms *norms;
    QD_TRY(qd_segment_norms(segment->segment, field->name, &norms, error));
    if (norms == NULL) return QD_OK;
    const uint64_t *present = qd_norms_present(norms);
    size_t count = ((size_t)segment->doc_count + 63) / 64;
    for (size_t i = 0; i < count; i++) words[i] = present == NULL ? ~UINT64_C(0) : present[i];
    if (segment->doc_count % 64 != 0) words[count - 1] &= (UINT64_C(1) << (segment->doc_count % 64)) - 1;
    return QD_OK;
}

static enum qd_status exists_scorer(struct qd_node *node, const struct qd_segment_context *segment,
                                    struct qd_scorer **scorer, struct qd_error *error)
{
    return qd_bits_scorer(node, segment, exists_fill, scorer, error);
}

/* The documents of a segment, deleted ones included, that have an indexed field by its terms or points: not
 * those whose text has no terms. */
static enum qd_status count_indexed(const struct qd_field *field, struct qd_segment *segment, uint64_t *with,
                                    struct qd_error *error)
{
    *with = 0;
    if (field->index_options != QD_INDEX_NONE) {
        struct qd_terms *terms;
        QD_TRY(qd_segment_terms(segment, field->name, &terms, error));
        if (terms != NULL) *with = qd_terms_stats(terms).doc_count;
        return QD_OK;
    }
    struct qd_points *points;
    QD_TRY(qd_segment_points(segment, field->name, &points, error));
    if (points != NULL) *with = qd_points_doc_count(points);
    return QD_OK;
}

static bool exists_count(const struct qd_node *node, const struct qd_segment_context *segment,
                         uint64_t *count)
{
    const struct qd_field *field = ((const struct exists_node *)node)->field;
    bool by_column = field->indexed && field->column != QD_COLUMN_NONE;
    return by_column && count_indexed(field, segment->segment, count, NULL) == QD_OK;
}

bool qd_node_exists_shortcut(const struct qd_node *node, const struct qd_snapshot *snapshot, uint64_t *count)
{
    const struct qd_field *field = qd_node_exists_field(node);
    *count = 0;
    if (field == NULL || !field->indexed) return false;
    for (uint32_t i = 0; i < snapshot->segment_count; i++) {
        uint64_t with;
        if (count_indexed(field, snapshot->segments[i].segment, &with, NULL) != QD_OK) return false;
        *count += with;
    }
    return true;
}

/* When every document has the field, the query is "all". */
static enum qd_status exists_rewrite(struct qd_node *node, struct qd_query_context *context,
                                     struct qd_node **result, struct qd_error *error)
{
    const struct qd_field *field = ((const struct exists_node *)node)->field;
    if (field->type == QD_FIELD_SEQ_NO) {
        *result = qd_node_all(context->arena);
        return QD_OK;
    }
    if (!field->indexed || context->view->snapshot->segment_count == 0) return QD_OK;
    for (uint32_t i = 0; i < context->view->snapshot->segment_count; i++) {
        struct qd_segment *segment = context->view->snapshot->segments[i].segment;
        uint64_t with;
        QD_TRY(count_indexed(field, segment, &with, error));
        if (with != qd_segment_doc_count(segment)) return QD_OK;
    }
    *result = qd_node_all(context->arena);
    return QD_OK;
}

static const struct qd_node_kind exists_kind = { .name = "FieldExistsQuery",
                                                 .text = exists_text,
                                                 .rewrite = exists_rewrite,
                                                 .scorer = exists_scorer,
                                                 .count = exists_count };

struct qd_node *qd_node_exists(struct qd_arena *arena, const struct qd_field *field)
{
    struct exists_node *self = QD_NEW(arena, struct exists_node);
    self->node.kind = &exists_kind;
    self->field = field;
    return &self->node;
}

const struct qd_field *qd_node_exists_field(const struct qd_node *node)
{
    return node->kind == &exists_kind ? ((const struct exists_node *)node)->field : NULL;
}
