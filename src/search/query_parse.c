/* Helpers of the query parsers: positions, common members, scalars, tables of options. */
#include <stdio.h>
#include <string.h>

#include "base/date.h"
#include "base/text.h"
#include "search/query_blend.h"
#include "search/query_tree.h"

void *qd_query_new(struct qd_arena *arena, const struct qd_query_kind *kind, size_t size)
{
    struct qd_query *query = qd_arena_zalloc(arena, size);
    query->kind = kind;
    query->boost = 1.0f;
    return query;
}

/* How a place is found from a node: qd_json_position and its like. */
typedef void (*position_function)(const struct qd_json_document *document, const struct qd_json *node,
                                  int64_t *line, int64_t *column);

static enum qd_status error_where(struct qd_query_parser *parser, const struct qd_json *at,
                                  position_function position, struct qd_slice text, struct qd_error *error)
{
    (void)qd_error_set(error, QD_PARSING, "%.*s", QD_SLICE_ARG(text));
    if (parser->document != NULL && at != NULL) {
        int64_t line;
        int64_t column;
        position(parser->document, at, &line, &column);
        qd_error_add_number(error, "line", line);
        qd_error_add_number(error, "col", column);
    }
    return QD_PARSING;
}

enum qd_status qd_query_error_at(struct qd_query_parser *parser, const struct qd_json *at,
                                 struct qd_error *error, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    struct qd_slice text = qd_arena_vformat(parser->arena, format, arguments);
    va_end(arguments);
    return error_where(parser, at, qd_json_position, text, error);
}

enum qd_status qd_query_error_end(struct qd_query_parser *parser, const struct qd_json *object,
                                  struct qd_error *error, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    struct qd_slice text = qd_arena_vformat(parser->arena, format, arguments);
    va_end(arguments);
    return error_where(parser, object, qd_json_position_end, text, error);
}

enum qd_status qd_query_error_after(struct qd_query_parser *parser, const struct qd_json *at,
                                    struct qd_error *error, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    struct qd_slice text = qd_arena_vformat(parser->arena, format, arguments);
    va_end(arguments);
    return error_where(parser, at, qd_json_position_after, text, error);
}

static void position_of(struct qd_query_parser *parser, const struct qd_json *at, int64_t *line,
                        int64_t *column)
{
    *line = *column = 1;
    if (parser->document != NULL && at != NULL) qd_json_position(parser->document, at, line, column);
}

enum qd_status qd_query_unknown_field(struct qd_query_parser *parser, const struct qd_json_iterator *at,
                                      const char *name, const struct qd_slice *candidates, size_t count,
                                      struct qd_error *error)
{
    int64_t line;
    int64_t column;
    position_of(parser, at->name, &line, &column);
    struct qd_slice hint = qd_did_you_mean(parser->arena, at->key, candidates, count);
    return qd_error_set(error, QD_X_CONTENT_PARSE, "[%lld:%lld] [%s] unknown field [%.*s]%.*s",
                        (long long)line, (long long)column, name, QD_SLICE_ARG(at->key), QD_SLICE_ARG(hint));
}

enum qd_status qd_query_check_analyzer(const struct qd_query_context *context, const char *name,
                                       struct qd_slice analyzer, struct qd_error *error)
{
    if (analyzer.data == NULL || qd_analysis_analyzer(context->view->analysis, analyzer) != NULL)
        return QD_OK;
    return qd_query_shard_error(context->view, error, "[%s] analyzer [%.*s] not found", name,
                                QD_SLICE_ARG(analyzer));
}

/* Where a parser stood before it looked at a value; after an error it keeps standing there. */
struct standing {
    const struct qd_json *value;
    bool at_end;
};

static struct standing stand_at(struct qd_query_parser *parser, const struct qd_json *value)
{
    struct standing before = { parser->stand, parser->at_end };
    parser->stand = value;
    parser->at_end = false;
    return before;
}

void qd_query_place(const struct qd_query_parser *parser, int64_t *line, int64_t *column)
{
    *line = parser->line;
    *column = parser->column;
    if (*line > 0 || parser->stand == NULL || parser->document == NULL) return;
    if (parser->at_end) qd_json_position_end(parser->document, parser->stand, line, column);
    else qd_json_position(parser->document, parser->stand, line, column);
}

static void stand_again(struct qd_query_parser *parser, struct standing before)
{
    parser->stand = before.value;
    parser->at_end = before.at_end;
}

