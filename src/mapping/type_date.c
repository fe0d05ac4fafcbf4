#include <string.h>

#include "mapping/accumulate.h"
#include "mapping/type_number.h"

#define FORMAT_DEFAULT       "strict_date_optional_time||epoch_millis"
#define PRINT_FORMAT_DEFAULT "strict_date_optional_time"

static const struct qd_parameter parameters[] = {
    { .name = "index", .kind = QD_PARAMETER_BOOLEAN, .default_integer = 1 },
    { .name = "doc_values", .kind = QD_PARAMETER_BOOLEAN, .default_integer = 1 },
    { .name = "store", .kind = QD_PARAMETER_BOOLEAN },
    { .name = "skip_list", .kind = QD_PARAMETER_BOOLEAN },
    { .name = "format", .kind = QD_PARAMETER_STRING, .default_text = FORMAT_DEFAULT },
    { .name = "print_format", .kind = QD_PARAMETER_STRING, .default_text = PRINT_FORMAT_DEFAULT },
    { .name = "locale", .kind = QD_PARAMETER_STRING, .default_text = "" },
    { .name = "null_value", .kind = QD_PARAMETER_STRING, .accepts_null = true },
    { .name = "ignore_malformed", .kind = QD_PARAMETER_EXPLICIT_BOOLEAN, .updatable = true },
    { .name = "boost", .kind = QD_PARAMETER_FLOAT, .updatable = true, .default_integer = 1 },
    { .name = "meta", .kind = QD_PARAMETER_META, .updatable = true },
};

static enum qd_status compile(struct qd_mapping_build *build, struct qd_field_mapper *mapper,
                              struct qd_slice pattern, const struct qd_date_format **format,
                              struct qd_error *error)
{
    struct qd_slice locale = qd_field_value(mapper, "locale")->text;
    if (locale.size == 0) locale.data = NULL;
    enum qd_status status = QD_OK;
    if (pattern.size == 0) {
        status = qd_error_set(error, QD_ILLEGAL_ARGUMENT, "No date pattern provided");
    } else {
        status = qd_date_format_compile(build->arena, pattern, locale, format, error);
    }
    if (status == QD_OK || error == NULL || error->arena == NULL) return status;
    struct qd_slice reason = error->reason;
    return qd_error_wrap(error, QD_ILLEGAL_ARGUMENT, "Error parsing [format] on field [%.*s]: %.*s",
                         QD_SLICE_ARG(mapper->base.name), QD_SLICE_ARG(reason));
}

/* The unit that the column counts in: milliseconds, or nanoseconds for date_nanos. */
static enum qd_status parse_text(const struct qd_field *field, struct qd_slice text, int64_t *number,
                                 struct qd_error *error)
{
    if (text.size == 0) return qd_error_set(error, QD_ILLEGAL_ARGUMENT, "cannot parse empty date");
    if (field->type == QD_FIELD_DATE) return qd_date_parse_millis(field->format, text, number, error);
    return qd_date_parse_nanos(field->format, text, number, error);
}

static enum qd_status configure(struct qd_mapping_build *build, struct qd_field_mapper *mapper,
                                struct qd_error *error)
{
    struct qd_field *field = &mapper->field;
    *field = (struct qd_field){ 0 };
    field->name = mapper->base.path;
    field->type = mapper->kind->type;
    field->type_name = mapper->kind->name;
    field->indexed = qd_field_value(mapper, "index")->boolean;
    field->stored = qd_field_value(mapper, "store")->boolean;
    field->column = qd_field_value(mapper, "doc_values")->boolean ? QD_COLUMN_NUMERIC : QD_COLUMN_NONE;
    field->point_bytes = field->indexed ? 8 : 0;
    field->ignore_malformed = qd_field_value(mapper, "ignore_malformed")->boolean;
    field->ignore_above = INT64_MAX;
    field->similarity = (struct qd_similarity){ QD_SIMILARITY_BM25, 1.2F, 0.75F, true };
    field->boost = (float)qd_field_value(mapper, "boost")->number;
    field->meta = qd_field_value(mapper, "meta")->node;
    field->format_pattern = qd_field_value(mapper, "format")->text;
    QD_TRY(compile(build, mapper, field->format_pattern, &field->format, error));
    struct qd_slice print = qd_field_value(mapper, "print_format")->text;
    if (qd_slice_is(print, PRINT_FORMAT_DEFAULT)) {
        field->print_format = field->format;
    } else {
        QD_TRY(compile(build, mapper, print, &field->print_format, error));
    }
    const struct qd_parameter_value *null_value = qd_field_value(mapper, "null_value");
    mapper->has_null_number = false;
    if (null_value->null) return QD_OK;
    field->null_value = null_value->node;
    /* A null_value that is no date is kept and printed but never used. */
    mapper->has_null_number = parse_text(field, null_value->text, &mapper->null_number, NULL) == QD_OK;
    return QD_OK;
}

static void add_value(struct qd_parse_context *context, struct qd_field_mapper *mapper, int64_t number)
{
    const struct qd_field *field = &mapper->field;
    if (field->indexed || field->column != QD_COLUMN_NONE) qd_add_number(context, mapper, number);
    if (field->stored) {
        struct qd_buffer text = { 0 };
        if (field->type == QD_FIELD_DATE)
            qd_date_print_millis(field->print_format, number, NULL, &text);
        else
            qd_date_print_nanos(field->print_format, number, NULL, &text);
        qd_add_stored(context, mapper, qd_json_quote(context->arena, qd_buffer_view(&text)));
        qd_buffer_deinit(&text);
    }
    if (field->column == QD_COLUMN_NONE && (field->indexed || field->stored))
        qd_add_field_name(context, mapper);
}

static enum qd_status parse(struct qd_parse_context *context, struct qd_field_mapper *mapper,
                            const struct qd_json *value, struct qd_error *error)
{
    int64_t number = 0;
    if (qd_json_is_null(value)) {
        if (mapper->has_null_number) add_value(context, mapper, mapper->null_number);
        return QD_OK;
    }
    struct qd_slice text = { 0 };
    enum qd_status status = qd_value_text(context, value, &text, error);
    if (status == QD_OK) status = parse_text(&mapper->field, text, &number, error);
    if (status == QD_OK) {
        add_value(context, mapper, number);
        return QD_OK;
    }
    if (!mapper->field.ignore_malformed) return status;
    qd_add_ignored(context, mapper);
    return QD_OK;
}

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))
const struct qd_field_kind qd_kind_date = { QD_FIELD_DATE, "date", parameters, COUNT(parameters),
                                            configure,     parse,  false };
const struct qd_field_kind qd_kind_date_nanos = {
    QD_FIELD_DATE_NANOS, "date_nanos", parameters, COUNT(parameters), configure, parse, false
};
