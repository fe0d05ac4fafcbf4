#include "mapping/type_metadata.h"

#include "mapping/accumulate.h"

/* ---- what a mapping configures ---- */

static enum qd_status configure_nothing(struct qd_mapping_build *build, struct qd_field_mapper *mapper,
                                        struct qd_error *error)
{
    (void)build;
    (void)mapper;
    (void)error;
    return QD_OK;
}

static enum qd_status parse_metadata(struct qd_parse_context *context, struct qd_field_mapper *mapper,
                                     const struct qd_json *value, struct qd_error *error)
{
    (void)context;
    (void)value;
    return qd_error_set(
        error, QD_MAPPER_PARSING,
        "Field [%.*s] is a metadata field and cannot be added inside a document. Use the index API "
        "request parameters.",
        QD_SLICE_ARG(mapper->base.path));
}

static const struct qd_parameter source_parameters[] = {
    { .name = "enabled", .kind = QD_PARAMETER_BOOLEAN, .default_integer = 1 },
    { .name = "includes", .kind = QD_PARAMETER_STRING_LIST },
    { .name = "excludes", .kind = QD_PARAMETER_STRING_LIST },
    { .name = "recovery_source_enabled", .kind = QD_PARAMETER_BOOLEAN, .default_integer = 1 },
    { .name = "recovery_source_includes", .kind = QD_PARAMETER_STRING_LIST },
    { .name = "recovery_source_excludes", .kind = QD_PARAMETER_STRING_LIST },
};
static const struct qd_parameter routing_parameters[] = {
    { .name = "required", .kind = QD_PARAMETER_BOOLEAN },
};
static const struct qd_parameter field_names_parameters[] = {
    { .name = "enabled", .kind = QD_PARAMETER_EXPLICIT_BOOLEAN, .updatable = true },
};
static const struct qd_parameter timestamp_parameters[] = {
    { .name = "enabled", .kind = QD_PARAMETER_BOOLEAN },
};

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

const struct qd_field_kind qd_metadata_kinds[QD_META_COUNT] = {
    [QD_META_DATA_STREAM_TIMESTAMP] = { QD_FIELD_DATA_STREAM_TIMESTAMP, "_data_stream_timestamp",
                                        timestamp_parameters, COUNT(timestamp_parameters), configure_nothing,
                                        parse_metadata, true },
    [QD_META_FIELD_NAMES] = { QD_FIELD_FIELD_NAMES, "_field_names", field_names_parameters,
                              COUNT(field_names_parameters), configure_nothing, parse_metadata, true },
    [QD_META_ROUTING] = { QD_FIELD_ROUTING, "_routing", routing_parameters, COUNT(routing_parameters),
                          configure_nothing, parse_metadata, true },
    [QD_META_SOURCE] = { QD_FIELD_SOURCE, "_source", source_parameters, COUNT(source_parameters),
                         configure_nothing, parse_metadata, true },
};

/* ---- what documents and queries meet ---- */

#define META_KIND(type, name, parse) { type, name, NULL, 0, configure_nothing, parse, true }

static const struct qd_field_kind field_kinds[] = {
    META_KIND(QD_FIELD_ID, "_id", parse_metadata),
    META_KIND(QD_FIELD_INDEX, "_index", parse_metadata),
    META_KIND(QD_FIELD_ROUTING, "_routing", parse_metadata),
    META_KIND(QD_FIELD_SOURCE, "_source", parse_metadata),
    META_KIND(QD_FIELD_IGNORED, "_ignored", parse_metadata),
    META_KIND(QD_FIELD_FIELD_NAMES, "_field_names", parse_metadata),
    META_KIND(QD_FIELD_SEQ_NO, "_seq_no", parse_metadata),
    META_KIND(QD_FIELD_VERSION, "_version", parse_metadata),
    META_KIND(QD_FIELD_DOC_COUNT, "_doc_count", qd_doc_count_parse),
    META_KIND(QD_FIELD_NESTED_PATH, "_nested_path", parse_metadata),
    META_KIND(QD_FIELD_DATA_STREAM_TIMESTAMP, "_data_stream_timestamp", parse_metadata),
};

const size_t qd_metadata_field_count = COUNT(field_kinds);

struct qd_field_mapper *qd_metadata_field_make(struct qd_mapping_build *build, size_t i)
{
    const struct qd_field_kind *kind = &field_kinds[i];
    struct qd_field_mapper *mapper = QD_NEW(build->arena, struct qd_field_mapper);
    mapper->base.kind = QD_MAPPER_FIELD;
    mapper->base.name = qd_slice_from_string(kind->name);
    mapper->base.path = mapper->base.name;
    mapper->kind = kind;
    qd_map_init(&mapper->multi_fields, build->arena);
    struct qd_field *field = &mapper->field;
    field->name = mapper->base.path;
    field->type = kind->type;
    field->type_name = kind->name;
    field->is_metadata = true;
    field->ignore_above = INT64_MAX;
    field->similarity = (struct qd_similarity){ QD_SIMILARITY_BM25, 1.2F, 0.75F, true };
    bool inverted = kind->type == QD_FIELD_ROUTING || kind->type == QD_FIELD_IGNORED ||
                    kind->type == QD_FIELD_FIELD_NAMES || kind->type == QD_FIELD_NESTED_PATH;
    if (inverted) field->index_options = QD_INDEX_DOCS;
    field->indexed = inverted || kind->type == QD_FIELD_ID || kind->type == QD_FIELD_INDEX ||
                     kind->type == QD_FIELD_SEQ_NO;
    bool number =
        kind->type == QD_FIELD_SEQ_NO || kind->type == QD_FIELD_VERSION || kind->type == QD_FIELD_DOC_COUNT;
    if (number) field->column = QD_COLUMN_NUMERIC;
    if (kind->type == QD_FIELD_SEQ_NO) field->point_bytes = 8;
    return mapper;
}