enum qd_status qd_query_int(struct qd_query_parser *parser, const struct qd_json *value, int64_t *result,
                            struct qd_error *error)
{
    struct qd_object_parser object = { .document = parser->document, .arena = parser->arena };
    struct standing before = stand_at(parser, value);
    QD_TRY(qd_object_int(&object, value, result, error));
    stand_again(parser, before);
    return QD_OK;
}

enum qd_status qd_query_float(struct qd_query_parser *parser, const struct qd_json *value, float *result,
                              struct qd_error *error)
{
    struct qd_object_parser object = { .document = parser->document, .arena = parser->arena };
    struct standing before = stand_at(parser, value);
    QD_TRY(qd_object_float(&object, value, result, error));
    stand_again(parser, before);
    return QD_OK;
}

enum qd_status qd_query_boolean(struct qd_query_parser *parser, const struct qd_json *value, bool *result,
                                struct qd_error *error)
{
    struct qd_object_parser object = { .document = parser->document, .arena = parser->arena };
    struct standing before = stand_at(parser, value);
    QD_TRY(qd_object_boolean(&object, value, result, error));
    stand_again(parser, before);
    return QD_OK;
}

bool qd_query_is_value(const struct qd_json *value)
{
    return qd_json_is_string(value) || qd_json_is_number(value) || qd_json_is_boolean(value);
}

/* The reference prints the query as it was built so far; its other members are left out here. */
enum qd_status qd_query_check_boost(const struct qd_query *query, struct qd_error *error)
{
    if (!(query->boost < 0)) return QD_OK;
    return qd_error_set(error, QD_ILLEGAL_ARGUMENT,
                        "negative [boost] are not allowed in [{\n  \"%s\" : {\n    \"boost\" : 1.0\n  }\n}], "
                        "use a value between 0 and 1 to deboost",
                        query->kind->name);
}

enum qd_status qd_query_member_boost(struct qd_object_parser *parser, const struct qd_json *value,
                                     void *target, struct qd_error *error)
{
    struct qd_query *query = ((struct qd_query_target *)target)->query;
    QD_TRY(qd_object_float(parser, value, &query->boost, error));
    return qd_query_check_boost(query, error);
}

enum qd_status qd_query_member_name(struct qd_object_parser *parser, const struct qd_json *value,
                                    void *target, struct qd_error *error)
{
    (void)parser, (void)error;
    ((struct qd_query_target *)target)->query->name = qd_json_text(value);
    return QD_OK;
}

enum qd_status qd_query_parse_object(struct qd_query_parser *parser, const struct qd_object_spec *spec,
                                     const struct qd_json *body, struct qd_query *query, bool wrapped,
                                     struct qd_error *error)
{
    struct qd_query_target target = { .parser = parser, .query = query };
    struct qd_object_parser object = { .document = parser->document, .arena = parser->arena };
    enum qd_status status = qd_object_parse(&object, spec, body, &target, error);
    if (status != QD_OK && parser->line == 0) {
        parser->line = object.line;
        parser->column = object.column;
    }
    if (status == QD_OK || !wrapped || error == NULL || error->arena == NULL) return status;
    (void)qd_error_wrap(error, QD_PARSING, "%.*s", QD_SLICE_ARG(error->reason));
    qd_error_add_number(error, "line", object.line);
    qd_error_add_number(error, "col", object.column);
    return QD_PARSING;
}

enum qd_status qd_query_text(struct qd_query_parser *parser, const struct qd_json *value,
                             struct qd_slice *text, struct qd_error *error)
{
    *text = qd_json_text(value);
    if (qd_query_is_value(value)) return QD_OK;
    (void)stand_at(parser, value);
    int64_t line;
    int64_t column;
    position_of(parser, value, &line, &column);
    return qd_error_set(error, QD_ILLEGAL_STATE, "Can't get text on a %s at %lld:%lld",
                        qd_json_token_name(value), (long long)line, (long long)column);
}

enum qd_status qd_query_parse_common(struct qd_query_parser *parser, struct qd_query *query,
                                     struct qd_slice key, const struct qd_json *value, bool *taken,
                                     struct qd_error *error)
{
    *taken = true;
    if (qd_slice_is(key, "boost")) return qd_query_float(parser, value, &query->boost, error);
    if (qd_slice_is(key, "_name")) return qd_query_text(parser, value, &query->name, error);
    *taken = false;
    return QD_OK;
}

