#include "search/request_object.h"

#include <stdarg.h>

#include "base/number.h"
#include "base/text.h"

/* Members an object may have in a spec. */
#define MEMBERS_MAX 48

unsigned qd_object_token_bit(const struct qd_json *value)
{
    switch (qd_json_type_of(value)) {
    case QD_JSON_OBJECT: return QD_TOKEN_OBJECT;
    case QD_JSON_ARRAY: return QD_TOKEN_ARRAY;
    case QD_JSON_STRING: return QD_TOKEN_STRING;
    case QD_JSON_NUMBER: return QD_TOKEN_NUMBER;
    case QD_JSON_BOOLEAN: return QD_TOKEN_BOOLEAN;
    case QD_JSON_NULL: return QD_TOKEN_NULL;
    case QD_JSON_MISSING: break;
    }
    return 0;
}

void qd_object_at(struct qd_object_parser *parser, const struct qd_json *node)
{
    qd_json_position(parser->document, node, &parser->line, &parser->column);
}

/* Line and column (bytes, from 1) of an offset of the source. */
static void at_offset(struct qd_object_parser *parser, size_t offset)
{
    struct qd_slice source = parser->document->source;
    parser->line = 1;
    parser->column = 1;
    for (size_t i = 0; i < offset && i < source.size; i++) {
        parser->column++;
        if (source.data[i] != '\n') {
            continue;
        }
        parser->line++;
        parser->column = 1;
    }
}

void qd_object_at_end(struct qd_object_parser *parser, const struct qd_json *node)
{
    size_t start;
    size_t end;
    qd_json_extent(parser->document, node, &start, &end);
    at_offset(parser, end == 0 ? 0 : end - 1);
}

enum qd_status qd_object_parsing_error(struct qd_object_parser *parser, struct qd_error *error,
                                       const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    struct qd_slice text = qd_arena_vformat(parser->arena, format, arguments);
    va_end(arguments);
    (void)qd_error_set(error, QD_PARSING, "%.*s", QD_SLICE_ARG(text));
    qd_error_add_number(error, "line", parser->line);
    qd_error_add_number(error, "col", parser->column);
    return QD_PARSING;
}

static enum qd_status object_error(const struct qd_object_parser *parser, const char *name,
                                   struct qd_error *error, struct qd_slice text)
{
    return qd_error_set(error, QD_X_CONTENT_PARSE, "[%lld:%lld] [%s] %.*s", (long long)parser->line,
                        (long long)parser->column, name, QD_SLICE_ARG(text));
}

enum qd_status qd_object_wrap(struct qd_object_parser *parser, const char *name, struct qd_slice field,
                              struct qd_error *error)
{
    return qd_error_wrap(error, QD_X_CONTENT_PARSE, "[%lld:%lld] [%s] failed to parse field [%.*s]",
                         (long long)parser->line, (long long)parser->column, name, QD_SLICE_ARG(field));
}

/* The name of the token that begins with `byte`. */
static const char *token_at(char byte, bool key)
{
    switch (byte) {
    case '}': return "END_OBJECT";
    case ']': return "END_ARRAY";
    case '{': return "START_OBJECT";
    case '[': return "START_ARRAY";
    case '"': return key ? "FIELD_NAME" : "VALUE_STRING";
    case 't':
    case 'f': return "VALUE_BOOLEAN";
    case 'n': return "VALUE_NULL";
    default: return "VALUE_NUMBER";
    }
}

/* The reference reads one more token when it does not stand on an object, and complains about that one. */
static enum qd_status no_object(struct qd_object_parser *parser, const char *name,
                                const struct qd_json *value, struct qd_error *error)
{
    struct qd_slice source = parser->document->source;
    size_t start;
    size_t end;
    qd_json_extent(parser->document, value, &start, &end);
    size_t at = qd_json_is_array(value) ? start + 1 : end;
    while (at < source.size && (source.data[at] == ' ' || source.data[at] == ',' || source.data[at] == '\n' ||
                                source.data[at] == '\r' || source.data[at] == '\t')) {
        at++;
    }
    at_offset(parser, at);
    char byte = at < source.size ? source.data[at] : '}';
    /* A string with a colon behind it is a name. */
    size_t after = at + 1;
    while (byte == '"' && after < source.size && source.data[after] != '"') {
        after += source.data[after] == '\\' ? 2 : 1;
    }
    after++;
    while (after < source.size && (source.data[after] == ' ' || source.data[after] == '\n')) {
        after++;
    }
    bool key = after < source.size && source.data[after] == ':';
    return object_error(
        parser, name, error,
        qd_arena_format(parser->arena, "Expected START_OBJECT but was: %s", token_at(byte, key)));
}

