/* range. Source: OpenSearch RangeQueryBuilder. */
#include <stddef.h>

#include "base/date.h"
#include "base/text.h"
#include "codec/points.h"
#include "mapping/values.h"
#include "search/query_node_bits.h"
#include "search/query_string.h"
#include "search/query_tree.h"

/* One end of a range as it was written. */
struct range_end {
    const struct qd_json *value; /* NULL: open */
    bool inclusive;
    bool named;           /* by gt, gte, lt or lte */
    bool inclusion_given; /* by include_lower or include_upper */
};

struct range_query {
    struct qd_query query;
    struct qd_slice field;
    struct range_end lower, upper;
    struct qd_slice format, time_zone, relation;
};

/* One end of the range: gt and gte exclude each other and the older from and include_lower. */
static enum qd_status set_bound(struct qd_query_parser *parser, struct range_end *end, const char *which,
                                const struct qd_json_iterator *at, struct qd_error *error)
{
    const struct qd_json *value = qd_json_is_null(at->value) ? NULL : at->value;
    bool short_name = at->key.data[0] == 'g' || at->key.data[0] == 'l';
    bool wrong = qd_json_is_object(value) || end->named ||
                 (short_name && (end->inclusion_given || end->value != NULL));
    struct qd_json_iterator inner = qd_json_iterate(at->value);
    if (qd_json_is_array(at->value)) {
        /* The reference has read on behind the bracket. */
        if (qd_json_next(&inner))
            return qd_query_error_at(parser, inner.value, error, "invalid %s bound for [range] query", which);
        return qd_query_error_end(parser, at->value, error, "invalid %s bound for [range] query", which);
    }
    if (wrong)
        return qd_query_error_at(parser, at->value, error, "invalid %s bound for [range] query", which);
    if (at->key.data[0] == 'i') {
        end->inclusion_given = true;
        return qd_query_boolean(parser, at->value, &end->inclusive, error);
    }
    end->value = value;
    end->named = short_name;
    if (short_name) end->inclusive = at->key.size == 3;
    return QD_OK;
}

/* The reference puts the complaint of Java's time library into one of its own. */
static enum qd_status zone_refused(struct qd_error *error)
{
    if (error == NULL || error->arena == NULL) return QD_ILLEGAL_ARGUMENT;
    struct qd_slice reason = error->reason;
    const char *type = error->type_override != NULL ? "java.time.zone.ZoneRulesException"
                                                    : "java.time.DateTimeException";
    return qd_error_wrap(error, QD_ILLEGAL_ARGUMENT, "%s: %.*s", type, QD_SLICE_ARG(reason));
}

static enum qd_status parse_bound(struct qd_query_parser *parser, struct range_query *self,
                                  const struct qd_json_iterator *at, bool *taken, struct qd_error *error)
{
    bool lower = qd_slice_is(at->key, "from") || qd_slice_is(at->key, "gt") || qd_slice_is(at->key, "gte");
    bool upper = qd_slice_is(at->key, "to") || qd_slice_is(at->key, "lt") || qd_slice_is(at->key, "lte");
    *taken = true;
    if (lower || qd_slice_is(at->key, "include_lower"))
        return set_bound(parser, &self->lower, "lower", at, error);
    if (upper || qd_slice_is(at->key, "include_upper"))
        return set_bound(parser, &self->upper, "upper", at, error);
    if (qd_slice_is(at->key, "time_zone")) {
        QD_TRY(qd_query_text(parser, at->value, &self->time_zone, error));
        if (qd_query_check_zone(parser, self->time_zone, error) == QD_OK) return QD_OK;
        return zone_refused(error);
    }
    if (qd_slice_is(at->key, "format")) {
        const struct qd_date_format *format;
        QD_TRY(qd_query_text(parser, at->value, &self->format, error));
        return qd_date_format_compile(parser->arena, self->format, (struct qd_slice){ 0 }, &format, error);
    }
    if (qd_slice_is(at->key, "relation")) {
        QD_TRY(qd_query_text(parser, at->value, &self->relation, error));
        if (qd_equal_ignore_case(self->relation, QD_SLICE("disjoint")))
            return qd_error_set(error, QD_ILLEGAL_ARGUMENT, "[range] query does not support relation [%.*s]",
                                QD_SLICE_ARG(self->relation));
        if (!qd_equal_ignore_case(self->relation, QD_SLICE("intersects")) &&
            !qd_equal_ignore_case(self->relation, QD_SLICE("contains")) &&
            !qd_equal_ignore_case(self->relation, QD_SLICE("within")))
            return qd_error_set(error, QD_ILLEGAL_ARGUMENT, "%.*s is not a valid relation",
                                QD_SLICE_ARG(self->relation));
        return QD_OK;
    }
    *taken = false;
    return QD_OK;
}

