#include "mapping/dynamic.h"

#include <stdlib.h>

#include "analysis/pattern.h"
#include "base/number.h"
#include "base/text.h"
#include "base/wildcard.h"
#include "mapping/java_values.h"

/* What JSON tells of a value; names are those of match_mapping_type. */
enum detected { IS_OBJECT, IS_STRING, IS_LONG, IS_DOUBLE, IS_BOOLEAN, IS_DATE };
static const char *const detected_names[] = { "object", "string", "long", "double", "boolean", "date" };
static const char *const default_types[] = { "object", "text", "long", "float", "boolean", "date" };

/* ---- templates: reading ---- */

static enum qd_status template_member(struct qd_mapping_build *build, const struct qd_java_entry *entry,
                                      struct qd_dynamic_template *template, struct qd_slice *pattern_kind,
                                      struct qd_error *error)
{
    if (qd_slice_is(entry->key, "mapping")) {
        if (!qd_json_is_object(entry->value)) {
            return qd_java_no_map(entry->value, error);
        }
        template->mapping = entry->value;
        return QD_OK;
    }
    struct qd_slice text = qd_arena_copy(build->arena, qd_java_text(build->arena, entry->value));
    if (qd_slice_is(entry->key, "match"))
        template->match = text;
    else if (qd_slice_is(entry->key, "unmatch"))
        template->unmatch = text;
    else if (qd_slice_is(entry->key, "path_match"))
        template->path_match = text;
    else if (qd_slice_is(entry->key, "path_unmatch"))
        template->path_unmatch = text;
    else if (qd_slice_is(entry->key, "match_mapping_type"))
        template->match_mapping_type = text;
    else if (qd_slice_is(entry->key, "match_pattern"))
        *pattern_kind = text;
    else {
        return qd_error_set(error, QD_ILLEGAL_ARGUMENT, "Illegal dynamic template parameter: [%.*s]",
                            QD_SLICE_ARG(entry->key));
    }
    return QD_OK;
}

static enum qd_status check_mapping_type(struct qd_slice type, struct qd_error *error)
{
    if (type.data == NULL || qd_slice_is(type, "*") || qd_slice_is(type, "binary")) return QD_OK;
    for (size_t i = 0; i < sizeof(detected_names) / sizeof(detected_names[0]); i++) {
        if (qd_slice_is(type, detected_names[i])) return QD_OK;
    }
    return qd_error_set(
        error, QD_ILLEGAL_ARGUMENT,
        "No field type matched on [%.*s], possible values are [object, string, long, double, boolean, "
        "date, binary]",
        QD_SLICE_ARG(type));
}

static enum qd_status check_patterns(struct qd_mapping_build *build,
                                     const struct qd_dynamic_template *template, struct qd_error *error)
{
    const struct qd_slice patterns[] = { template->path_match, template->match, template->path_unmatch,
                                         template->unmatch };
    for (size_t i = 0; template->regex && i < 4; i++) {
        struct qd_pattern *pattern = NULL;
        if (patterns[i].data == NULL) continue;
        if (qd_pattern_create(build->arena, patterns[i], 0, &pattern, error) == QD_OK) continue;
        return qd_error_wrap(
            error, QD_ILLEGAL_ARGUMENT,
            "Pattern [%.*s] of type [regex] is invalid. Cannot create dynamic template [%.*s].",
            QD_SLICE_ARG(patterns[i]), QD_SLICE_ARG(template->name));
    }
    return QD_OK;
}

