#include <stdlib.h>

#include "base/text.h"
#include "mapping/java_values.h"
#include "mapping/mapper.h"

static const char *const dynamic_names[] = {
    "", "true", "false", "strict", "strict_allow_templates", "false_allow_templates"
};

const char *qd_mapper_class(const struct qd_mapper *mapper)
{
    switch (mapper->kind) {
    case QD_MAPPER_OBJECT: return "ObjectMapper";
    case QD_MAPPER_ALIAS: return "FieldAliasMapper";
    case QD_MAPPER_FIELD:
    default: return ((const struct qd_field_mapper *)mapper)->kind->name;
    }
}

/* ---- fields ---- */

/* Analyzers are printed as soon as one that defaults to them differs. */
static bool analyzer_printed(const struct qd_field_mapper *mapper, size_t i)
{
    const struct qd_parameter_value *value = &mapper->values[i];
    bool plain = true;
    for (size_t k = i; k < mapper->kind->parameter_count; k++) {
        if (mapper->kind->parameters[k].kind != QD_PARAMETER_ANALYZER) break;
        plain = plain && qd_parameter_equal(value, &mapper->values[k]);
    }
    if (!plain) return true;
    bool follows = i > 0 && mapper->kind->parameters[i - 1].kind == QD_PARAMETER_ANALYZER;
    if (follows) return !qd_parameter_equal(value, &mapper->values[i - 1]);
    return !qd_slice_is(value->text, "default");
}

static bool is_printed(const struct qd_field_mapper *mapper, size_t i)
{
    const struct qd_parameter *parameter = &mapper->kind->parameters[i];
    const struct qd_parameter_value *value = &mapper->values[i];
    if (parameter->required) return true;
    switch (parameter->kind) {
    case QD_PARAMETER_BOOLEAN: return value->boolean != (parameter->default_integer != 0);
    case QD_PARAMETER_EXPLICIT_BOOLEAN: return value->given;
    case QD_PARAMETER_INTEGER: return value->integer != parameter->default_integer;
    case QD_PARAMETER_FLOAT:
    case QD_PARAMETER_DOUBLE: return !(value->number == (double)parameter->default_integer);
    case QD_PARAMETER_CHOICE: return !qd_slice_is(value->text, parameter->choices[0]);
    case QD_PARAMETER_STRING:
        if (parameter->default_text == NULL || value->null) return !value->null;
        return !qd_slice_is(value->text, parameter->default_text);
    case QD_PARAMETER_STRING_LIST: return !qd_slice_is(value->text, "[]");
    case QD_PARAMETER_ANALYZER: return analyzer_printed(mapper, i);
    case QD_PARAMETER_NORMALIZER: return !qd_slice_is(value->text, "default");
    case QD_PARAMETER_META: return !qd_slice_is(value->text, "{}");
    case QD_PARAMETER_FREQUENCY_FILTER:
        return !qd_slice_is(value->text, "{\"min\":0.0,\"max\":2.147483647E9,\"min_segment_size\":0}");
    case QD_PARAMETER_SIMILARITY:
    case QD_PARAMETER_NUMBER:
    case QD_PARAMETER_NULL_BOOLEAN:
    case QD_PARAMETER_PREFIXES:
    default: return !value->null;
    }
}

static void write_multi_fields(const struct qd_field_mapper *mapper, bool include_defaults,
                               struct qd_json_writer *writer)
{
    if (mapper->multi_fields.entry_count == 0) return;
    qd_json_member_object(writer, "fields");
    struct qd_arena *arena = qd_arena_create(0);
    size_t count = mapper->multi_fields.entry_count;
    const struct qd_field_mapper **sorted = QD_NEW_ARRAY(arena, const struct qd_field_mapper *, count);
    for (size_t i = 0; i < count; i++) {
        const struct qd_field_mapper *child = mapper->multi_fields.entries[i].value;
        size_t at = i;
        while (at > 0 && qd_utf16_compare(sorted[at - 1]->base.name, child->base.name) > 0) {
            sorted[at] = sorted[at - 1];
            at--;
        }
        sorted[at] = child;
    }
    for (size_t i = 0; i < count; i++) {
        qd_json_name_slice(writer, sorted[i]->base.name);
        qd_json_begin_object(writer);
        qd_field_write(sorted[i], include_defaults, writer);
        qd_json_end_object(writer);
    }
    qd_json_end_object(writer);
    qd_arena_destroy(arena);
}

static void write_copy_to(const struct qd_field_mapper *mapper, struct qd_json_writer *writer)
{
    if (mapper->copy_to.count == 0) return;
    qd_json_member_array(writer, "copy_to");
    for (size_t i = 0; i < mapper->copy_to.count; i++) qd_json_string(writer, mapper->copy_to.data[i]);
    qd_json_end_array(writer);
}

void qd_field_write(const struct qd_field_mapper *mapper, bool include_defaults,
                    struct qd_json_writer *writer)
{
    const struct qd_field_kind *kind = mapper->kind;
    bool text = kind->type == QD_FIELD_TEXT || kind->type == QD_FIELD_MATCH_ONLY_TEXT;
    if (!kind->metadata) qd_json_member_text(writer, "type", kind->name);
    for (size_t i = 0; i < kind->parameter_count; i++) {
        /* Text fields print their multi-fields in the midst of their parameters. */
        if (text && strcmp(kind->parameters[i].name, "meta") == 0) {
            write_multi_fields(mapper, include_defaults, writer);
            write_copy_to(mapper, writer);
        }
        if (!include_defaults && !is_printed(mapper, i)) continue;
        qd_json_name(writer, kind->parameters[i].name);
        qd_json_raw(writer, mapper->values[i].json);
    }
    if (text) return;
    write_multi_fields(mapper, include_defaults, writer);
    write_copy_to(mapper, writer);
}

