#include "mapping/type_number.h"

#include <math.h>

#include "base/number.h"
#include "mapping/accumulate.h"

/* ---- one JSON value ---- */

static const char *java_name(enum qd_field_type type)
{
    switch ((int)type) {
    case QD_FIELD_BYTE:
    case QD_FIELD_INTEGER: return "Integer";
    case QD_FIELD_SHORT: return "Short";
    case QD_FIELD_LONG: return "Long";
    case QD_FIELD_UNSIGNED_LONG: return "BigInteger";
    case QD_FIELD_HALF_FLOAT:
    case QD_FIELD_FLOAT: return "Float";
    default: return "Double";
    }
}

static enum qd_status overflow(struct qd_parse_context *context, const struct qd_json *value,
                               const char *type, struct qd_error *error)
{
    struct qd_slice text = qd_json_text(value);
    const char *range = "-9223372036854775808 - 9223372036854775807";
    if (type[0] == 'i') range = "-2147483648 - 2147483647";
    if (type[0] == 's') range = "-32768 - 32767";
    struct qd_slice reason = qd_arena_format(context->arena, "Numeric value (%.*s) out of range of `%s` (%s)",
                                             QD_SLICE_ARG(text), type, range);
    return qd_coercion_error(context, value, reason, error);
}

static enum qd_status data_loss(const struct qd_json *value, enum qd_field_type type, struct qd_error *error)
{
    double real = 0;
    char text[QD_NUMBER_TEXT_MAX];
    size_t size = qd_json_double(value, &real) ? qd_double_to_text(real, text) : 0;
    return qd_error_set(error, QD_ILLEGAL_ARGUMENT, "%.*s cannot be converted to %s without data loss",
                        (int)size, text, java_name(type));
}

/* A number token as a whole number within [low, high]. */
static enum qd_status whole_token(struct qd_parse_context *context, const struct qd_field_mapper *mapper,
                                  const struct qd_json *value, int64_t *number, struct qd_error *error)
{
    enum qd_field_type type = mapper->kind->type;
    const char *width = type == QD_FIELD_LONG ? "long" : "int";
    int64_t low = type == QD_FIELD_LONG ? INT64_MIN : INT32_MIN;
    int64_t high = type == QD_FIELD_LONG ? INT64_MAX : INT32_MAX;
    if (qd_json_is_integral(value)) {
        if (!qd_json_int64(value, number) || *number < low || *number > high) {
            return overflow(context, value, width, error);
        }
    } else {
        struct qd_decimal decimal = { 0 };
        bool fits = qd_decimal_parse(qd_json_text(value), &decimal) && !decimal.overflow;
        if (!fits || decimal.whole > (uint64_t)high) return overflow(context, value, width, error);
        if (decimal.fraction && !mapper->field.coerce) return data_loss(value, type, error);
        *number = decimal.negative ? -(int64_t)decimal.whole : (int64_t)decimal.whole;
    }
    if (type == QD_FIELD_SHORT && (*number < INT16_MIN || *number > INT16_MAX)) {
        return overflow(context, value, "short", error);
    }
    return QD_OK;
}

/* A string token as a whole number: through a double, like the reference. */
static enum qd_status whole_text(enum qd_field_type type, struct qd_slice text, int64_t *number,
                                 struct qd_error *error)
{
    if (type == QD_FIELD_LONG) return qd_text_to_long(text, true, number, error);
    double low = type == QD_FIELD_SHORT ? INT16_MIN : INT32_MIN;
    double high = type == QD_FIELD_SHORT ? INT16_MAX : INT32_MAX;
    double parsed = 0;
    QD_TRY(qd_text_to_double(text, &parsed, error));
    if (parsed < low || parsed > high) {
        return qd_error_set(error, QD_ILLEGAL_ARGUMENT, "Value [%.*s] is out of range for %s",
                            QD_SLICE_ARG(text), type == QD_FIELD_SHORT ? "a short" : "an integer");
    }
    *number = isnan(parsed) ? 0 : (int64_t)parsed;
    return QD_OK;
}