static enum qd_status template_parse(struct qd_mapping_build *build, struct qd_slice name,
                                     const struct qd_json *node, struct qd_mapping *mapping,
                                     struct qd_error *error)
{
    struct qd_dynamic_template template = { .name = name };
    struct qd_slice pattern_kind = QD_SLICE("simple");
    size_t count = 0;
    struct qd_java_entry *entries = qd_java_entries(build->arena, node, &count);
    for (size_t i = 0; i < count; i++) {
        QD_TRY(template_member(build, &entries[i], &template, &pattern_kind, error));
    }
    if (template.match.data == NULL && template.path_match.data == NULL &&
        template.match_mapping_type.data == NULL) {
        struct qd_slice text = qd_java_text(build->arena, node);
        return qd_error_set(error, QD_MAPPER_PARSING,
                            "template must have match, path_match or match_mapping_type set %.*s",
                            QD_SLICE_ARG(text));
    }
    if (template.mapping == NULL) {
        return qd_error_set(error, QD_MAPPER_PARSING, "template must have mapping set");
    }
    QD_TRY(check_mapping_type(template.match_mapping_type, error));
    template.regex = qd_slice_is(pattern_kind, "regex");
    if (!template.regex && !qd_slice_is(pattern_kind, "simple")) {
        return qd_error_set(error, QD_ILLEGAL_ARGUMENT, "No matching pattern matched on [%.*s]",
                            QD_SLICE_ARG(pattern_kind));
    }
    QD_TRY(check_patterns(build, &template, error));
    *QD_PUSH(build->arena, &mapping->templates) = template;
    return QD_OK;
}

enum qd_status qd_templates_parse(struct qd_mapping_build *build, const struct qd_json *node,
                                  struct qd_mapping *mapping, struct qd_error *error)
{
    mapping->has_templates = true;
    mapping->templates.count = 0;
    if (!qd_json_is_array(node)) {
        return qd_error_set(error, QD_MAPPER_PARSING,
                            "Dynamic template syntax error. An array of named objects is expected.");
    }
    struct qd_json_iterator at = qd_json_iterate(node);
    while (qd_json_next(&at)) {
        const struct qd_json *wrong = qd_json_is_object(at.value) ? NULL : at.value;
        struct qd_json_iterator member = qd_json_iterate(at.value);
        if (wrong == NULL && (qd_json_size(at.value) != 1 || !qd_json_next(&member))) {
            return qd_error_set(error, QD_MAPPER_PARSING, "A dynamic template must be defined with a name");
        }
        if (wrong == NULL && !qd_json_is_object(member.value)) wrong = member.value;
        if (wrong != NULL) {
            return qd_java_no_map(wrong, error);
        }
        QD_TRY(template_parse(build, member.key, member.value, mapping, error));
    }
    return QD_OK;
}

/* ---- templates: matching ---- */

static bool pattern_matches(struct qd_arena *arena, const struct qd_dynamic_template *template,
                            struct qd_slice pattern, struct qd_slice text)
{
    if (!template->regex) return qd_simple_match(pattern, text);
    struct qd_pattern *compiled = NULL;
    struct qd_pattern_matcher *matcher = NULL;
    bool matches = false;
    bool ready = qd_pattern_create(arena, pattern, 0, &compiled, NULL) == QD_OK &&
                 qd_pattern_open(compiled, arena, &matcher, NULL) == QD_OK;
    if (ready && qd_pattern_matches(matcher, text, &matches, NULL) != QD_OK) matches = false;
    qd_pattern_close(matcher);
    return matches;
}

static bool template_matches(struct qd_arena *arena, const struct qd_dynamic_template *template,
                             struct qd_slice path, struct qd_slice name, enum detected type)
{
    if (template->path_match.data != NULL && !pattern_matches(arena, template, template->path_match, path)) {
        return false;
    }
    if (template->match.data != NULL && !pattern_matches(arena, template, template->match, name))
        return false;
    if (template->path_unmatch.data != NULL &&
        pattern_matches(arena, template, template->path_unmatch, path)) {
        return false;
    }
    if (template->unmatch.data != NULL && pattern_matches(arena, template, template->unmatch, name))
        return false;
    struct qd_slice wanted = template->match_mapping_type;
    return wanted.data == NULL || qd_slice_is(wanted, "*") || qd_slice_is(wanted, detected_names[type]);
}

