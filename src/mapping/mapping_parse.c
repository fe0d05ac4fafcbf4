#include "base/assert.h"
#include "base/text.h"
#include "mapping/java_values.h"
#include "mapping/mapper.h"

static const struct qd_field_kind *const kinds[] = {
    &qd_kind_byte,
    &qd_kind_short,
    &qd_kind_integer,
    &qd_kind_long,
    &qd_kind_unsigned_long,
    &qd_kind_half_float,
    &qd_kind_float,
    &qd_kind_double,
    &qd_kind_scaled_float,
    &qd_kind_token_count,
    &qd_kind_boolean,
    &qd_kind_binary,
    &qd_kind_ip,
    &qd_kind_date,
    &qd_kind_date_nanos,
    &qd_kind_text,
    &qd_kind_match_only_text,
    &qd_kind_keyword,
};

const struct qd_field_kind *qd_field_kind_named(struct qd_slice name)
{
    for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
        if (qd_slice_is(name, kinds[i]->name)) return kinds[i];
    }
    return NULL;
}

struct qd_slice qd_path_join(struct qd_arena *arena, struct qd_slice parent, struct qd_slice name)
{
    if (parent.size == 0) return qd_arena_copy(arena, name);
    char *data = qd_arena_alloc(arena, parent.size + 1 + name.size);
    memcpy(data, parent.data, parent.size);
    data[parent.size] = '.';
    memcpy(data + parent.size + 1, name.data, name.size);
    return qd_slice_make(data, parent.size + 1 + name.size);
}

struct qd_object_mapper *qd_object_make(struct qd_arena *arena, const struct qd_object_mapper *parent,
                                        struct qd_slice name)
{
    struct qd_object_mapper *object = QD_NEW(arena, struct qd_object_mapper);
    object->base.kind = QD_MAPPER_OBJECT;
    object->base.name = qd_arena_copy(arena, name);
    object->enabled = true;
    object->root = parent == NULL;
    if (parent != NULL) object->base.path = qd_path_join(arena, parent->base.path, name);
    qd_map_init(&object->children, arena);
    return object;
}

/* ---- fields ---- */

static void field_init(struct qd_mapping_build *build, struct qd_field_mapper *mapper,
                       const struct qd_field_kind *kind)
{
    mapper->base.kind = QD_MAPPER_FIELD;
    mapper->kind = kind;
    mapper->slot = UINT32_MAX;
    qd_assert(kind->parameter_count <= QD_PARAMETERS_MAX);
    qd_map_init(&mapper->multi_fields, build->arena);
    for (size_t i = 0; i < kind->parameter_count; i++) {
        qd_parameter_default(build, &kind->parameters[i], &mapper->values[i]);
    }
}

enum qd_status qd_field_make(struct qd_mapping_build *build, const struct qd_field_kind *kind,
                             struct qd_slice name, struct qd_slice path, struct qd_field_mapper **mapper,
                             const struct qd_json *node, struct qd_error *error)
{
    struct qd_field_mapper *made = QD_NEW(build->arena, struct qd_field_mapper);
    made->base.name = qd_arena_copy(build->arena, name);
    made->base.path = path;
    field_init(build, made, kind);
    QD_TRY(qd_field_parse(build, made, node, error));
    QD_TRY(kind->configure(build, made, error));
    *mapper = made;
    return QD_OK;
}

/* ---- objects ---- */

static enum qd_status properties_parse(struct qd_mapping_build *build, struct qd_object_mapper *object,
                                       const struct qd_json *node, struct qd_error *error);

static enum qd_status dynamic_parse(const struct qd_json *node, enum qd_dynamic *dynamic,
                                    struct qd_error *error)
{
    struct qd_slice text = qd_json_text(node);
    if (qd_equal_ignore_case(text, QD_SLICE("strict"))) {
        *dynamic = QD_DYNAMIC_STRICT;
    } else if (qd_equal_ignore_case(text, QD_SLICE("strict_allow_templates"))) {
        *dynamic = QD_DYNAMIC_STRICT_ALLOW_TEMPLATES;
    } else if (qd_equal_ignore_case(text, QD_SLICE("false_allow_templates"))) {
        *dynamic = QD_DYNAMIC_FALSE_ALLOW_TEMPLATES;
    } else {
        bool value = false;
        QD_TRY(qd_node_boolean(node, "dynamic.dynamic", &value, error));
        *dynamic = value ? QD_DYNAMIC_TRUE : QD_DYNAMIC_FALSE;
    }
    return QD_OK;
}

