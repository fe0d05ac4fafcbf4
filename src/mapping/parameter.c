#include <math.h>
#include <string.h>

#include "base/assert.h"
#include "base/number.h"
#include "base/text.h"
#include "mapping/java_values.h"
#include "mapping/mapper.h"
#include "mapping/type_number.h"

/* Parameters that every field once took: they are ignored where a type does not have them. */
static const char *const ignored_parameters[] = { "store",      "meta",          "boost",     "index",
                                                  "doc_values", "index_options", "similarity" };

const struct qd_parameter_value *qd_field_value(const struct qd_field_mapper *mapper, const char *name)
{
    for (size_t i = 0; i < mapper->kind->parameter_count; i++) {
        if (strcmp(mapper->kind->parameters[i].name, name) == 0) return &mapper->values[i];
    }
    qd_unreachable();
}

bool qd_parameter_equal(const struct qd_parameter_value *left, const struct qd_parameter_value *right)
{
    if (left->null != right->null) return false;
    return left->null || qd_slice_equal(left->text, right->text);
}

enum qd_status qd_node_boolean(const struct qd_json *node, const char *name, bool *value,
                               struct qd_error *error)
{
    struct qd_slice text = qd_json_text(node);
    bool scalar = !qd_json_is_object(node) && !qd_json_is_array(node);
    if (scalar && qd_slice_is(text, "true")) {
        *value = true;
        return QD_OK;
    }
    if (scalar && qd_slice_is(text, "false")) {
        *value = false;
        return QD_OK;
    }
    struct qd_arena *arena = qd_arena_create(0);
    if (!scalar) text = qd_java_text(arena, node);
    enum qd_status status = qd_error_set(
        error, QD_ILLEGAL_ARGUMENT, "Failed to parse value [%.*s] as only [true] or [false] are allowed.",
        QD_SLICE_ARG(text));
    qd_arena_destroy(arena);
    if (name == NULL) return status;
    return qd_error_wrap(error, QD_ILLEGAL_ARGUMENT, "Could not convert [%s] to boolean", name);
}

/* ---- values ---- */

static void set_boolean(struct qd_parameter_value *value, bool boolean)
{
    value->boolean = boolean;
    value->text = boolean ? QD_SLICE("true") : QD_SLICE("false");
    value->json = value->text;
}

static void set_integer(struct qd_arena *arena, struct qd_parameter_value *value, int64_t integer)
{
    value->integer = integer;
    value->text = qd_arena_format(arena, "%lld", (long long)integer);
    value->json = value->text;
}

static void set_double(struct qd_arena *arena, struct qd_parameter_value *value, double number, bool single)
{
    char text[QD_NUMBER_TEXT_MAX];
    size_t size = single ? qd_float_to_text((float)number, text) : qd_double_to_text(number, text);
    value->number = number;
    value->text = qd_arena_copy(arena, qd_slice_make(text, size));
    value->json = value->text;
}

static void set_text(struct qd_arena *arena, struct qd_parameter_value *value, struct qd_slice text)
{
    struct qd_buffer buffer = { 0 };
    struct qd_json_writer writer = { .out = &buffer };
    qd_json_string(&writer, text);
    value->text = qd_arena_copy(arena, text);
    value->json = qd_arena_copy(arena, qd_buffer_view(&buffer));
    qd_buffer_deinit(&buffer);
}

static void set_null(struct qd_parameter_value *value)
{
    value->null = true;
    value->text = QD_SLICE("null");
    value->json = value->text;
}

static void set_analyzer(struct qd_mapping_build *build, struct qd_parameter_value *value,
                         const struct qd_analyzer *analyzer, struct qd_slice name)
{
    set_text(build->arena, value, name);
    value->analyzer = analyzer;
}

