#include "base/assert.h"
#include "base/text.h"
#include "mapping/mapper.h"

enum qd_status qd_object_put(struct qd_mapping_build *build, struct qd_object_mapper *object,
                             struct qd_mapper *from, struct qd_error *error)
{
    struct qd_mapper *into = qd_map_get(&object->children, from->name);
    if (into != NULL) return qd_mapper_merge(build, into, from, error);
    qd_map_put(&object->children, from->name, from);
    return QD_OK;
}

static enum qd_status merge_objects(struct qd_mapping_build *build, struct qd_object_mapper *into,
                                    struct qd_object_mapper *from, struct qd_error *error)
{
    if (from->dynamic != QD_DYNAMIC_UNSET) into->dynamic = from->dynamic;
    if (into->enabled != from->enabled) {
        struct qd_slice path = into->root ? into->base.name : into->base.path;
        enum qd_status status = qd_error_set(
            error, QD_EXCEPTION, "the [enabled] parameter can't be updated for the object mapping [%.*s]",
            QD_SLICE_ARG(path));
        if (error != NULL) error->type_override = "mapper_exception";
        return status;
    }
    for (size_t i = 0; i < from->children.entry_count; i++) {
        if (from->children.entries[i].removed) continue;
        struct qd_mapper *child = from->children.entries[i].value;
        struct qd_mapper *existing = qd_map_get(&into->children, child->name);
        if (existing != NULL && existing->kind != QD_MAPPER_OBJECT && child->kind == QD_MAPPER_OBJECT) {
            return qd_error_set(error, QD_ILLEGAL_ARGUMENT,
                                "can't merge a non object mapping [%.*s] with an object mapping",
                                QD_SLICE_ARG(child->path));
        }
        QD_TRY(qd_object_put(build, into, child, error));
    }
    return QD_OK;
}

static enum qd_status merge_fields(struct qd_mapping_build *build, struct qd_field_mapper *into,
                                   struct qd_field_mapper *from, struct qd_error *error)
{
    if (into->kind != from->kind) {
        return qd_error_set(error, QD_ILLEGAL_ARGUMENT,
                            "mapper [%.*s] cannot be changed from type [%s] to [%s]",
                            QD_SLICE_ARG(into->base.path), into->kind->name, from->kind->name);
    }
    QD_TRY(qd_field_merge_values(build, into, from, error));
    for (size_t i = 0; i < from->multi_fields.entry_count; i++) {
        struct qd_field_mapper *child = from->multi_fields.entries[i].value;
        struct qd_field_mapper *existing = qd_map_get(&into->multi_fields, child->base.name);
        if (existing != NULL) {
            QD_TRY(merge_fields(build, existing, child, error));
        } else {
            qd_map_put(&into->multi_fields, child->base.name, child);
            child->owner = into;
        }
    }
    into->copy_to.data = from->copy_to.data;
    into->copy_to.count = from->copy_to.count;
    into->copy_to.capacity = from->copy_to.capacity;
    return into->kind->configure(build, into, error);
}

enum qd_status qd_mapper_merge(struct qd_mapping_build *build, struct qd_mapper *into, struct qd_mapper *from,
                               struct qd_error *error)
{
    if (into->kind == QD_MAPPER_OBJECT) {
        if (from->kind == QD_MAPPER_OBJECT) {
            return merge_objects(build, (struct qd_object_mapper *)into, (struct qd_object_mapper *)from,
                                 error);
        }
        return qd_error_set(error, QD_ILLEGAL_ARGUMENT,
                            "can't merge a non object mapping [%.*s] with an object mapping",
                            QD_SLICE_ARG(from->path));
    }
    if (into->kind == QD_MAPPER_ALIAS) {
        if (from->kind != QD_MAPPER_ALIAS) {
            return qd_error_set(
                error, QD_ILLEGAL_ARGUMENT,
                "Cannot merge a field alias mapping [%.*s] with a mapping that is not for a field "
                "alias.",
                QD_SLICE_ARG(into->path));
        }
        ((struct qd_alias_mapper *)into)->target = ((struct qd_alias_mapper *)from)->target;
        return QD_OK;
    }
    struct qd_field_mapper *field = (struct qd_field_mapper *)into;
    if (from->kind != QD_MAPPER_FIELD) {
        return qd_error_set(error, QD_ILLEGAL_ARGUMENT,
                            "mapper [%.*s] cannot be changed from type [%s] to [%s]",
                            QD_SLICE_ARG(into->path), field->kind->name, qd_mapper_class(from));
    }
    return merge_fields(build, field, (struct qd_field_mapper *)from, error);
}

static bool any_given(const struct qd_field_mapper *field)
{
    for (size_t i = 0; i < field->kind->parameter_count; i++) {
        if (field->values[i].given) return true;
    }
    return false;
}

enum qd_status qd_mapping_merge_trees(struct qd_mapping_build *build, struct qd_mapping *into,
                                      struct qd_mapping *from, struct qd_error *error)
{
    QD_TRY(merge_objects(build, into->root, from->root, error));
    for (size_t i = 0; i < QD_META_COUNT; i++) {
        /* A mapping without the section leaves the metadata field alone. */
        if (any_given(&from->metadata[i])) {
            QD_TRY(merge_fields(build, &into->metadata[i], &from->metadata[i], error));
        }
    }
    if (from->meta != NULL) into->meta = from->meta;
    if (from->has_date_detection) {
        into->has_date_detection = true;
        into->date_detection = from->date_detection;
    }
    if (from->has_numeric_detection) {
        into->has_numeric_detection = true;
        into->numeric_detection = from->numeric_detection;
    }
    if (from->has_date_formats) {
        into->has_date_formats = true;
        memcpy(&into->date_patterns, &from->date_patterns, sizeof(into->date_patterns));
        memcpy(&into->date_formats, &from->date_formats, sizeof(into->date_formats));
    }
    if (from->has_templates) {
        into->has_templates = true;
        memcpy(&into->templates, &from->templates, sizeof(into->templates));
    }
    return QD_OK;
}
