/* Parsing of the tree: names, types, sub-aggregations, meta. */
#include <stdio.h>

#include "aggregation/aggregation_kinds.h"
#include "aggregation/bucket_terms.h"
#include "aggregation/aggregation_tree.h"

void qd_aggregation_position(struct qd_aggregation_parser *parser, const struct qd_json *at, bool end,
                             int64_t *line, int64_t *column)
{
    *line = 1;
    *column = 1;
    if (parser->document == NULL || at == NULL) return;
    if (!end) {
        qd_json_position(parser->document, at, line, column);
        return;
    }
    size_t from;
    size_t to;
    qd_json_extent(parser->document, at, &from, &to);
    for (size_t i = 0; i + 1 < to; i++) {
        *column += 1;
        if (parser->document->source.data[i] != '\n') continue;
        *line += 1;
        *column = 1;
    }
}

static enum qd_status error_at(struct qd_aggregation_parser *parser, const struct qd_json *at, bool end,
                               struct qd_error *error, struct qd_slice text)
{
    int64_t line;
    int64_t column;
    (void)qd_error_set(error, QD_PARSING, "%.*s", QD_SLICE_ARG(text));
    qd_aggregation_position(parser, at, end, &line, &column);
    qd_error_add_number(error, "line", line);
    qd_error_add_number(error, "col", column);
    parser->fail = at;
    parser->fail_at_end = end;
    return QD_PARSING;
}

enum qd_status qd_aggregation_error_at(struct qd_aggregation_parser *parser, const struct qd_json *at,
                                       struct qd_error *error, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    struct qd_slice text = qd_arena_vformat(parser->arena, format, arguments);
    va_end(arguments);
    return error_at(parser, at, false, error, text);
}

enum qd_status qd_aggregation_error_at_end(struct qd_aggregation_parser *parser, const struct qd_json *at,
                                           struct qd_error *error, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    struct qd_slice text = qd_arena_vformat(parser->arena, format, arguments);
    va_end(arguments);
    return error_at(parser, at, true, error, text);
}

enum qd_status qd_aggregation_execution_error(struct qd_error *error, const char *format, ...)
{
    if (error == NULL) return QD_EXCEPTION;
    va_list arguments;
    va_start(arguments, format);
    struct qd_slice text = { NULL, 0 };
    if (error->arena != NULL) text = qd_arena_vformat(error->arena, format, arguments);
    va_end(arguments);
    (void)qd_error_set(error, QD_EXCEPTION, "%.*s", QD_SLICE_ARG(text));
    error->type_override = "aggregation_execution_exception";
    return QD_EXCEPTION;
}

/* What was met of one named aggregation. */
struct named {
    struct qd_aggregation *aggregation;
    const struct qd_json *body;     /* of the kind */
    const struct qd_json *children;
};

static bool name_is_valid(struct qd_slice name)
{
    if (name.size == 0) return false;
    for (size_t i = 0; i < name.size; i++) {
        if (name.data[i] == '[' || name.data[i] == ']' || name.data[i] == '>') return false;
    }
    return true;
}

static enum qd_status parse_level(struct qd_aggregation_parser *parser, const struct qd_json *json,
                                  struct qd_aggregations *aggregations, struct qd_error *error);

/* One member of a named aggregation that holds an object. */
static enum qd_status parse_member(struct qd_aggregation_parser *parser, struct named *named,
                                   const struct qd_json_iterator *at, struct qd_error *error)
{
    struct qd_aggregation *aggregation = named->aggregation;
    struct qd_slice name = aggregation->name;
    if (!qd_json_is_object(at->value)) {
        return qd_aggregation_error_at(
            parser, at->value, error, "Expected [START_OBJECT] under [%.*s], but got a [%s] in [%.*s]",
            QD_SLICE_ARG(at->key), qd_json_token_name(at->value), QD_SLICE_ARG(name));
    }
    if (qd_slice_is(at->key, "meta")) {
        aggregation->meta = at->value;
        return QD_OK;
    }
    if (qd_slice_is(at->key, "aggs") || qd_slice_is(at->key, "aggregations")) {
        if (named->children != NULL) {
            return qd_aggregation_error_at(parser, at->value, error,
                                           "Found two sub aggregation definitions under [%.*s]",
                                           QD_SLICE_ARG(name));
        }
        named->children = at->value;
        return parse_level(parser, at->value, &aggregation->children, error);
    }
    if (aggregation->kind != NULL) {
        return qd_aggregation_error_at(parser, at->value, error,
                                       "Found two aggregation type definitions in [%.*s]: [%s] and [%.*s]",
                                       QD_SLICE_ARG(name), aggregation->kind->name, QD_SLICE_ARG(at->key));
    }
    aggregation->kind = qd_aggregation_kind_find(at->key);
    if (aggregation->kind == NULL) return qd_aggregation_kind_unknown(parser, at->key, at->value, error);
    named->body = at->value;
    return aggregation->kind->parse(parser, at->value, aggregation, error);
}