static enum qd_status read_scaled(const struct qd_field_mapper *mapper, const struct qd_json *value,
                                  int64_t *number, struct qd_error *error)
{
    double real = 0;
    QD_TRY(qd_number_double(value, &real, error));
    if (!isfinite(real)) {
        char text[QD_NUMBER_TEXT_MAX];
        size_t size = qd_double_to_text(real, text);
        return qd_error_set(error, QD_ILLEGAL_ARGUMENT,
                            "[scaled_float] only supports finite values, but got [%.*s]", (int)size, text);
    }
    *number = qd_scaled_round(real, mapper->field.scaling_factor);
    return QD_OK;
}

static enum qd_status read_number(struct qd_parse_context *context, const struct qd_field_mapper *mapper,
                                  const struct qd_json *value, int64_t *number, struct qd_error *error)
{
    enum qd_field_type type = mapper->kind->type;
    bool text = qd_json_is_string(value);
    if (!text && !qd_json_is_number(value)) {
        struct qd_slice reason = qd_arena_format(
            context->arena, "Current token (%s) not numeric, cannot use numeric value accessors",
            qd_token_name(value));
        return qd_coercion_error(context, value, reason, error);
    }
    if (text && !mapper->field.coerce) {
        return qd_error_set(error, QD_ILLEGAL_ARGUMENT, "%s value passed as String", java_name(type));
    }
    uint64_t whole = 0;
    switch ((int)type) {
    case QD_FIELD_BYTE:
    case QD_FIELD_SHORT:
    case QD_FIELD_INTEGER:
    case QD_FIELD_LONG:
        QD_TRY(text ? whole_text(type, qd_json_text(value), number, error)
                    : whole_token(context, mapper, value, number, error));
        if (type != QD_FIELD_BYTE || (*number >= INT8_MIN && *number <= INT8_MAX)) return QD_OK;
        return qd_error_set(error, QD_ILLEGAL_ARGUMENT, "Value [%lld] is out of range for a byte",
                            (long long)*number);
    case QD_FIELD_UNSIGNED_LONG:
        QD_TRY(qd_text_to_unsigned(qd_json_text(value), mapper->field.coerce, &whole, error));
        *number = qd_unsigned_to_column(whole);
        return QD_OK;
    case QD_FIELD_SCALED_FLOAT: return read_scaled(mapper, value, number, error);
    default: return qd_number_parse(type, value, mapper->field.coerce, number, error);
    }
}

static void add_value(struct qd_parse_context *context, struct qd_field_mapper *mapper, int64_t number)
{
    const struct qd_field *field = &mapper->field;
    if (field->indexed || field->column != QD_COLUMN_NONE) qd_add_number(context, mapper, number);
    if (field->stored) {
        qd_add_stored(context, mapper,
                      qd_number_text(field->type, field->scaling_factor, number, context->arena));
    }
    if (field->column == QD_COLUMN_NONE && (field->indexed || field->stored))
        qd_add_field_name(context, mapper);
}

static enum qd_status parse_number(struct qd_parse_context *context, struct qd_field_mapper *mapper,
                                   const struct qd_json *value, struct qd_error *error)
{
    int64_t number = 0;
    bool empty = qd_json_is_string(value) && mapper->field.coerce && qd_json_text(value).size == 0;
    if (qd_json_is_null(value) || empty) {
        if (mapper->has_null_number) add_value(context, mapper, mapper->null_number);
        return QD_OK;
    }
    enum qd_status status = read_number(context, mapper, value, &number, error);
    if (status == QD_OK) {
        add_value(context, mapper, number);
        return QD_OK;
    }
    bool skips = mapper->kind->type != QD_FIELD_SCALED_FLOAT || !qd_json_is_object(value);
    if (!mapper->field.ignore_malformed || !skips) return status;
    qd_add_ignored(context, mapper);
    return QD_OK;
}

/* ---- configuring ---- */

