#include "aggregation/aggregation_options.h"

#include <math.h>

#include "base/number.h"
#include "base/text.h"
#include "base/units.h"
#include "mapping/type_number.h"
#include "search/request_object.h"

/* Zones of whole hours are at most so far from UTC. */
#define ZONE_HOURS_MAX 18

enum qd_status qd_options_error_at(struct qd_aggregation_parser *parser, const struct qd_json *at,
                                   struct qd_error *error, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    struct qd_slice text = qd_arena_vformat(parser->arena, format, arguments);
    va_end(arguments);
    int64_t line = 1;
    int64_t column = 1;
    if (parser->document != NULL) qd_json_position(parser->document, at, &line, &column);
    return qd_error_set(error, QD_X_CONTENT_PARSE, "[%lld:%lld] %.*s", (long long)line, (long long)column,
                        QD_SLICE_ARG(text));
}

static unsigned token_of(const struct qd_json *value)
{
    switch (qd_json_type_of(value)) {
    case QD_JSON_OBJECT: return QD_OPTION_OBJECT;
    case QD_JSON_ARRAY: return QD_OPTION_ARRAY;
    case QD_JSON_STRING: return QD_OPTION_STRING;
    case QD_JSON_NUMBER: return QD_OPTION_NUMBER;
    case QD_JSON_BOOLEAN: return QD_OPTION_BOOLEAN;
    case QD_JSON_NULL:
    case QD_JSON_MISSING: break;
    }
    return QD_OPTION_NULL;
}

static const struct qd_option *find_option(const struct qd_option_table *table, struct qd_slice name)
{
    for (; table != NULL; table = table->next) {
        for (size_t i = 0; i < table->count; i++) {
            if (qd_slice_is(name, table->rows[i].name)) return &table->rows[i];
        }
    }
    return NULL;
}

static enum qd_status unknown_option(struct qd_aggregation_parser *parser,
                                     const struct qd_option_table *table, const struct qd_json_iterator *at,
                                     struct qd_error *error)
{
    struct qd_slice names[64];
    size_t count = 0;
    for (const struct qd_option_table *part = table; part != NULL; part = part->next) {
        for (size_t i = 0; i < part->count && count < 64; i++) {
            names[count++] = qd_slice_from_string(part->rows[i].name);
        }
    }
    struct qd_slice hint = qd_did_you_mean(parser->arena, at->key, names, count);
    parser->fail = at->value;
    parser->fail_at_end = false;
    return qd_options_error_at(parser, at->name, error, "[%s] unknown field [%.*s]%.*s", table->type,
                               QD_SLICE_ARG(at->key), QD_SLICE_ARG(hint));
}

/* Puts "[line:col] [type] failed to parse field [name]" around what is in the error. */
static enum qd_status wrap_failure(struct qd_aggregation_parser *parser, const char *type,
                                   const struct qd_json_iterator *at, struct qd_error *error)
{
    int64_t line;
    int64_t column;
    if (parser->fail == NULL) {
        parser->fail = at->value;
        parser->fail_at_end = qd_json_is_object(at->value) || qd_json_is_array(at->value);
    }
    qd_aggregation_position(parser, parser->fail, parser->fail_at_end, &line, &column);
    return qd_error_wrap(error, QD_X_CONTENT_PARSE, "[%lld:%lld] [%s] failed to parse field [%.*s]",
                         (long long)line, (long long)column, type, QD_SLICE_ARG(at->key));
}

enum qd_status qd_options_parse(struct qd_aggregation_parser *parser, const struct qd_option_table *table,
                                struct qd_slice owner, const struct qd_json *body, void *options,
                                struct qd_error *error)
{
    struct qd_json_iterator at = qd_json_iterate(body);
    while (qd_json_next(&at)) {
        const struct qd_option *option = find_option(table, at.key);
        if (option == NULL) return unknown_option(parser, table, &at, error);
        if ((option->tokens & token_of(at.value)) == 0) {
            parser->fail = at.value;
            parser->fail_at_end = false;
            return qd_options_error_at(parser, at.value, error, "[%s] %s doesn't support values of type: %s",
                                       table->type, option->name, qd_json_token_name(at.value));
        }
        parser->fail = NULL;
        parser->fail_at_end = false;
        enum qd_status status = option->set(parser, options, owner, at.value, error);
        if (status == QD_OK) continue;
        return option->raw_error ? status : wrap_failure(parser, table->type, &at, error);
    }
    return QD_OK;
}

/* ---- scalars ---- */

enum qd_status qd_option_int(struct qd_aggregation_parser *parser, const struct qd_json *value,
                             int64_t *result, struct qd_error *error)
{
    struct qd_object_parser object = { .document = parser->document, .arena = parser->arena };
    return qd_object_int(&object, value, result, error);
}

enum qd_status qd_option_long(struct qd_aggregation_parser *parser, const struct qd_json *value,
                              int64_t *result, struct qd_error *error)
{
    struct qd_object_parser object = { .document = parser->document, .arena = parser->arena };
    return qd_object_long(&object, value, result, error);
}

enum qd_status qd_option_double(const struct qd_json *value, double *result, struct qd_error *error)
{
    return qd_text_to_double(qd_json_text(value), result, error);
}

enum qd_status qd_option_boolean(const struct qd_json *value, bool *result, struct qd_error *error)
{
    *result = false;
    /* An empty text is no. */
    if (qd_json_is_string(value) && qd_json_text(value).size == 0) return QD_OK;
    return qd_boolean_parse(qd_json_text(value), result, error);
}

/* ---- the values source ---- */