/* What objects and the root share. *known: the member was one of theirs. */
static enum qd_status object_member(struct qd_mapping_build *build, struct qd_object_mapper *object,
                                    const struct qd_java_entry *entry, bool *known, struct qd_error *error)
{
    *known = true;
    if (qd_slice_is(entry->key, "dynamic")) return dynamic_parse(entry->value, &object->dynamic, error);
    if (qd_slice_is(entry->key, "enabled")) {
        return qd_node_boolean(entry->value, "enabled.enabled", &object->enabled, error);
    }
    if (qd_slice_is(entry->key, "include_in_all")) return QD_OK;
    if (qd_slice_is(entry->key, "properties")) {
        if (qd_json_is_array(entry->value) && qd_json_size(entry->value) == 0) return QD_OK;
        if (!qd_json_is_object(entry->value)) {
            return qd_error_set(error, QD_OPENSEARCH_PARSE, "properties must be a map type");
        }
        return properties_parse(build, object, entry->value, error);
    }
    *known = false;
    return QD_OK;
}

/* Adds " [key : value]" of an unknown member to a list. */
static void append_unknown(struct qd_buffer *list, struct qd_arena *arena, const struct qd_java_entry *entry)
{
    struct qd_slice text = qd_java_text(arena, entry->value);
    qd_buffer_format(list, " [%.*s : %.*s]", QD_SLICE_ARG(entry->key), QD_SLICE_ARG(text));
}

static enum qd_status object_parse(struct qd_mapping_build *build, struct qd_object_mapper *object,
                                   const struct qd_json *node, struct qd_slice declared,
                                   struct qd_error *error)
{
    struct qd_buffer unknown = { 0 };
    size_t count = 0;
    struct qd_java_entry *entries = qd_java_entries(build->arena, node, &count);
    enum qd_status status = QD_OK;
    for (size_t i = 0; i < count && status == QD_OK; i++) {
        bool known = false;
        if (qd_slice_is(entries[i].key, "type")) continue;
        status = object_member(build, object, &entries[i], &known, error);
        if (status == QD_OK && !known) append_unknown(&unknown, build->arena, &entries[i]);
    }
    struct qd_slice text = qd_arena_copy(build->arena, qd_buffer_view(&unknown));
    qd_buffer_deinit(&unknown);
    QD_TRY(status);
    if (text.size == 0 || build->lenient) return QD_OK;
    return qd_error_set(error, QD_MAPPER_PARSING,
                        "Mapping definition for [%.*s] has unsupported parameters: %.*s",
                        QD_SLICE_ARG(declared), QD_SLICE_ARG(text));
}

static enum qd_status alias_parse(struct qd_mapping_build *build, struct qd_mapper *base,
                                  const struct qd_json *node, struct qd_slice declared,
                                  struct qd_mapper **mapper, struct qd_error *error)
{
    struct qd_alias_mapper *alias = QD_NEW(build->arena, struct qd_alias_mapper);
    alias->base = *base;
    alias->base.kind = QD_MAPPER_ALIAS;
    const struct qd_json *path = qd_json_get(node, "path");
    struct qd_slice target =
        qd_json_is_null(path) || path == NULL ? qd_slice_make(NULL, 0) : qd_java_text(build->arena, path);
    if (target.size == 0) {
        return qd_error_set(error, QD_MAPPER_PARSING,
                            "The [path] property must be specified for field [%.*s].",
                            QD_SLICE_ARG(base->name));
    }
    alias->target = qd_arena_copy(build->arena, target);
    struct qd_buffer unknown = { 0 };
    size_t count = 0;
    struct qd_java_entry *entries = qd_java_entries(build->arena, node, &count);
    for (size_t i = 0; i < count; i++) {
        if (qd_slice_is(entries[i].key, "type") || qd_slice_is(entries[i].key, "path")) continue;
        append_unknown(&unknown, build->arena, &entries[i]);
    }
    struct qd_slice text = qd_arena_copy(build->arena, qd_buffer_view(&unknown));
    qd_buffer_deinit(&unknown);
    *mapper = &alias->base;
    if (text.size == 0) return QD_OK;
    return qd_error_set(error, QD_MAPPER_PARSING,
                        "Mapping definition for [%.*s] has unsupported parameters: %.*s",
                        QD_SLICE_ARG(declared), QD_SLICE_ARG(text));
}