void qd_parameter_default(struct qd_mapping_build *build, const struct qd_parameter *parameter,
                          struct qd_parameter_value *value)
{
    *value = (struct qd_parameter_value){ 0 };
    switch (parameter->kind) {
    case QD_PARAMETER_BOOLEAN: set_boolean(value, parameter->default_integer != 0); return;
    case QD_PARAMETER_EXPLICIT_BOOLEAN:
        set_boolean(value, strcmp(parameter->name, "coerce") == 0 ? build->limits->coerce
                                                                  : build->limits->ignore_malformed);
        return;
    case QD_PARAMETER_INTEGER: set_integer(build->arena, value, parameter->default_integer); return;
    case QD_PARAMETER_FLOAT:
        set_double(build->arena, value, (double)parameter->default_integer, true);
        return;
    case QD_PARAMETER_DOUBLE:
        set_double(build->arena, value, (double)parameter->default_integer, false);
        return;
    case QD_PARAMETER_CHOICE:
        set_text(build->arena, value, qd_slice_from_string(parameter->choices[0]));
        return;
    case QD_PARAMETER_STRING:
        if (parameter->default_text == NULL)
            set_null(value);
        else
            set_text(build->arena, value, qd_slice_from_string(parameter->default_text));
        return;
    case QD_PARAMETER_ANALYZER:
        set_analyzer(build, value, qd_analysis_default(build->registry), QD_SLICE("default"));
        return;
    case QD_PARAMETER_NORMALIZER: set_text(build->arena, value, QD_SLICE("default")); return;
    case QD_PARAMETER_STRING_LIST:
        value->text = QD_SLICE("[]");
        value->json = value->text;
        return;
    case QD_PARAMETER_META:
        value->text = QD_SLICE("{}");
        value->json = value->text;
        return;
    case QD_PARAMETER_FREQUENCY_FILTER:
        value->number_max = (double)INT32_MAX;
        value->text = QD_SLICE("{\"min\":0.0,\"max\":2.147483647E9,\"min_segment_size\":0}");
        value->json = value->text;
        return;
    case QD_PARAMETER_SIMILARITY:
    case QD_PARAMETER_NUMBER:
    case QD_PARAMETER_NULL_BOOLEAN:
    case QD_PARAMETER_PREFIXES:
    default: set_null(value); return;
    }
}

static enum qd_status parse_integer(const struct qd_json *node, struct qd_arena *arena, int64_t *value,
                                    struct qd_error *error)
{
    int64_t number = 0;
    struct qd_slice text = qd_java_text(arena, node);
    if (qd_json_is_number(node)) {
        double whole = 0;
        bool fits = qd_json_is_integral(node) && qd_json_int64(node, &number);
        if (!fits && qd_json_double(node, &whole) && fabs(whole) < (double)INT64_MAX) {
            number = (int64_t)whole;
            fits = (double)number == whole;
        }
        if (fits && (number < INT32_MIN || number > INT32_MAX)) {
            return qd_error_set(error, QD_ARITHMETIC, "integer overflow");
        }
        if (!fits) {
            return qd_error_set(error, QD_ILLEGAL_ARGUMENT, "%.*s is not an integer value",
                                QD_SLICE_ARG(text));
        }
    } else if (!qd_parse_int64(text, &number) || number < INT32_MIN || number > INT32_MAX) {
        return qd_error_set(error, QD_NUMBER_FORMAT, "For input string: \"%.*s\"", QD_SLICE_ARG(text));
    }
    *value = number;
    return QD_OK;
}

static enum qd_status parse_double(struct qd_arena *arena, const struct qd_json *node,
                                   struct qd_parameter_value *value, bool single, struct qd_error *error)
{
    double number = 0;
    QD_TRY(qd_number_double(node, &number, error));
    set_double(arena, value, number, single);
    return QD_OK;
}

