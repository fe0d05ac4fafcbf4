/* term, terms, range. Source: OpenSearch TermQueryBuilder, TermsQueryBuilder, RangeQueryBuilder,
 * MappedFieldType. */
#include <stddef.h>
#include <stdlib.h>

#include "base/date.h"
#include "base/text.h"
#include "mapping/values.h"
#include "search/query_index_field.h"
#include "search/query_node_bits.h"
#include "search/query_node_term.h"
#include "search/query_text.h"
#include "search/query_tree.h"

/* Fields by name that a pattern over index names stands for. */
static bool is_index_field(const struct qd_field *field) { return field->type == QD_FIELD_INDEX; }

static struct qd_node *ip_range_node(struct qd_query_context *context, const struct qd_field *field,
                                     const struct qd_term_value *term)
{
    struct qd_range_value range = {
        .lower = term->lower, .upper = term->upper, .include_lower = true, .include_upper = true
    };
    return qd_node_range(context->arena, field, &range);
}

/* By its index or its column; columns of metadata are not for queries. */
static bool is_searchable(const struct qd_field *field)
{
    return field->indexed || (field->column != QD_COLUMN_NONE && !field->is_metadata);
}

static enum qd_status not_searchable(const struct qd_query_context *context, const struct qd_field *field,
                                     struct qd_error *error)
{
    if (field->type == QD_FIELD_BINARY)
        return qd_query_shard_error(context->view, error, "Binary fields do not support searching");
    if (field->type == QD_FIELD_SOURCE || field->type == QD_FIELD_VERSION)
        return qd_query_shard_error(context->view, error, "The %s field is not searchable", field->type_name);
    if (field->type == QD_FIELD_DOC_COUNT)
        return qd_query_shard_error(context->view, error, "Field [%s] of type [%s] is not searchable",
                                    field->type_name, field->type_name);
    if (field->type == QD_FIELD_DATA_STREAM_TIMESTAMP)
        return qd_error_set(error, QD_UNSUPPORTED_OPERATION, "Cannot run term query on internal field [%s]",
                            field->type_name);
    QD_TRY(qd_text_searchable(field, error));
    return qd_error_set(
        error, QD_ILLEGAL_ARGUMENT,
        "Cannot search on field [%.*s] since it is both not indexed, and does not have doc_values "
        "enabled.",
        QD_SLICE_ARG(field->name));
}

/* A date's exact value is a range: what the text leaves out is open. */
static enum qd_status date_term_node(struct qd_query_context *context, const struct qd_field *field,
                                     const struct qd_json *value, struct qd_node **node,
                                     struct qd_error *error)
{
    struct qd_range_input input = { .lower = value,
                                    .upper = value,
                                    .include_lower = true,
                                    .include_upper = true,
                                    .now_ms = context->view->now_ms };
    struct qd_range_value range;
    QD_TRY(qd_value_range(field, &input, context->arena, &range, error));
    *node = qd_node_range(context->arena, field, &range);
    if (qd_node_is_none(*node) || !field->indexed) return QD_OK;
    *node =
        qd_node_approximate(context->arena, *node,
                            qd_arena_format(context->arena, "%.*s:[%lld TO %lld]", QD_SLICE_ARG(field->name),
                                            (long long)range.lower_number, (long long)range.upper_number));
    return QD_OK;
}