static enum qd_status parse_named(struct qd_aggregation_parser *parser, const struct qd_json_iterator *at,
                                  struct qd_aggregation *aggregation, struct qd_error *error)
{
    aggregation->name = at->key;
    if (!name_is_valid(at->key)) {
        return qd_aggregation_error_at(
            parser, at->name, error,
            "Invalid aggregation name [%.*s]. Aggregation names can contain any character "
            "except '[', ']', and '>'",
            QD_SLICE_ARG(at->key));
    }
    if (!qd_json_is_object(at->value)) {
        return qd_aggregation_error_at(parser, at->value, error,
                                       "Aggregation definition for [%.*s starts with a [%s], expected a "
                                       "[START_OBJECT].",
                                       QD_SLICE_ARG(at->key), qd_json_token_name(at->value));
    }
    struct named named = { .aggregation = aggregation };
    struct qd_json_iterator member = qd_json_iterate(at->value);
    while (qd_json_next(&member)) QD_TRY(parse_member(parser, &named, &member, error));
    if (aggregation->kind == NULL) {
        return qd_aggregation_error_at_end(
            parser, at->value, error, "Missing definition for aggregation [%.*s]", QD_SLICE_ARG(at->key));
    }
    if (aggregation->kind->leaf && aggregation->children.count > 0) {
        (void)qd_error_set(error, QD_EXCEPTION,
                           "Aggregator [%.*s] of type [%s] cannot accept sub-aggregations",
                           QD_SLICE_ARG(at->key), aggregation->kind->name);
        if (error != NULL) error->type_override = "aggregation_initialization_exception";
        return QD_EXCEPTION;
    }
    return QD_OK;
}

static enum qd_status parse_level(struct qd_aggregation_parser *parser, const struct qd_json *json,
                                  struct qd_aggregations *aggregations, struct qd_error *error)
{
    aggregations->items = QD_NEW_ARRAY(parser->arena, struct qd_aggregation *, qd_json_size(json));
    struct qd_json_iterator at = qd_json_iterate(json);
    while (qd_json_next(&at)) {
        struct qd_aggregation *aggregation = QD_NEW(parser->arena, struct qd_aggregation);
        QD_TRY(parse_named(parser, &at, aggregation, error));
        aggregations->items[aggregations->count++] = aggregation;
    }
    qd_aggregations_order(aggregations, parser->arena);
    return QD_OK;
}

enum qd_status qd_aggregations_parse(const struct qd_json_document *document, const struct qd_json *json,
                                     struct qd_arena *arena, struct qd_aggregations **aggregations,
                                     struct qd_error *error)
{
    struct qd_aggregation_parser parser = { .document = document, .arena = arena };
    struct qd_aggregations *result = QD_NEW(arena, struct qd_aggregations);
    QD_TRY(parse_level(&parser, json, result, error));
    *aggregations = result;
    return QD_OK;
}

bool qd_aggregations_need_scores(const struct qd_aggregations *aggregations)
{
    (void)aggregations;
    return false;
}

bool qd_aggregations_visit_all(const struct qd_aggregations *aggregations)
{
    for (size_t i = 0; i < aggregations->count; i++) {
        const struct qd_aggregation *item = aggregations->items[i];
        if (item->kind == &qd_bucket_global) return true;
        if (item->kind != &qd_bucket_terms) continue;
        if (((const struct qd_terms_options *)item->options)->min_doc_count == 0) return true;
    }
    return false;
}