static enum qd_status parse_choice(struct qd_mapping_build *build, const struct qd_parameter *parameter,
                                   const struct qd_json *node, struct qd_parameter_value *value,
                                   struct qd_error *error)
{
    struct qd_slice text = qd_java_text(build->arena, node);
    struct qd_buffer list = { 0 };
    for (size_t i = 0; parameter->choices[i] != NULL; i++) {
        if (qd_slice_is(text, parameter->choices[i])) {
            qd_buffer_deinit(&list);
            set_text(build->arena, value, text);
            return QD_OK;
        }
        qd_buffer_format(&list, i == 0 ? "%s" : ", %s", parameter->choices[i]);
    }
    enum qd_status status = qd_error_set(
        error, QD_MAPPER_PARSING, "Unknown value [%.*s] for field [%s] - accepted values are [%.*s]",
        QD_SLICE_ARG(text), parameter->name, QD_SLICE_ARG(qd_buffer_view(&list)));
    qd_buffer_deinit(&list);
    return status;
}

static enum qd_status parse_analyzer(struct qd_mapping_build *build, const struct qd_json *node,
                                     struct qd_parameter_value *value, struct qd_error *error)
{
    struct qd_slice name = qd_java_text(build->arena, node);
    const struct qd_analyzer *analyzer = qd_slice_is(name, "default")
                                             ? qd_analysis_default(build->registry)
                                             : qd_analysis_analyzer(build->registry, name);
    if (analyzer == NULL) {
        return qd_error_set(error, QD_ILLEGAL_ARGUMENT, "analyzer [%.*s] has not been configured in mappings",
                            QD_SLICE_ARG(name));
    }
    set_analyzer(build, value, analyzer, name);
    return QD_OK;
}

static enum qd_status parse_normalizer(struct qd_mapping_build *build, const struct qd_field_mapper *mapper,
                                       const struct qd_json *node, struct qd_parameter_value *value,
                                       struct qd_error *error)
{
    struct qd_slice name = qd_java_text(build->arena, node);
    if (qd_slice_is(name, "default")) {
        set_text(build->arena, value, name);
        return QD_OK;
    }
    const struct qd_analyzer *normalizer = qd_analysis_normalizer(build->registry, name);
    if (normalizer == NULL) {
        return qd_error_set(error, QD_MAPPER_PARSING, "normalizer [%.*s] not found for field [%.*s]",
                            QD_SLICE_ARG(name), QD_SLICE_ARG(mapper->base.name));
    }
    set_analyzer(build, value, normalizer, name);
    return QD_OK;
}

static enum qd_status parse_similarity(struct qd_mapping_build *build, const struct qd_field_mapper *mapper,
                                       const struct qd_json *node, struct qd_parameter_value *value,
                                       struct qd_error *error)
{
    struct qd_slice name = qd_java_text(build->arena, node);
    bool known = qd_slice_is(name, "BM25") || qd_slice_is(name, "boolean") ||
                 qd_json_get_slice(build->similarity_settings, name) != NULL;
    if (!known) {
        return qd_error_set(error, QD_MAPPER_PARSING, "Unknown Similarity type [%.*s] for field [%.*s]",
                            QD_SLICE_ARG(name), QD_SLICE_ARG(mapper->base.name));
    }
    set_text(build->arena, value, name);
    return QD_OK;
}