static const struct qd_dynamic_template *find_template(struct qd_parse_context *context,
                                                       const struct qd_object_mapper *parent,
                                                       struct qd_slice name, enum detected type)
{
    if (context->mapping->templates.count == 0) return NULL;
    struct qd_slice path = qd_path_join(context->arena, parent->base.path, name);
    for (size_t i = 0; i < context->mapping->templates.count; i++) {
        const struct qd_dynamic_template *template = &context->mapping->templates.data[i];
        if (template_matches(context->arena, template, path, name, type)) return template;
    }
    return NULL;
}

/* ---- templates: filling in ---- */

struct filling {
    struct qd_arena *arena;
    struct qd_slice name;
    struct qd_slice type;
};

static struct qd_slice replace_all(struct qd_arena *arena, struct qd_slice text, struct qd_slice what,
                                   struct qd_slice with)
{
    if (text.size < what.size || memmem(text.data, text.size, what.data, what.size) == NULL) return text;
    struct qd_buffer buffer = { 0 };
    size_t at = 0;
    while (at < text.size) {
        if (qd_slice_starts_with(qd_slice_from(text, at), what)) {
            qd_buffer_slice(&buffer, with);
            at += what.size;
        } else {
            qd_buffer_byte(&buffer, (uint8_t)text.data[at++]);
        }
    }
    struct qd_slice replaced = qd_arena_copy(arena, qd_buffer_view(&buffer));
    qd_buffer_deinit(&buffer);
    return replaced;
}

static struct qd_slice fill_text(const struct filling *filling, struct qd_slice text)
{
    text = replace_all(filling->arena, text, QD_SLICE("{name}"), filling->name);
    text = replace_all(filling->arena, text, QD_SLICE("{dynamic_type}"), filling->type);
    return replace_all(filling->arena, text, QD_SLICE("{dynamicType}"), filling->type);
}

static void fill(const struct filling *filling, const struct qd_json *node, struct qd_json_writer *writer)
{
    struct qd_json_iterator at = qd_json_iterate(node);
    if (qd_json_is_object(node)) {
        qd_json_begin_object(writer);
        while (qd_json_next(&at)) {
            qd_json_name_slice(writer, fill_text(filling, at.key));
            fill(filling, at.value, writer);
        }
        qd_json_end_object(writer);
    } else if (qd_json_is_array(node)) {
        qd_json_begin_array(writer);
        while (qd_json_next(&at)) fill(filling, at.value, writer);
        qd_json_end_array(writer);
    } else if (qd_json_is_string(node)) {
        qd_json_string(writer, fill_text(filling, qd_json_text(node)));
    } else {
        qd_json_node(writer, node);
    }
}

/* A date without a format of its own takes the one that recognised it. */
static void write_date_format(struct qd_json_writer *writer, struct qd_slice pattern)
{
    size_t end = 0;
    while (end + 1 < pattern.size && (pattern.data[end] != '|' || pattern.data[end + 1] != '|')) end++;
    if (end + 1 >= pattern.size) end = pattern.size;
    qd_json_member_string(writer, "format", pattern);
    qd_json_member_string(writer, "print_format", qd_slice_sub(pattern, 0, end));
}