enum qd_status qd_query_term_node(struct qd_query_context *context, const struct qd_field *field,
                                  const struct qd_json *value, struct qd_node **node, struct qd_error *error)
{
    struct qd_arena *arena = context->arena;
    if (is_index_field(field)) {
        bool fits = qd_query_index_fits(context, qd_json_text(value), QD_INDEX_TEXT_PATTERN, false);
        *node = fits ? qd_node_all(arena) : qd_node_none(arena, "%s", "");
        return QD_OK;
    }
    if (field->type == QD_FIELD_ID) {
        struct qd_slice *id = QD_NEW(arena, struct qd_slice);
        *id = qd_json_text(value);
        *node = qd_node_ids(arena, id, 1);
        return QD_OK;
    }
    if (!is_searchable(field)) return not_searchable(context, field, error);
    if (field->type == QD_FIELD_DATE || field->type == QD_FIELD_DATE_NANOS) {
        QD_TRY(date_term_node(context, field, value, node, error));
        *node = qd_node_field_boost(arena, field, *node);
        return QD_OK;
    }
    struct qd_term_value term;
    QD_TRY(qd_value_term(field, value, context->view->now_ms, arena, &term, error));
    if (term.none) {
        bool fraction = qd_slice_find_byte(qd_json_text(value), '.') != SIZE_MAX;
        *node =
            qd_node_none(arena, fraction ? "Value [%.*s] has a decimal part" : "Value [%.*s] is out of range",
                         QD_SLICE_ARG(qd_json_text(value)));
    } else if (term.is_range) {
        *node = ip_range_node(context, field, &term);
    } else if (term.is_number && field->index_options == QD_INDEX_NONE) {
        struct qd_range_value range = { .is_number = true,
                                        .lower_number = term.number,
                                        .upper_number = term.number };
        *node = qd_node_range(arena, field, &range);
    } else if (field->type == QD_FIELD_IP) {
        struct qd_range_value range = {
            .lower = term.bytes, .upper = term.bytes, .include_lower = true, .include_upper = true
        };
        *node = qd_node_range(arena, field, &range);
    } else if (field->index_options == QD_INDEX_NONE) {
        *node = qd_node_field_boost(arena, field, qd_node_exact(arena, field, term.bytes));
    } else {
        *node = qd_node_field_boost(arena, field, qd_node_term(arena, field, term.bytes));
        /* Keywords do not score unless their mapping asks for it; a boost counts inside and around. */
        if (field->type == QD_FIELD_KEYWORD)
            *node = qd_node_field_boost(arena, field, qd_node_constant(arena, *node));
    }
    return QD_OK;
}

/* ---- term ---- */
struct term_query {
    struct qd_query query;
    struct qd_slice field;
    const struct qd_json *value;
    bool case_insensitive;
};

static enum qd_status term_parse(struct qd_query_parser *parser, const struct qd_json *body,
                                 struct qd_query **query, struct qd_error *error)
{
    static const struct qd_query_option options[] = {
        { "value", QD_OPTION_JSON, offsetof(struct term_query, value), QD_TAKES_CONTAINERS },
        { "term", QD_OPTION_JSON, offsetof(struct term_query, value), QD_TAKES_CONTAINERS },
        { "case_insensitive", QD_OPTION_BOOLEAN, offsetof(struct term_query, case_insensitive), 0 },
    };
    static const struct qd_query_spec spec = { .name = "term",
        .options = options,
        .count = sizeof(options) / sizeof(options[0]),
        .tokens = QD_TOKENS_UNASKED };
    struct term_query *self = QD_QUERY_NEW(parser->arena, struct term_query, &qd_query_kind_term);
    const struct qd_json *scalar;
    struct qd_json_iterator at = qd_json_iterate(body);
    while (qd_json_next(&at)) {
        if (qd_json_is_array(at.value))
            return qd_query_error_at(parser, at.value, error,
                                     "[term] query does not support array of values");
    }
    QD_TRY(qd_query_parse_field(parser, &spec, body, &self->query, &self->field, &scalar, error));
    if (scalar != NULL) self->value = scalar;
    if (scalar != NULL && qd_json_is_null(scalar)) self->field.size = 0;
    if (self->field.data == NULL || self->field.size == 0)
        return qd_error_set(error, QD_ILLEGAL_ARGUMENT, "field name is null or empty");
    if (self->value == NULL || qd_json_is_null(self->value))
        return qd_error_set(error, QD_ILLEGAL_ARGUMENT, "value cannot be null");
    *query = &self->query;
    return QD_OK;
}

static enum qd_status term_rewrite(const struct qd_query *query, struct qd_query_context *context,
                                   const struct qd_query **result, struct qd_error *error)
{
    (void)error;
    const struct term_query *self = (const struct term_query *)query;
    if (qd_mapping_field(context->view->mapping, self->field) == NULL)
        *result = qd_query_match_none(context->arena);
    else if (qd_query_on_index(context, self->field))
        *result = qd_query_all_or_none(query,
                                       qd_query_index_fits(context, qd_json_text(self->value),
                                                           QD_INDEX_TEXT_PATTERN, self->case_insensitive),
                                       context->arena);
    return QD_OK;
}