static enum qd_status parse_meta(struct qd_mapping_build *build, const struct qd_field_mapper *mapper,
                                 const struct qd_json *node, struct qd_parameter_value *value,
                                 struct qd_error *error)
{
    struct qd_slice field = mapper->base.name;
    if (!qd_json_is_object(node)) {
        struct qd_slice text = qd_java_text(build->arena, node);
        return qd_error_set(error, QD_MAPPER_PARSING,
                            "[meta] must be an object, got %s[%.*s] for field [%.*s]", qd_java_class(node),
                            QD_SLICE_ARG(text), QD_SLICE_ARG(field));
    }
    struct qd_json_iterator at = qd_json_iterate(node);
    while (qd_json_next(&at)) {
        if (qd_json_is_string(at.value)) continue;
        if (qd_json_is_null(at.value)) {
            return qd_error_set(error, QD_MAPPER_PARSING, "[meta] values can't be null (field [%.*s])",
                                QD_SLICE_ARG(field));
        }
        struct qd_slice text = qd_java_text(build->arena, at.value);
        return qd_error_set(error, QD_MAPPER_PARSING,
                            "[meta] values can only be strings, but got %s[%.*s] for field [%.*s]",
                            qd_java_class(at.value), QD_SLICE_ARG(text), QD_SLICE_ARG(field));
    }
    struct qd_buffer buffer = { 0 };
    struct qd_json_writer writer = { .out = &buffer };
    qd_java_write(&writer, build->arena, node, true);
    value->node = node;
    value->json = qd_arena_copy(build->arena, qd_buffer_view(&buffer));
    value->text = value->json;
    qd_buffer_deinit(&buffer);
    return QD_OK;
}

static enum qd_status not_a_map(const struct qd_json *node, const char *wanted, struct qd_error *error)
{
    const char *class = qd_java_class(node);
    const char *package = qd_json_is_array(node) ? "java.util" : "java.lang";
    if (strcmp(class, "BigInteger") == 0) package = "java.math";
    return qd_error_set(
        error, QD_CLASS_CAST,
        "class %s.%s cannot be cast to class java.util.%s (%s.%s and java.util.%s are in module "
        "java.base of loader 'bootstrap')",
        package, class, wanted, package, class, wanted);
}

/* "Mapping definition for [f] has unsupported parameters:  [a : 20]" when a member is none of `known`. */
static enum qd_status check_members(struct qd_mapping_build *build, const struct qd_field_mapper *mapper,
                                    const struct qd_json *node, const char *const *known,
                                    struct qd_error *error)
{
    struct qd_buffer list = { 0 };
    size_t count = 0;
    struct qd_java_entry *entries = qd_java_entries(build->arena, node, &count);
    for (size_t i = 0; i < count; i++) {
        bool found = false;
        for (size_t k = 0; known[k] != NULL; k++) found |= qd_slice_is(entries[i].key, known[k]);
        if (found) continue;
        struct qd_slice text = qd_java_text(build->arena, entries[i].value);
        qd_buffer_format(&list, " [%.*s : %.*s]", QD_SLICE_ARG(entries[i].key), QD_SLICE_ARG(text));
    }
    struct qd_slice text = qd_arena_copy(build->arena, qd_buffer_view(&list));
    qd_buffer_deinit(&list);
    if (text.size == 0) return QD_OK;
    return qd_error_set(error, QD_MAPPER_PARSING,
                        "Mapping definition for [%.*s] has unsupported parameters: %.*s",
                        QD_SLICE_ARG(mapper->base.name), QD_SLICE_ARG(text));
}

static enum qd_status parse_prefixes(struct qd_mapping_build *build, const struct qd_field_mapper *mapper,
                                     const struct qd_json *node, struct qd_parameter_value *value,
                                     struct qd_error *error)
{
    static const char *const known[] = { "min_chars", "max_chars", NULL };
    if (qd_json_is_null(node)) return QD_OK;
    if (!qd_json_is_object(node)) return not_a_map(node, "Map", error);
    int64_t low = 2;
    int64_t high = 5;
    const struct qd_json *member = qd_json_get(node, "min_chars");
    if (member != NULL && !qd_json_is_null(member)) {
        QD_TRY(parse_integer(member, build->arena, &low, error));
    }
    member = qd_json_get(node, "max_chars");
    if (member != NULL && !qd_json_is_null(member)) {
        QD_TRY(parse_integer(member, build->arena, &high, error));
    }
    QD_TRY(check_members(build, mapper, node, known, error));
    if (low < 1) {
        return qd_error_set(error, QD_ILLEGAL_ARGUMENT, "min_chars [%d] must be greater than zero", (int)low);
    }
    if (high >= 20) {
        return qd_error_set(error, QD_ILLEGAL_ARGUMENT, "max_chars [%d] must be less than 20", (int)high);
    }
    if (low > high) {
        return qd_error_set(error, QD_ILLEGAL_ARGUMENT, "min_chars [%d] must be less than max_chars [%d]",
                            (int)low, (int)high);
    }
    value->null = false;
    value->integer = low;
    value->second = high;
    value->text = qd_arena_format(build->arena, "{ min_chars=%d, max_chars=%d }", (int)low, (int)high);
    value->json = qd_arena_format(build->arena, "{\"min_chars\":%d,\"max_chars\":%d}", (int)low, (int)high);
    return QD_OK;
}

