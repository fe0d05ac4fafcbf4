#include "mapping/mapping.h"

#include "base/java_order.h"
#include "base/wildcard.h"
#include "mapping/mapper.h"

/* ---- merging ---- */

/* Prints `mapping` and reads it back into the build's arena, so that the new mapping owns all that it points
 * to. */
static enum qd_status copy_mapping(struct qd_mapping_build *build, const struct qd_mapping *old,
                                   struct qd_mapping *copy, struct qd_error *error)
{
    struct qd_buffer text = { 0 };
    struct qd_json_writer writer = { .out = &text };
    struct qd_json_document document = { 0 };
    qd_mapping_write(old, &writer);
    enum qd_status status = qd_json_parse(build->arena, qd_buffer_view(&text), &document, error);
    qd_buffer_deinit(&text);
    QD_TRY(status);
    return qd_mapping_parse(build, document.root, copy, error);
}

/* The same for the update, whose nodes may die before the mapping does. */
static enum qd_status copy_source(struct qd_arena *arena, const struct qd_json *source,
                                  const struct qd_json **copy, struct qd_error *error)
{
    struct qd_buffer text = { 0 };
    struct qd_json_writer writer = { .out = &text };
    struct qd_json_document document = { 0 };
    qd_json_node(&writer, source);
    enum qd_status status = qd_json_parse(arena, qd_buffer_view(&text), &document, error);
    qd_buffer_deinit(&text);
    *copy = document.root;
    return status;
}

/* {"_doc": ...} with nothing beside it is the old way to write a mapping. */
static enum qd_status check_untyped(const struct qd_json *source, bool creation, struct qd_error *error)
{
    if (qd_json_size(source) != 1 || qd_json_get(source, "_doc") == NULL) return QD_OK;
    return qd_error_set(error, QD_ILLEGAL_ARGUMENT, "%s",
                        creation ? "The mapping definition cannot be nested under a type"
                                 : "Types cannot be provided in put mapping requests");
}

/* Index creation puts one more sentence around errors of parsing. */
static enum qd_status wrap_creation(enum qd_status status, struct qd_error *error)
{
    if (status == QD_OK || error == NULL || error->arena == NULL) return status;
    struct qd_slice reason = error->reason;
    return qd_error_wrap(error, QD_MAPPER_PARSING, "Failed to parse mapping [_doc]: %.*s",
                         QD_SLICE_ARG(reason));
}

enum qd_status qd_mapping_merge(struct qd_arena *arena, const struct qd_mapping_update *update,
                                const struct qd_json *source, struct qd_mapping **mapping,
                                struct qd_error *error)
{
    struct qd_mapping_build build = { .arena = arena,
                                      .registry = update->registry,
                                      .limits = &update->limits,
                                      .similarity_settings = update->similarity_settings };
    if (update->similarity_settings != NULL) {
        QD_TRY(copy_source(arena, update->similarity_settings, &build.similarity_settings, error));
    }
    struct qd_mapping *merged = qd_mapping_new(&build);
    if (update->old != NULL) QD_TRY(copy_mapping(&build, update->old, merged, error));
    if (source != NULL && !qd_json_is_null(source)) {
        const struct qd_json *copy = NULL;
        QD_TRY(check_untyped(source, update->old == NULL, error));
        QD_TRY(copy_source(arena, source, &copy, error));
        build.depth = 0;
        if (update->old == NULL) {
            QD_TRY(wrap_creation(qd_mapping_parse(&build, copy, merged, error), error));
            QD_TRY(wrap_creation(qd_mapping_check_unique(&build, merged, error), error));
        } else {
            struct qd_mapping *change = qd_mapping_new(&build);
            QD_TRY(qd_mapping_parse(&build, copy, change, error));
            QD_TRY(qd_mapping_check_unique(&build, change, error));
            QD_TRY(qd_mapping_merge_trees(&build, merged, change, error));
            QD_TRY(qd_mapping_check_unique(&build, merged, error));
        }
    }
    /* An index made without a mapping is not asked about limits either. */
    bool empty = update->old == NULL && qd_json_size(source) == 0;
    QD_TRY(qd_mapping_finish(&build, merged, !update->accepted && !empty, error));
    *mapping = merged;
    return QD_OK;
}