static enum qd_status term_build(const struct qd_query *query, struct qd_query_context *context,
                                 struct qd_node **node, struct qd_error *error)
{
    const struct term_query *self = (const struct term_query *)query;
    const struct qd_field *field = qd_mapping_field(context->view->mapping, self->field);
    if (field == NULL) {
        *node = qd_node_none(context->arena, "unmapped field: %.*s", QD_SLICE_ARG(self->field));
        return QD_OK;
    }
    if (!self->case_insensitive || field->type == QD_FIELD_BOOLEAN)
        return qd_query_term_node(context, field, self->value, node, error);
    if (field->type == QD_FIELD_ID) {
        *node = qd_node_none(context->arena, "%s", "");
        return QD_OK;
    }
    if (!qd_field_has_words(field) && field->index_options == QD_INDEX_NONE)
        return qd_query_shard_error(
            context->view, error,
            "[%.*s] field which is of type [%s], does not support case insensitive term queries",
            QD_SLICE_ARG(field->name), field->type_name);
    struct qd_term_value term;
    QD_TRY(qd_value_term(field, self->value, context->view->now_ms, context->arena, &term, error));
    struct qd_multi_term multi = {
        .kind = QD_MULTI_AUTOMATON, .field = field, .field_name = field->name, .pattern = term.bytes
    };
    QD_TRY(qd_automaton_term(context->arena, term.bytes, true, &multi.automaton, error));
    *node = qd_node_field_boost(context->arena, field, qd_node_multi_term(context->arena, &multi));
    return QD_OK;
}

const struct qd_query_kind qd_query_kind_term = { .name = "term",
                                                  .parse = term_parse,
                                                  .rewrite = term_rewrite,
                                                  .build = term_build };

/* ---- terms ---- */
struct terms_query {
    struct qd_query query;
    struct qd_slice field;
    const struct qd_json *values;
};

/* Terms of another document are not looked up; a lookup that is wrong is told so as the reference does. */
static enum qd_status refuse_lookup(struct qd_query_parser *parser, const struct qd_json *lookup,
                                    struct qd_error *error)
{
    static const char *const names[] = { "index", "id", "path", "routing", "store", "query" };
    struct qd_json_iterator at = qd_json_iterate(lookup);
    while (qd_json_next(&at)) {
        bool known = false;
        for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
            known = known || qd_slice_is(at.key, names[i]);
        if (!known) return qd_query_unknown_field(parser, &at, "terms_lookup", NULL, 0, error);
    }
    bool index = qd_json_get(lookup, "index") != NULL;
    bool path = qd_json_get(lookup, "path") != NULL;
    if (!index || !path)
        return qd_error_set(error, QD_ILLEGAL_ARGUMENT, "Required [%s%s%s]", index ? "" : "index",
                            index || path ? "" : ", ", path ? "" : "path");
    if (qd_json_get(lookup, "id") == NULL && qd_json_get(lookup, "query") == NULL) {
        (void)qd_error_set(error, QD_ILLEGAL_ARGUMENT,
                           "[terms] query lookup element requires specifying either the id or the query.");
        return qd_error_wrap(error, QD_X_CONTENT_PARSE,
                             "Failed to build [terms_lookup] after last required field arrived");
    }
    return qd_error_set(error, QD_ILLEGAL_ARGUMENT,
                        "the lookup of [terms] is not supported by this version of Quidditch");
}