static enum qd_status parse_frequency_filter(struct qd_mapping_build *build,
                                             const struct qd_field_mapper *mapper, const struct qd_json *node,
                                             struct qd_parameter_value *value, struct qd_error *error)
{
    static const char *const known[] = { "min", "max", "min_segment_size", NULL };
    if (!qd_json_is_object(node)) return not_a_map(node, "Map", error);
    double low = 0;
    double high = (double)INT32_MAX;
    int64_t size = 0;
    const struct qd_json *member = qd_json_get(node, "min");
    if (member != NULL) QD_TRY(qd_number_double(member, &low, error));
    member = qd_json_get(node, "max");
    if (member != NULL) QD_TRY(qd_number_double(member, &high, error));
    member = qd_json_get(node, "min_segment_size");
    if (member != NULL) QD_TRY(parse_integer(member, build->arena, &size, error));
    QD_TRY(check_members(build, mapper, node, known, error));
    char min_text[QD_NUMBER_TEXT_MAX];
    char max_text[QD_NUMBER_TEXT_MAX];
    size_t min_size = qd_double_to_text(low, min_text);
    size_t max_size = qd_double_to_text(high, max_text);
    value->json = qd_arena_format(build->arena, "{\"min\":%.*s,\"max\":%.*s,\"min_segment_size\":%d}",
                                  (int)min_size, min_text, (int)max_size, max_text, (int)size);
    value->text = value->json;
    value->number = low;
    value->number_max = high;
    value->integer = size;
    return QD_OK;
}

static enum qd_status parse_string_list(struct qd_mapping_build *build, const struct qd_json *node,
                                        struct qd_parameter_value *value, struct qd_error *error)
{
    if (!qd_json_is_array(node)) return not_a_map(node, "List", error);
    struct qd_buffer buffer = { 0 };
    struct qd_json_writer writer = { .out = &buffer };
    qd_json_begin_array(&writer);
    struct qd_json_iterator at = qd_json_iterate(node);
    while (qd_json_next(&at)) qd_json_string(&writer, qd_java_text(build->arena, at.value));
    qd_json_end_array(&writer);
    value->node = node;
    value->json = qd_arena_copy(build->arena, qd_buffer_view(&buffer));
    value->text = qd_java_text(build->arena, node);
    qd_buffer_deinit(&buffer);
    return QD_OK;
}

static enum qd_status parse_number(struct qd_mapping_build *build, struct qd_field_mapper *mapper,
                                   const struct qd_json *node, struct qd_parameter_value *value,
                                   struct qd_error *error)
{
    if (qd_json_is_null(node)) {
        set_null(value);
        return QD_OK;
    }
    enum qd_field_type type = mapper->kind->type;
    if (type == QD_FIELD_SCALED_FLOAT) {
        /* The factor may not be known yet: the value stays a double until the field is configured. */
        QD_TRY(qd_number_double(node, &value->number, error));
        set_double(build->arena, value, value->number, false);
    } else {
        enum qd_field_type read_as = type == QD_FIELD_TOKEN_COUNT ? QD_FIELD_INTEGER : type;
        QD_TRY(qd_number_parse(read_as, node, false, &value->integer, error));
        value->text = qd_number_text(read_as, 1, value->integer, build->arena);
        value->json = value->text;
    }
    value->node = node;
    value->null = false;
    return QD_OK;
}

