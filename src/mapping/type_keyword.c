#include "base/text.h"
#include "mapping/accumulate.h"
#include "mapping/type_text.h"

static const char *const index_options[] = { "docs", "freqs", NULL };

static const struct qd_parameter parameters[] = {
    { .name = "index", .kind = QD_PARAMETER_BOOLEAN, .default_integer = 1 },
    { .name = "doc_values", .kind = QD_PARAMETER_BOOLEAN, .default_integer = 1 },
    { .name = "store", .kind = QD_PARAMETER_BOOLEAN },
    { .name = "null_value", .kind = QD_PARAMETER_STRING, .accepts_null = true },
    { .name = "eager_global_ordinals", .kind = QD_PARAMETER_BOOLEAN, .updatable = true },
    { .name = "ignore_above", .kind = QD_PARAMETER_INTEGER, .updatable = true, .default_integer = INT32_MAX },
    { .name = "index_options", .kind = QD_PARAMETER_CHOICE, .choices = index_options },
    { .name = "norms", .kind = QD_PARAMETER_BOOLEAN },
    { .name = "similarity", .kind = QD_PARAMETER_SIMILARITY },
    { .name = "use_similarity", .kind = QD_PARAMETER_BOOLEAN, .updatable = true },
    { .name = "normalizer", .kind = QD_PARAMETER_NORMALIZER },
    { .name = "split_queries_on_whitespace", .kind = QD_PARAMETER_BOOLEAN, .updatable = true },
    { .name = "boost", .kind = QD_PARAMETER_FLOAT, .updatable = true, .default_integer = 1 },
    { .name = "meta", .kind = QD_PARAMETER_META, .updatable = true },
};

static enum qd_status configure(struct qd_mapping_build *build, struct qd_field_mapper *mapper,
                                struct qd_error *error)
{
    (void)error;
    struct qd_field *field = &mapper->field;
    *field = (struct qd_field){ 0 };
    field->name = mapper->base.path;
    field->type = QD_FIELD_KEYWORD;
    field->type_name = "keyword";
    field->indexed = qd_field_value(mapper, "index")->boolean;
    field->stored = qd_field_value(mapper, "store")->boolean;
    field->column = qd_field_value(mapper, "doc_values")->boolean ? QD_COLUMN_ORDINALS : QD_COLUMN_NONE;
    if (field->indexed) {
        bool freqs = qd_slice_is(qd_field_value(mapper, "index_options")->text, "freqs");
        field->index_options = freqs ? QD_INDEX_FREQS : QD_INDEX_DOCS;
        field->has_norms = qd_field_value(mapper, "norms")->boolean;
    }
    field->normalizer = qd_field_value(mapper, "normalizer")->analyzer;
    field->split_queries_on_whitespace = qd_field_value(mapper, "split_queries_on_whitespace")->boolean;
    int64_t above = qd_field_value(mapper, "ignore_above")->integer;
    field->ignore_above = above == INT32_MAX ? INT64_MAX : above;
    const struct qd_parameter_value *null_value = qd_field_value(mapper, "null_value");
    field->null_value = null_value->null ? NULL : null_value->node;
    mapper->null_text = null_value->null ? qd_slice_make(NULL, 0) : null_value->text;
    field->similarity = qd_similarity_named(build, qd_field_value(mapper, "similarity"));
    field->eager_global_ordinals = qd_field_value(mapper, "eager_global_ordinals")->boolean;
    field->boost = (float)qd_field_value(mapper, "boost")->number;
    field->meta = qd_field_value(mapper, "meta")->node;
    return QD_OK;
}

/* Lucene's refusal of a term that does not fit into a posting or a doc value. */
static enum qd_status too_long(struct qd_parse_context *context, const struct qd_field *field,
                               struct qd_slice text, struct qd_error *error)
{
    context->plain_error = true;
    if (!field->indexed) {
        return qd_error_set(error, QD_ILLEGAL_ARGUMENT, "DocValuesField \"%.*s\" is too large, must be <= %d",
                            QD_SLICE_ARG(field->name), QD_TERM_SIZE_MAX);
    }
    struct qd_buffer prefix = { 0 };
    for (size_t i = 0; i < 30; i++) {
        qd_buffer_format(&prefix, i == 0 ? "%d" : ", %d", (int)(signed char)text.data[i]);
    }
    struct qd_slice bytes = qd_arena_copy(context->arena, qd_buffer_view(&prefix));
    qd_buffer_deinit(&prefix);
    (void)qd_error_set(error, QD_ILLEGAL_ARGUMENT, "bytes can be at most %d in length; got %zu",
                       QD_TERM_SIZE_MAX, text.size);
    if (error != NULL) error->type_override = "max_bytes_length_exceeded_exception";
    return qd_error_wrap(
        error, QD_ILLEGAL_ARGUMENT,
        "Document contains at least one immense term in field=\"%.*s\" (whose UTF8 encoding is "
        "longer than the max length %d), all of which were skipped.  Please correct the analyzer to "
        "not produce such terms.  The prefix of the first immense term is: '[%.*s]...', original "
        "message: bytes can be at most %d in length; got %zu",
        QD_SLICE_ARG(field->name), QD_TERM_SIZE_MAX, QD_SLICE_ARG(bytes), QD_TERM_SIZE_MAX, text.size);
}

static enum qd_status normalize(struct qd_parse_context *context, const struct qd_field *field,
                                struct qd_slice *text, struct qd_error *error)
{
    struct qd_token_list tokens = { 0 };
    QD_TRY(qd_analyzer_run(field->normalizer, context->arena, *text, &tokens, error));
    if (tokens.count != 1) {
        return qd_error_set(
            error, QD_ILLEGAL_STATE,
            "The normalization token stream is expected to produce exactly 1 token, but got %zu for "
            "analyzer %.*s and input \"%.*s\"",
            tokens.count, QD_SLICE_ARG(qd_analyzer_name(field->normalizer)), QD_SLICE_ARG(*text));
    }
    *text = tokens.data[0].term;
    return QD_OK;
}

static enum qd_status parse(struct qd_parse_context *context, struct qd_field_mapper *mapper,
                            const struct qd_json *value, struct qd_error *error)
{
    const struct qd_field *field = &mapper->field;
    struct qd_slice text = mapper->null_text;
    if (!qd_json_is_null(value)) QD_TRY(qd_value_text(context, value, &text, error));
    if (text.data == NULL) return QD_OK;
    /* A text has at most as many UTF-16 units as bytes. */
    if ((int64_t)text.size > field->ignore_above && (int64_t)qd_utf16_length(text) > field->ignore_above) {
        return QD_OK;
    }
    if (field->normalizer != NULL) QD_TRY(normalize(context, field, &text, error));
    if (field->indexed || field->column != QD_COLUMN_NONE) {
        if (text.size > QD_TERM_SIZE_MAX) return too_long(context, field, text, error);
        qd_add_term(context, mapper, text);
    }
    if (field->stored) qd_add_stored(context, mapper, qd_json_quote(context->arena, text));
    if (field->column == QD_COLUMN_NONE && !field->has_norms && (field->indexed || field->stored)) {
        qd_add_field_name(context, mapper);
    }
    return QD_OK;
}

const struct qd_field_kind qd_kind_keyword = {
    QD_FIELD_KEYWORD, "keyword", parameters, sizeof(parameters) / sizeof(parameters[0]),
    configure,        parse,     false
};