enum qd_status qd_query_check_zone(struct qd_query_parser *parser, struct qd_slice zone,
                                   struct qd_error *error)
{
    const struct qd_zone *found;
    if (qd_zone_parse(parser->arena, zone, &found, NULL) == QD_OK) return QD_OK;
    bool offset = zone.size <= 1 || zone.data[0] == '+' || zone.data[0] == '-';
    bool region = zone.size > 1;
    bool digits = zone.size > 2;
    for (size_t i = 0; i < zone.size; i++) {
        char c = zone.data[i];
        bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
        bool digit = c >= '0' && c <= '9';
        bool sign = strchr("/~._+-", c) != NULL;
        if (!letter && (i == 0 || (!digit && !sign))) region = false;
        if (i > 0 && i < 3 && !digit) digits = false;
    }
    if (offset && zone.size > 2 && !digits) {
        return qd_error_set(error, QD_DATE_TIME,
                            "Invalid ID for ZoneOffset, non numeric characters found: %.*s",
                            QD_SLICE_ARG(zone));
    }
    if (offset && digits) {
        int hours = (zone.data[1] - '0') * 10 + zone.data[2] - '0';
        if (zone.data[0] == '-') hours = -hours;
        if (hours < -18 || hours > 18)
            return qd_error_set(
                error, QD_DATE_TIME,
                "Zone offset hours not in valid range: value %d is not in the range -18 to 18", hours);
    }
    if (offset)
        return qd_error_set(error, QD_DATE_TIME, "Invalid ID for ZoneOffset, invalid format: %.*s",
                            QD_SLICE_ARG(zone));
    if (!region)
        return qd_error_set(error, QD_DATE_TIME, "Invalid ID for region-based ZoneId, invalid format: %.*s",
                            QD_SLICE_ARG(zone));
    (void)qd_error_set(error, QD_DATE_TIME, "Unknown time-zone ID: %.*s", QD_SLICE_ARG(zone));
    if (error != NULL) error->type_override = "zone_rules_exception";
    return QD_DATE_TIME;
}

enum qd_status qd_query_check_tie_breaker(float tie_breaker, struct qd_error *error)
{
    if (tie_breaker >= 0 && tie_breaker <= 1) return QD_OK;
    return qd_error_set(error, QD_ILLEGAL_ARGUMENT, "tieBreakerMultiplier must be in [0, 1]");
}

static enum qd_status store_text(struct qd_query_parser *parser, const struct qd_query_option *option,
                                 const struct qd_json *value, struct qd_slice *text, struct qd_error *error)
{
    *text = (struct qd_slice){ 0 };
    if (qd_json_is_null(value) && (option->takes & QD_TAKES_NULL) != 0) return QD_OK;
    return qd_query_text(parser, value, text, error);
}

/* Boosts behind "^" up to the first entry that is none: that one is told of later. */
static enum qd_status check_fields(struct qd_query_parser *parser, const struct qd_query_option *option,
                                   const struct qd_json *value, struct qd_error *error)
{
    struct qd_boosted_field field;
    struct qd_slice text;
    struct qd_json_iterator at = qd_json_iterate(value);
    bool at_end = (option->takes & QD_TAKES_ALL_FIRST) != 0;
    while (at_end && qd_json_is_array(value) && qd_json_next(&at)) {
        if (qd_json_is_null(at.value) && (option->takes & QD_TAKES_NULL_ENTRY) != 0) return QD_OK;
        QD_TRY(qd_query_text(parser, at.value, &text, error));
    }
    at = qd_json_iterate(value);
    while (qd_json_is_array(value) && qd_json_next(&at)) {
        struct standing before = stand_at(parser, at_end ? value : at.value);
        parser->at_end = at_end;
        if (qd_json_is_null(at.value) && (option->takes & QD_TAKES_NULL_ENTRY) != 0) return QD_OK;
        QD_TRY(qd_query_text(parser, at.value, &text, error));
        QD_TRY(qd_boosted_field_parse(text, &field, error));
        stand_again(parser, before);
    }
    return QD_OK;
}