static enum qd_status parse_value(struct qd_mapping_build *build, struct qd_field_mapper *mapper, size_t i,
                                  const struct qd_json *node, struct qd_error *error)
{
    const struct qd_parameter *parameter = &mapper->kind->parameters[i];
    struct qd_parameter_value *value = &mapper->values[i];
    bool boolean = false;
    switch (parameter->kind) {
    case QD_PARAMETER_BOOLEAN:
    case QD_PARAMETER_EXPLICIT_BOOLEAN:
    case QD_PARAMETER_NULL_BOOLEAN:
        if (parameter->kind == QD_PARAMETER_NULL_BOOLEAN && qd_json_is_null(node)) return QD_OK;
        QD_TRY(qd_node_boolean(node, NULL, &boolean, error));
        value->null = false;
        value->node = node;
        set_boolean(value, boolean);
        return QD_OK;
    case QD_PARAMETER_INTEGER:
        QD_TRY(parse_integer(node, build->arena, &value->integer, error));
        set_integer(build->arena, value, value->integer);
        return QD_OK;
    case QD_PARAMETER_FLOAT: return parse_double(build->arena, node, value, true, error);
    case QD_PARAMETER_DOUBLE: return parse_double(build->arena, node, value, false, error);
    case QD_PARAMETER_CHOICE: return parse_choice(build, parameter, node, value, error);
    case QD_PARAMETER_STRING:
        value->null = qd_json_is_null(node);
        if (value->null) {
            set_null(value);
        } else {
            set_text(build->arena, value, qd_java_text(build->arena, node));
        }
        value->node = node;
        return QD_OK;
    case QD_PARAMETER_STRING_LIST: return parse_string_list(build, node, value, error);
    case QD_PARAMETER_ANALYZER: return parse_analyzer(build, node, value, error);
    case QD_PARAMETER_NORMALIZER: return parse_normalizer(build, mapper, node, value, error);
    case QD_PARAMETER_SIMILARITY:
        value->null = false;
        return parse_similarity(build, mapper, node, value, error);
    case QD_PARAMETER_META: return parse_meta(build, mapper, node, value, error);
    case QD_PARAMETER_NUMBER: return parse_number(build, mapper, node, value, error);
    case QD_PARAMETER_FREQUENCY_FILTER: return parse_frequency_filter(build, mapper, node, value, error);
    case QD_PARAMETER_PREFIXES:
    default: return parse_prefixes(build, mapper, node, value, error);
    }
}

static enum qd_status parameter_parse(struct qd_mapping_build *build, struct qd_field_mapper *mapper,
                                      size_t i, const struct qd_json *node, struct qd_error *error)
{
    const struct qd_parameter *parameter = &mapper->kind->parameters[i];
    if (qd_json_is_null(node) && !parameter->accepts_null) {
        return qd_error_set(error, QD_MAPPER_PARSING,
                            "[%s] on mapper [%.*s] of type [%s] must not have a [null] value",
                            parameter->name, QD_SLICE_ARG(mapper->base.name),
                            mapper->kind->metadata ? "null" : mapper->kind->name);
    }
    mapper->values[i].given = true;
    return parse_value(build, mapper, i, node, error);
}

/* ---- multi-fields and copy_to ---- */

