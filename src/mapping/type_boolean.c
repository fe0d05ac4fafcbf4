#include "mapping/accumulate.h"

static const struct qd_parameter parameters[] = {
    { .name = "meta", .kind = QD_PARAMETER_META, .updatable = true },
    { .name = "boost", .kind = QD_PARAMETER_FLOAT, .updatable = true, .default_integer = 1 },
    { .name = "doc_values", .kind = QD_PARAMETER_BOOLEAN, .default_integer = 1 },
    { .name = "index", .kind = QD_PARAMETER_BOOLEAN, .default_integer = 1 },
    { .name = "null_value", .kind = QD_PARAMETER_NULL_BOOLEAN, .accepts_null = true },
    { .name = "store", .kind = QD_PARAMETER_BOOLEAN },
};

static enum qd_status configure(struct qd_mapping_build *build, struct qd_field_mapper *mapper,
                                struct qd_error *error)
{
    (void)build;
    (void)error;
    struct qd_field *field = &mapper->field;
    *field = (struct qd_field){ 0 };
    field->name = mapper->base.path;
    field->type = QD_FIELD_BOOLEAN;
    field->type_name = "boolean";
    field->indexed = qd_field_value(mapper, "index")->boolean;
    field->stored = qd_field_value(mapper, "store")->boolean;
    field->column = qd_field_value(mapper, "doc_values")->boolean ? QD_COLUMN_NUMERIC : QD_COLUMN_NONE;
    field->index_options = field->indexed ? QD_INDEX_DOCS : QD_INDEX_NONE;
    field->ignore_above = INT64_MAX;
    field->similarity = (struct qd_similarity){ QD_SIMILARITY_BM25, 1.2F, 0.75F, true };
    field->boost = (float)qd_field_value(mapper, "boost")->number;
    field->meta = qd_field_value(mapper, "meta")->node;
    const struct qd_parameter_value *null_value = qd_field_value(mapper, "null_value");
    field->null_value = null_value->null ? NULL : null_value->node;
    mapper->has_null_number = !null_value->null;
    mapper->null_number = null_value->boolean;
    return QD_OK;
}

/* Terms are Lucene's: "T" and "F". */
static void add_value(struct qd_parse_context *context, struct qd_field_mapper *mapper, bool value)
{
    const struct qd_field *field = &mapper->field;
    if (field->indexed) qd_add_term(context, mapper, value ? QD_SLICE("T") : QD_SLICE("F"));
    if (field->column != QD_COLUMN_NONE) qd_add_number(context, mapper, value);
    if (field->stored) qd_add_stored(context, mapper, value ? QD_SLICE("true") : QD_SLICE("false"));
    if (field->column == QD_COLUMN_NONE && (field->indexed || field->stored))
        qd_add_field_name(context, mapper);
}

static enum qd_status parse(struct qd_parse_context *context, struct qd_field_mapper *mapper,
                            const struct qd_json *value, struct qd_error *error)
{
    if (qd_json_is_boolean(value)) {
        add_value(context, mapper, qd_json_boolean(value));
        return QD_OK;
    }
    if (qd_json_is_null(value)) {
        if (mapper->has_null_number) add_value(context, mapper, mapper->null_number != 0);
        return QD_OK;
    }
    if (!qd_json_is_string(value)) {
        struct qd_slice reason =
            qd_arena_format(context->arena, "Current token (%s) not of boolean type", qd_token_name(value));
        return qd_coercion_error(context, value, reason, error);
    }
    bool boolean = false;
    /* An empty text counts as false. */
    if (qd_json_text(value).size > 0) QD_TRY(qd_node_boolean(value, NULL, &boolean, error));
    add_value(context, mapper, boolean);
    return QD_OK;
}

const struct qd_field_kind qd_kind_boolean = {
    QD_FIELD_BOOLEAN, "boolean", parameters, sizeof(parameters) / sizeof(parameters[0]),
    configure,        parse,     false
};