static enum qd_status terms_parse(struct qd_query_parser *parser, const struct qd_json *body,
                                  struct qd_query **query, struct qd_error *error)
{
    struct terms_query *self = QD_QUERY_NEW(parser->arena, struct terms_query, &qd_query_kind_terms);
    struct qd_json_iterator at = qd_json_iterate(body);
    while (qd_json_next(&at)) {
        bool taken = true;
        if (qd_json_is_array(at.value)) {
            if (self->field.data != NULL)
                return qd_query_error_at(parser, at.value, error,
                                         "[terms] query does not support multiple fields");
            self->field = at.key;
            self->values = at.value;
            struct qd_json_iterator element = qd_json_iterate(at.value);
            while (qd_json_next(&element)) {
                if (qd_json_is_null(element.value))
                    return qd_query_error_at(parser, element.value, error,
                                             "No value specified for terms query");
            }
        } else if (qd_json_is_null(at.value)) {
            return qd_query_error_at(parser, at.value, error,
                                     "[terms] unknown token [VALUE_NULL] after [%.*s]", QD_SLICE_ARG(at.key));
        } else if (qd_json_is_object(at.value)) {
            if (self->field.data != NULL)
                return qd_query_error_at(parser, at.value, error,
                                         "[terms] query does not support more than one field. Already got: "
                                         "[%.*s] but also found [%.*s]",
                                         QD_SLICE_ARG(self->field), QD_SLICE_ARG(at.key));
            parser->stand = at.value;
            return refuse_lookup(parser, at.value, error);
        } else if (!qd_slice_is(at.key, "value_type")) {
            QD_TRY(qd_query_parse_common(parser, &self->query, at.key, at.value, &taken, error));
        }
        if (!taken)
            return qd_query_error_at(parser, at.value, error, "[terms] query does not support [%.*s]",
                                     QD_SLICE_ARG(at.key));
    }
    if (self->field.data == NULL)
        return qd_query_error_end(
            parser, body, error,
            "[terms] query requires a field name, followed by array of terms or a document "
            "lookup specification");
    *query = &self->query;
    return QD_OK;
}

static enum qd_status terms_rewrite(const struct qd_query *query, struct qd_query_context *context,
                                    const struct qd_query **result, struct qd_error *error)
{
    (void)error;
    const struct terms_query *self = (const struct terms_query *)query;
    if (qd_json_size(self->values) == 0 || qd_mapping_field(context->view->mapping, self->field) == NULL)
        *result = qd_query_match_none(context->arena);
    if (*result != query || !qd_query_on_index(context, self->field)) return QD_OK;
    bool fits = false;
    struct qd_json_iterator at = qd_json_iterate(self->values);
    while (qd_json_next(&at))
        fits = fits || qd_query_index_fits(context, qd_json_text(at.value), QD_INDEX_TEXT_PATTERN, false);
    *result = qd_query_all_or_none(query, fits, context->arena);
    return QD_OK;
}

/* Values that become bytes of an index or column. */
static enum qd_status byte_terms(struct qd_query_context *context, const struct qd_field *field,
                                 const struct qd_json *values, struct qd_node **node, struct qd_error *error)
{
    struct qd_arena *arena = context->arena;
    struct qd_slice *terms = QD_NEW_ARRAY(arena, struct qd_slice, qd_json_size(values) + 1);
    size_t count = 0;
    struct qd_node *ranges = NULL;
    struct qd_json_iterator at = qd_json_iterate(values);
    while (qd_json_next(&at)) {
        if (field->type == QD_FIELD_ID) {
            terms[count++] = qd_json_text(at.value);
            continue;
        }
        struct qd_term_value term;
        QD_TRY(qd_value_term(field, at.value, context->view->now_ms, arena, &term, error));
        if (term.none) continue;
        if (!term.is_range) {
            terms[count++] = term.bytes;
            continue;
        }
        if (ranges == NULL) ranges = qd_node_boolean_make(arena);
        qd_node_boolean_add(ranges, arena, QD_SHOULD, ip_range_node(context, field, &term));
    }
    if (field->type == QD_FIELD_IP && count == 1 && ranges == NULL) {
        struct qd_range_value range = {
            .lower = terms[0], .upper = terms[0], .include_lower = true, .include_upper = true
        };
        *node = qd_node_range(arena, field, &range);
        return QD_OK;
    }
    *node = field->type == QD_FIELD_ID ? qd_node_ids(arena, terms, count)
                                       : qd_node_term_set(arena, field, terms, count);
    if (ranges == NULL) return QD_OK;
    if (count > 0) qd_node_boolean_add(ranges, arena, QD_SHOULD, *node);
    *node = qd_node_constant(arena, ranges);
    return QD_OK;
}