static enum qd_status multi_field_parse(struct qd_mapping_build *build, struct qd_field_mapper *mapper,
                                        const struct qd_java_entry *entry, struct qd_error *error)
{
    struct qd_slice name = entry->key;
    if (qd_slice_find_byte(name, '.') != SIZE_MAX) {
        return qd_error_set(error, QD_MAPPER_PARSING,
                            "Field name [%.*s] which is a multi field of [%.*s] cannot contain '.'",
                            QD_SLICE_ARG(name), QD_SLICE_ARG(mapper->base.name));
    }
    if (!qd_json_is_object(entry->value)) {
        return qd_error_set(error, QD_MAPPER_PARSING,
                            "illegal field [%.*s], only fields can be specified inside fields",
                            QD_SLICE_ARG(name));
    }
    const struct qd_json *type_node = qd_json_get(entry->value, "type");
    if (type_node == NULL || qd_json_is_null(type_node)) {
        return qd_error_set(error, QD_MAPPER_PARSING, "no type specified for property [%.*s]",
                            QD_SLICE_ARG(name));
    }
    struct qd_slice type = qd_java_text(build->arena, type_node);
    if (qd_slice_is(type, "object") || qd_slice_is(type, "nested") || qd_slice_is(type, "alias")) {
        return qd_error_set(error, QD_MAPPER_PARSING, "Type [%.*s] cannot be used in multi field",
                            QD_SLICE_ARG(type));
    }
    const struct qd_field_kind *kind = qd_field_kind_named(type);
    if (kind == NULL) {
        return qd_error_set(error, QD_MAPPER_PARSING, "no handler for type [%.*s] declared on field [%.*s]",
                            QD_SLICE_ARG(type), QD_SLICE_ARG(name));
    }
    if (name.size == 0) return qd_error_set(error, QD_ILLEGAL_ARGUMENT, "name cannot be empty string");
    struct qd_field_mapper *child = NULL;
    struct qd_slice path = qd_path_join(build->arena, mapper->base.path, name);
    QD_TRY(qd_field_make(build, kind, name, path, &child, entry->value, error));
    child->owner = mapper;
    qd_map_put(&mapper->multi_fields, child->base.name, child);
    return QD_OK;
}

static enum qd_status multi_fields_parse(struct qd_mapping_build *build, struct qd_field_mapper *mapper,
                                         const struct qd_json *node, struct qd_error *error)
{
    if (qd_json_is_array(node) && qd_json_size(node) == 0) return QD_OK;
    if (qd_json_is_null(node)) {
        return qd_error_set(error, QD_NULL_POINTER,
                            "Cannot invoke \"Object.getClass()\" because \"propNode\" is null");
    }
    if (!qd_json_is_object(node)) {
        struct qd_slice text = qd_java_text(build->arena, node);
        return qd_error_set(
            error, QD_MAPPER_PARSING,
            "expected map for property [fields] on field [%.*s] or [fields] but got a class %s.%s",
            QD_SLICE_ARG(text), qd_json_is_array(node) ? "java.util" : "java.lang", qd_java_class(node));
    }
    if (build->depth >= QD_JSON_DEPTH_MAX)
        return qd_error_set(error, QD_MAPPER_PARSING, "mapping is too deep");
    build->depth++;
    size_t count = 0;
    struct qd_java_entry *entries = qd_java_entries(build->arena, node, &count);
    for (size_t i = 0; i < count; i++) QD_TRY(multi_field_parse(build, mapper, &entries[i], error));
    build->depth--;
    return QD_OK;
}

static enum qd_status copy_to_parse(struct qd_mapping_build *build, struct qd_field_mapper *mapper,
                                    const struct qd_json *node, struct qd_error *error)
{
    if (qd_json_is_null(node)) {
        return qd_error_set(error, QD_NULL_POINTER,
                            "Cannot invoke \"String.lastIndexOf(int)\" because \"field\" is null");
    }
    if (!qd_json_is_array(node)) {
        *QD_PUSH(build->arena, &mapper->copy_to) =
            qd_arena_copy(build->arena, qd_java_text(build->arena, node));
        return QD_OK;
    }
    struct qd_json_iterator at = qd_json_iterate(node);
    while (qd_json_next(&at)) {
        *QD_PUSH(build->arena, &mapper->copy_to) =
            qd_arena_copy(build->arena, qd_java_text(build->arena, at.value));
    }
    return QD_OK;
}