static enum qd_status store_option(struct qd_query_parser *parser, const struct qd_query_option *option,
                                   const struct qd_json *value, struct qd_query *query,
                                   struct qd_error *error)
{
    char *target = (char *)query + option->offset;
    struct qd_slice text;
    bool truth;
    float real;
    int64_t number;
    switch (option->kind) {
    case QD_OPTION_FIELDS:
        QD_TRY(check_fields(parser, option, value, error));
        memcpy(target, &value, sizeof(value));
        return QD_OK;
    case QD_OPTION_JSON:
        if ((option->takes & QD_TAKES_CONTAINERS) == 0)
            QD_TRY(store_text(parser, option, value, &text, error));
        memcpy(target, &value, sizeof(value));
        return QD_OK;
    case QD_OPTION_TEXT:
        QD_TRY(store_text(parser, option, value, &text, error));
        memcpy(target, &text, sizeof(text));
        return QD_OK;
    case QD_OPTION_BOOLEAN:
        QD_TRY(qd_query_boolean(parser, value, &truth, error));
        memcpy(target, &truth, sizeof(truth));
        return QD_OK;
    case QD_OPTION_FLOAT:
        QD_TRY(qd_query_float(parser, value, &real, error));
        memcpy(target, &real, sizeof(real));
        return QD_OK;
    case QD_OPTION_INT:
        QD_TRY(qd_query_int(parser, value, &number, error));
        memcpy(target, &number, sizeof(number));
        return QD_OK;
    }
    return QD_OK;
}

static enum qd_status check_token(struct qd_query_parser *parser, const struct qd_query_spec *spec,
                                  const struct qd_query_option *option, const struct qd_json_iterator *at,
                                  struct qd_error *error)
{
    unsigned need = qd_json_is_null(at->value) ? QD_TAKES_NULL : QD_TAKES_CONTAINERS;
    bool taken = option != NULL && (option->takes & need) != 0;
    if (spec->tokens == QD_TOKENS_UNASKED || taken || qd_query_is_value(at->value)) return QD_OK;
    if (spec->tokens == QD_TOKENS_ARRAYS && qd_json_is_array(at->value))
        return qd_query_error_at(parser, at->value, error, "[%s] query does not support [%.*s]", spec->name,
                                 QD_SLICE_ARG(at->key));
    return qd_query_error_at(parser, at->value, error, "[%s] %s token [%s] after [%.*s]", spec->name,
                             spec->tokens == QD_TOKENS_FUZZY ? "unexpected" : "unknown",
                             qd_json_token_name(at->value), QD_SLICE_ARG(at->key));
}

enum qd_status qd_query_parse_members(struct qd_query_parser *parser, const struct qd_query_spec *spec,
                                      const struct qd_json *object, struct qd_query *query,
                                      struct qd_error *error)
{
    struct qd_json_iterator at = qd_json_iterate(object);
    while (qd_json_next(&at)) {
        const struct qd_query_option *option = NULL;
        for (size_t i = 0; i < spec->count && option == NULL; i++) {
            if (qd_slice_is(at.key, spec->options[i].name)) option = &spec->options[i];
        }
        QD_TRY(check_token(parser, spec, option, &at, error));
        struct standing before = stand_at(parser, at.value);
        bool taken = false;
        if (option != NULL) QD_TRY(store_option(parser, option, at.value, query, error));
        if (option != NULL && spec->check != NULL) QD_TRY(spec->check(parser, &at, error));
        else QD_TRY(qd_query_parse_common(parser, query, at.key, at.value, &taken, error));
        if (option == NULL && !taken)
            return qd_query_error_at(parser, at.value, error, "[%s] %s [%.*s]", spec->name,
                                     spec->unknown != NULL ? spec->unknown : "query does not support",
                                     QD_SLICE_ARG(at.key));
        stand_again(parser, before);
    }
    return QD_OK;
}

enum qd_status qd_query_parse_field(struct qd_query_parser *parser, const struct qd_query_spec *spec,
                                    const struct qd_json *body, struct qd_query *query,
                                    struct qd_slice *field, const struct qd_json **scalar,
                                    struct qd_error *error)
{
    *field = (struct qd_slice){ 0 };
    *scalar = NULL;
    struct qd_json_iterator at = qd_json_iterate(body);
    while (qd_json_next(&at)) {
        if (qd_json_is_array(at.value)) {
            int64_t line;
            int64_t column;
            position_of(parser, at.value, &line, &column);
            return qd_error_set(error, QD_ILLEGAL_STATE, "Can't get text on a START_ARRAY at %lld:%lld",
                                (long long)line, (long long)column);
        }
        if (field->data != NULL)
            return qd_query_error_at(parser, at.value, error,
                                     "[%s] query doesn't support multiple fields, found [%.*s] and [%.*s]",
                                     spec->name, QD_SLICE_ARG(*field), QD_SLICE_ARG(at.key));
        *field = at.key;
        if (qd_json_is_object(at.value)) QD_TRY(qd_query_parse_members(parser, spec, at.value, query, error));
        else *scalar = at.value;
    }
    return QD_OK;
}