static enum qd_status unknown_member(struct qd_object_parser *parser, const struct qd_object_spec *spec,
                                     const struct qd_json_iterator *at, struct qd_error *error)
{
    struct qd_slice names[MEMBERS_MAX];
    for (size_t i = 0; i < spec->count; i++) {
        names[i] = qd_slice_from_string(spec->members[i].name);
    }
    struct qd_slice hint = qd_did_you_mean(parser->arena, at->key, names, spec->count);
    qd_object_at(parser, at->name);
    enum qd_status status = object_error(parser, spec->name, error,
                                         qd_arena_format(parser->arena, "unknown field [%.*s]%.*s",
                                                         QD_SLICE_ARG(at->key), QD_SLICE_ARG(hint)));
    qd_object_at(parser, at->value);
    return status;
}

static enum qd_status parse_member(struct qd_object_parser *parser, const struct qd_object_spec *spec,
                                   const struct qd_json_iterator *at, void *target, struct qd_error *error)
{
    const struct qd_object_member *member = NULL;
    for (size_t i = 0; i < spec->count && member == NULL; i++) {
        if (qd_slice_is(at->key, spec->members[i].name)) {
            member = &spec->members[i];
        }
    }
    if (member == NULL) {
        return unknown_member(parser, spec, at, error);
    }
    if (error != NULL) {
        qd_object_at(parser, at->value);
    }
    if ((member->tokens & qd_object_token_bit(at->value)) == 0) {
        return object_error(parser, spec->name, error,
                            qd_arena_format(parser->arena, "%s doesn't support values of type: %s",
                                            member->name, qd_json_token_name(at->value)));
    }
    if (member->parse(parser, at->value, target, error) == QD_OK) {
        return QD_OK;
    }
    return qd_object_wrap(parser, spec->name, at->key, error);
}

enum qd_status qd_object_parse(struct qd_object_parser *parser, const struct qd_object_spec *spec,
                               const struct qd_json *object, void *target, struct qd_error *error)
{
    if (!qd_json_is_object(object)) {
        return no_object(parser, spec->name, object, error);
    }
    struct qd_json_iterator at = qd_json_iterate(object);
    while (qd_json_next(&at)) {
        QD_TRY(parse_member(parser, spec, &at, target, error));
    }
    return QD_OK;
}

void qd_object_at_error(struct qd_object_parser *parser, const struct qd_error *error)
{
    if (error == NULL) return;
    size_t end = error->reason.size;
    size_t from = end;
    while (from > 0 && error->reason.data[from - 1] != '[') from--;
    if (from > 0 && error->reason.data[end - 1] == ']') {
        struct qd_slice place = qd_slice_sub(error->reason, from, end - 1 - from);
        size_t colon = qd_slice_find_byte(place, ':');
        int64_t line;
        int64_t column;
        if (colon < place.size && qd_parse_int64(qd_slice_sub(place, 0, colon), &line) &&
            qd_parse_int64(qd_slice_from(place, colon + 1), &column)) {
            parser->line = line;
            parser->column = column;
        }
    }
    for (const struct qd_error_field *field = error->first; field != NULL; field = field->next) {
        if (qd_slice_is(field->key, "line")) (void)qd_parse_int64(field->value, &parser->line);
        if (qd_slice_is(field->key, "col")) (void)qd_parse_int64(field->value, &parser->column);
    }
}

/* Jackson's complaint about a token that cannot be read as what is wanted, at the end of that token. */
static enum qd_status coercion_error(struct qd_object_parser *parser, const struct qd_json *value,
                                     struct qd_slice text, struct qd_error *error)
{
    size_t start = 0;
    size_t end = 0;
    if (parser->document != NULL) qd_json_extent(parser->document, value, &start, &end);
    /* Of containers only the bracket has been read. */
    if (qd_json_is_object(value) || qd_json_is_array(value)) end = start + 1;
    struct qd_slice reason = qd_arena_format(
        parser->arena,
        "%.*s\n at [Source: REDACTED (`StreamReadFeature.INCLUDE_SOURCE_IN_LOCATION` disabled); byte offset: "
        "#%zu]",
        QD_SLICE_ARG(text), end);
    (void)qd_error_set(error, QD_INPUT_COERCION, "%.*s", QD_SLICE_ARG(reason));
    return qd_error_wrap(error, QD_INPUT_COERCION, "%.*s", QD_SLICE_ARG(reason));
}