static bool is_ignored(struct qd_slice name)
{
    for (size_t i = 0; i < sizeof(ignored_parameters) / sizeof(ignored_parameters[0]); i++) {
        if (qd_slice_is(name, ignored_parameters[i])) return true;
    }
    return false;
}

static enum qd_status member_parse(struct qd_mapping_build *build, struct qd_field_mapper *mapper,
                                   const struct qd_java_entry *entry, struct qd_error *error)
{
    const struct qd_field_kind *kind = mapper->kind;
    if (!kind->metadata && qd_slice_is(entry->key, "type")) return QD_OK;
    if (!kind->metadata && qd_slice_is(entry->key, "fields")) {
        return multi_fields_parse(build, mapper, entry->value, error);
    }
    if (!kind->metadata && qd_slice_is(entry->key, "copy_to")) {
        return copy_to_parse(build, mapper, entry->value, error);
    }
    for (size_t i = 0; i < kind->parameter_count; i++) {
        if (!qd_slice_is(entry->key, kind->parameters[i].name)) continue;
        return parameter_parse(build, mapper, i, entry->value, error);
    }
    if (is_ignored(entry->key)) return QD_OK;
    return qd_error_set(error, QD_MAPPER_PARSING, "unknown parameter [%.*s] on mapper [%.*s] of type [%s]",
                        QD_SLICE_ARG(entry->key), QD_SLICE_ARG(mapper->base.name),
                        kind->metadata ? "null" : kind->name);
}

enum qd_status qd_field_parse(struct qd_mapping_build *build, struct qd_field_mapper *mapper,
                              const struct qd_json *node, struct qd_error *error)
{
    size_t count = 0;
    struct qd_java_entry *entries = qd_java_entries(build->arena, node, &count);
    for (size_t i = 0; i < count; i++) QD_TRY(member_parse(build, mapper, &entries[i], error));
    return QD_OK;
}

/* ---- merging ---- */

/* norms may be switched off later, never on. */
static bool may_update(const struct qd_parameter *parameter, const struct qd_parameter_value *from,
                       const struct qd_parameter_value *to)
{
    if (qd_parameter_equal(from, to) || parameter->updatable) return true;
    return strcmp(parameter->name, "norms") == 0 && from->boolean && !to->boolean;
}

enum qd_status qd_field_merge_values(struct qd_mapping_build *build, struct qd_field_mapper *into,
                                     const struct qd_field_mapper *from, struct qd_error *error)
{
    struct qd_buffer conflicts = { 0 };
    for (size_t k = 0; k < into->kind->parameter_count; k++) {
        /* Some are compared after the one that they print before. */
        const struct qd_parameter *row = &into->kind->parameters[k];
        size_t i = row->compared_later ? k + 1 : k > 0 && row[-1].compared_later ? k - 1 : k;
        const struct qd_parameter *parameter = &into->kind->parameters[i];
        if (may_update(parameter, &into->values[i], &from->values[i])) {
            into->values[i] = from->values[i];
            continue;
        }
        qd_buffer_format(&conflicts, "\n\tCannot update parameter [%s] from [%.*s] to [%.*s]",
                         parameter->name, QD_SLICE_ARG(into->values[i].text),
                         QD_SLICE_ARG(from->values[i].text));
    }
    struct qd_slice text = qd_arena_copy(build->arena, qd_buffer_view(&conflicts));
    qd_buffer_deinit(&conflicts);
    if (text.size == 0) return QD_OK;
    return qd_error_set(error, QD_ILLEGAL_ARGUMENT, "Mapper for [%.*s] conflicts with existing mapper:%.*s",
                        QD_SLICE_ARG(into->base.path), QD_SLICE_ARG(text));
}