/* The mapping of a new field as JSON: the template's, or the default of its type. */
static void describe(struct qd_parse_context *context, const struct qd_dynamic_template *template,
                     struct qd_slice name, enum detected type, struct qd_slice date_pattern,
                     struct qd_buffer *text)
{
    struct qd_json_writer writer = { .out = text };
    struct filling filling = { context->arena, name, qd_slice_from_string(default_types[type]) };
    qd_json_begin_object(&writer);
    bool typed = template != NULL && qd_json_get(template->mapping, "type") != NULL;
    bool formatted = template != NULL && qd_json_get(template->mapping, "format") != NULL;
    if (!typed) qd_json_member_text(&writer, "type", default_types[type]);
    if (template == NULL && type == IS_STRING) {
        qd_json_name(&writer, "fields");
        qd_json_raw(&writer, QD_SLICE("{\"keyword\":{\"type\":\"keyword\",\"ignore_above\":256}}"));
    }
    if (template != NULL) {
        struct qd_json_iterator at = qd_json_iterate(template->mapping);
        while (qd_json_next(&at)) {
            qd_json_name_slice(&writer, fill_text(&filling, at.key));
            fill(&filling, at.value, &writer);
        }
    }
    struct qd_slice named =
        typed ? fill_text(&filling, qd_json_text(qd_json_get(template->mapping, "type"))) : filling.type;
    bool dates = qd_slice_is(named, "date") || qd_slice_is(named, "date_nanos");
    if (date_pattern.data != NULL && !formatted && dates) write_date_format(&writer, date_pattern);
    qd_json_end_object(&writer);
}

/* ---- detection ---- */

static enum detected detect_text(const struct qd_mapping *mapping, struct qd_slice text,
                                 struct qd_slice *date_pattern)
{
    int64_t whole = 0;
    double real = 0;
    bool is_long = qd_parse_int64(text, &whole);
    bool is_double = is_long || qd_parse_double(text, &real);
    if (is_long && mapping->numeric_detection) return IS_LONG;
    if (is_double && mapping->numeric_detection) return IS_DOUBLE;
    if (is_double || !mapping->date_detection || text.size == 0) return IS_STRING;
    for (size_t i = 0; i < mapping->date_formats.count; i++) {
        struct qd_date date;
        if (qd_date_parse(mapping->date_formats.data[i], text, &date, NULL) != QD_OK) continue;
        *date_pattern = mapping->date_patterns.data[i];
        return IS_DATE;
    }
    return IS_STRING;
}

static enum detected detect(const struct qd_mapping *mapping, const struct qd_json *value,
                            struct qd_slice *date_pattern)
{
    switch (qd_json_type_of(value)) {
    case QD_JSON_OBJECT: return IS_OBJECT;
    case QD_JSON_BOOLEAN: return IS_BOOLEAN;
    case QD_JSON_NUMBER: return qd_json_is_integral(value) ? IS_LONG : IS_DOUBLE;
    case QD_JSON_STRING: return detect_text(mapping, qd_json_text(value), date_pattern);
    case QD_JSON_MISSING:
    case QD_JSON_NULL:
    case QD_JSON_ARRAY:
    default: return IS_STRING;
    }
}

/* ---- making ---- */

static const char *const dynamic_texts[] = {
    "true", "true", "false", "strict", "strict_allow_templates", "false_allow_templates"
};

enum qd_status qd_dynamic_refuse(enum qd_dynamic dynamic, const struct qd_object_mapper *parent,
                                 struct qd_slice name, struct qd_error *error)
{
    struct qd_slice within = parent->root ? parent->base.name : parent->base.path;
    return qd_error_set(error, QD_STRICT_DYNAMIC_MAPPING,
                        "mapping set to %s, dynamic introduction of [%.*s] within [%.*s] is not allowed",
                        dynamic_texts[dynamic], QD_SLICE_ARG(name), QD_SLICE_ARG(within));
}

enum qd_dynamic qd_dynamic_of(const struct qd_mapping *mapping, const struct qd_object_mapper *object)
{
    struct qd_slice path = object->base.path;
    while (!object->root) {
        if (object->dynamic != QD_DYNAMIC_UNSET) return object->dynamic;
        size_t dot = path.size;
        while (dot > 0 && path.data[dot - 1] != '.') dot--;
        if (dot == 0) break;
        path.size = dot - 1;
        object = qd_map_get(&mapping->objects, path);
        /* A parent that the document introduced can only have come from a dynamic one. */
        if (object == NULL) return QD_DYNAMIC_TRUE;
    }
    return mapping->root->dynamic == QD_DYNAMIC_UNSET ? QD_DYNAMIC_TRUE : mapping->root->dynamic;
}