static enum qd_status not_numeric(struct qd_object_parser *parser, const struct qd_json *value,
                                  struct qd_error *error)
{
    const char *token = !qd_json_is_boolean(value) ? qd_json_token_name(value)
                        : qd_json_boolean(value)   ? "VALUE_TRUE"
                                                   : "VALUE_FALSE";
    return coercion_error(
        parser, value,
        qd_arena_format(parser->arena, "Current token (%s) not numeric, cannot use numeric value accessors",
                        token),
        error);
}

static enum qd_status no_number(struct qd_slice text, struct qd_error *error)
{
    if (qd_trim(text).size == 0) {
        return qd_error_set(error, QD_NUMBER_FORMAT, "empty String");
    }
    return qd_error_set(error, QD_NUMBER_FORMAT, "For input string: \"%.*s\"", QD_SLICE_ARG(text));
}

enum qd_status qd_object_int(struct qd_object_parser *parser, const struct qd_json *value, int64_t *result,
                             struct qd_error *error)
{
    struct qd_slice text = qd_json_text(value);
    double real;
    if (!qd_json_is_number(value) && !qd_json_is_string(value)) {
        return not_numeric(parser, value, error);
    }
    if (!qd_parse_double(text, &real)) {
        return no_number(text, error);
    }
    if (real >= (double)INT32_MIN && real <= (double)INT32_MAX) {
        *result = (int64_t)real;
        return QD_OK;
    }
    if (qd_json_is_string(value) && real == real) {
        return qd_error_set(error, QD_ILLEGAL_ARGUMENT, "Value [%.*s] is out of range for an integer",
                            QD_SLICE_ARG(text));
    }
    *result = 0;
    if (real != real) {
        return QD_OK;
    }
    return coercion_error(
        parser, value,
        qd_arena_format(parser->arena,
                        "Numeric value (%.*s) out of range of `int` (-2147483648 - 2147483647)",
                        QD_SLICE_ARG(text)),
        error);
}

/* Whether a text is written as a decimal number, without spaces, names, hexadecimals and suffixes. */
static bool is_decimal(struct qd_slice text)
{
    for (size_t i = 0; i < text.size; i++) {
        if (strchr("0123456789+-.eE", text.data[i]) == NULL || text.data[i] == '\0') return false;
    }
    return true;
}

enum qd_status qd_object_long(struct qd_object_parser *parser, const struct qd_json *value, int64_t *result,
                              struct qd_error *error)
{
    struct qd_slice text = qd_json_text(value);
    double real = 0;
    if (qd_parse_int64(text, result)) return QD_OK;
    if (!is_decimal(text) || !qd_parse_double(text, &real)) {
        return qd_error_set(error, QD_ILLEGAL_ARGUMENT, "For input string: \"%.*s\"", QD_SLICE_ARG(text));
    }
    if (real >= -0x1p63 && real < 0x1p63) {
        *result = (int64_t)real;
        return QD_OK;
    }
    if (!qd_json_is_number(value)) {
        return qd_error_set(error, QD_ILLEGAL_ARGUMENT, "Value [%.*s] is out of range for a long",
                            QD_SLICE_ARG(text));
    }
    return coercion_error(parser, value,
                          qd_arena_format(parser->arena,
                                          "Numeric value (%.*s) out of range of `long` "
                                          "(-9223372036854775808 - 9223372036854775807)",
                                          QD_SLICE_ARG(text)),
                          error);
}

enum qd_status qd_object_float(struct qd_object_parser *parser, const struct qd_json *value, float *result,
                               struct qd_error *error)
{
    if (!qd_json_is_number(value) && !qd_json_is_string(value)) {
        return not_numeric(parser, value, error);
    }
    if (qd_parse_float(qd_json_text(value), result)) {
        return QD_OK;
    }
    return no_number(qd_json_text(value), error);
}

enum qd_status qd_object_boolean(struct qd_object_parser *parser, const struct qd_json *value, bool *result,
                                 struct qd_error *error)
{
    struct qd_slice text = qd_json_text(value);
    if (!qd_json_is_string(value) && !qd_json_is_boolean(value)) {
        const char *token = !qd_json_is_number(value)   ? qd_json_token_name(value)
                            : qd_json_is_integral(value) ? "VALUE_NUMBER_INT"
                                                         : "VALUE_NUMBER_FLOAT";
        return coercion_error(parser, value,
                              qd_arena_format(parser->arena, "Current token (%s) not of boolean type", token),
                              error);
    }
    *result = qd_slice_is(text, "true");
    if (*result || qd_slice_is(text, "false") || (qd_json_is_string(value) && text.size == 0)) {
        return QD_OK;
    }
    return qd_error_set(error, QD_ILLEGAL_ARGUMENT,
                        "Failed to parse value [%.*s] as only [true] or [false] are allowed.",
                        QD_SLICE_ARG(text));
}