static enum qd_status parse_bounds(struct qd_query_parser *parser, struct range_query *self,
                                   const struct qd_json *object, struct qd_error *error)
{
    struct qd_json_iterator at = qd_json_iterate(object);
    while (qd_json_next(&at)) {
        bool taken;
        QD_TRY(parse_bound(parser, self, &at, &taken, error));
        if (!taken) QD_TRY(qd_query_parse_common(parser, &self->query, at.key, at.value, &taken, error));
        if (!taken)
            return qd_query_error_at(parser, at.value, error, "[range] query does not support [%.*s]",
                                     QD_SLICE_ARG(at.key));
    }
    return QD_OK;
}

static enum qd_status range_parse(struct qd_query_parser *parser, const struct qd_json *body,
                                  struct qd_query **query, struct qd_error *error)
{
    struct range_query *self = QD_QUERY_NEW(parser->arena, struct range_query, &qd_query_kind_range);
    self->lower.inclusive = self->upper.inclusive = true;
    struct qd_json_iterator at = qd_json_iterate(body);
    while (qd_json_next(&at)) {
        if (qd_json_is_object(at.value)) {
            if (self->field.data != NULL)
                return qd_query_error_at(
                    parser, at.value, error,
                    "[range] query doesn't support multiple fields, found [%.*s] and [%.*s]",
                    QD_SLICE_ARG(self->field), QD_SLICE_ARG(at.key));
            self->field = at.key;
            QD_TRY(parse_bounds(parser, self, at.value, error));
            continue;
        }
        bool taken = false;
        if (!qd_query_is_value(at.value)) continue;
        if (qd_slice_is(at.key, "_name"))
            QD_TRY(qd_query_parse_common(parser, &self->query, at.key, at.value, &taken, error));
        if (!taken)
            return qd_query_error_at(parser, at.value, error, "[range] query does not support [%.*s]",
                                     QD_SLICE_ARG(at.key));
    }
    if (self->field.data == NULL || self->field.size == 0)
        return qd_error_set(error, QD_ILLEGAL_ARGUMENT, "field name is null or empty");
    *query = &self->query;
    return QD_OK;
}

static bool has_terms(const struct qd_field *field)
{
    return field->index_options != QD_INDEX_NONE ||
           (field->column == QD_COLUMN_ORDINALS && field->type != QD_FIELD_IP);
}

static enum qd_status value_range(const struct range_query *self, struct qd_query_context *context,
                                  const struct qd_field *field, struct qd_range_value *range,
                                  struct qd_error *error)
{
    struct qd_range_input input = { .lower = self->lower.value,
                                    .upper = self->upper.value,
                                    .include_lower = self->lower.inclusive,
                                    .include_upper = self->upper.inclusive,
                                    .time_zone = self->time_zone,
                                    .now_ms = context->view->now_ms };
    bool date = field->type == QD_FIELD_DATE || field->type == QD_FIELD_DATE_NANOS;
    if (self->format.data != NULL && date)
        QD_TRY(qd_date_format_compile(context->arena, self->format, (struct qd_slice){ 0 }, &input.format,
                                      error));
    return qd_value_range(field, &input, context->arena, range, error);
}