static void configure_common(struct qd_mapping_build *build, struct qd_field_mapper *mapper)
{
    (void)build;
    struct qd_field *field = &mapper->field;
    *field = (struct qd_field){ 0 };
    field->name = mapper->base.path;
    field->type = mapper->kind->type;
    field->type_name = mapper->kind->name;
    field->indexed = qd_field_value(mapper, "index")->boolean;
    field->stored = qd_field_value(mapper, "store")->boolean;
    field->column = qd_field_value(mapper, "doc_values")->boolean ? QD_COLUMN_NUMERIC : QD_COLUMN_NONE;
    field->point_bytes = field->indexed ? 8 : 0;
    field->ignore_above = INT64_MAX;
    field->similarity = (struct qd_similarity){ QD_SIMILARITY_BM25, 1.2F, 0.75F, true };
    field->meta = qd_field_value(mapper, "meta")->node;
    const struct qd_parameter_value *null_value = qd_field_value(mapper, "null_value");
    field->null_value = null_value->null ? NULL : null_value->node;
    mapper->has_null_number = !null_value->null;
    mapper->null_number = null_value->integer;
}

static enum qd_status configure_number(struct qd_mapping_build *build, struct qd_field_mapper *mapper,
                                       struct qd_error *error)
{
    (void)error;
    configure_common(build, mapper);
    mapper->field.coerce = qd_field_value(mapper, "coerce")->boolean;
    mapper->field.ignore_malformed = qd_field_value(mapper, "ignore_malformed")->boolean;
    return QD_OK;
}

static enum qd_status configure_scaled(struct qd_mapping_build *build, struct qd_field_mapper *mapper,
                                       struct qd_error *error)
{
    QD_TRY(configure_number(build, mapper, error));
    const struct qd_parameter_value *factor = qd_field_value(mapper, "scaling_factor");
    if (!factor->given) return qd_error_set(error, QD_ILLEGAL_ARGUMENT, "Field [scaling_factor] is required");
    if (!(factor->number > 0)) {
        return qd_error_set(error, QD_ILLEGAL_ARGUMENT,
                            "[scaling_factor] must be a positive number, got [%.*s]",
                            QD_SLICE_ARG(factor->text));
    }
    mapper->field.scaling_factor = factor->number;
    if (mapper->has_null_number) {
        mapper->null_number = qd_scaled_round(qd_field_value(mapper, "null_value")->number, factor->number);
    }
    return QD_OK;
}

static enum qd_status configure_token_count(struct qd_mapping_build *build, struct qd_field_mapper *mapper,
                                            struct qd_error *error)
{
    configure_common(build, mapper);
    const struct qd_parameter_value *analyzer = qd_field_value(mapper, "analyzer");
    if (!analyzer->given) {
        return qd_error_set(error, QD_MAPPER_PARSING, "Analyzer must be set for field [%.*s] but wasn't.",
                            QD_SLICE_ARG(mapper->base.name));
    }
    mapper->field.type_name = "integer"; /* what errors and field_caps call it */
    mapper->field.analyzer = analyzer->analyzer;
    mapper->count_increments = qd_field_value(mapper, "enable_position_increments")->boolean;
    return QD_OK;
}

/* ---- token_count ---- */

static enum qd_status parse_token_count(struct qd_parse_context *context, struct qd_field_mapper *mapper,
                                        const struct qd_json *value, struct qd_error *error)
{
    if (qd_json_is_null(value)) {
        if (mapper->has_null_number) add_value(context, mapper, mapper->null_number);
        return QD_OK;
    }
    struct qd_slice text = { 0 };
    struct qd_token_list tokens = { 0 };
    QD_TRY(qd_value_text(context, value, &text, error));
    QD_TRY(qd_analyzer_run(mapper->field.analyzer, context->arena, text, &tokens, error));
    int64_t count = 0;
    for (size_t i = 0; i < tokens.count; i++) {
        int64_t increment = tokens.data[i].position_increment;
        count += mapper->count_increments || increment == 0 ? increment : 1;
    }
    if (mapper->count_increments) count += tokens.final_position_increment;
    add_value(context, mapper, count);
    return QD_OK;
}

/* ---- rows ---- */