static enum qd_status set_field(struct qd_aggregation_parser *parser, void *options, struct qd_slice owner,
                                const struct qd_json *value, struct qd_error *error)
{
    (void)parser, (void)owner, (void)error;
    ((struct qd_source_options *)options)->field = qd_json_text(value);
    return QD_OK;
}

enum qd_status qd_options_set_missing(struct qd_aggregation_parser *parser, void *options,
                                      struct qd_slice owner, const struct qd_json *value,
                                      struct qd_error *error)
{
    (void)parser;
    if (qd_json_is_null(value)) {
        return qd_error_set(error, QD_ILLEGAL_ARGUMENT, "[missing] must not be null: [%.*s]",
                            QD_SLICE_ARG(owner));
    }
    ((struct qd_source_options *)options)->missing = value;
    return QD_OK;
}

static enum qd_status set_format(struct qd_aggregation_parser *parser, void *options, struct qd_slice owner,
                                 const struct qd_json *value, struct qd_error *error)
{
    (void)parser, (void)owner, (void)error;
    ((struct qd_source_options *)options)->format = qd_json_text(value);
    return QD_OK;
}

static enum qd_status set_zone(struct qd_aggregation_parser *parser, void *options, struct qd_slice owner,
                               const struct qd_json *value, struct qd_error *error)
{
    (void)owner;
    struct qd_source_options *source = options;
    source->time_zone = qd_json_text(value);
    if (qd_json_is_number(value)) {
        int64_t hours = 0;
        QD_TRY(qd_option_int(parser, value, &hours, error));
        if (hours < -ZONE_HOURS_MAX || hours > ZONE_HOURS_MAX) {
            (void)qd_error_set(error, QD_ILLEGAL_ARGUMENT,
                               "Zone offset hours not in valid range: value %lld is not in the range "
                               "-18 to 18",
                               (long long)hours);
            if (error != NULL) error->type_override = "date_time_exception";
            return QD_ILLEGAL_ARGUMENT;
        }
        source->time_zone = qd_arena_format(parser->arena, "%c%02lld:00", hours < 0 ? '-' : '+',
                                            (long long)(hours < 0 ? -hours : hours));
    }
    return qd_zone_parse(parser->arena, source->time_zone, &source->zone, error);
}

enum qd_status qd_options_set_value_type(struct qd_aggregation_parser *parser, void *options,
                                         struct qd_slice owner, const struct qd_json *value,
                                         struct qd_error *error)
{
    static const struct {
        const char *name;
        enum qd_value_hint hint;
    } names[] = { { "string", QD_HINT_BYTES },  { "byte", QD_HINT_LONG },     { "short", QD_HINT_LONG },
                  { "integer", QD_HINT_LONG },  { "long", QD_HINT_LONG },     { "float", QD_HINT_DOUBLE },
                  { "double", QD_HINT_DOUBLE }, { "number", QD_HINT_NUMBER }, { "date", QD_HINT_DATE },
                  { "ip", QD_HINT_IP },         { "boolean", QD_HINT_BOOLEAN }, { "numeric", QD_HINT_NUMBER },
                  { "unsigned_long", QD_HINT_LONG } };
    (void)parser, (void)owner;
    struct qd_slice text = qd_json_text(value);
    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
        if (!qd_slice_is(text, names[i].name)) continue;
        ((struct qd_source_options *)options)->hint = names[i].hint;
        return QD_OK;
    }
    return qd_error_set(error, QD_ILLEGAL_ARGUMENT, "Unknown value type [%.*s]", QD_SLICE_ARG(text));
}

static enum qd_status refuse_script(struct qd_aggregation_parser *parser, void *options,
                                    struct qd_slice owner, const struct qd_json *value,
                                    struct qd_error *error)
{
    (void)parser, (void)options, (void)value;
    return qd_error_set(error, QD_ILLEGAL_ARGUMENT, "scripts are not supported in aggregations: [%.*s]",
                        QD_SLICE_ARG(owner));
}

static const struct qd_option source_rows[] = {
    { "field", QD_OPTION_STRING, set_field, false },
    { "missing", QD_OPTION_VALUE | QD_OPTION_NULL, qd_options_set_missing, false },
    { "value_type", QD_OPTION_STRING, qd_options_set_value_type, false },
    { "script", QD_OPTION_STRING | QD_OPTION_OBJECT, refuse_script, true },
};

static const struct qd_option format_rows[] = {
    { "format", QD_OPTION_STRING, set_format, false },
};

static const struct qd_option zone_rows[] = {
    { "time_zone", QD_OPTION_STRING | QD_OPTION_NUMBER, set_zone, false },
};

const struct qd_option_table qd_options_source = { "", source_rows,
                                                   sizeof(source_rows) / sizeof(source_rows[0]), NULL };
const struct qd_option_table qd_options_source_format = { "", format_rows, 1, &qd_options_source };
const struct qd_option_table qd_options_source_zone = { "", zone_rows, 1, &qd_options_source_format };

enum qd_status qd_options_parse_source(struct qd_aggregation_parser *parser,
                                       const struct qd_option_table *table, size_t size,
                                       const struct qd_json *body, struct qd_aggregation *aggregation,
                                       struct qd_error *error)
{
    struct qd_source_options *options = aggregation->options;
    if (options == NULL) options = qd_arena_zalloc(parser->arena, size);
    aggregation->options = options;
    QD_TRY(qd_options_parse(parser, table, aggregation->name, body, options, error));
    aggregation->zone = (struct qd_known_zone){ options->time_zone, options->zone };
    if (options->field.data != NULL) return QD_OK;
    return qd_error_set(error, QD_ILLEGAL_ARGUMENT,
                        "Required one of fields [field, script], but none were specified. ");
}