/* The type that a property names, or that follows from its other members. data NULL: none. */
static struct qd_slice property_type(struct qd_arena *arena, const struct qd_json *node)
{
    const struct qd_json *type = qd_json_get(node, "type");
    if (type != NULL && !qd_json_is_null(type)) return qd_java_text(arena, type);
    const struct qd_json *properties = qd_json_get(node, "properties");
    if (properties != NULL && !qd_json_is_null(properties)) return QD_SLICE("object");
    const struct qd_json *enabled = qd_json_get(node, "enabled");
    bool lone = enabled != NULL && !qd_json_is_null(enabled) && qd_json_size(node) == 1;
    return lone ? QD_SLICE("object") : qd_slice_make(NULL, 0);
}

/* Splits like String.split("\\."): empty parts at the end are dropped. */
static size_t split_name(struct qd_arena *arena, struct qd_slice name, struct qd_slice **parts)
{
    size_t capacity = 1;
    for (size_t i = 0; i < name.size; i++) capacity += name.data[i] == '.';
    *parts = QD_NEW_ARRAY(arena, struct qd_slice, capacity);
    size_t count = 0;
    size_t start = 0;
    for (size_t i = 0; i <= name.size; i++) {
        if (i < name.size && name.data[i] != '.') continue;
        (*parts)[count++] = qd_slice_sub(name, start, i - start);
        start = i + 1;
    }
    if (count == 1) return count;
    while (count > 0 && (*parts)[count - 1].size == 0) count--;
    return count;
}

enum qd_status qd_mapper_make(struct qd_mapping_build *build, const struct qd_mapper_place *place,
                              const struct qd_json *node, struct qd_mapper **mapper, struct qd_error *error)
{
    const struct qd_object_mapper *parent = place->parent;
    struct qd_slice name = place->name;
    struct qd_slice declared = place->declared;
    struct qd_slice type = property_type(build->arena, node);
    if (type.data == NULL) {
        return qd_error_set(error, QD_MAPPER_PARSING, "No type specified for field [%.*s]",
                            QD_SLICE_ARG(declared));
    }
    struct qd_mapper base = { .name = qd_arena_copy(build->arena, name),
                              .path = qd_path_join(build->arena, parent->base.path, name) };
    if (qd_slice_is(type, "object")) {
        struct qd_object_mapper *object = qd_object_make(build->arena, parent, name);
        QD_TRY(object_parse(build, object, node, declared, error));
        *mapper = &object->base;
    } else if (qd_slice_is(type, "alias")) {
        QD_TRY(alias_parse(build, &base, node, declared, mapper, error));
    } else {
        const struct qd_field_kind *kind = qd_field_kind_named(type);
        if (kind == NULL) {
            return qd_error_set(error, QD_MAPPER_PARSING,
                                "No handler for type [%.*s] declared on field [%.*s]", QD_SLICE_ARG(type),
                                QD_SLICE_ARG(declared));
        }
        struct qd_field_mapper *field = NULL;
        QD_TRY(qd_field_make(build, kind, name, base.path, &field, node, error));
        *mapper = &field->base;
    }
    return QD_OK;
}

enum qd_status qd_mapper_parse(struct qd_mapping_build *build, struct qd_object_mapper *parent,
                               struct qd_slice name, const struct qd_json *node, struct qd_error *error)
{
    struct qd_slice *parts = NULL;
    size_t count = split_name(build->arena, name, &parts);
    if (count == 0) {
        return qd_error_set(error, QD_MAPPER_PARSING, "Invalid field name %.*s", QD_SLICE_ARG(name));
    }
    for (size_t i = 0; i < count; i++) {
        if (parts[i].size == 0)
            return qd_error_set(error, QD_ILLEGAL_ARGUMENT, "name cannot be empty string");
    }
    if (build->depth + count > QD_JSON_DEPTH_MAX) {
        return qd_error_set(error, QD_ILLEGAL_ARGUMENT,
                            "Limit of mapping depth [%d] has been exceeded due to object field [%.*s]",
                            QD_JSON_DEPTH_MAX, QD_SLICE_ARG(name));
    }
    build->depth += count;
    struct qd_object_mapper *outermost = NULL;
    struct qd_object_mapper *holder = parent;
    for (size_t i = 0; i + 1 < count; i++) {
        struct qd_object_mapper *between = qd_object_make(build->arena, holder, parts[i]);
        if (outermost == NULL)
            outermost = between;
        else
            qd_map_put(&holder->children, between->base.name, &between->base);
        holder = between;
    }
    struct qd_mapper *mapper = NULL;
    struct qd_mapper_place place = { holder, parts[count - 1], name };
    QD_TRY(qd_mapper_make(build, &place, node, &mapper, error));
    build->depth -= count;
    if (outermost == NULL) return qd_object_put(build, parent, mapper, error);
    qd_map_put(&holder->children, mapper->name, mapper);
    return qd_object_put(build, parent, &outermost->base, error);
}