static int compare_numbers(const void *left, const void *right)
{
    int64_t a = *(const int64_t *)left;
    int64_t b = *(const int64_t *)right;
    return a < b ? -1 : a > b;
}

static enum qd_status number_terms(struct qd_query_context *context, const struct qd_field *field,
                                   const struct qd_json *values, struct qd_node **node,
                                   struct qd_error *error)
{
    struct qd_arena *arena = context->arena;
    int64_t *numbers = QD_NEW_ARRAY(arena, int64_t, qd_json_size(values) + 1);
    size_t count = 0;
    struct qd_json_iterator at = qd_json_iterate(values);
    while (qd_json_next(&at)) {
        struct qd_term_value term;
        QD_TRY(qd_value_term(field, at.value, context->view->now_ms, arena, &term, error));
        if (!term.none) numbers[count++] = term.number;
    }
    if (count == 0) {
        *node = qd_node_none(arena, "All values have a decimal part");
        return QD_OK;
    }
    qsort(numbers, count, sizeof(*numbers), compare_numbers);
    size_t kept = 1;
    for (size_t i = 1; i < count; i++) {
        if (numbers[i] != numbers[kept - 1]) numbers[kept++] = numbers[i];
    }
    *node = qd_node_number_set(arena, field, numbers, kept);
    return QD_OK;
}

static bool both_booleans(const struct qd_json *values)
{
    bool seen[2] = { false, false };
    struct qd_json_iterator at = qd_json_iterate(values);
    while (qd_json_next(&at)) seen[qd_slice_is(qd_json_text(at.value), "true")] = true;
    return seen[0] && seen[1];
}

static enum qd_status terms_build(const struct qd_query *query, struct qd_query_context *context,
                                  struct qd_node **node, struct qd_error *error)
{
    const struct terms_query *self = (const struct terms_query *)query;
    const struct qd_field *field = qd_mapping_field(context->view->mapping, self->field);
    int64_t count = (int64_t)qd_json_size(self->values);
    int64_t max = context->view->limits.max_terms_count;
    if (max > 0 && count > max)
        return qd_error_set(
            error, QD_ILLEGAL_ARGUMENT,
            "The number of terms [%lld] used in the Terms Query request has exceeded the allowed "
            "maximum of [%lld]. This maximum can be set by changing the [index.max_terms_count] index "
            "level setting.",
            (long long)count, (long long)max);
    if (field == NULL) {
        *node = qd_node_none(context->arena, "unmapped field: %.*s", QD_SLICE_ARG(self->field));
        return QD_OK;
    }
    if (!is_index_field(field) && !is_searchable(field))
        return not_searchable(context, field, error);
    if (field->type == QD_FIELD_BOOLEAN && both_booleans(self->values)) {
        *node = qd_node_exists(context->arena, field);
        return QD_OK;
    }
    bool dates = field->type == QD_FIELD_DATE || field->type == QD_FIELD_DATE_NANOS;
    if (field->type == QD_FIELD_BOOLEAN) {
        struct qd_json_iterator first = qd_json_iterate(self->values);
        (void)qd_json_next(&first);
        return qd_query_term_node(context, field, first.value, node, error);
    }
    if (dates || is_index_field(field)) {
        struct qd_node *any = qd_node_boolean_make(context->arena);
        struct qd_json_iterator at = qd_json_iterate(self->values);
        while (qd_json_next(&at)) {
            struct qd_node *one;
            QD_TRY(qd_query_term_node(context, field, at.value, &one, error));
            qd_node_boolean_add(any, context->arena, QD_SHOULD, one);
        }
        *node = qd_node_constant(context->arena, any);
        return QD_OK;
    }
    if (field->index_options == QD_INDEX_NONE && field->column == QD_COLUMN_NUMERIC)
        return number_terms(context, field, self->values, node, error);
    if (field->index_options == QD_INDEX_NONE && field->point_bytes == 8)
        return number_terms(context, field, self->values, node, error);
    return byte_terms(context, field, self->values, node, error);
}

const struct qd_query_kind qd_query_kind_terms = { .name = "terms",
                                                   .parse = terms_parse,
                                                   .rewrite = terms_rewrite,
                                                   .build = terms_build };
