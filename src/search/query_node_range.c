/* Ranges over numbers and addresses, by points or by columns. */
#include <math.h>
#include <string.h>

#include "base/number.h"
#include "codec/columns.h"
#include "codec/points.h"
#include "search/query_node_bits.h"

struct range_node {
    struct qd_node node;
    const struct qd_field *field;
    struct qd_range_value range;
    uint8_t lower[16], upper[16]; /* bounds as points, inclusive */
    size_t width;                 /* bytes of a bound; 0: no points */
    bool inverted;                /* the lower bound is above the upper one: nothing matches */
};

void qd_node_address_text(struct qd_slice bytes, struct qd_buffer *out)
{
    static const char mapped[] = "\0\0\0\0\0\0\0\0\0\0\xff\xff";
    const unsigned char *b = (const unsigned char *)bytes.data;
    if (bytes.size < 16) return;
    if (memcmp(b, mapped, 12) == 0) {
        qd_buffer_format(out, "%u.%u.%u.%u", b[12], b[13], b[14], b[15]);
        return;
    }
    for (size_t i = 0; i < 16; i += 2)
        qd_buffer_format(out, "%s%x", i == 0 ? "" : ":", (unsigned)b[i] << 8 | b[i + 1]);
}

static void address_value(struct qd_slice bytes, bool raw, struct qd_buffer *out)
{
    if (raw) {
        qd_buffer_byte(out, '[');
        for (size_t i = 0; i < bytes.size; i++)
            qd_buffer_format(out, i == 0 ? "%x" : " %x", (unsigned)(unsigned char)bytes.data[i]);
        qd_buffer_byte(out, ']');
        return;
    }
    qd_node_address_text(bytes, out);
}

static void bounds_text(const struct range_node *self, bool raw, struct qd_buffer *out)
{
    qd_buffer_slice(out, self->field->name);
    qd_buffer_text(out, ":[");
    for (int i = 0; i < 2; i++) {
        if (i == 1) qd_buffer_text(out, " TO ");
        if (self->range.is_number)
            qd_node_number_text(self->field, i == 0 ? self->range.lower_number : self->range.upper_number,
                                raw, out);
        else address_value(qd_slice_make(i == 0 ? self->lower : self->upper, self->width), raw, out);
    }
    qd_buffer_byte(out, ']');
}

static void range_text(const struct qd_node *node, struct qd_buffer *out)
{
    const struct range_node *self = (const struct range_node *)node;
    bool both = self->field->indexed && self->field->column != QD_COLUMN_NONE;
    if (!both) {
        bounds_text(self, !self->field->indexed, out);
        return;
    }
    qd_buffer_text(out, "IndexOrDocValuesQuery(indexQuery=");
    bounds_text(self, false, out);
    qd_buffer_text(out, ", dvQuery=");
    bounds_text(self, true, out);
    qd_buffer_byte(out, ')');
}

/* The doc values answer for one document. */
static void range_explain_text(const struct qd_node *node, struct qd_buffer *out)
{
    const struct range_node *self = (const struct range_node *)node;
    bounds_text(self, self->field->column != QD_COLUMN_NONE, out);
}

static enum qd_status fill_ordinals(const struct range_node *self, const struct qd_segment_context *segment,
                                    uint64_t *words, struct qd_error *error)
{
    struct qd_ordinal_column *column;
    QD_TRY(qd_segment_ordinals(segment->segment, self->field->name, &column, error));
    if (column == NULL) return QD_OK;
    uint32_t lower;
    uint32_t upper;
    (void)qd_ordinal_find(column, qd_slice_make(self->lower, self->width), &lower);
    bool found = qd_ordinal_find(column, qd_slice_make(self->upper, self->width), &upper);
    int64_t last = (int64_t)upper - (found ? 0 : 1);
    if ((int64_t)lower <= last)
        qd_numeric_match_range(qd_ordinal_numbers(column), lower, last, 0, segment->doc_count, words);
    return QD_OK;
}