static enum qd_status properties_parse(struct qd_mapping_build *build, struct qd_object_mapper *object,
                                       const struct qd_json *node, struct qd_error *error)
{
    if (build->depth >= QD_JSON_DEPTH_MAX)
        return qd_error_set(error, QD_MAPPER_PARSING, "mapping is too deep");
    build->depth++;
    size_t count = 0;
    struct qd_java_entry *entries = qd_java_entries(build->arena, node, &count);
    for (size_t i = 0; i < count; i++) {
        if (qd_json_is_array(entries[i].value) && qd_json_size(entries[i].value) == 0) continue;
        if (!qd_json_is_object(entries[i].value)) {
            return qd_error_set(error, QD_MAPPER_PARSING,
                                "Expected map for property [fields] on field [%.*s] but got a class "
                                "java.lang.String",
                                QD_SLICE_ARG(entries[i].key));
        }
        QD_TRY(qd_mapper_parse(build, object, entries[i].key, entries[i].value, error));
    }
    build->depth--;
    return QD_OK;
}

/* ---- the root ---- */

struct qd_mapping *qd_mapping_new(struct qd_mapping_build *build)
{
    struct qd_mapping *mapping = QD_NEW(build->arena, struct qd_mapping);
    mapping->arena = build->arena;
    mapping->registry = build->registry;
    mapping->limits = *build->limits;
    mapping->root = qd_object_make(build->arena, NULL, QD_SLICE("_doc"));
    mapping->date_detection = true;
    for (size_t i = 0; i < QD_META_COUNT; i++) {
        struct qd_field_mapper *field = &mapping->metadata[i];
        field->base.name = qd_slice_from_string(qd_metadata_kinds[i].name);
        field->base.path = field->base.name;
        field_init(build, field, &qd_metadata_kinds[i]);
    }
    return mapping;
}

static enum qd_status add_date_format(struct qd_mapping_build *build, struct qd_mapping *mapping,
                                      const struct qd_json *node, struct qd_error *error)
{
    struct qd_slice text = qd_java_text(build->arena, node);
    if (!qd_json_is_string(node)) {
        return qd_error_set(error, QD_ILLEGAL_ARGUMENT, "Invalid format: [%.*s]: expected string value",
                            QD_SLICE_ARG(text));
    }
    const struct qd_date_format *format = NULL;
    text = qd_arena_copy(build->arena, text);
    QD_TRY(qd_date_format_compile(build->arena, text, qd_slice_make(NULL, 0), &format, error));
    *QD_PUSH(build->arena, &mapping->date_patterns) = text;
    *QD_PUSH(build->arena, &mapping->date_formats) = format;
    return QD_OK;
}

static enum qd_status date_formats_parse(struct qd_mapping_build *build, struct qd_mapping *mapping,
                                         const struct qd_json *node, struct qd_error *error)
{
    mapping->has_date_formats = true;
    mapping->date_patterns.count = 0;
    mapping->date_formats.count = 0;
    if (!qd_json_is_array(node)) {
        if (qd_slice_is(qd_json_text(node), "none")) return QD_OK;
        return add_date_format(build, mapping, node, error);
    }
    struct qd_json_iterator at = qd_json_iterate(node);
    while (qd_json_next(&at)) {
        struct qd_slice text = qd_java_text(build->arena, at.value);
        if (qd_slice_starts_with(text, QD_SLICE("epoch_"))) {
            return qd_error_set(error, QD_MAPPER_PARSING,
                                "Epoch [%.*s] is not supported as dynamic date format", QD_SLICE_ARG(text));
        }
        QD_TRY(add_date_format(build, mapping, at.value, error));
    }
    return QD_OK;
}

