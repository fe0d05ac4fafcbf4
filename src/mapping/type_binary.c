#include "base/text.h"
#include "mapping/accumulate.h"

static const struct qd_parameter parameters[] = {
    { .name = "meta", .kind = QD_PARAMETER_META, .updatable = true },
    { .name = "store", .kind = QD_PARAMETER_BOOLEAN },
    { .name = "doc_values", .kind = QD_PARAMETER_BOOLEAN },
};

static enum qd_status configure(struct qd_mapping_build *build, struct qd_field_mapper *mapper,
                                struct qd_error *error)
{
    (void)build;
    (void)error;
    struct qd_field *field = &mapper->field;
    *field = (struct qd_field){ 0 };
    field->name = mapper->base.path;
    field->type = QD_FIELD_BINARY;
    field->type_name = "binary";
    field->stored = qd_field_value(mapper, "store")->boolean;
    field->column = qd_field_value(mapper, "doc_values")->boolean ? QD_COLUMN_BINARY : QD_COLUMN_NONE;
    field->ignore_above = INT64_MAX;
    field->similarity = (struct qd_similarity){ QD_SIMILARITY_BM25, 1.2F, 0.75F, true };
    field->meta = qd_field_value(mapper, "meta")->node;
    return QD_OK;
}

/* What Jackson says of a bad character or a missing padding. */
static enum qd_status bad_base64(struct qd_parse_context *context, const struct qd_json *value,
                                 struct qd_error *error)
{
    struct qd_slice text = qd_json_text(value);
    for (size_t i = 0; i < text.size; i++) {
        unsigned char byte = (unsigned char)text.data[i];
        bool fine = (byte >= 'a' && byte <= 'z') || (byte >= 'A' && byte <= 'Z') ||
                    (byte >= '0' && byte <= '9') || byte == '+' || byte == '/' || byte == '=';
        if (fine) continue;
        struct qd_slice reason = qd_arena_format(
            context->arena, "Illegal character '%c' (code 0x%x) in base64 content", byte, (unsigned)byte);
        return qd_stream_error(context, value, reason, error);
    }
    return qd_stream_error(
        context, value,
        QD_SLICE("Unexpected end of base64-encoded String: base64 variant 'MIME-NO-LINEFEEDS' "
                 "expects padding (one or more '=' characters) at the end. This Base64Variant "
                 "might have been incorrectly configured"),
        error);
}

static enum qd_status parse(struct qd_parse_context *context, struct qd_field_mapper *mapper,
                            const struct qd_json *value, struct qd_error *error)
{
    const struct qd_field *field = &mapper->field;
    if (qd_json_is_object(value) && !field->stored && field->column == QD_COLUMN_NONE) {
        /* The reference does not skip the object and stumbles over its end. */
        context->plain_error = true;
        (void)qd_error_set(error, QD_ILLEGAL_ARGUMENT,
                           "Malformed content, found extra data after parsing: END_OBJECT");
        return qd_error_wrap(error, QD_MAPPER_PARSING, "failed to parse");
    }
    /* Without doc values and store nothing looks at the value. */
    if (!field->stored && field->column == QD_COLUMN_NONE) return QD_OK;
    if (qd_json_is_null(value)) return QD_OK;
    if (!qd_json_is_string(value)) {
        struct qd_slice reason = qd_arena_format(
            context->arena,
            "Current token (%s) not VALUE_STRING or VALUE_EMBEDDED_OBJECT, cannot access as binary",
            qd_token_name(value));
        return qd_stream_error(context, value, reason, error);
    }
    struct qd_slice text = qd_json_text(value);
    struct qd_slice bytes = { 0 };
    if (text.size % 4 != 0 || !qd_base64_decode(context->arena, text, &bytes)) {
        return bad_base64(context, value, error);
    }
    if (field->column != QD_COLUMN_NONE) qd_add_term(context, mapper, bytes);
    if (field->stored) {
        qd_add_stored(context, mapper,
                      qd_json_quote(context->arena, qd_base64_encode(context->arena, bytes)));
        if (field->column == QD_COLUMN_NONE) qd_add_field_name(context, mapper);
    }
    return QD_OK;
}

const struct qd_field_kind qd_kind_binary = {
    QD_FIELD_BINARY, "binary", parameters, sizeof(parameters) / sizeof(parameters[0]), configure, parse, false
};