/* How the dates of a shard lie to the range: they decide the whole query when all or none are inside. */
enum relation { RELATION_DISJOINT, RELATION_WITHIN, RELATION_INTERSECTS };

static enum qd_status date_relation(const struct range_query *self, struct qd_query_context *context,
                                    const struct qd_field *field, enum relation *relation,
                                    struct qd_error *error)
{
    struct qd_range_value range;
    *relation = RELATION_DISJOINT;
    QD_TRY(value_range(self, context, field, &range, error));
    int64_t least = INT64_MAX;
    int64_t most = INT64_MIN;
    bool any = false;
    for (uint32_t i = 0; i < context->view->snapshot->segment_count; i++) {
        struct qd_points *points;
        QD_TRY(qd_segment_points(context->view->snapshot->segments[i].segment, field->name, &points, error));
        if (points == NULL || qd_points_count(points) == 0) continue;
        const uint8_t *bytes[2] = { qd_points_min(points), qd_points_max(points) };
        for (int k = 0; k < 2; k++) {
            uint64_t value = 0;
            for (int b = 0; b < 8; b++) value = value << 8 | bytes[k][b];
            int64_t bound = (int64_t)(value ^ (UINT64_C(1) << 63));
            if (bound < least) least = bound;
            if (bound > most) most = bound;
        }
        any = true;
    }
    /* Bounds in the wrong order count too: they may lie among the dates, and then the query stays. */
    bool outside = most < range.lower_number || least > range.upper_number;
    if (!any || outside) return QD_OK;
    bool inside = least >= range.lower_number && most <= range.upper_number;
    *relation = inside ? RELATION_WITHIN : RELATION_INTERSECTS;
    return QD_OK;
}

static enum qd_status range_rewrite(const struct qd_query *query, struct qd_query_context *context,
                                    const struct qd_query **result, struct qd_error *error)
{
    const struct range_query *self = (const struct range_query *)query;
    const struct qd_field *field = qd_mapping_field(context->view->mapping, self->field);
    if (field == NULL) {
        *result = qd_query_match_none(context->arena);
        return QD_OK;
    }
    bool date = field->type == QD_FIELD_DATE || field->type == QD_FIELD_DATE_NANOS;
    if (!date || !field->indexed || (self->lower.value == NULL && self->upper.value == NULL)) return QD_OK;
    enum relation relation;
    QD_TRY(date_relation(self, context, field, &relation, error));
    if (relation == RELATION_DISJOINT) *result = qd_query_match_none(context->arena);
    if (relation != RELATION_WITHIN) return QD_OK;
    struct range_query *copy = QD_QUERY_NEW(context->arena, struct range_query, &qd_query_kind_range);
    *copy = *self;
    copy->lower.value = copy->upper.value = NULL;
    *result = &copy->query;
    return QD_OK;
}

/* Booleans are two terms: F before T. */
static enum qd_status boolean_range(const struct range_query *self, struct qd_query_context *context,
                                    const struct qd_field *field, struct qd_node **node,
                                    struct qd_error *error)
{
    int bounds[2] = { 0, 1 };
    const struct qd_json *values[2] = { self->lower.value, self->upper.value };
    for (int i = 0; i < 2; i++) {
        if (values[i] == NULL) continue;
        struct qd_term_value term;
        QD_TRY(qd_value_term(field, values[i], context->view->now_ms, context->arena, &term, error));
        bounds[i] = qd_slice_is(term.bytes, "T");
    }
    if (self->lower.value != NULL && !self->lower.inclusive) bounds[0]++;
    if (self->upper.value != NULL && !self->upper.inclusive) bounds[1]--;
    struct qd_arena *arena = context->arena;
    struct qd_range_value one = { .is_number = true, .lower_number = bounds[0], .upper_number = bounds[0] };
    if (bounds[0] > bounds[1]) *node = qd_node_none(arena, "User requested \"match_none\" query.");
    else if (bounds[0] < bounds[1]) *node = qd_node_exists(arena, field);
    else if (field->index_options == QD_INDEX_NONE) *node = qd_node_range(arena, field, &one);
    else {
        struct qd_slice word = bounds[0] == 1 ? QD_SLICE("T") : QD_SLICE("F");
        *node = qd_node_field_boost(arena, field, qd_node_term(arena, field, word));
    }
    return QD_OK;
}