static enum qd_status metadata_parse(struct qd_mapping_build *build, struct qd_mapping *mapping,
                                     const struct qd_java_entry *entry, bool *known, struct qd_error *error)
{
    static const char *const fixed[] = { "_id", "_index", "_ignored", "_version", "_seq_no", "_nested_path" };
    *known = true;
    for (size_t i = 0; i < sizeof(fixed) / sizeof(fixed[0]); i++) {
        if (qd_slice_is(entry->key, fixed[i])) {
            return qd_error_set(error, QD_MAPPER_PARSING, "%s is not configurable", fixed[i]);
        }
    }
    for (size_t i = 0; i < QD_META_COUNT; i++) {
        if (!qd_slice_is(entry->key, qd_metadata_kinds[i].name)) continue;
        if (!qd_json_is_object(entry->value)) {
            return qd_error_set(error, QD_ILLEGAL_ARGUMENT, "[_parent] must be an object containing [type]");
        }
        return qd_field_parse(build, &mapping->metadata[i], entry->value, error);
    }
    *known = qd_slice_is(entry->key, "_doc_count") && qd_json_is_object(entry->value);
    return QD_OK;
}

static enum qd_status root_member(struct qd_mapping_build *build, struct qd_mapping *mapping,
                                  const struct qd_java_entry *entry, bool *known, struct qd_error *error)
{
    QD_TRY(object_member(build, mapping->root, entry, known, error));
    if (*known) return QD_OK;
    QD_TRY(metadata_parse(build, mapping, entry, known, error));
    if (*known) return QD_OK;
    *known = true;
    if (qd_slice_is(entry->key, "_meta")) {
        if (qd_json_is_null(entry->value)) return QD_OK;
        if (!qd_json_is_object(entry->value)) {
            return qd_java_no_map(entry->value, error);
        }
        mapping->meta = entry->value;
        return QD_OK;
    }
    if (qd_slice_is(entry->key, "dynamic_date_formats") || qd_slice_is(entry->key, "date_formats")) {
        return date_formats_parse(build, mapping, entry->value, error);
    }
    if (qd_slice_is(entry->key, "dynamic_templates")) {
        return qd_templates_parse(build, entry->value, mapping, error);
    }
    if (qd_slice_is(entry->key, "date_detection")) {
        mapping->has_date_detection = true;
        return qd_node_boolean(entry->value, "date_detection", &mapping->date_detection, error);
    }
    if (qd_slice_is(entry->key, "numeric_detection")) {
        mapping->has_numeric_detection = true;
        return qd_node_boolean(entry->value, "numeric_detection", &mapping->numeric_detection, error);
    }
    if (qd_slice_is(entry->key, "composite")) {
        return qd_error_set(
            error, QD_ILLEGAL_ARGUMENT,
            "Set 'index.composite_index' as true as part of index settings to use star tree index");
    }
    *known = qd_slice_is(entry->key, "derived") && qd_json_size(entry->value) == 0;
    return QD_OK;
}

static enum qd_status check_metadata_names(const struct qd_mapping *mapping, struct qd_error *error)
{
    static const char *const names[] = { "_id",
                                         "_index",
                                         "_routing",
                                         "_source",
                                         "_ignored",
                                         "_field_names",
                                         "_seq_no",
                                         "_version",
                                         "_doc_count",
                                         "_nested_path",
                                         "_data_stream_timestamp" };
    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
        if (qd_map_find(&mapping->root->children, qd_slice_from_string(names[i])) == NULL) continue;
        return qd_error_set(error, QD_MAPPER_PARSING, "Field [%s] is defined more than once", names[i]);
    }
    return QD_OK;
}

enum qd_status qd_mapping_parse(struct qd_mapping_build *build, const struct qd_json *source,
                                struct qd_mapping *mapping, struct qd_error *error)
{
    struct qd_buffer unknown = { 0 };
    size_t count = 0;
    struct qd_java_entry *entries = qd_java_entries(build->arena, source, &count);
    enum qd_status status = QD_OK;
    for (size_t i = 0; i < count && status == QD_OK; i++) {
        bool known = false;
        status = root_member(build, mapping, &entries[i], &known, error);
        if (status == QD_OK && !known) append_unknown(&unknown, build->arena, &entries[i]);
    }
    struct qd_slice text = qd_arena_copy(build->arena, qd_buffer_view(&unknown));
    qd_buffer_deinit(&unknown);
    QD_TRY(status);
    if (text.size > 0) {
        return qd_error_set(error, QD_MAPPER_PARSING,
                            "Root mapping definition has unsupported parameters: %.*s", QD_SLICE_ARG(text));
    }
    for (size_t i = 0; i < QD_META_COUNT; i++) {
        struct qd_field_mapper *field = &mapping->metadata[i];
        QD_TRY(field->kind->configure(build, field, error));
    }
    return check_metadata_names(mapping, error);
}