static enum qd_status range_fill(const struct qd_node *node, const struct qd_segment_context *segment,
                                 uint64_t *words, struct qd_error *error)
{
    const struct range_node *self = (const struct range_node *)node;
    struct qd_points *points = NULL;
    if (self->inverted) return QD_OK;
    if (self->field->indexed) QD_TRY(qd_segment_points(segment->segment, self->field->name, &points, error));
    if (points != NULL) {
        (void)qd_points_range(points, self->lower, self->upper, words);
        return QD_OK;
    }
    if (!self->range.is_number) return fill_ordinals(self, segment, words, error);
    struct qd_numeric_column *column;
    QD_TRY(qd_segment_numeric(segment->segment, self->field->name, &column, error));
    if (column != NULL)
        qd_numeric_match_range(column, self->range.lower_number, self->range.upper_number, 0,
                               segment->doc_count, words);
    return QD_OK;
}

/* A range that holds fewer documents than one of this many is read from the points as a whole. */
#define FEW_DOCUMENTS 32

/* Ranges that hold many documents are answered by the column, window by window: what a cheaper clause or an
 * early end leaves out is never looked at. */
static enum qd_status column_scorer(const struct range_node *self, const struct qd_segment_context *segment,
                                    struct qd_scorer **scorer, struct qd_error *error)
{
    struct qd_points *points = NULL;
    struct qd_numeric_column *column = NULL;
    if (!self->range.is_number || self->field->column == QD_COLUMN_NONE) return QD_OK;
    if (self->field->indexed) QD_TRY(qd_segment_points(segment->segment, self->field->name, &points, error));
    QD_TRY(qd_segment_numeric(segment->segment, self->field->name, &column, error));
    if (column == NULL) return QD_OK;
    uint64_t estimate = qd_numeric_facts(column).doc_count;
    if (points != NULL) estimate = qd_points_estimate(points, self->lower, self->upper);
    if (points != NULL && estimate < segment->doc_count / FEW_DOCUMENTS) return QD_OK;
    struct qd_scorer_range_input input = { .column = column,
                                           .lower = self->range.lower_number,
                                           .upper = self->range.upper_number,
                                           .doc_count = segment->doc_count,
                                           .cost = estimate,
                                           .score = self->node.boost };
    *scorer = qd_scorer_range(segment->arena, &input);
    return QD_OK;
}

static enum qd_status range_scorer(struct qd_node *node, const struct qd_segment_context *segment,
                                   struct qd_scorer **scorer, struct qd_error *error)
{
    *scorer = NULL;
    if (((const struct range_node *)node)->inverted) return QD_OK;
    QD_TRY(column_scorer((const struct range_node *)node, segment, scorer, error));
    if (*scorer != NULL) return QD_OK;
    return qd_bits_scorer(node, segment, range_fill, scorer, error);
}

/* Ranges that hold every value of every document are "all", ranges that hold none are "none". */
static enum qd_status range_rewrite(struct qd_node *node, struct qd_query_context *context,
                                    struct qd_node **result, struct qd_error *error)
{
    const struct range_node *self = (const struct range_node *)node;
    /* The doc values of numbers notice bounds in the wrong order, points do not. */
    if (self->inverted && self->range.is_number) *result = qd_node_none(context->arena, "%s", "");
    /* Sequence numbers are in their column alone. */
    if (self->inverted || !self->field->indexed || self->field->type == QD_FIELD_SEQ_NO) return QD_OK;
    bool all = true;
    bool none = true;
    for (uint32_t i = 0; i < context->view->snapshot->segment_count; i++) {
        struct qd_segment *segment = context->view->snapshot->segments[i].segment;
        struct qd_points *points;
        QD_TRY(qd_segment_points(segment, self->field->name, &points, error));
        if (points == NULL) {
            all = false;
            continue;
        }
        const uint8_t *min = qd_points_min(points);
        const uint8_t *max = qd_points_max(points);
        if (memcmp(min, self->lower, self->width) < 0 || memcmp(max, self->upper, self->width) > 0 ||
            qd_points_doc_count(points) != qd_segment_doc_count(segment))
            all = false;
        if (memcmp(max, self->lower, self->width) >= 0 && memcmp(min, self->upper, self->width) <= 0)
            none = false;
    }
    if (none) *result = qd_node_none(context->arena, "%s", "");
    else if (all) *result = qd_node_all(context->arena);
    return QD_OK;
}