bool qd_mapping_equal(const struct qd_mapping *left, const struct qd_mapping *right)
{
    struct qd_buffer left_text = { 0 };
    struct qd_buffer right_text = { 0 };
    struct qd_json_writer left_writer = { .out = &left_text };
    struct qd_json_writer right_writer = { .out = &right_text };
    qd_mapping_write(left, &left_writer);
    qd_mapping_write(right, &right_writer);
    bool equal = qd_slice_equal(qd_buffer_view(&left_text), qd_buffer_view(&right_text));
    qd_buffer_deinit(&left_text);
    qd_buffer_deinit(&right_text);
    return equal;
}

bool qd_mapping_write_field(const struct qd_mapping *mapping, struct qd_slice name, bool include_defaults,
                            struct qd_json_writer *writer)
{
    const struct qd_mapper *mapper = qd_map_get(&mapping->names, name);
    if (mapper == NULL) return false;
    const struct qd_field_mapper *field = (const struct qd_field_mapper *)mapper;
    bool is_field = mapper->kind == QD_MAPPER_FIELD;
    qd_json_begin_object(writer);
    qd_json_member_string(writer, "full_name", mapper->path);
    qd_json_member_object(writer, "mapping");
    if (!is_field) {
        qd_json_name_slice(writer, mapper->name);
        qd_json_begin_object(writer);
        qd_json_member_text(writer, "type", "alias");
        qd_json_member_string(writer, "path", ((const struct qd_alias_mapper *)mapper)->target);
        qd_json_end_object(writer);
    } else if (!field->kind->metadata) {
        qd_json_name_slice(writer, mapper->name);
        qd_json_begin_object(writer);
        qd_field_write(field, include_defaults, writer);
        qd_json_end_object(writer);
    }
    qd_json_end_object(writer);
    qd_json_end_object(writer);
    return true;
}

/* ---- looking up ---- */

bool qd_field_is_analyzed(const struct qd_field *field)
{
    return field->type == QD_FIELD_TEXT || field->type == QD_FIELD_MATCH_ONLY_TEXT ||
           field->type == QD_FIELD_PREFIX || field->type == QD_FIELD_PHRASE;
}

bool qd_field_has_words(const struct qd_field *field)
{
    return field->type == QD_FIELD_KEYWORD || qd_field_is_analyzed(field);
}

static const struct qd_field *resolve(const struct qd_mapping *mapping, const struct qd_mapper *mapper)
{
    if (mapper != NULL && mapper->kind == QD_MAPPER_ALIAS) {
        mapper = qd_map_get(&mapping->names, ((const struct qd_alias_mapper *)mapper)->target);
    }
    if (mapper == NULL || mapper->kind != QD_MAPPER_FIELD) return NULL;
    return &((const struct qd_field_mapper *)mapper)->field;
}

const struct qd_field *qd_mapping_field(const struct qd_mapping *mapping, struct qd_slice name)
{
    return resolve(mapping, qd_map_get(&mapping->names, name));
}

bool qd_mapping_is_object(const struct qd_mapping *mapping, struct qd_slice name)
{
    return qd_map_find(&mapping->objects, name) != NULL;
}

size_t qd_mapping_field_count(const struct qd_mapping *mapping) { return mapping->listed_count; }

const struct qd_field *qd_mapping_field_at(const struct qd_mapping *mapping, size_t i,
                                           struct qd_slice *alias_name)
{
    if (alias_name != NULL) *alias_name = mapping->listed[i]->path;
    return resolve(mapping, mapping->listed[i]);
}

size_t qd_mapping_match(const struct qd_mapping *mapping, struct qd_slice pattern, struct qd_arena *arena,
                        struct qd_slice **names)
{
    QD_VECTOR(struct qd_slice) found = { 0 };
    for (size_t i = 0; i < mapping->listed_count; i++) {
        if (!qd_simple_match(pattern, mapping->matched[i]->path)) continue;
        *QD_PUSH(arena, &found) = mapping->matched[i]->path;
    }
    const size_t *order = qd_java_map_order(arena, found.data, found.count, 16);
    *names = QD_NEW_ARRAY(arena, struct qd_slice, found.count + 1);
    for (size_t i = 0; i < found.count; i++) (*names)[i] = found.data[order[i]];
    return found.count;
}

bool qd_mapping_source_enabled(const struct qd_mapping *mapping)
{
    return qd_field_value(&mapping->metadata[QD_META_SOURCE], "enabled")->boolean;
}

bool qd_mapping_routing_required(const struct qd_mapping *mapping)
{
    return qd_field_value(&mapping->metadata[QD_META_ROUTING], "required")->boolean;
}