static const struct qd_parameter number_parameters[] = {
    { .name = "index", .kind = QD_PARAMETER_BOOLEAN, .default_integer = 1 },
    { .name = "doc_values", .kind = QD_PARAMETER_BOOLEAN, .default_integer = 1 },
    { .name = "store", .kind = QD_PARAMETER_BOOLEAN },
    { .name = "skip_list", .kind = QD_PARAMETER_BOOLEAN },
    { .name = "ignore_malformed", .kind = QD_PARAMETER_EXPLICIT_BOOLEAN, .updatable = true },
    { .name = "coerce", .kind = QD_PARAMETER_EXPLICIT_BOOLEAN, .updatable = true },
    { .name = "null_value", .kind = QD_PARAMETER_NUMBER, .accepts_null = true },
    { .name = "meta", .kind = QD_PARAMETER_META, .updatable = true },
};

static const struct qd_parameter scaled_parameters[] = {
    { .name = "index", .kind = QD_PARAMETER_BOOLEAN, .default_integer = 1 },
    { .name = "doc_values", .kind = QD_PARAMETER_BOOLEAN, .default_integer = 1 },
    { .name = "store", .kind = QD_PARAMETER_BOOLEAN },
    { .name = "ignore_malformed", .kind = QD_PARAMETER_EXPLICIT_BOOLEAN, .updatable = true },
    { .name = "meta", .kind = QD_PARAMETER_META, .updatable = true },
    { .name = "scaling_factor", .kind = QD_PARAMETER_DOUBLE, .required = true },
    { .name = "coerce", .kind = QD_PARAMETER_EXPLICIT_BOOLEAN, .updatable = true },
    { .name = "null_value", .kind = QD_PARAMETER_NUMBER, .accepts_null = true },
    { .name = "skip_list", .kind = QD_PARAMETER_BOOLEAN },
};

static const struct qd_parameter count_parameters[] = {
    { .name = "index", .kind = QD_PARAMETER_BOOLEAN, .default_integer = 1 },
    { .name = "doc_values", .kind = QD_PARAMETER_BOOLEAN, .default_integer = 1 },
    { .name = "store", .kind = QD_PARAMETER_BOOLEAN },
    { .name = "analyzer", .kind = QD_PARAMETER_ANALYZER, .updatable = true, .required = true },
    { .name = "null_value", .kind = QD_PARAMETER_NUMBER },
    { .name = "enable_position_increments", .kind = QD_PARAMETER_BOOLEAN, .default_integer = 1 },
    { .name = "meta", .kind = QD_PARAMETER_META, .updatable = true },
    { .name = "skip_list", .kind = QD_PARAMETER_BOOLEAN },
};

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))
#define NUMBER_KIND(type, name)                                                                              \
    { type, name, number_parameters, COUNT(number_parameters), configure_number, parse_number, false }

const struct qd_field_kind qd_kind_byte = NUMBER_KIND(QD_FIELD_BYTE, "byte");
const struct qd_field_kind qd_kind_short = NUMBER_KIND(QD_FIELD_SHORT, "short");
const struct qd_field_kind qd_kind_integer = NUMBER_KIND(QD_FIELD_INTEGER, "integer");
const struct qd_field_kind qd_kind_long = NUMBER_KIND(QD_FIELD_LONG, "long");
const struct qd_field_kind qd_kind_unsigned_long = NUMBER_KIND(QD_FIELD_UNSIGNED_LONG, "unsigned_long");
const struct qd_field_kind qd_kind_half_float = NUMBER_KIND(QD_FIELD_HALF_FLOAT, "half_float");
const struct qd_field_kind qd_kind_float = NUMBER_KIND(QD_FIELD_FLOAT, "float");
const struct qd_field_kind qd_kind_double = NUMBER_KIND(QD_FIELD_DOUBLE, "double");
const struct qd_field_kind qd_kind_scaled_float = {
    QD_FIELD_SCALED_FLOAT, "scaled_float", scaled_parameters, COUNT(scaled_parameters), configure_scaled,
    parse_number,          false
};
const struct qd_field_kind qd_kind_token_count = {
    QD_FIELD_TOKEN_COUNT, "token_count", count_parameters, COUNT(count_parameters), configure_token_count,
    parse_token_count,    false
};