static bool range_count(const struct qd_node *node, const struct qd_segment_context *segment, uint64_t *count)
{
    const struct range_node *self = (const struct range_node *)node;
    struct qd_points *points;
    *count = 0;
    if (self->inverted) return true;
    if (!self->field->indexed ||
        qd_segment_points(segment->segment, self->field->name, &points, NULL) != QD_OK || points == NULL ||
        qd_points_count(points) != qd_points_doc_count(points))
        return false;
    *count = qd_points_count_range(points, self->lower, self->upper);
    return true;
}

static bool range_bounds(const struct qd_node *node, struct qd_slice field, int64_t *lower, int64_t *upper)
{
    const struct range_node *self = (const struct range_node *)node;
    if (self->inverted || !self->range.is_number || !qd_slice_equal(self->field->name, field)) return false;
    if (self->range.lower_number > *lower) *lower = self->range.lower_number;
    if (self->range.upper_number < *upper) *upper = self->range.upper_number;
    return true;
}

static const struct qd_node_kind range_kind = { .name = "PointRangeQuery",
                                                .text = range_text,
                                                .rewrite = range_rewrite,
                                                .explain_text = range_explain_text,
                                                .scorer = range_scorer,
                                                .count = range_count,
                                                .bounds = range_bounds };

/* Moves a bound by one; false when it runs over. */
static bool step_bound(uint8_t *bytes, size_t width, bool up)
{
    for (size_t i = width; i-- > 0;) {
        if (up ? ++bytes[i] != 0 : bytes[i]-- != 0) return true;
    }
    return false;
}

/* The ends of what a field's numbers can be, for bounds that are open. */
static void clamp_bounds(const struct qd_field *field, struct qd_range_value *range)
{
    int64_t min = INT64_MIN;
    int64_t max = INT64_MAX;
    switch ((int)field->type) {
    case QD_FIELD_BYTE:
    case QD_FIELD_SHORT:
    case QD_FIELD_INTEGER:
    case QD_FIELD_TOKEN_COUNT:
        min = INT32_MIN;
        max = INT32_MAX;
        break;
    case QD_FIELD_HALF_FLOAT:
        min = qd_half_to_sortable(-INFINITY);
        max = qd_half_to_sortable(INFINITY);
        break;
    case QD_FIELD_FLOAT:
        min = qd_float_to_sortable(-INFINITY);
        max = qd_float_to_sortable(INFINITY);
        break;
    case QD_FIELD_DOUBLE:
        min = qd_double_to_sortable(-(double)INFINITY);
        max = qd_double_to_sortable((double)INFINITY);
        break;
    default: break;
    }
    if (range->lower_number < min) range->lower_number = min;
    if (range->upper_number > max) range->upper_number = max;
}

struct qd_node *qd_node_range(struct qd_arena *arena, const struct qd_field *field,
                              const struct qd_range_value *range)
{
    /* Bounds in the wrong order hold nothing, but the query keeps its name. */
    bool swapped = range->is_number ? range->lower_number > range->upper_number
                                    : range->lower.size == 16 && range->upper.size == 16 &&
                                          qd_slice_compare(range->lower, range->upper) > 0;
    if (range->none && !swapped) return qd_node_none(arena, "%s", "");
    struct range_node *self = QD_NEW(arena, struct range_node);
    self->node.kind = &range_kind;
    self->field = field;
    self->range = *range;
    if (range->is_number) {
        clamp_bounds(field, &self->range);
        self->inverted = self->range.lower_number > self->range.upper_number;
        self->width = 8;
        qd_node_point_bytes(self->range.lower_number, self->lower);
        qd_node_point_bytes(self->range.upper_number, self->upper);
        return &self->node;
    }
    self->width = 16;
    memset(self->upper, 0xff, 16);
    bool fits = true;
    if (range->lower.size == 16) {
        memcpy(self->lower, range->lower.data, 16);
        if (!range->include_lower) fits = step_bound(self->lower, 16, true);
    }
    if (range->upper.size == 16) {
        memcpy(self->upper, range->upper.data, 16);
        if (!range->include_upper) fits = fits && step_bound(self->upper, 16, false);
    }
    if (!fits) return qd_node_none(arena, "%s", "");
    self->inverted = memcmp(self->lower, self->upper, 16) > 0;
    return &self->node;
}