/* ---- objects ---- */

static int compare_mappers(const void *left, const void *right)
{
    const struct qd_mapper *const *a = left;
    const struct qd_mapper *const *b = right;
    return qd_utf16_compare((*a)->name, (*b)->name);
}

static void write_mapper(const struct qd_mapper *mapper, struct qd_arena *arena,
                         struct qd_json_writer *writer)
{
    qd_json_name_slice(writer, mapper->name);
    qd_json_begin_object(writer);
    if (mapper->kind == QD_MAPPER_FIELD) {
        qd_field_write((const struct qd_field_mapper *)mapper, false, writer);
    } else if (mapper->kind == QD_MAPPER_ALIAS) {
        qd_json_member_text(writer, "type", "alias");
        qd_json_member_string(writer, "path", ((const struct qd_alias_mapper *)mapper)->target);
    } else {
        const struct qd_object_mapper *object = (const struct qd_object_mapper *)mapper;
        if (object->children.live_count == 0) qd_json_member_text(writer, "type", "object");
        if (object->dynamic != QD_DYNAMIC_UNSET) {
            qd_json_member_text(writer, "dynamic", dynamic_names[object->dynamic]);
        }
        if (!object->enabled) qd_json_member_bool(writer, "enabled", false);
        qd_object_write_properties(object, arena, writer);
    }
    qd_json_end_object(writer);
}

void qd_object_write_properties(const struct qd_object_mapper *object, struct qd_arena *arena,
                                struct qd_json_writer *writer)
{
    size_t count = object->children.entry_count;
    if (count == 0) return;
    const struct qd_mapper **sorted = QD_NEW_ARRAY(arena, const struct qd_mapper *, count);
    for (size_t i = 0; i < count; i++) sorted[i] = object->children.entries[i].value;
    qsort(sorted, count, sizeof(*sorted), compare_mappers);
    qd_json_member_object(writer, "properties");
    for (size_t i = 0; i < count; i++) write_mapper(sorted[i], arena, writer);
    qd_json_end_object(writer);
}

/* ---- the root ---- */

static void write_template(const struct qd_dynamic_template *template, struct qd_arena *arena,
                           struct qd_json_writer *writer)
{
    qd_json_begin_object(writer);
    qd_json_name_slice(writer, template->name);
    qd_json_begin_object(writer);
    if (template->match.data != NULL) qd_json_member_string(writer, "match", template->match);
    if (template->path_match.data != NULL) qd_json_member_string(writer, "path_match", template->path_match);
    if (template->unmatch.data != NULL) qd_json_member_string(writer, "unmatch", template->unmatch);
    if (template->path_unmatch.data != NULL)
        qd_json_member_string(writer, "path_unmatch", template->path_unmatch);
    if (template->match_mapping_type.data != NULL && !qd_slice_is(template->match_mapping_type, "*")) {
        qd_json_member_string(writer, "match_mapping_type", template->match_mapping_type);
    } else if (template->match.data == NULL && template->path_match.data == NULL) {
        qd_json_member_text(writer, "match_mapping_type", "*");
    }
    if (template->regex) qd_json_member_text(writer, "match_pattern", "regex");
    qd_json_name(writer, "mapping");
    qd_java_write(writer, arena, template->mapping, true);
    qd_json_end_object(writer);
    qd_json_end_object(writer);
}

static void write_metadata(const struct qd_mapping *mapping, struct qd_json_writer *writer)
{
    for (size_t i = 0; i < QD_META_COUNT; i++) {
        const struct qd_field_mapper *field = &mapping->metadata[i];
        bool any = false;
        for (size_t k = 0; k < field->kind->parameter_count; k++) any = any || is_printed(field, k);
        if (!any) continue;
        qd_json_name_slice(writer, field->base.name);
        qd_json_begin_object(writer);
        qd_field_write(field, false, writer);
        qd_json_end_object(writer);
    }
}

void qd_mapping_write(const struct qd_mapping *mapping, struct qd_json_writer *writer)
{
    struct qd_arena *arena = qd_arena_create(0);
    qd_json_begin_object(writer);
    if (mapping->root->dynamic != QD_DYNAMIC_UNSET) {
        qd_json_member_text(writer, "dynamic", dynamic_names[mapping->root->dynamic]);
    }
    if (!mapping->root->enabled) qd_json_member_bool(writer, "enabled", false);
    if (mapping->meta != NULL) {
        qd_json_name(writer, "_meta");
        qd_java_write(writer, arena, mapping->meta, false);
    }
    write_metadata(mapping, writer);
    if (mapping->has_date_formats) {
        qd_json_member_array(writer, "dynamic_date_formats");
        for (size_t i = 0; i < mapping->date_patterns.count; i++) {
            qd_json_string(writer, mapping->date_patterns.data[i]);
        }
        qd_json_end_array(writer);
    }
    if (mapping->has_templates) {
        qd_json_member_array(writer, "dynamic_templates");
        for (size_t i = 0; i < mapping->templates.count; i++) {
            write_template(&mapping->templates.data[i], arena, writer);
        }
        qd_json_end_array(writer);
    }
    if (mapping->has_date_detection) qd_json_member_bool(writer, "date_detection", mapping->date_detection);
    if (mapping->has_numeric_detection) {
        qd_json_member_bool(writer, "numeric_detection", mapping->numeric_detection);
    }
    qd_object_write_properties(mapping->root, arena, writer);
    qd_json_end_object(writer);
    qd_arena_destroy(arena);
}