static enum qd_status field_range(const struct range_query *self, struct qd_query_context *context,
                                  const struct qd_field *field, struct qd_node **node, struct qd_error *error)
{
    struct qd_arena *arena = context->arena;
    bool everywhere = field->type == QD_FIELD_ID || field->type == QD_FIELD_INDEX;
    bool open = self->lower.value == NULL && self->upper.value == NULL;
    if (everywhere && open) {
        *node = qd_node_constant(arena, qd_node_all(arena));
        return QD_OK;
    }
    bool numberless = field->is_metadata && !field->indexed;
    if (everywhere || field->type == QD_FIELD_FIELD_NAMES || numberless)
        return qd_error_set(error, QD_ILLEGAL_ARGUMENT,
                            "Field [%.*s] of type [%s] does not support range queries",
                            QD_SLICE_ARG(field->name), field->type_name);
    if (open) return qd_query_exists_node(context, field->name, node, error);
    if (qd_field_has_words(field) && !context->view->limits.allow_expensive_queries)
        return qd_error_set(error, QD_ILLEGAL_ARGUMENT,
                            "[range] queries on [text] or [keyword] fields cannot be executed when "
                            "'search.allow_expensive_queries' is set to false.");
    if (field->type == QD_FIELD_BOOLEAN) return boolean_range(self, context, field, node, error);
    struct qd_range_value range;
    QD_TRY(value_range(self, context, field, &range, error));
    if (range.is_number || !has_terms(field)) {
        *node = qd_node_range(arena, field, &range);
        if (qd_node_is_none(*node) || !field->indexed || !range.is_number) return QD_OK;
        struct qd_slice text = qd_node_string(*node, arena);
        struct qd_slice start = QD_SLICE("IndexOrDocValuesQuery(indexQuery=");
        if (qd_slice_starts_with(text, start)) {
            text = (struct qd_slice){ text.data + start.size, text.size - start.size };
            size_t end = 0;
            while (end < text.size && text.data[end] != ']') end++;
            text.size = end < text.size ? end + 1 : text.size;
        }
        *node = qd_node_approximate(arena, *node, text);
        return QD_OK;
    }
    struct qd_multi_term multi = { .kind = QD_MULTI_TERM_RANGE,
                                   .field = field,
                                   .field_name = field->name,
                                   .lower = range.lower,
                                   .upper = range.upper,
                                   .include_lower = range.include_lower,
                                   .include_upper = range.include_upper };
    *node = qd_node_multi_term(arena, &multi);
    return QD_OK;
}

static enum qd_status range_build(const struct qd_query *query, struct qd_query_context *context,
                                  struct qd_node **node, struct qd_error *error)
{
    const struct range_query *self = (const struct range_query *)query;
    const struct qd_field *field = qd_mapping_field(context->view->mapping, self->field);
    if (field != NULL) return field_range(self, context, field, node, error);
    *node = qd_node_none(context->arena, "unmapped field: %.*s", QD_SLICE_ARG(self->field));
    return QD_OK;
}

enum qd_status qd_query_range_node(struct qd_query_context *context, const struct qd_field *field,
                                   const struct qd_query_range_input *input, struct qd_node **node,
                                   struct qd_error *error)
{
    struct range_query query = { .field = field->name,
                                 .lower = { .value = input->from, .inclusive = input->include_lower },
                                 .upper = { .value = input->to, .inclusive = input->include_upper },
                                 .format = input->format,
                                 .time_zone = input->time_zone };
    return field_range(&query, context, field, node, error);
}

const struct qd_query_kind qd_query_kind_range = { .name = "range",
                                                   .parse = range_parse,
                                                   .rewrite = range_rewrite,
                                                   .build = range_build };