static void note(struct qd_parse_context *context, struct qd_mapper *mapper)
{
    size_t order = context->added.count;
    *QD_PUSH(context->arena, &context->added) = (struct qd_new_mapper){ mapper, order };
}

static enum qd_status make(struct qd_parse_context *context, struct qd_object_mapper *parent,
                           struct qd_slice name, const struct qd_slice description, struct qd_mapper **made,
                           struct qd_error *error)
{
    struct qd_json_document document = { 0 };
    QD_TRY(qd_json_parse(context->arena, description, &document, error));
    struct qd_slice type = qd_json_text(qd_json_get(document.root, "type"));
    bool known =
        qd_slice_is(type, "object") || qd_slice_is(type, "alias") || qd_field_kind_named(type) != NULL;
    if (!known) {
        return qd_error_set(error, QD_MAPPER_PARSING, "failed to find type parsed [%.*s] for [%.*s]",
                            QD_SLICE_ARG(type), QD_SLICE_ARG(name));
    }
    struct qd_mapper_place place = { parent, name, name };
    context->build.lenient = true;
    QD_TRY(qd_mapper_make(&context->build, &place, document.root, made, error));
    note(context, *made);
    return QD_OK;
}

enum qd_status qd_dynamic_make(struct qd_parse_context *context, struct qd_object_mapper *parent,
                               struct qd_slice name, const struct qd_json *value, struct qd_mapper **made,
                               struct qd_error *error)
{
    enum qd_dynamic dynamic = qd_dynamic_of(context->mapping, parent);
    struct qd_slice pattern = { 0 };
    enum detected type = detect(context->mapping, value, &pattern);
    const struct qd_dynamic_template *template = find_template(context, parent, name, type);
    *made = NULL;
    if (template == NULL && dynamic == QD_DYNAMIC_STRICT_ALLOW_TEMPLATES) {
        return qd_dynamic_refuse(dynamic, parent, name, error);
    }
    if (template == NULL && dynamic == QD_DYNAMIC_FALSE_ALLOW_TEMPLATES) return QD_OK;
    if (template == NULL && type == IS_OBJECT) {
        struct qd_object_mapper *object = qd_object_make(context->arena, parent, name);
        note(context, &object->base);
        *made = &object->base;
        return QD_OK;
    }
    struct qd_buffer text = { 0 };
    describe(context, template, name, type, pattern, &text);
    enum qd_status status = make(context, parent, name, qd_buffer_view(&text), made, error);
    qd_buffer_deinit(&text);
    return status;
}

enum qd_status qd_dynamic_make_object(struct qd_parse_context *context, struct qd_object_mapper *parent,
                                      struct qd_slice name, struct qd_object_mapper **made,
                                      struct qd_error *error)
{
    static const char empty_object[] = "{}";
    struct qd_json_document document = { 0 };
    struct qd_mapper *mapper = NULL;
    QD_TRY(qd_json_parse(context->arena, qd_slice_from_string(empty_object), &document, error));
    QD_TRY(qd_dynamic_make(context, parent, name, document.root, &mapper, error));
    if (mapper != NULL && mapper->kind != QD_MAPPER_OBJECT) {
        return qd_error_set(error, QD_CLASS_CAST,
                            "class %s cannot be cast to class org.opensearch.index.mapper.ObjectMapper",
                            qd_mapper_class(mapper));
    }
    *made = (struct qd_object_mapper *)mapper;
    return QD_OK;
}

enum qd_status qd_dynamic_array(struct qd_parse_context *context, struct qd_object_mapper *parent,
                                struct qd_slice name, bool *skip, struct qd_error *error)
{
    enum qd_dynamic dynamic = qd_dynamic_of(context->mapping, parent);
    *skip = false;
    if (dynamic == QD_DYNAMIC_STRICT) return qd_dynamic_refuse(dynamic, parent, name, error);
    if (dynamic != QD_DYNAMIC_STRICT_ALLOW_TEMPLATES && dynamic != QD_DYNAMIC_FALSE_ALLOW_TEMPLATES)
        return QD_OK;
    if (find_template(context, parent, name, IS_OBJECT) != NULL) return QD_OK;
    if (dynamic == QD_DYNAMIC_STRICT_ALLOW_TEMPLATES) return qd_dynamic_refuse(dynamic, parent, name, error);
    *skip = true;
    return QD_OK;
}

/* ---- the update ---- */

static int compare_added(const void *left, const void *right)
{
    const struct qd_new_mapper *a = left;
    const struct qd_new_mapper *b = right;
    int order = qd_utf16_compare(a->mapper->path, b->mapper->path);
    if (order != 0) return order;
    return a->order < b->order ? -1 : a->order > b->order;
}

/* Adds `mapper` below the update's objects, making those that are missing. */
static enum qd_status put(struct qd_parse_context *context, struct qd_object_mapper *root,
                          struct qd_mapper *mapper, struct qd_error *error)
{
    struct qd_slice path = mapper->path;
    size_t parent_size = path.size - mapper->name.size;
    struct qd_object_mapper *holder = root;
    size_t start = 0;
    for (size_t i = 0; i < parent_size; i++) {
        if (path.data[i] != '.') continue;
        struct qd_slice part = qd_slice_sub(path, start, i - start);
        struct qd_mapper *next = qd_map_get(&holder->children, part);
        if (next == NULL) {
            next = &qd_object_make(context->arena, holder, part)->base;
            qd_map_put(&holder->children, next->name, next);
        } else if (next->kind != QD_MAPPER_OBJECT) {
            return qd_error_set(error, QD_ILLEGAL_ARGUMENT,
                                "can't merge a non object mapping [%.*s] with an object mapping",
                                QD_SLICE_ARG(next->path));
        }
        holder = (struct qd_object_mapper *)next;
        start = i + 1;
    }
    struct qd_mapper *existing = qd_map_get(&holder->children, mapper->name);
    if (existing != NULL && existing->kind != QD_MAPPER_OBJECT && mapper->kind == QD_MAPPER_OBJECT) {
        return qd_error_set(error, QD_ILLEGAL_ARGUMENT,
                            "can't merge a non object mapping [%.*s] with an object mapping",
                            QD_SLICE_ARG(mapper->path));
    }
    return qd_object_put(&context->build, holder, mapper, error);
}

enum qd_status qd_dynamic_update(struct qd_parse_context *context, struct qd_slice *update,
                                 struct qd_error *error)
{
    *update = qd_slice_make(NULL, 0);
    size_t count = context->added.count;
    if (count == 0) return QD_OK;
    qsort(context->added.data, count, sizeof(*context->added.data), compare_added);
    struct qd_object_mapper *root = qd_object_make(context->arena, NULL, QD_SLICE("_doc"));
    struct qd_mapper *previous = NULL;
    for (size_t i = 0; i < count; i++) {
        struct qd_mapper *mapper = context->added.data[i].mapper;
        /* The reference merges repeats of all but the first name the other way round; its errors show it. */
        if (i > 0 && previous != NULL && qd_slice_equal(previous->path, mapper->path)) {
            QD_TRY(qd_mapper_merge(&context->build, mapper, previous, error));
            continue;
        }
        if (i > 0) previous = mapper;
        QD_TRY(put(context, root, mapper, error));
    }
    struct qd_buffer text = { 0 };
    struct qd_json_writer writer = { .out = &text };
    qd_json_begin_object(&writer);
    qd_object_write_properties(root, context->arena, &writer);
    qd_json_end_object(&writer);
    *update = qd_arena_copy(context->arena, qd_buffer_view(&text));
    qd_buffer_deinit(&text);
    return QD_OK;
}
